"""A secret that an operator gave: a text that does not show itself.

Never here: where it came from, what it opens.
"""

from __future__ import annotations

import hmac


class Secret:
    """A text that shows itself only when asked; empty means not set."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: pass it on, never print it."""
        return self._text

    def matches(self, candidate: bytes) -> bool:
        """Whether the candidate is this secret, in time that tells nothing; an unset secret matches nothing."""
        return bool(self._text) and hmac.compare_digest(self._text.encode(), candidate)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(set)" if self._text else "Secret(unset)"
