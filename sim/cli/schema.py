"""`sitesec schema`."""

from __future__ import annotations

from sim.about import BANNER
from sim.terminal import put


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.schema import json_schema
    from sim.view.console import json_text

    put(lambda: print(json_text({**json_schema(), "$comment": BANNER})))
