"""The command line: arguments, printing, progress, exit codes.

Never here: anything a test would want without a terminal.
"""

from penstock.cli.main import main

__all__ = ["main"]
