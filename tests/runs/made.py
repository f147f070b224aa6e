"""What tests of runs share: how many replicates there are, and rows put in order."""

import numpy as np

REPLICATES = 8


def in_order(back):
    """All rows that came back, sorted."""
    return np.sort(np.concatenate([done.rows for done in back]), order=("point", "replicate", "year"))


def without_point(rows):
    """Bytes of rows but for the number of their design point."""
    rows = rows.copy()
    rows["point"] = 0
    return rows.tobytes()
