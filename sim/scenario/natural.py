"""Values as one says them: percent in place of shares, "never" in place of 0 days, words in place of keys.

Files, `--set` and results keep the schema's units; this is for people who read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.scenario.fields import FieldRow


class Natural(NamedTuple):
    """A unit that people use: by what a value is multiplied, and what follows one of it, and several."""

    factor: float
    one: str
    several: str


PERCENT = Natural(100, "%", "%")
OFFSET, DATE = "logit", "date"
# Units of the schema, and those that `words.py` puts in their place. Any other unit is said as it is.
UNITS = {
    "-": Natural(1, "", ""),
    "share": PERCENT,
    "probability": PERCENT,
    "programme": PERCENT,
    "times today": Natural(1, "times today", "times today"),
    OFFSET: Natural(1, "", ""),
    DATE: Natural(1, "day after the start", "days after the start"),
    "day": Natural(1, "day", "days"),
    "hour": Natural(1, "hour", "hours"),
    "1/week": Natural(1, "per week", "per week"),
    "soldier": Natural(1, "soldier", "soldiers"),
    "team": Natural(1, "team", "teams"),
    "team/jurisdiction": Natural(1, "team per jurisdiction", "teams per jurisdiction"),
    "crew": Natural(1, "crew", "crews"),
    "camera": Natural(1, "camera", "cameras"),
    "campaign": Natural(1, "campaign", "campaigns"),
    "guard/site": Natural(1, "guard", "guards"),
    "tower/site": Natural(1, "tower", "towers"),
}


def natural(row: FieldRow) -> tuple[float, str]:
    """Factor from the schema's unit to the one in which a value is shown, and that unit; 1 and "" without a unit.

    A control that runs in natural units hands back what it shows divided by the factor.
    """
    unit = _unit(row)
    return unit.factor, unit.several


def shown(row: FieldRow, value: Any) -> str:
    """A value as one says it, with its unit: "60 %", "182 days", "never", "the army"."""
    called = _called(row, value)
    if called is not None:
        return called
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_number(row, its)}" for name, its in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value) if isinstance(value, str) else "" if value is None else _number(row, value)


def allowed(row: FieldRow) -> str:
    """What a value may be, as one says it: "0 to 100 %", "yes or no", choices as a file has them."""
    if row.type == "switch":
        return "yes or no"
    if row.choices:
        return f"{', '.join(row.choices[:-1])} or {row.choices[-1]}"
    if row.low is None or row.high is None:
        return ""
    if row.unit == OFFSET:
        return f"{row.low:+g} to {row.high:+g}"
    if row.words.unit == DATE:
        return f"day {row.low:,g} to {row.high:,g}"
    factor, unit = natural(row)
    return f"{row.low * factor:,.6g} to {row.high * factor:,.6g} {unit}".rstrip()


def _unit(row: FieldRow) -> Natural:
    unit = row.words.unit or row.unit
    return UNITS.get(unit, Natural(1, unit, unit))


def _called(row: FieldRow, value: Any) -> str | None:
    """What is said in place of a value, if anything is."""
    if isinstance(value, list | dict):
        return None if value else row.words.called.get((), "none")
    return row.words.called.get(value)


def _number(row: FieldRow, value: float) -> str:
    factor, one, several = _unit(row)
    if row.unit == OFFSET:
        return f"{value:+g} ({'more' if value > 0 else 'less'} often)"
    if row.words.unit == DATE:
        return f"day {value:,g}" if value > 0 else f"{-value:,g} days before the start"
    size = value * factor
    return f"{size:,.6g} {one if size == 1 else several}".rstrip()
