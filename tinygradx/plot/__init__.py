"""Pictures of numbers: activations with their slopes, and losses as they fall.

Each function takes `ax`, or makes a figure of its own that shows itself in a notebook and saves
itself anywhere, with or without a screen. None of them calls `plt.show()`, opens a window, or
changes a setting of Matplotlib.

This room knows Matplotlib, which it imports when something is drawn: `pip install
'tinygradx[viz]'`. It computes nothing itself; the operations do.
"""

from tinygradx.plot.curves import activation, activations
from tinygradx.plot.history import loss

__all__ = ["activation", "activations", "loss"]
