"""Answers to reads become rows: what is no object, has no id or breaks an equality is not served.

Never here: sending, GraphQL execution.
Source: CONTRACT §1 (envelope), §3 (meta); GRAPHQL conventions (filters, one bad value never blanks a page).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from penstock.definitions.model import JSON
from penstock.definitions.text import without_surrogates
from penstock.errors import UpstreamInvalid
from penstock.operations.failures import refusal
from penstock.operations.paging import PageRequest
from penstock.operations.values import Row, at, coerce_id
from penstock.resources.attributes import Path
from penstock.resources.ways import Edge, Relation
from penstock.upstream.transport import Response
from penstock.upstream.wire import is_id

Drop = Callable[[str], None]
"""Told why a row was not served."""

_MOST_DIGITS = 4_000
_decoder = msgspec.json.Decoder()


def decode(body: bytes, route: str) -> dict[str, JSON]:
    """The JSON object of a body.

    Raises:
        UpstreamInvalid: It is no JSON, or no object.
    """
    try:
        document = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        # One number beyond what a float holds, half a surrogate pair or a stray byte must not cost the page.
        try:
            document = _sound(json.loads(body.decode(json.detect_encoding(body), "replace"), parse_int=_whole_number))
        except (ValueError, RecursionError) as error:
            raise UpstreamInvalid(f"{route} answered with a body that is no JSON.") from error
    if not isinstance(document, dict):
        raise UpstreamInvalid(f"{route} answered with JSON that is no object.")
    return document


def _whole_number(digits: str) -> int | float:
    """Python reads no integer of more than 4 300 digits; one as long is beyond every number that is served."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _sound(value: JSON) -> JSON:
    """The value without text that cannot be encoded."""
    match value:
        case str():
            return without_surrogates(value)
        case list():
            return [_sound(item) for item in value]
        case dict():
            return {without_surrogates(key): _sound(item) for key, item in value.items()}
        case _:
            return value


def judge(response: Response, route: str, *, customer_token: bool) -> bool:
    """Whether the answer holds what was asked for; False for a 404.

    Raises:
        PenstockError: Any other status.
    """
    if 200 <= response.status < 300:
        return True
    if response.status == 404:
        return False
    raise refusal(response, route, customer_token=customer_token)


def read_one(response: Response, route: str, *, needs_id: bool = True) -> Row:
    """The row of a successful answer.

    Raises:
        UpstreamInvalid: There is no row in it.
    """
    data = decode(response.body, route).get("data")
    if not isinstance(data, dict) or (needs_id and coerce_id(data.get("id")) is None):
        raise UpstreamInvalid(f"{route} answered without a resource in data.", status=response.status)
    return data


def read_many(response: Response, route: str, drop: Drop) -> tuple[list[Row], JSON, int]:
    """The rows of a successful answer, its `meta`, and how many rows upstream sent.

    Raises:
        UpstreamInvalid: There is no list in it.
    """
    document = decode(response.body, route)
    data = _listed(document, response, route)
    rows: list[Row] = []
    for item in data:
        if isinstance(item, dict) and coerce_id(item.get("id")) is not None:
            rows.append(item)
        else:
            drop("no id")
    return rows, document.get("meta"), len(data)


def _listed(document: dict[str, JSON], response: Response, route: str) -> list[JSON]:
    """The list in `data`; an explicit null is how some services write an empty one.

    Raises:
        UpstreamInvalid: There is neither.
    """
    data = document.get("data", "")
    if data is None:
        return []
    if not isinstance(data, list):
        raise UpstreamInvalid(f"{route} answered without a list in data.", status=response.status)
    return data


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a connection, as it was read.

    Attributes:
        rows: The rows that are served.
        places: For each row, where it stood in upstream's page.
        total: Rows upstream counts for the request, or None.
        received: Rows upstream sent.
        parent: The id of the row the connection hangs on, or None.
        last: Place and id of the last row upstream sent that one can go on behind, served or not.
    """

    request: PageRequest
    rows: list[Row] = field(repr=False)
    places: list[int] = field(repr=False)
    total: int | None
    received: int
    parent: str | None
    last: tuple[int, str] | None = None

    def keys(self) -> list[tuple[int, str]]:
        """Place and id of each row."""
        return [(place, coerce_id(row.get("id")) or "") for place, row in zip(self.places, self.rows, strict=True)]

    def cursors(self) -> list[str]:
        """The cursor of each row."""
        return [self.request.cursor(place, key) for place, key in self.keys()]

    def ends(self) -> list[tuple[int, str]]:
        """Place and id of the first and the last row; of a page that lost all its rows, where to go on."""
        keys = self.keys()
        if keys:
            return [keys[0], keys[-1]]
        return [self.last] if self.last is not None else []

    def info(self) -> dict[str, JSON]:
        """The page info, under GraphQL names."""
        return page_info(self.request, self.received, self.total, self.ends())


def page_info(request: PageRequest, received: int, total: int | None, ends: list[tuple[int, str]]) -> dict[str, JSON]:
    """The page info from the first and last row (place, id), none on an empty page.

    A page without an end, and one that ends where it was to begin behind, is the last: going on would be a circle.
    """
    goes_on = bool(ends) and not (request.by_key and ends[-1][1] == request.key)
    return {
        "hasNextPage": goes_on and request.has_next(received, total),
        "hasPreviousPage": request.continues,
        "startCursor": request.cursor(*ends[0]) if ends else None,
        "endCursor": request.cursor(*ends[-1]) if ends else None,
    }


def read_page(response: Response, request: PageRequest, parent: str | None, drop: Drop) -> Page:
    """The page of a successful answer.

    Raises:
        UpstreamInvalid: There is no list in it.
    """
    route = request.edge.route.template
    document = decode(response.body, route)
    data = _listed(document, response, route)
    rows: list[Row] = []
    places: list[int] = []
    last: tuple[int, str] | None = None
    for place, item in enumerate(data[: request.first]):
        identity = coerce_id(item.get("id")) if isinstance(item, dict) else None
        if identity is not None or not request.by_key:
            last = (place, identity or "")
        if not isinstance(item, dict) or identity is None:
            drop("no id")
        elif not shows_parent(item, request.edge, parent) or not all(check.holds(item) for check in request.checks):
            drop("filter not kept")
        else:
            rows.append(item)
            places.append(place)
    return Page(request, rows, places, total_of(document.get("meta")), len(data), parent, last)


def shows_parent(row: Row, edge: Edge, parent: str | None) -> bool:
    """Whether a row belongs to the parent the edge hangs on."""
    if parent is None:
        return True
    for fixed in edge.fixed:
        found = [value for value in (at(row, path) for path in fixed.checks) if value is not None]
        if not found or any(value != parent for value in found):
            return False
    return True


def total_of(meta: JSON) -> int | None:
    """`results.total` of a listing's meta, or None where upstream does not tell."""
    if not isinstance(meta, dict):
        return None
    results = meta.get("results")
    total = results.get("total") if isinstance(results, dict) else None
    if isinstance(total, bool) or not isinstance(total, int) or not 0 <= total < 2**31:
        return None
    return total


def related(row: Row, relation: Relation) -> list[tuple[str, str]]:
    """The (type, id) references of a relationship field, in every shape upstream gives them (§9.5)."""
    return references(at(row, relation.path))


def references(value: JSON) -> list[tuple[str, str]]:
    """The (type, id) pairs in ``{data: {…}}``, ``{data: […]}``, a bare object or list, null or nothing."""
    if isinstance(value, dict) and "data" in value:
        value = value["data"]
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if isinstance(item, dict):
            identity, kind = item.get("id"), item.get("type")
            if isinstance(identity, str) and is_id(identity):
                found.append((kind if isinstance(kind, str) else "", identity))
    return list(dict.fromkeys(found))


def id_at(row: Row, paths: tuple[Path, ...]) -> str | None:
    """The first usable id at one of several paths."""
    for path in paths:
        value = at(row, path)
        if isinstance(value, str) and is_id(value):
            return value
    return None
