"""The documents that are asked for by name, built from settings: which are run, where they come from.

Never here: an `if` about business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from penstock.app.telling import Telling
from penstock.definitions.reading import Reading
from penstock.lifecycle import GenerationHolder
from penstock.lifecycle.library import Holds, Library, make_reader, require_folder
from penstock.lifecycle.stages import Change, Load, Record
from penstock.operations.stored import AutomaticDocuments, Rules, StoredDocuments
from penstock.settings import Settings
from penstock.state import State


def make_stored(settings: Settings, state: State) -> StoredDocuments:
    """Where requests find documents.

    Raises:
        OperatorError: There is nothing where the manifests should be.
    """
    require_folder(settings.trusted_documents_path)
    rules = Rules(settings.trusted_documents, get_trusted_only=settings.get_documents == "trusted")
    automatic = AutomaticDocuments(settings.apq_bytes, state) if settings.apq_bytes else None
    return StoredDocuments(rules, automatic)


def make_library(
    settings: Settings, stored: StoredDocuments, holds: Holds, holder: GenerationHolder, state: State, telling: Telling
) -> Library:
    """What keeps the trusted documents up to date."""
    read = make_reader(settings.trusted_documents_path, state)
    return Library(read, stored, holds, holder, telling.log, telling.metrics)


def telling_documents(library: Library, record: Record) -> Record:
    """Count the trusted documents of whatever comes to serve, before it is written down."""

    async def both(change: Change) -> None:
        library.tell()
        await record(change)

    return both


def refreshing(refresh: Callable[[], Awaitable[None]], load: Load) -> Load:
    """Look for trusted documents whenever the store's definitions are looked at."""

    async def both() -> Reading:
        await refresh()
        return await load()

    return both
