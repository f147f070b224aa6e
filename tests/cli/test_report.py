"""`sitesec report`: the page of a sweep's folder."""

from tests.cli.command import refused


def test_the_report_of_a_folder_is_written_beside_it(sitesec, swept):
    result = sitesec("report", swept[1])
    assert result.returncode == 0, result.stderr
    assert (swept[1] / "report" / "report.html").exists()
    assert "no sweep is stored there" in refused(sitesec("report", swept[0].parent))
