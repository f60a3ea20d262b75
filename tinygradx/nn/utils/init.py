"""Modules whose first values nobody needs."""

from __future__ import annotations

from typing import Any, TypeVar

from tinygradx.errors import DtypeError
from tinygradx.nn.module import Module
from tinygradx.ops.random import Generator, drawing_from

Made = TypeVar("Made", bound=Module)


def skip_init(module_cls: type[Made], *args: Any, **kwargs: Any) -> Made:
    """Make a module whose values will be replaced, without drawing any from the generator.

    What it holds until then may be anything; the random numbers of the program go on as if it had
    not been made.

    Parameters
    ----------
    module_cls : type
        The class of the module.
    *args, **kwargs
        What it is made with.

    Raises
    ------
    DtypeError
        If it is no class of modules.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> from tinygradx import nn
    >>> _ = tgx.manual_seed(0)
    >>> layer = nn.utils.skip_init(nn.Linear, 100, 100)
    >>> after = tgx.rand(1)
    >>> _ = tgx.manual_seed(0)
    >>> bool(after == tgx.rand(1))
    True
    """
    if not isinstance(module_cls, type) or not issubclass(module_cls, Module):
        raise DtypeError("skip_init", f"{module_cls!r:.60}", "pass a class, such as nn.Linear")
    with drawing_from(Generator()):
        return module_cls(*args, **kwargs)
