"""The schedule of the engine as text: read from the source of its two kernels and the rules' docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator

from sim import engine


def schedule_lines() -> list[str]:
    """What happens in a day and in a tick, one rule a line, in order."""
    tree = ast.parse(inspect.getsource(engine))
    kernels = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    lines: list[str] = []
    for title, name in (("each day", "day"), ("each tick with something on the agenda", "tick")):
        lines += [title, *(f"  {line}" for line in _rules(kernels[name])), ""]
    return lines[:-1]


def _rules(kernel: ast.FunctionDef) -> Iterator[str]:
    body = [node for statement in kernel.body for node in ast.walk(statement)]
    for call in sorted((n for n in body if isinstance(n, ast.Call)), key=lambda n: n.lineno):
        function = call.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            room = getattr(engine, function.value.id)
            name, rule = (
                f"{function.value.id}.{function.attr}",
                getattr(importlib.import_module(room.__name__), function.attr),
            )
        elif isinstance(function, ast.Name):
            name, rule = function.id, getattr(engine, function.id)
        else:
            continue
        if name not in ("pop", "kind_of", "agent_of"):
            plain = getattr(rule, "py_func", rule)
            yield f"{name:32} {(inspect.getdoc(plain) or '').splitlines()[0]}"
