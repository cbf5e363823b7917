"""YAML text as a tree that knows its lines: the door to the YAML library, and every bound on what a text may hold.

Plain scalars mean what YAML 1.2's core schema says: `yes`, `on` and `2024-01-01` are text. Tags are refused, so
nothing but text, numbers, booleans, null, lists and mappings can come out. The tree is built from events, without
recursion; an alias counts as often as it is used.

Never here: what the keys mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_CHARACTERS = 10_000_000
MOST_NODES = 500_000
DEEPEST = 16

PlainValue: TypeAlias = str | int | float | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: truth for truth in (True, False) for word in (str(truth), str(truth).lower(), str(truth).upper())}
_WHOLE = re.compile(r"[-+]?[0-9]{1,300}", re.ASCII)
_BASES = {16: re.compile(r"0x[0-9a-fA-F]{1,300}", re.ASCII), 8: re.compile(r"0o[0-7]{1,300}", re.ASCII)}
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,300}|[0-9]{1,300}(?:\.[0-9]{0,300})?)(?:[eE][-+]?[0-9]{1,4})?", re.ASCII)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with a file, where: a line from 1, and one sentence."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, and the characters that stand for it."""

    line: int
    value: PlainValue
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping: each key once, as it is written, with its line."""

    line: int
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node: TypeAlias = Scalar | Listing | Entries


class _Stop(Exception):  # noqa: N818 (not an error of ours: it never leaves this module)
    """The text goes beyond a bound; what was read so far is of no use."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come."""

    node: Listing | Entries
    anchor: str | None
    key: str | None = None
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class _Built:
    """A whole node, how many values it holds and how deep it goes, aliases unfolded."""

    node: Node
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Builder:
    """Makes the tree of a stream of events."""

    faults: list[Fault]
    root: Node | None = None
    documents: int = 0
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Built] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        match event:
            case DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _Stop(Fault(line, "A second document begins here; put everything into the first."))
            case AliasEvent():
                self._take_alias(event.anchor or "", line)
            case ScalarEvent():
                self._refuse_tag(event.tag, line)
                plain = not event.style  # the C parser says "", the other None
                value = plain_value(event.value) if plain else event.value
                self._add(_Built(Scalar(line, value, event.value)), event.anchor, line)
            case MappingStartEvent() | SequenceStartEvent():
                self._begin(event, line)
            case MappingEndEvent() | SequenceEndEvent():
                done = self.open.pop()
                self._add(_Built(done.node, done.size, done.height), done.anchor, done.node.line)

    def _begin(self, event: MappingStartEvent | SequenceStartEvent, line: int) -> None:
        self._refuse_depth(1, line)
        self._refuse_tag(event.tag, line)
        node = Entries(line) if isinstance(event, MappingStartEvent) else Listing(line)
        self.open.append(_Open(node, event.anchor))

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag != "!":
            self.faults.append(Fault(line, f"The tag {tag!r} has no meaning here; leave it out."))

    def _take_alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise _Stop(Fault(line, f"*{anchor} stands for nothing that was written before it."))
        self._add(self.anchors[anchor], None, line)

    def _refuse_depth(self, height: int, line: int) -> None:
        if len(self.open) + height > DEEPEST:
            raise _Stop(Fault(line, f"It is nested more than {DEEPEST} levels deep."))

    def _add(self, built: _Built, anchor: str | None, line: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = built
        if not self.open:
            self.root = built.node
            return
        self._refuse_depth(built.height, line)
        parent = self.open[-1]
        parent.size += built.size
        parent.height = max(parent.height, built.height + 1)
        if parent.size > MOST_NODES:
            raise _Stop(Fault(line, f"It holds more than {MOST_NODES:,} values, aliases unfolded."))
        if isinstance(parent.node, Listing):
            parent.node.items.append(built.node)
        elif parent.key is None:
            parent.key = self._key(built.node, line, parent.node)
        else:
            parent.node.nodes.setdefault(parent.key, built.node)
            parent.key = None

    def _key(self, node: Node, line: int, mapping: Entries) -> str:
        key = node.text if isinstance(node, Scalar) else ""
        if not isinstance(node, Scalar):
            self.faults.append(Fault(line, "A key is a list or a mapping; keys are words."))
        elif key in mapping.lines:
            first = mapping.lines[key]
            self.faults.append(Fault(line, f"{key!r} stands here a second time; the first is on line {first}."))
        mapping.lines.setdefault(key, line)
        return key


def read_tree(text: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The tree of a YAML text and what is wrong with it; None where it is empty or cannot be read at all."""
    faults: list[Fault] = []
    if len(text) > MOST_CHARACTERS:
        return None, (Fault(1, f"The file has more than {MOST_CHARACTERS:,} characters; split the store."),)
    builder = _Builder(faults)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _Stop as stop:
        return None, (*faults, *[fault for fault in stop.args if isinstance(fault, Fault)])
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        return None, (*faults, _syntax_fault(error))
    return builder.root, tuple(faults)


def plain_value(text: str) -> PlainValue:
    """What a scalar without quotes stands for, by the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    for base, written in _BASES.items():
        if written.fullmatch(text):
            return int(text[2:], base)
    if _ENDLESS.fullmatch(text):
        return float(text.replace(".", ""))
    return float(text) if _DECIMAL.fullmatch(text) else text


def _syntax_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return Fault(getattr(mark, "line", 0) + 1, f"This is no YAML: {problem}.")
