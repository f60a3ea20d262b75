"""Where tensors are: the CPU, for now."""

from __future__ import annotations

from typing import Any

from tinygradx.errors import ArgumentError, DeviceError


class device:  # noqa: N801
    """Where tensors are: the CPU, here.

    Parameters
    ----------
    type : str or device
        "cpu", or with a number, "cpu:0".
    index : int, optional
        The number.

    Raises
    ------
    DeviceError
        For any other kind of device.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> cpu = tgx.device("cuda" if tgx.cuda.is_available() else "cpu")
    >>> cpu, cpu == "cpu", tgx.zeros(2).to(cpu).device == cpu
    (device(type='cpu'), True, True)
    """

    __slots__ = ("index", "type")

    def __init__(self, type: Any, index: int | None = None) -> None:
        name, _, number = str(type).partition(":")
        if number and index is not None:
            raise ArgumentError(
                f"device({str(type)!r}, {index})", "a number given twice", "give it once"
            )
        if name != "cpu" or number not in ("", "0") or index not in (None, 0):
            raise DeviceError(f"device={str(type)!r}", "only the CPU is here", 'use "cpu"')
        self.type = name
        self.index = 0 if number or index is not None else None

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        number = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{number})"

    def __eq__(self, other: object) -> bool:
        # 'cpu' and 'cpu:0' are one place, and scripts compare with text.
        return isinstance(other, (str, device)) and str(other) in ("cpu", "cpu:0")

    def __hash__(self) -> int:
        return hash(self.type)

    def __enter__(self) -> device:
        return self

    def __exit__(self, *error: object) -> None:
        return None


CPU = device("cpu")
