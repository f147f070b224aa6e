"""Two policies under the same draws: means, the paired difference, its band over the draws, and how it is told."""

import numpy as np
import pytest
import yaml

from sim.analysis.over_draws import MAIN, pair_in_words, pair_over_draws
from sim.runs.totals import METRICS, of_point, replicates
from sim.sweep.sweep import run_sweep

RATES = "threat.plot_interval\n300\n500\n900\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    (folder / "table.csv").write_text(RATES)
    tree = {
        "name": "pair",
        "set": {"run.horizon": 1, "run.warmup": 0.2},
        "replicates": 6,
        "axes": {"policy": {"label": "policy", "scenarios": ["baseline", "full-protocol"]}},
        "sample": {"table": "table.csv"},
        "reference": {"policy": "baseline"},
    }
    (folder / "pair.yaml").write_text(yaml.safe_dump(tree))
    return run_sweep(folder / "pair.yaml", folder / "out")


def test_a_pair_s_difference_is_that_of_its_paired_replicates_draw_by_draw(pair):
    line, table = pair_over_draws(pair)[0], replicates(pair.rows)
    rates = [of_point(table, n)["expected_project_incidents"] / of_point(table, n)["years"] for n in range(6)]
    gaps = np.array([(b - a).mean() for a, b in zip(rates[::2], rates[1::2], strict=True)])
    assert line["metric"] == MAIN
    assert (line["draws"], line["replicates_a_draw"]) == (3, 6)
    assert line["difference"] == pytest.approx(gaps.mean())
    assert line["b"] - line["a"] == pytest.approx(gaps.mean())
    assert (line["range_5"], line["range_95"]) == pytest.approx(tuple(np.quantile(gaps, (0.05, 0.95))))
    assert line["share_fewer"] == (gaps < 0).mean()
    assert line["low"] < line["difference"] < line["high"]


def test_every_metric_of_a_comparison_has_its_line_the_projects_first(pair):
    metrics = [line["metric"] for line in pair_over_draws(pair)]
    assert metrics[0] == MAIN and set(metrics) == set(METRICS)


def test_a_difference_is_told_in_its_own_direction():
    line = {"draws": 9, "low": -0.1, "high": 0.9, "range_5": -0.3, "range_95": 1.4, "share_fewer": 0.25}
    line |= {"draws_surely_fewer": 1, "draws_surely_more": 4, "between": 0.3, "noise": 0.1}
    worse = pair_in_words([line | {"difference": 0.4}], "today", "other")["headline"]
    better = pair_in_words([line | {"difference": -0.4}], "today", "other")["headline"]
    assert worse.startswith("other has 0.40 more project incidents a year than today, in the mean of 9 kept draws")
    assert "0.40 fewer project incidents a year than today" in better
    assert "other has fewer in 25 % of them, surely so in 1, surely more in 4" in better
