"""Pages of a connection: arguments become a request, an answer becomes items, cursors and page info.

Sorted by the listing's key, a page is read by key (`gt(id,…)`) and there is no wall; other sorts are read by offset,
and so is a list whose filter leaves no room for the key.

Never here: sending, GraphQL execution.
Source: GRAPHQL conventions (pagination); CONTRACT §3, Q21-Q23.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from penstock.definitions.model import JSON
from penstock.errors import CallerError, LimitError
from penstock.operations.filtering import Equality, read_filter
from penstock.resources.ways import DEFAULT_PAGE, LARGEST_PAGE, Edge, Listing
from penstock.upstream.filters import MAX_CLAUSES, Clause, Operator, render_filter
from penstock.upstream.wire import target

_HOLE = "00000000-pen-stock-hole-000000000000"
_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a connection: behind the row with this key, or behind this many rows."""

    sort: str
    key: str | None
    offset: int

    def encode(self) -> str:
        """Opaque, versioned text."""
        place = f"k{self.key}" if self.key is not None else f"o{self.offset}"
        text = f"{_VERSION}|{self.sort}|{place}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What to ask upstream for one page.

    Attributes:
        before, after: The target on either side of the parent's id; without a parent all of it is `before`.
        count_before, count_after: The same for a request that only counts; empty where the page itself counts.
        first: Most rows wanted.
        by_key: Whether cursors are keys.
        key: The id behind which the page begins, or None.
        offset: Rows skipped.
        continues: Whether this page comes behind a cursor.
        checks: Equalities that every row must show.
    """

    edge: Edge
    before: str
    after: str
    count_before: str
    count_after: str
    first: int
    sort: str
    by_key: bool
    key: str | None
    offset: int
    continues: bool
    checks: tuple[Equality, ...]

    def target(self, parent: str | None) -> str:
        """The target of the page; ``parent`` is an id that was checked, or None without a fixed filter."""
        return self.before if parent is None else f"{self.before}{parent}{self.after}"

    def count_target(self, parent: str | None) -> str | None:
        """The target that counts the whole connection, or None where the page itself does."""
        if not self.count_before:
            return None
        return self.count_before if parent is None else f"{self.count_before}{parent}{self.count_after}"

    def cursor(self, index: int, key: str) -> str:
        """The cursor of the row at this place of upstream's page."""
        if self.by_key:
            return Cursor(self.sort, key, 0).encode()
        return Cursor(self.sort, None, self.offset + index + 1).encode()

    def has_next(self, received: int, total: int | None) -> bool:
        """Whether there is more behind this page.

        Args:
            received: Rows upstream sent, dropped ones included.
            total: Rows upstream counts for this request, or None.
        """
        if received > self.first:
            return True
        if total is None:
            return received >= self.first
        return (received if self.by_key else self.offset + received) < total and received > 0


def page_request(
    edge: Edge, listing: Listing, arguments: Mapping[str, JSON], largest: int = LARGEST_PAGE
) -> PageRequest:
    """What to ask upstream for, from the arguments of a connection field; a page has ``largest`` rows at the most.

    Raises:
        CallerError: An argument cannot be used; the message names it.
    """
    first = _first(arguments, largest)
    sort = arguments.get("sort") or listing.default_sort
    given = arguments.get("filter")
    clauses, checks = read_filter(listing, given) if isinstance(given, dict) else ([], [])
    whole = [*(Clause(row.attribute, "eq", _HOLE) for row in edge.fixed), *clauses]
    is_keyed = listing.keyset is not None and isinstance(sort, str) and sort.lstrip("-") == listing.keyset
    by_key = is_keyed and len(whole) < MAX_CLAUSES  # the key takes a condition of its own
    after = arguments.get("after")
    cursor = _decode(after, str(sort), by_key) if isinstance(after, str) else None
    offset = _offset(cursor, listing)
    page = whole
    if cursor is not None and cursor.key is not None:
        operator: Operator = "lt" if str(sort).startswith("-") else "gt"
        page = [*whole, Clause(str(listing.keyset), operator, cursor.key)]
    before, behind = _split(edge, listing, first, offset, str(sort), page)
    counts = _split(edge, listing, 1, 0, str(sort), whole) if by_key and cursor is not None else ("", "")
    return PageRequest(
        edge=edge,
        before=before,
        after=behind,
        count_before=counts[0],
        count_after=counts[1],
        first=first,
        sort=str(sort),
        by_key=by_key,
        key=cursor.key if cursor else None,
        offset=offset,
        continues=cursor is not None,
        checks=tuple(checks),
    )


def _offset(cursor: Cursor | None, listing: Listing) -> int:
    offset = 0 if cursor is None else cursor.offset
    if offset > listing.offset_wall:
        raise _wall(listing)
    return offset


def _first(arguments: Mapping[str, JSON], largest: int) -> int:
    first = arguments.get("first")
    first = DEFAULT_PAGE if first is None else first
    if not isinstance(first, int) or first < 1:
        raise CallerError(f"first must be between 1 and {largest}, not {first}.")
    if first > largest:
        raise LimitError(
            f"first must be between 1 and {largest}, not {first}: ask for the rest with after.", limit="first"
        )
    return first


def _split(edge: Edge, listing: Listing, limit: int, offset: int, sort: str, clauses: list[Clause]) -> tuple[str, str]:
    """The target with a hole where the parent's id goes: ids need no escaping, so it is rendered once for all rows."""
    query = [("page[limit]", str(limit))]
    if offset:
        query.append(("page[offset]", str(offset)))
    if sort:
        query.append(("sort", sort))
    if clauses:
        query.append(("filter", render_filter(clauses, quoted=listing.quoted)))
    whole = target(edge.route.template, {}, query)
    if not edge.fixed:
        return whole, ""  # a client may filter by the very text of the hole
    before, _, after = whole.partition(_HOLE)
    return before, after


def _decode(text: str, sort: str, by_key: bool) -> Cursor:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        version, cursor_sort, place = raw.split("|", 2)
    except (ValueError, binascii.Error) as error:
        raise CallerError("after is no cursor of this API: use an endCursor or an edge's cursor as it came.") from error
    wanted = "k" if by_key else "o"
    value = place[1:]
    is_usable = place[:1] == wanted and (by_key or (value.isascii() and value.isdigit() and len(value) <= 9))
    if version != _VERSION or cursor_sort != sort or not is_usable or not value:
        raise CallerError("after is a cursor of another sort or release: start over without it.")
    return Cursor(sort, value if by_key else None, 0 if by_key else int(value))


def _wall(listing: Listing) -> CallerError:
    remedy = (
        f"sort by {listing.keyset.upper()}_ASC or {listing.keyset.upper()}_DESC, which have no such bound"
        if listing.keyset
        else "narrow the list with a filter"
    )
    return CallerError(f"Beyond {listing.offset_wall} rows this sort cannot be read: {remedy}.", "PAGINATION_LIMIT")
