"""One reading of a store's definitions: what they mean, what upstream said, and where it came from.

Never here: requests, files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.model import StoreDefinitions

DefinitionSource: TypeAlias = Literal["live", "snapshot", "file"]
"""Where a store's definitions came from: the store itself, the last good ones that were kept, or a file."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, once.

    Attributes:
        definitions: What it means.
        source: Where it came from.
        documents: What upstream said, as it said it.
        taken_at: When it was read from the store, in epoch seconds; None for just now.
    """

    definitions: StoreDefinitions
    source: DefinitionSource = "live"
    documents: StoreDocuments = field(default_factory=lambda: StoreDocuments([], {}), repr=False)
    taken_at: float | None = None
