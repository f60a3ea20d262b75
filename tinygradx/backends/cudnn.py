"""Switches of cuDNN: every result here is deterministic already."""

benchmark = False
deterministic = True
enabled = False
allow_tf32 = False


def is_available() -> bool:
    """False."""
    return False


def version() -> None:
    """None: there is no cuDNN."""
