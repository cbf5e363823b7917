"""Definitions made by hand, as upstream would list them, and the generations they give.

Never here: tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from penstock.definitions import parse_definitions
from penstock.definitions.model import StoreDefinitions
from penstock.schema.generation import Generation, build_generation

Raw = dict[str, Any]


def flow_json(slug: str, **more: Any) -> Raw:
    """A flow as `GET /v2/flows` lists it."""
    return {
        "id": _id("flow", slug),
        "type": "flow",
        "slug": slug,
        "name": slug.replace("_", " ").title(),
        "description": "",
        "enabled": True,
        "meta": {"timestamps": {"created_at": "2024-01-01T00:00:00.000Z", "updated_at": "2024-01-02T00:00:00.000Z"}},
    } | more


def field_json(slug: str, field_type: str = "string", *rules: Raw, **more: Any) -> Raw:
    """A field as `GET /v2/flows/{slug}/fields` lists it."""
    return {
        "id": _id("field", slug),
        "type": "field",
        "slug": slug,
        "name": slug.replace("_", " ").capitalize(),
        "description": "",
        "field_type": field_type,
        "validation_rules": list(rules),
        "required": False,
        "enabled": True,
        "omit_null": False,
        "default": None,
        "order": None,
        "meta": {"timestamps": {"created_at": "2024-01-01T00:00:00.000Z", "updated_at": "2024-01-02T00:00:00.000Z"}},
    } | more


def made(at: str) -> Raw:
    """The `meta` of something created at a moment."""
    return {"timestamps": {"created_at": at, "updated_at": at}}


def _id(kind: str, slug: str) -> str:
    digest = hashlib.sha256(f"{kind}/{slug}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def enum_rule(*options: Any) -> Raw:
    return {"type": "enum", "options": list(options)}


def between(low: Any, high: Any) -> Raw:
    return {"type": "between", "options": {"from": low, "to": high}}


def to_one(target: str) -> Raw:
    return {"type": "one-to-one", "to": target}


def to_many(target: str) -> Raw:
    return {"type": "one-to-many", "to": target}


def definitions_of(fields: Mapping[str, Sequence[Any]], flows: Sequence[Raw] | None = None) -> StoreDefinitions:
    """What a store with these fields by flow slug says."""
    return parse_definitions(flows if flows is not None else [flow_json(slug) for slug in fields], dict(fields))


def generation_of(
    fields: Mapping[str, Sequence[Any]] | None = None, flows: Sequence[Raw] | None = None, number: int = 1
) -> Generation:
    """The generation of a store with these fields by flow slug."""
    return build_generation(definitions_of(fields or {}, flows), number, 1_800_000_000.0)
