"""Results do not change by accident."""

import json
import math

from tests.baseline import FILE, canonical_run, flat


def test_every_summary_number_of_the_canonical_run_is_that_of_the_baseline_file():
    expected = flat(json.loads(FILE.read_text(encoding="utf-8")))
    found = flat(canonical_run())
    assert found.keys() == expected.keys()
    changed = [key for key in found if not math.isclose(found[key], expected[key], rel_tol=1e-9, abs_tol=1e-12)]
    assert not changed, (
        f"{len(changed)} numbers changed, e.g. {changed[0]}: {expected[changed[0]]} -> {found[changed[0]]}"
    )
