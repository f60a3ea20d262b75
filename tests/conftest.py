"""What all tests share: the helpers' folder on the path, and skips that may not happen."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

# With --import-mode=importlib pytest leaves sys.path alone; oracle.py, samples.py ... lie here.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

#: What must be installed: with TINYGRADX_REQUIRE=torch,chromium a skip for want of it is a failure.
REQUIRED = [n.strip() for n in os.environ.get("TINYGRADX_REQUIRE", "").split(",") if n.strip()]


def _missing(reason: str) -> str | None:
    """The required thing that a reason for a skip names."""
    lowered = reason.lower()
    return next((name for name in REQUIRED if name.lower() in lowered), None)


def _turned(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a failure of a skip that may not happen."""
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    told = report.longrepr
    reason = str(told[-1] if isinstance(told, tuple) else told)
    name = _missing(reason)
    if name is not None:
        report.outcome = "failed"
        report.longrepr = f"TINYGRADX_REQUIRE names {name}, so this may not be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    _turned(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    _turned(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The number of skips, where nobody can overlook it."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    terminalreporter.write_line(f"skipped: {skipped}")
