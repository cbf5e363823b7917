"""Stores that hold whatever upstream might: awkward texts, odd rules, values of other types.

Never here: tests.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from penstock.definitions.flow_file import StoreDocuments
from tests.definitions.flow_file.files import flow

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
AWKWARD = st.sampled_from(
    ["yes", "no", "null", "~", "", "1", "1e3", "0o17", "0x1F", "1:30", "2024-01-01", "- x", "a: b", "# c", "'", '"',
     "true", "=", "<<", "%x", "@x", "`x`", "*x", "&x", "!x", "|", ">", "\n", " x ", "x\ny", "\t", "\x85", "\u2028",
     "\ufeff", ".inf"]
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False) | TEXTS | AWKWARD
)
RULE = st.one_of(
    st.sampled_from([{"type": kind} for kind in ("email", "slug", "uuid", "regex", "one-to-one", "enum", "between")]),
    st.builds(lambda options: {"type": "enum", "options": options}, st.lists(SCALARS, max_size=4)),
    st.builds(lambda low, high: {"type": "between", "options": {"from": low, "to": high}}, SCALARS, SCALARS),
    st.builds(lambda to: {"type": "one-to-many", "to": to}, SCALARS),
    st.builds(lambda more: {"type": "email", **more}, st.dictionaries(TEXTS, SCALARS, max_size=2)),
)
SLUGS = TEXTS | AWKWARD | st.from_regex(r"\A[a-z_0-9-]{1,6}\Z")


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["string", "integer", "boolean", "float", "date", "relationship", "colour"]))
    return {
        "id": draw(st.from_regex(r"\A[a-z0-9-]{1,8}\Z")),
        "slug": draw(SLUGS),
        "name": draw(TEXTS | AWKWARD | st.none()),
        "description": draw(TEXTS | AWKWARD | st.none()),
        "field_type": kind,
        "required": draw(st.booleans() | st.none()),
        "enabled": draw(st.booleans() | st.none()),
        "omit_null": draw(st.booleans() | st.none()),
        "order": draw(st.none() | st.integers(-5, 5) | st.floats(allow_nan=False)),
        "default": draw(SCALARS | st.lists(SCALARS, max_size=1)),
        "validation_rules": draw(st.lists(RULE, max_size=3) | st.none()),
    }


@st.composite
def stores(draw: st.DrawFn) -> StoreDocuments:
    slugs = draw(st.lists(st.sampled_from(["customers", "wishes", "a-b", "no", "12"]), unique=True, max_size=3))
    flows = [
        flow(
            slug, name=draw(TEXTS | AWKWARD), description=draw(TEXTS | AWKWARD | st.none()), enabled=draw(st.booleans())
        )
        for slug in slugs
    ]
    listed = st.lists(fields(), max_size=4, unique_by=lambda field: str(field["id"]))  # which upstream makes itself
    return StoreDocuments(flows, {slug: draw(listed) for slug in slugs})
