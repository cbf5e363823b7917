"""The id that a request carries through logs, errors and its answer.

Never here: where it is shown.
"""

from __future__ import annotations

import re
from itertools import count

_USABLE = re.compile(rb"[A-Za-z0-9._-]{1,128}")


class RequestIds:
    """Takes the caller's id where it can be shown anywhere, else makes one: a prefix and a number.

    Args:
        prefix: Distinguishes this process from every other; of the same characters.
    """

    __slots__ = ("_numbers", "_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers = count(1)

    def choose(self, given: bytes | None) -> str:
        """The given id if it is 1 to 128 of ``A-Za-z0-9._-``, else a new one."""
        if given is not None and _USABLE.fullmatch(given):
            return given.decode("ascii")
        return f"{self._prefix}-{next(self._numbers):x}"
