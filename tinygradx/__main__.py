"""`python -m tinygradx` is the command `tinygradx`."""

import sys

from tinygradx.cli import main

if __name__ == "__main__":
    sys.exit(main())
