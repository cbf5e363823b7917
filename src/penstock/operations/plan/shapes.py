"""The structs into which rows are decoded: which upstream keys, as what type, and how they go into the answer.

Never here: what is done with a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Protocol

import msgspec

from penstock.definitions.model import JSON
from penstock.operations.plan.entries import STRICT_ID, EdgeEntry, Entry, Fix, Form
from penstock.resources.attributes import Path

_NOTHING = "nothing"


class Decoded(Protocol):
    """A decoded row: a generated struct with attributes `f0`, `f1`, …, and `id` where the resource has one."""

    id: str


class One(Protocol):
    """A decoded answer that holds one row."""

    data: Decoded


class Many(Protocol):
    """A decoded answer that holds rows, and the listing's `meta` as it came."""

    data: list[Decoded]
    meta: JSON


class Shape:
    """What a selection needs of a row.

    Attributes:
        order: For each field of the answer, the struct's attribute that holds it.
        fixes: Which fields of the answer have to be turned into something else.
        needs: (upstream key, attribute) that edges read.
        forms: (attribute, form) of texts that are judged after decoding.
        checks: Read where a row shows the id of the row it hangs on: the first step, falsy where there is none, and
            the whole path, an AttributeError where a later step is missing.
    """

    def __init__(self, entries: Sequence[Entry | EdgeEntry], *, has_id: bool, checks: Sequence[Path]) -> None:
        """Work it out.

        Args:
            entries: In answer order.
            has_id: Whether rows must show an id.
            checks: Where rows show the id of the row they hang on.
        """
        self._has_id = has_id
        needed = {key for entry in entries if isinstance(entry, EdgeEntry) for key in entry.needs}
        types = _types(entries, needed - {"id"} if has_id else needed)
        if has_id:
            types["id"] = STRICT_ID
        for path in checks:
            types.setdefault(path[0], _nested(path[0], checks))
        self._types = types
        self._names = {key: "id" if has_id and key == "id" else f"f{index}" for index, key in enumerate(types)}
        self._constants: dict[str, object] = {_NOTHING: None}
        self.needs = [(key, self._names[key]) for key in sorted(needed)]
        self.order: list[str] = []
        self.fixes: list[tuple[int, Fix]] = []
        self.forms: list[tuple[str, Form]] = []
        for index, entry in enumerate(entries):
            self.order.append(self._attribute(entry, index))
        self.checks = [self._check(path) for path in checks]
        is_plain = not self.fixes and len(self.order) > 1 and sorted(self.order) == sorted(self._names.values())
        self._slots = self._make_slots() if is_plain else None
        self._row = self._make_row()

    def _attribute(self, entry: Entry | EdgeEntry, index: int) -> str:
        if isinstance(entry, EdgeEntry) or entry.needs_whole_row or entry.is_null:
            return _NOTHING
        if entry.source is None:
            name = f"c{index}"
            self._constants[name] = entry.constant
            return name
        # A custom field may share its key with another field, the id included: then its own type was not asked for.
        is_loose = entry.strict is None or self._types[entry.source] is not entry.strict
        if entry.form is not None and not is_loose:
            self.forms.append((self._names[entry.source], entry.form))
        fix = entry.loosely if is_loose else entry.fix
        if fix is not None:
            self.fixes.append((index, fix))
        return self._names[entry.source]

    def _check(self, path: Path) -> tuple[Callable[[Decoded], object], Callable[[Decoded], JSON]]:
        name = self._names[path[0]]
        return attrgetter(name), attrgetter(".".join([name, *(f"k_{key}" for key in path[1:])]))

    def renamed(self, keys: Sequence[str]) -> type[msgspec.Struct] | None:
        """The answer's struct with the layout of a row's, so that a row becomes its answer by changing its class.

        None where the answer is not what was decoded, field by field. Both add nothing to the slots they inherit, which
        is what Python asks of two classes before an object may change from one to the other.
        """
        if self._slots is None:
            return None
        fields = [(name, object, None) for name in self.order]
        rename = dict(zip(self.order, keys, strict=True))
        return msgspec.defstruct("Answer", fields, bases=(self._slots,), rename=rename, gc=False)

    def _make_slots(self) -> type[msgspec.Struct]:
        return msgspec.defstruct("Slots", [(name, object, None) for name in self.order], gc=False)

    def _make_row(self) -> type[msgspec.Struct]:
        keys = {name: key for key, name in self._names.items()}
        fields: list[tuple[str, object, object]] = []
        for name in self.order if self._slots is not None else keys:
            type_ = self._types[keys[name]]
            if name == "id":
                fields.append((name, type_, msgspec.NODEFAULT))
            else:
                fields.append((name, type_ if type_ is object else type_ | None, None))  # type: ignore[operator]  # types made at run time
        if not fields:
            fields.append(("unused", object, None))
        bases = (self._slots,) if self._slots is not None else None
        return msgspec.defstruct(
            "Row", fields, bases=bases, rename=keys, namespace=self._constants, kw_only=True, gc=False
        )

    def envelope_of_one(self) -> type[One]:
        """The struct of an answer that holds one row."""
        return msgspec.defstruct("One", [("data", self._row)], gc=False)  # type: ignore[return-value]  # made at run time

    def envelope_of_many(self) -> type[Many]:
        """The struct of an answer that holds a list of rows."""
        row = self._row
        fields: list[tuple[str, object] | tuple[str, object, object]] = [
            ("data", list[row]),  # type: ignore[valid-type]  # made at run time
            ("meta", object, None),
        ]
        return msgspec.defstruct("Many", fields, gc=False)  # type: ignore[return-value]  # made at run time


def _types(entries: Sequence[Entry | EdgeEntry], loose: set[str]) -> dict[str, object]:
    """Top-level key → what is decoded: a strict type that serves all who read it, else anything."""
    wanted: dict[str, list[object]] = {key: [object] for key in sorted(loose)}
    for entry in entries:
        if isinstance(entry, Entry) and entry.source is not None:
            wanted.setdefault(entry.source, []).append(object if entry.strict is None else entry.strict)
    return {key: types[0] if all(type_ is types[0] for type_ in types) else object for key, types in wanted.items()}


def _nested(top: str, paths: Sequence[Path], depth: int = 1) -> object:
    """A struct of the keys that lead to the ends of the paths below a key; anything may stand at an end."""
    below = sorted({path[depth] for path in paths if len(path) > depth and path[depth - 1] == top})
    if not below:
        return object
    fields: list[tuple[str, object, object]] = []
    for key in below:
        type_ = _nested(key, [path for path in paths if path[depth - 1] == top], depth + 1)
        fields.append((f"k_{key}", type_ if type_ is object else type_ | None, None))  # type: ignore[operator]  # types made at run time
    return msgspec.defstruct("Nested", fields, rename={f"k_{key}": key for key in below}, gc=False)
