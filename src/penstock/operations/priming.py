"""Rows that came in a list answer later reads by id: the loader is told of them.

Never here: fetching.
"""

from __future__ import annotations

import msgspec

from penstock.operations.loader import Loader
from penstock.operations.rows import Page
from penstock.resources.rows import Resource
from penstock.upstream.transport import Response
from penstock.upstream.wire import is_id, target

_encoder = msgspec.json.Encoder()


def prime_page(loader: Loader, resource: Resource, page: Page) -> None:
    """Make every row of a page known under the target that reads it by id."""
    if resource.one is None:
        return
    for row in page.rows:
        identity = row.get("id")
        if isinstance(identity, str) and is_id(identity):
            where = target(resource.one.template, {"id": identity})
            loader.prime(where, Response(200, _encoder.encode({"data": row})))
