"""Text from a store made fit to be shown: descriptions, names and values quoted in a sentence.

Never here: what a text means; ids and slugs are identities and are never cleaned.
"""

from __future__ import annotations

import json
import re
import unicodedata

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHOWN_CHARACTERS = 60


def without_surrogates(text: str) -> str:
    """The text with every lone surrogate, which no encoding can carry, replaced by U+FFFD."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def has_surrogates(text: str) -> bool:
    """Whether the text holds a lone surrogate and so cannot be sent to anyone."""
    return _LONE_SURROGATE.search(text) is not None


def has_controls(text: str) -> bool:
    """Whether the text holds a control character, line breaks and tabs included."""
    return any(unicodedata.category(character) == "Cc" for character in text)


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) != "Cc" and character not in _DIRECTION_MARKS


def clean_paragraphs(text: str, limit: int) -> str:
    """A text of several lines: line feeds kept, no control characters, at most `limit` characters."""
    text = without_surrogates(text[: 2 * limit]).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(character if _is_printable(character) or character == "\n" else " " for character in text).strip()
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def clean_line(text: str, limit: int) -> str:
    """A text on one line: runs of white space and control characters become one space, at most `limit` characters."""
    return clean_paragraphs(" ".join(clean_paragraphs(text, 2 * limit).split()), limit)


def shown(value: object) -> str:
    """A value as a sentence quotes it: JSON of one line, shortened, whatever the value holds."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return json.dumps(clean_line(value, _SHOWN_CHARACTERS), ensure_ascii=False)
    if value is None or isinstance(value, bool | float):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "a very large integer"
    return "a value that is not JSON"


def canonical(value: object, *, finite: bool = False) -> str:
    """JSON text with sorted keys: equal for equal values, and "" for what cannot be written as JSON.

    Args:
        value: Anything.
        finite: Whether NaN and infinities make the answer "" too; otherwise they stand as Python writes them.
    """
    try:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=not finite)
    except (TypeError, ValueError, RecursionError):
        return ""
    return without_surrogates(text)
