"""Where graphql-core knows a kind of change, we find the same ones, at the same level or a stricter one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from graphql import build_schema, find_schema_changes
from graphql.utilities.find_schema_changes import BreakingChangeType, DangerousChangeType, SafeChangeType, SchemaChange
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all

from penstock.schema.diff import Change, diff_schemas

from .random_schemas import schemas

_B, _D, _S = BreakingChangeType, DangerousChangeType, SafeChangeType
_TWINS: dict[object, tuple[str, str]] = {
    _B.TYPE_REMOVED: ("breaking", "TYPE_REMOVED"),
    _B.TYPE_CHANGED_KIND: ("breaking", "TYPE_KIND_CHANGED"),
    _B.TYPE_REMOVED_FROM_UNION: ("breaking", "UNION_MEMBER_REMOVED"),
    _B.VALUE_REMOVED_FROM_ENUM: ("breaking", "ENUM_VALUE_REMOVED"),
    _B.REQUIRED_INPUT_FIELD_ADDED: ("breaking", "REQUIRED_INPUT_FIELD_ADDED"),
    _B.IMPLEMENTED_INTERFACE_REMOVED: ("breaking", "INTERFACE_REMOVED"),
    _B.REQUIRED_ARG_ADDED: ("breaking", "REQUIRED_ARGUMENT_ADDED"),
    _B.ARG_REMOVED: ("breaking", "ARGUMENT_REMOVED"),
    _B.DIRECTIVE_REMOVED: ("breaking", "DIRECTIVE_REMOVED"),
    _B.DIRECTIVE_ARG_REMOVED: ("breaking", "ARGUMENT_REMOVED"),
    _B.REQUIRED_DIRECTIVE_ARG_ADDED: ("breaking", "REQUIRED_ARGUMENT_ADDED"),
    _B.DIRECTIVE_REPEATABLE_REMOVED: ("breaking", "DIRECTIVE_REPEATABLE_REMOVED"),
    _B.DIRECTIVE_LOCATION_REMOVED: ("breaking", "DIRECTIVE_LOCATION_REMOVED"),
    _D.VALUE_ADDED_TO_ENUM: ("dangerous", "ENUM_VALUE_ADDED"),
    _D.TYPE_ADDED_TO_UNION: ("dangerous", "UNION_MEMBER_ADDED"),
    _D.OPTIONAL_INPUT_FIELD_ADDED: ("dangerous", "INPUT_FIELD_ADDED"),
    _D.OPTIONAL_ARG_ADDED: ("dangerous", "ARGUMENT_ADDED"),
    _D.IMPLEMENTED_INTERFACE_ADDED: ("dangerous", "INTERFACE_ADDED"),
    _S.TYPE_ADDED: ("safe", "TYPE_ADDED"),
    _S.DIRECTIVE_ADDED: ("safe", "DIRECTIVE_ADDED"),
    _S.FIELD_ADDED: ("safe", "FIELD_ADDED"),
    _S.DIRECTIVE_REPEATABLE_ADDED: ("safe", "DIRECTIVE_REPEATABLE_ADDED"),
    _S.DIRECTIVE_LOCATION_ADDED: ("safe", "DIRECTIVE_LOCATION_ADDED"),
    _S.OPTIONAL_DIRECTIVE_ARG_ADDED: ("safe", "ARGUMENT_ADDED"),
    _S.FIELD_CHANGED_KIND_SAFE: ("safe", "TYPE_CHANGED"),
    _S.ARG_CHANGED_KIND_SAFE: ("safe", "TYPE_CHANGED"),
    _S.DESCRIPTION_CHANGED: ("safe", "DESCRIPTION_CHANGED"),
    _B.FIELD_REMOVED: ("breaking", "FIELD_REMOVED"),
    _B.FIELD_CHANGED_KIND: ("breaking", "TYPE_CHANGED"),
    _B.ARG_CHANGED_KIND: ("breaking", "TYPE_CHANGED"),
}


def theirs(found: Iterable[SchemaChange]) -> Counter[tuple[str, str]]:
    return Counter(_TWINS[one.type] for one in found if "Standard scalar" not in one.description)


def ours(found: Iterable[Change]) -> Counter[tuple[str, str]]:
    def name(kind: str) -> str:
        if kind in ("FIELD_TYPE_CHANGED", "ARGUMENT_TYPE_CHANGED", "INPUT_FIELD_TYPE_CHANGED"):
            return "TYPE_CHANGED"
        return kind.replace("INPUT_FIELD_REMOVED", "FIELD_REMOVED")

    return Counter((one.level, name(one.kind)) for one in found)


@for_all(schemas(defaults=False), schemas(defaults=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_without_defaults_we_find_exactly_what_graphql_core_finds(first: str, second: str) -> None:
    old, new = build_schema(first), build_schema(second)
    found = diff_schemas(old, new)

    assert ours(found) == theirs(find_schema_changes(old, new))


@for_all(schemas(), schemas())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_graphql_core_calls_breaking_is_breaking(first: str, second: str) -> None:
    old, new = build_schema(first), build_schema(second)
    found = diff_schemas(old, new)

    breaking = theirs(one for one in find_schema_changes(old, new) if isinstance(one.type, BreakingChangeType))
    stricter = ours(one for one in found if one.kind != "DEFAULT_REMOVED" and one.level == "breaking")
    assert stricter == breaking


@for_all(schemas())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_schema_differs_from_itself(text: str) -> None:
    assert diff_schemas(build_schema(text), build_schema(text)) == ()
