"""The name of code: another one whenever a file of it may have changed, remembered as long as none can have."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from sim import sources

TEXTS = {
    "__init__.py": "",
    "rules/__init__.py": "",
    "rules/steps.py": "STEP = 1\n",
    "entry.py": "from sim.rules.steps import STEP\n",
    "elsewhere.py": "UNUSED = 1\n",
}
LATER = 10 * sources.SETTLED


@pytest.fixture
def package(monkeypatch, tmp_path):
    """A package of the same name, in whose cache nothing is yet."""
    for name, text in TEXTS.items():
        path = tmp_path / "sim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(sources, "__file__", str(tmp_path / "sim" / "sources.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "sitesec").mkdir(parents=True)
    return tmp_path / "sim"


@pytest.fixture
def later(monkeypatch):
    """The clock goes ahead of the files: all that was written is settled."""
    now = time.time_ns
    monkeypatch.setattr(sources.time, "time_ns", lambda: now() + LATER)


def name_of(package):
    return sources.sources_hash(package / "entry.py")


def kept():
    """What is remembered, by file."""
    return {path: json.loads(path.read_text()) for path in sources.cache_root().glob("*.json")}


def written(path, text, times=None):
    """Write to a file so that its times move on, however coarse the clock of files is."""
    _moved_on(path, lambda: (path.write_text(text), times and os.utime(path, ns=times)))


def _moved_on(path, act):
    before = path.stat().st_ctime_ns
    while path.stat().st_ctime_ns == before:
        act()


def test_it_is_the_hash_of_the_names_and_texts_of_the_closure(package):
    digest = hashlib.sha256(b"entry.py" + TEXTS["entry.py"].encode())
    digest.update(b"steps.py" + TEXTS["rules/steps.py"].encode())
    assert name_of(package) == digest.hexdigest()


@pytest.mark.usefixtures("later")
def test_it_is_remembered_and_no_file_is_read_again(package, monkeypatch):
    name = name_of(package)
    monkeypatch.setattr(sources, "_closure", lambda source: pytest.fail("read again"))
    assert name_of(package) == name


@pytest.mark.usefixtures("later")
def test_a_change_is_seen_where_neither_size_nor_time_of_change_tell_of_it(package):
    name, steps = name_of(package), package / "rules" / "steps.py"
    stat = steps.stat()
    written(steps, "STEP = 2\n", times=(stat.st_atime_ns, stat.st_mtime_ns))
    assert (steps.stat().st_size, steps.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)
    changed = name_of(package)
    assert changed != name
    written(steps, "STEP = 1\n")
    assert name_of(package) == name


@pytest.mark.usefixtures("later")
def test_a_file_that_is_newly_imported_belongs_to_it_and_so_do_changes_of_it(package):
    names = {name_of(package)}
    new = package / "rules" / "new.py"
    new.write_text("NEW = 1\n")
    written(package / "entry.py", "from sim.rules.new import NEW\n")
    names.add(name_of(package))
    written(new, "NEW = 2\n")
    names.add(name_of(package))
    assert len(names) == 3


@pytest.mark.usefixtures("later")
def test_a_package_that_comes_to_stand_for_a_module_is_seen(package):
    name, folder = name_of(package), package / "rules" / "steps"
    _moved_on(folder.parent, lambda: (shutil.rmtree(folder, ignore_errors=True), folder.mkdir()))
    (folder / "__init__.py").write_text("STEP = 2\n")
    assert name_of(package) != name


@pytest.mark.usefixtures("later")
def test_a_file_that_is_gone_is_no_reason_to_trust_what_was_remembered(package):
    name = name_of(package)
    written(package / "entry.py", "STEP = 1\n")
    (package / "rules" / "steps.py").unlink()
    assert name_of(package) != name


@pytest.mark.usefixtures("later")
def test_a_change_outside_of_it_leaves_the_name_as_it_is(package):
    name = name_of(package)
    written(package / "elsewhere.py", "UNUSED = 2\n")
    assert name_of(package) == name


@pytest.mark.parametrize("since, remembered", [(sources.SETTLED // 2, False), (2 * sources.SETTLED, True)])
def test_what_was_written_a_moment_ago_is_not_remembered_since_it_may_change_and_look_the_same(
    package, monkeypatch, since, remembered
):
    last = max(stat for path in package.rglob("*") for stat in (path.stat().st_ctime_ns, path.stat().st_mtime_ns))
    last = max(last, package.stat().st_ctime_ns)
    monkeypatch.setattr(sources.time, "time_ns", lambda: last + since)
    name_of(package)
    assert bool(kept()) == remembered


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"hash": "wrong"}', '{"hash": "wrong", "stamps": {"gone": []}}']
)
def test_what_can_not_be_read_is_worked_out_anew(package, text):
    name = name_of(package)
    (path,) = kept()
    path.write_text(text)
    assert name_of(package) == name and json.loads(path.read_text())["hash"] == name


@pytest.mark.usefixtures("later")
def test_where_nothing_can_be_kept_it_is_worked_out_each_time(package, monkeypatch, tmp_path):
    name, blocked = name_of(package), tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert name_of(package) == name


@pytest.mark.usefixtures("later")
def test_it_is_worked_out_each_time_until_there_is_a_cache_and_makes_none(package):
    cache = sources.cache_root()
    cache.rmdir()
    name = name_of(package)
    assert name_of(package) == name and not cache.exists()


@pytest.mark.usefixtures("later")
def test_each_file_that_was_asked_about_is_remembered_by_itself(package):
    names = {name_of(package), sources.sources_hash(package / "elsewhere.py")}
    assert {found["hash"] for found in kept().values()} == names and len(names) == 2


def test_the_code_that_rows_come_from_is_named_by_what_a_worker_imports():
    from sim.runs import code

    assert code.code_hash() == sources.sources_hash(Path(code.__file__).with_name("worker.py"))[:16]


# Where it is kept.


@pytest.fixture
def temporary(monkeypatch, tmp_path):
    """The user's own folder in a temporary place, since the cache can't be written."""
    blocked, place = tmp_path / "a file", tmp_path / "temporary"
    blocked.write_text("")
    place.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place / f"sitesec-{os.getuid()}"


def test_a_cache_that_can_be_written_is_used_and_closed_to_others(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert sources.cache_root() == tmp_path / "cache" / "sitesec" and not sources.cache_root().exists()
    folder = sources.made_cache_folder("name")
    assert folder == sources.cache_root() / "name" == sources.made_cache_folder("name") and folder.is_dir()
    assert sources.cache_root().stat().st_mode & 0o777 == 0o700


def test_a_cache_that_can_not_be_written_is_replaced_by_the_same_folder_each_time(temporary):
    assert sources.cache_root() == temporary and not temporary.exists()
    assert sources.made_cache_folder("name") == temporary / "name" == sources.made_cache_folder("name")
    assert temporary.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("home", ["relative", "~"])
def test_a_user_without_a_home_has_that_folder_too(temporary, monkeypatch, home):
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as it is without HOME and an entry for the user
    assert sources.cache_root() == temporary


def test_a_relative_cache_is_none_as_the_standard_for_it_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert sources.cache_root() == tmp_path / ".cache" / "sitesec"


@pytest.mark.parametrize("made", ["open to others", "a link", "a file"])
def test_nothing_is_taken_from_a_folder_that_others_could_have_written_to(temporary, made):
    if made == "open to others":
        temporary.mkdir()
        temporary.chmod(0o777)
    elif made == "a link":
        temporary.symlink_to(temporary.parent)
    else:
        temporary.write_text("")
    for ask in (sources.cache_root, lambda: sources.made_cache_folder("name")):
        with pytest.raises(PermissionError, match="not this user's alone") as refused:
            ask()
        assert refused.value.filename == str(temporary)
