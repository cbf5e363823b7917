"""What the tests of carts, checkouts and payments ask for.

Never here: tests.
"""

from __future__ import annotations

from typing import Any

from tests.support.served import Served

Data = dict[str, Any]

ERRORS = "userErrors { code field message }"
CART = """cart { id name prices { withTax { amount currencyCode } } items {
  id kind sku name quantity engraving customInputs unitPrice { amount } } }"""
ADD = f"""mutation ($cartId: ID!, $input: CartItemsAddInput!) {{
  cartItemsAdd(cartId: $cartId, input: $input) {{ {CART} warnings {{ code message id }} {ERRORS} }}
}}"""
UPDATE = f"""mutation ($cartId: ID!, $input: CartItemsUpdateInput!) {{
  cartItemsUpdate(cartId: $cartId, input: $input) {{ {CART} warnings {{ code }} {ERRORS} }}
}}"""
REMOVE = f"""mutation ($cartId: ID!, $input: CartItemsRemoveInput!) {{
  cartItemsRemove(cartId: $cartId, input: $input) {{ {CART} warnings {{ code }} {ERRORS} }}
}}"""
PROMOTE = f"""mutation ($cartId: ID!, $input: CartPromotionAddInput!) {{
  cartPromotionAdd(cartId: $cartId, input: $input) {{ {CART} warnings {{ code }} {ERRORS} }}
}}"""
CHECKOUT = f"""mutation ($cartId: ID!, $input: CartCheckoutInput!) {{
  cartCheckout(cartId: $cartId, input: $input) {{
    order {{ id status payment orderNumber customerName customerEmail customer {{ id deliveryDetails }}
      billingAddress {{ line1 region }} shippingAddress {{ line1 instructions }}
      prices {{ withTax {{ amount currencyCode }} }} items {{ id sku quantity linePrice {{ amount }} }} }}
    warnings {{ code message id }} {ERRORS}
  }}
}}"""
PAY = f"""mutation ($id: ID!, $input: OrderPayInput!) {{
  orderPay(id: $id, input: $input) {{ transaction {{ id gateway kind status amount {{ amount }} }} {ERRORS} }}
}}"""
CHANGE = f"""mutation ($id: ID!, $input: OrderUpdateInput!) {{
  orderUpdate(id: $id, input: $input) {{
    order {{ id status shipping orderNumber externalRef shippingAddress {{ line1 }} giftMessage }}
    warnings {{ code }} {ERRORS}
  }}
}}"""
HOME: Data = {
    "firstName": "Ines",
    "lastName": "Okafor",
    "line1": "1 High Street",
    "region": "Devon",
    "postcode": "EX1 1AA",
    "country": "GB",
}
GUEST: Data = {"guest": {"name": "Gus Guest", "email": " Gus@Example.test"}, "billingAddress": HOME}


async def write(running: Served, text: str, variables: Data, **credentials: str | None) -> Data:
    """The payload of the one mutation in a document."""
    (payload,) = (await running.ask(text, variables, **credentials)).values()
    made: Data = payload
    return made


async def fill(running: Served, cart: str, **credentials: str | None) -> Data:
    """A cart with two mugs in it."""
    item = {"product": {"sku": "MUG-BLUE", "quantity": 2}}
    payload = await write(running, ADD, {"cartId": cart, "input": {"items": [item]}}, **credentials)
    assert payload["userErrors"] == []
    filled: Data = payload["cart"]
    return filled


def codes(payload: Data) -> list[tuple[str, list[str] | None]]:
    """What has to be changed: code and path of each user error."""
    return [(error["code"], error["field"]) for error in payload["userErrors"]]
