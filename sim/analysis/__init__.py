"""From rows to answers: rates with intervals, paired comparisons."""
