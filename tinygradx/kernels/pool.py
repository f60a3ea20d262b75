"""The one thread pool.

This file knows how to run a function over ranges on several threads. It has never heard of arrays
or kernels; what it runs should let go of the GIL, or there is nothing to gain.

Work is offered, not assigned. The caller takes ranges from the front and works like anybody else;
workers that wake in time take from the back. So a caller never waits for a thread that has not
begun, and on a busy machine a late worker costs nothing. Two ranges of nothing take 5 to 11
microseconds (handing one to a ThreadPoolExecutor and awaiting it: 30 to 120 in the same runs, on
two shared cores); an idle worker sleeps on a lock of its own.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["set_thread_count", "spread", "thread_count"]

Chunk = Callable[[int, int], object]

PARTS = 4  # ranges a thread: one core of two ran 1.7 times slower than the other, measured

_count = 0  # 0: not asked yet
_jobs: list[_Job] = []  # with ranges to offer, the newest last
_idle: list[threading.Lock] = []  # one lock per sleeping worker; releasing it wakes the worker
_workers = 0
_starting = threading.Lock()


class _Here(threading.local):
    """Whether this thread is inside a chunk: what it spreads there, it runs alone."""

    busy = False


_here = _Here()


def thread_count() -> int:
    """Return how many threads share the work, the caller's included.

    `TINYGRADX_NUM_THREADS` where it is set, else the processors this process may run on.

    Returns
    -------
    int
    """
    return _count or set_thread_count(_asked() or _available())


def set_thread_count(count: int) -> int:
    """Choose how many threads share the work; 1 uses the caller's alone.

    Parameters
    ----------
    count : int

    Returns
    -------
    int
        The same number.
    """
    global _count
    if count < 1:
        raise ValueError(f"the number of threads must be at least 1, got {count}")
    _count = int(count)
    return _count


def _asked() -> int:
    """The number in the environment, or 0."""
    text = os.environ.get("TINYGRADX_NUM_THREADS", "").strip()
    if text and not (text.isdecimal() and int(text) > 0):
        raise ValueError(
            f"TINYGRADX_NUM_THREADS must be a whole number of at least 1, got {text!r}. "
            f"Unset it to use every processor."
        )
    return int(text or 0)


def _available() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(call: Chunk, total: int, grain: int) -> None:
    """Run `call(start, stop)` over consecutive ranges that cover `range(total)`.

    Every range starts at a multiple of `grain`, so a kernel that works in blocks of `grain` gives
    the same result for any number of threads. One thread, one block or a call from inside another
    `spread` is one plain `call(0, total)`. Workers see the caller's context variables
    (`numpy.errstate` is one). When this returns or raises, no thread is inside `call`.

    Parameters
    ----------
    call : callable
        Takes the start and the end of a range; what it returns is dropped.
    total : int
    grain : int
        The least number of items worth a thread's while.

    Raises
    ------
    BaseException
        The first that a range raised; ranges not begun by then are left out.
    """
    blocks = -(-total // grain)
    threads = min(_count or thread_count(), blocks)
    if threads < 2 or _here.busy:
        call(0, total)
        return
    parts = min(threads * PARTS, blocks)
    starts = [blocks * part // parts * grain for part in range(parts)]
    job = _Job(call, deque(zip(starts, [*starts[1:], total], strict=True)), threads - 1)
    interrupt = None
    try:
        _here.busy = True
        _jobs.append(job)
        _wake(threads - 1)
        job.work(first=True)
    finally:
        while True:  # however often Ctrl-C is pressed
            try:
                job.close()
                break
            except KeyboardInterrupt as error:
                interrupt = error
        _here.busy = False
        if interrupt is not None:
            raise interrupt
    if job.error is not None:
        first, job.error = job.error, None
        try:
            raise first
        finally:
            del first  # its traceback knows this frame: a cycle would keep the arrays alive


class _Job:
    """One `spread` under way: the ranges nobody has begun, and the workers that are inside."""

    __slots__ = ("call", "context", "done", "error", "inside", "lock", "ranges", "seats", "waiting")

    def __init__(self, call: Chunk, ranges: deque[tuple[int, int]], seats: int) -> None:
        self.call, self.ranges, self.seats = call, ranges, seats
        self.context = contextvars.copy_context()
        self.lock, self.done = threading.Lock(), threading.Lock()
        self.done.acquire()
        self.inside, self.waiting = 0, False
        self.error: BaseException | None = None

    def work(self, first: bool) -> None:
        """Take the first or the last range that nobody has begun, until none is left."""
        try:
            while self.ranges:
                try:
                    start, stop = self.ranges.popleft() if first else self.ranges.pop()
                except IndexError:  # somebody was faster; the ends of a deque are atomic
                    break
                self.call(start, stop)
        except Exception as error:
            self.fail(error)

    def join(self) -> bool:
        """Count a worker in, if there is work and a seat."""
        with self.lock:
            if not self.ranges or not self.seats:
                return False
            self.seats -= 1
            self.inside += 1
            return True

    def help(self) -> None:
        """Work as a worker that was counted in, and count it out."""
        try:
            self.work(first=False)
        except BaseException as error:  # SystemExit, say, must not end the worker
            self.fail(error)
        with self.lock:
            self.inside -= 1
            if self.waiting and not self.inside:
                self.done.release()

    def fail(self, error: BaseException) -> None:
        """Remember the first error, and begin no other range."""
        with self.lock:
            self.error = self.error or error
            self.ranges.clear()

    def close(self) -> None:
        """Offer nothing more, and wait for the workers inside."""
        with self.lock:
            self.ranges.clear()
            self.waiting = self.inside > 0
        if self in _jobs:
            _jobs.remove(self)
        if self.waiting:
            self.done.acquire()


def _wake(helpers: int) -> None:
    """Wake sleeping workers, and start those that are still missing."""
    global _workers
    for _ in range(helpers):
        try:
            _idle.pop().release()
        except IndexError:
            with _starting:
                if _workers >= thread_count() - 1:
                    return  # all are awake, and look for work before they sleep
                _workers += 1
                name = f"tinygradx-{_workers}"
            try:
                threading.Thread(target=_serve, name=name, daemon=True).start()
            except RuntimeError:  # no more threads to be had: the caller works alone
                _workers -= 1


def _serve() -> None:
    """Help whoever offers work, the newest job first; sleep when nobody does."""
    _here.busy = True
    alarm = threading.Lock()
    alarm.acquire()
    while True:
        job = next((job for job in reversed(_jobs) if job.join()), None)
        if job is not None:
            job.context.copy().run(job.help)
            del job  # a sleeping worker keeps no arrays alive
            continue
        _idle.append(alarm)
        if any(job.ranges and job.seats for job in _jobs):  # offered since we looked
            try:
                _idle.remove(alarm)
                continue
            except ValueError:
                pass  # and somebody is already waking us
        alarm.acquire()


def _after_fork_in_child() -> None:
    """Forget the workers, which the child does not have, and the jobs of other threads."""
    global _workers, _starting
    for job in _jobs:
        job.lock, job.inside, job.waiting = threading.Lock(), 0, False
        job.fail(RuntimeError("a chunk forked: in the child, the ranges of other threads are lost"))
    _jobs.clear()
    _idle.clear()
    _workers, _starting = 0, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
