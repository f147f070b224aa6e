"""What is said beside the figures of the public record holds."""

import numpy as np

from sim.history.figures import figures
from sim.history.notes import notes
from sim.history.record import INSTITUTES
from sim.history.small_counts import exact_ratio


def test_what_the_notes_say_of_the_figures_is_so(record, recorded):
    said = notes(record)
    assert {figure.note for figure in figures(record)} - {""} == set(said)
    assert "fell by PICSS and rose by PIPS" in said["national"]
    for name in INSTITUTES:
        early, late = (sum(record.attacks(name, range(*span))) for span in ((2018, 2021), (2021, 2025)))
        ratio = exact_ratio(4, 12, early, late)
        assert ratio.low < 1 < ratio.high
    constant, *others = (recorded[f"log_likelihood_{name}"].estimate for name in ("constant", *INSTITUTES))
    assert sorted(np.sign([constant - other for other in others])) == [-1, 1]
    assert max(abs(constant - other) for other in others) < 1
    assert recorded["dispersion"].low < 1 < recorded["dispersion"].high and recorded["dispersion_power"].estimate < 0.5
    assert recorded["ratio"].low < 1 < recorded["ratio"].high
    assert recorded["quiet_year"].estimate > 0.1
