"""Compiled rules: `@kernel` for a rule, `Entry` for what Python calls, and the cache of compiled code.

A rule is a plain function of records and numbers. `SITESEC_JIT=0` in the environment, or Numba's own
`NUMBA_DISABLE_JIT=1`, runs everything as plain Python, for a debugger; the rows are the same to the last byte.

Numba's own cache watches only the file of the decorated function, so a change in a rule elsewhere would go on
running the old code. The cache folder is therefore named by everything that the compiled code depends on.

Numba is imported, and a rule is handed to it, when an entry is compiled or loaded: much of what imports rules only
needs their records.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.sources import cache_root, made_cache_folder, sources_hash


def _switch(name: str, default: str) -> bool:
    """A variable of the environment that is 0 or 1."""
    read = os.environ.get(name) or default
    if read not in ("0", "1"):
        raise InputError(f"{name}: read {read!r} in the environment, allowed 0 or 1")
    return read == "1"


COMPILED = _switch("SITESEC_JIT", "1") and not _switch("NUMBA_DISABLE_JIT", "0")
OPTIONS = {"nogil": True, "_nrt": False, "error_model": "numpy"}
# Rules are called by rules alone: without the wrappers for calls from Python and C they compile twice as fast.
RULE_OPTIONS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
FOLDERS_KEPT = 10  # two entries: five versions
DAYS_KEPT = 30


def kernel(function: Callable | None = None, *, inline: bool = False) -> Any:
    """Make a function a rule.

    Parameters
    ----------
    inline : bool
        Force inlining: for what is small, or called from one place on the hot path.
    """
    if function is None:
        return lambda f: kernel(f, inline=inline)
    if not COMPILED:
        return function
    return Rule(function, inline)


class Rule:
    """A rule: compiled where a compiled function calls it, plain Python where Python calls it."""

    def __init__(self, function: Callable, inline: bool) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._inline = inline

    @functools.cached_property
    def dispatcher(self) -> Any:
        """What compiles it."""
        import numba

        options = {"forceinline": self._inline, **RULE_OPTIONS, **OPTIONS}
        return _one_for_all_constants(numba.njit(**options)(self.py_func))

    @functools.cached_property
    def _numba_type_(self) -> Any:
        """What Numba takes it for where a compiled function names it."""
        import numba

        return numba.types.Dispatcher(self.dispatcher)  # holds the dispatcher by a weak reference

    def __call__(self, *arguments: Any) -> Any:
        """Run as plain Python."""
        return self.py_func(*arguments)


def _one_for_all_constants(dispatcher: Any) -> Any:
    """Numba compiles a callee anew for each constant in a call; let every call share the one for any number."""
    import numba

    by_constant = dispatcher.get_call_template
    dispatcher.get_call_template = lambda arguments, keywords: by_constant(
        tuple(numba.types.unliteral(a) for a in arguments), keywords
    )
    return dispatcher


class Entry:
    """A function that Python calls: compiled once a machine, then loaded from the cache.

    Parameters
    ----------
    function : callable
        The Python source of the entry; its module and all that it imports from this package name the cache folder.
    notice : str
        What to say on stderr when it has to be compiled.
    """

    def __init__(self, function: Callable, notice: str = "") -> None:
        self.function = function
        self.notice = notice
        self._source = Path(function.__code__.co_filename)
        # Not when it is first called: by then somebody may have written to a file that was imported long before.
        self._sources = sources_hash(self._source) if COMPILED else ""

    @functools.cached_property
    def folder(self) -> Path:
        """Where its compiled code is kept."""
        return made_cache_folder(_fingerprint(self._source, self._sources))

    @functools.cached_property
    def dispatcher(self) -> Any:
        """What compiles it, and keeps what it compiled; the function itself where nothing is compiled."""
        if not COMPILED:
            return self.function
        import numba

        with _numba_cache_in(self.folder):
            return numba.njit(cache=True, **OPTIONS)(self.function)

    def __call__(self, *arguments: Any) -> Any:
        """Call it, compiled for arguments of these types."""
        self.prepare(*arguments)
        return self.dispatcher(*arguments)

    def prepare(self, *arguments: Any) -> None:
        """Compile for arguments of these types, or load what was compiled before; one process at a time."""
        if not COMPILED or self.dispatcher.signatures:
            return
        import numba

        made_cache_folder(self.folder.name).touch()  # it is in use
        with _lock(self.folder):
            if self.notice and not list(self.folder.rglob("*.nbi")):
                with contextlib.suppress(OSError):  # nobody can read it, and nothing depends on it
                    print(self.notice, file=sys.stderr, flush=True)
            with _rules_made_once(self.function.__name__), _indices_as_they_stand():
                self.dispatcher.compile(tuple(numba.typeof(a) for a in arguments))
        _prune(self.folder)


@contextlib.contextmanager
def _rules_made_once(entry: str) -> Iterator[None]:
    """Numba makes machine code of each rule with all that it calls, level by level; let it make the entry's alone.

    Saves a third of the compilation. The code is as fast, since everything is optimised again within the entry; and
    where a rule's own code was there first, the entry would call that one, which is slower.
    """
    import numba

    library, maker = numba.core.codegen.CPUCodeLibrary, numba.core.codegen.JITCPUCodegen
    optimise, finalise, set_environment = (
        library._optimize_final_module,
        library._finalize_final_module,
        maker.set_env,
    )
    environments: list[tuple[Any, ...]] = []

    def lightly(self: Any) -> None:
        if entry in self.name:
            optimise(self)
        else:
            passes, builder = self._codegen._module_pass_manager(loop_vectorize=False, opt=1, cost="cheap")
            passes.run(self._final_module, builder)

    def as_a_part(self: Any) -> None:
        if entry in self.name:
            finalise(self)
        else:
            self._finalize_dynamic_globals()
            self._verify_declare_only_symbols()
            self._finalized = True

    library._optimize_final_module, library._finalize_final_module = lightly, as_a_part
    maker.set_env = lambda *arguments: environments.append(arguments)
    try:
        yield
        for codegen, name, environment in environments:
            if codegen._engine.is_symbol_defined(name):  # not what was inlined away
                set_environment(codegen, name, environment)
    finally:
        library._optimize_final_module, library._finalize_final_module = optimise, finalise
        maker.set_env = set_environment


@contextlib.contextmanager
def _indices_as_they_stand() -> Iterator[None]:
    """Numba lets a negative index count from the end, and asks each index for its sign; no rule has one.

    Saves a tenth of the time of a run, and of the compilation. A negative index is a fault like one beyond the end, and
    found in the same way, by a run with bounds checked.
    """
    import numba
    from numba.np import arrayobj

    fixed = arrayobj.fix_integer_index
    arrayobj.fix_integer_index = lambda context, builder, kind, index, size: context.cast(
        builder, index, kind, numba.types.intp
    )
    try:
        yield
    finally:
        arrayobj.fix_integer_index = fixed


def _fingerprint(source: Path, sources: str) -> str:
    """Name of all that an entry's compiled code depends on; `sources` is the hash of its sources."""
    import llvmlite
    import numba
    import numpy

    settings = sorted((k, v) for k, v in os.environ.items() if k.startswith("NUMBA_"))
    versions = (sys.version, numba.__version__, llvmlite.__version__, numpy.__version__)
    return hashlib.sha256(repr((sources, settings, OPTIONS, versions, str(source.resolve()))).encode()).hexdigest()[:24]


@contextlib.contextmanager
def _numba_cache_in(folder: Path) -> Iterator[None]:
    import numba

    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _prune(current: Path) -> None:
    """Keep the newest folders; drop what has not been used for a month."""
    root = cache_root()
    if current.parent != root:
        return
    newest_first = sorted(root.iterdir(), key=lambda p: -p.stat().st_mtime)
    oldest = time.time() - DAYS_KEPT * 86_400
    for rank, folder in enumerate(p for p in newest_first if p.is_dir()):
        if folder != current and (rank >= FOLDERS_KEPT or folder.stat().st_mtime < oldest):
            shutil.rmtree(folder, ignore_errors=True)
    for file in newest_first:
        if file.is_file() and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
