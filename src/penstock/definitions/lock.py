"""The lock: which GraphQL name belongs to which field and flow, since when, and what has gone but is still shown.

A name once given is never given to another field. What a store no longer has is kept here, so that it stays in the
schema for a while and its name stays taken for good.

Never here: clocks, files, how a name is chosen.
Source: the naming rules of the GraphQL conventions; CONTRACT §9.1-9.2 (ids never change, slugs may).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from penstock.definitions.age import age_key
from penstock.definitions.model import FlowDefinition

Name: TypeAlias = str
"""A GraphQL name of ours."""

TypeText: TypeAlias = str
"""A nullable output type: `String`, `CustomerSlotEnum`, `[Wishlist!]`."""

Moment: TypeAlias = str
"""RFC 3339 in UTC with milliseconds: `2026-11-21T06:18:43.120Z`. Sorts as text."""

Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=1024)]
Reason: TypeAlias = Literal["deleted", "disabled", "unreadable"]


def moment(seconds: float) -> str:
    """Epoch seconds as a `Moment`."""
    return datetime.fromtimestamp(round(seconds, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_of(text: str) -> float:
    """A `Moment`, or any other ISO 8601 text with a zone, as epoch seconds.

    Raises:
        ValueError: It is none.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.timestamp()


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that a store had and no longer offers.

    Attributes:
        why: What became of it.
        since: When that was noticed or, where upstream tells, when it happened.
        until: When it leaves the schema.
        is_over: Whether it has left the schema; what remains is that its name is taken.
    """

    why: Reason
    since: Moment
    until: Moment
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class FieldPin:
    """What is known of a field.

    Attributes:
        name: Its GraphQL name, for good.
        type: Its output type, as text.
        slug: Its slug when it was last seen.
        first_seen: When it was first seen.
        members: Of a field that is an enum: option → member, options that are gone included.
        gone: What became of it, or None while it is there.
    """

    name: Name
    type: TypeText
    slug: Text
    first_seen: Moment
    members: dict[str, Name] = field(default_factory=dict)
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class FlowPin:
    """What is known of a custom flow.

    Attributes:
        type: The type of its entries, for good.
        one: The root field that reads one entry.
        many: The root field that lists them.
        slug: Its slug when it was last seen.
        first_seen: When it was first seen.
        former: Slugs that it had before, oldest first.
        gone: What became of it, or None while it is there.
    """

    type: Name
    one: Name
    many: Name
    slug: Text
    first_seen: Moment
    former: tuple[Text, ...] = ()
    gone: Gone | None = None


Pins: TypeAlias = Mapping[str, FieldPin]
"""Field id → pin, of one owner."""


@dataclass(frozen=True, slots=True)
class Lock:
    """All pins.

    Attributes:
        fields: Owner → field id → pin. The owner is the slug of a core flow, whatever its id, or the key of a custom
            flow (see `owners_of`).
        flows: Key of a custom flow → pin.
    """

    fields: dict[str, dict[str, FieldPin]] = field(default_factory=dict)
    flows: dict[str, FlowPin] = field(default_factory=dict)

    def pins(self, owner: str) -> Pins:
        """The pins of an owner's fields."""
        return self.fields.get(owner, {})


NO_LOCK = Lock()


def owners_of(flows: Iterable[FlowDefinition], core: frozenset[str]) -> dict[str, str]:
    """Flow slug → the key under which the flow's names are pinned.

    A core flow is what its slug says, whatever its id: the key is the slug. A custom flow is what its id says: the key
    is ``flow:<id>``. Where a flow has no id, or an older flow has the same, the key is ``slug:<slug>``.

    Args:
        flows: In any order, slugs all different.
        core: The slugs of core flows.
    """
    owners: dict[str, str] = {}
    taken: set[str] = set()
    for flow in sorted(flows, key=lambda flow: (age_key(flow.created_at, flow.id), flow.slug)):
        key = flow.slug if flow.slug in core else f"flow:{flow.id}"
        if (not flow.id and flow.slug not in core) or key in taken:
            key = f"slug:{flow.slug}"
        taken.add(key)
        owners[flow.slug] = key
    return owners
