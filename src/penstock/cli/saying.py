"""Lines for a reader who may leave: what is under way goes on without one.

Never here: what is said.
"""

from __future__ import annotations

import os
import sys


def say(text: str = "") -> None:
    """Print a line at once; nothing happens where nobody reads any more."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for this line and all that follow
