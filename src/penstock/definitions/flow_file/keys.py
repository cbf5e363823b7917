"""Values of a mapping, each asked for by key and kind, with a fault for whatever is not as it should be.

Never here: which keys a flow or a field has.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from penstock.definitions.flow_file.located import Entries, Fault, Listing, Node, Scalar
from penstock.definitions.model import JSON
from penstock.definitions.text import clean_line, has_surrogates, shown

_LONGEST_SLUG = 255
_WIDEST_BITS = 63


@dataclass(slots=True)
class Faults:
    """What has been found wrong so far."""

    found: list[Fault] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note one more."""
        self.found.append(Fault(line, message))


@dataclass(frozen=True, slots=True)
class Keys:
    """One mapping whose values are being read; what is wrong with one is said as that of `what`."""

    what: str
    line: int
    entries: Entries
    faults: Faults

    def refuse_others(self, known: Sequence[str]) -> None:
        """Note every key that has no meaning here."""
        for key, line in self.entries.lines.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
                self.faults.add(line, f"{_first_large(self.what)} has no key {key!r}; {remedy}")

    def node(self, key: str) -> Node | None:
        """What stands under a key, or None."""
        return self.entries.nodes.get(key)

    def text(self, key: str, absent: str | None, *, empty: bool = False) -> str:
        """A text; a fault where it is missing and `absent` is None."""
        found = self.entries.nodes.get(key)
        if found is None:
            if absent is None:
                self.faults.add(self.line, f"{self.what} needs a {key}.")
            return absent or ""
        given = as_text(found, f"The {key} of {self.what}", self.faults)
        if given == "" and not empty:
            self.faults.add(found.line, f"The {key} of {self.what} is empty.")
        return given or ""

    def flag(self, key: str, *, absent: bool) -> bool:
        """A boolean."""
        found = self.entries.nodes.get(key)
        if found is None:
            return absent
        if isinstance(found, Scalar) and isinstance(found.value, bool):
            return found.value
        self.faults.add(found.line, f"The {key} of {self.what} is {seen(found)}; write true or false.")
        return absent

    def whole(self, key: str) -> int | None:
        """A whole number of 32 bits, or null."""
        found = self.entries.nodes.get(key)
        value = found.value if isinstance(found, Scalar) else None
        if found is None or (isinstance(found, Scalar) and value is None):
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
            return value
        self.faults.add(
            found.line, f"The {key} of {self.what} is {seen(found)}; write a whole number, or leave it out."
        )
        return None

    def slug(self, key: str) -> str | None:
        """A slug, or None where there is none."""
        found = self.entries.nodes.get(key)
        if found is None:
            return None
        given = found.text if isinstance(found, Scalar) and found.value is not None else ""
        if not is_writable_slug(given):
            self.faults.add(found.line, f"The {key} of {self.what} is {seen(found)}; write a slug.")
            return None
        return given

    def mapping(self, key: str) -> Entries | None:
        """A mapping; nothing at all counts as an empty one, None where it is absent or something else."""
        found = self.entries.nodes.get(key)
        if found is None or (isinstance(found, Scalar) and found.value is None):
            return None
        if isinstance(found, Entries):
            return found
        self.faults.add(found.line, f"The {key} of {self.what} are {seen(found)}; write each under its slug.")
        return None


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_writable_slug(text: str) -> bool:
    """Whether a text may name a flow or field in a file; upstream's own rules are judged where it is written."""
    return 0 < len(text) <= _LONGEST_SLUG and not has_surrogates(text)


def as_text(node: Node, what: str, faults: Faults) -> str | None:
    """The text of a scalar, or None with a fault; a number or boolean without quotes is a mistake worth telling."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    remedy = f"put it in quotes: {shown(node.text)}" if isinstance(node, Scalar) and node.text else "write text"
    faults.add(node.line, f"{what} is {seen(node)}; {remedy}.")
    return None


def as_json(node: Node, what: str, faults: Faults) -> JSON:
    """The JSON value that a node stands for."""
    if isinstance(node, Listing):
        return [as_json(item, what, faults) for item in node.items]
    if isinstance(node, Entries):
        return {key: as_json(value, what, faults) for key, value in node.nodes.items()}
    if isinstance(node.value, int) and node.value.bit_length() > _WIDEST_BITS:
        faults.add(node.line, f"{what} holds a number that needs more than 64 bits.")
        return None
    if isinstance(node.value, float) and not math.isfinite(node.value):
        faults.add(node.line, f"{what} holds {clean_line(node.text, 60)}, which is no finite number.")
        return None
    return node.value


def seen(node: Node) -> str:
    """A node as a sentence names it."""
    match node:
        case Listing():
            return "a list"
        case Entries():
            return "a mapping"
        case Scalar():
            return "empty" if node.value is None and not node.text else shown(node.value)
