"""The simulator is chosen when Numba is imported: elsewhere these tests are not collected."""

import os

#: tests/test_kernels.py runs them in a process of their own, so nothing is left out.
collect_ignore = (
    ["test_simulator.py"] if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") in {"", "0"} else []
)
