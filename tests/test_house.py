"""The house: imports run one way only, and a record is written by its own room or from above it."""

import ast
from functools import cache
from pathlib import Path

import pytest

SIM = Path(__file__).parents[1] / "sim"

# Rooms from the ground up. A room may import what stands in a line above its own in this table, and itself; rooms of
# one line don't import each other. A file is its own room at the ground and where it stands beside the folders.
FLOORS = (
    ("about", "errors", "record", "rates"),
    ("clock", "files", "sources", "terminal", "words"),
    ("kernel",),
    ("agenda", "laws", "outcome", "rng"),
    ("world",),
    ("agents",),
    ("agents.threat",),
    ("agents.expected",),
    ("agents.attackers",),
    ("institutions",),
    ("state",),
    ("engine",),
    ("scenario",),
    ("runs",),
    ("model", "sweep"),
    ("analysis", "describe"),
    ("history",),
    ("decide",),
    ("view",),
    ("view.brief", "view.page", "view.report"),
    ("cli",),
    ("__main__",),
)
# It names what users call, from any floor, and loads it when it is asked for.
DOOR = "sim/__init__.py"
# Who writes another room's records, on purpose: what attackers are stands in `threat`, what they do in `attackers`;
# and an institution gives its orders to those who carry them out.
WRITES_TOO = {
    "agents.attackers": {"slots", "stance", "lookouts"},
    "institutions.forces": {"forces"},
    "institutions.surveillance": {"detectors"},
}


def floor_of(room):
    return next(n for n, rooms in enumerate(FLOORS) if room in rooms)


def room_of(module):
    """The longest name in the table that a module's dotted name (without `sim.`) begins with."""
    known = [room for rooms in FLOORS for room in rooms if f"{module}.".startswith(f"{room}.")]
    assert known, f"sim/{module.replace('.', '/')}: stands in no room of the table"
    return max(known, key=len)


def files():
    return [path for path in sorted(SIM.rglob("*.py")) if path.relative_to(SIM.parent).as_posix() != DOOR]


@cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path):
    return ".".join(path.relative_to(SIM).with_suffix("").parts).removesuffix(".__init__")


def imported_by(path):
    """Modules of the package that a file imports, at its top, in a function or for type checking."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sim":
            base = node.module.removeprefix("sim").lstrip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".lstrip(".")
                there = SIM.joinpath(*inner.split("."))
                yield inner if there.with_suffix(".py").exists() or there.is_dir() else base
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("sim.") for a in node.names if a.name.startswith("sim."))


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_run_one_way(path):
    own = room_of(module_of(path))
    up = [
        module
        for module in imported_by(path)
        if module and (room := room_of(module)) != own and floor_of(room) >= floor_of(own)
    ]
    assert not up, f"{own} imports {up}, which stand beside or above it"


def test_every_room_of_the_table_is_there():
    missing = [
        room
        for rooms in FLOORS
        for room in rooms
        if not (SIM.joinpath(*room.split(".")).is_dir() or SIM.joinpath(*room.split(".")).with_suffix(".py").exists())
    ]
    assert not missing


def test_no_two_files_import_each_other_even_in_a_circle():
    """Not within a room either: what a file needs is there before it."""
    above = {module_of(path): set(imported_by(path)) for path in files()}
    done, path = set(), []

    def visit(module):
        assert module not in path, f"a circle: {' -> '.join([*path[path.index(module) :], module])}"
        if module in done or module not in above:
            return
        path.append(module)
        for other in sorted(above[module] - {module}):
            visit(other)
        path.pop()
        done.add(module)

    for module in above:
        visit(module)


# What is done in one way is done in one place: a call, and the only file that may have it.
ONE_PLACE = {
    "os.cpu_count": "runs/executors.py",
    "os.sched_getaffinity": "runs/executors.py",
    "Console": "terminal.py",
    "csv.reader": "files.py",
    "csv.DictReader": "files.py",
    "yaml.parse": "scenario/load.py",
    "tempfile.mkdtemp": "",
    "Path.home": "",
}


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_what_is_done_in_one_way_is_done_in_one_place(path):
    calls = {ast.unparse(node.func) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)}
    own = path.relative_to(SIM).as_posix()
    assert not [call for call, place in ONE_PLACE.items() if call in calls and own != place]


def rule_files():
    return [path for path in files() if module_of(path).split(".")[0] in ("agents", "institutions", "world")]


def arrays_written(path):
    """Arrays of the World to whose rows a file's rules assign, directly or through a name for a row or a record."""
    found = set()
    for function in parsed(path).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        names = {}
        for node in ast.walk(function):
            named = isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
            if named and (array := array_of(node.value, {})):
                names[node.targets[0].id] = array
        for node in ast.walk(function):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            for target in (part for t in targets for part in (t.elts if isinstance(t, ast.Tuple) else [t])):
                if isinstance(target, ast.Attribute | ast.Subscript) and (array := array_of(target, names)):
                    found.add(array)
    return found


def array_of(node, names):
    """The array of `world.<array>[...]`, `world.<array>[...].<field>`, or `<name of a row>.<field>`; None elsewhere."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "world":
            return node.attr
        node = node.value
    return names.get(node.id) if isinstance(node, ast.Name) else None


@cache
def homes():
    """Room of each array: where its record is declared; the item table is an array of plain numbers."""
    from sim.state import RECORDS

    declared = {}
    for path in files():
        for node in parsed(path).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Call)
                and ast.unparse(node.value.func) == "Record"
            ):
                declared[ast.literal_eval(node.value.args[0])] = room_of(module_of(path)), module_of(path)
    return {array: declared[record.name] for array, record in RECORDS.items()}


@pytest.mark.parametrize("path", rule_files(), ids=module_of)
def test_a_record_is_written_by_its_own_room(path):
    """The outcome row is everybody's: each rule counts what it does."""
    home, own = homes(), room_of(module_of(path))
    allowed = WRITES_TOO.get(own, set()) | WRITES_TOO.get(module_of(path), set()) | {"outcome", "events"}
    others = {
        array: home[array][1] for array in arrays_written(path) - allowed if array in home and home[array][0] != own
    }
    assert not others


@pytest.mark.parametrize("path", rule_files(), ids=module_of)
def test_a_rule_books_its_gate_in_one_line_and_reads_nothing_of_what_is_booked(path):
    """Outside their room the control variates are named in calls that stand alone, one at most in a rule."""
    if room_of(module_of(path)) == "agents.expected":
        return
    for function in parsed(path).body:
        if isinstance(function, ast.FunctionDef):
            named = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == "expected"]
            alone = [
                n
                for n in ast.walk(function)
                if isinstance(n, ast.Expr)
                and isinstance(n.value, ast.Call)
                and ast.unparse(n.value.func).startswith("expected.")
            ]
            assert len(named) == len(alone) <= 1, function.name
            assert not [
                n
                for n in ast.walk(function)
                if isinstance(n, ast.Attribute) and n.attr.startswith(("cv_", "appraisals"))
            ]
