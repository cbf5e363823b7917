"""Rows that every resource has: the id and the two timestamps lifted from `meta`.

Never here: anything that is true of one resource only.
Source: CONTRACT §1.
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Kind

CREATED_AT = Attribute("createdAt", ("meta", "timestamps", "created_at"), Kind.DATE_TIME, "When it was made.")
UPDATED_AT = Attribute("updatedAt", ("meta", "timestamps", "updated_at"), Kind.DATE_TIME, "When it was last changed.")


def identity(description: str) -> Attribute:
    """The `id` row: never null; a row without one is not served."""
    return Attribute("id", ("id",), Kind.ID, description, non_null=True)


def text(name: str, key: str, description: str) -> Attribute:
    """An output-only text attribute that stands flat on the row."""
    return Attribute(name, (key,), Kind.STRING, description)
