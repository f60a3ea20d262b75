"""Text as characters: each is a whole number, and the next one is what a model predicts."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygradx.data.datasets import TensorDataset
from tinygradx.errors import ArgumentError, DtypeError
from tinygradx.tensor import Tensor, from_numpy


class Characters:
    """A text as whole numbers, one for each character.

    Parameters
    ----------
    text : str
        What to learn from.
    vocabulary : iterable of str, optional
        The characters that there are; those of the text when left out. Hand on that of the whole
        text where parts of it are held out.

    Attributes
    ----------
    text : str
        The text.
    vocabulary : tuple of str
        Every character once, in the order of Unicode; its place is its number.
    ids : Tensor
        int64 of shape (len(text),): the text in numbers.

    Raises
    ------
    DtypeError, ArgumentError
        If the text is no text, or empty, or has a character that the vocabulary lacks.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> text = tgx.data.Characters("hello")
    >>> text.vocabulary, text.ids
    (('e', 'h', 'l', 'o'), tensor([1, 0, 2, 2, 3]))
    >>> text.decode(text.encode("hole"))
    'hole'
    >>> windows = text.windows(3)
    >>> x, y = windows[0]
    >>> text.decode(x), text.decode(y), len(windows)
    ('hel', 'ell', 2)
    """

    def __init__(self, text: str, vocabulary: Iterable[str] | None = None) -> None:
        if not isinstance(text, str):
            raise DtypeError(
                "Characters of a text", f"a {type(text).__name__}",
                'pass text: open(path, encoding="utf-8").read()',
            )  # fmt: skip
        if not text:
            raise ArgumentError("Characters of a text", "an empty one", "pass some text")
        self.text = text
        self.vocabulary = tuple(sorted(set(text if vocabulary is None else vocabulary)))
        long = next((letter for letter in self.vocabulary if len(letter) != 1), None)
        if long is not None:
            raise ArgumentError(
                "Characters with a vocabulary", f"{long!r:.40} in it, which is no one character",
                'pass single characters, as in vocabulary="abc"',
            )  # fmt: skip
        self._number = {letter: number for number, letter in enumerate(self.vocabulary)}
        self.ids = self.encode(text)

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return f"Characters({len(self):,} of {len(self.vocabulary)} kinds)"

    def encode(self, text: str) -> Tensor:
        """A text in numbers.

        Parameters
        ----------
        text : str
            Of characters in the vocabulary.

        Returns
        -------
        Tensor
            int64 of shape (len(text),).

        Raises
        ------
        ArgumentError
            If it has another character.
        """
        try:
            return from_numpy(np.array([self._number[letter] for letter in text], np.int64))
        except KeyError as error:
            raise ArgumentError(
                f"encode {text!r:.40}", f"{error.args[0]!r}, which the vocabulary lacks",
                "make Characters with vocabulary=, that of all texts together",
            ) from None  # fmt: skip

    def decode(self, ids: Any) -> str:
        """Numbers as text.

        Parameters
        ----------
        ids : Tensor, or sequence of int
            Places in the vocabulary.

        Returns
        -------
        str
            One character for each.

        Raises
        ------
        ArgumentError
            If a number is no place in the vocabulary.
        """
        numbers = ids.numpy().ravel().tolist() if isinstance(ids, Tensor) else list(ids)
        places = [operator.index(number) for number in numbers]
        wrong = next((place for place in places if not 0 <= place < len(self.vocabulary)), None)
        if wrong is not None:
            raise ArgumentError(
                "decode numbers", f"{wrong}, where the vocabulary has {len(self.vocabulary)}",
                "pass numbers from 0 on, such as encode() or multinomial() answer",
            )  # fmt: skip
        return "".join(self.vocabulary[place] for place in places)

    def windows(self, length: int, stride: int = 1) -> TensorDataset:
        """Pieces of the text, each with the piece one character later: what comes next, everywhere.

        Parameters
        ----------
        length : int
            Of a piece, L.
        stride : int
            How far the next piece begins behind the last one.

        Returns
        -------
        TensorDataset
            Of pairs (x, y), both int64 of shape (L,), y[i] being x[i + 1]. They look at the memory
            of `ids`: as many windows as there are characters take none of their own.

        Raises
        ------
        ArgumentError
            If a number is no whole one from 1 on, or the text is not longer than a piece.

        Examples
        --------
        >>> import tinygradx as tgx
        >>> text = tgx.data.Characters("to be or not to be")
        >>> loader = tgx.data.DataLoader(text.windows(8), batch_size=4, shuffle=True)
        >>> x, y = next(iter(loader))
        >>> x.shape, bool((x[:, 1:] == y[:, :-1]).all())
        ((4, 8), True)
        """
        for name, value in (("length", length), ("stride", stride)):
            if not isinstance(value, (int, np.integer)) or value < 1:
                raise ArgumentError(
                    f"windows with {name}={value!r:.40}", "no number of characters",
                    "use a whole number from 1 on",
                )  # fmt: skip
        if len(self) <= length:
            raise ArgumentError(
                f"windows of {length} characters and the one that follows",
                f"a text of {len(self)}", "use shorter windows, or more text",
            )  # fmt: skip
        views = np.lib.stride_tricks.sliding_window_view(self.ids.numpy(), length)
        return TensorDataset(from_numpy(views[:-1:stride]), from_numpy(views[1::stride]))
