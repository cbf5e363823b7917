"""What the store holds, made into a schema as a gateway would: flows, names against the lock, trusted documents.

Never here: reading or building anything in a way of its own.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from penstock.app.diagnosis.finding import Finding, counted
from penstock.app.diagnosis.held import opened
from penstock.app.documents import make_library, make_stored
from penstock.app.keeping import generation_of, known_lock, read_definitions_file
from penstock.app.operations import Following, Shared, make_runner
from penstock.app.sharing import write_locks
from penstock.app.store import Store, definitions_source
from penstock.app.telling import Telling
from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_news import news
from penstock.definitions.model import Problem
from penstock.definitions.reading import Reading
from penstock.definitions.text import clean_line
from penstock.errors import DefinitionError, OperatorError, PenstockError, StateError, UpstreamError
from penstock.lifecycle import GenerationHolder
from penstock.operations.chronicle import Silent
from penstock.resources.catalogue import CORE
from penstock.schema.generation import Generation
from penstock.settings import Settings
from penstock.state import Clocks
from penstock.telemetry.logs import create_log
from penstock.telemetry.metrics import Metrics

_MOST_SHOWN = 100
_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Content:
    """What was made of the store.

    Attributes:
        generation: The schema that a gateway would serve now.
        before: The names that it would begin with.
    """

    generation: Generation
    before: Lock


async def look_at_flows(settings: Settings, store: Store | None) -> tuple[Content | None, Finding]:
    """Read the definitions and build the schema of them.

    Args:
        settings: Every choice an operator has.
        store: The way to the store; None where definitions come from a file.
    """
    try:
        reading = await _read(settings, store)
        before = await _lock_or_none(settings)
        generation = await asyncio.to_thread(generation_of, settings, reading, before)
    except OperatorError as error:
        return None, Finding("flows", "failed", _plain(error), "Correct what is named here.")
    except UpstreamError as error:
        return None, Finding("flows", "failed", _plain(error), _remedy(settings, error))
    except DefinitionError as error:
        return None, Finding("flows", "failed", _plain(error), "Change the flow or the field that is named here.")
    return Content(generation, before), _of_flows(settings, generation)


async def _read(settings: Settings, store: Store | None) -> Reading:
    if store is None:
        return read_definitions_file(settings.definitions)
    return await definitions_source(settings, store).load()


async def _lock_or_none(settings: Settings) -> Lock:
    """The names that are known; none where the lock or the state cannot be used, which other checks tell."""
    try:
        return await known_lock(settings)
    except (OperatorError, StateError):
        return NO_LOCK


def _remedy(settings: Settings, error: UpstreamError) -> str:
    if error.status in _REFUSED and not settings.client_secret:
        return "Give the client secret as PENSTOCK_CLIENT_SECRET: a shopper's token may not read flows in this store."
    if error.status in _REFUSED:
        return "Let the API key of PENSTOCK_CLIENT_ID read flows and fields."
    return "Wait for the store, or see in its status page what is the matter; nothing of it is read by halves."


def _of_flows(settings: Settings, generation: Generation) -> Finding:
    definitions = generation.definitions
    there = {flow.slug for flow in definitions.flows}
    fields = sum(len(flow.fields) for flow in definitions.flows)
    kinds = Counter("set aside" if _is_quarantined(one, generation) else "noted" for one in generation.problems)
    where = f"the file {settings.definitions}" if settings.definitions else "the store"
    summary = f"{where} has {counted(len(there), 'flow')} with {counted(fields, 'usable field')}"
    absent = sorted(one.flow for one in CORE if one.flow is not None and one.flow not in there)
    details = (
        [f"There is no flow {', '.join(absent)}, as long as nobody extends that; this is normal."] if absent else []
    )
    if not generation.problems:
        return Finding("flows", "ok", summary, "", tuple(details))
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items(), reverse=True))
    return Finding(
        "flows",
        "warning",
        f"{summary}; problems: {told}",
        "Change these fields in the store; until then they are served as said here.",
        (*_shortened([_sentence(one) for one in generation.problems]), *details),
    )


def _is_quarantined(problem: Problem, generation: Generation) -> bool:
    return any((problem.flow, problem.slug) == (flow, slug) for flow, _, slug in generation.definitions.quarantined)


def _sentence(problem: Problem) -> str:
    place = ".".join(part for part in (problem.flow, problem.slug) if part)
    return f"{place or 'flows'}: {problem.reason}"


def _shortened(lines: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(clean_line(line, 500) for line in lines[:_MOST_SHOWN])
    return kept if len(lines) <= _MOST_SHOWN else (*kept, f"… and {len(lines) - _MOST_SHOWN} more.")


async def look_at_names(settings: Settings, content: Content) -> Finding:
    """Hold the names of the schema against those that are pinned."""
    try:
        known = await known_lock(settings)
    except StateError as error:
        remedy = "See the check of the state; a gateway would go on with names of its own."
        return Finding("names", "warning", f"the lock of the shared state is not known: {_plain(error)}", remedy)
    except OperatorError as error:
        return Finding("names", "failed", _plain(error), "Restore the lock, or remove it and pin the names anew.")
    if known == NO_LOCK:
        return Finding("names", "ok", "none are pinned yet; a gateway pins them when it first reads the store")
    told = news(known, content.generation.lock)
    if not told:
        return Finding("names", "ok", "every name is as it is pinned")
    summary = f"{counted(len(told), 'difference')} between the lock and the store"
    remedy = "Look them through; a gateway takes them over when it next reads the store."
    if settings.schema_lock:
        remedy = f"Look them through, then write them into {settings.schema_lock} with `penstock schema lock`."
    return Finding("names", "warning", summary, remedy, _shortened(told))


async def look_at_documents(settings: Settings, store: Store, content: Content, clocks: Clocks) -> Finding:
    """Prepare every trusted document on the schema, as a gateway does before it serves."""
    outages: list[str] = []
    metrics = Metrics(clocks.epoch)
    telling = Telling(metrics, create_log("error", "json", io.StringIO()), None, lambda: None)
    holder = GenerationHolder()
    holder.swap(content.generation, content.generation.loaded_at)
    try:
        async with opened(settings, clocks, outages) as state:
            stored = make_stored(settings, state)
            shared = Shared(state, write_locks(settings, state), stored)
            runner = make_runner(settings, store, telling, shared, _FOLLOWS_NOTHING)
            library = make_library(settings, stored, runner, holder, state, telling)
            await library.refresh()
            shelf = library.shelf
    except PenstockError as error:
        return Finding("documents", "failed", _plain(error), "Correct what is named here.")
    if shelf.unusable:
        return Finding(
            "documents",
            "warning",
            f"{counted(shelf.ready, 'trusted document')} can be run; of the manifests, "
            f"{counted(len(shelf.unusable), 'thing')} cannot be used",
            "Write the manifests anew from the clients' present operations, or bring back what they ask for.",
            _shortened(shelf.unusable),
        )
    if not shelf.ready and settings.trusted_documents == "only":
        remedy = "Put manifests where PENSTOCK_TRUSTED_DOCUMENTS_PATH says, or publish them."
        return Finding("documents", "warning", "there are none, and nothing else is run", remedy)
    return Finding("documents", "ok", f"{counted(shelf.ready, 'trusted document')} can be run")


async def _follow_nothing() -> str:
    return ""


_FOLLOWS_NOTHING = Following(_follow_nothing, Silent(), lambda *_: None)


def _plain(error: PenstockError) -> str:
    return str(error).rstrip(".")
