"""The brief on disk: one page that needs nothing else, its picture, and the record of all figures in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.about import BANNER
from sim.decide.brief import RECORD, Brief, check, make_brief, record
from sim.decide.evidence import FILE
from sim.files import writable_folder, write_whole
from sim.view.brief import choice, effects, outlook
from sim.view.brief.picture import NOTE, picture
from sim.view.brief.pieces import Words, own, shown
from sim.view.brief.text import Text
from sim.view.console import json_text, print_paragraph
from sim.view.markup import filled
from sim.view.pictures import save

PAGE, PICTURE = "brief.html", "brief.png"
DOTS = 220  # an inch: printed smaller than it is


def write_brief(path: Path, folder: Path, out: Path | None = None) -> tuple[list[Path], dict[str, Any]]:
    """Write the brief of a decision from its stored runs.

    Parameters
    ----------
    path : Path
        The decision file.
    folder : Path
        The decision's folder.
    out : Path, optional
        Where to; that folder by default.

    Returns
    -------
    list of Path
        The page, its picture, and the record.
    dict
        The record.

    Raises
    ------
    InputError
        If anything in the file is wrong, runs are missing or damaged, or a figure is another one than was said before.
    """
    brief = make_brief(path, folder)
    text = Text(brief)
    drawn = picture(brief, text.options(), text.labels())
    parts = _parts(text)
    said = record(brief)
    written = writable_folder(out or folder)
    check(said, written / RECORD)
    save(drawn, written / PICTURE, NOTE, dots=DOTS)
    image = base64.b64encode((written / PICTURE).read_bytes()).decode("ascii")
    page = filled(Path(__file__).with_name(PAGE), image=f"data:image/png;base64,{image}", **parts)
    write_whole(written / PAGE, page)
    write_whole(written / RECORD, json_text({**said, "banner": BANNER}) + "\n")
    return [written / name for name in (PAGE, PICTURE, RECORD)], said


def print_brief(said: Mapping[str, Any]) -> None:
    """Print the headline, and what the page rests on."""
    print_paragraph(str(said["headline"]))
    print()
    print_paragraph(
        f"The page says {len(said['figures']):,} figures, all from stored files; {RECORD} names for each how it was "
        "computed and the hashes of what it rests on. What it doesn't know, its last section says."
    )
    print_paragraph(BANNER)


def _parts(text: Text) -> Mapping[str, Any]:
    """What the template puts where."""
    decision = text.decision
    return {
        "banner": BANNER,
        "name": decision.name,
        "description": decision.description,
        "lead": own(text.evidence.name(text.chosen)),
        "about": text.study.steps.points[text.chosen].scenario.description if decision.policies else "",
        "decision": choice.decision(text),
        "context": choice.context(text),
        "options": choice.considered(text),
        "sections": [
            effects.proportionality(text),
            effects.communities(text),
            effects.residual(text),
            outlook.changes(text),
            outlook.monitoring(text),
            outlook.limits(),
        ],
        "footer": _footer(text.brief),
        "record": RECORD,
    }


def _footer(brief: Brief) -> Mapping[str, Words]:
    """What made the page, each a figure too."""
    evidence, made = brief.evidence, record(brief)["made"]
    facts = {
        "sitesec": made["sitesec"],
        "model": str(made["model"]),
        "decision file": next(iter(evidence.files[FILE].values())),
    }
    return {name: shown(evidence.say(f"made/{name}", fact, "as it is", FILE)) for name, fact in facts.items()}
