"""The tools that judge the whole: format, lint, types and the direction of imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent

GATE = {
    "every file is formatted": ["ruff", "format", "--check", "--diff", "."],
    "no lint rule is broken": ["ruff", "check", "."],
    "every type holds": ["mypy"],
    "every import goes the way of the house": ["lint-imports", "--no-cache"],
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", GATE.values(), ids=GATE.keys())
def test_gate(command: list[str]) -> None:
    program = SCRIPTS / command[0]

    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
