"""The seeded customers, their addresses and their wishlists.

Never here: orders, definitions.

Source: CONTRACT §6.1, §8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from penstock.sandbox.database import Row
from penstock.sandbox.documents import Document
from penstock.sandbox.passwords import hash_password
from penstock.sandbox.products import PRODUCTS
from penstock.sandbox.seeding.definitions import field_id, flow_id
from penstock.sandbox.seeding.stamps import seeded_id, seeded_moment

CUSTOMERS_SEEDED = 60
_FIRST = (
    "Ines", "Rui", "Mira", "Tomás", "Aoife", "Jun", "Priya", "Lars", "Zoë", "Emeka", "Hana", "Mateo", "Freya", "Omar",
    "Chloé", "Viktor", "Naledi", "Sven", "Yuki", "Bruno",
)  # fmt: skip
_LAST = (
    "Okafor", "Keller", "Lindqvist", "García", "Byrne", "Watanabe", "Nair", "Hansen", "Dubois", "Novák", "Silva",
    "Haddad",
)  # fmt: skip
_PLACES = (
    ("Leeds", "West Yorkshire", "LS1 4AP", "GB"),
    ("Portland", "Oregon", "97205", "US"),
    ("Galway", "Connacht", "H91 E2K3", "IE"),
    ("Lyon", "Rhône", "69002", "FR"),
    ("Uppsala", "Uppsala län", "753 20", "SE"),
)
_SPOTS = ("Leave at porch", "Side gate, code 42", "With the neighbour at 7", "Ring twice", "Parcel box in the yard")
_STREETS = ("Mill Lane", "Harbour Street", "Elm Grove", "Station Road", "Orchard Way")
_SLOTS = ("morning", "afternoon", "evening", "weekend-only")


@dataclass(frozen=True, slots=True)
class SeededLogin:
    """A seeded customer to sign in with; the password stays out of `repr`."""

    customer_id: str
    email: str
    password: str = field(repr=False)


seeded_login = SeededLogin(seeded_id("customers", "0"), "ines.okafor@example.test", "side-gate-42")


def customer_id(index: int) -> str:
    """Return the identifier of a seeded customer, counted from 0."""
    return seeded_id("customers", str(index))


def customer_name(index: int) -> str:
    """Return the name of a seeded customer."""
    return f"{_FIRST[index % len(_FIRST)]} {_LAST[(index + index // len(_FIRST)) % len(_LAST)]}"


def customer_email(index: int) -> str:
    """Return the e-mail address of a seeded customer: the name in plain letters."""
    plain = customer_name(index).lower().translate(str.maketrans("áéëíñóôúè ", "aeeinooue."))
    return f"{plain}@example.test"


def customer_rows() -> Iterator[Row]:
    """Yield the customers; every sixth can sign in, all with the documented password."""
    for index in range(CUSTOMERS_SEEDED):
        core: Document = {"name": customer_name(index), "email": customer_email(index)}
        if index % 6 == 0:
            core["password"] = hash_password(seeded_login.password, f"salt of customer {index}".encode())
        if index % 4 == 0:
            core["external_ref"] = f"crm-{1000 + index}"
        moment = seeded_moment(24 + index * 7)
        yield Row(customer_id(index), "", moment, moment, core, _values(index), _references(index))


def address_rows() -> Iterator[Row]:
    """Yield one to three addresses for each customer."""
    for index in range(CUSTOMERS_SEEDED):
        for number in range(1 + index % 3 if index else 2):
            moment = seeded_moment(25 + index * 7 + number)
            custom: Document = {field_id("addresses", "address-priority"): number + 1}
            identifier = seeded_id("addresses", f"{index}/{number}")
            yield Row(identifier, customer_id(index), moment, moment, postal_address(index, number), custom)


def postal_address(index: int, number: int) -> Document:
    """Return an address of a customer, with the keys of CONTRACT §8."""
    first, _, last = customer_name(index).partition(" ")
    city, county, postcode, country = _PLACES[(index + number) % len(_PLACES)]
    return {
        "name": ("Home", "Work", "Holiday flat")[number],
        "first_name": first,
        "last_name": last,
        "line_1": f"{index * 3 + number + 1} {_STREETS[(index + 2 * number) % len(_STREETS)]}",
        "city": city,
        "county": county,
        "postcode": postcode,
        "country": country,
    }


def wishlist_rows() -> Iterator[Row]:
    """Yield a dozen entries of the flow `wishlists`, two for each of the first six customers."""
    for number in range(12):
        owner = number // 2
        values: Document = {
            "title": ("Birthday", "New flat")[number % 2] + f" of {customer_name(owner).partition(' ')[0]}",
            "visibility": ("private", "friends", "public")[number % 3],
            "wish_count": number % 5,
            "occasion_date": f"2026-{number + 1:02d}-15",
        }
        related: Document = {
            field_id("wishlists", "owner"): [{"type": "customer", "id": customer_id(owner)}],
            field_id("wishlists", "products"): [
                {"type": "product", "id": product.id} for product in PRODUCTS[number % 4 : number % 4 + 2]
            ],
        }
        moment = seeded_moment(500 + number)
        custom: Document = {field_id("wishlists", slug): value for slug, value in values.items()}
        yield Row(_wishlist_id(number), flow_id("wishlists"), moment, moment, {}, custom, related)


def _wishlist_id(number: int) -> str:
    return seeded_id("wishlists", str(number))


def _values(index: int) -> Document:
    """Return custom values by field id: all of them for the first customer, thinner for the others."""
    values: Document = {
        "delivery_details": _SPOTS[index % len(_SPOTS)],
        "delivery_slot": _SLOTS[index % len(_SLOTS)],
        "contact_email": f"parcels+{index}@example.test",
        "referral_code": f"friend-{index:02d}",
        "crm_id": seeded_id("crm", str(index)),
        "gift_note": "With love" if index == 0 else None,
        "loyalty_points": index * 35 % 1000,
        "household_size": index % 12 + 1,
        "newsletter_days": (7, 14, 30)[index % 3],
        "lifetime_spend_cents": 4_294_967_296 + index if index == 0 else index * 12_345,
        "average_rating": index % 9 / 2 + 0.5,
        "shoe-size": 36 + index % 20 / 2,
        "ring_size": (15.5, 16.5, 17.25, 18.0)[index % 4],
        "marketing_consent": index % 2 == 0,
        "date_of_birth": f"{1950 + index}-{index % 12 + 1:02d}-{index % 28 + 1:02d}",
        "holiday_delivery": ("2025-12-19", "2025-12-22", "2025-12-23 18:00:00")[index % 3],
    }
    kept = {slug: value for place, (slug, value) in enumerate(values.items()) if index == 0 or (index + place) % 5}
    return {field_id("customers", slug): value for slug, value in kept.items() if value is not None}


def _references(index: int) -> Document:
    if index >= 6:
        return {}
    own = [{"type": "entry", "id": _wishlist_id(number)} for number in (index * 2, index * 2 + 1)]
    friend = {"type": "customer", "id": customer_id((index + 1) % CUSTOMERS_SEEDED)}
    repeated = [{"type": "order", "id": seeded_id("orders", f"{index}/0")}]
    references: dict[str, list[dict[str, str]]] = {
        "favourite_wishlist": own[:1],
        "saved_wishlists": own,
        "referred_by": [friend],
        "repeat_orders": repeated,
        "favourite_product": [{"type": "product", "id": PRODUCTS[index].id}],
    }
    return {field_id("customers", slug): value for slug, value in references.items()}
