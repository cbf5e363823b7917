"""What `penstock flows` works with: the way to the store, its rules, what a plan does to the schema.

Never here: an `if` about business, printing.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from penstock.app.keeping import DAY_SECONDS, known_lock
from penstock.app.sharing import shared_rate, watched_state
from penstock.app.store import Store, connect, definitions_source, require_store
from penstock.definitions.aging import Look
from penstock.definitions.flow_file import Step, StoreDocuments, StoreRules, after
from penstock.definitions.lock import Lock
from penstock.definitions.model import StoreDefinitions
from penstock.definitions.parse import parse_definitions
from penstock.errors import OperatorError
from penstock.resources.catalogue import CORE, CORE_FLOWS
from penstock.resources.rows import ENVELOPE_KEYS
from penstock.schema.foresight import Foresight, foresee
from penstock.settings import Settings
from penstock.telemetry.metrics import Metrics
from penstock.upstream.flow_steps import Progress, take_steps
from penstock.upstream.flow_writes import FlowWrites


@dataclass(frozen=True, slots=True)
class FlowStore:
    """A store whose flows are read and written."""

    settings: Settings
    store: Store

    async def documents(self) -> StoreDocuments:
        """All flows and fields, as upstream has them.

        Raises:
            OperatorError: The store refuses the client id or its secret.
            UpstreamError: It cannot be read.
        """
        return await definitions_source(self.settings, self.store).documents()

    async def take(self, progress: Progress, tell: Callable[[Step], None]) -> None:
        """Take the steps of a plan; see `take_steps`."""
        seconds = self.settings.upstream_timeout_seconds
        await take_steps(progress, FlowWrites(self.store.transport, self.store.own, timeout_seconds=seconds), tell)


@asynccontextmanager
async def flow_store(settings: Settings) -> AsyncIterator[FlowStore]:
    """The way to the store of the settings, at the rate that its gateways keep with it, closed at the end.

    Raises:
        OperatorError: A setting is missing, or the state cannot be used.
    """
    require_store(settings)
    state = watched_state(settings, lambda _: None)  # where it is down this process keeps the rate by itself
    store = connect(settings, Metrics(time.time), fetch=shared_rate(settings, state))
    try:
        yield FlowStore(settings, store)
    finally:
        await store.aclose()
        await state.aclose()


def require_secret(settings: Settings) -> None:
    """Refuse settings that allow no writing.

    Raises:
        OperatorError: There is no client secret.
    """
    if not settings.client_secret:
        raise OperatorError(
            "PENSTOCK_CLIENT_SECRET is not set; flows and fields are written by client_credentials, so give the "
            "client secret of the store's API key."
        )


def store_rules() -> StoreRules:
    """What upstream keeps for itself, by the tables of its resources."""
    reserved = {resource.flow: resource.core_keys for resource in CORE if resource.flow is not None}
    return StoreRules(CORE_FLOWS, lambda slug: reserved.get(slug, ENVELOPE_KEYS))


async def settled_names(settings: Settings) -> tuple[Lock, Look]:
    """The names that a gateway of these settings would begin with, and a look at the store now.

    Raises:
        OperatorError: The lock of the file or of the state cannot be used.
        StateError: The state cannot be reached.
    """
    now = time.time()
    return await known_lock(settings), Look(now, now, settings.field_grace_days * DAY_SECONDS)


def impact_of(documents: StoreDocuments, steps: Sequence[Step], lock: Lock, look: Look) -> Foresight:
    """What the steps do to the schema of the store; slow (tens of milliseconds), pure.

    Raises:
        DefinitionError: The definitions make no schema, as they are or as they would be.
    """
    return foresee(_definitions(documents), _definitions(after(documents, steps)), lock, look)


def _definitions(documents: StoreDocuments) -> StoreDefinitions:
    return parse_definitions(documents.flows, documents.fields, documents.settings)
