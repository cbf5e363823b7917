"""The tables of the sandbox's database, described once: kinds of rows and the columns that filters need.

Never here: SQL that reads or writes rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of resource, stored as JSON documents with a few generated columns.

    Attributes:
        name: of the SQL table.
        columns: column name → JSON path inside the document `core`.
        indexed: column names (generated or own) that get an index.
    """

    name: str
    columns: dict[str, str] = field(default_factory=dict)
    indexed: tuple[str, ...] = ()


CUSTOMERS = Table(
    "customers",
    {"name": "$.name", "email": "$.email", "external_ref": "$.external_ref"},
    ("email", "name", "created", "updated"),
)
ADDRESSES = Table("addresses", indexed=("parent",))
FLOWS = Table("flows", {"slug": "$.slug"}, ("slug",))
FIELDS = Table("fields", {"slug": "$.slug"}, ("parent",))
ENTRIES = Table("entries", indexed=("parent",))
ORDERS = Table(
    "orders",
    {
        "status": "$.status",
        "payment": "$.payment",
        "shipping": "$.shipping",
        "name": "$.customer.name",
        "email": "$.customer.email",
        "contact_name": "$.contact.name",
        "contact_email": "$.contact.email",
        "customer_id": "$.customer_id",
        "account_id": "$.account.id",
        "account_member_id": "$.account.member_id",
        "shipping_name": "$.shipping_address.first_name",
        "billing_name": "$.billing_address.first_name",
        "shipping_postcode": "$.shipping_address.postcode",
        "billing_postcode": "$.billing_address.postcode",
        "external_ref": "$.external_ref",
        "order_number": "$.order_number",
        "currency": "$.prices.with_tax.currency",
        "with_tax": "$.prices.with_tax.amount",
        "without_tax": "$.prices.without_tax.amount",
    },
    ("customer_id", "created", "email"),
)
ORDER_ITEMS = Table("order_items", {"product_id": "$.product_id", "sku": "$.sku"}, ("parent",))
TRANSACTIONS = Table("transactions", indexed=("parent",))
CARTS = Table("carts", {"customer_id": "$.customer_id"}, ("updated",))
CART_ITEMS = Table("cart_items", indexed=("parent",))
PROMOTIONS = Table("promotions", {"code": "$.code"}, ("code",))
INTEGRATIONS = Table("integrations")
INTEGRATION_LOGS = Table("integration_logs", indexed=("parent",))
DELIVERIES = Table("deliveries", {"due": "$.due"}, ("due",))
ERASURES = Table("erasure_requests")
CHANGES = Table("personal_data_logs")

TABLES = (
    CUSTOMERS, ADDRESSES, FLOWS, FIELDS, ENTRIES, ORDERS, ORDER_ITEMS, TRANSACTIONS, CARTS, CART_ITEMS, PROMOTIONS,
    INTEGRATIONS, INTEGRATION_LOGS, DELIVERIES, ERASURES, CHANGES,
)  # fmt: skip


def statements() -> list[str]:
    """Return the SQL that makes a new database, in order."""
    made = [
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE access_tokens (token TEXT PRIMARY KEY, granted TEXT NOT NULL, expires INTEGER NOT NULL)",
    ]
    for table in TABLES:
        generated = "".join(
            f", {column} GENERATED ALWAYS AS (json_extract(core, '{path}')) VIRTUAL"
            for column, path in table.columns.items()
        )
        made.append(
            f"CREATE TABLE {table.name} (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parent TEXT NOT NULL,"
            " created INTEGER NOT NULL, updated INTEGER NOT NULL,"
            f" core TEXT NOT NULL, custom TEXT NOT NULL, related TEXT NOT NULL{generated})"
        )
        made += [f"CREATE INDEX {table.name}_{column} ON {table.name} ({column})" for column in table.indexed]
    return made
