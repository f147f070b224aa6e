"""Reading scenarios and worlds; each error names file, line, key, what was read and what is allowed.

A file is read into a plain tree and, beside it, the place of every key. Files that extend each other, and
then `--set`, are laid on top of one another with their places, and only the result is checked; so a message
names the file and line where the bad value really stands.
"""

from __future__ import annotations

import difflib
import itertools
import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.errors import InputError
from sim.files import read_text
from sim.scenario.fields import bare, is_section
from sim.scenario.paths import by_path
from sim.scenario.projectfile import PROJECT_FILE, ProjectFile, is_project, world_of
from sim.scenario.schema import Scenario, fields
from sim.scenario.worldfile import WorldFile

PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
INTEGER = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False, ".nan": math.nan}
WORDS |= {f"{sign}.inf": float(f"{sign}inf") for sign in ("", "+", "-")}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tabs and ends of lines
DEEPEST = 12  # levels of nesting
LONGEST_CHAIN = 100  # files that extend each other
LONGEST = 64  # bits of a whole number in a message
FOLDERS = [Path(__file__).parents[up] / "scenarios" for up in (1, 2)]  # in the wheel, in the source tree
PRIORS = "priors"  # the one shipped file beside them that is no scenario
ROOT = "baseline"  # what a project's file differs from
JOIN = "+"  # between a scenario and what is changed in it


class Place(NamedTuple):
    """Where a value stands: its file as a user would write it, and the line, 0 where there are no lines."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


Key = tuple[str | int, ...]
Places = dict[Key, Place]
Readable = str | Path | Mapping[str, Any]


class Source(NamedTuple):
    """A plain tree and the places of its keys; the root's place stands under ()."""

    tree: Any
    places: Places

    def over(self, below: Source) -> Source:
        """The tree laid on top of another."""
        return Source(_merge(below.tree, self.tree), below.places | self.places)

    def place(self, at: Key) -> Place:
        """The place of a key, or of the nearest one above it."""
        return next(self.places[at[:n]] for n in range(len(at), -1, -1) if at[:n] in self.places)


# Reading YAML.


def read_yaml(path: str | Path) -> tuple[dict[str, Any], Places]:
    """Read a file into a plain tree and the place of each of its keys.

    Parameters
    ----------
    path : str or Path
        The file; its name appears in messages as it is given here.

    Returns
    -------
    tree : dict
        Mappings, lists, text, numbers, switches and None; nothing else.
    places : dict
        Path of a key, such as ("policy", "adherence", "level") -> Place.

    Raises
    ------
    InputError
        If the file can't be read, isn't YAML, is empty, isn't a mapping, or writes a key twice.
    """
    tree, places = _Reader(read_text(Path(path)), Place(str(path), 1)).read()
    if tree is None:
        raise InputError(f"{path}: read an empty file, allowed a mapping of keys to values")
    if not isinstance(tree, dict):
        raise InputError(f"{path}:1: read {_shown(tree)}, allowed a mapping of keys to values")
    return tree, places


class _Reader:
    """Builds the tree from the parser's events, which know their lines."""

    def __init__(self, text: str, start: Place) -> None:
        self.text, self.start = text, start
        self.places: Places = {(): start}

    def read(self) -> tuple[Any, Places]:
        """The tree and its places."""
        try:
            self.events = yaml.parse(self.text, Loader=PARSER)
            return self._document(), self.places
        except (yaml.YAMLError, UnicodeError) as error:
            self._not_yaml(error)

    def _document(self) -> Any:
        event = self._next(yaml.StreamStartEvent, yaml.DocumentStartEvent)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        tree = self._value(event, ())
        event = self._next(yaml.DocumentEndEvent)
        if not isinstance(event, yaml.StreamEndEvent):
            self._fail(event, (), "read a second document, allowed one in a file")
        return tree

    def _next(self, *skipped: type) -> yaml.Event:
        return next(event for event in self.events if not isinstance(event, skipped))

    def _value(self, event: Any, at: Key) -> Any:
        if isinstance(event, yaml.AliasEvent):
            self._fail(event, at, f"read the alias *{event.anchor}, allowed only values written out")
        if getattr(event, "tag", None) not in (None, "!"):
            self._fail(event, at, f"read the tag {event.tag}, allowed only plain values")
        if len(at) > DEEPEST:
            self._fail(event, at[:1], f"read more than {DEEPEST} levels of nesting, allowed fewer")
        if isinstance(event, yaml.MappingStartEvent):
            return dict(self._entries(at))
        if isinstance(event, yaml.SequenceStartEvent):
            return list(self._items(at))
        text = self._printable(event, at)
        return text if event.style else as_read(text)

    def _printable(self, event: Any, at: Key) -> str:
        """A scalar's text: what steers a terminal is no name."""
        text: str = event.value
        if found := CONTROL.search(text):
            self._fail(event, at, f"read the control character {found[0]!a}, allowed printable text")
        return text

    def _entries(self, at: Key) -> Iterator[tuple[str, Any]]:
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self._fail(key, at, "read a key that isn't a word, allowed words only")
            here = (*at, self._printable(key, at))
            if here in self.places:
                self._fail(key, here, f"read the key twice (first in {self.places[here]}), allowed once")
            self.places[here] = self._place(key)
            event = self._next()
            if isinstance(event, yaml.ScalarEvent):
                self.places[here] = self._place(event)
            yield key.value, self._value(event, here)

    def _items(self, at: Key) -> Iterator[Any]:
        for i in itertools.count():
            if isinstance(event := self._next(), yaml.SequenceEndEvent):
                return
            self.places[(*at, i)] = self._place(event)
            yield self._value(event, (*at, i))

    def _place(self, event: Any) -> Place:
        return Place(self.start.file, event.start_mark.line + 1 if self.start.line else 0)

    def _fail(self, event: yaml.Event, at: Key, text: str) -> NoReturn:
        raise InputError(_sentence(self._place(event), _dotted(at), text))

    def _not_yaml(self, error: Exception) -> NoReturn:
        mark: Any = getattr(error, "problem_mark", None)
        line = mark.line if mark is not None else self.text[: getattr(error, "position", 0)].count("\n")
        place = Place(self.start.file, line + 1 if self.start.line else 0)
        why = getattr(error, "problem", None) or getattr(error, "reason", "")
        raise InputError(_sentence(place, "", f"not valid YAML: {why}")) from None


def as_read(text: Any) -> Any:
    """What unquoted text stands for: YAML 1.2's core rules, so that 1e-3 is a number and `no` is a word."""
    if not isinstance(text, str):
        return text
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    if INTEGER.fullmatch(text) and len(text) < 16:
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


# Finding files.


def shipped() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted({path.stem for folder in FOLDERS for path in folder.glob("*.yaml")} - {PRIORS})


def find_file(name: str | Path, beside: str | Path = "") -> Path | None:
    """A file by its path from a folder, a project's by its folder; else one of the package's, without `.yaml` too."""
    ours = (folder / f"{name}{end}" for folder in FOLDERS for end in ("", ".yaml"))
    candidates = (Path(beside) / name, Path(beside) / name / PROJECT_FILE, *ours)
    return next((_short(path) for path in candidates if os.path.isfile(path)), None)


def _short(path: Path) -> Path:
    """A path below the working folder relative to it, as a user would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _named_file(source: Source, at: Key, name: object) -> Path:
    """The file that a key of a file names."""
    place = source.place(at)
    if not isinstance(name, str):
        raise InputError(_sentence(place, _dotted(at), f"read {_shown(name)}, allowed a file's name"))
    path = find_file(name, Path(place.file).parent)
    if path is None:
        raise InputError(_sentence(place, _dotted(at), f"read {_shown(name)}, allowed a file that exists"))
    return path


# Scenarios.


def load_scenario(source: Readable, sets: Mapping[str, object] | None = None, beside: str | Path = "") -> Scenario:
    """Read a scenario with all that it extends, its world, and the policy of its warm-up.

    Parameters
    ----------
    source : str, Path or mapping
        A file, the name of a scenario that comes with the package ("baseline"), the folder of a project, or the tree
        of a scenario. "demo+full-protocol" is the first with what the second changes in the file that it extends.
    sets : mapping, optional
        Dotted path -> value, laid over the file; text is read as YAML ("0.9", "true").
    beside : str or Path
        Folder in which files are looked up.

    Returns
    -------
    Scenario
        Checked; with its `world_file`, and in `warmup` the same scenario under the warm-up's levers: those of
        `run.warmup_policy`, or else of the root of `extends` (of a project its own of today), as the file has them.

    Raises
    ------
    InputError
        For whatever is wrong with the input.
    """
    chain = _chain(source, beside)
    full = _laid(*chain, _set(values_of(sets or {}), "--set"))
    scenario, policy = _validated(Scenario, full), chain[0]
    if scenario.run.warmup_policy is not None:
        policy = _laid(*_chain(_named_file(full, ("run", "warmup_policy"), scenario.run.warmup_policy)))
    world = load_world(_named_file(full, ("world",), scenario.world))
    return _attached(scenario, _levers(_validated(Scenario, policy)), world)


def load_in(world: str | Path) -> Scenario:
    """Today's policy as it is shipped, in the world of a file."""
    return load_scenario("baseline", {"world": str(world)})


def load_world(path: str | Path) -> WorldFile:
    """Read a world file, or lay out the stand-in for a project's."""
    source = Source(*read_yaml(path))
    return _stand_in(source) if is_project(source.tree) else _validated(WorldFile, source)


def _stand_in(source: Source) -> WorldFile:
    project = _validated(ProjectFile, source)
    try:
        return world_of(project)
    except ValidationError as error:
        raise InputError(f"{source.place(())}: the stand-in world: {error.errors()[0]['msg']}") from None
    except ValueError as error:
        raise InputError(_sentence(source.place(("sites",)), "sites", str(error))) from None


def read_model[Model: BaseModel](model: type[Model], path: str | Path) -> Model:
    """Read a YAML file of any checked kind: a world, a sweep."""
    return _validated(model, Source(*read_yaml(path)))


def read_json[Model: BaseModel](model: type[Model], text: str, place: str) -> Model:
    """Read any checked kind from JSON, as a sweep's folder keeps it; `place` is what messages name."""
    try:
        tree = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise InputError(f"{place}: read no JSON, allowed a {model.__name__} as JSON") from None
    return _validated(model, Source(tree, {(): Place(place)}))


def checked[Model: BaseModel](model: type[Model], tree: Mapping[str, Any], file: str, line: int) -> Model:
    """A tree of any checked kind that stands in one line of a file."""
    return _validated(model, Source(dict(tree), {(): Place(file, line)}))


def as_scenario(source: Scenario | Readable) -> Scenario:
    """A scenario, read where it isn't one yet."""
    return source if isinstance(source, Scenario) else load_scenario(source)


def with_values(
    scenario: Scenario | Readable,
    values: Mapping[str, object],
    place: str = "--set",
    *,
    today: Mapping[str, object] | None = None,
) -> Scenario:
    """The scenario with other values, checked again.

    Parameters
    ----------
    scenario : Scenario, str, Path or mapping
        As `load_scenario` gives it or takes it.
    values : mapping
        Dotted path -> value, not parsed. Levers change the policy from t = 0 on, the rest the warm-up too.
    place : str
        What messages name as the place of a bad value.
    today : mapping, optional
        Dotted path -> value: the levers among these have it in the warm-up.
    """
    if "run.warmup_policy" in values:
        raise InputError(_sentence(Place(place), "run.warmup_policy", "can stand in a file only"))
    scenario = as_scenario(scenario)
    patch = _set(values, place)
    full = _laid(Source(_open(scenario, patch.places), {(): Place(scenario.name)}), patch)
    changed = _validated(Scenario, full)
    world = scenario.world_file
    if changed.world != scenario.world:
        world = load_world(_named_file(full, ("world",), changed.world))
    levers = {path: (today or {}).get(path, value) for path, value in _levers(scenario.warmup).items()}
    return _attached(changed, levers, world)


def _open(section: BaseModel, paths: Iterable[Key]) -> dict[str, Any]:
    """A section's tree, open only on the way to some paths: what lies beside was checked before, and isn't again."""
    tree = {name: getattr(section, name) for name in type(section).model_fields}
    below: dict[str, list[Key]] = {}
    for key, *rest in paths:
        if rest and isinstance(tree.get(str(key)), BaseModel):
            below.setdefault(str(key), []).append(tuple(rest))
    return tree | {key: _open(tree[key], rests) for key, rests in below.items()}


def _levers(scenario: Scenario) -> dict[str, Any]:
    """All levers of a scenario, by path."""
    return dict(zip(lever_paths(), _lever_values()(scenario), strict=True))


@cache
def lever_paths() -> tuple[str, ...]:
    """Paths of what a policy decides."""
    return tuple(row.path for row in fields() if row.kind == "lever")


@cache
def _lever_values() -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*lever_paths())


def _attached(scenario: Scenario, levers: Mapping[str, Any], world: WorldFile) -> Scenario:
    """The scenario with its world, and with a warm-up that has other levers."""
    own = _levers(scenario)
    other = {tuple(path.split(".")): value for path, value in levers.items() if value != own[path]}
    tree = _open(scenario, other)
    for (*sections, last), value in other.items():
        _at(tree, sections)[last] = value
    warmup = _validated(Scenario, Source(tree, {(): Place(scenario.name)}))
    return scenario.attach(world, warmup.attach(world, None))


def _chain(source: Readable, beside: str | Path = "") -> list[Source]:
    """The files of a scenario, from the root of `extends` to the one that was asked for."""
    if isinstance(source, str) and JOIN in source and find_file(source, beside) is None:
        return _joined(source, beside)
    chain, trail = [_document(source, beside)], [Path()]
    while "extends" in chain[-1].tree and not is_project(chain[-1].tree):
        document = chain[-1]
        path = _named_file(document, ("extends",), document.tree.pop("extends"))
        trail[-1] = Path(document.places[()].file).resolve()
        _check_trail(trail, path, document.place(("extends",)))
        trail.append(path)
        chain.append(_document(path))
    if is_project(chain[-1].tree):
        chain[-1] = _today(chain[-1])
    return chain[::-1]


def _joined(source: str, beside: str | Path) -> list[Source]:
    """A scenario, and on top of it what another one changes in the root that it extends."""
    lower, _, upper = source.rpartition(JOIN)
    base, changes = _chain(lower, beside), _chain(upper, beside)[1:]
    if not changes:
        raise InputError(f"{source}: {upper} extends no other scenario, allowed one that does: it is laid over {lower}")
    name = f"{base[-1].tree['name']}{JOIN}{changes[-1].tree['name']}"
    return [*base, *changes, Source({"name": name}, {("name",): changes[-1].place(("name",))})]


def _today(document: Source) -> Source:
    """A project's file as a scenario without a root: the shipped baseline with what the project has today over it."""
    _validated(ProjectFile, document)
    own: dict[str, Any] = {key: document.tree[key] for key in ("name", "description")}
    own["world"] = Path(document.place(()).file).name
    places = {key[1:]: place for key, place in document.places.items() if key[:1] == ("today",) and len(key) > 1}
    places |= {(): document.place(())} | {(key,): document.place((key,)) for key in own}
    return Source(document.tree.get("today", {}) | own, places).over(_laid(*_chain(ROOT)))


def _check_trail(trail: Sequence[Path], path: Path, place: Place) -> None:
    """Refuse a chain of files that never ends, or is longer than anybody means."""
    if path.resolve() in trail:
        circle = " -> ".join(file.name for file in (*trail[trail.index(path.resolve()) :], path))
        raise InputError(_sentence(place, "extends", f"goes in a circle: {circle}"))
    if len(trail) == LONGEST_CHAIN:
        raise InputError(_sentence(place, "extends", f"read more than {LONGEST_CHAIN} files in a chain, allowed fewer"))


def _document(source: Readable, beside: str | Path = "") -> Source:
    """One file or tree, with a name and a description of its own: those aren't inherited."""
    if not isinstance(source, str | Path | Mapping):
        raise InputError(f"scenario: read {_shown(source)}, allowed a scenario's file, name or tree")
    if isinstance(source, Mapping):
        document, name = Source(_copied(source), {(): Place("scenario")}), "scenario"
    else:
        path = find_file(source, beside)
        if path is None:
            raise InputError(_no_scenario(str(source)))
        document, name = Source(*read_yaml(path)), path.stem
    document.tree.setdefault("name", name)
    document.tree.setdefault("description", "")
    return document


def _no_scenario(name: str) -> str:
    what = "a folder" if os.path.isdir(name) else "no such file"
    close = difflib.get_close_matches(Path(name).stem, shipped(), 1)
    known = f"{name}: {what}, allowed a scenario's file or one of {', '.join(shipped())}"
    return known + (f"; did you mean {close[0]}?" if close else "")


def values_of(sets: Mapping[str, object]) -> dict[str, Any]:
    """What --set gives, by path: text is read as YAML, and sections may be nested in it.

    Raises
    ------
    InputError
        If it isn't YAML, or gives a path twice.
    """
    texts = {row.path for row in fields() if row.type == "text"}

    def parsed(path: str, value: object) -> Any:
        if not isinstance(value, str) or path in texts:
            return value
        return _Reader(value, Place(f"--set: {path}")).read()[0]

    return _by_path({path: parsed(path, value) for path, value in sets.items()}, "--set")


def _by_path(values: Mapping[str, Any], place: str) -> dict[str, Any]:
    try:
        return by_path(values)
    except ValueError as twice:
        raise InputError(_sentence(Place(place), str(twice), "read twice, allowed once")) from None


def _set(values: Mapping[str, object], place: str) -> Source:
    """Dotted paths and values as a tree."""
    patch: dict[str, Any] = {}
    places: Places = {}
    for path, value in _by_path(values, place).items():
        keys = tuple(path.split("."))
        if path == "extends":
            raise InputError(_sentence(Place(place), path, "can stand in a file only"))
        inner = reduce(lambda tree, key: tree.setdefault(key, {}), keys[:-1], patch)
        inner[keys[-1]] = _copied(value)
        places |= {keys[:n]: Place(place) for n in range(1, len(keys) + 1)}
    return Source(patch, places)


def _laid(*sources: Source) -> Source:
    """Sources on top of one another, the last one uppermost."""
    return reduce(lambda below, above: above.over(below), sources)


def _merge(below: Any, above: Any) -> Any:
    """Only mappings merge; everything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _merge(below.get(key), value) for key, value in above.items()}


def _copied(value: Any, depth: int = 0) -> Any:
    """A plain tree of a value from Python: mappings as dict, tuples as lists, NumPy's numbers as Python's."""
    if depth > DEEPEST:
        raise InputError(f"scenario: read more than {DEEPEST} levels of nesting, allowed fewer")
    if isinstance(value, Mapping):
        return {str(key): _copied(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(inner, depth + 1) for inner in value]
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", None) == 0 else value


# Checking, and saying what is wrong.


def _validated[Model: BaseModel](model: type[Model], source: Source) -> Model:
    try:
        return model.model_validate(source.tree)
    except ValidationError as error:
        entries = sorted(error.errors(include_url=False), key=lambda entry: entry["type"] == "missing")
    found = [problem for entry in entries for problem in _problems(model, source, entry)]
    at, text = min(found, key=lambda problem: source.place(problem[0])[::-1])
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    raise InputError(_sentence(source.place(at), _dotted(at, source.tree), text + more))


def _problems(model: type[BaseModel], source: Source, entry: Any) -> Iterator[tuple[Key, str]]:
    """Path and sentence of each thing that one of pydantic's errors reports."""
    at: Key = entry["loc"]
    if entry["type"] == "check":
        for below, text in entry["ctx"]["problems"]:
            yield (*at, *below), text
    elif entry["type"] == "extra_forbidden":
        yield at, _unknown(model, at)
    else:
        hint, info, depth = _descend(model, at)
        if entry["type"] == "missing" and depth == len(at):
            yield at, f"missing key; needed is {_allowed(hint, info)}"
        else:
            value = _at(source.tree, at[:depth])
            yield at[:depth], f"read {_shown(value)}, allowed {_allowed(hint, info, value)}"


def _descend(model: Any, at: Key) -> tuple[Any, FieldInfo | None, int]:
    """Type and field that a path leads to, and how many of its steps lead there."""
    hint, info = model, None
    for depth, key in enumerate(at):
        if is_section(hint):
            info = hint.model_fields[str(key)]
            hint = bare(info.annotation)
        elif get_origin(hint) in (list, dict):
            hint = bare(get_args(hint)[-1])
        else:
            return hint, info, depth
    return hint, info, len(at)


def _allowed(hint: Any, info: FieldInfo | None, value: object = None) -> str:
    """What may stand there; in short where a number was read that is only out of bounds."""
    extra: dict[str, Any] = getattr(info, "json_schema_extra", None) or {}
    unit = "" if extra.get("unit", "-") == "-" else f" ({extra['unit']})"
    if hint in (int, float):
        what = "whole number" if hint is int else "number"
        short = isinstance(value, hint | int) and not isinstance(value, bool)
        if "bounds" not in extra:  # the entries of an axis: their key says what each may be
            return f"a {what}"
        low, high = extra["bounds"]
        return f"{'' if short else f'a {what} from '}{low:g} to {high:g}{unit}"
    if is_section(hint):
        return f"a section with the keys {', '.join(hint.model_fields)}"
    if get_origin(hint) is Literal:
        return " or ".join(map(str, get_args(hint)))
    text = "text that isn't empty" if value == "" else "text"
    words = {bool: "true or false", str: text, tuple: "a cell [x, y]", dict: "a mapping"}
    return words.get(get_origin(hint) or hint) or f"a list{_length(info)}{unit}"


def _length(info: FieldInfo | None) -> str:
    """How many entries a list may have."""
    limits = info.metadata if info else []
    least = next((limit.min_length for limit in limits if hasattr(limit, "min_length")), 0)
    most = next((limit.max_length for limit in limits if hasattr(limit, "max_length")), None)
    if least == most:
        return f" of {least}"
    return f" of {least} or more" if most is None else f" of {least} to {most}"


def _unknown(model: type[BaseModel], at: Key) -> str:
    """Which keys there are, and which one may be meant."""
    parent, key = _descend(model, at[:-1])[0], str(at[-1])
    known = list(parent.model_fields)
    paths = [row.path.split(".") for row in fields(model)]
    elsewhere = [".".join(path[: path.index(key) + 1]) for path in paths if key in path]
    close = [*difflib.get_close_matches(key, known, 1), *elsewhere][:1]
    text = f"unknown key; allowed here: {', '.join(known)}"
    return text + (f"; did you mean {close[0]}?" if close else "")


def _at(tree: Any, at: Iterable[str | int]) -> Any:
    """What stands at a path."""
    for key in at:
        tree = tree[key]
    return tree


def _dotted(at: Key, tree: Any = None) -> str:
    """A path as text; entries of a list by their name, or else counted from 1."""
    words: list[str] = []
    for n, key in enumerate(at):
        if isinstance(key, int):
            entry = _at(tree, at[: n + 1]) if tree else None
            name = entry.get("name") if isinstance(entry, dict) else None
            words[-1:] = [f"{''.join(words[-1:])}[{name if name and isinstance(name, str) else key + 1}]"]
        else:
            words.append(key)
    return ".".join(words)


def _shown(value: object) -> str:
    """A value as a message shows it."""
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, int) and value.bit_length() > LONGEST:
        return "a huge number"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _sentence(place: Place, key: str, text: str) -> str:
    return ": ".join(filter(None, (str(place), key, text)))
