"""What a board is told of a decision: the choice, what is known beside it, when to decide again; from stored runs.

Nothing is run here, and no number comes from anywhere but the decision's file and folder. What was said before must be
found again: where rows have changed so that a figure is another one, nothing is said.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.about import MODEL_VERSION, __version__
from sim.decide.choice import Choice, choose, headline
from sim.decide.evidence import FILE, TABLE, Evidence, Figure, plain
from sim.decide.monitoring import NEVER, Rule, Watch, sequential, signal
from sim.decide.stored import read_study
from sim.errors import InputError
from sim.files import read_text
from sim.sweep.parts import hash_of

RECORD = "brief.json"
QUESTIONS = {"flip": "flip.json", "worth-knowing": "worth-knowing.json"}  # command -> its answer in the folder
AUDITS, MONTHS = 20, 24  # movements audited a month, and for how long; assumed
LONG = 360  # months, for incidents
ALPHA = 0.05  # the most that false alarms may be
SHOWN, LONG_SHOWN = (1, 3, 6, 12, 24), (12, 36)  # months whose boundary is said
SURE = 0.99  # a chance of a breach that is doubled stays below this
SAME = 1e-9  # relative: figures that differ by less are the same


class Alarm(NamedTuple):
    """A rule by which to decide again, the unit of how soon it speaks, and its figures by what they are called."""

    rule: Rule
    unit: str
    said: Mapping[str, Figure]


class Answer(NamedTuple):
    """What another command of the same decision found, in words, and the group of files that holds it."""

    headline: str
    group: str


@dataclass(frozen=True)
class Brief:
    """What there is to say.

    Attributes
    ----------
    evidence : Evidence
    choice : Choice
    chosen : int
        By the mean over the draws.
    today : int or None
    audits : Alarm or None
        None where no audit could tell anything: no movement deviates, or all do.
    incidents : Alarm or None
        None where none are expected.
    answers : dict
        Command -> what it found; None where it wasn't asked.
    """

    evidence: Evidence
    choice: Choice
    chosen: int
    today: int | None
    audits: Alarm | None
    incidents: Alarm | None
    answers: Mapping[str, Answer | None]


def make_brief(path: Path, folder: Path) -> Brief:
    """Gather what there is to say of a decision.

    Parameters
    ----------
    path : Path
        The decision file.
    folder : Path
        The decision's folder, in which `sitesec choose` has run what it needs.

    Raises
    ------
    InputError
        If anything in the file is wrong, or runs are missing or damaged.
    """
    study = read_study(path, folder)
    choice = choose(study)
    evidence, chosen = Evidence(study, path, folder), choice.chosen("mean")
    return Brief(
        evidence,
        choice,
        chosen,
        choice.today,
        _audits(evidence, chosen, choice.today),
        _incidents(evidence, chosen, choice.today),
        {question: _answer(evidence, name, path) for question, name in QUESTIONS.items()},
    )


def _audits(evidence: Evidence, chosen: int, today: int | None) -> Alarm | None:
    """The rule on breaches that audits of movements find, false at the share that the policy is expected to have."""
    expected, feared = (share / 100 for share in _rates(evidence, "deviating", chosen, today))
    if not 0 < expected < SURE:
        return None
    watch = Watch(MONTHS, AUDITS)
    return _alarm(evidence, "audits", watch, (expected, min(feared, SURE)), SHOWN, _rows(evidence, chosen, today))


def _incidents(evidence: Evidence, chosen: int, today: int | None) -> Alarm | None:
    """The like rule on project incidents."""
    expected, feared = (rate / 12 for rate in _rates(evidence, "project_incidents", chosen, today))
    if not expected > 0:
        return None
    rows = _rows(evidence, chosen, today)
    return _alarm(evidence, "incidents", Watch(LONG), (expected, feared), LONG_SHOWN, rows)


def _rates(evidence: Evidence, quantity: str, chosen: int, today: int | None) -> tuple[float, float]:
    """What is expected of the chosen policy, and what is feared: today's if that is higher, else the double."""
    expected = evidence.of(quantity, chosen).number
    before = expected if today is None else evidence.of(quantity, today).number
    return expected, before if before > expected else 2 * expected


def _rows(evidence: Evidence, chosen: int, today: int | None) -> tuple[str, ...]:
    return tuple(evidence.rows_of(a) for a in (chosen, today) if a is not None)


def _alarm(
    evidence: Evidence,
    what: str,
    watch: Watch,
    rates: tuple[float, float],
    shown: tuple[int, ...],
    groups: tuple[str, ...],
) -> Alarm:
    """A rule that is false at the first of two rates, and how soon it speaks at the second; with its figures."""
    expected, feared = rates
    rule = sequential(watch, expected, ALPHA)
    found = signal(watch, rule.boundary, feared)
    unit = "month" if found.median is None or found.median <= MONTHS else "year"
    test = f"maximised sequential probability ratio test over {watch.months} months, false at {expected:.6g}"
    values: dict[str, tuple[float, str]] = {
        f"by month {month}": (float(rule.boundary[month - 1]), f"{test}: boundary of that month")
        for month in shown
        if rule.boundary[month - 1] < NEVER
    }
    values |= {
        "feared": (feared * (12 if watch.audits is None else 100), "today's, where that is higher; else the double"),
        "months": (watch.months, "assumed"),
        "false alarms": (100 * rule.false_alarms, f"{test}: exact chance that it speaks all the same, %"),
        "spoken": (100 * float(found.by_month[-1]), f"{test}: chance that it has spoken by then at {feared:.6g}, %"),
    }
    if found.median is not None:
        by = f"{test}: by then it has spoken with chance one half at {feared:.6g}"
        values["median"] = (found.median, by) if unit == "month" else (math.ceil(found.median / 12), f"{by}, in years")
    if watch.audits is not None:
        values["a month"] = (watch.audits, "assumed")
    said = {
        name: evidence.say(f"monitoring/{what}/{name}", value, how, *(() if how == "assumed" else (TABLE, *groups)))
        for name, (value, how) in values.items()
    }
    return Alarm(rule, unit, said)


def _answer(evidence: Evidence, name: str, path: Path) -> Answer | None:
    """What another command stored, as far as it was of this decision file."""
    file = evidence.folder / name
    if not file.is_file():
        return None
    found = _json(file)
    if not isinstance(found.get("headline"), str):
        raise InputError(f"{file}: read no headline, allowed what `sitesec` writes; without it the brief says so")
    asked = found.get("file")
    if asked is not None and asked != hash_of(path.read_bytes()):
        return None
    evidence.files[name] = {name: hash_of(file.read_bytes())}
    return Answer(found["headline"], name)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path}: can't be read, allowed what `sitesec` writes; without it all is made anew")
    return found


def record(brief: Brief) -> dict[str, Any]:
    """All figures that were said, with what each rests on, and the months of the rules, as plain data."""
    evidence, rules = brief.evidence, {"audits": brief.audits, "incidents": brief.incidents}
    made = {"sitesec": __version__, "model": MODEL_VERSION}
    return {
        "decision": evidence.study.decision.name,
        "headline": headline(brief.choice),
        "made": made,
        **plain(evidence),
        "rules": {name: _months(alarm.rule) for name, alarm in rules.items() if alarm is not None},
    }


def _months(rule: Rule) -> list[dict[str, int]]:
    """Each count that is enough, with the last month in which it is."""
    return [{"count": count, "by_month": month} for count, month in rule.by_month()]


def check(said: Mapping[str, Any], path: Path) -> None:
    """Hold what is to be said to what was said before of the same decision, draws and model.

    Raises
    ------
    InputError
        If a figure is another one: then rows were changed.
    """
    if not path.exists():
        return
    before = _json(path)
    try:
        if _basis(before) != _basis(said):
            return
        for key, figure in before["figures"].items():
            now = said["figures"].get(key)
            if now is not None and now["how"] == figure["how"] and not _same(figure["value"], now["value"]):
                raise InputError(
                    f"{path}: read {figure['value']!r} for {key}, and the rows give {now['value']!r}: they are not "
                    "those that it was made of; in another folder (--out) the page is made anew"
                )
    except (LookupError, TypeError, AttributeError):
        raise InputError(f"{path}: can't be read, allowed what `sitesec brief` writes") from None


def _basis(said: Mapping[str, Any]) -> tuple[Any, ...]:
    """What figures are of: they are the same where it is."""
    return said["files"][FILE], said["files"][TABLE], said["made"]


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, str) or isinstance(now, str):
        return bool(before == now)
    return bool(np.isclose(before, now, rtol=SAME, atol=SAME))
