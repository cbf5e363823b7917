"""What a setting can be: how the text of a variable becomes a value.

Never here: which settings there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from penstock.settings.secret import Secret
from penstock.settings.state_address import StateAddress, read_state_address

_LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """How the text of a variable becomes a value.

    Attributes:
        name: The kind in words, for the documentation: ``integer from 0 to 65535``.
        parse: Text to value; raises ValueError for a text of another kind.
        secret: Whether the text may not be shown.
    """

    name: str
    parse: Callable[[str], object]
    secret: bool = False


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


def _parse_word(text: str) -> str:
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum() or len(text) > _LONGEST_WORD:
        raise ValueError(text)
    return text


SWITCH = Kind("on or off", _parse_switch)
URL = Kind("http or https URL without query", _parse_url)
ORIGINS = Kind("comma-separated list of origins, or *", _parse_origins)
TEXT = Kind("text", str)
WORD = Kind("word of letters, digits, - and _", _parse_word)
SECRET = Kind("text", Secret, secret=True)
STATE = Kind("redis:// or rediss:// URL, file:///folder or /folder", read_state_address, secret=True)


def row(kind: Kind, words: str) -> dict[str, object]:
    """What the attribute of a setting carries: its kind, and what the documentation says of it."""
    return {"kind": kind, "help": words}


def show_default(value: object) -> str:
    """A default as the documentation shows it; "" for none."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | Secret | StateAddress):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
