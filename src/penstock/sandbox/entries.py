"""Entries of flows: rows of custom flows, and the resources themselves seen through core flows.

Never here: relationships between entries.

Source: CONTRACT §9.6, §9.7, R11.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.sandbox.access import ANYBODY
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.core_slugs import CORE_SLUGS
from penstock.sandbox.database import Row, Where
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import invalid, not_found, refuse
from penstock.sandbox.extensions import (
    CORE_TABLES,
    accept_changes,
    accept_new,
    refuse_unknown,
    show_entry,
    show_included,
)
from penstock.sandbox.flows import find_flow
from penstock.sandbox.listings import Attribute, Listing, answer_list
from penstock.sandbox.tables import ENTRIES, Table

_FILTERS = {"id": Attribute("id", frozenset({"eq", "in", "gt", "ge", "lt", "le"}))}


def find_entry_row(call: Call) -> tuple[str, Table, Row]:
    """Return flow slug, table and row of the entry that the path names.

    Raises:
        ApiError: 404, no such flow or entry.
    """
    flow = find_flow(call)
    slug = str(flow.core["slug"])
    table = CORE_TABLES.get(slug, ENTRIES)
    row = call.shop.database.get(table, call.params["id"])
    if row is None or (table is ENTRIES and row.parent != flow.id):
        raise not_found("Entry")
    return slug, table, row


def list_entries(call: Call) -> Answer:
    """Answer `GET /v2/flows/{flow}/entries`, readable by anybody with an implicit token."""
    flow = find_flow(call)
    slug = str(flow.core["slug"])
    table = CORE_TABLES.get(slug, ENTRIES)
    scope = Where("parent = ?", (flow.id,)) if table is ENTRIES else Where()
    listing = Listing(table, _FILTERS, quotes=False, order="sequence")
    rows, envelope = answer_list(call, listing, scope, lambda row: show_entry(call, slug, row))
    included = show_included(call, slug, rows)
    return Answer(200, envelope | ({"included": included} if included else {}))


def read_entry(call: Call) -> Answer:
    """Answer `GET /v2/flows/{flow}/entries/{id}`."""
    slug, _, row = find_entry_row(call)
    included = show_included(call, slug, [row])
    return Answer(200, {"data": show_entry(call, slug, row)} | ({"included": included} if included else {}))


def create_entry(call: Call) -> Answer:
    """Answer `POST /v2/flows/{flow}/entries`; entries of core flows come with their resource (R11)."""
    flow = find_flow(call)
    slug = str(flow.core["slug"])
    data = call.data("entry")
    if slug in CORE_SLUGS:
        raise invalid(f"Entries of the core flow {slug} are made with their resource; write the resource instead")
    refuse_unknown(call, slug, data, ())
    now = call.shop.now()
    row = Row(call.shop.new_id(), flow.id, now, now, {}, accept_new(call, slug, data))
    call.shop.database.insert(ENTRIES, row)
    return Answer(201, {"data": show_entry(call, slug, row)})


def update_entry(call: Call) -> Answer:
    """Answer `PUT /v2/flows/{flow}/entries/{id}`: what is given changes."""
    slug, table, row = find_entry_row(call)
    data = call.data("entry")
    refuse_unknown(call, slug, data, ())
    now = call.shop.now() if table is ENTRIES else call.shop.second()
    changed = replace(row, custom=accept_changes(call, slug, data, row.custom), updated=now)
    call.shop.database.replace(table, changed)
    return Answer(200, {"data": show_entry(call, slug, changed)})


def delete_entry(call: Call) -> Answer:
    """Answer `DELETE /v2/flows/{flow}/entries/{id}`; a core flow's entry is its resource and stays."""
    slug, _, row = find_entry_row(call)
    if slug in CORE_SLUGS:
        raise refuse(405, "Method Not Allowed", f"An entry of the core flow {slug} goes with its resource")
    call.shop.database.delete(ENTRIES, Where("id = ?", (row.id,)))
    return Answer(204)


ENDPOINTS = (
    Endpoint("GET", "/v2/flows/{flow}/entries", list_entries, ANYBODY),
    Endpoint("POST", "/v2/flows/{flow}/entries", create_entry),
    Endpoint("GET", "/v2/flows/{flow}/entries/{id}", read_entry, ANYBODY),
    Endpoint("PUT", "/v2/flows/{flow}/entries/{id}", update_entry),
    Endpoint("DELETE", "/v2/flows/{flow}/entries/{id}", delete_entry),
)
