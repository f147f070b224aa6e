"""`sitesec watch`: what it does is said at once; what is wrong, before anything is served."""

from tests.cli.command import loading, process, refused


def test_the_first_line_comes_before_anything_is_loaded():
    result = process("watch", "nosuch", script=loading("numpy", "numba", "mesa", "solara"))
    assert "nosuch" in refused(result)
    assert result.stderr.splitlines()[0] == "reading nosuch"


def test_the_engine_and_the_page_are_told_of_before_they_are_loaded():
    serving = "import sys; sys.modules['uvicorn'] = None\n"  # so that it ends where it would serve
    said = process("watch", "--port", "0", script=serving + loading("mesa", "solara")).stderr.splitlines()
    order = ["reading baseline", "loading the engine", "loads mesa", "loading the page", "loads solara"]
    assert [line for line in said if line in order] == order


def test_values_for_a_second_scenario_are_refused_without_one(sitesec):
    assert "--set-other" in refused(sitesec("watch", "--set-other", "policy.budget.share=2"))
