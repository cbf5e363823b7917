"""Rows that came in a list answer later reads by id: the loader is told of them.

Never here: fetching.
"""

from __future__ import annotations

import msgspec

from penstock.definitions.model import JSON
from penstock.operations.loader import Loader
from penstock.operations.rows import Page
from penstock.resources.rows import Resource
from penstock.upstream.transport import Response
from penstock.upstream.wire import is_id, target

_encoder = msgspec.json.Encoder()


def prime_one(loader: Loader, resource: Resource, identity: JSON, response: Response) -> None:
    """Make an answer that holds a row known under the target that reads the row by id."""
    if resource.one is not None and isinstance(identity, str) and is_id(identity):
        loader.prime(target(resource.one.template, {"id": identity}), response)


def prime_edge(loader: Loader, resource: Resource, name: str, identity: JSON, rows: JSON) -> None:
    """Make rows known under the target to which an edge leads from the row with an id; no list brings nothing."""
    edge = next((edge for edge in resource.edges if edge.name == name), None)
    if edge is None or not isinstance(rows, list) or not isinstance(identity, str) or not is_id(identity):
        return
    where = target(edge.route.template, {edge.origins[0][0]: identity})
    loader.prime(where, Response(200, _encoder.encode({"data": rows})))


def prime_page(loader: Loader, resource: Resource, page: Page) -> None:
    """Make every row of a page known under the target that reads it by id."""
    if resource.one is None:
        return
    for row in page.rows:
        identity = row.get("id")
        if isinstance(identity, str) and is_id(identity):
            where = target(resource.one.template, {"id": identity})
            loader.prime(where, Response(200, _encoder.encode({"data": row})))
