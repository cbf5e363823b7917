"""The fields selected of a row, each with its ways of being read: strictly from bytes, or liberally from a whole row.

Never here: decoding, fetching.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import msgspec

from penstock.definitions.coerce import DATE_PATTERN, INT32_MAX, INT32_MIN, SAFE_INTEGER
from penstock.definitions.model import JSON
from penstock.operations.plan.node import Node, Output, Run
from penstock.operations.values import DATE_TIME_PATTERN, UNSET_MOMENT, Row, at, coercer
from penstock.resources.attributes import UNRECOGNIZED, Attribute, EnumRow, Kind, Path

Uncoercible: TypeAlias = Callable[[str, str], None]
"""Told of (type, field) when a stored value cannot be read as its type."""

FromRow: TypeAlias = Callable[[Row, Run], Output]
Fix: TypeAlias = Callable[[JSON], Output]

STRICT_ID = Annotated[str, msgspec.Meta(min_length=1)]

_STRICT: dict[Kind, object] = {
    Kind.ID: STRICT_ID,
    Kind.STRING: str,
    Kind.EMAIL: str,
    Kind.INT: Annotated[int, msgspec.Meta(ge=INT32_MIN, le=INT32_MAX)],
    Kind.BIG_INT: Annotated[int, msgspec.Meta(ge=-SAFE_INTEGER, le=SAFE_INTEGER)],
    Kind.FLOAT: float,
    Kind.BOOLEAN: bool,
    Kind.FLOW_DATE: str,
    Kind.DATE_TIME: str,
    Kind.ENUM: str,
}
"""What JSON must hold so that it is the answer already (an enum's text still becomes its member)."""

_UNNAMEABLE = re.compile(r'["\\\x00-\x1f]')
"""What a slug may hold but the name of a struct's field may not: such a value is read from the whole row."""


_ONE_DIGIT = str.maketrans("123456789", "000000000")


class Form:
    """A form that texts must have and that takes any digit where it takes one.

    A whole column is judged at once: with all digits made equal, a hundred dates are two or three texts.

    Args:
        pattern: The form.
        exception: A text of the form, as a beginning, that is refused all the same; "" for none.
    """

    __slots__ = ("_exception", "_matches")

    def __init__(self, pattern: str, exception: str = "") -> None:
        self._matches = re.compile(pattern, re.ASCII).fullmatch
        self._exception = exception

    def holds_one(self, text: str | None) -> bool:
        """Whether a text has the form; None has it."""
        return text is None or self._matches(text) is not None

    def holds(self, column: Iterable[str | None]) -> bool:
        """Whether it is plain that every text of the column has the form; None has it. False asks for a closer look."""
        texts = [text for text in column if text is not None]
        if not texts:
            return True
        lines = "\n".join(texts)
        if lines.count("\n") != len(texts) - 1 or (self._exception and self._exception in lines):
            return False
        return all(map(self._matches, set(lines.translate(_ONE_DIGIT).split("\n"))))


_FORMS = {Kind.FLOW_DATE: Form(DATE_PATTERN), Kind.DATE_TIME: Form(DATE_TIME_PATTERN, UNSET_MOMENT)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the answer that a row holds.

    Attributes:
        key: Response key.
        from_row: Reads it from a whole decoded row.
        source: Upstream's top-level key, or None where the row does not hold it.
        strict: What JSON must hold under the key, or None where anything may be there.
        fix: Turns what was decoded strictly into what is answered; None where that is the same.
        loosely: Turns whatever stands under the key into what is answered.
        constant: The answer where there is no source.
        form: What a strictly decoded text must look like; None where any will do.
        is_null: Whether the answer is null whatever the row holds.
    """

    key: str
    from_row: FromRow
    source: str | None = None
    strict: object = None
    fix: Fix | None = None
    loosely: Fix | None = None
    constant: str | None = None
    form: Form | None = None
    is_null: bool = False

    @property
    def needs_whole_row(self) -> bool:
        """Whether it can be read from nothing less."""
        return self.source is None and self.constant is None and not self.is_null

    def within(self, row: Row) -> Output:
        """Its value in a whole row, for entries that need nothing else."""
        if self.loosely is None or self.source is None:
            return self.constant
        return self.loosely(row.get(self.source))


@dataclass(frozen=True, slots=True)
class EdgeEntry:
    """One field of the answer that has to be fetched; ``needs`` are the top-level keys it reads of the row."""

    key: str
    node: Node
    needs: tuple[str, ...]


def attribute_entry(key: str, owner: str, row: Attribute, uncoercible: Uncoercible, select: Fix | None = None) -> Entry:
    """The entry of an attribute, core or custom; ``select`` takes what is selected of a value that is an object."""
    coerce, path, name = coercer(row), row.path, row.name

    def read(value: JSON) -> Output:
        result = coerce(value)
        if result is None and value is not None and not (row.enum is not None and value == ""):
            uncoercible(owner, name)
        return result if select is None else select(result)

    def from_row(source: Row, _run: Run) -> Output:
        return read(at(source, path))

    if len(path) > 1:
        top = path[0]
        return Entry(key, from_row, top, loosely=lambda value: read(at({top: value}, path)))
    if _UNNAMEABLE.search(path[0]):
        return Entry(key, from_row)
    fix = _Members(row.enum).__getitem__ if row.enum is not None else None
    return Entry(key, from_row, path[0], _STRICT.get(row.kind), fix, read, form=_FORMS.get(row.kind))


class _Members(dict[JSON, Output]):
    """Upstream's text → the GraphQL member, as `enum_coercer` has it, at the price of a look-up."""

    def __init__(self, row: EnumRow) -> None:
        super().__init__({"": None, None: None})
        self.update({value: name for name, value, _ in row.members})

    def __missing__(self, _text: JSON) -> Output:
        return UNRECOGNIZED


def group_entry(key: str, path: Path, entries: Sequence[Entry]) -> Entry:
    """The entry of an object that stands inside a row; ``entries`` are what is selected of it."""
    top = path[0]

    def from_row(source: Row, run: Run) -> Output:
        value = at(source, path)
        return {entry.key: entry.from_row(value, run) for entry in entries} if isinstance(value, dict) else None

    def loosely(value: JSON) -> Output:
        found = at({top: value}, path)
        if not isinstance(found, dict):
            return None
        return {entry.key: entry.within(found) for entry in entries}

    return Entry(key, from_row, top, loosely=loosely)


def constant_entry(key: str, value: str) -> Entry:
    """The entry of `__typename`."""
    return Entry(key, lambda _row, _run: value, constant=value)


def null_entry(key: str) -> Entry:
    """The entry of what has gone from the store."""
    return Entry(key, lambda _row, _run: None, is_null=True)
