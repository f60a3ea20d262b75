"""The thread pool: every range once, no range left behind, no thread that outlives its welcome."""

import contextvars
import gc
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx.kernels import cpu, pool

ROOT = Path(__file__).resolve().parent.parent

DOUBLE = """from numba import njit

SIGNATURE = "void(float64[::1], float64[::1])"


@njit(nogil=True, error_model="numpy")
def double(x, out):
    for i in range(out.size):
        out[i] = 2.0 * x[i]
"""


@pytest.fixture
def threads():
    """Choose the number of threads; put back afterwards."""
    before = pool._count
    yield pool.set_thread_count
    pool._count = before


def run(script: str, *arguments: str, **settings: str) -> list[str]:
    """What a script printed, in a process of its own that must end well and soon."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1]


def ranges(total: int, grain: int) -> list[tuple[int, int]]:
    """The ranges that a spread runs, in order."""
    seen: list[tuple[int, int]] = []
    pool.spread(lambda start, stop: seen.append((start, stop)), total, grain)
    return sorted(seen)


# --- ranges ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("grain", [1, 7, 64])
@pytest.mark.parametrize("total", [0, 1, 6, 7, 8, 63, 64, 65, 1000])
def test_ranges_cover_the_total_once_and_start_at_multiples(threads, total, grain, count):
    threads(count)
    seen = ranges(total, grain)
    assert [start for start, _ in seen] == [0, *(stop for _, stop in seen[:-1])]
    assert seen[-1][1] == total
    assert all(start % grain == 0 for start, _ in seen)
    assert all(start < stop for start, stop in seen) or total == 0
    if total <= grain or count == 1:
        assert seen == [(0, total)]
    else:
        assert len(seen) > 1


def test_the_work_is_shared(threads):
    threads(3)
    gate = threading.Barrier(3, timeout=20)  # passes only if three threads are inside at once
    names: set[str] = set()

    def chunk(start: int, stop: int) -> None:
        if threading.current_thread().name not in names:
            names.add(threading.current_thread().name)
            gate.wait()

    for _ in range(2):
        names.clear()
        pool.spread(chunk, 12, 1)
        assert len(names) == 3
    assert sum(thread.name.startswith("tinygradx") for thread in threading.enumerate()) >= 2
    threads(1)
    assert ranges(12, 1) == [(0, 12)]


def test_a_call_from_inside_a_chunk_is_serial(threads):
    threads(4)
    lock = threading.Lock()
    inner: list[tuple[str, int, int]] = []

    def outer(start: int, stop: int) -> None:
        def note(low: int, high: int) -> None:
            with lock:
                inner.append((threading.current_thread().name == name, low, high))

        name = threading.current_thread().name
        time.sleep(0.001)  # long enough for workers to take part
        pool.spread(note, 100, 1)

    pool.spread(outer, 16, 1)
    assert inner == [(True, 0, 100)] * 16
    assert len(ranges(100, 1)) > 1  # and afterwards it is shared again


def test_workers_see_the_callers_context(threads):
    threads(2)
    setting = contextvars.ContextVar("setting", default=0)
    gate, seen = threading.Barrier(2, timeout=20), []

    def chunk(start: int, stop: int) -> None:
        if len(seen) < 2:
            seen.append(setting.get())
            gate.wait()

    token = setting.set(7)
    pool.spread(chunk, 8, 1)
    setting.reset(token)
    assert seen[:2] == [7, 7]


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ValueError, IndexError, SystemExit])
def test_the_first_error_is_raised_when_all_have_left(threads, error):
    threads(4)
    inside: set[int] = set()
    begun: list[int] = []

    def chunk(start: int, stop: int) -> None:
        begun.append(start)
        inside.add(start)
        try:
            time.sleep(0.01)
            if start >= 2:
                raise error(f"at {start}")
            time.sleep(0.05)
        finally:
            inside.remove(start)

    for _ in range(3):
        begun.clear()
        with pytest.raises(error, match=r"at \d"):
            pool.spread(chunk, 16, 1)
        assert not inside
        assert len(begun) < 16  # ranges not begun were left out
    assert len(ranges(16, 1)) == 16


def test_an_error_keeps_nothing_alive(threads):
    threads(2)

    class Array:
        """Something whose end can be seen."""

    def fail(start: int, stop: int, array: Array) -> None:
        raise ValueError("on purpose")

    gc.disable()
    try:
        array = Array()
        gone = weakref.ref(array)
        with pytest.raises(ValueError, match="on purpose"):
            pool.spread(lambda start, stop, array=array: fail(start, stop, array), 64, 1)
        del array
        deadline = time.monotonic() + 5
        while gone() is not None and time.monotonic() < deadline:
            time.sleep(0.01)  # a worker that woke late lets go a moment later
        assert gone() is None
    finally:
        gc.enable()


def test_control_c_waits_for_every_chunk(threads):
    threads(4)
    inside: set[int] = set()
    main = threading.main_thread()

    def chunk(start: int, stop: int) -> None:
        inside.add(start)
        deadline = time.monotonic() + 0.1
        if threading.current_thread() is main:
            time.sleep(0.02)  # let the others begin
            signal.raise_signal(signal.SIGINT)
        while time.monotonic() < deadline:
            time.sleep(0.01)
            if start % 2:  # again and again, while the caller awaits the others
                signal.raise_signal(signal.SIGINT)
        inside.remove(start)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            pool.spread(chunk, 16, 1)
        others = {start for start in inside if start != 0}
    finally:
        time.sleep(0.01)
        signal.signal(signal.SIGINT, before)
    assert others == set()
    assert len(ranges(16, 1)) == 16


# --- many threads, forks, the end -----------------------------------------------------------------


def test_eight_threads_at_once(threads):
    threads(2)
    counts = [[0] * 1000 for _ in range(8)]
    failures: list[Exception] = []

    def user(count: list[int]) -> None:
        def chunk(start: int, stop: int) -> None:
            for index in range(start, stop):
                count[index] += 1

        try:
            for _ in range(100):
                pool.spread(chunk, 1000, 10)
        except Exception as error:
            failures.append(error)

    users = [threading.Thread(target=user, args=(count,)) for count in counts]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join(20)
    assert not failures
    assert counts == [[100] * 1000] * 8


def test_use_fork_use_and_the_end():
    """A forked child has none of the parent's threads, and must not wait for them."""
    out = run(
        """
        import os, time, warnings
        from tinygradx.kernels import pool
        warnings.simplefilter("ignore", DeprecationWarning)   # Python 3.12 warns of this very fork
        pool.set_thread_count(4)

        def total():
            seen = []
            def chunk(start, stop):
                time.sleep(0.001)
                seen.append(stop - start)
            pool.spread(chunk, 160, 10)
            return sum(seen), len(seen)

        def in_child(work):
            child = os.fork()
            if child == 0:
                os._exit(work())
            for _ in range(1000):
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    return os.waitstatus_to_exitcode(status)
                time.sleep(0.01)
            os.kill(child, 9)
            return "hangs"

        print(total())
        print(in_child(lambda: total() != (160, 16)))
        print(total())

        # A fork inside a chunk: the child cannot have what other threads were doing.
        parent, answers = os.getpid(), []
        def chunk(start, stop):
            time.sleep(0.01)
            if start == 0 and os.fork() == 0:
                answers.append("child")
        try:
            pool.spread(chunk, 160, 10)
        except RuntimeError as error:
            assert os.getpid() != parent and "forked" in str(error), error
            os._exit(7)
        assert os.getpid() == parent
        print(os.waitstatus_to_exitcode(os.wait()[1]))

        # Unfinished work in another thread does not keep the interpreter.
        import threading
        threading.Thread(target=pool.spread, args=(lambda a, b: time.sleep(60), 4, 1),
                         daemon=True).start()
        time.sleep(0.05)
        """
    )
    assert out == ["(160, 16)", "0", "(160, 16)", "7"]


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"},
    reason="with NUMBA_DISABLE_JIT=1 no other library's kernel can be parallel",
)
def test_eight_threads_beside_another_librarys_parallel_kernel(tmp_path):
    """Two threads inside Numba's workqueue abort the process; so ours must never be one."""
    out = run(
        """
        import sys, threading
        import numpy as np
        sys.modules["scipy"] = None   # Numba would import it: 0.3 s
        import numba
        from tinygradx.kernels import cache, pool

        kernel = cache.load_kernel("double", sys.argv[1], "double")

        @numba.njit(nogil=True, **{{{flag!r}: True}})
        def foreign(x):
            total = 0.0
            for i in numba.{loop}(x.size):
                total += x[i]
            return total

        x = np.arange(100_000.0)
        want, wrong = foreign(x), []
        over = threading.Event()

        def stranger():
            while not over.is_set():
                if foreign(x) != want:
                    wrong.append("foreign")

        def user():
            out = np.empty_like(x)
            for _ in range(50):
                out.fill(0.0)
                pool.spread(lambda a, b: kernel(x[a:b], out[a:b]), x.size, 4096)
                if not (out == 2.0 * x).all():
                    wrong.append("ours")

        pool.set_thread_count(4)
        other = threading.Thread(target=stranger)
        users = [threading.Thread(target=user) for _ in range(8)]
        for thread in [other, *users]:
            thread.start()
        for thread in users:
            thread.join()
        over.set()
        other.join()
        print(numba.threading_layer(), wrong)
        """.format(flag="paral" + "lel", loop="pra" + "nge"),
        DOUBLE,
        NUMBA_THREADING_LAYER="workqueue",
        TINYGRADX_CACHE_DIR=str(tmp_path),
    )
    assert out == ["workqueue []"]


# --- how many --------------------------------------------------------------------------------


def test_the_number_of_threads(monkeypatch, threads):
    monkeypatch.delenv("TINYGRADX_NUM_THREADS", raising=False)
    pool._count = 0
    affinity = getattr(os, "sched_getaffinity", None)
    assert pool.thread_count() == (len(affinity(0)) if affinity else os.cpu_count())
    pool._count = 0
    monkeypatch.setenv("TINYGRADX_NUM_THREADS", "3")
    assert pool.thread_count() == 3
    assert threads(5) == pool.thread_count() == 5
    for wrong in ("0", "-1", "two", "1.5"):
        pool._count = 0
        monkeypatch.setenv("TINYGRADX_NUM_THREADS", wrong)
        with pytest.raises(ValueError, match=f"TINYGRADX_NUM_THREADS .* got '{wrong}'"):
            pool.thread_count()
    with pytest.raises(ValueError, match="at least 1, got 0"):
        pool.set_thread_count(0)


# --- the house -------------------------------------------------------------------------------

FORBIDDEN = {
    "the parallel flag": r"\bparallel\s*=\s*True|[\"']parallel[\"']\s*:\s*True",
    "Numba's parallel range": r"\bprange\b",
    "Numba's own thread count": r"numba[\w.]*\.set_num_threads|from numba.*\bset_num_threads",
    "fastmath other than contract": r"\bfastmath\b(?!\s*=\s*\{?\s*[\"']contract[\"'])",
    "unpickling": r"pickle\.load",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_of_ours_uses(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / "tinygradx").rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for():
    split = "paral|lel=True fast|math=True pra|nge numba.set_num|_threads(1) pickle.lo|ads"
    wrong = split.replace("|", "")
    assert all(re.search(pattern, wrong) for pattern in FORBIDDEN.values())
    fine = """njit(fastmath={"contract"}), njit(fastmath='contract'), pool.set_thread_count(2)"""
    assert not any(re.search(pattern, fine) for pattern in FORBIDDEN.values())


def test_threads_share_kernels_that_are_plain_python(threads, monkeypatch):
    """With NUMBA_DISABLE_JIT=1 each thread needs a context of its own to keep NumPy quiet in."""
    threads(2)
    monkeypatch.setattr(cpu, "SHARED", 64)
    monkeypatch.setattr(cpu, "BITE", 8)
    x = np.linspace(-3.0, 3.0, 4000)
    for _ in range(5):
        y = tgx.nn.functional.softplus(tgx.from_numpy(x)).numpy()
        assert np.allclose(y, np.log1p(np.exp(x)))
