"""The compile cache: every way in which Numba's own was seen to fail, and what ours does instead.

Damage is done in processes of their own. Each prints one line of JSON for each thing it saw.
"""

import hashlib
import inspect
import io
import json
import os
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path

import pytest

from tinygradx.kernels import cache

ROOT = Path(__file__).resolve().parent.parent

jit = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"},
    reason="nothing is compiled with NUMBA_DISABLE_JIT=1, so there is no machine code to keep",
)

TEXT = '''"""scale: a kernel for the tests."""
from numba import njit

SIGNATURE = "float64(float64)"


@njit(nogil=True, error_model="numpy")
def times(x):
    return x * FACTOR


@njit(nogil=True, error_model="numpy")
def scale(x):
    return times(x) + 0.0
'''

PRELUDE = """
import contextlib, json, os, sys, threading, time
from pathlib import Path
sys.modules["scipy"] = None  # Numba imports it before it compiles: 0.3 s in each process
from tinygradx.kernels import cache

def text(factor):
    return TEXT.replace("FACTOR", repr(factor))

def say(**seen):
    print(json.dumps(seen), flush=True)

def load(factor):
    '''Load and call one kernel: what 2.0 became, and whether it came from the cache.'''
    value = cache.load_kernel("scale", text(factor), "scale")(2.0)
    return [value, cache.compilations[-1].cached]

def forget():
    '''Know no kernel any more, as a new process would.'''
    cache._loaded.clear()
    for name in [name for name in sys.modules if name.startswith("tinygradx_kernel_")]:
        del sys.modules[name]

def load_helped(name):
    source = f'''from numba import njit
from helpers import {name}
SIGNATURE = "float64(float64)"
@njit(nogil=True, error_model="numpy")
def helped(x):
    return {name}(x)
'''
    value = cache.load_kernel(name, source, "helped")(2.0)
    return [value, cache.compilations[-1].cached]
""".replace("TEXT", repr(TEXT))


def start(folder: Path, script: str, **settings: str | None) -> subprocess.Popen[str]:
    """Begin a script in a process that keeps its kernels under `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    env = kept | {"TINYGRADX_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)} | settings
    work = folder.parent / "work"
    work.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(script)],
        env={name: value for name, value in env.items() if value is not None},
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[dict]:
    """Wait for a script; what it saw."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def run(folder: Path, script: str, **settings: str | None) -> list[dict]:
    return finish(start(folder, script, **settings))


def code_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("kernels-*/*.code"))


# --- the happy path, and what must not share machine code ----------------------------------------

HELPERS = """
from numba import njit
import {base} as base

def make(factor):
    @njit(nogil=True, error_model="numpy")
    def helper(x):
        total = 0.0
        for i in range(factor):   # long enough for LLVM to keep it a function of its own
            for j in range(int(x) + i):
                if total > 100.0 + j * factor:
                    total -= j % 7
                total += base.WEIGHT * 1e-300
            total += x
        return total
    return helper

twice, thrice = make(2), make(3)
"""


@jit
def test_other_processes_find_what_was_compiled_and_nothing_else(tmp_path):
    folder, library = tmp_path / "kept", tmp_path / "work"
    library.mkdir()
    (library / "helpers.py").write_text(HELPERS.format(base="base_numbers"))
    (library / "base_numbers.py").write_text("WEIGHT = 1.0\n")

    def seen(script: str) -> list:
        return run(folder, script)[0]["seen"]

    # One name with three constants: three texts, three files.
    loop = "say(seen=[load(factor) for factor in (2.0, 3.0, 4.0)] + [load_helped({!r})])"
    assert seen(loop.format("twice")) == [[4.0, False], [6.0, False], [8.0, False], [4.0, False]]
    # Two helpers of one factory, compiled by different processes, bear one name in each.
    assert seen(loop.format("thrice")) == [[4.0, True], [6.0, True], [8.0, True], [6.0, False]]
    both = "say(seen=[load_helped('thrice'), load_helped('twice'), load(2.0)])"
    assert seen(both) == [[6.0, True], [4.0, True], [4.0, True]]
    # A file that an imported file imports has changed; the other kernel has nothing to do with it.
    (library / "base_numbers.py").write_text("WEIGHT = 1e300\n")
    os.utime(library / "base_numbers.py", (1e9, 1e9))  # the content counts, not the time
    changed = "say(seen=[load_helped('twice'), load(2.0)])"
    (value, cached), other = seen(changed)
    assert value > 4.0
    assert not cached
    assert other == [4.0, True]


@jit
def test_a_file_changed_after_the_process_began_is_not_kept(tmp_path):
    """What was imported may be the older text: its code must not be kept as the newer one's."""
    (seen,) = run(
        tmp_path / "kept",
        """
        Path("helpers.py").write_text("from numba import njit\\n@njit\\ndef late(x): return x")
        sys.path.insert(0, "")
        os.utime("helpers.py", (time.time() + 60,) * 2)
        say(first=load_helped("late"), kept=len(list(cache.kernel_folder().glob("*.code"))))
        """,
    )
    assert seen == {"first": [2.0, False], "kept": 0}


# --- damage --------------------------------------------------------------------------------------


@jit
def test_damage_is_a_miss_and_heals(tmp_path):
    folder = tmp_path / "kept"
    seen = run(
        folder,
        """
        import hashlib, random
        load(2.0), load(3.0)
        folder = cache.kernel_folder()
        dispatcher = cache.load_dispatcher("scale", text(2.0), "scale")
        mine = dispatcher._cache
        find = lambda: mine.load_overload("float64(float64)", dispatcher.targetctx)
        (path,) = folder.glob(mine.stem + ".*.code")
        (other,) = set(folder.glob("*.code")) - {path}
        whole = path.read_bytes()
        assert find() is not None

        # Flipped bytes are never a hit, wherever they are.
        places = [*range(0, 80, 7), *random.Random(0).sample(range(len(whole)), 60)]
        hits = 0
        for place in places:
            flipped = bytearray(whole)
            flipped[place] ^= 0xFF
            path.write_bytes(flipped)
            hits += find() is not None
        say(flipped=hits)

        # Truncated, empty, swapped for another kernel's: a miss, and then a hit again.
        for damaged in (whole[:-1], whole[: len(whole) // 2], whole[:40], b"", other.read_bytes()):
            path.write_bytes(damaged)
            forget()
            first = load(2.0)
            forget()
            say(first=first, then=load(2.0))

        # A payload that would run if it were unpickled.
        class Trap:
            def __reduce__(self):
                return (Path("trap").touch, ())
        import pickle
        body = whole[32:64] + pickle.dumps(Trap())
        for trap in (b"\\0" * 32 + body, hashlib.sha256(body).digest()[:31] + b"x" + body):
            path.write_bytes(trap)
            forget()
            say(first=load(2.0), then=not Path("trap").exists())

        # Unreadable, and what lies in its place cannot be replaced.
        path.unlink()
        path.mkdir()
        (path / "full").touch()
        forget()
        say(first=load(2.0), then=path.is_dir())
        (path / "full").unlink()
        path.rmdir()

        # The text's own file says something else: it is written again, and never run.
        source = folder / (mine.stem + ".py")
        source.write_text("open('trap', 'w')")
        forget()
        say(first=load(2.0), then=source.read_text() == text(2.0) and not Path("trap").exists())
        """,
    )
    assert seen.pop(0) == {"flipped": 0}
    assert [one["first"] for one in seen] == [[4.0, False]] * 9
    assert [one["then"] for one in seen] == [[4.0, True]] * 5 + [True] * 4
    assert run(folder, "say(seen=load(2.0))") == [{"seen": [4.0, True]}]


@jit
def test_settings_that_change_the_code_are_a_miss(tmp_path):
    seen = run(
        tmp_path / "kept",
        """
        import numba, llvmlite.binding as llvm
        def again():
            forget()
            return load(2.0)[1]
        say(seen=[again(), again()])
        for name, value in (("BOUNDSCHECK", 1), ("SLP_VECTORIZE", 1)):
            before = getattr(numba.config, name)
            setattr(numba.config, name, value)
            say(seen=[again(), again()])
            setattr(numba.config, name, before)
        llvm.get_host_cpu_name = lambda: "another"
        say(seen=[again(), again()])
        """,
    )
    assert [one["seen"] for one in seen] == [[False, True]] * 4


@jit
def test_kernels_nobody_used_for_long_are_removed(tmp_path):
    (seen,) = run(
        tmp_path / "kept",
        """
        load(2.0), load(3.0)
        folder = cache.kernel_folder()
        old = time.time() - 91 * 86_400
        for path in folder.iterdir():
            os.utime(path, (old, old))
        (folder / "mine.txt").touch()
        os.utime(folder / "mine.txt", (old, old))
        forget()
        load(2.0)   # used today, so it stays
        load(4.0)   # compiled and kept, which is when somebody sweeps
        say(code=len(list(folder.glob("*.code"))), text=len(list(folder.glob("*.py"))),
            other=(folder / "mine.txt").exists())
        """,
    )
    assert seen == {"code": 2, "text": 2, "other": True}


# --- folders -------------------------------------------------------------------------------------


@jit
def test_without_a_folder_everything_works_from_memory(tmp_path):
    seen = run(
        tmp_path / "kept",
        """
        import inspect, linecache, pwd, tempfile, traceback
        load(0.0)
        Path("file").touch()
        Path("shared").mkdir()
        shared = Path("shared").resolve() / f"kernels-{sys.implementation.cache_tag}"
        shared.mkdir()
        shared.chmod(0o777)
        before = sorted(Path().rglob("*"))

        def works(factor):
            value, cached = load(factor)
            dispatcher = cache.load_dispatcher("scale", text(factor), "scale")
            linecache.checkcache()
            shown = inspect.getsource(dispatcher.py_func)
            try:
                dispatcher.py_func.__globals__["times"].py_func(None)
            except TypeError as error:
                frames = traceback.format_exception(error)
            return [value, cached, "times(x) + 0.0" in shown, "return x * " in "".join(frames)]

        # Not a folder, not to be made, the working directory, writable by others.
        for number, base in enumerate(["file/x", "/proc/none", "relative", ".", "shared"]):
            base = Path(base).resolve() if number in (0, 4) else base
            os.environ["TINYGRADX_CACHE_DIR"] = str(base)
            say(folder=cache.kernel_folder() is None, works=works(10.0 + number))
        shared.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(shared, 12345, -1)
            assert cache.kernel_folder() is None   # another user's
            os.chown(shared, 0, -1)
        assert cache.kernel_folder() == shared

        # No home.
        for name in ("TINYGRADX_CACHE_DIR", "HOME", "XDG_CACHE_HOME"):
            os.environ.pop(name, None)
        def nobody(*_):
            raise KeyError
        pwd.getpwuid = nobody
        say(folder=cache.kernel_folder() is None, works=works(20.0))
        assert sorted(Path().rglob("*")) == before
        """,
    )
    assert seen == [{"folder": True, "works": [value, False, True, True]}
                    for value in (20.0, 22.0, 24.0, 26.0, 28.0, 40.0)]  # fmt: skip
    (made,) = (tmp_path / "kept").iterdir()
    assert made.stat().st_mode & 0o777 == 0o700


@jit
def test_a_folder_that_became_read_only_is_still_read(tmp_path):
    folder = tmp_path / "kept"
    run(folder, "load(2.0)")
    (seen,) = run(
        folder,
        """
        import tempfile
        def refuse(*_):
            raise PermissionError("read-only")
        tempfile.mkstemp = refuse
        say(old=load(2.0), new=load(3.0))
        """,
    )
    assert seen == {"old": [4.0, True], "new": [6.0, False]}


@jit
def test_eight_processes_on_an_empty_folder(tmp_path):
    folder = tmp_path / "kept"
    running = [start(folder, "say(seen=load(2.0)[0])") for _ in range(8)]
    assert [finish(process) for process in running] == [[{"seen": 4.0}]] * 8
    (path,) = code_files(folder)  # and no temporary file
    assert sorted(one.suffix for one in path.parent.iterdir()) == ["", ".code", ".py"]
    data = path.read_bytes()
    assert hashlib.sha256(data[32:]).digest() == data[:32]


# --- threads and forks ---------------------------------------------------------------------------


@jit
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_threads_and_forks(tmp_path):
    seen = run(
        tmp_path / "kept",
        """
        import signal, warnings
        from concurrent.futures import ThreadPoolExecutor
        from numba import njit
        from numba.core.compiler_lock import global_compiler_lock
        warnings.simplefilter("ignore", DeprecationWarning)   # Python 3.12 warns of fork in threads

        with ThreadPoolExecutor(8) as threads:
            values = list(threads.map(lambda _: load(2.0)[0], range(8)))
        say(values=values, compiled=len(cache.compilations))

        def in_child(work):
            '''What a forked child answers, or None if it hangs.'''
            ours, theirs = os.pipe()
            child = os.fork()
            if child == 0:
                os.write(theirs, json.dumps(work()).encode())
                os._exit(0)
            for _ in range(2000):
                if os.waitpid(child, os.WNOHANG) != (0, 0):
                    return json.loads(os.read(ours, 1000))
                time.sleep(0.01)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

        say(child=in_child(lambda: [load(2.0)[0], load(3.0)[0]]), parent=load(4.0)[0])

        # Another thread is in the middle of a compile, of ours or of anybody's.
        body = "".join(f"    if x > {i}: y += x * {i} / (y + {i})\\n" for i in range(150))
        exec("def long(x):\\n    y = 1.0\\n" + body + "    return y")
        for work in (lambda: njit("float64(float64)")(long), lambda: load(5.0)):
            thread = threading.Thread(target=work)
            thread.start()
            free = True
            while free and thread.is_alive():
                free = global_compiler_lock._lock.acquire(blocking=False)
                if free:
                    global_compiler_lock._lock.release()
            say(busy=not free, child=in_child(lambda: load(6.0)[0]))
            thread.join()
        """,
    )
    assert seen[0] == {"values": [4.0] * 8, "compiled": 1}
    assert seen[1] == {"child": [4.0, 6.0], "parent": 8.0}
    assert seen[2] == {"busy": True, "child": 12.0}
    assert seen[3]["child"] == 12.0


# --- in this process -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TINYGRADX_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_the_text_is_a_module_people_can_read(folder):
    text = TEXT.replace("FACTOR", "7.0")
    call = cache.load_kernel("scale", text, "scale")
    dispatcher = cache.load_dispatcher("scale", text, "scale")
    plain = getattr(dispatcher, "py_func", dispatcher)
    assert call(6.0) == dispatcher(6.0) == plain(6.0) == 42.0
    assert cache.load_kernel("scale", text, "scale") is call
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert plain.__module__ == f"tinygradx_kernel_scale_{digest}"
    assert Path(inspect.getfile(plain)) == cache.kernel_folder() / f"scale_{digest}.py"
    assert Path(inspect.getfile(plain)).read_text() == text
    assert inspect.getsource(plain).startswith("@njit(nogil=True")
    times = plain.__globals__["times"]
    with pytest.raises(TypeError) as raised:
        getattr(times, "py_func", times)(None)
    assert "return x * 7.0" in "".join(traceback.format_exception(raised.value))
    assert not list(folder.rglob("*.pyc"))


def test_a_text_with_a_mistake_says_so_each_time(folder):
    broken = TEXT.replace("FACTOR", "no_such_name")
    for _ in range(2):
        with pytest.raises(Exception, match="no_such_name"):
            cache.load_kernel("broken", broken, "scale")(1.0)
        with pytest.raises(ZeroDivisionError):
            cache.load_kernel("broken", "1 / 0", "scale")
    with pytest.raises(ValueError, match="identifier"):
        cache.load_kernel("../scale", TEXT, "scale")


def test_a_person_is_told_once_what_takes_so_long(folder, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for screen, lines in ((Terminal(), 1), (io.StringIO(), 0)):
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setattr(cache, "compilations", [])
        for seconds, cached in ((9.0, True), (0.6, False), (0.6, False), (5.0, False)):
            cache._log("scale_0123", seconds, cached)
        assert screen.getvalue().count("\n") == lines
        assert (str(folder) in screen.getvalue()) == bool(lines)
    assert cache.compilations[1] == ("scale", 0.6, False)


@pytest.mark.parametrize("name", ["cache", "pool"])
def test_importing_the_file_imports_no_compiler(name):
    path = ROOT / "tinygradx" / "kernels" / f"{name}.py"
    script = f"import runpy, sys; runpy.run_path({str(path)!r}); sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
