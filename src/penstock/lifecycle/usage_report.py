"""Who still uses which custom field, as an operator asks before deleting one.

Never here: counting.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.definitions.lock import moment
from penstock.lifecycle.usage_book import UsageBook, Use
from penstock.schema.generation import Generation


@dataclass(frozen=True, slots=True)
class ClientUse:
    """What one client did: operations that read, operations that wrote, when it last did either."""

    client: str
    reads: int
    writes: int
    last_used_at: str


@dataclass(frozen=True, slots=True)
class FieldUse:
    """What all clients did with one field.

    Attributes:
        id: The field's id.
        flow: Slug of its flow, or "" where the store has it no more.
        slug: Its slug, or "".
        place: Where it stands in the schema, as ``Customer.deliverySlot``; "" where it does not.
        reads: Operations that read it.
        writes: Operations that wrote it.
        last_used_at: When anybody did either, in RFC 3339; None for never.
        clients: Each client, the most recent first.
    """

    id: str
    flow: str
    slug: str
    place: str
    reads: int
    writes: int
    last_used_at: str | None
    clients: tuple[ClientUse, ...]


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Since when it was counted, and every custom field, by where it stands."""

    since: str
    fields: tuple[FieldUse, ...]


def report_usage(book: UsageBook, generation: Generation | None) -> UsageReport:
    """Every field of the store, used or not, and every field that was used and has gone."""
    places = _places(generation) if generation is not None else {}
    flows = generation.definitions.flows if generation is not None else ()
    origins = {field.id: (flow.slug, field.slug) for flow in flows for field in flow.fields}
    made = [
        _field(identity, origins.get(identity, ("", "")), places.get(identity, ""), book.uses.get(identity, {}))
        for identity in dict.fromkeys((*origins, *places, *book.uses))
    ]
    return UsageReport(moment(book.since), tuple(sorted(made, key=lambda one: (one.place or "~", one.flow, one.slug))))


def _field(identity: str, origin: tuple[str, str], place: str, clients: dict[str, Use]) -> FieldUse:
    ordered = sorted(clients.items(), key=lambda item: (-item[1].used_at, item[0]))
    return FieldUse(
        identity,
        *origin,
        place,
        sum(use.reads for use in clients.values()),
        sum(use.writes for use in clients.values()),
        moment(ordered[0][1].used_at) if ordered else None,
        tuple(ClientUse(client, use.reads, use.writes, moment(use.used_at)) for client, use in ordered),
    )


def _places(generation: Generation) -> dict[str, str]:
    """Field id → where it stands, what is shown for a while only included."""
    return {
        field.definition.id: f"{owner.name}.{field.name}"
        for owner in generation.description.objects.values()
        for field in owner.fields
        if field.definition is not None
    }
