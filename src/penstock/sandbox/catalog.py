"""The store's custom data as the resources need it: which fields a slug has now, cached until a definition changes.

Never here: endpoints, checks of values.

Source: CONTRACT §9.1, §9.2, §9.5, R12, Q14.
"""

from __future__ import annotations

from dataclasses import dataclass

from penstock.sandbox.database import Database, Row, Where
from penstock.sandbox.documents import Document, listing, mapping
from penstock.sandbox.tables import FIELDS, FLOWS


@dataclass(frozen=True, slots=True)
class Field:
    """One enabled field, ready for use; `created` in milliseconds since the epoch."""

    id: str
    slug: str
    type: str
    required: bool
    omit_null: bool
    default: object
    rules: tuple[Document, ...]
    created: int

    @property
    def is_relationship(self) -> bool:
        """Tell whether the field holds references instead of a value."""
        return self.type == "relationship"

    @property
    def is_plural(self) -> bool:
        """Tell whether the relationship holds several references."""
        return any(rule.get("type") == "one-to-many" for rule in self.rules)

    @property
    def target(self) -> str:
        """Return what the relationship points at: a singular core type or a custom flow's slug."""
        return next((str(rule["to"]) for rule in self.rules if "to" in rule), "")


class Catalog:
    """Reads definitions from the database and keeps what it read."""

    def __init__(self, database: Database) -> None:
        """Begin with nothing read."""
        self._database = database
        self._fields: dict[str, tuple[Field, ...]] = {}

    def forget(self) -> None:
        """Read everything anew: a flow or field changed, or a change was undone."""
        self._fields.clear()

    def flow(self, slug: str) -> Row | None:
        """Return the flow of that slug, or of that id, enabled or not."""
        found = self._database.select(FLOWS, Where("slug = ?", (slug,)))
        return found[0] if found else self._database.get(FLOWS, slug)

    def fields(self, slug: str) -> tuple[Field, ...]:
        """Return the enabled fields of the enabled flow of that slug, in output order; none where it does not exist."""
        known = self._fields.get(slug)
        if known is None:
            known = self._fields[slug] = self._read(slug)
        return known

    def field_rows(self, flow_id: str) -> list[Row]:
        """Return every field of a flow, in the order they were made."""
        return self._database.select(FIELDS, Where("parent = ?", (flow_id,)))

    def _read(self, slug: str) -> tuple[Field, ...]:
        found = self._database.select(FLOWS, Where("slug = ?", (slug,)))
        if not found or found[0].core.get("enabled") is not True:
            return ()
        rows = [row for row in self.field_rows(found[0].id) if row.core.get("enabled") is True]
        return tuple(_field(row) for row in sorted(rows, key=_place))


def _place(row: Row) -> tuple[bool, float, int]:
    order = row.core.get("order")
    return order is None, order if isinstance(order, int | float) else 0, row.sequence


def _field(row: Row) -> Field:
    core = row.core
    return Field(
        id=row.id,
        slug=str(core["slug"]),
        type=str(core["field_type"]),
        required=core.get("required") is True,
        omit_null=core.get("omit_null") is True,
        default=core.get("default"),
        rules=tuple(mapping(rule) for rule in listing(core.get("validation_rules"))),
        created=row.created,
    )
