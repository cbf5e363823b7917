"""Rows that several resources have: the id, the two timestamps lifted from `meta`, the lines of an address.

Never here: anything that is true of one resource only.
Source: CONTRACT §1, §8, §10.1.
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.rows import Mutation
from penstock.resources.ways import Origin, Route

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


def relationship_set(
    root: str, payload: str, target: str, flow: str, origins: tuple[tuple[str, Origin], ...], one: Route
) -> Mutation:
    """The mutation that writes the relationship fields of a resource; a store without such fields does not have it.

    Args:
        root: What the mutation's name begins with.
        payload: Name of the resource in the payload.
        target: Its type.
        flow: Slug of the flow whose entries the resource's relationships are kept with (R15).
        origins: Path parameters of ``one``; ``id`` is among them.
        one: The GET by which the resource is read after the write.
    """
    first = f" One call before them reads the {target.lower()}, which must be that owner's." if len(origins) > 1 else ""
    return Mutation(
        f"{root}RelationshipSet",
        "relate",
        "Sets what relationship fields lead to: each given field is replaced as a whole. Needs a client_credentials "
        "bearer. One upstream call for each given field, in the order of the schema; when one fails, those before it "
        f"are written and those after it are not: send the same input again.{first}",
        Route("PUT", f"/v2/flows/{flow}/entries/{{id}}/relationships/{{field}}"),
        "entry",
        payload,
        target,
        origins=origins,
        by="id",
        reread=one,
        lock=one.template,
    )
