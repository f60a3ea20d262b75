"""One number for a whole row, for generated CUDA kernels: a block of threads works on a row.

Each thread folds its own elements, then the block folds the threads' results in shared memory, in
an order that does not depend on timing. Every thread gets the answer.
"""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from typing import Any

from numba import cuda

#: Threads of a block: the size of the shared memory, and what the launch uses.
THREADS = 128


@cuda.jit(device=True)
def larger(a: Any, b: Any) -> Any:
    """The larger of two numbers; nan if either is."""
    return a if a > b or a != a else b


@cuda.jit(device=True)
def row_max(x: Any) -> Any:
    """The largest element of a row of at least one; nan if there is one."""
    shared = cuda.shared.array(THREADS, x.dtype)
    thread = cuda.threadIdx.x
    best = x[0]
    for j in range(thread, x.size, cuda.blockDim.x):
        best = larger(best, x[j])
    shared[thread] = best
    cuda.syncthreads()
    half = cuda.blockDim.x // 2
    while half > 0:
        if thread < half:
            shared[thread] = larger(shared[thread], shared[thread + half])
        cuda.syncthreads()
        half //= 2
    best = shared[0]
    cuda.syncthreads()  # nobody may write `shared` again before everybody has read it
    return best


@cuda.jit(device=True)
def row_sum(x: Any) -> Any:
    """The sum of a row."""
    shared = cuda.shared.array(THREADS, x.dtype)
    thread = cuda.threadIdx.x
    total = x.dtype.type(0)
    for j in range(thread, x.size, cuda.blockDim.x):
        total += x[j]
    shared[thread] = total
    cuda.syncthreads()
    half = cuda.blockDim.x // 2
    while half > 0:
        if thread < half:
            shared[thread] = shared[thread] + shared[thread + half]
        cuda.syncthreads()
        half //= 2
    total = shared[0]
    cuda.syncthreads()
    return total


@cuda.jit(device=True)
def row_mean(x: Any) -> Any:
    """The mean of a row of at least one."""
    return row_sum(x) / x.dtype.type(x.size)
