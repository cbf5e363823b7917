"""A validated operation becomes a plan, or the reason why the reference executor takes it.

Never here: running, decoding.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphql import DocumentNode, GraphQLObjectType, OperationDefinitionNode, OperationType

from penstock.operations.plan.collect import Collector, NotCovered, condition_variables
from penstock.operations.plan.entries import Uncoercible
from penstock.operations.plan.fields import FieldCompiler
from penstock.operations.plan.plan import CompiledPlan, RootEntry, Roots
from penstock.operations.plan.variables import Variables
from penstock.schema.generation import Generation

_MOST_CONDITIONS = 6


def compile_operation(
    generation: Generation, document: DocumentNode, operation: OperationDefinitionNode, uncoercible: Uncoercible
) -> CompiledPlan | str:
    """The plan of an operation, or why it has none: decided here, before any side effect.

    Args:
        generation: Whose schema the document was validated against.
        document: Validated.
        operation: The operation of it to run.
        uncoercible: Told of (type, field) when a stored value cannot be read as its type.
    """
    try:
        conditions = condition_variables(document, operation)
        if len(conditions) > _MOST_CONDITIONS:
            return "too many conditions"
        variables = Variables(generation.schema, operation)
        roots = _RootCompiler(generation, document, operation, uncoercible)
        if conditions:
            # Every decision selects a part of what this one does: what it covers, all cover.
            roots.compile_all()
        return CompiledPlan(operation, variables, conditions, roots.compile)
    except NotCovered as reason:
        return str(reason)


class _RootCompiler:
    def __init__(
        self,
        generation: Generation,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        uncoercible: Uncoercible,
    ) -> None:
        self._generation = generation
        self._document = document
        self._operation = operation
        self._uncoercible = uncoercible

    def compile_all(self) -> None:
        """Compile with every field in, to find out what is not covered.

        Raises:
            NotCovered: Some field needs the reference executor.
        """
        self._compile(Collector(self._document, None))

    def compile(self, conditions: Mapping[str, bool]) -> Roots:
        """Compile under decided conditions."""
        return self._compile(Collector(self._document, conditions))

    def _compile(self, collector: Collector) -> Roots:
        description = self._generation.description
        is_mutation = self._operation.operation is OperationType.MUTATION
        owner = description.root(self._operation.operation.value)
        if owner is None:
            raise NotCovered("no such root type")
        graphql_type = self._generation.schema.type_map[owner.name]
        if not isinstance(graphql_type, GraphQLObjectType):
            raise NotCovered("no such root type")
        selected = collector.root(self._operation, owner.name)
        compiler = FieldCompiler(self._generation, collector, self._operation, self._uncoercible)
        compiler.note_reads_by_id(owner, selected)
        entries = []
        for item in selected:
            if item.name == "__typename":
                entries.append(RootEntry(item.key, None, owner.name))
            elif item.name.startswith("__"):
                raise NotCovered("introspection")
            else:
                entries.append(RootEntry(item.key, compiler.root(owner, item)))
        # What a subscription tells of was read before it runs: whatever reads it must meet that in the loader.
        is_query = self._operation.operation is OperationType.QUERY
        return Roots(tuple(entries), is_mutation, compiler.reads <= 1 and is_query)
