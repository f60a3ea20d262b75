"""micrograd's names on the library's own graph: `Value`, and networks made of single numbers.

Andrej Karpathy's micrograd teaches backpropagation one number at a time, and its notebooks run
here when the import says `tinygradx.micrograd`. The graph and the sweep are those that tensors
use: they know no numbers, so Python's floats will do.

>>> from tinygradx.micrograd import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> c = (a * b + 10.0).tanh()
>>> c.backward()
>>> round(c.data, 4), round(a.grad, 4)
(0.9993, -0.004)
"""

from tinygradx.micrograd import engine, nn
from tinygradx.micrograd.engine import Value
from tinygradx.micrograd.nn import MLP, Layer, Module, Neuron

__all__ = ["MLP", "Layer", "Module", "Neuron", "Value", "engine", "nn"]
