"""What tests of decisions share: a small one, to be run."""

import pytest

TEXT = """
name: tiny
set: {run.horizon: 1, run.warmup: 0.2}
space: {levers: {policy.adherence.level: [0.2, 0.6, 1.0]}}
draws: draws.csv
delta: 0.05
"""
DRAWS = "threat.plot_interval,policy.adherence.level\n60,0.3\n75,0.5\n90,0.7\n"


@pytest.fixture
def tiny(tmp_path):
    """Write a small decision: three alternatives, and draws of a number beside one that it chooses itself."""

    def written(text=TEXT, size=2, first=2, most=4):
        (tmp_path / "draws.csv").write_text(DRAWS)
        path = tmp_path / "tiny.yaml"
        path.write_text(f"{text}size: {size}\nfirst: {first}\nmost: {most}\n")
        return path

    return written
