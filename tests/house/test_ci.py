"""CI's own promise: a test that does not run there fails, by name and with its reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = """
import pytest

def test_runs(): pass

@pytest.mark.skip(reason="no Node here")
def test_marked(): pass

def test_inside(): pytest.skip("no specs here")

@pytest.mark.xfail(strict=True)
def test_expected(): raise AssertionError
"""


def run_like_ci(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Pytest over a folder of its own, with CI's plugin."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / ".ci"),
        "PYTEST_ADDOPTS": "-p no_skips",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:warnings", *options, "--rootdir", folder, folder],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "by two workers"])
def test_a_skipped_test_is_a_failure(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "test_cases.py").write_text(CASES)

    done = run_like_ci(tmp_path, *options)

    assert done.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in done.stdout
    assert "in CI everything runs: Skipped: no specs here" in done.stdout


def test_a_skipped_module_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text('import pytest\npytest.skip("no client here", allow_module_level=True)\n')

    done = run_like_ci(tmp_path)

    assert done.returncode != 0
    assert "in CI everything runs: Skipped: no client here" in done.stdout
