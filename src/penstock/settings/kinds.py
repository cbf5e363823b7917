"""What a setting can be: secrets that do not show themselves, and how the text of a variable becomes a value.

Never here: which settings there are.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit


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


@dataclass(frozen=True, slots=True)
class Kind:
    """How the text of a variable becomes a value.

    Attributes:
        name: The kind in words, for the documentation: ``integer from 0 to 65535``.
        parse: Text to value; raises ValueError for a text of another kind.
    """

    name: str
    parse: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: everything the documentation says about a variable."""

    variable: str
    attribute: str
    kind: str
    default: str
    help: str
    secret: bool


def integer(minimum: int, maximum: int = 2**31 - 1) -> Kind:
    """Whole numbers, bounds included."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not minimum <= int(text) <= maximum:
            raise ValueError(text)
        return int(text)

    words = f"integer from {minimum}" + (f" to {maximum}" if maximum < 2**31 - 1 else "")
    return Kind(words, parse)


def number(minimum: float, maximum: float) -> Kind:
    """Numbers, bounds included."""

    def parse(text: str) -> float:
        value = float(text)
        if not minimum <= value <= maximum:
            raise ValueError(text)
        return value

    return Kind(f"number from {minimum:g} to {maximum:g}", parse)


def choice(*options: str) -> Kind:
    """One of some words, in any case."""

    def parse(text: str) -> str:
        return options[options.index(text.lower())]

    return Kind("one of " + ", ".join(options), parse)


def _parse_switch(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[
        text.lower()
    ]


def _parse_url(text: str) -> str:
    parts = urlsplit(text)
    _ = parts.port  # a port that is no number raises here
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(text)
    if not text.isascii() or any(character <= " " for character in text):
        raise ValueError(text)
    return text.rstrip("/")


def _parse_origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if origin != "*" and (_parse_url(origin) != origin or urlsplit(origin).path):
            raise ValueError(text)
    return origins


SWITCH = Kind("on or off", _parse_switch)
URL = Kind("http or https URL without query", _parse_url)
ORIGINS = Kind("comma-separated list of origins, or *", _parse_origins)
TEXT = Kind("text", str)
SECRET = Kind("text", Secret)


def row(kind: Kind, words: str) -> dict[str, object]:
    """What the attribute of a setting carries: its kind, and what the documentation says of it."""
    return {"kind": kind, "help": words}
