"""`torch.accelerator` for scripts that ask: there is none here."""

from __future__ import annotations

from typing import Any

__all__ = ["current_accelerator", "device_count", "is_available", "synchronize"]


def is_available() -> bool:
    """False: tensors are on the CPU here."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: there is no such device."""


def synchronize(device: Any = None) -> None:
    """Nothing: operations are done when they return."""
