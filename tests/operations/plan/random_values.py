"""Values for arguments and variables: as literals of a document and as JSON, right ones and wrong ones.

Never here: selections, tests.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from penstock.operations.paging import Cursor
from penstock.schema.model import EnumDescription, InputDescription, InputFieldDescription, SchemaDescription, TypeRef
from tests.operations.plan.random_rows import IDS, Choices

CURSORS = (
    *(Cursor(sort, key, 0).encode() for sort in ("id", "-id") for key in ("c1", "c2", "é", 'q"|')),
    *(Cursor(sort, None, offset).encode() for sort in ("name", "-created_at", "") for offset in (1, 2, 9_999, 10_001)),
    *("garbage", "MnxpZHxrYzE", "é", "", Cursor("id", "c1", 0).encode() + "="),
)
_TEXTS = ("porch", "", " A@B.co ", "a*", "Ines", "é\u2028", "x" * 300, "early bird", "2024-03-09T16:20:00Z", "notes\n")
_SLUGS = ("note", "points", "id", "nothing", "friend", "shoe-size", "newer_key", "meta", "relationships", "odd", "")
_SCALARS: dict[str, tuple[Any, ...]] = {
    "ID": (*IDS, *IDS, *IDS, *IDS, *IDS, *IDS, 7, "a/b", "x" * 65, ""),
    "String": _TEXTS,
    "Int": (0, 1, 2, 3, 10, 25, 100, 101, -1, 2**31 - 1),
    "Float": (0, 1, 1.5, -2e3, 9.5, 1e300, 12),
    "Boolean": (True, False),
    "DateTime": (*("2024-03-09T16:20:00Z", "2024-03-09t16:20:00.5+02:00") * 3, "yesterday", "0001-01-01T00:00:00Z"),
    "FlowDate": ("2024-01-01", "2024-01-01 10:00:00", "2024-02-30", "tomorrow"),
    "Email": ("Ines@Example.com ", "a@b.co", "no", ""),
    "BigInt": (5, 2**53, "99", "-7", 2**60, 2**61),
    "JSON": (None, 1, {"a": [1]}),
}
_WRONG: tuple[Any, ...] = (None, True, 1, 1.5, 3.0, "1", "zzz", [], ["c1"], {}, {"nope": 1}, 2**31, 2**63, -(2**70), "")


class RandomValues:
    """Values of the input types of one schema.

    Args:
        choose: Decides.
        schema: Where the input types are described.
    """

    def __init__(self, choose: Choices, schema: SchemaDescription) -> None:
        self._choose = choose
        self._inputs = schema.inputs
        self._enums = schema.enums

    def scalar(self, type_name: str, argument: str) -> Any:
        """A value of a scalar type that suits what the argument is called."""
        if argument == "after":
            return self._choose.pick(CURSORS[:2] if not self._choose.once_in(3) else CURSORS)
        if argument == "slug":
            return self._choose.pick(_SLUGS)
        if argument == "flow":
            return self._choose.pick(("customers", "wishlists", "nothing"))
        if argument == "first":
            return self._choose.pick((2, 1, 3, 25, 100) if not self._choose.once_in(12) else (0, 101, -1))
        return self._choose.pick(_SCALARS[type_name])

    def member(self, enum: EnumDescription) -> str:
        """A member of an enum, now and then the one that is for output only."""
        return str(self._choose.pick(enum.members)[0])

    def literal(self, type_: TypeRef, argument: str, variable: Any) -> str:
        """A literal of a type; ``variable`` may put a variable where the literal has a value inside an object."""
        choose = self._choose
        if not type_.non_null and choose.once_in(25):
            return "null"
        if type_.is_list and not choose.once_in(8):
            # Now and then one item stands for the list of it.
            items = [self.literal(TypeRef(type_.name, type_.item_non_null), argument, variable) for _ in self._count()]
            return f"[{', '.join(items)}]"
        if type_.name in self._enums:
            return self.member(self._enums[type_.name])
        described = self._inputs.get(type_.name)
        if described is None:
            return literal_of(self.scalar(type_.name, argument))
        parts = []
        for field in self._fields(described):
            inner = replace(field.type, non_null=True) if described.one_of else field.type
            value = variable(inner, field.name) if choose.once_in(4) else self.literal(inner, field.name, variable)
            parts.append(f"{field.name}: {value}")
        return "{" + ", ".join(parts) + "}"

    def constant(self, type_: TypeRef, argument: str) -> str:
        """A literal without any variable, as defaults have to be."""
        return self.literal(type_, argument, self.constant)

    def json(self, type_: TypeRef, argument: str, depth: int = 0) -> Any:
        """A variable's value: of the type, but once in a while something else."""
        choose = self._choose
        if choose.once_in(30 + 30 * depth):
            return choose.pick(_WRONG)
        if not type_.non_null and choose.once_in(20):
            return None
        if type_.is_list:
            return [self.json(TypeRef(type_.name, type_.item_non_null), argument, depth + 1) for _ in self._count()]
        if type_.name in self._enums:
            return self.member(self._enums[type_.name])
        described = self._inputs.get(type_.name)
        if described is None:
            return self.scalar(type_.name, argument)
        return {field.name: self.json(field.type, field.name, depth + 1) for field in self._fields(described)}

    def _count(self) -> range:
        """As many as there are items in a list."""
        return range(self._choose.pick((1, 2, 1, 0)))

    def _fields(self, described: InputDescription) -> list[InputFieldDescription]:
        """Every required field and some of the others, in any order; exactly one of a @oneOf."""
        choose = self._choose
        if described.one_of:
            return [choose.pick(described.fields)]
        optional = [field for field in described.fields if not field.type.non_null]
        found = [field for field in described.fields if field.type.non_null]
        for _ in range(choose.below(3) if optional else 0):
            field = choose.pick(optional)
            if field not in found:
                found.insert(choose.below(len(found) + 1), field)
        return found


def literal_of(value: Any) -> str:
    """JSON as GraphQL writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal_of, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
