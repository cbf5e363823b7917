"""A compiled operation: variables, then the root fields, together for a query, one after the other for a mutation.

Never here: what a field leads to.
Source: the GraphQL specification, "Executing Operations".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from graphql import OperationDefinitionNode

from penstock.definitions.model import JSON
from penstock.errors import PenstockError
from penstock.operations.context import Context
from penstock.operations.edges import NO_ROW
from penstock.operations.failures import error_entry, in_order
from penstock.operations.faults import RequestError
from penstock.operations.plan.collect import check_conditions
from penstock.operations.plan.node import Filling, Node, Output, Run, finish, steps
from penstock.operations.plan.variables import Variables

_encoder = msgspec.json.Encoder()
_MOST_VARIANTS = 64


@dataclass(frozen=True, slots=True)
class RootEntry:
    """A root field: fetched by its node, or a constant."""

    key: str
    node: Node | None
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Roots:
    """The root fields under one decision of all conditions; ``is_solo`` where at most one read can be made."""

    entries: tuple[RootEntry, ...]
    is_serial: bool
    is_solo: bool


class CompiledPlan:
    """Runs one operation.

    Args:
        operation: Where the variables are declared.
        variables: Coerces the request's variable values.
        conditions: The variables that decide what is selected.
        compile_roots: Compiles the root fields for a decision of the conditions.
    """

    __slots__ = ("_compile_roots", "_conditions", "_operation", "_plain", "_variables", "_variants")

    def __init__(
        self,
        operation: OperationDefinitionNode,
        variables: Variables,
        conditions: list[str],
        compile_roots: Callable[[Mapping[str, bool]], Roots],
    ) -> None:
        self._operation = operation
        self._variables = variables
        self._conditions = conditions
        self._compile_roots = compile_roots
        self._variants: dict[tuple[bool, ...], Roots] = {}
        self._plain = compile_roots({}) if not conditions else None

    async def run(self, context: Context, variables: dict[str, JSON] | None) -> tuple[bytes, bool]:
        """The answer's bytes, and whether the operation was executed."""
        try:
            values = self._variables.coerce(variables, suggestions=context.suggestions)
            if self._conditions:
                check_conditions(self._operation, self._conditions, values)
        except RequestError as error:
            for fault, locations in error.faults:
                context.errors.append(error_entry(fault, context.request_id, (), locations))
            return _encoder.encode({"errors": context.errors}), False
        roots = self._plain or self._variant(values)
        run = Run(context, values, context.read if roots.is_solo else context.loader.now)
        entries = roots.entries
        if roots.is_serial:
            data = await _one_by_one(run, roots)
        elif len(entries) == 1 and entries[0].node is not None:
            # The usual query: what `_fill_root` does, without a dict to fill and a coroutine to fill it.
            entry, node = entries[0], entries[0].node
            value: Output = None
            try:
                value = await node.resolve(run, NO_ROW, (None, entry.key))
            except PenstockError as error:
                context.fail(error, (entry.key,), node.locations)
            data = {entry.key: value}
        else:
            data = await _together(run, roots)
        if context.errors:
            return _encoder.encode({"errors": in_order(context.errors), "data": data}), True
        return _encoder.encode({"data": data}), True

    def _variant(self, values: Mapping[str, JSON]) -> Roots:
        decided = {name: values.get(name) is True for name in self._conditions}
        key = tuple(decided.values())
        kept = self._variants.get(key)
        if kept is None:
            kept = self._compile_roots(decided)
            if len(self._variants) < _MOST_VARIANTS:
                self._variants[key] = kept
        return kept


async def _together(run: Run, roots: Roots) -> dict[str, Output]:
    data: dict[str, Output] = {}
    fillings: list[Filling] = []
    for entry in roots.entries:
        if entry.node is None:
            data[entry.key] = entry.constant
        else:
            data[entry.key] = None
            fillings.append(_fill_root(run, entry.node, entry.key, data))
    await finish(run, fillings)
    return data


async def _fill_root(run: Run, node: Node, key: str, data: dict[str, Output]) -> None:
    try:
        data[key] = await node.resolve(run, NO_ROW, (None, key))
    except PenstockError as error:
        run.context.fail(error, (key,), node.locations)


async def _one_by_one(run: Run, roots: Roots) -> dict[str, Output] | None:
    """Payloads are not nullable: the first that fails leaves no data, and nothing after it is run."""
    data: dict[str, Output] = {}
    for entry in roots.entries:
        if entry.node is None:
            data[entry.key] = entry.constant
            continue
        try:
            data[entry.key] = await entry.node.resolve(run, NO_ROW, (None, entry.key))
        except PenstockError as error:
            run.context.fail(error, steps((None, entry.key)), entry.node.locations)
            return None
    return data
