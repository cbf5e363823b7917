"""Resolvers of what the gateway says about itself and its fields.

Never here: upstream calls.
"""

from __future__ import annotations

from typing import Protocol

from penstock.definitions.model import JSON
from penstock.operations.context import Context
from penstock.operations.metadata import field_definitions, schema_info


class Asked(Protocol):
    """What graphql-core tells a resolver, as far as these look."""

    @property
    def context(self) -> Context:
        """The request's own state."""


def tell_definitions(_source: None, info: Asked, flow: str | None = None) -> list[JSON]:
    """`fieldDefinitions`."""
    context = info.context
    return field_definitions(context.generation, flow, context.services.chronicle.last_used())


def tell_schema(_source: None, info: Asked) -> dict[str, JSON]:
    """`schemaInfo`."""
    return schema_info(info.context.generation, info.context.services.chronicle)


def tell_service(_source: None, info: Asked) -> dict[str, JSON]:
    """`_service`."""
    return {"sdl": info.context.generation.subgraph}
