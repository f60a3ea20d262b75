"""Recurrent layers along sequences, and their cells for a step at a time."""

from tinygradx.nn.recurrent.cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
from tinygradx.nn.recurrent.layers import GRU, LSTM, RNN, RNNBase

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNBase", "RNNCell", "RNNCellBase"]
