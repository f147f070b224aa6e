"""Pages from templates: whatever is put into one is text, never markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TURNING = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def filled(template: Path, **parts: Any) -> str:
    """A template with its parts."""
    made = Environment(
        loader=FileSystemLoader(template.parent), autoescape=True, finalize=_unturned, undefined=StrictUndefined
    )
    return made.get_template(template.name).render(**parts)


def _unturned(value: Any) -> Any:
    """A text with the characters written out that would turn the direction of all that follows, figures too."""
    return value.translate(TURNING) if type(value) is str else value  # markup was made of such texts
