"""Reading stored values is total: whatever JSON holds, a value of the right kind comes out, or null."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.definitions.model import JSON
from penstock.operations.rows import references
from penstock.operations.values import at, coerce_epoch, coercer
from penstock.resources.attributes import Attribute, EnumRow, Kind

ANYTHING: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["12", "1e5", "true", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ENUM = EnumRow("E", "", (("A", "a", ""), ("B", "b c", "")))


def attribute(kind: Kind) -> Attribute:
    return Attribute("x", ("x",), kind, "", enum=ENUM if kind is Kind.ENUM else None)


def is_of(kind: Kind, value: JSON) -> bool:
    match kind:
        case Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
        case Kind.BIG_INT:
            number = int(value) if isinstance(value, str) else value
            return isinstance(number, int) and isinstance(value, str) is (abs(number) > 2**53 - 1)
        case Kind.FLOAT:
            return isinstance(value, float) and json.dumps(value, allow_nan=False) != ""
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.ENUM:
            return value in ("A", "B", "UNRECOGNIZED")
        case Kind.JSON:
            return True
        case Kind.DATE_TIME | Kind.EPOCH:
            return isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[Tt ]", value) is not None
        case _:
            return isinstance(value, str) and value.encode() is not None


@pytest.mark.parametrize("kind", list(Kind))
@given(value=ANYTHING)
def test_a_coercer_gives_its_kind_or_nothing(kind: Kind, value: JSON) -> None:
    read = coercer(attribute(kind))(value)

    assert read is None or is_of(kind, read)


@given(value=ANYTHING, path=st.lists(st.text(max_size=3), min_size=1, max_size=4).map(tuple))
def test_any_path_can_be_read_of_any_row(value: JSON, path: tuple[str, ...]) -> None:
    row = {path[0]: value}

    found = at(row, path)

    assert found is None or len(path) == 1 or isinstance(row.get(path[0]), dict)


@given(value=ANYTHING)
def test_references_are_read_of_anything_and_can_be_asked_for(value: JSON) -> None:
    for kind, identity in references(value):
        assert isinstance(kind, str)
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", identity)


@pytest.mark.parametrize(
    ("seconds", "read"),
    [
        (1893542400, "2030-01-02T00:00:00Z"),
        ("1893542400", "2030-01-02T00:00:00Z"),
        (0, None),
        (-1, None),
        (10**20, None),
    ],
)
def test_seconds_since_the_epoch_are_read_as_a_moment(seconds: JSON, read: str | None) -> None:
    assert coerce_epoch(seconds) == read
