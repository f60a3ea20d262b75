"""`torch.cuda` for scripts that ask: there is no GPU here, and nothing to do for one."""

from __future__ import annotations

from typing import Any, NoReturn

from tinygradx.errors import DeviceError

__all__ = [
    "current_device", "device_count", "empty_cache", "get_device_name", "is_available",
    "is_bf16_supported", "is_initialized", "manual_seed", "manual_seed_all", "max_memory_allocated",
    "memory_allocated", "reset_peak_memory_stats", "set_device", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False: tensors are on the CPU here."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Nothing: there is no generator on a GPU to seed."""


manual_seed_all = manual_seed


def empty_cache() -> None:
    """Nothing: there is no memory of a GPU to give back."""


def synchronize(device: Any = None) -> None:
    """Nothing: an operation is done when it answers."""


def memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


max_memory_allocated = memory_allocated


def reset_peak_memory_stats(device: Any = None) -> None:
    """Nothing: no memory of a GPU is counted."""


def _refused(asked: str) -> NoReturn:
    raise DeviceError(
        f"cuda.{asked}()", "only the CPU is here", "ask tinygradx.cuda.is_available() first"
    )


def current_device() -> int:
    """Refused: there is no GPU."""
    _refused("current_device")


def get_device_name(device: Any = None) -> str:
    """Refused: there is no GPU."""
    _refused("get_device_name")


def set_device(device: Any) -> None:
    """Refused: there is no GPU."""
    _refused("set_device")
