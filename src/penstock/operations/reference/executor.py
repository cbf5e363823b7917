"""The reference executor: binds the resolvers to a generation's schema and runs an operation through graphql-core.

Never here: resolvers, what an error of ours means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import isawaitable

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    execute,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values

from penstock.definitions.model import JSON
from penstock.errors import CallerError, PenstockError
from penstock.operations.context import Context
from penstock.operations.echoes import without_values
from penstock.operations.failures import argument_error, error_entry, in_order
from penstock.operations.faults import RequestError
from penstock.operations.plan.collect import check_conditions, condition_variables
from penstock.operations.reference.by_id import EntityRow
from penstock.operations.reference.resolvers import resolver_of
from penstock.schema.generation import Generation


def bind(generation: Generation) -> None:
    """Give every field of the generation's schema its resolver."""
    description = generation.description
    for owner in (*description.roots, *description.objects.values()):
        graphql_type = generation.schema.type_map.get(owner.name)
        if isinstance(graphql_type, GraphQLObjectType):
            for field in owner.fields:
                graphql_type.fields[field.name].resolve = resolver_of(description, owner, field)
    entity = generation.schema.type_map.get("_Entity")
    if isinstance(entity, GraphQLUnionType):
        entity.resolve_type = _type_of


def _type_of(row: EntityRow, *_: object) -> str:
    return row.type_name


async def run_reference(
    context: Context,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, JSON] | None,
) -> tuple[dict[str, JSON], bool]:
    """Run a validated operation; the answer and whether it was executed (False: a request error without data)."""
    schema = context.generation.schema
    try:
        _check_conditions(schema, document, operation_name, variables or {})
    except RequestError as error:
        entries = [error_entry(fault, context.request_id, (), locations) for fault, locations in error.faults]
        context.errors = entries
        return {"errors": [*entries]}, False
    running = execute(
        schema,
        document,
        context_value=context,
        variable_values=dict(variables) if variables else None,
        operation_name=operation_name,
        hide_suggestions=not context.suggestions,
    )
    result: ExecutionResult = await running if isawaitable(running) else running
    errors = context.errors = [_entry(error, context) for error in result.errors or ()]
    if result.data is None and errors and all("path" not in error for error in errors):
        return {"errors": list(errors)}, False
    answer: dict[str, JSON] = {"errors": in_order(errors)} if errors else {}
    return {**answer, "data": result.data}, True


def _check_conditions(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, given: Mapping[str, JSON]
) -> None:
    """Refuse a null condition as plans do; graphql-core would fail the parent of whatever depends on it.

    Raises:
        RequestError: A variable that decides a `@skip` or an `@include` is null.
    """
    operation = get_operation_ast(document, operation_name)
    if operation is None or None not in given.values():
        return
    values = get_variable_values(schema, operation.variable_definitions or (), dict(given))
    if not isinstance(values, list):
        check_conditions(operation, condition_variables(document, operation), values.coerced)


def _entry(error: GraphQLError, context: Context) -> dict[str, JSON]:
    locations = [(location.line, location.column) for location in error.locations or ()]
    path: Sequence[str | int] = error.path or ()
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if cause is None or isinstance(cause, GraphQLError):
        if path and error.message.startswith("Argument '"):
            return error_entry(argument_error(error), context.request_id, path, locations)
        if path:
            context.services.on_bug(error)
            return error_entry(PenstockError(error.message), context.request_id, path, locations)
        return error_entry(CallerError(without_values(error.message)), context.request_id, path, locations)
    if not isinstance(cause, PenstockError):
        context.services.on_bug(cause)
        cause = PenstockError("A resolver failed.")
    context.count_limit(cause)
    return error_entry(cause, context.request_id, path, locations)
