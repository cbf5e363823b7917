"""The benchmarks that need nothing but Python still run, and the README knows each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("leaf.py", ["--rows", "6", "--seconds", "0.005"], "same bytes, same calls"),
        ("hostile.py", ["--rounds", "1"], "| a circle of fragments "),
        ("compile.py", ["--seconds", "0.005", "--documents", "3"], "### Documents never seen before"),
        ("soak.py", ["--seconds", "2", "--clients", "4"], "\n0 without an answer"),
        (
            "swaps.py",
            ["--swaps", "2", "--fields", "5", "--clients", "2", "--quiet", "0.2"],
            "Resident memory over 2 swaps",
        ),
        ("transports.py", ["--calls", "20", "--rounds", "1", "--only", "lean"], "CPU µs a GET"),
    ],
)
def test_a_benchmark_runs(script: str, options: list[str], said: str) -> None:
    command = [sys.executable, str(BENCH / script), *options]

    ran = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert said in ran.stdout


def test_the_readme_names_every_script() -> None:
    readme = (BENCH / "README.md").read_text(encoding="utf-8")
    scripts = [file.name for file in BENCH.glob("*.py") if "def main()" in file.read_text(encoding="utf-8")]

    missing = [name for name in scripts if f"`{name}`" not in readme]

    assert missing == []
