"""A schema read from text: the schema definition language, or the JSON of an introspection query.

Never here: where the text came from.
"""

from __future__ import annotations

import json

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    IntrospectionQuery,
    build_ast_schema,
    build_client_schema,
    get_introspection_query,
    parse,
    print_schema,
)
from graphql.language import ExecutableDefinitionNode

from penstock.errors import OperatorError

INTROSPECTION = get_introspection_query(
    specified_by_url=True,
    directive_is_repeatable=True,
    schema_description=True,
    input_value_deprecation=True,
    one_of=True,
)
"""The query that tells everything `read_schema` can make use of."""

_TEXTS = frozenset({"deprecationReason", "description", "specifiedByURL"})


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
            return _told(text)
        document = parse(text, no_location=True)  # tokens by the ten thousand, in circles, that nobody asks for
        _require_types(document)
        return build_ast_schema(document, assume_valid_sdl=is_ours)
    except (GraphQLError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise OperatorError(
            f"{name} is no GraphQL schema ({reason}); give SDL, or the JSON of an introspection query."
        ) from error


def _require_types(document: DocumentNode) -> None:
    if any(isinstance(one, ExecutableDefinitionNode) for one in document.definitions):
        raise ValueError("it holds operations")


def _require_texts(told: object) -> None:
    """Refuse an introspection whose words are none: graphql-core passes them on."""
    if isinstance(told, list):
        for item in told:
            _require_texts(item)
    elif isinstance(told, dict):
        for key, item in told.items():
            if key in _TEXTS and not isinstance(item, str | None):
                raise TypeError(f"{key} is no text")
            _require_texts(item)


def _told(text: str) -> GraphQLSchema:
    decoded = json.loads(text.lstrip("\ufeff"))
    found: IntrospectionQuery = decoded.get("data", decoded)
    _require_texts(found)
    schema = build_client_schema(found)
    print_schema(schema)  # looks at every part, which graphql-core puts off until someone asks
    return schema
