"""From the text of a kernel to a function that runs.

This file knows files, hashes and Numba's compiler. It has never heard of formulas, dtypes or
devices: `load_kernel` is handed the whole source of a small module and returns its function.

What runs is exactly the text that was asked for. The text lies in a file named by its own hash, so
that tracebacks, `pdb` and `inspect` show it; a file that says anything else is written again. The
machine code lies beside it, checked: Numba's own cache aborts the process on a flipped byte, never
recovers from a truncated file, unpickles whatever it finds and misses changes in other files.
Ours begins with a sha256 that is compared before anything is unpickled, and is stamped with
everything the code depends on. A file that fails to load is a miss, and is written again; one that
fails to save is forgotten. Where no folder can be used, kernels live in memory.

Numba's cache interface is private, so all of it is inside `try`, with a plain njit behind it.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import linecache
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

__all__ = ["Compilation", "compilations", "kernel_folder", "load_dispatcher", "load_kernel"]

FORMAT = b"tinygradx machine code 1"
DIGEST = hashlib.sha256().digest_size
DAY = 86_400.0
KEPT_DAYS = 90  # a kernel nobody loaded for this long is removed
SLOW = 1.0  # seconds of fresh compiling after which a person is told what takes so long
STARTED = time.time()

# Numba's settings that change the machine code, or that it was compiled for.
SETTINGS = (
    "BOUNDSCHECK",
    "CPU_FEATURES",
    "CPU_NAME",
    "DEBUGINFO_DEFAULT",
    "DISABLE_INTEL_SVML",
    "ENABLE_AVX",
    "ENABLE_PROFILING",
    "EXTEND_VARIABLE_LIFETIMES",
    "LLVM_REFPRUNE_FLAGS",
    "LLVM_REFPRUNE_PASS",
    "LOOP_VECTORIZE",
    "OPT",
    "SLP_VECTORIZE",
    "USING_SVML",
)
# Packages whose version is in the stamp; of every other, the source files are.
VERSIONED = frozenset({"numba", "llvmlite", "numpy", *sys.stdlib_module_names})


class Compilation(NamedTuple):
    """One kernel made ready: which, how long it took, and whether from the cache."""

    name: str
    seconds: float
    cached: bool


class Kernel(NamedTuple):
    """What a text became: the fast way to call it, and the function Numba made."""

    call: Callable[..., Any]
    dispatcher: Callable[..., Any]


compilations: list[Compilation] = []
_loaded: dict[tuple[str, str, str], Kernel] = {}


# --- loading ---------------------------------------------------------------------------------


def load_kernel(name: str, text: str, entry: str) -> Callable[..., Any]:
    """Return the compiled function `entry` of a kernel's text.

    Parameters
    ----------
    name : str
        What to call the kernel's file and module; an identifier.
    text : str
        The whole source of a module: njit functions and a constant `SIGNATURE`.
    entry : str
        The name of the njit function to compile, for `SIGNATURE`.

    Returns
    -------
    callable
        The machine code itself, without Numba's dispatch on types (180 ns a call instead of 330).
        It checks neither dtypes nor strides nor whether an array may be written: look first.
        With `NUMBA_DISABLE_JIT=1`, the plain Python function.

    Examples
    --------
    >>> text = '''from numba import njit
    ... SIGNATURE = "float64(float64)"
    ... @njit(nogil=True, error_model="numpy")
    ... def twice(x):
    ...     return 2.0 * x
    ... '''
    >>> load_kernel("twice", text, "twice")(21.0)
    42.0
    """
    kernel = _loaded.get((name, text, entry))
    return (kernel or _load(name, text, entry)).call


def load_dispatcher(name: str, text: str, entry: str) -> Callable[..., Any]:
    """Return what `load_kernel` compiles as the object that `@njit` made, for people to inspect.

    Parameters
    ----------
    name, text, entry : str
        As for `load_kernel`.

    Returns
    -------
    numba.core.registry.CPUDispatcher
        With `NUMBA_DISABLE_JIT=1`, the plain Python function.
    """
    kernel = _loaded.get((name, text, entry))
    return (kernel or _load(name, text, entry)).dispatcher


def _load(name: str, text: str, entry: str) -> Kernel:
    """Import, compile and remember one kernel; whoever asks for it meanwhile waits."""
    if not name.isidentifier():
        raise ValueError(f"a kernel's name must be an identifier, got {name!r}")
    with _compiler_lock():
        key = (name, text, entry)
        if key not in _loaded:
            stem, module = _stem(name, text), import_text(name, text)
            _loaded[key] = _compile(stem, text, module, getattr(module, entry))
        return _loaded[key]


def _compile(stem: str, text: str, module: ModuleType, function: Any) -> Kernel:
    """Compile a dispatcher for its module's signature, through the checked cache."""
    if not hasattr(function, "py_func"):  # NUMBA_DISABLE_JIT=1
        return Kernel(function, function)
    start = time.perf_counter()
    plain, checked = getattr(function, "_cache", None), _checked_cache(stem, text)
    try:
        function._cache = checked or plain
        call = function.compile(module.SIGNATURE)
    except Exception:  # one in the kernel is raised again here; one in the cache is not
        function._cache, checked = plain, None
        call = function.compile(module.SIGNATURE)
    _log(stem, time.perf_counter() - start, checked is not None and checked.hit)
    return Kernel(call if callable(call) else function, function)


def _log(stem: str, seconds: float, cached: bool) -> None:
    """Note what was compiled, and tell a person at a terminal, once, why they wait."""
    before = sum(done.seconds for done in compilations if not done.cached)
    compilations.append(Compilation(stem.rpartition("_")[0], seconds, cached))
    if not cached and before < SLOW <= before + seconds and sys.stderr and sys.stderr.isatty():
        folder = kernel_folder()
        kept = f"once; kept in {folder}" if folder else "no folder to keep them in"
        print(f"tinygradx: compiling kernels for this machine ({kept})", file=sys.stderr)


# --- the text as a module --------------------------------------------------------------------


class _TextLoader(importlib.abc.InspectLoader):
    """Imports a text that we hold, whatever lies in the file of that name; writes no bytecode."""

    def __init__(self, text: str, filename: str) -> None:
        self.text, self.filename = text, filename

    def get_source(self, fullname: str) -> str:
        return self.text

    def get_filename(self, fullname: str) -> str:
        return self.filename

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.text, self.filename)

    def is_package(self, fullname: str) -> bool:
        return False


def _stem(name: str, text: str) -> str:
    """What a kernel's file is called: its name and its content."""
    return f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def import_text(name: str, text: str) -> ModuleType:
    """Run a kernel's text as a module, from its file where there is one."""
    stem = _stem(name, text)
    fullname = f"tinygradx_kernel_{stem}"
    if fullname in sys.modules:
        return sys.modules[fullname]
    path = _text_file(stem, text)
    filename = str(path or f"<{fullname}>")
    loader = _TextLoader(text, filename)
    spec = importlib.machinery.ModuleSpec(fullname, loader, origin=filename)
    spec.has_location = path is not None
    if path is None:  # the entry without a time is never dropped: inspect and pdb keep working
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    module = importlib.util.module_from_spec(spec)
    sys.modules[fullname] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[fullname]
        raise
    return module


def _text_file(stem: str, text: str) -> Path | None:
    """The file that holds exactly this text, written if need be; None where that cannot be."""
    folder = kernel_folder()
    if folder is None:
        return None
    path, data = folder / f"{stem}.py", text.encode()
    try:
        if path.is_file() and path.read_bytes() == data:
            _keep(path)
        else:
            _write(path, data)
    except OSError:
        return None
    return path


# --- the folder ------------------------------------------------------------------------------


def kernel_folder() -> Path | None:
    """Return the folder that keeps the kernels, made if need be; None if there can be none.

    It is `kernels-<python>` in `TINYGRADX_CACHE_DIR`, or else in the user's cache folder. It must
    belong to the user and nobody else may write to it, since what lies in it is run. A relative
    path is never used: it would run what lies in the working directory.

    Returns
    -------
    pathlib.Path or None
    """
    try:
        base = os.environ.get("TINYGRADX_CACHE_DIR") or _user_cache()
        if not os.path.isabs(base):
            return None
        folder = Path(base) / f"kernels-{sys.implementation.cache_tag}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat()
    except (OSError, RuntimeError, ValueError):
        return None
    if sys.platform != "win32" and (facts.st_uid != os.geteuid() or facts.st_mode & 0o022):
        return None
    return folder


def _user_cache() -> str:
    """The user's cache folder: without a home an error, or "~/.cache" with older platformdirs."""
    import platformdirs

    return platformdirs.user_cache_dir("tinygradx", appauthor=False)


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in place, or nothing: eight processes may be at it at once."""
    handle, temporary = tempfile.mkstemp(".tmp", f"{path.name}.", path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _keep(path: Path) -> None:
    """Mark a file as used, at most once a day."""
    with contextlib.suppress(OSError):
        if path.stat().st_mtime < time.time() - DAY:
            os.utime(path)


def _sweep(folder: Path) -> None:
    """Remove our files that nobody used for `KEPT_DAYS`, looking at most once a day."""
    marker, now = folder / "swept", time.time()
    if marker.exists() and marker.stat().st_mtime > now - DAY:
        return
    marker.touch()
    for path in folder.iterdir():
        if path.suffix in {".py", ".code", ".tmp"}:
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < now - KEPT_DAYS * DAY:
                    path.unlink()


# --- the machine code ------------------------------------------------------------------------


def _checked_cache(stem: str, text: str) -> _CheckedCache | None:
    """The cache for one kernel, or None where there is no folder or no telling what it needs."""
    try:
        _number_apart()
        folder, stamp = kernel_folder(), _stamp(text)
    except Exception:
        return None
    return _CheckedCache(folder, stem, stamp) if folder and stamp else None


class _CheckedCache:
    """The machine code of one kernel on disk, behind the interface of Numba's own caches.

    A file is the sha256 of the rest, the stamp, and what Numba needs to build its compile result.
    The stamp names the file, too, so that machines that share a home do not fight over it.
    """

    def __init__(self, folder: Path, stem: str, stamp: bytes) -> None:
        self.folder, self.stem, self.stamp = folder, stem, stamp
        self.enabled, self.hit = True, False

    @property
    def cache_path(self) -> str:
        return str(self.folder)

    def enable(self) -> None:
        self.enabled = True

    def disable(self) -> None:
        self.enabled = False

    def flush(self) -> None:
        for path in self.folder.glob(f"{self.stem}.*.code"):
            with contextlib.suppress(OSError):
                path.unlink()

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """The compile result for a signature, or None: whatever is wrong with a file is a miss."""
        self.hit = False
        if not self.enabled:
            return None
        try:
            path, stamp = self._file(signature)
            data = path.read_bytes()
            if data[:DIGEST] != hashlib.sha256(data[DIGEST:]).digest():
                return None
            if data[DIGEST : 2 * DIGEST] != stamp:
                return None
            symbols, parts = import_module("numba.core.serialize").loads(data[2 * DIGEST :])
            if not _resolvable(symbols, target_context):
                return None
            result_class = import_module("numba.core.compiler").CompileResult
            compiled = result_class._rebuild(target_context, *parts)
        except Exception:
            return None
        self.hit = True
        _keep(path)
        return compiled

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a compile result if that can be done."""
        if not self.enabled:
            return
        with contextlib.suppress(Exception):
            if compiled.library.has_dynamic_globals or compiled.lifted:
                return  # it holds addresses of this process
            path, stamp = self._file(signature)
            module = compiled.library._final_module
            symbols = [
                value.name
                for value in (*module.functions, *module.global_variables)
                if value.is_declaration and not value.name.startswith("llvm.")
            ]
            content = (symbols, compiled._reduce())
            rest = stamp + bytes(import_module("numba.core.serialize").dumps(content))
            _write(path, hashlib.sha256(rest).digest() + rest)
            _sweep(self.folder)

    def _file(self, signature: Any) -> tuple[Path, bytes]:
        sigutils = import_module("numba.core.sigutils")
        types = repr(sigutils.normalize_signature(signature))
        stamp = hashlib.sha256(self.stamp + types.encode()).digest()
        return self.folder / f"{self.stem}.{stamp.hex()[:16]}.code", stamp


_numbered = 0  # the process whose functions are numbered apart


def _number_apart() -> None:
    """Let Numba number this process's functions from a random start instead of 1.

    A symbol is a function's module, name, types and number. Two helpers that one factory made
    differ by the number alone; with both cached by different processes, each as number 2, a third
    process loaded the one and ran the other: asked for 2x, got 3x.
    """
    global _numbered
    if _numbered != os.getpid():
        identity = import_module("numba.core.bytecode").FunctionIdentity
        next(identity._unique_ids)  # raises where Numba has changed: then nothing is kept
        identity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "big"))
        _numbered = os.getpid()


def _resolvable(symbols: list[str], target_context: Any) -> bool:
    """Make what machine code calls known to LLVM, which aborts the process over a lost symbol.

    Numba prepares itself to compile anything before it loads anything: 120 ms, and 500 where
    SciPy is installed. A kernel needs Numba's small runtime at most, so that is tried first.
    """
    address_of_symbol = import_module("llvmlite.binding").address_of_symbol
    rtsys = import_module("numba.core.runtime").rtsys
    for prepare in (lambda: rtsys.initialize(target_context), target_context.refresh):
        prepare()
        if all(address_of_symbol(symbol) is not None for symbol in symbols):
            return True
    return False


def _stamp(text: str) -> bytes | None:
    """A hash of everything the machine code depends on, or None if that cannot be known."""
    numba, numpy, llvmlite = map(import_module, ("numba", "numpy", "llvmlite"))
    llvm = import_module("llvmlite.binding")
    sources: dict[str, str] = {}
    waiting = set(_imports(ast.parse(text), ""))
    while waiting:
        name = waiting.pop()
        source = _source(name)
        if source is None:
            return None
        sources[name] = source.digest
        waiting |= source.imports - sources.keys()
    facts = (
        FORMAT,
        text,
        sorted(sources.items()),
        getattr(sys.modules.get("tinygradx"), "__version__", None),
        (numba.__version__, llvmlite.__version__, numpy.__version__),
        (sys.version, sys.flags.optimize),  # python -O drops what a kernel asserts
        (llvm.get_process_triple(), llvm.get_host_cpu_name()),
        llvm.get_host_cpu_features().flatten(),
        [(name, getattr(numba.config, name, None)) for name in SETTINGS],
    )
    return hashlib.sha256(repr(facts).encode()).digest()


class _Source(NamedTuple):
    """The content of an imported file, and what it imports in turn."""

    digest: str
    imports: frozenset[str]


_sources: dict[str, _Source] = {}


def _source(name: str) -> _Source | None:
    """The source of an imported module as it was when first asked for.

    None if it has no file, or one that changed after this process began: what was imported may
    then be the older text, and its code must not be kept as the newer one's.
    """
    if name not in _sources:
        module = sys.modules[name]
        filename = getattr(module, "__file__", None)
        if filename is None or os.stat(filename).st_mtime > STARTED:
            return None
        data = Path(filename).read_bytes()
        package = getattr(module, "__package__", None) or ""
        imports = _imports(ast.parse(data), package) if filename.endswith(".py") else ()
        _sources[name] = _Source(hashlib.sha256(data).hexdigest(), frozenset(imports))
    return _sources[name]


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """The modules that a text imports and that no version number in the stamp stands for.

    What a function imports when it is called is left out: no kernel does.
    """
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            origin = importlib.util.resolve_name(relative, package)
            inner = [f"{origin}.{alias.name}" for alias in node.names]
            names = [name if name in sys.modules else origin for name in inner]
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(child, ast.stmt | ast.excepthandler)
            )
        for name in names:
            if name in sys.modules and name.partition(".")[0] not in VERSIONED:
                yield name


# --- threads and forks -----------------------------------------------------------------------

_importing = threading.RLock()
_lock: Any = None
_held: list[Any] = []


def _compiler_lock() -> Any:
    """Numba's own compiler lock, which is re-entrant; ours where Numba has none.

    With one lock there is no order to get wrong: whoever compiles holds Numba's anyway.
    """
    global _lock
    if _lock is None:
        with _importing:
            import_module("numba")  # 300 ms, so not at import
            try:
                _lock = import_module("numba.core.compiler_lock").global_compiler_lock
            except (AttributeError, ImportError):
                _lock = threading.RLock()
    return _lock


def _before_fork() -> None:
    """Wait for a running compile: a child that inherits a held lock hangs at its next compile."""
    _importing.acquire()
    module = sys.modules.get("numba.core.compiler_lock")
    lock = getattr(module, "global_compiler_lock", _lock)
    if lock is not None:
        lock.acquire()
    _held.append(lock)


def _after_fork() -> None:
    lock = _held.pop()
    if lock is not None:
        lock.release()
    _importing.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
