"""Custom data on a resource: taking values in, showing them flat, following relationships.

Never here: definitions' endpoints, core attributes of any resource.

Source: CONTRACT §9.3 to 9.6, R10, Q4, Q14 to Q17.
"""

from __future__ import annotations

from collections.abc import Iterable

from penstock.sandbox.calls import Call
from penstock.sandbox.catalog import Field
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, listing, mapping
from penstock.sandbox.errors import ApiError, Problem
from penstock.sandbox.faults import Fault
from penstock.sandbox.moments import to_milliseconds_text
from penstock.sandbox.rules import find_fault
from penstock.sandbox.tables import (
    ADDRESSES,
    CART_ITEMS,
    CARTS,
    CUSTOMERS,
    ENTRIES,
    FLOWS,
    ORDER_ITEMS,
    ORDERS,
    PROMOTIONS,
    Table,
)

CORE_TABLES: dict[str, Table] = {
    "customers": CUSTOMERS,
    "addresses": ADDRESSES,
    "orders": ORDERS,
    "order_items": ORDER_ITEMS,
    "carts": CARTS,
    "cart_items": CART_ITEMS,
    "promotions": PROMOTIONS,
}


def visible_fields(call: Call, slug: str) -> tuple[Field, ...]:
    """Return the fields that show on a resource now, which a fault may make lag."""
    fields = call.shop.catalog.fields(slug)
    lag = call.struck.get(Fault.FIELD_LAG)
    if lag is None:
        return fields
    newest = call.shop.now() - int(lag.seconds * 1000)
    return tuple(field for field in fields if field.created <= newest)


def accept_new(call: Call, slug: str, given: Document) -> Document:
    """Return the custom values of a new resource, by field id: what was given, else the default (R10).

    Raises:
        ApiError: 422, a value is wrong or a required one missing; all of them at once.
    """
    fields = [field for field in visible_fields(call, slug) if not field.is_relationship]
    taken = {field.id: given.get(field.slug, field.default) for field in fields}
    _check(fields, given, [field for field in fields if field.required and taken[field.id] is None])
    return {identifier: value for identifier, value in taken.items() if value is not None}


def default_values(call: Call, slug: str) -> Document:
    """Return the defaults of a resource that is made without custom keys of its own, by field id."""
    fields = (field for field in visible_fields(call, slug) if not field.is_relationship)
    return {field.id: field.default for field in fields if field.default is not None}


def accept_changes(call: Call, slug: str, given: Document, current: Document) -> Document:
    """Return the custom values of a changed resource, by field id; keys that are not given stay (Q16).

    Raises:
        ApiError: 422, a value is wrong or a required one null; all of them at once.
    """
    fields = [field for field in visible_fields(call, slug) if not field.is_relationship and field.slug in given]
    _check(fields, given, [field for field in fields if field.required and given[field.slug] is None])
    merged = current | {field.id: given[field.slug] for field in fields}
    return {identifier: value for identifier, value in merged.items() if value is not None}


def refuse_unknown(call: Call, slug: str, given: Document, core: Iterable[str]) -> None:
    """Refuse keys that are neither core nor custom, where the operator wants that (Q15).

    Raises:
        ApiError: 422 naming every such key.
    """
    if not call.shop.settings.reject_unknown_keys:
        return
    known = {"type", "id", "relationships", *core, *(field.slug for field in visible_fields(call, slug))}
    unknown = [key for key in given if key not in known]
    if unknown:
        details = [f'data.{key}: "{key}" is not allowed' for key in unknown]
        raise ApiError(422, *(Problem("Validation Error", detail, None, 422) for detail in details))


def show_values(call: Call, slug: str, row: Row) -> Document:
    """Return the custom values as they stand flat beside the core attributes (CONTRACT §9.5)."""
    wrong = Fault.WRONG_TYPES in call.struck
    shown: Document = {}
    for field in visible_fields(call, slug):
        value = row.custom.get(field.id)
        if field.is_relationship or (value is None and field.omit_null):
            continue
        shown[field.slug] = _as_legacy(value) if wrong else value
    return shown


def show_relationships(call: Call, slug: str, row: Row) -> Document:
    """Return the relationship fields that were ever set, keyed by slug; a removed one is null inside."""
    shown: Document = {}
    for field in visible_fields(call, slug):
        references = row.related.get(field.id)
        if field.is_relationship and isinstance(references, list):
            one = references[0] if references else None
            shown[field.slug] = {"data": (references or None) if field.is_plural else one}
    return shown


def show_included(call: Call, slug: str, rows: Iterable[Row]) -> Document:
    """Return `included` for the relationship fields that the call names: slug → entries, each once."""
    wanted = call.includes()
    rows = list(rows)
    included: Document = {}
    for field in visible_fields(call, slug):
        if field.is_relationship and field.slug in wanted:
            references = [mapping(one) for row in rows for one in listing(row.related.get(field.id))]
            identifiers = list(dict.fromkeys(str(reference.get("id")) for reference in references))
            entries = [entry for entry in (find_entry(call, field.target, one) for one in identifiers) if entry]
            if entries:
                included[field.slug] = entries
    return included


def find_entry(call: Call, target: str, identifier: str) -> Document | None:
    """Return the entry a relationship points at, or None where the sandbox keeps no such thing."""
    found = target_table(call, target)
    if found is None:
        return None
    slug, table, flow_id = found
    row = call.shop.database.get(table, identifier)
    return None if row is None or row.parent != (flow_id or row.parent) else show_entry(call, slug, row)


def target_table(call: Call, target: str) -> tuple[str, Table, str | None] | None:
    """Find where a relationship's targets are kept: flow slug, table, and for a custom flow its id."""
    for core in (f"{target}s", f"{target}es"):
        if core in CORE_TABLES:
            return core, CORE_TABLES[core], None
    for slug in dict.fromkeys((target, target.replace("-", "_"), target.replace("_", "-"))):
        found = call.shop.database.select(FLOWS, Where("slug = ?", (slug,)))
        if found:
            return slug, ENTRIES, found[0].id
    return None


def show_entry(call: Call, slug: str, row: Row) -> Document:
    """Return a row as an entry of its flow."""
    stamps = {"created_at": to_milliseconds_text(row.created), "updated_at": to_milliseconds_text(row.updated)}
    entry: Document = {"id": row.id, "type": "entry", **show_values(call, slug, row)}
    entry["meta"] = {"owner": "store", "timestamps": stamps}
    if Fault.NO_LINKS not in call.struck:
        entry["links"] = {"self": f"{call.base}/v2/flows/{slug}/entries/{row.id}"}
    relationships = show_relationships(call, slug, row)
    return entry | ({"relationships": relationships} if relationships else {})


def _check(fields: Iterable[Field], given: Document, missing: Iterable[Field]) -> None:
    faults = [(field.slug, "is required") for field in missing]
    for field in fields:
        value = given.get(field.slug)
        fault = None if value is None else find_fault(field.type, field.rules, value)
        if fault is not None:
            faults.append((field.slug, fault))
    if faults:
        raise ApiError(
            422,
            *(
                Problem("Validation Error", f'data.{slug}: "{slug}" {fault}', f"data.{slug}", 422)
                for slug, fault in faults
            ),
        )


def _as_legacy(value: object) -> object:
    """Return the value as a row from before the type checks of 2020 may hold it (CONTRACT §9.3)."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else {"legacy": value}
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
