"""Lines for a reader who may leave, and for terminals of every kind.

Never here: what is said.
"""

from __future__ import annotations

import io
import os
import sys


def speak_plainly() -> None:
    """Print UTF-8 for a program that reads it; what a terminal cannot show is escaped and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def say(text: str = "") -> None:
    """Print a line at once; nothing happens where nobody reads any more or a disk is full."""
    try:
        print(text, flush=True)
    except OSError:
        say_no_more()


def say_no_more() -> None:
    """Let all that is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
