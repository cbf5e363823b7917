"""What all requests share, as one frozen object; `app` builds it.

Never here: what one request owns.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from penstock.definitions.model import JSON
from penstock.operations.chronicle import Chronicle, Silent
from penstock.operations.footprint import Footprint
from penstock.operations.locks import WriteLocks
from penstock.resources.ways import LARGEST_PAGE
from penstock.state import MemoryState, State
from penstock.upstream.tokens import TokenSource
from penstock.upstream.transport import Transport

OnRun: TypeAlias = Callable[[Footprint, str, Mapping[str, JSON] | None], None]
"""Footprint, name of the client, raw variable values."""


def _note_nothing(_footprint: Footprint, _client: str, _variables: Mapping[str, JSON] | None) -> None:
    """The note that is not taken."""


def _count_nothing(_type_name: str, _field: str) -> None:
    """The counter that counts nothing."""


async def _nothing_follows() -> str:
    """Where no schema depends on what was written."""
    return ""


def _tell_nobody(_bug: BaseException) -> None:
    """The log that keeps nothing."""


def _count_no_limit(_limit: str) -> None:
    """The counter of refusals that counts nothing."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests share; `app` builds it.

    Attributes:
        transport: The way to the REST API.
        anonymous: Implicit tokens for callers without a bearer; None when there is no client id.
        sign_up: The gateway's own client_credentials token, only where the operator allows sign-up with it.
        budget: Upstream calls one operation may make; 0 for no bound.
        concurrency: Upstream calls of one operation under way at the same time.
        timeout_seconds: Deadline of one operation.
        now: Epoch seconds, to judge the expiry of tokens.
        state: What replicas share: which writes were made under a client's key.
        locks: Serialises the writes to one resource.
        redefine: Makes the schema follow the store's definitions; gives a sentence where it could not, else "".
        chronicle: What is known of the schema's life.
        on_run: Told of each operation that ran: what it touches, who asked, the variables.
        on_uncoercible: Told of (type, field) when a stored value could not be read as its type.
        on_dropped: Told of (type, reason) when a row was not served.
        largest_page: Rows of a page at the most.
        most_entities: Representations in `_entities` at the most.
        on_limit: Told which limit refused an operation or a field of it.
        on_bug: Told of an exception that none of ours is: the client reads nothing of it.
    """

    transport: Transport
    anonymous: TokenSource | None = None
    sign_up: TokenSource | None = None
    budget: int = 100
    concurrency: int = 16
    timeout_seconds: float = 30.0
    now: Callable[[], float] = time.time
    state: State = field(default_factory=lambda: MemoryState(time.monotonic))
    locks: WriteLocks = field(default_factory=WriteLocks)
    redefine: Callable[[], Awaitable[str]] = _nothing_follows
    chronicle: Chronicle = field(default_factory=Silent)
    on_run: OnRun = _note_nothing
    on_uncoercible: Callable[[str, str], None] = _count_nothing
    on_dropped: Callable[[str, str], None] = _count_nothing
    on_bug: Callable[[BaseException], None] = _tell_nobody
    largest_page: int = LARGEST_PAGE
    most_entities: int = 100
    on_limit: Callable[[str], None] = _count_no_limit
