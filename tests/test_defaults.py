"""No default changes unnoticed: names of design points leave defaults out."""

import json

import pytest

from tests import defaults
from tests.defaults import changed, present, written


def test_every_default_of_the_file_is_the_schema_s_as_long_as_the_model_has_the_same_version():
    paths = changed(written(), present())
    assert not paths, f"{', '.join(paths)}: the default changed: raise MODEL_VERSION, then run `make baseline`"


def test_the_file_of_defaults_is_that_of_this_version_with_all_fields():
    assert written() == present(), "run `make baseline`, which writes tests/defaults.json anew"


def test_new_fields_are_free_and_changed_or_lost_ones_need_another_version():
    before = present()
    less = {path: default for path, default in before.items() if path != "run.horizon"}
    other = before | {"run.horizon": 9.0}
    assert changed(less, before) == []
    assert changed(before, less) == changed(before, other) == ["run.horizon"]
    assert changed(before, other | {"MODEL_VERSION": before["MODEL_VERSION"] + 1}) == []


def test_a_changed_default_is_not_written_down_before_the_version_is_raised(tmp_path, monkeypatch):
    monkeypatch.setattr(defaults, "FILE", tmp_path / "defaults.json")
    before = {"MODEL_VERSION": present()["MODEL_VERSION"], "run.horizon": 9.0}
    defaults.FILE.write_text(json.dumps(before))
    with pytest.raises(SystemExit, match=r"run\.horizon changed: raise MODEL_VERSION"):
        defaults.renew()
    defaults.FILE.write_text(json.dumps(before | {"MODEL_VERSION": 0}))
    defaults.renew()
    assert written() == present()
