"""The catalogue: every operation, joined from the graph's data and the kernels' loops.

Nothing here knows the class of a tensor: a result is wrapped in the class of the handle it came
from.
"""
