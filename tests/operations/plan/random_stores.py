"""Stores with random custom data: every field type and rule, slugs that clash, fields that cannot be used.

A store is made from a number, so that its generation is built once however many examples ask for it.

Never here: rows, operations, tests.
"""

from __future__ import annotations

import random
from functools import lru_cache

from penstock.definitions.aging import Look
from penstock.definitions.lock import NO_LOCK
from penstock.schema.generation import Generation, build_generation
from penstock.schema.settling import settle
from tests.support.stores import (
    Raw,
    between,
    definitions_of,
    enum_rule,
    field_json,
    flow_json,
    generation_of,
    to_many,
    to_one,
)

CORE = ("customers", "addresses", "orders", "order_items", "carts", "cart_items")
CUSTOM = ("wishlists", "shipping-provider", "Reviews", "2fa", "customer-orders")
SLUGS = (
    *("note", "shoe-size", "shoe_size", "line_1", "2fa_secret", "orders", "name", "email", "id", "type", "meta"),
    *("password", "customer", "data", "__typename", "points", "slot", "flag", "born", "friend", "friends", "wish"),
    *("wishes", "product", "products", "relationships", "createdAt", "größe", 'quo"te', "back\\slash", "line\nfeed"),
    *("null", "f0", "g0", "status", "billing_address", "quantity", "nodes", "totalCount", "token", "a.b", "links"),
)
TARGETS = ("customer", "order", "product", "wishlists", "shipping_provider", "2fa", "nowhere")
ENUMS = (
    ("early bird", "noon"),
    ("a", "A"),
    ("true", "false", "null"),
    ("UNRECOGNIZED", "known"),
    ("", "full"),
    ("one",),
    ("x-y", "x_z", "1st"),
)


def _rules(chance: random.Random, field_type: str) -> list[Raw]:
    kind = chance.randrange(5)
    if field_type == "relationship":
        return [(to_many if kind % 2 else to_one)(chance.choice(TARGETS))] if kind else []
    if field_type == "string":
        choices = ([], [enum_rule(*chance.choice(ENUMS))], [enum_rule("a", "b")], [{"type": "email"}], [{"type": "?"}])
        return list(choices[kind])
    if field_type in ("integer", "float"):
        return [[], [between(0, 10)], [between(-(2**40), 2**60)], [enum_rule(1, 2)], [between("1", "9")]][kind]
    return [enum_rule("2024-01-01")] if field_type == "date" and not kind else []


def _field(chance: random.Random, slug: str) -> Raw:
    types = ("string", "string", "integer", "float", "boolean", "date", "relationship", "relationship", "mystery")
    field_type = chance.choice(types)
    return field_json(
        slug,
        field_type,
        *_rules(chance, field_type),
        required=chance.random() < 0.15,
        enabled=chance.random() < 0.9,
        omit_null=chance.random() < 0.3,
        default=chance.choice((None, 0, "x", 1.5, True, [1])),
        order=chance.choice((None, 1, 2)),
    )


def _fields(chance: random.Random, least: int) -> list[Raw]:
    return [_field(chance, slug) for slug in chance.sample(SLUGS, chance.randint(least, 14))]


@lru_cache(maxsize=64)
def random_store(number: int) -> Generation:
    """The generation of the store with this number; 0 has no custom data at all, 1 is plain and whole."""
    if number == 0:
        return generation_of()
    if number == 1:
        return generation_of(_plain_store())
    chance = random.Random(number)
    slugs = [slug for slug in (*CORE, *CUSTOM) if chance.random() < 0.75]
    fields = {slug: _fields(chance, 3) for slug in slugs}
    for identity, made in enumerate(field for several in fields.values() for field in several):
        made["id"] = f"{identity:08d}-0000-4000-8000-000000000000"
    flows = [flow_json(slug, enabled=chance.random() < 0.93) for slug in slugs]
    return generation_of(fields, flows) if number % 2 else _after_a_while(chance, fields, flows)


def _after_a_while(chance: random.Random, fields: dict[str, list[Raw]], flows: list[Raw]) -> Generation:
    """The store when some of its flows and fields have gone, were renamed or switched off, and new ones have come."""
    lock = settle(definitions_of(fields, flows), NO_LOCK, Look(0, 0, 1000))
    left = [flow for flow in flows if flow["slug"] in CORE or chance.random() < 0.6]
    kept = {
        slug: [field | {"enabled": chance.random() < 0.8} for field in several if chance.random() < 0.7]
        for slug, several in fields.items()
    }
    for several in kept.values():
        for field in chance.sample(several, min(2, len(several))):
            field["slug"] = f"{field['slug']}-now"
        several += [_field(chance, slug) | {"id": f"new-{slug}"} for slug in chance.sample(SLUGS, 2)]
    definitions = definitions_of(kept, left)
    return build_generation(definitions, 1, 1_800_000_000.0, lock=settle(definitions, lock, Look(1, 1, 1000)))


def _plain_store() -> dict[str, list[Raw]]:
    return {
        "customers": [
            field_json("note"),
            field_json("points", "integer"),
            field_json("wide", "integer", between(0, 2**60)),
            field_json("share", "float"),
            field_json("flag", "boolean"),
            field_json("born", "date"),
            field_json("slot", "string", enum_rule("early bird", "noon")),
            field_json("friend", "relationship", to_one("customer")),
            field_json("friends", "relationship", to_many("customer")),
            field_json("wish", "relationship", to_one("wishlists")),
            field_json("product", "relationship", to_one("product")),
            field_json("products", "relationship", to_many("product")),
            field_json("gone", enabled=False),
            field_json("odd", "mystery"),
        ],
        "addresses": [field_json("bell"), field_json("floor", "integer")],
        "orders": [field_json("gift", "boolean"), field_json("giver", "relationship", to_one("customer"))],
        "order_items": [field_json("engraving")],
        "wishlists": [field_json("title"), field_json("owner", "relationship", to_one("customer"))],
    }
