"""Names are settled once: whatever a store does afterwards, a name stays with its id, and what goes says so first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLObjectType

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK, FieldPin, Lock
from penstock.definitions.model import StoreDefinitions
from penstock.resources.rows import Tombstone
from penstock.schema.generation import Generation, build_generation
from penstock.schema.settling import fingerprint_of, settle
from tests.support.stores import Raw, definitions_of, enum_rule, field_json, flow_json, to_many, to_one

DAY = 86_400.0
START = 1_800_000_000.0
"""2027-01-15T08:00:00Z."""


def at(days: float, grace_days: float = 30) -> Look:
    moment = START + days * DAY
    return Look(moment, moment, grace_days * DAY)


def field(slug: str, *more: Any, id: str | None = None, **keys: Any) -> Raw:
    return field_json(slug, *more, **keys) | ({"id": id} if id else {})


class Story:
    """A store as it changes, and the lock that goes with it."""

    def __init__(self) -> None:
        self.lock = NO_LOCK
        self.definitions = StoreDefinitions()

    def look(
        self, day: float, fields: dict[str, list[Raw]], flows: list[Raw] | None = None, grace_days: float = 30
    ) -> Generation:
        self.definitions = definitions_of(fields, flows)
        self.lock = settle(self.definitions, self.lock, at(day, grace_days))
        assert settle(self.definitions, self.lock, at(day, grace_days)) == self.lock
        return build_generation(self.definitions, 1, START, lock=self.lock)


def shown(generation: Generation, type_name: str = "Customer") -> dict[str, Any]:
    found = generation.schema.type_map[type_name]
    assert isinstance(found, GraphQLObjectType)
    return found.fields


def inputs(generation: Generation, name: str = "CustomerUpdateInput") -> set[str]:
    return set(generation.schema.type_map[name].fields)  # type: ignore[attr-defined] # an input object


def test_a_renamed_slug_keeps_its_name_and_resolves_the_new_slug() -> None:
    story = Story()
    story.look(0, {"customers": [field("delivery_slot", id="f1")]})
    generation = story.look(1, {"customers": [field("slot-of-delivery", id="f1")]})

    row = next(
        row for row in generation.description.resources["Customer"].attributes if row.field and row.field.id == "f1"
    )
    assert (row.name, row.path) == ("deliverySlot", ("slot-of-delivery",))
    assert "slotOfDelivery" not in shown(generation)
    assert story.lock.fields["customers"]["f1"].slug == "slot-of-delivery"


def test_a_deleted_field_stays_as_null_with_dates_and_then_goes() -> None:
    story = Story()
    story.look(0, {"customers": [field("points", "integer", id="f1")]})
    buried = story.look(1, {"customers": []})
    gone = story.look(31, {"customers": []})

    assert str(shown(buried)["points"].type) == "Int"
    reason = str(shown(buried)["points"].deprecation_reason)
    assert "2027-01-16" in reason
    assert "2027-02-15" in reason
    assert "points" not in inputs(buried)
    assert "points" not in shown(gone)


def test_the_name_of_what_has_gone_is_nobody_elses() -> None:
    story = Story()
    story.look(0, {"customers": [field("size", "integer", id="f1")]})
    changed = story.look(1, {"customers": [field("size", "string", id="f2")]})
    later = story.look(100, {"customers": [field("size", "string", id="f2"), field("size!", id="f3")]})

    assert str(shown(changed)["size"].type) == "Int"
    assert shown(changed)["size"].deprecation_reason
    assert str(shown(changed)["size2"].type) == "String"
    assert inputs(changed) >= {"size2"}
    assert "size" not in shown(later)
    assert {"size2", "size3"} <= set(shown(later))


def test_a_field_that_comes_back_has_its_name_back() -> None:
    story = Story()
    story.look(0, {"customers": [field("size", id="f1")]})
    story.look(1, {"customers": []})
    story.look(200, {"customers": [field("size", id="f2")]})
    generation = story.look(201, {"customers": [field("size", id="f2"), field("largeness", id="f1")]})

    assert shown(generation)["size"].deprecation_reason is None
    assert shown(generation)["size2"].deprecation_reason is None
    assert story.lock.fields["customers"]["f1"].gone is None


def test_a_disabled_field_counts_its_grace_from_when_it_was_noticed() -> None:
    story = Story()
    story.look(0, {"customers": [field("note", id="f1")]})
    disabled = {"customers": [field("note", id="f1", enabled=False, updated="2001-01-01T00:00:00Z")]}

    assert "2027-01-16" in str(shown(story.look(1, disabled))["note"].deprecation_reason)
    assert "note" in shown(story.look(30, disabled))
    assert "note" not in shown(story.look(31, disabled))
    assert "note" in inputs(story.look(32, {"customers": [field("note", id="f1")]}))


def test_a_field_disabled_long_before_the_first_look_is_not_shown() -> None:
    stamps = {"timestamps": {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00.000Z"}}
    recent = {"timestamps": {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2027-01-10T00:00:00.000Z"}}
    generation = Story().look(
        0, {"customers": [field("old", enabled=False, meta=stamps), field("new", enabled=False, meta=recent)]}
    )

    assert "old" not in shown(generation)
    assert "2027-01-10" in str(shown(generation)["new"].deprecation_reason)


@pytest.mark.parametrize("flows", [[], [flow_json("customers-2027", id="flow-1")]])
def test_a_missing_or_renamed_core_flow_is_a_normal_state(flows: list[Raw]) -> None:
    story = Story()
    fields = [field("note", id="f1"), field("slot", "string", enum_rule("a", "b"), id="f2")]
    story.look(0, {"customers": fields}, [flow_json("customers", id="flow-1")])
    generation = story.look(1, {flow["slug"]: fields for flow in flows}, flows)
    back = story.look(2, {"customers": fields}, [flow_json("customers", id="flow-1")])

    assert shown(generation)["note"].deprecation_reason
    assert str(shown(generation)["slot"].type) == "CustomerSlotEnum"
    assert shown(back)["note"].deprecation_reason is None
    assert inputs(back) >= {"note", "slot"}
    if flows:
        assert "note" in shown(generation, "Customers2027")
        assert shown(back, "Customers2027")["note"].deprecation_reason


def test_a_deleted_flow_keeps_its_type_and_its_ways_for_a_while() -> None:
    story = Story()
    wishes = {"wishlists": [field("title", id="f1"), field("owner", "relationship", to_one("customer"), id="f2")]}
    story.look(0, wishes | {"customers": [field("wish", "relationship", to_many("wishlists"), id="f3")]})
    fields = {"customers": [field("wish", "relationship", to_many("wishlists"), id="f3")]}
    buried = story.look(1, fields)
    gone = story.look(40, fields)

    assert shown(buried, "Query")["wishlist"].deprecation_reason
    assert shown(buried, "Query")["wishlists"].deprecation_reason
    assert shown(buried, "Wishlist")["title"].deprecation_reason
    assert str(shown(buried, "Wishlist")["owner"].type) == "Customer"
    assert str(shown(buried)["wish"].type) == "[Wishlist!]"
    assert shown(buried)["wish"].deprecation_reason
    assert "Wishlist" not in gone.schema.type_map
    assert str(shown(gone)["wish"].type) == "[EntryReference!]"


def test_a_switched_off_flow_is_a_tombstone_and_comes_back() -> None:
    story = Story()
    fields = {"wishlists": [field("title", id="f1")]}
    story.look(0, fields)
    off = story.look(1, fields, [flow_json("wishlists", enabled=False)])
    on = story.look(2, fields)

    assert shown(off, "Query")["wishlists"].deprecation_reason
    assert shown(off, "Wishlist")["title"].deprecation_reason
    assert shown(on, "Query")["wishlists"].deprecation_reason is None
    assert shown(on, "Wishlist")["title"].deprecation_reason is None


def test_a_renamed_flow_keeps_its_type_and_what_led_to_it() -> None:
    story = Story()
    wish = field("wish", "relationship", to_one("wishlists"), id="f3")
    story.look(0, {"customers": [wish], "wishlists": [field("title", id="f1")]}, _flows("wishlists"))
    generation = story.look(1, {"customers": [wish], "dreams": [field("title", id="f1")]}, _flows("dreams"))

    assert str(shown(generation, "Query")["wishlists"].type) == "WishlistConnection"
    assert generation.description.resources["Wishlist"].roots[0].route.template == "/v2/flows/dreams/entries/{id}"
    assert str(shown(generation)["wish"].type) == "Wishlist"
    assert shown(generation, "Wishlist")["title"].deprecation_reason is None


def _flows(slug: str) -> list[Raw]:
    return [flow_json("customers"), flow_json(slug, id="flow-w")]


def test_a_new_flow_under_the_slug_of_a_deleted_one_is_another_type() -> None:
    story = Story()
    story.look(0, {"wishlists": [field("title", id="f1")]}, [flow_json("wishlists", id="one")])
    generation = story.look(1, {"wishlists": [field("title", id="f9")]}, [flow_json("wishlists", id="two")])

    assert shown(generation, "Query")["wishlists"].deprecation_reason
    assert shown(generation, "Query")["wishlists2"].deprecation_reason is None
    assert shown(generation, "Wishlist2")["title"].deprecation_reason is None


def test_members_are_pinned_so_that_adding_an_option_never_takes_the_enum_away() -> None:
    story = Story()
    story.look(0, {"customers": [field("slot", "string", enum_rule("a b", "c"), id="f1")]})
    generation = story.look(
        1, {"customers": [field("slot", "string", enum_rule("c", "a-b", "a b", "!", "", "UNRECOGNIZED"), id="f1")]}
    )

    enum = generation.description.enums["CustomerSlotEnum"]
    assert [(name, value) for name, value, _ in enum.members if value] == [
        ("C", "c"),
        ("A_B_2", "a-b"),
        ("A_B", "a b"),
        ("OPTION", "!"),
        ("UNRECOGNIZED_2", "UNRECOGNIZED"),
    ]


def test_a_member_that_went_and_comes_back_has_its_name_back() -> None:
    story = Story()
    story.look(0, {"customers": [field("slot", "string", enum_rule("a b", "c"), id="f1")]})
    story.look(1, {"customers": [field("slot", "string", enum_rule("c", "a-b"), id="f1")]})
    generation = story.look(2, {"customers": [field("slot", "string", enum_rule("a b", "a-b", "c"), id="f1")]})

    members = {value: name for name, value, _ in generation.description.enums["CustomerSlotEnum"].members}
    assert members == {"a b": "A_B", "a-b": "A_B_2", "c": "C", "": "UNRECOGNIZED"}


def test_an_enum_keeps_its_name_though_its_field_is_renamed_or_another_wants_it() -> None:
    story = Story()
    story.look(0, {"customers": [field("slot", "string", enum_rule("a"), id="f1")]})
    generation = story.look(
        1,
        {
            "customers": [
                field("window", "string", enum_rule("a"), id="f1"),
                field("slot_", "string", enum_rule("b"), id="f2"),
            ]
        },
    )

    assert str(shown(generation)["slot"].type) == "CustomerSlotEnum"
    assert str(shown(generation)["slot2"].type) == "CustomerSlot2Enum"


def test_an_unreadable_field_is_a_tombstone_too() -> None:
    story = Story()
    story.look(0, {"customers": [field("note", id="f1")]})
    generation = story.look(1, {"customers": [field("note", "hologram", id="f1")]})

    assert "readable" in str(shown(generation)["note"].deprecation_reason)


def test_without_grace_things_go_at_once() -> None:
    story = Story()
    story.look(0, {"customers": [field("note", id="f1")], "wishlists": []}, grace_days=0)
    generation = story.look(1, {"customers": []}, grace_days=0)

    assert "note" not in shown(generation)
    assert "Wishlist" not in generation.schema.type_map


def test_news_of_a_later_look_of_another_replica_is_not_unlearnt() -> None:
    before = definitions_of({"customers": [field("a", id="f1")]})
    after = definitions_of({"customers": [field("a", id="f1"), field("b", id="f2")]})
    lock = settle(after, settle(before, NO_LOCK, at(0)), at(2))
    slow = Look(began=START + 1 * DAY, now=START + 3 * DAY, grace_seconds=DAY)

    assert settle(before, lock, slow) == lock
    assert "b" not in shown(build_generation(before, 1, START, lock=lock))


def test_a_name_that_the_gateway_needs_by_now_gives_way() -> None:
    definitions = definitions_of({"customers": [field("mail", id="f1")]})
    lock = Lock({"customers": {"f1": FieldPin("email", "String", "mail", "2027-01-01T00:00:00.000Z")}})
    settled = settle(definitions, lock, at(0))

    assert settled.fields["customers"]["f1"].name == "mail"


def test_a_lock_written_by_hand_never_breaks_the_schema() -> None:
    moment = "2027-01-01T00:00:00.000Z"
    first = Story()
    first.look(0, {"customers": [field("a", id="f1")], "wishlists": []})
    first.look(1, {"customers": []})
    gone = first.lock.fields["customers"]["f1"].gone
    assert gone is not None
    pins = {
        f"x{index}": FieldPin(name, type_, "s", moment, gone=gone)
        for index, (name, type_) in enumerate(
            [("id", "String"), ("a", "String"), ("b", "OrderStatusEnum"), ("c", "Nothing"), ("d", "[CEnum!]")]
        )
    }
    flow = first.lock.flows[next(iter(first.lock.flows))]
    flows = {"flow:a": flow, "flow:b": flow, "flow:c": replace(flow, type="Customer", one="me", many="customers")}
    generation = build_generation(
        definitions_of({"customers": [field("a", id="f2")]}), 1, START, lock=Lock({"customers": pins}, flows)
    )

    customer = generation.description.resources["Customer"]
    assert [tombstone.name for tombstone in customer.tombstones] == ["a", "c", "d"]
    assert isinstance(generation.description.objects["Customer"].field("c").source, Tombstone)


def test_the_fingerprint_knows_all_that_makes_a_schema_and_nothing_else() -> None:
    definitions = definitions_of({"customers": [field("a", id="f1")]})
    lock = settle(definitions, NO_LOCK, at(0))
    seen_later = settle(definitions, NO_LOCK, at(5))
    empty = definitions_of({"customers": []})

    assert lock != seen_later
    assert fingerprint_of(definitions, lock) == fingerprint_of(definitions, seen_later)
    assert fingerprint_of(empty, settle(empty, lock, at(1))) != fingerprint_of(empty, settle(empty, lock, at(40)))
