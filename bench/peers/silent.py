"""The gateway as `penstock serve` runs it, with nothing told: no line, no metric, no trace. Only for comparison.

python silent.py PORT
"""

from __future__ import annotations

import sys
from functools import partial

import penstock.app.door
import penstock.app.store
from penstock.__main__ import main
from penstock.upstream.stack import build_layers


def nothing(*_: object) -> None:
    """Tell nobody."""


def told_to_nobody(*_: object) -> object:
    """What tells of a request."""
    return nothing


def build_quietly(*given: object, **named: object) -> object:
    """The way to the store without anybody who watches it."""
    return partial(build_layers, *given, **{**named, "observer": nothing})()


if __name__ == "__main__":
    penstock.app.door.RequestMeter = told_to_nobody  # type: ignore[assignment,misc] # a benchmark's own short cut
    penstock.app.store.build_layers = build_quietly  # type: ignore[assignment] # the same
    sys.exit(main(["serve", "--port", sys.argv[1]]))
