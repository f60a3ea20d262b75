"""Whether scikit-learn is here, and what to do where it is not."""

from __future__ import annotations

import importlib

from tinygradx.errors import TeachingError


class NotInstalledError(TeachingError, ImportError):
    """A package that a part of the library stands on is not here."""


def need_sklearn() -> None:
    """Import scikit-learn, or say in words what is missing.

    Raises
    ------
    NotInstalledError
        If it cannot be imported.
    """
    try:
        importlib.import_module("sklearn")
    except ImportError as error:
        raise NotInstalledError(
            "use tinygradx.sklearn", f"scikit-learn cannot be imported ({error})",
            "pip install 'tinygradx[sklearn]'",
        ) from error  # fmt: skip
