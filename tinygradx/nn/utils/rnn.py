"""Sequences of different lengths in one tensor: padded to the longest, or packed step by step.

Packed, the longest comes first, and each step has a row of every sequence that is left: so nothing
is computed for a sequence that has ended, and what is padding cannot be learned from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygradx.errors import ArgumentError, DtypeError, ShapeError
from tinygradx.ops.joining import cat
from tinygradx.ops.shapes import reshape
from tinygradx.ops.slices import index_select
from tinygradx.ops.transposing import transpose
from tinygradx.tensor import Tensor, full, tensor


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None


class PackedSequence(_Packed):
    """Sequences packed step by step: what `pack_padded_sequence` and `pack_sequence` make.

    Attributes
    ----------
    data : Tensor
        Of shape (all steps of all sequences, *): the first steps of all sequences, the longest
        sequence first, then their second steps, and so on.
    batch_sizes : Tensor
        Integers: of how many sequences there is a row, at each step.
    sorted_indices : Tensor or None
        The number that each packed sequence had; None where they were sorted when they came.
    unsorted_indices : Tensor or None
        The packed place of each sequence.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn.utils.rnn import pack_sequence
    >>> packed = pack_sequence([tgx.tensor([1, 2, 3]), tgx.tensor([4, 5])])
    >>> packed.data
    tensor([1, 4, 2, 5, 3])
    >>> packed.batch_sizes
    tensor([2, 2, 1])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        """Check that there are as many rows as the sizes say."""
        sizes = batch_sizes.array
        if sizes.ndim != 1 or sizes.dtype.kind != "i":
            raise ArgumentError(
                "PackedSequence", f"batch_sizes {sizes.dtype} of shape {sizes.shape}",
                "pass a vector of integers",
            )  # fmt: skip
        if not sizes.size or (sizes < 1).any() or (np.diff(sizes) > 0).any():
            raise ArgumentError(
                f"PackedSequence with batch_sizes={sizes.tolist()}", "sizes that grow, or below 1",
                "use pack_padded_sequence or pack_sequence, which make them",
            )  # fmt: skip
        if data.shape[0] != sizes.sum():
            raise ShapeError(
                f"PackedSequence of {sizes.sum()} rows", f"data of shape {data.shape}",
                "pass a row for every step of every sequence",
            )  # fmt: skip
        if unsorted_indices is None and sorted_indices is not None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def _with(self, data: Tensor) -> PackedSequence:
        return self if data is self.data else PackedSequence(data, *self[1:])

    def to(self, *args: Any, **named: Any) -> PackedSequence:
        """The same with `data.to(...)`."""
        return self._with(self.data.to(*args, **named))

    def cpu(self) -> PackedSequence:
        """Itself: it is there."""
        return self

    def double(self) -> PackedSequence:
        """In float64."""
        return self._with(self.data.double())

    def float(self) -> PackedSequence:
        """In float32."""
        return self._with(self.data.float())

    def long(self) -> PackedSequence:
        """In int64."""
        return self._with(self.data.long())

    def int(self) -> PackedSequence:
        """In int32."""
        return self._with(self.data.int())

    def pin_memory(self) -> PackedSequence:
        """Itself: memory of the CPU needs no pinning for the CPU."""
        return self

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return bool(self.data.is_cuda)

    def is_pinned(self) -> bool:
        """False."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """For each number the place that it has in a permutation.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.utils.rnn.invert_permutation(tgx.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    return None if permutation is None else tensor(np.argsort(permutation.array))


def _lengths(lengths: Any, count: int, steps: int, asked: str) -> Any:
    """The lengths of sequences as an array, if they are some."""
    given = lengths.array if isinstance(lengths, Tensor) else np.asarray(lengths)
    if given.dtype.kind not in "iu":
        raise DtypeError(f"{asked} with lengths of {given.dtype}", "no integers", "pass integers")
    if given.shape != (count,):
        raise ShapeError(
            f"{asked} of {count} sequences", f"lengths of shape {given.shape}",
            "pass a length for each (batch_first=True where the batch comes first)",
        )  # fmt: skip
    if given.size and not (1 <= given.min() and given.max() <= steps):
        raise ArgumentError(
            f"{asked} with lengths={given.tolist()}", f"sequences of up to {steps} steps",
            f"use lengths from 1 to {steps}; leave empty sequences out",
        )  # fmt: skip
    return given.astype(np.int64)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Take the padding out of a batch of sequences.

    Parameters
    ----------
    input : Tensor
        Of shape (T, N, *), or (N, T, *) with `batch_first`.
    lengths : Tensor or list of int
        How long each of the N sequences is.
    batch_first : bool
        Whether the batch comes before the steps.
    enforce_sorted : bool
        Whether the sequences must come sorted, the longest first; otherwise they are sorted here,
        and put back by `pad_packed_sequence` and the recurrent layers.

    Returns
    -------
    PackedSequence

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If there is not an integer from 1 to T for each sequence, or they are not sorted.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn.utils.rnn import pack_padded_sequence
    >>> x = tgx.tensor([[1, 2, 0], [3, 4, 5]])
    >>> pack_padded_sequence(x, [2, 3], batch_first=True, enforce_sorted=False).data
    tensor([3, 1, 4, 2, 5])
    """
    asked = "pack_padded_sequence"
    if input.ndim < 2:
        raise ShapeError(
            asked, f"an input of shape {input.shape}", "pass (T, N, ...), or (N, T, ...)"
        )
    steps, count = input.shape[:2][:: -1 if batch_first else 1]
    if not count:
        raise ShapeError(asked, "no sequences", "pass a batch of at least one")
    long = _lengths(lengths, count, steps, asked)
    order = np.argsort(-long, kind="stable")
    if enforce_sorted and (np.diff(long) > 0).any():
        raise ArgumentError(
            f"{asked} with lengths={long.tolist()}", "sequences that are not sorted by length",
            "pass enforce_sorted=False",
        )  # fmt: skip
    there = np.arange(steps)[:, None] < long[order]
    step, place = np.nonzero(there[: long.max()])
    rows = order[place] * steps + step if batch_first else step * count + order[place]
    flat = reshape(input, (steps * count, *input.shape[2:]))
    sizes = there.sum(1)[: long.max()]
    sorted_indices = None if enforce_sorted else tensor(order)
    return PackedSequence(index_select(flat, 0, tensor(rows)), tensor(sizes), sorted_indices)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Put padding into packed sequences: what undoes `pack_padded_sequence`.

    Parameters
    ----------
    sequence : PackedSequence
        The sequences.
    batch_first : bool
        Whether the batch comes before the steps.
    padding_value : float
        What stands after the end of a sequence.
    total_length : int, optional
        How many steps there shall be; those of the longest sequence when left out.

    Returns
    -------
    padded : Tensor
        Of shape (T, N, *), or (N, T, *), in the order in which the sequences came.
    lengths : Tensor
        Of shape (N,).

    Raises
    ------
    ArgumentError
        If a sequence is longer than `total_length`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn.utils.rnn import pack_sequence, pad_packed_sequence
    >>> packed = pack_sequence([tgx.tensor([1, 2, 3]), tgx.tensor([4, 5])])
    >>> pad_packed_sequence(packed, batch_first=True, padding_value=-1)
    (tensor([[ 1,  2,  3],
            [ 4,  5, -1]]), tensor([3, 2]))
    """
    data, sizes = sequence.data, sequence.batch_sizes.array
    steps, count = len(sizes), int(sizes[0])
    wanted = steps if total_length is None else total_length
    if wanted < steps:
        raise ArgumentError(
            f"pad_packed_sequence with total_length={total_length}",
            f"a sequence of {steps} steps", f"use {steps} or more",
        )  # fmt: skip
    order = sequence.unsorted_indices
    places = np.arange(count) if order is None else order.array
    starts = np.zeros(wanted, np.int64)
    starts[:steps] = np.cumsum(sizes) - sizes
    left = np.zeros(wanted, np.int64)
    left[:steps] = sizes
    there = places < left[:, None]
    rows = np.where(there, starts[:, None] + places, len(data))  # or the row of padding
    if batch_first:
        rows = rows.T
    padding = full((1, *data.shape[1:]), padding_value, dtype=data.dtype)
    out = index_select(cat([data, padding]), 0, tensor(rows.ravel()))
    return reshape(out, (*rows.shape, *data.shape[1:])), tensor(there.sum(0))


def _sequences(sequences: Any, asked: str) -> list[Tensor]:
    """Tensors that differ in their first size alone."""
    given = list(sequences)
    if not given:
        raise ArgumentError(asked, "no sequences", "pass a list of at least one tensor")
    for x in given:
        if not isinstance(x, Tensor):
            raise DtypeError(f"{asked} of a {type(x).__name__}", f"{x!r:.60}", "pass tensors")
        if not x.ndim or x.shape[1:] != given[0].shape[1:]:
            raise ShapeError(
                asked, f"sequences of shapes {given[0].shape} and {x.shape}",
                "make them equal in all sizes but the first",
            )  # fmt: skip
    return given


def pad_sequence(
    sequences: Sequence[Tensor] | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences of different lengths in one tensor, padded to the longest.

    Parameters
    ----------
    sequences : iterable of Tensor
        Of shapes (length, *).
    batch_first : bool
        Whether the batch comes before the steps.
    padding_value : float
        What stands where a sequence has no step.
    padding_side : {"right", "left"}
        Whether that is after its end, or before its beginning.

    Returns
    -------
    Tensor
        Of shape (T, N, *), or (N, T, *).

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If the other sizes differ, something is no tensor, there are none, or the side is not known.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> tgx.nn.utils.rnn.pad_sequence([tgx.tensor([1, 2, 3]), tgx.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    asked = "pad_sequence"
    if padding_side not in ("right", "left"):
        raise ArgumentError(
            f"{asked} with padding_side={padding_side!r}", "no side", 'use "right" or "left"'
        )
    given = _sequences(sequences, asked)
    long = np.array([len(x) for x in given])
    steps, many = int(long.max()), int(long.sum())
    begins = (np.cumsum(long) - long)[:, None]
    step = np.arange(steps) - (0 if padding_side == "right" else steps - long[:, None])
    rows = np.where((0 <= step) & (step < long[:, None]), begins + step, many)
    if not batch_first:
        rows = rows.T
    padding = full((1, *given[0].shape[1:]), padding_value, dtype=given[0].dtype)
    out = index_select(cat([*given, padding]), 0, tensor(rows.ravel()))
    return reshape(out, (*rows.shape, *given[0].shape[1:]))  # type: ignore[no-any-return]


def unpad_sequence(
    padded_sequences: Tensor, lengths: Any, batch_first: bool = False
) -> list[Tensor]:
    """The sequences without their padding: what undoes `pad_sequence`.

    Parameters
    ----------
    padded_sequences : Tensor
        Of shape (T, N, *), or (N, T, *) with `batch_first`.
    lengths : Tensor or list of int
        How long each of the N sequences is.
    batch_first : bool
        Whether the batch comes before the steps.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        If there is not an integer from 1 to T for each sequence.
    """
    batch = padded_sequences if batch_first else transpose(padded_sequences, 0, 1)
    long = _lengths(lengths, batch.shape[0], batch.shape[1], "unpad_sequence")
    return [batch[place, :length] for place, length in enumerate(long.tolist())]


def pack_sequence(sequences: Iterable[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences of different lengths.

    Parameters
    ----------
    sequences : iterable of Tensor
        Of shapes (length, *).
    enforce_sorted : bool
        As for `pack_padded_sequence`.

    Raises
    ------
    ShapeError, DtypeError, ArgumentError
        As for `pad_sequence` and `pack_padded_sequence`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn.utils.rnn import pack_sequence
    >>> pack_sequence([tgx.tensor([1, 2]), tgx.tensor([3])]).data
    tensor([1, 3, 2])
    """
    given = _sequences(sequences, "pack_sequence")
    lengths = [len(x) for x in given]
    return pack_padded_sequence(pad_sequence(given), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences, in the order in which they came: what undoes `pack_sequence`.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx.nn.utils.rnn import pack_sequence, unpack_sequence
    >>> unpack_sequence(pack_sequence([tgx.tensor([1, 2]), tgx.tensor([3])]))
    [tensor([1, 2]), tensor([3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence",
    "pad_packed_sequence", "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip
