"""A schema as text in GraphQL's schema definition language: equal descriptions give equal bytes.

Never here: how a schema is built, comparison of two schemas.
"""

from __future__ import annotations

import strawberry
from strawberry.printer import print_schema


def print_sdl(schema: strawberry.Schema) -> str:
    """The whole schema as text, types sorted by name, fields in the order of their description.

    It ends in one line feed, holds no lone surrogate and parses back to an equivalent schema.
    """
    return print_schema(schema).strip("\n") + "\n"
