import pytest
import yaml

TINY_WORLD = """\
name: tiny
grid: {width: 10, height: 8, cell_km: 2}
jurisdictions:
  - {name: east, area: [[5, 0], [10, 0], [10, 8], [5, 8]]}
  - {name: west, area: [[0, 0], [5, 0], [5, 8], [0, 8]]}
roads:
  - {name: road, points: [[0, 4], [9, 4]]}
routes: {count: 1, penalty: 4}
hubs:
  - {name: port, cell: [9, 4]}
towns:
  - {name: upper, cell: [2, 4], private_share: 0.4}
  - {name: lower, cell: [7, 4], private_share: 0.6}
sites:
  - {name: works, cell: [1, 4], foreign_staff: 50, cost_bn_usd: 0.5, hub: port, town: upper}
bases:
  - {name: first, cell: [3, 4], jurisdiction: west}
  - {name: second, cell: [8, 4], jurisdiction: east}
checkpoints:
  - {name: gate, cell: [5, 4]}
hideouts:
  - {name: hill, cell: [4, 0]}
groups:
  - name: north
    hideouts: [hill]
    weights: {convoy: 1, site: 1, outing: 1, private: 1}
    regions: {east: 1, west: 2}
"""


@pytest.fixture
def world_tree():
    return yaml.safe_load(TINY_WORLD)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of a user, who is in it, with a tiny world."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY_WORLD)
    return tmp_path


@pytest.fixture
def write(folder):
    """Write a file of that folder; hands its name back."""

    def written(text, name="mine.yaml"):
        (folder / name).write_text(text)
        return name

    return written
