"""What is wrong with a request that cannot be run at all: every fault with its places.

Never here: faults of single fields, what a client reads of them.
"""

from __future__ import annotations

from penstock.errors import PenstockError


class RequestError(Exception):
    """The document cannot be run; one error for each fault, with its locations.

    Args:
        faults: At least one.
        estimate: The calls it would have taken at the most, where it was refused for them.
    """

    def __init__(self, faults: list[tuple[PenstockError, list[tuple[int, int]]]], estimate: int | None = None) -> None:
        super().__init__(str(faults[0][0]))
        self.faults = faults
        self.estimate = estimate


class UndeterminedOperationError(RequestError):
    """The document is in order, but which of its operations to run cannot be told."""
