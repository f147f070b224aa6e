"""`sitesec schedule`: what happens in a day and in a tick."""


def test_the_schedule_is_printed_in_order(sitesec):
    schedule = sitesec("schedule").stdout
    assert schedule.index("convoys.plan") < schedule.index("field.stand")
