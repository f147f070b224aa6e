"""Compiled rules and the cache of compiled code: a change anywhere below an entry is seen, nothing else costs time."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sim import errors, kernel, sources

ROOT = Path(kernel.__file__).resolve().parents[1]
NOTICE = "compiling"
SMALL_CLOSURE = ["entry.py", "errors.py", "kernel.py", "rules.py", "sources.py"]

# A package as small as can be, with an entry, a rule in another file, and a file that has nothing to do with them.
SMALL = {
    "__init__.py": "",
    "rules.py": """
        from small.kernel import kernel

        STEP = 1

        @kernel
        def step(x):
            return x + STEP
    """,
    "entry.py": """
        from small.kernel import Entry, kernel
        from small.rules import step

        @kernel(inline=True)
        def twice(x):
            return step(step(x))

        def _advance(x):
            return twice(x) + step(1) + step(2) + step(3)

        advance = Entry(_advance, "compiling")
    """,
    "elsewhere.py": "UNUSED = 1",
}
RUN_SMALL = """
import json
from small.entry import advance
from small.rules import step
value = advance(10)
compiled = hasattr(advance.dispatcher, "stats")
print(json.dumps({
    "value": value,
    "hits": sum(advance.dispatcher.stats.cache_hits.values()) if compiled else 0,
    "overloads": len(getattr(step, "dispatcher", step).overloads) if compiled else 0,
    "folder": str(advance.folder) if compiled else "",
    "compiled": compiled,
}))
"""
RUN_MODEL = """
import hashlib, json
from sim import engine, load_scenario, simulate, with_values
from sim.engine import advance
short = with_values(load_scenario("baseline"), {"run.horizon": 0.5, "run.warmup": 0.0, "threat.cells_per_group": 60})
rows = simulate(short, 4, threads=1)
dispatcher = advance.dispatcher
fresh = sum(dispatcher.stats.cache_misses.values())
print(json.dumps({
    "rows": hashlib.sha256(rows.tobytes()).hexdigest(),
    "deaths_residents": int(rows["deaths_residents"].sum()),
    "incidents": int(rows["incidents"].sum()),
    "hits": sum(dispatcher.stats.cache_hits.values()),
    "increfs": sum("NRT_incref" in text for text in dispatcher.inspect_llvm().values()) if fresh else None,
}))
"""

needs_numba = pytest.mark.skipif(not kernel.COMPILED, reason="SITESEC_JIT=0: nothing is compiled")


def run(source, folder, cache, **environment):
    """Run Python in a folder with a cache of its own: what it printed as JSON, and its stderr."""
    settings = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
    settings |= {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    process = start(source, folder, settings | environment)
    return finish(process)


def start(source, folder, settings):
    command = [sys.executable, "-c", source]
    return subprocess.Popen(
        command, cwd=folder, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process):
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    return json.loads(out), err


def small_package(folder):
    """Write the small package; the folder that holds it."""
    package = folder / "code" / "small"
    package.mkdir(parents=True)
    for name, text in SMALL.items():
        (package / name).write_text(textwrap.dedent(text))
    for module in (errors, kernel, sources):
        text = Path(module.__file__).read_text()
        (package / Path(module.__file__).name).write_text(text.replace("from sim.", "from small."))
    return package.parent


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small package; a test that edits it puts it back."""
    return small_package(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def first(small, cache):
    """What the first run of the small package printed, and its stderr."""
    return run(RUN_SMALL, small, cache)


def edit(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


# One package, one cache.


@needs_numba
def test_the_same_source_is_compiled_once_and_then_loaded_without_a_word(small, cache, first):
    result, said = first
    assert result["value"] == 21 and result["hits"] == 0 and said.count(NOTICE) == 1
    result, said = run(RUN_SMALL, small, cache)
    assert result["value"] == 21 and result["hits"] == 1 and said == ""


@needs_numba
@pytest.mark.usefixtures("first")
def test_a_change_in_a_rule_of_another_file_is_seen(small, cache):
    edit(small / "small" / "rules.py", "STEP = 1", "STEP = 2")
    changed, said = run(RUN_SMALL, small, cache)
    edit(small / "small" / "rules.py", "STEP = 2", "STEP = 1")
    assert changed["value"] == 26 and NOTICE in said
    assert run(RUN_SMALL, small, cache)[0]["value"] == 21


@needs_numba
@pytest.mark.usefixtures("first")
def test_a_change_outside_the_entrys_imports_costs_nothing(small, cache):
    edit(small / "small" / "elsewhere.py", "UNUSED = 1", "UNUSED = 2")
    again, said = run(RUN_SMALL, small, cache)
    edit(small / "small" / "elsewhere.py", "UNUSED = 2", "UNUSED = 1")
    assert again["hits"] == 1 and said == ""


@needs_numba
def test_a_setting_of_numba_has_compiled_code_of_its_own(small, cache, first):
    checked, said = run(RUN_SMALL, small, cache, NUMBA_BOUNDSCHECK="1")
    assert checked["folder"] != first[0]["folder"] and NOTICE in said


@needs_numba
def test_a_rule_is_compiled_once_for_all_constants_that_it_is_called_with(first):
    assert first[0]["overloads"] == 1


@needs_numba
def test_two_processes_at_once_compile_once(small, tmp_path):
    settings = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(small)}
    processes = [start(RUN_SMALL, small, settings) for _ in range(2)]
    results = [finish(process) for process in processes]
    assert [result["value"] for result, _ in results] == [21, 21]
    assert sum(said.count(NOTICE) for _, said in results) == 1


@needs_numba
def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one_and_not_stale(tmp_path):
    small = small_package(tmp_path)
    blocked, temporary = tmp_path / "a file", tmp_path / "temporary"
    blocked.write_text("")
    temporary.mkdir()
    result, _ = run(RUN_SMALL, small, blocked, TMPDIR=str(temporary))
    assert result["value"] == 21 and Path(result["folder"]).parent == temporary / f"sitesec-{os.getuid()}"
    again, said = run(RUN_SMALL, small, blocked, TMPDIR=str(temporary))
    assert again["folder"] == result["folder"] and again["hits"] == 1 and said == ""
    edit(small / "small" / "rules.py", "STEP = 1", "STEP = 2")
    assert run(RUN_SMALL, small, blocked, TMPDIR=str(temporary))[0]["value"] == 26
    assert not list(small.rglob("*.nbi"))


@pytest.mark.parametrize("asked", [{"SITESEC_JIT": "0"}, {"NUMBA_DISABLE_JIT": "1"}])
def test_everything_runs_as_plain_python_on_request(small, cache, asked):
    result, said = run(RUN_SMALL, small, cache, **asked)
    assert result["value"] == 21 and not result["compiled"] and said == ""


@pytest.mark.parametrize("name", ["SITESEC_JIT", "NUMBA_DISABLE_JIT"])
def test_a_request_that_means_nothing_is_refused_in_one_sentence(name, monkeypatch):
    monkeypatch.setenv(name, "off")
    with pytest.raises(errors.InputError, match=f"^{name}: read 'off' in the environment, allowed 0 or 1$"):
        kernel._switch(name, "1")


@needs_numba
def test_numba_is_imported_when_something_is_compiled_and_not_before(small, cache):
    source = (
        "import json, sys; from small.entry import advance; from small.rules import step\n"
        "before = step(1), 'numba' in sys.modules; advance(10)\n"
        "print(json.dumps([*before, 'numba' in sys.modules]))"
    )
    assert run(source, small, cache)[0] == [2, False, True]


@needs_numba
@pytest.mark.usefixtures("first")
def test_what_is_written_to_a_rule_after_its_import_is_not_taken_for_the_code_that_was_imported(small, cache):
    source = (
        "import json, pathlib; from small.entry import advance; rules = pathlib.Path('small/rules.py')\n"
        "rules.write_text(rules.read_text().replace('STEP = 1', 'STEP = 2')); print(json.dumps(advance(10)))"
    )
    assert run(source, small, cache)[0] == 21
    assert run(RUN_SMALL, small, cache)[0]["value"] == 26
    edit(small / "small" / "rules.py", "STEP = 2", "STEP = 1")
    assert run(RUN_SMALL, small, cache)[0]["value"] == 21


# Its parts.


def test_an_entry_depends_on_all_that_it_imports_directly_or_not(small, cache):
    source = (
        "import json, pathlib; from small import sources\n"
        "print(json.dumps([path.name for path in sources.import_closure(pathlib.Path('small/entry.py'))]))"
    )
    assert sorted(run(source, small, cache, SITESEC_JIT="0")[0]) == SMALL_CLOSURE


def closure(name):
    """Files of the package that one of its files depends on, by their path in it."""
    return {str(path.relative_to(ROOT / "sim")) for path in sources.import_closure(ROOT / "sim" / name)}


def test_the_engine_depends_on_every_file_whose_rules_it_calls():
    names = closure("engine.py")
    rooms = [path for room in ("agents", "institutions") for path in (ROOT / "sim" / room).rglob("[!_]*.py")]
    assert {str(path.relative_to(ROOT / "sim")) for path in rooms} <= names
    assert {"kernel.py", "rng.py", "record.py", "agenda.py", "outcome.py", "state.py", "world/sites.py"} <= names


@pytest.mark.parametrize("entry", ["engine.py", "state.py", "world/generate.py"])
def test_an_entry_of_the_model_depends_on_no_room_above_the_engine(entry):
    above = ("scenario/", "sweep/", "analysis/", "view/", "cli", "model.py", "rates.py")
    assert not [name for name in closure(entry) if name.startswith(above)]


@needs_numba
def test_a_folder_that_was_pruned_after_the_import_is_made_anew(small, cache):
    source = "import shutil; from small.entry import advance; shutil.rmtree(advance.folder); print(advance(10))"
    assert run(source, small, cache)[0] == 21


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """Two folders of the cache more than are kept: the k-th was used k hours ago."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = [tmp_path / "sitesec" / f"version {k}" for k in range(kernel.FOLDERS_KEPT + 2)]
    for k, folder in enumerate(made):
        folder.mkdir(parents=True)
        (folder / "code.nbi").write_text("")
        _used(folder, hours=k)
    return made


def _used(folder, hours):
    then = time.time() - 3600 * hours
    os.utime(folder, (then, then))


def test_the_newest_folders_of_the_cache_are_kept(folders):
    kernel._prune(folders[0])
    assert [folder.exists() for folder in folders] == [True] * kernel.FOLDERS_KEPT + [False] * 2


def test_the_folder_in_use_is_kept_however_old(folders):
    kernel._prune(folders[-1])
    assert folders[-1].exists()


def test_what_was_not_used_for_a_month_goes(folders):
    _used(folders[1], hours=24 * (kernel.DAYS_KEPT + 1))
    kernel._prune(folders[0])
    assert not folders[1].exists() and folders[2].exists()


def test_a_remembered_hash_goes_after_a_month_too(folders):
    old, new = (folders[0].parent / f"{age}.json" for age in ("old", "new"))
    for file in (old, new):
        file.write_text("{}")
    _used(old, hours=24 * (kernel.DAYS_KEPT + 1))
    kernel._prune(folders[0])
    assert new.exists() and not old.exists()


def test_a_temporary_folder_prunes_nothing(folders, tmp_path):
    kernel._prune(tmp_path / "elsewhere")
    assert all(folder.exists() for folder in folders)


# The model itself.


@needs_numba
@pytest.mark.slow  # compiles the engine twice
def test_an_edited_rule_of_the_model_changes_its_results_and_an_unchanged_model_is_loaded(tmp_path):
    for part in ("sim", "scenarios"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    first, said = run(RUN_MODEL, tmp_path, tmp_path / "cache")
    assert NOTICE in said and first["incidents"] > 0 and first["deaths_residents"] > 0
    assert first["increfs"] == 0
    again, said = run(RUN_MODEL, tmp_path, tmp_path / "cache")
    assert again["hits"] == 1 and NOTICE not in said
    assert again["rows"] == first["rows"]
    edit(tmp_path / "sim" / "agents" / "threat" / "engagement.py", "\nRESIDENTS_NEAR = 40", "\nRESIDENTS_NEAR = 0")
    changed, said = run(RUN_MODEL, tmp_path, tmp_path / "cache")
    assert NOTICE in said
    assert changed["deaths_residents"] == 0 and changed["incidents"] == first["incidents"]
