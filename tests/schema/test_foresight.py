"""What a change of definitions does to the schema, at once and when the grace is over."""

from __future__ import annotations

from typing import Any

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK
from penstock.schema.foresight import Foresight, foresee
from penstock.schema.settling import settle
from tests.support.stores import Raw, definitions_of, field_json

DAY = 86_400.0
LOOK = Look(1_800_000_000.0, 1_800_000_000.0, 30 * DAY)


def foreseen(before: list[Raw], after: list[Raw], grace_days: float = 30) -> Foresight:
    look = Look(LOOK.began, LOOK.now, grace_days * DAY)
    return foresee(definitions_of({"customers": before}), definitions_of({"customers": after}), NO_LOCK, look)


def kinds(changes: Any) -> set[tuple[str, str]]:
    return {(change.kind, change.coordinate) for change in changes if change.coordinate.startswith("Customer.")}


def test_an_added_field_is_there_at_once() -> None:
    found = foreseen([field_json("one")], [field_json("one"), field_json("two")])

    assert kinds(found.changes) == {("FIELD_ADDED", "Customer.two")}
    assert found.later == ()


def test_a_deleted_field_is_deprecated_first_and_goes_later() -> None:
    found = foreseen([field_json("one"), field_json("two")], [field_json("one")])

    assert ("DEPRECATION_ADDED", "Customer.two") in kinds(found.changes)
    assert ("FIELD_REMOVED", "Customer.two") not in kinds(found.changes)
    assert kinds(found.later) == {("FIELD_REMOVED", "Customer.two")}


def test_without_grace_it_goes_at_once() -> None:
    found = foreseen([field_json("one"), field_json("two")], [field_json("one")], grace_days=0)

    assert kinds(found.changes) == {("FIELD_REMOVED", "Customer.two")}
    assert found.later == ()


def test_a_renamed_field_keeps_its_name() -> None:
    found = foreseen([field_json("one")], [field_json("one") | {"slug": "other"}])

    assert not any(change.level == "breaking" for change in (*found.changes, *found.later))
    assert ("FIELD_REMOVED", "Customer.one") not in kinds(found.changes)


def test_names_that_were_settled_before_count() -> None:
    original = definitions_of({"customers": [field_json("old_name")]})
    lock = settle(original, NO_LOCK, Look(LOOK.began - DAY, LOOK.now - DAY, 30 * DAY))
    renamed = definitions_of({"customers": [field_json("old_name") | {"slug": "new_name"}]})

    found = foresee(renamed, definitions_of({"customers": []}), lock, LOOK)

    assert ("DEPRECATION_ADDED", "Customer.oldName") in kinds(found.changes)


def test_what_cannot_be_used_as_it_is_is_told_where_it_is_new() -> None:
    bad = {"type": "enum", "options": []}
    found = foreseen([field_json("one", "string", bad)], [field_json("one", "string", bad), field_json("two", "odd")])

    assert [problem.slug for problem in found.problems] == ["two"]
