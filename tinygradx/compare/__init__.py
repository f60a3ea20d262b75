"""Which activation? Tried out, by cross-validation: `compare_activations`.

Every activation is trained on the same folds with the same seeds, so that what differs is the
activation. This room knows networks, optimisers and the limits of the flags in drawings; pictures
of what it found are in `plot`.
"""

from tinygradx.compare.activations import compare_activations
from tinygradx.compare.data import USUAL, stratified_folds
from tinygradx.compare.result import ActivationScore, Comparison

__all__ = ["USUAL", "ActivationScore", "Comparison", "compare_activations", "stratified_folds"]
