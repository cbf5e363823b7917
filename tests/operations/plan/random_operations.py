"""Random operations over a schema's description: everything that the language allows, all of it valid or nearly so.

A response key stands for the same field with the same arguments wherever it is used on a type, so that whatever is
merged can be merged.

Never here: rows, running, tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from penstock.schema.generation import Generation
from penstock.schema.model import (
    ArgumentDescription,
    FieldDescription,
    Metadata,
    ObjectDescription,
    SchemaDescription,
    TypeRef,
)
from tests.operations.plan.random_rows import Choices
from tests.operations.plan.random_values import RandomValues

_DEEPEST = 7
_MOST_FIELDS = 60
_RARENESS = {"first": 2, "after": 6, "sort": 4}
"""Once in how many fields an argument is given that may be left out."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as a client would send it."""

    document: str
    variables: dict[str, Any] | None = None
    name: str | None = None


@dataclass
class _Variables:
    """The variables that a document declares, and the values a client gives them."""

    declared: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)


class RandomOperation:
    """One operation being made.

    Args:
        choose: Decides.
        schema: What can be asked for.
    """

    def __init__(self, choose: Choices, schema: SchemaDescription) -> None:
        self._choose = choose
        self._schema = schema
        self._values = RandomValues(choose, schema)
        self._variables = _Variables()
        self._keys: dict[tuple[str, str], str] = {}
        self._fragments: dict[str, list[str]] = {}
        self._texts: list[str] = []
        self._left = _MOST_FIELDS

    def make(self, root: ObjectDescription, word: str) -> Operation:
        """The whole document, and the request's values."""
        choose = self._choose
        selection = self._selection(root, 0)
        declared = ", ".join(self._variables.declared)
        name = choose.pick(("", "Asked"))
        head = f"{word} {name}({declared}) " if declared else f"{word} {name} "
        if word == "query" and not declared and not name:
            head = ""
        parts = [head + selection, *self._texts]
        if name and choose.once_in(6):
            parts.insert(choose.below(2), "query Other { __typename schemaInfo { version } }")
            return Operation("\n".join(parts), self._variables.given, name)
        return Operation(
            "\n".join(parts), self._variables.given or choose.pick((None, {})), choose.pick((None, name or None))
        )

    def _selection(self, owner: ObjectDescription, depth: int) -> str:
        choose = self._choose
        parts: list[str] = []
        for _ in range(1 + choose.below(5 if depth < 3 else 3)):
            kind = choose.below(12)
            if kind == 11 and depth < _DEEPEST:
                parts.append(self._spread(owner, depth))
            elif kind == 10 and depth < _DEEPEST:
                condition = choose.pick(("", f" on {owner.name}"))
                parts.append(f"...{condition}{self._directives()} {self._selection(owner, depth + 1)}")
            elif kind == 9:
                parts.append(self._key(owner, "__typename", "") + self._directives())
            else:
                parts.append(self._field(owner, depth))
        return "{ " + " ".join(parts) + " }"

    def _spread(self, owner: ObjectDescription, depth: int) -> str:
        """A fragment of its own, or one that is there already: a finished one, so that none holds itself."""
        choose = self._choose
        known = self._fragments.setdefault(owner.name, [])
        if not known or choose.once_in(2):
            text = self._selection(owner, depth + 1)
            name = f"F{len(self._texts)}"
            self._texts.append(f"fragment {name} on {owner.name} {text}")
            known.append(name)
        else:
            name = choose.pick(known)
        return f"...{name}{self._directives()}"

    def _field(self, owner: ObjectDescription, depth: int) -> str:
        self._left -= 1
        described = self._pick_field(owner, depth)
        if described is None:
            return self._key(owner, "__typename", "")
        text = self._key(owner, described.name, self._arguments(described)) + self._directives()
        if described.type.name in self._schema.objects:
            below = self._schema.object(described.type.name)
            text += " " + self._selection(below, depth + 1)
        return text

    def _pick_field(self, owner: ObjectDescription, depth: int) -> FieldDescription | None:
        choose = self._choose
        objects = self._schema.objects
        leaves = [one for one in owner.fields if one.type.name not in objects]
        inner = [one for one in owner.fields if one.type.name in objects]
        is_deep = depth >= _DEEPEST or self._left < 0
        if inner and not is_deep and (not leaves or choose.below(5) < (3 if owner.name.endswith("Connection") else 2)):
            edges = [one for one in inner if not isinstance(one.source, Metadata)]
            return choose.pick(inner if choose.once_in(6) else edges or inner)
        return choose.pick(leaves) if leaves else None

    def _key(self, owner: ObjectDescription, name: str, arguments: str) -> str:
        """The field under its own name or an alias: a key never means two things on one type."""
        choose = self._choose
        wanted = choose.pick((name, name, name, "id", "a", "b", "data", "__x" if choose.once_in(30) else "c"))
        meaning = name + arguments
        key, number = wanted, 2
        while self._keys.setdefault((owner.name, key), meaning) != meaning:
            key, number = f"{wanted}{number}", number + 1
        return meaning if key == name else f"{key}: {meaning}"

    def _arguments(self, described: FieldDescription) -> str:
        parts = [
            f"{argument.name}: {self._argument(argument)}"
            for argument in described.arguments
            if argument.type.non_null or self._choose.once_in(_RARENESS.get(argument.name, 3))
        ]
        return f"({', '.join(parts)})" if parts else ""

    def _argument(self, argument: ArgumentDescription) -> str:
        if self._choose.once_in(3):
            return self._variable(argument.type, argument.name, has_default=argument.default is not None)
        return self._values.literal(argument.type, argument.name, self._variable)

    def _variable(self, type_: TypeRef, argument: str, *, has_default: bool = False) -> str:
        """A new variable that may stand where the type is asked for; the request gives it a value, null or nothing."""
        choose = self._choose
        name = f"v{len(self._variables.declared)}"
        default = ""
        is_required = type_.non_null
        if argument == "slug" and not choose.once_in(6):
            is_required = True
        elif choose.once_in(3):
            default = self._values.literal(replace(type_, non_null=True), argument, self._values.constant)
            is_required = False
        elif choose.once_in(4):
            is_required = True
        if type_.name in self._schema.inputs and self._schema.inputs[type_.name].one_of:
            is_required, default = True, ""
        wrapped = replace(type_, non_null=is_required)
        named = f"[{type_.name}{'!' if type_.item_non_null else ''}]" if type_.is_list else type_.name
        declared = f"${name}: {named}{'!' if is_required else ''}"
        self._variables.declared.append(f"{declared} = {default}" if default else declared)
        if not choose.once_in(6) or (is_required and not default):
            self._variables.given[name] = self._values.json(wrapped, argument)
        return f"${name}"

    def _directives(self) -> str:
        choose = self._choose
        if not choose.once_in(8):
            return ""
        words = choose.pick((("skip",), ("include",), ("include", "skip")))
        return "".join([f" @{word}(if: {choose.pick(('true', 'false', None)) or self._condition()})" for word in words])

    def _condition(self) -> str:
        choose = self._choose
        conditions = [text.split(":")[0] for text in self._variables.declared if text.startswith("$is")]
        if conditions and choose.once_in(2):
            return str(choose.pick(conditions))
        name = f"is{len(self._variables.declared)}"
        declared = choose.pick(("Boolean!", "Boolean! = true", "Boolean = false", "Boolean = true"))
        self._variables.declared.append(f"${name}: {declared}")
        if declared == "Boolean!" or choose.once_in(2):
            self._variables.given[name] = (
                choose.pick((True, False)) if not choose.once_in(12) else choose.pick((None, 1))
            )
        return f"${name}"


@lru_cache(maxsize=512)
def _below(bound: int) -> st.SearchStrategy[int]:
    return st.integers(0, bound - 1)


class DrawnChoices:
    """Decisions that Hypothesis makes."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def below(self, bound: int) -> int:
        return int(self._draw(_below(bound)))

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self.below(len(options))]

    def once_in(self, times: int) -> bool:
        return self.below(times) == times - 1


@st.composite
def operations(draw: Any, generation: Generation, word: str = "query") -> Operation:
    """Random operations of one kind."""
    schema = generation.description
    root = schema.query if word == "query" else schema.mutation
    assert root is not None
    return RandomOperation(DrawnChoices(draw), schema).make(root, word)
