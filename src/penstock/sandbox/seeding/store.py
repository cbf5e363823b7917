"""Filling a new database with the seeded store.

Never here: what the store holds.
"""

from __future__ import annotations

from penstock.sandbox.database import Database
from penstock.sandbox.seeding.definitions import field_rows, flow_rows
from penstock.sandbox.seeding.people import address_rows, customer_rows, wishlist_rows
from penstock.sandbox.seeding.sales import order_rows, promotion_rows
from penstock.sandbox.tables import ADDRESSES, CUSTOMERS, ENTRIES, FIELDS, FLOWS, ORDER_ITEMS, ORDERS, PROMOTIONS


def seed_store(database: Database) -> None:
    """Write every row of the store, within the caller's transaction."""
    for table, rows in (
        (FLOWS, flow_rows()),
        (FIELDS, field_rows()),
        (CUSTOMERS, customer_rows()),
        (ADDRESSES, address_rows()),
        (ENTRIES, wishlist_rows()),
        (PROMOTIONS, promotion_rows()),
    ):
        for row in rows:
            database.insert(table, row)
    for order, items in order_rows():
        database.insert(ORDERS, order)
        for item in items:
            database.insert(ORDER_ITEMS, item)
