"""What upstream says of carts and orders, in words of our own: a refusal's and a warning's.

Never here: sending, which value of an input is meant.
Source: CONTRACT §1 (2xx with `errors`), §2, §11; carts-orders.yaml (`Response.ErrorItem`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from penstock.definitions.model import JSON
from penstock.upstream.answers import ErrorItem, upstream_errors
from penstock.upstream.transport import Response

SAYINGS: Sequence[tuple[re.Pattern[str], str, str]] = tuple(
    (re.compile(pattern, re.IGNORECASE), code, message)
    for pattern, code, message in (
        (r"\bstock\b", "INSUFFICIENT_STOCK", "There is not enough of it in stock."),
        (r"cart (is|was) empty|empty cart|no items", "CART_EMPTY", "There is nothing in the cart."),
        (r"promotion.*\bcode\b|\bcode\b.*promotion|invalid code", "CODE_INVALID", "This code takes nothing off."),
        (r"contact e-?mail", "CART_HAS_CONTACT", "A cart has a contact or a customer, not both."),
        (r"different items|unique items|too many items", "LIMIT_REACHED", "The cart takes no more different items."),
        (r"\bcurrenc", "CURRENCY_MISMATCH", "The cart is in another currency."),
        (r"another customer", "CART_TAKEN", "The cart is another customer's."),
        (r"fulfilled order", "ORDER_FULFILLED", "The order is shipped: it can no longer be changed."),
        (r"preview", "CART_PREVIEW", "This cart is a preview: it cannot be checked out."),
        (r"(product|item).*not found|not found.*(product|item)", "NOT_FOUND", "There is no such item."),
    )
)
_OTHERWISE = ("WARNING", "The store did what was asked, but not all of it as it should be.")


def saying(item: ErrorItem) -> tuple[str, str] | None:
    """A short word and a sentence for what an error item says, or None where that is not known."""
    said = f"{item.title}: {item.detail}"
    return next(((code, message) for pattern, code, message in SAYINGS if pattern.search(said)), None)


def warnings_of(response: Response) -> tuple[JSON, ...]:
    """The `Warning` objects of a successful answer, under GraphQL names."""
    found: list[JSON] = []
    for item in upstream_errors(response):
        code, message = saying(item) or _OTHERWISE
        found.append({"code": code, "message": message, "id": item.meta.get("id") or item.meta.get("sku")})
    return tuple(found)
