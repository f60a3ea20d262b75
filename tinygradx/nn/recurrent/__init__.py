"""Recurrent layers along sequences, and their cells for a step at a time."""

from tinygradx.nn.recurrent.cells import GRUCell, LSTMCell, RNNCell
from tinygradx.nn.recurrent.layers import GRU, LSTM, RNN

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell"]
