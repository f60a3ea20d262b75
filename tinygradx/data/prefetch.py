"""Batches fetched ahead by threads, handed out in their own order.

A thread is as good as a process here: NumPy, our kernels and reading a file all let go of Python's
lock, and nothing has to be copied from one process to another.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any

from tinygradx.errors import TeachingError

#: How the threads are called, as in `threading.enumerate()` and in a debugger.
NAME = "tinygradx-loader"
#: What a job answers when there is nothing left.
END = object()

Job = Callable[[], Any]


def fetched_ahead(
    jobs: Iterator[Job], threads: int, ahead: int, start: Callable[[int], Any] | None = None
) -> Iterator[Any]:
    """The answers of jobs, in the order of the jobs.

    Parameters
    ----------
    jobs : iterator of callable
        Walked here, in the thread of the caller, as far as the threads need work.
    threads : int
        How many threads run them.
    ahead : int
        How many jobs may be begun or done before their answer is asked for.
    start : callable, optional
        Called once in each thread, with its number.

    Yields
    ------
    object
        What a job answers. An error of a job is raised here, with the lines of the thread. When
        the walk is over, left early or failed, the threads have ended.
    """
    numbers = itertools.count()
    failed: list[BaseException] = []

    def begin() -> None:
        try:
            if start is not None:
                start(next(numbers))
        except BaseException as error:
            failed.append(error)

    def run(job: Job, context: Context) -> Any:
        if failed:
            raise failed[0]
        return context.run(job)

    # A thread begins with settings of its own: no_grad() of the caller would not hold there.
    context = copy_context()
    pool = ThreadPoolExecutor(threads, NAME, begin)
    waiting: deque[Future[Any]] = deque()
    try:
        more = True
        while more or waiting:
            while more and len(waiting) < ahead:
                job = next(jobs, None)
                if job is None:
                    more = False
                else:
                    waiting.append(pool.submit(run, job, context.copy()))
            if waiting:
                answer = _answer(waiting.popleft())
                if answer is END:
                    return
                yield answer
    finally:
        # Waited for, so that nothing reads a dataset whose file the caller then closes; but not by
        # one of the threads itself, where the garbage collector may find a forgotten walk.
        itself = threading.current_thread().name.startswith(NAME)
        pool.shutdown(wait=not itself, cancel_futures=True)


def _answer(future: Future[Any]) -> Any:
    """What a job answers; an error of ours that knows no line of the user's gets the caller's."""
    try:
        return future.result()
    except TeachingError as error:
        if error.where or type(error).__init__ is not TeachingError.__init__:
            raise
        raise type(error)(error.asked, error.got, error.do) from error
