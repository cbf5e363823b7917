"""What runs operations, built from settings: the services all requests share, the limits, the compiler.

Never here: an `if` about business.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from penstock.app.store import Store
from penstock.app.telling import Telling
from penstock.lifecycle import ReloadReport
from penstock.lifecycle.memory import set_aside
from penstock.lifecycle.stages import Build, Settled
from penstock.operations.chronicle import Chronicle
from penstock.operations.documents import Compile, DocumentSettings
from penstock.operations.limits import Limits
from penstock.operations.locks import WriteLocks
from penstock.operations.plan import CompiledPlan, compile_operation
from penstock.operations.runner import Runner
from penstock.operations.services import OnRun, Services
from penstock.operations.stored import StoredDocuments
from penstock.schema.generation import Generation, build_generation
from penstock.settings import Settings
from penstock.state import State
from penstock.telemetry.metrics import Metrics
from penstock.telemetry.redaction import describe_failure


@dataclass(frozen=True, slots=True)
class Following:
    """How operations and the life of the schema know of each other.

    Attributes:
        redefine: Makes the schema follow the store's definitions; gives why it could not, or "".
        chronicle: What was changed when.
        on_run: Counts who uses which custom field.
    """

    redefine: Callable[[], Awaitable[str]]
    chronicle: Chronicle
    on_run: OnRun


@dataclass(frozen=True, slots=True)
class Shared:
    """What operations share with those of other replicas.

    Attributes:
        state: Which writes were made under a client's key.
        locks: Serialises the writes to one resource.
        stored: Documents that are asked for by name.
    """

    state: State
    locks: WriteLocks
    stored: StoredDocuments


def make_runner(settings: Settings, store: Store, telling: Telling, shared: Shared, following: Following) -> Runner:
    """What runs operations."""
    services = make_services(settings, store, telling, shared, following)
    return Runner(services, document_settings(settings), make_compiler(settings, telling.metrics), shared.stored)


async def follow(reload: Callable[[], Awaitable[ReloadReport]]) -> str:
    """Look at the definitions that were just written; why the schema does not have them, or ""."""
    report = await reload()
    match report.outcome:
        case "swapped" | "unchanged":
            return ""
        case "held":
            return f"The store has it; the schema waits. {report.reason}"
        case "failed":
            return "The store has it; the schema could not be made anew yet and will follow."
        case _:
            assert_never(report.outcome)


def make_services(settings: Settings, store: Store, telling: Telling, shared: Shared, following: Following) -> Services:
    """What all requests share."""
    metrics, log = telling.metrics, telling.log
    return Services(
        transport=store.transport,
        anonymous=store.anonymous,
        sign_up=store.own if settings.allow_sign_up else None,
        budget=settings.operation_budget,
        concurrency=settings.upstream_concurrency,
        timeout_seconds=settings.request_timeout_seconds,
        state=shared.state,
        locks=shared.locks,
        redefine=following.redefine,
        chronicle=following.chronicle,
        on_run=following.on_run,
        on_uncoercible=metrics.value_coercion_failed,
        on_dropped=metrics.row_dropped,
        largest_page=settings.max_page,
        most_entities=settings.max_entities,
        on_limit=metrics.limit_exceeded,
        on_bug=lambda bug: log.error("bug", **describe_failure(bug)),
    )


def document_settings(settings: Settings) -> DocumentSettings:
    """How documents are judged and how many are remembered."""
    return DocumentSettings(
        limits=Limits(
            characters=settings.max_document_characters,
            tokens=settings.max_document_tokens,
            operations=settings.max_operations,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            root_fields=settings.max_root_fields,
            mutations=settings.max_mutations,
            directives=settings.max_directives,
            cost=settings.max_cost,
            variables_bytes=settings.max_variables_bytes,
            variables_depth=settings.max_variables_depth,
        ),
        introspection=settings.introspection,
        suggestions=settings.suggestions,
        shows_cost=settings.show_cost,
        cache_entries=settings.document_cache_entries,
        cache_characters=settings.document_cache_bytes,
    )


def make_build(settings: Settings, prepare: Callable[[Generation], None]) -> Build:
    """How definitions become a generation that is ready to serve."""

    def build(settled: Settled, number: int) -> Generation:
        set_aside()
        generation = build_generation(
            settled.definitions,
            number,
            settled.loaded_at,
            settled.source,
            settled.lock,
            is_subgraph=settings.federation,
        )
        prepare(generation)  # bound to its resolvers here, in the worker thread, not by the first request
        return generation

    return build


def make_compiler(settings: Settings, metrics: Metrics) -> Compile:
    """What makes plans; nothing does where the operator wants the reference executor for everything."""
    if settings.executor == "reference":
        return lambda *_: "switched off"

    def counted(plan: CompiledPlan | str) -> CompiledPlan | str:
        if isinstance(plan, str):
            metrics.reference_used(plan)
        return plan

    failed = metrics.value_coercion_failed
    return lambda generation, document, operation: counted(compile_operation(generation, document, operation, failed))
