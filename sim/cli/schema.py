"""`sitesec schema`."""

from __future__ import annotations

import json

from sim.about import BANNER


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.schema import json_schema

    print(json.dumps({**json_schema(), "$comment": BANNER}, indent=2))
