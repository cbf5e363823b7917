"""A schema read from text: the schema definition language, or the JSON of an introspection query.

Never here: where the text came from.
"""

from __future__ import annotations

import json

from graphql import (
    GraphQLError,
    GraphQLSchema,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
)

from penstock.errors import OperatorError

INTROSPECTION = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
    one_of=True,
)
"""The query that tells everything `read_schema` can make use of."""


def read_schema(text: str, name: str = "the text", *, is_ours: bool = False) -> GraphQLSchema:
    """The schema that a text describes.

    Args:
        text: SDL, or an introspection result as JSON, with or without its ``data``.
        name: What to call it in a message.
        is_ours: Whether a gateway printed it, so that it need not be validated.

    Raises:
        OperatorError: It is neither.
    """
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return build_client_schema(_introspection(text))
        return build_schema(
            text, no_location=True, assume_valid_sdl=is_ours
        )  # tokens by the ten thousand, in circles, that nobody asks for
    except (GraphQLError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise OperatorError(
            f"{name} is no GraphQL schema ({reason}); give SDL, or the JSON of an introspection query."
        ) from error


def _introspection(text: str) -> IntrospectionQuery:
    decoded = json.loads(text.lstrip("\ufeff"))
    found: IntrospectionQuery = decoded.get("data", decoded)
    return found
