"""No operation that was valid and is not any more goes unnamed, and none is named where nothing breaks."""

from __future__ import annotations

from graphql import (
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries

from penstock.schema.diff import diff_schemas
from penstock.schema.impact import KnownOperation, find_broken

from .diff.random_schemas import schemas

RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]


@given(schemas(), schemas(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_whatever_is_no_longer_valid_is_named(first: str, second: str, data: st.DataObject) -> None:
    old, new = build_schema(first), build_schema(second)
    text = data.draw(queries(first))
    document = parse(text)
    changes = diff_schemas(old, new)
    broken = find_broken(old, new, changes, [KnownOperation("Q", "", text)])

    if validate(old, document, RULES) == [] and validate(new, document, RULES):
        event("no longer valid")
        assert [one.operation for one in broken] == ["Q"]
    if not any(one.level == "breaking" for one in changes):
        assert broken == ()


@given(schemas(), st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_where_nothing_changes_nothing_breaks(text: str, data: st.DataObject) -> None:
    schema = build_schema(text)
    known = [KnownOperation("Q", "", data.draw(queries(text)))]

    assert find_broken(schema, schema, diff_schemas(schema, schema), known) == ()
