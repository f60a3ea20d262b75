"""Data to learn on: small sets that come with the package, and ways to share data out.

This room knows files and tensors. It downloads nothing and unpickles nothing.
"""

from tinygradx.data.digits import digits
from tinygradx.data.split import split

__all__ = ["digits", "split"]
