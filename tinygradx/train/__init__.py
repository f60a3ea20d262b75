"""Training: the loop that everybody writes, with what surrounds it.

This room knows models, optimisers, data and files. How a step is computed is not its business.
"""

from tinygradx.train.callbacks import BestCheckpoint, Callback, EarlyStopping
from tinygradx.train.checkpoint import CheckpointError
from tinygradx.train.history import History
from tinygradx.train.logs import CSVLog, JSONLog
from tinygradx.train.loop import evaluate, fit
from tinygradx.train.metrics import R2, Accuracy, MeanAbsoluteError, Metric, TopK
from tinygradx.train.run import Run, TrainingError

__all__ = [
    "R2", "Accuracy", "BestCheckpoint", "CSVLog", "Callback", "CheckpointError", "EarlyStopping",
    "History", "JSONLog", "MeanAbsoluteError", "Metric", "Run", "TopK", "TrainingError",
    "evaluate", "fit",
]  # fmt: skip
