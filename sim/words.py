"""Numbers in words."""

from __future__ import annotations


def number_of(count: float, noun: str) -> str:
    """A number with its noun: whole ones whole, others with four digits."""
    shown = f"{int(count):,}" if count == int(count) else f"{count:,.4g}"
    return f"{shown} {noun}{'' if count == 1 else 's'}"
