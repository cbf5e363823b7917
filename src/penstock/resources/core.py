"""Rows that several resources have: the id, the two timestamps lifted from `meta`, the lines of an address.

Never here: anything that is true of one resource only.
Source: CONTRACT §1, §8, §10.1.
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


POSTAL = (
    text("firstName", "first_name", "First name of the recipient."),
    text("lastName", "last_name", "Last name of the recipient."),
    text("companyName", "company_name", "Company."),
    text("line1", "line_1", "First line of the address."),
    text("line2", "line_2", "Second line of the address."),
    text("city", "city", "City."),
    text("county", "county", "County, state or region; the older name of `region`."),
    text("region", "region", "State, province or region."),
    text("postcode", "postcode", "Postal code."),
    text("country", "country", "Country, usually a two-letter code."),
    text("phoneNumber", "phone_number", "Phone number of the recipient."),
    text("instructions", "instructions", "Instructions for the delivery."),
)
"""Where a person or a company is found: the same rows in an address book and on an order."""
