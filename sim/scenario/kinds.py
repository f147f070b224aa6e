"""Kinds of files: which one a file is of is known by its keys, whatever it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal["scenario", "project", "world", "sweep", "decision", "studies", "priors"]

# Any of these makes a file one of its kind: keys of its own that no scenario has.
WORLD_KEYS = frozenset({"grid", "roads"})
SWEEP_KEYS = frozenset(
    {"scenario", "set", "seed", "replicates", "precision", "axes", "grids", "sample", "reference", "plots"}
)
DECISION_KEYS = frozenset({"policies", "space", "judge", "weights", "caps", "draws"})
STUDIES = "studies"  # a decision's key too
AXES = "axes"  # a sweep's key, whatever else stands there
SITES = "sites"  # a project's and a world's key; only a world says where on a grid they lie
LAW = "law"  # key of every entry of a file of priors


def kind_of(tree: Mapping[str, Any]) -> Kind:
    """The kind of file that a tree is from; a scenario where nothing speaks for another kind.

    Parameters
    ----------
    tree : mapping
        What was read of the file, checked or not.
    """
    if any(isinstance(entry, Mapping) and LAW in entry for entry in tree.values()):
        return "priors"
    if DECISION_KEYS & tree.keys() and AXES not in tree:
        return "decision"
    if SWEEP_KEYS & tree.keys():
        return "sweep"
    if WORLD_KEYS & tree.keys():
        return "world"
    if STUDIES in tree:
        return "studies"
    return "project" if SITES in tree else "scenario"
