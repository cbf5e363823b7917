"""One reading of a store's definitions: what they mean, and where they came from.

Never here: requests, files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from penstock.definitions.model import StoreDefinitions

DefinitionSource: TypeAlias = Literal["live", "snapshot", "file"]
"""Where a store's definitions came from: the store itself, the last good ones that were kept, or a file."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, once.

    Attributes:
        definitions: What it means.
        source: Where it came from.
    """

    definitions: StoreDefinitions
    source: DefinitionSource = "live"
