"""Any sound flow file, applied over the REST API, does what its plan said, and leaves nothing to do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from penstock.app import flow_store, store_rules
from penstock.definitions import parse_definitions
from penstock.definitions.age import age_key
from penstock.definitions.flow_file import StoreDocuments, after, hold, plan_flows, read_flow_file, write_flow_file
from penstock.definitions.model import FieldDefinition, FlowDefinition, StoreDefinitions
from penstock.settings import Secret, Settings
from penstock.upstream.flow_steps import Progress
from tests.support.sandboxes import sandbox

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(lambda text: text[0] != "$")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SLUGS = st.sampled_from(
    [f"{stem}{end}" for stem in ("one", "two-a", "two_a", "2three", "no", "12") for end in ("", "_x")]
)
WHOLE = st.integers(-(2**40), 2**40)
OPTIONS = {
    "string": TEXTS.filter(bool),
    "integer": WHOLE,
    "float": st.floats(-1e6, 1e6) | WHOLE,
    "date": st.dates().map(str),
}

MEETING = "flows: {{pets: {{name: Pets, fields: {{{}: {{name: A, type: date}}, {}: {{name: B, type: float}}}}}}}}"
"""Slugs that want one GraphQL name: the field that is made first gets it."""


def quoted(text: str) -> str:
    """A text as YAML that no reader can take for anything else."""
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


def shown(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else str(value).lower()


@st.composite
def rules(draw: st.DrawFn, kind: str) -> tuple[str, list[Any]]:
    """Rules of a field as a file writes them, and values that comply with them."""
    if kind == "relationship":
        word = draw(st.sampled_from(["one-to-one", "one-to-many"]))
        return f"[{{{word}: {draw(st.sampled_from(['customer', 'pets', 'product']))}}}]", []
    if kind == "boolean" or draw(st.booleans()):
        return "", [draw(st.booleans() if kind == "boolean" else OPTIONS[kind])]
    if kind in ("integer", "float") and draw(st.booleans()):
        low, high = sorted(draw(st.tuples(OPTIONS[kind], OPTIONS[kind])))
        return f"[{{between: {{from: {shown(low)}, to: {shown(high)}}}}}]", [low]
    if kind == "string" and draw(st.booleans()):
        return f"[{draw(st.sampled_from(['email', 'slug', 'uuid']))}]", []
    options = draw(st.lists(OPTIONS[kind], min_size=1, max_size=4, unique=True))
    return f"[{{enum: [{', '.join(map(shown, options))}]}}]", options


@st.composite
def fields(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["string", "integer", "float", "boolean", "date", "relationship"]))
    written, values = draw(rules(kind))
    parts = {"name": quoted(draw(NAMES)), "type": kind}
    parts |= {"description": quoted(draw(TEXTS))} if draw(st.booleans()) else {}
    parts |= {"required": "true"} if kind != "relationship" and draw(st.booleans()) else {}
    parts |= {key: word for key, word in (("enabled", "false"), ("omit_null", "true")) if draw(st.booleans())}
    parts |= {"order": str(draw(st.integers(-9, 9)))} if draw(st.booleans()) else {}
    parts |= {"default": shown(draw(st.sampled_from(values)))} if values and draw(st.booleans()) else {}
    parts |= {"rules": written} if written else {}
    return f"{{{', '.join(f'{key}: {value}' for key, value in parts.items())}}}"


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = ["flows:"]
    for slug in draw(st.lists(st.sampled_from(["customers", "pets", "wishlists", "orders"]), unique=True)):
        lines += [f"  {slug}:", f"    name: {quoted(draw(NAMES))}", "    fields:"]
        found = draw(st.dictionaries(SLUGS, fields(), max_size=5))
        lines += [f"      {name}: {text}" for name, text in found.items()]
        lines[-1:] = [] if not found else lines[-1:]
    return "\n".join(lines) + "\n"


def parsed(documents: StoreDocuments) -> StoreDefinitions:
    return parse_definitions(documents.flows, documents.fields, documents.settings)


def by_age(
    found: Sequence[FieldDefinition | FlowDefinition], touched: dict[str, str]
) -> list[FieldDefinition | FlowDefinition]:
    """Oldest first, without what the store alone decides: ids of what is new, and the moments of what was written."""
    aged = sorted(found, key=lambda one: age_key(one.created_at, one.id))
    return [
        replace(
            one,
            id=one.id if one.id in touched else "new",
            created_at="",
            updated_at=one.updated_at if one.updated_at == touched.get(one.id) else "",
        )
        for one in aged
    ]


def told_of(documents: StoreDocuments, before: StoreDefinitions) -> dict[str, object]:
    """All that a schema is made of, to be compared with another store's."""
    read = parsed(documents)
    touched = {one.id: one.updated_at for flow in before.flows for one in (flow, *flow.fields)}
    flows = by_age([replace(flow, fields=()) for flow in read.flows], touched)
    fields = {flow.slug: by_age(flow.fields, touched) for flow in read.flows}
    return {"flows": flows, "fields": fields, "problems": [(one.flow, one.slug, one.reason) for one in read.problems]}


async def apply(store_url: str, text: str) -> None:
    """Apply a file with everything allowed, and check what must hold then."""
    chosen = Settings(
        upstream_url=store_url, client_id="sandbox", client_secret=Secret("sandbox-secret"), upstream_rate_limit=0
    )
    read = read_flow_file(text)
    assert read.faults == (), text
    async with flow_store(chosen) as store:
        before = await store.documents()
        plan = plan_flows(read.declared, hold(before), store_rules())
        if plan.forbidden:
            assert all("The type of a field" in step.reasons[0] for step in plan.forbidden)
            return
        progress = Progress(plan.writes(destroy=True))
        await store.take(progress, lambda _: None)
        afterwards = await store.documents()

    assert (progress.failure, progress.otherwise, progress.done) == (None, [], len(progress.steps))
    held = hold(afterwards)
    assert plan_flows(read.declared, held, store_rules()).steps == ()
    assert plan_flows(read_flow_file(write_flow_file(held)).declared, held, store_rules()).steps == ()
    foreseen = after(before, progress.steps)
    assert told_of(foreseen, parsed(before)) == told_of(afterwards, parsed(before)), text


@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])  # two applications each: too dear to shrink
@example(first=MEETING.format("one_x", "one-x"), second=MEETING.format("one-x", "one_X"))
@given(first=files(), second=files())
def test_a_file_is_applied_as_planned_and_then_nothing_is_left(first: str, second: str) -> None:
    with sandbox() as store:
        for text in (first, second):
            asyncio.run(apply(store.url, text))
