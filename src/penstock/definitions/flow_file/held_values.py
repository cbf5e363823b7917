"""Values of one document of upstream's, read strictly: what a file could not give back is refused, not mended.

Never here: what a document is.
Source: CONTRACT §9.1-9.3.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock.definitions.field_parsing import read_id
from penstock.definitions.model import JSON
from penstock.definitions.text import has_surrogates, shown

_LONGEST_SLUG = 255
_LONGEST_TEXT = 100_000
_WIDEST_BITS = 63
_DEEPEST = 6
_LARGEST_ORDER = 2**31
_IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Values:
    """One document.

    Attributes:
        raw: The decoded JSON.
        reasons: Why a file cannot describe it, as the rest of a sentence; empty where it can.
    """

    raw: Mapping[str, object]
    reasons: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """Note a reason."""
        self.reasons.append(reason)

    def id(self) -> str:
        """The id, which will stand in an address."""
        found = read_id(self.raw.get("id"))
        if not _IDENTITY.fullmatch(found):
            self.refuse(f"has the id {shown(self.raw.get('id'))}, which cannot stand in an address")
        return found

    def is_own(self) -> bool:
        """Whether the store owns it, not its organisation."""
        meta = self.raw.get("meta")
        return not (isinstance(meta, dict) and meta.get("owner") == "organization")

    def address(self, key: str) -> str:
        """A text that stands in an address."""
        found = self.text(key)
        if not _IDENTITY.fullmatch(found):
            self.refuse(f"has a {key} that cannot stand in an address")
        return found

    def text(self, key: str, absent: str | None = None) -> str:
        """A text; where `absent` is None it is needed and not empty."""
        found = self.raw.get(key)
        if found is None and absent is not None:
            return absent
        longest = _LONGEST_SLUG if key == "slug" else _LONGEST_TEXT
        fits = isinstance(found, str) and len(found) <= longest and not has_surrogates(found)
        if isinstance(found, str) and fits and (found or absent is not None):
            return found
        self.refuse(f"has the {key} {shown(found)}, which a file cannot hold")
        return ""

    def flag(self, key: str, *, absent: bool) -> bool:
        """A boolean."""
        found = self.raw.get(key)
        if found is None or isinstance(found, bool):
            return absent if found is None else found
        self.refuse(f"has the {key} {shown(found)}, which is no boolean")
        return absent

    def order(self) -> int | None:
        """The place in the output."""
        found = self.raw.get("order")
        whole = int(found) if isinstance(found, float) and found.is_integer() else found
        if whole is None or (isinstance(whole, int) and not isinstance(whole, bool) and abs(whole) < _LARGEST_ORDER):
            return whole
        self.refuse(f"has the order {shown(found)}, which is no whole number")
        return None

    def scalar(self, key: str) -> JSON:
        """A single JSON value."""
        found = self.raw.get(key)
        if isinstance(found, dict | list):
            self.refuse(f"has the {key} {shown(found)}, which is no single value")
            return None
        return self._checked(found, key)

    def rules(self) -> tuple[JSON, ...]:
        """The validation rules, each as upstream holds it."""
        found = self.raw.get("validation_rules")
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, dict) and "type" in one for one in found):
            self.refuse("has rules that are no list of rules")
            return ()
        return tuple(self._checked(one, "rule") for one in found)

    def _checked(self, value: object, key: str) -> JSON:
        found = _as_json(value, _DEEPEST)
        if isinstance(found, _Unfit):
            self.refuse(f"has a {key} that a file cannot hold")
            return None
        return found


@dataclass(frozen=True, slots=True)
class _Unfit:
    """What cannot be written into a file and read back the same."""


def _as_json(value: object, depth: int) -> JSON | _Unfit:
    match value:
        case None | bool():
            return value
        case int():
            return value if value.bit_length() <= _WIDEST_BITS else _Unfit()
        case float():
            return value if math.isfinite(value) else _Unfit()
        case str():
            return value if len(value) <= _LONGEST_TEXT and not has_surrogates(value) else _Unfit()
        case list() if depth:
            return _as_list(value, depth - 1)
        case dict() if depth:
            items = _as_list(list(value.values()), depth - 1)
            if isinstance(items, _Unfit) or not all(isinstance(key, str) and not has_surrogates(key) for key in value):
                return _Unfit()
            return dict(zip(value, items, strict=True))
        case _:
            return _Unfit()


def _as_list(values: list[object], depth: int) -> list[JSON] | _Unfit:
    read: list[JSON] = []
    for value in values:
        found = _as_json(value, depth)
        if isinstance(found, _Unfit):
            return found
        read.append(found)
    return read
