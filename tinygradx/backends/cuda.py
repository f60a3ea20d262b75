"""Switches of CUDA, which is not used here."""


class matmul:  # noqa: N801
    """Switches of its products."""

    allow_tf32 = False


def is_built() -> bool:
    """False."""
    return False
