"""A typed filter argument becomes clauses for upstream and checks for the rows that come back.

Never here: the filter grammar, paging.
Source: GRAPHQL conventions (filters); CONTRACT §4, §6.3, §10, R28.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from penstock.definitions.coerce import coerce_string
from penstock.definitions.model import JSON
from penstock.errors import CallerError
from penstock.operations.values import Row, at, coerce_date_time
from penstock.resources.attributes import Kind, Path
from penstock.resources.ways import FilterRow, Listing, Operator
from penstock.upstream.filters import Clause
from penstock.upstream.wire import is_id


@dataclass(frozen=True, slots=True)
class Equality:
    """A value that every returned row must show at one of several places.

    Attributes:
        any_case: Whether the value is trimmed and lower-cased, and what a row shows is compared so.
        is_moment: Whether it is a moment in UTC: compared to the second, because rows show less than upstream compares.
    """

    paths: tuple[Path, ...]
    value: str
    any_case: bool = False
    is_moment: bool = False

    def holds(self, row: Row) -> bool:
        """Whether the first of the places that holds anything holds the value; an old row may show no moment."""
        for path in self.paths:
            found = coerce_string(at(row, path))
            if found is not None:
                if self.is_moment:
                    return _second(found) in (None, _second(self.value))
                return found == self.value or (self.any_case and found.strip().lower() == self.value)
        return self.is_moment


def read_filter(listing: Listing, given: Mapping[str, JSON]) -> tuple[list[Clause], list[Equality]]:
    """The clauses and checks of a filter argument, in the order of the table.

    Args:
        listing: What can be filtered.
        given: GraphQL filter name → operator → value, given keys only.

    Raises:
        CallerError: A value cannot be filtered by.
    """
    clauses: list[Clause] = []
    checks: list[Equality] = []
    for row in listing.filters:
        conditions = given.get(row.name)
        if not isinstance(conditions, dict):
            continue
        for operator in row.operators:
            if operator in conditions:
                value = operand(row, operator, conditions[operator])
                clauses.append(Clause(row.attribute, operator, value))
                if operator == "eq" and row.checks:
                    checks.append(Equality(row.checks, value, row.trims_to_lower, row.kind is Kind.DATE_TIME))
    return clauses, checks


def operand(row: FilterRow, operator: Operator, value: JSON) -> str:
    """The text of a filter value.

    Raises:
        CallerError: It is null, no id, no moment, or a member that no row can be filtered by.
    """
    name = f"filter.{row.name}.{operator}"
    if isinstance(value, int) and not isinstance(value, bool) and row.kind is Kind.INT:
        return str(value)
    if not isinstance(value, str):
        raise CallerError(f"{name} needs a value; leave the operator out to not filter by it.")
    if row.kind is Kind.ID and operator != "like" and not is_id(value):
        raise CallerError(f"{name} is not an id.")
    if row.kind is Kind.ENUM and value == "":
        raise CallerError(f"{name} cannot be UNRECOGNIZED: that member is for output only.")
    if row.kind is Kind.DATE_TIME:
        return _moment(name, value)
    return value.strip().lower() if row.trims_to_lower else value


def _moment(name: str, text: str) -> str:
    """RFC 3339 text in UTC, with the fraction only where one was given."""
    moment = _in_utc(text)
    if moment is None:
        raise CallerError(f"{name} is no moment of RFC 3339, as 2024-03-09T16:20:00Z.")
    precision = "microseconds" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _in_utc(text: str) -> datetime | None:
    if coerce_date_time(text) is None:
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _second(text: str) -> datetime | None:
    moment = _in_utc(text)
    return None if moment is None else moment.replace(microsecond=0)
