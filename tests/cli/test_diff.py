"""`sitesec diff`: whether two folders hold the same rows."""

import json


def test_diff_says_by_its_exit_code_whether_two_folders_hold_the_same(sitesec, swept, tmp_path):
    again = sitesec("sweep", swept[0], "--out", tmp_path / "again", "--threads", "0")
    assert again.returncode == 0
    assert "without threads" in again.stderr
    assert sitesec("diff", swept[1], tmp_path / "again").returncode == 0
    assert sitesec("sweep", swept[0], "--out", tmp_path / "again", "--reps", "5").returncode == 0
    differs = sitesec("diff", swept[1], tmp_path / "again", "--json")
    assert differs.returncode == 1
    assert json.loads(differs.stdout)["only"] == [0, 2]
