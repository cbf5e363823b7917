"""The laws of names, over any sequence of edits of a store, on any replicas, in any order of their looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from hypothesis import given, settings
from hypothesis import strategies as st

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK, Lock
from penstock.definitions.lock_joining import union
from penstock.definitions.lock_text import parse_lock, render_lock
from penstock.definitions.model import StoreDefinitions
from penstock.schema.extend import extend
from penstock.schema.generation import Generation, build_generation
from penstock.schema.settling import fingerprint_of, settle
from tests.support.stores import Raw, definitions_of, enum_rule, field_json, flow_json, to_many, to_one

DAY = 86_400.0
START = 1_800_000_000.0
GRACE = 30 * DAY

SLUGS = ("size", "Size", "si-ze", "name", "orders", "2", "wishlist", "größe", "a b", "a_b")
FLOWS = ("customers", "orders", "wishlists", "wish-lists", "wishes", "orders2")
RULES = (
    ("string", ()),
    ("string", (enum_rule("a b", "c"),)),
    ("string", (enum_rule("a-b", "c", "d"),)),
    ("integer", ()),
    ("relationship", (to_one("wishlists"),)),
    ("relationship", (to_many("customer"),)),
    ("mystery", ()),
)


@dataclass
class Merchant:
    """A store as its merchant edits it: flow id → flow, field id → (flow id, field)."""

    flows: dict[str, Raw] = field(default_factory=dict)
    fields: dict[str, tuple[str, Raw]] = field(default_factory=dict)
    count: int = 0

    def edit(self, step: Sequence[Any]) -> None:
        verb, which, slug, rule = step
        if verb == "add flow":
            self._add_flow(FLOWS[which % len(FLOWS)])
        elif verb == "add field" and self.flows:
            self._add_field(sorted(self.flows)[which % len(self.flows)], SLUGS[slug], RULES[rule])
        elif verb in ("drop flow", "rename flow", "switch flow") and self.flows:
            self._edit_flow(verb, sorted(self.flows)[which % len(self.flows)], FLOWS[slug % len(FLOWS)])
        elif self.fields:
            self._edit_field(verb, sorted(self.fields)[which % len(self.fields)], SLUGS[slug], RULES[rule])

    def _identity(self) -> str:
        self.count += 1
        return f"id-{self.count:03}"

    def _meta(self) -> Raw:
        # Merchants' clocks are upstream's: some definitions tell no time, and some the same one.
        stamp = f"2026-01-01T00:{self.count % 3:02}:00Z" if self.count % 4 else ""
        return {"timestamps": {"created_at": stamp, "updated_at": "2026-12-31T00:00:00Z"}}

    def _add_flow(self, slug: str) -> None:
        if slug not in {flow["slug"] for flow in self.flows.values()}:
            identity = self._identity()
            self.flows[identity] = flow_json(slug, id=identity, meta=self._meta())

    def _add_field(self, flow: str, slug: str, rule: tuple[str, tuple[Raw, ...]]) -> None:
        if not any(owner == flow and made["slug"] == slug for owner, made in self.fields.values()):
            identity = self._identity()
            self.fields[identity] = (flow, field_json(slug, rule[0], *rule[1], id=identity, meta=self._meta()))

    def _edit_flow(self, verb: str, identity: str, slug: str) -> None:
        if verb == "drop flow":
            del self.flows[identity]
            self.fields = {key: made for key, made in self.fields.items() if made[0] != identity}
        elif verb == "switch flow":
            self.flows[identity] = self.flows[identity] | {"enabled": not self.flows[identity]["enabled"]}
        elif slug not in {flow["slug"] for flow in self.flows.values()}:
            self.flows[identity] = self.flows[identity] | {"slug": slug}

    def _edit_field(self, verb: str, identity: str, slug: str, rule: tuple[str, tuple[Raw, ...]]) -> None:
        flow, made = self.fields[identity]
        if verb == "drop field":
            del self.fields[identity]
        elif verb == "switch field":
            self.fields[identity] = (flow, made | {"enabled": not made["enabled"]})
        elif verb == "change rule" and rule[0] == made["field_type"]:
            self.fields[identity] = (flow, made | {"validation_rules": list(rule[1])})
        elif verb == "rename field" and not any(
            owner == flow and other["slug"] == slug for owner, other in self.fields.values()
        ):
            self.fields[identity] = (flow, made | {"slug": slug})

    def says(self) -> tuple[dict[str, list[Raw]], list[Raw]]:
        """What upstream lists: fields by flow slug, and flows."""
        fields = {
            flow["slug"]: [made for owner, made in self.fields.values() if owner == identity]
            for identity, flow in self.flows.items()
        }
        return fields, list(self.flows.values())


VERBS = (
    *("add flow", "add field", "add field", "add field", "rename field", "rename flow", "drop field", "drop flow"),
    *("switch field", "switch flow", "change rule"),
)
steps = st.tuples(
    st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, len(SLUGS) - 1), st.integers(0, len(RULES) - 1)
)


@dataclass
class History:
    """A store, a lock and the clock, edit after edit."""

    merchant: Merchant = field(default_factory=Merchant)
    lock: Lock = NO_LOCK
    now: float = START

    def look(self, days: float) -> StoreDefinitions:
        self.now += days * DAY
        definitions = definitions_of(*self.merchant.says())
        self.lock = settle(definitions, self.lock, Look(self.now, self.now, GRACE))
        return definitions

    def generation(self) -> Generation:
        return build_generation(self.look(0), 1, self.now, lock=self.lock)


def names(lock: Lock) -> dict[tuple[str, str], str]:
    return {(owner, key): pin.name for owner, pins in lock.fields.items() for key, pin in pins.items()}


def shown(definitions: StoreDefinitions, lock: Lock) -> dict[tuple[str, str], str]:
    """(type, field id) → name, of every custom field that the schema shows."""
    found: dict[tuple[str, str], str] = {}
    for name, resource in extend(definitions, lock)[0].items():
        rows = [*resource.attributes, *resource.relations, *resource.tombstones]
        found |= {(name, row.field.id): row.name for row in rows if row.field is not None}
    return found


@settings(max_examples=120)
@given(st.lists(st.tuples(steps, st.sampled_from((0.0, 0.5, 10.0, 31.0))), min_size=1, max_size=14))
def test_a_name_never_moves_to_another_id(edits: list[tuple[Any, float]]) -> None:
    history, owners = History(), dict[tuple[str, str], str]()
    for step, days in edits:
        history.merchant.edit(step)
        before = names(history.lock)
        definitions = history.look(days)
        after = names(history.lock)

        assert {key: after[key] for key in before} == before
        for (type_name, identity), name in shown(definitions, history.lock).items():
            assert owners.setdefault((type_name, name), identity) == identity
        assert settle(definitions, history.lock, Look(history.now, history.now, GRACE)) == history.lock


@settings(max_examples=30)
@given(
    st.lists(steps, min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, len(SLUGS) - 1), st.integers(0, 6)), min_size=1, max_size=5),
)
def test_adding_never_breaks(before: list[Any], additions: list[tuple[int, int, int]]) -> None:
    history = History()
    for step in before:
        history.merchant.edit(step)
    old = history.generation()
    for which, slug, rule in additions:
        history.merchant.edit(("add flow" if rule == 6 else "add field", which, slug, rule))
    new = history.generation()

    assert _lost(old.schema, new.schema) == []


def _lost(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    """What the new schema lacks or has otherwise; a relationship that leads somewhere by now may."""
    lost = []
    for name, before in old.type_map.items():
        after = new.type_map.get(name)
        if isinstance(before, GraphQLObjectType | GraphQLInputObjectType) and not name.startswith("__"):
            fields: Mapping[str, Any] = getattr(after, "fields", {})
            for key, was in before.fields.items():
                became = fields.get(key)
                if became is None or (str(became.type) != str(was.type) and "EntryReference" not in str(was.type)):
                    lost.append(f"{name}.{key}")
        elif isinstance(before, GraphQLEnumType):
            lost += [f"{name}.{key}" for key in before.values if key not in getattr(after, "values", {})]
        elif after is None:
            lost.append(name)
    return lost


@settings(max_examples=30)
@given(
    st.lists(st.tuples(steps, st.integers(0, 2), st.sampled_from((0.001, 1.0, 31.0))), min_size=2, max_size=12),
    st.randoms(use_true_random=False),
)
def test_replicas_agree_whatever_the_order_of_their_looks(edits: list[tuple[Any, int, float]], chance: Any) -> None:
    merchant, shared, now = Merchant(), NO_LOCK, START
    for step, slow, days in edits:
        merchant.edit(step)
        now += days * DAY
        fields, flows = merchant.says()
        for replica in chance.sample(range(3), 3 - slow):
            definitions = definitions_of(fields, chance.sample(flows, len(flows)))
            shared = settle(definitions, shared, Look(now + replica / 10, now + replica / 10, GRACE))
    fields, flows = merchant.says()
    sdls = set()
    for _ in range(3):
        definitions = definitions_of(fields, chance.sample(flows, len(flows)))
        lock = settle(definitions, shared, Look(now + 1, now + 1, GRACE))
        shared = parse_lock(render_lock(lock), "the test")
        sdls.add((build_generation(definitions, 1, 0.0, lock=shared).sdl, fingerprint_of(definitions, lock)))

    assert len({sdl for sdl, _ in sdls}) == 1
    assert len(sdls) == 1


@settings(max_examples=20)
@given(st.lists(st.tuples(steps, st.sampled_from((0.0, 1.0, 31.0))), min_size=1, max_size=10))
def test_what_is_shown_is_a_function_of_definitions_and_lock(edits: list[tuple[Any, float]]) -> None:
    history = History()
    for step, days in edits:
        history.merchant.edit(step)
        history.look(days)
    fields, flows = history.merchant.says()
    texts = {
        build_generation(definitions_of(fields, flows), number, number * 1.0, lock=lock).sdl
        for number, lock in enumerate((history.lock, parse_lock(render_lock(history.lock), "a file")))
    }

    assert len(texts) == 1
    assert union(history.lock, history.lock) == Lock(dict(sorted(history.lock.fields.items())), history.lock.flows)


@settings(max_examples=60)
@given(st.lists(st.tuples(steps, st.sampled_from((0.0, 1.0, 31.0))), min_size=1, max_size=10), st.data())
def test_a_restart_from_any_earlier_lock_gives_no_name_away(edits: list[tuple[Any, float]], data: Any) -> None:
    history = History()
    locks = [history.lock]
    for step, days in edits:
        history.merchant.edit(step)
        history.look(days)
        locks.append(history.lock)
    lost = data.draw(st.sampled_from(locks))
    fields, flows = history.merchant.says()
    again = settle(definitions_of(fields, flows), lost, Look(history.now, history.now, GRACE))

    assert {key: name for key, name in names(again).items() if key in names(lost)} == names(lost)
    for pins in again.fields.values():
        taken = [pin.name for pin in pins.values()]
        assert len(taken) == len(set(taken))


def test_a_pin_says_when_it_was_first_seen() -> None:
    history = History()
    history.merchant.edit(("add flow", 0, 0, 0))
    history.merchant.edit(("add field", 0, 0, 0))
    history.look(0)
    pin = history.lock.fields["customers"]["id-002"]
    history.look(5)

    assert history.lock.fields["customers"]["id-002"] == replace(pin, first_seen="2027-01-15T08:00:00.000Z")
