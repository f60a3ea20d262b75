"""The command `tinygradx`: a demonstration, pictures of activations, a look at the machine.

This room knows terminals, arguments and files. What is heavy is imported by the command that needs
it, so that `tinygradx --help` is there at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tinygradx.cli import terminal

DESCRIPTION = "Autodiff over arrays, with its graph and its kernels in plain sight."
ENVIRONMENT = """\
environment:
  NO_COLOR                no colours
  TINYGRADX_CACHE_DIR     where compiled kernels are kept (an absolute path)
  TINYGRADX_NUM_THREADS   how many threads large arrays are computed with
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Behind the command's name; those of the process when left out.

    Returns
    -------
    int
        The exit status: 0 when all went well, 1 when something did not, 2 for wrong arguments,
        130 after an interrupt from the keyboard.
    """
    terminal.prepare()
    given = _parser().parse_args(arguments)

    from tinygradx.errors import TeachingError

    try:
        return int(given.run(given))
    except BrokenPipeError:
        terminal.mute()
        return 1
    except (TeachingError, OSError) as error:
        print(f"tinygradx: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tinygradx: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tinygradx",
        description=DESCRIPTION,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tinygradx {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo = commands.add_parser(
        "demo",
        help="train a small network on handwritten digits, and draw what happened",
        description="Train a small network on 1,438 handwritten digits, count how many of 359"
        " others it reads rightly, and write three pictures: the loss curve, the backprop graph of"
        " the hardest of them, and every activation with its slope.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    demo.add_argument(
        "--out", type=Path, default=Path("tinygradx-demo"), help="the folder to write to"
    )
    demo.add_argument("--epochs", type=_count, default=EPOCHS, help="walks through the images")
    demo.add_argument("--seed", type=_seed, default=0, help="of everything random")
    demo.set_defaults(run=_demo)

    curves = commands.add_parser(
        "curves",
        help="draw activations and their slopes",
        description="Draw activations and their slopes: one large, several side by side.",
        epilog="example: tinygradx curves relu gelu tanh -o act.png",
    )
    curves.add_argument("names", nargs="+", metavar="NAME", help="such as relu; all for every one")
    curves.add_argument(
        "-o", "--out", default="curves.svg", metavar="FILE",
        help="what to write, .svg, .png or .pdf; - for the standard output (default: curves.svg)",
    )  # fmt: skip
    curves.add_argument(
        "--format", choices=FORMATS, help="when the name of the file does not say it"
    )
    curves.add_argument(
        "--no-slope", dest="slope", action="store_false", help="the values alone"
    )  # fmt: skip
    curves.set_defaults(run=_curves)

    doctor = commands.add_parser(
        "doctor",
        help="say what is here and what is missing",
        description="Say what is here and what is missing, a line each. The exit status is 1 if"
        " something is broken; what is merely missing is optional.",
    )
    doctor.add_argument("--json", action="store_true", help="for scripts")
    doctor.set_defaults(run=_doctor)
    return parser


EPOCHS = 30
FORMATS = ("svg", "png", "pdf")


def _demo(given: argparse.Namespace) -> int:
    from tinygradx.cli.demo import demo

    return demo(given.out, given.epochs, given.seed)


def _curves(given: argparse.Namespace) -> int:
    from tinygradx.cli.curves import curves

    return curves(given.names, given.out, given.format, given.slope)


def _doctor(given: argparse.Namespace) -> int:
    from tinygradx.cli.doctor import doctor

    return doctor(given.json)


def _count(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"needs a whole number of at least 1, got {text!r}")
    return int(text)


def _seed(text: str) -> int:
    """A whole number from 0 on, for argparse."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"needs a whole number from 0 on, got {text!r}")
    return int(text)


def _version() -> str:
    import tinygradx

    return tinygradx.__version__
