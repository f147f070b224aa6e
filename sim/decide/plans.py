"""What could be found out before deciding: groups of uncertain numbers, and studies that observe some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import Field

from sim.scenario.fields import FieldRow, Problems, Section, fixed
from sim.scenario.load import FOLDERS, read_model
from sim.scenario.schema import fields

SHIPPED = "decisions/studies.yaml"
ALLOWED = "allowed the path of a number that is drawn (`sitesec levers --all`)"


class Observed(Section):
    """How a study observes one number."""

    units: int = fixed(..., "-", (1, 1_000_000), "movements audited, persons asked, cases counted")
    sd: float | None = fixed(
        None, "of the number", (1e-9, 1e12), "of one unit's answer; without it each unit says yes or no to a share"
    )


Groups = dict[str, Annotated[list[str], Field(min_length=1)]]
Studies = dict[str, Annotated[dict[str, Observed], Field(min_length=1)]]


class Plans(Section):
    """A file of groups and studies."""

    groups: Groups = Field(default_factory=dict, description="name: paths or sections, known together")
    studies: Studies = Field(default_factory=dict, description="name: {path: how it is observed}")

    def problems(self) -> Problems:
        """Groups and studies are of numbers that there are."""
        yield from problems_of(self.groups, self.studies)


def problems_of(groups: Mapping[str, Sequence[str]], studies: Mapping[str, Mapping[str, Observed]]) -> Problems:
    """What is wrong with groups and studies: what isn't a number's path, and yes or no to what is no share."""
    for name in (*groups, *studies):
        if name in _numbers():
            yield (), f"read {name!r} as the name of a group or study, allowed any name that is no path"
    for name, paths in groups.items():
        for n, path in enumerate(paths):
            if not any(within(known, path) for known in _numbers()):
                yield ("groups", name, n), f"read {path!r}, {ALLOWED}, or of a section"
    for name, study in studies.items():
        for path, how in study.items():
            row = _numbers().get(path)
            if row is None:
                yield ("studies", name, path), ALLOWED
            elif how.sd is None and not _is_share(row):
                yield ("studies", name, path, "sd"), "missing key; needed is `sd`, since the number is no share"


def within(path: str, section: str) -> bool:
    """Whether a path is another one, or stands in its section."""
    return f"{path}.".startswith(f"{section}.")


def _is_share(row: FieldRow) -> bool:
    """Whether a number always lies in 0..1."""
    return row.low is not None and row.high is not None and row.low >= 0 and row.high <= 1


@cache
def _numbers() -> dict[str, FieldRow]:
    """Numbers that may be drawn, by path."""
    return {row.path: row for row in fields() if row.type in ("number", "integer") and row.kind != "fixed"}


def in_words(path: str) -> str:
    """What a number means, in a clause."""
    return _numbers()[path].description.split(";")[0]


def shipped_plans() -> Plans:
    """Groups and studies that come with the package."""
    there: Any = next(folder / SHIPPED for folder in FOLDERS if (folder / SHIPPED).is_file())
    return read_model(Plans, there)
