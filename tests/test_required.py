"""TINYGRADX_REQUIRE: a skip for want of something that must be there is a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parent / "conftest.py"

SKIPPING = """
import pytest

def test_in_its_body():
    pytest.importorskip("a_torch_that_is_not_there")

@pytest.mark.skipif(True, reason="needs Chromium")
def test_by_a_mark():
    pass

@pytest.mark.skip(reason="some other reason")
def test_for_another_reason():
    pass
"""
WHOLE_FILE = """
import pytest

torch = pytest.importorskip("a_torch_that_is_not_there")

def test_with_it():
    pass
"""


@pytest.fixture
def outcome(tmp_path):
    """Run two small files of tests beside a copy of our conftest; answer the last lines."""
    shutil.copy(CONFTEST, tmp_path / "conftest.py")
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    (tmp_path / "test_whole_file.py").write_text(WHOLE_FILE)

    def run(required: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["--continue-on-collection-errors", "--rootdir", str(tmp_path), str(tmp_path)]
        done = subprocess.run(
            command,
            env=os.environ | {"TINYGRADX_REQUIRE": required}, cwd=tmp_path,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.stdout

    return run


def test_skips_are_counted(outcome):
    said = outcome("")
    assert "skipped: 4" in said
    assert "failed" not in said


def test_a_required_skip_is_a_failure(outcome):
    said = outcome("torch, chromium")
    # An error is a failure before the test's body: a mark, a whole file.
    assert "1 failed, 1 skipped, 2 errors" in said
    assert "TINYGRADX_REQUIRE names torch" in said
    assert "TINYGRADX_REQUIRE names chromium" in said
