"""Texts become documents, and what graphql-core says of them becomes what a client reads.

Never here: schemas, limits of what a document asks.
"""

from __future__ import annotations

import re

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    TypeDefinitionNode,
    parse,
)

from penstock.errors import CallerError, LimitError
from penstock.operations.echoes import without_values
from penstock.operations.faults import RequestError, UndeterminedOperationError
from penstock.operations.limits import Limits
from penstock.operations.source import Text

TOO_DEEP = "The document is nested too deep. Split it."
_LONG_WORD = re.compile(r"(\w{200})\w+")
_LONGEST_MESSAGE = 1_000
_PARSING_ABORTED = " Parsing aborted."


def parse_document(text: str, limits: Limits) -> DocumentNode:
    """The document of a text that holds nothing but operations and fragments.

    Raises:
        RequestError: It does not parse, or holds something else.
        LimitError: It is too long or nested too deep.
    """
    try:
        document = parse(Text(text), max_lexical_tokens=limits.tokens or None, max_comments=limits.tokens or None)
    except GraphQLSyntaxError as error:
        if not error.message.endswith(_PARSING_ABORTED):
            fault = CallerError(told(error), "GRAPHQL_PARSE_FAILED")
            raise RequestError([(fault, locations_of_error(error))]) from error
        if f" {limits.tokens} " not in error.message:
            raise LimitError(TOO_DEEP, limit="depth") from error
        message = f"The document has more than {limits.tokens} tokens or comments. Split it."
        raise LimitError(message, limit="tokens") from error
    if any(isinstance(node, TypeDefinitionNode) for node in document.definitions) or not all(
        isinstance(node, ExecutableDefinitionNode) for node in document.definitions
    ):
        message = "The document holds type definitions; only operations and fragments can be run."
        raise RequestError([(CallerError(message, "GRAPHQL_VALIDATION_FAILED"), [])])
    return document


def choose_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation of this name, or the only one.

    Raises:
        UndeterminedOperationError: There is none, or there are several.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        for node in operations:
            if node.name is not None and node.name.value == name:
                return node
        message = f"The document has no operation named {name[:80]!r}."
    elif len(operations) == 1:
        return operations[0]
    elif operations:
        message = "The document has several operations: say which one with operationName."
    else:
        message = "The document has no operation."
    raise UndeterminedOperationError([(CallerError(message, "BAD_REQUEST"), [])])


def told(error: GraphQLError) -> str:
    """What a client reads of an error: no values, and of very long names the beginning."""
    message = without_values(_LONG_WORD.sub(r"\1…", error.message))
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}…"


def locations_of_error(error: GraphQLError) -> list[tuple[int, int]]:
    """Line and column of each place that an error names."""
    return [(location.line, location.column) for location in error.locations or ()]
