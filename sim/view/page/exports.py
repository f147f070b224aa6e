"""What can be taken along as a file: the estimate and the event log."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.about import MODEL_VERSION
from sim.view.page.answer import Asked, known_range
from sim.view.page.estimate import FIGURES, Estimate
from sim.view.page.levers import named

COLUMNS = ("policy", "figure", "estimate", "low", "high", "assumed_low", "assumed_high")
LOG = ("time", "when", "policy", "stage", "target_class", "target", "deviations", "insider")
DEATHS = ("deaths_foreign", "deaths_security", "deaths_residents")
Line = tuple[Any, ...]


def as_json(estimate: Estimate, of: Asked) -> str:
    """The estimate with all that it takes to make it again."""
    made: dict[str, float] = {"model_version": MODEL_VERSION, "seed": estimate.seed, "replicates": estimate.ran}
    made["years"] = estimate.scenarios[0].run.horizon
    policies = [{"policy": named(setup), "scenario": setup.yaml()} for setup in of.setups]
    figures = [dict(zip(COLUMNS, line, strict=True)) for line in _lines(estimate, of)]
    return json.dumps({**made, "policies": policies, "figures": figures}, indent=1) + "\n"


def as_csv(estimate: Estimate, of: Asked) -> str:
    """A line per policy and figure, and one per paired difference; ends that nobody knows are blank."""
    return _table(COLUMNS, _lines(estimate, of))


def _lines(estimate: Estimate, of: Asked) -> Iterable[Line]:
    result: Mapping[str, Any] = estimate.result or {"policies": []}
    parts = list(zip(map(named, of.setups), result["policies"], of.bands, strict=False))
    if "difference" in result:
        parts.append(("second less first", result["difference"], of.between))
    for policy, entries, bands in parts:
        for name in FIGURES:
            entry = entries[name]
            known = known_range(bands, name) or (None, None)
            yield policy, name, entry["estimate"], entry["low"], entry["high"], *known


def log_csv(events: Sequence[dict[str, Any]]) -> str:
    """The event log as it stands on the page; time in ticks of two minutes."""
    return _table((*LOG, *DEATHS), (_event(event) for event in events))


def _event(event: dict[str, Any]) -> Line:
    own = {"policy": "AB"[event["lane"]], "deviations": " ".join(event["deviations"]), "insider": int(event["insider"])}
    return tuple((event | own)[column] for column in (*LOG, *DEATHS))


def _table(columns: Sequence[str], lines: Iterable[Line]) -> str:
    """A table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue()
