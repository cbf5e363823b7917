"""What is told about the schema that no generation knows: what changed before it, what waits behind it, who uses what.

Never here: how any of it is found or kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from penstock.definitions.model import JSON

NEVER_USED: Mapping[str, str] = MappingProxyType({})
"""No field was ever used."""


class Chronicle(Protocol):
    """Asked by `schemaInfo` and `fieldDefinitions`: nothing of it may wait."""

    def changes(self) -> Sequence[JSON]:
        """What changed, newest first, as `SchemaChange` objects under GraphQL names."""

    def held(self) -> JSON:
        """The candidate that waits, as a `HeldSchema` object; None where none waits."""

    def impact(self) -> Sequence[str]:
        """The operations that the last swap broke, a line each."""

    def last_used(self) -> Mapping[str, str]:
        """When a custom field was last read or written, in RFC 3339, by its id; the same object until that changes."""


class Silent:
    """A chronicle of nothing."""

    def changes(self) -> Sequence[JSON]:
        """None."""
        return ()

    def held(self) -> JSON:
        """None."""
        return None

    def impact(self) -> Sequence[str]:
        """None."""
        return ()

    def last_used(self) -> Mapping[str, str]:
        """None."""
        return NEVER_USED
