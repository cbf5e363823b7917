"""The command line in the process of the test: a tenth of a second instead of a second.

Never here: tests, servers, signals, pipes: those want a process of their own.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from dataclasses import dataclass

import pytest

from penstock.cli.main import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to, as `subprocess.run` tells it."""

    returncode: int
    stdout: str
    stderr: str


def run_here(*arguments: str, **variables: str) -> Done:
    """Run a command with these variables and no other of the product's."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        for holder in (sys, threading):
            patch.setattr(holder, "excepthook", holder.excepthook)
        for name in [name for name in os.environ if name.startswith("PENSTOCK_")]:
            patch.delenv(name)
        for name, text in variables.items():
            patch.setenv(name, text)
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return Done(code, out.getvalue(), err.getvalue())
