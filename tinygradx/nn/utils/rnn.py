"""Sequences of different lengths in one tensor: padded to the longest, or packed step by step.

Packed, they are sorted by length, and what is there at each step follows on what was there at the
one before: no step computes anything for a sequence that has ended.
"""

from __future__ import annotations
