"""Short ways to what the tests compare: a store from documents, a plan from a text.

Never here: tests.
"""

from __future__ import annotations

import textwrap
from typing import Any

from penstock.definitions.flow_file import (
    FlowPlan,
    HeldStore,
    StoreDocuments,
    StoreRules,
    hold,
    plan_flows,
    read_flow_file,
)

RULES = StoreRules(
    frozenset({"customers", "orders", "addresses"}),
    lambda slug: frozenset({"id", "email"}) if slug == "customers" else frozenset({"id"}),
)


def text_of(lines: str) -> str:
    """A text without its indentation and its first line break."""
    return textwrap.dedent(lines).lstrip("\n")


def faults_of(lines: str) -> list[tuple[int, str]]:
    """What is wrong with a file."""
    return [(fault.line, fault.message) for fault in read_flow_file(text_of(lines)).faults]


def store(fields: dict[str, list[dict[str, Any]]], flows: list[dict[str, Any]] | None = None) -> HeldStore:
    """A store with these fields by flow slug, each flow named as its slug where none is given."""
    listed = flows if flows is not None else [flow(slug) for slug in fields]
    return hold(StoreDocuments(listed, fields))


def flow(slug: str, **more: Any) -> dict[str, Any]:
    """A flow as upstream lists it."""
    return {"id": f"id-{slug}", "type": "flow", "slug": slug, "name": slug, "description": slug, "enabled": True} | more


def held_field(slug: str, field_type: str = "string", **more: Any) -> dict[str, Any]:
    """A field as upstream lists it, named as its slug."""
    return {
        "id": f"id-{slug}",
        "type": "field",
        "slug": slug,
        "name": slug,
        "description": slug,
        "field_type": field_type,
        "validation_rules": [],
        "required": False,
        "enabled": True,
        "omit_null": False,
        "default": None,
        "order": None,
    } | more


def plan_of(lines: str, held: HeldStore) -> FlowPlan:
    """The plan from a sound file to a store."""
    read = read_flow_file(text_of(lines))
    assert read.faults == ()
    return plan_flows(read.declared, held, RULES)


def said(plan: FlowPlan) -> list[str]:
    """Each step as a word and a name, in order."""
    return [f"{step.kind.value} {step.name}" for step in plan.steps]


def refused(plan: FlowPlan) -> dict[str, tuple[str, ...]]:
    """What is forbidden, with its reasons."""
    return {step.name: step.reasons for step in plan.forbidden}
