"""Lists: filter, sort and page of a call, turned into a query and an envelope.

Never here: the filter grammar, what a row looks like.

Source: CONTRACT §3, §4, §6.3, §10.1, Q21 to Q23.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote

from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.database import Row, Where
from penstock.sandbox.documents import Document, whole
from penstock.sandbox.errors import bad_filter, refuse
from penstock.sandbox.faults import Fault
from penstock.sandbox.filters import Condition, parse_filter
from penstock.sandbox.moments import parse_moment
from penstock.sandbox.tables import Table

_COMPARISONS = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_LONGEST_QUERY = 8192
_MOST_ROWS = 100


class Kind(Enum):
    """How an operand is read; a member is looked for among the rows of the expression, a subquery."""

    TEXT = "text"
    MOMENT = "moment"
    WHOLE = "whole"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A filterable attribute: the SQL expression of its value, its operators, how operands are read."""

    expression: str
    operators: frozenset[str]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Listing:
    """What a paginated endpoint can do.

    Attributes:
        table: its rows.
        attributes: filterable ones by name.
        sorts: sortable ones, name → column.
        order: the default order.
        quotes: quoted operands are understood.
        offset_limit: the furthest offset; None for no wall.
    """

    table: Table
    attributes: Mapping[str, Attribute]
    sorts: Mapping[str, str] = field(default_factory=dict)
    order: str = "created DESC, sequence DESC"
    quotes: bool = True
    offset_limit: int | None = None


def answer_list(
    call: Call, listing: Listing, scope: Where, show: Callable[[Row], object]
) -> tuple[list[Row], Document]:
    """Run a list call within a scope.

    Returns:
        The rows of the page, and the envelope `{data, links, meta}`.

    Raises:
        ApiError: 400 for an unusable filter, sort or page.
    """
    limit, offset = _read_page(call, listing)
    where = scope & _read_filter(call, listing)
    database = call.shop.database
    rows = database.select(listing.table, where, order=_read_sort(call, listing), limit=limit, offset=offset)
    total = database.count(listing.table, where)
    envelope: Document = {"data": [show(row) for row in rows]}
    if Fault.NO_LINKS not in call.struck:
        envelope["links"] = _links(call, limit, offset, total)
    page = {"limit": limit, "offset": offset, "current": offset // limit + 1, "total": -(-total // limit)}
    envelope["meta"] = {"page": page, "results": {"total": total}}
    return rows, envelope


def answer_page(call: Call, listing: Listing, scope: Where, show: Callable[[Row], object]) -> Answer:
    """Answer a list call that includes nothing."""
    return Answer(200, answer_list(call, listing, scope, show)[1])


def _read_page(call: Call, listing: Listing) -> tuple[int, int]:
    limit = _read_number(call, "page[limit]", 1, whole(call.shop.preferences().get("page_length")) or _MOST_ROWS)
    offset = _read_number(call, "page[offset]", 0, 0)
    if listing.offset_limit is not None and offset > listing.offset_limit:
        raise refuse(400, "Bad Request", f"page[offset] may not exceed {listing.offset_limit}", "page[offset]")
    return min(limit, _MOST_ROWS), offset


def _read_number(call: Call, name: str, least: int, default: int) -> int:
    given = call.parameter(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and int(given) >= least):
        raise refuse(400, "Bad Request", f"{name} must be a whole number of at least {least}", name)
    return int(given)


def _read_sort(call: Call, listing: Listing) -> str:
    given = call.parameter("sort")
    if not given:
        return listing.order
    descending, name = given.startswith("-"), given.removeprefix("-")
    if name not in listing.sorts:
        allowed = ", ".join(listing.sorts) or "nothing"
        raise refuse(400, "Bad Request", f"Cannot sort by {name}; sortable: {allowed}", "sort")
    direction = "DESC" if descending else "ASC"
    return f"{listing.sorts[name]} {direction}, sequence {direction}"


def _read_filter(call: Call, listing: Listing) -> Where:
    given = call.parameter("filter")
    if not given:
        return Where()
    if sum(len(quote(key)) + len(quote(value)) + 2 for key, value in call.query) > _LONGEST_QUERY:
        raise bad_filter("The query of a request with filters may not exceed 8 KB")
    where = Where()
    for condition in parse_filter(given, quotes=listing.quotes):
        where &= _compile(condition, listing.attributes)
    return where


def _compile(condition: Condition, attributes: Mapping[str, Attribute]) -> Where:
    attribute = attributes.get(condition.attribute)
    if attribute is None:
        allowed = ", ".join(attributes)
        raise bad_filter(
            f"unknown field [{condition.attribute}] specified in search filter, allowed fields are [{allowed}]"
        )
    if condition.operator not in attribute.operators:
        raise bad_filter(
            f"unknown operator [{condition.operator}] specified in search filter for [{condition.attribute}]"
        )
    values = tuple(_read_operand(operand, attribute, condition.attribute) for operand in condition.operands)
    expression = attribute.expression
    if attribute.kind is Kind.MEMBER:
        return Where(f"? IN ({expression})", values)
    match condition.operator:
        case "is_null":
            return Where(f"{expression} IS NULL")
        case "in":
            return Where(f"{expression} IN ({', '.join('?' * len(values))})", values)
        case "like":
            return _compile_like(expression, condition.operands[0])
        case "ilike":
            return _compile_like(f"lower({expression})", condition.operands[0].lower())
        case comparison:
            return Where(f"{expression} {_COMPARISONS[comparison]} ?", values)


def _compile_like(expression: str, pattern: str) -> Where:
    starts, ends = pattern.startswith("*"), pattern.endswith("*") and len(pattern) > 1
    wanted = pattern[1 if starts else 0 : len(pattern) - 1 if ends else None]
    if starts and (ends or not wanted):
        return Where(f"instr({expression}, ?) > 0", (wanted,)) if wanted else Where(f"{expression} IS NOT NULL")
    if ends:
        return Where(f"substr({expression}, 1, {len(wanted)}) = ?", (wanted,))
    if starts:
        return Where(f"substr({expression}, -{len(wanted)}) = ?", (wanted,))
    return Where(f"{expression} = ?", (wanted,))


def _read_operand(operand: str, attribute: Attribute, name: str) -> str | int:
    if attribute.kind in (Kind.TEXT, Kind.MEMBER):
        return operand
    if attribute.kind is Kind.MOMENT:
        moment = parse_moment(operand)
        if moment is None:
            raise bad_filter(f"[{operand}] is not a date for [{name}]")
        return moment
    if not operand.removeprefix("-").isdigit() or not operand.isascii() or len(operand) > 18:
        raise bad_filter(f"[{operand}] is not a whole number for [{name}]")
    return int(operand)


def _links(call: Call, limit: int, offset: int, total: int) -> Document:
    kept = "".join(f"&{quote(key)}={quote(value, safe='')}" for key, value in call.query if not key.startswith("page["))

    def to(start: int) -> str:
        return f"{call.base}{call.path}?page%5Blimit%5D={limit}&page%5Boffset%5D={start}{kept}"

    last = (max(total, 1) - 1) // limit * limit
    previous = "previous" if Fault.PREVIOUS_LINK in call.struck else "prev"
    return {
        "current": to(offset),
        "first": to(0),
        "last": to(last) if last > 0 else None,
        "next": to(offset + limit) if offset + limit < total else None,
        previous: to(max(offset - limit, 0)) if offset > 0 else None,
    }
