"""What can be written to a cart: itself, its lines, a promotion, whose it is.

Never here: I/O, logic, the checkout, what the writes take.
Source: CONTRACT §11, §5 (100 unique items); carts-orders.yaml (`BulkAddItemsRequest`, `BulkUpdateCartsItems`).
"""

from __future__ import annotations

from penstock.resources.attributes import Attribute, Kind
from penstock.resources.cart_inputs import CHANGED_LINES, CONTACT, NEW_LINES, optional, required
from penstock.resources.rows import Mutation
from penstock.resources.ways import FromArgument, FromArgumentOrToken, Origin, Route

_CART = ("cart_id", FromArgument("cartId"))
_WHOSE: tuple[tuple[str, Origin], ...] = (_CART, ("customer_id", FromArgumentOrToken("customerId")))
_LOCK = "/v2/carts/{cart_id}"
_ITEMS = "/v2/carts/{cart_id}/items"
_CALLS = (
    "One upstream call, and one more where `cart` is selected; when that one fails, the change is made all the same."
)

CART_MUTATIONS = (
    Mutation(
        "cartCreate",
        "create",
        "Begins a cart, the signed-in customer's where there is one. One upstream call; when it fails, nothing was "
        "begun. A cart need not be created: putting something into any id begins one, too.",
        Route("POST", "/v2/carts"),
        "cart",
        "cart",
        "Cart",
        input=(
            optional("id", "id", Kind.ID, "The cart's id, if you choose it yourself: whoever guesses it has the cart."),
            CONTACT,
        ),
        is_sale=True,
        warns=True,
    ),
    Mutation(
        "cartUpdate",
        "update",
        "Changes the given attributes of a cart and leaves the others alone. One upstream call.",
        Route("PUT", "/v2/carts/{id}"),
        "cart",
        "cart",
        "Cart",
        origins=(("id", FromArgument("id")),),
        input=(CONTACT,),
        is_sale=True,
        warns=True,
    ),
    Mutation(
        "cartItemsAdd",
        "put_in",
        "Puts products and custom items into a cart. A single item is put in or refused. Of several the good ones are "
        f"put in and the others come back as `warnings`, unless `allOrNothing` is true. {_CALLS}",
        Route("POST", _ITEMS),
        "",
        "cart",
        "Cart",
        origins=(_CART,),
        input=(
            NEW_LINES,
            Attribute(
                "allOrNothing",
                ("add_all_or_nothing",),
                Kind.BOOLEAN,
                "Whether nothing is put in when one of several items cannot be.",
                create="optional",
                nullable_input=False,
            ),
        ),
        by="cart_id",
        lock=_LOCK,
        brings="items",
        is_sale=True,
        warns=True,
        has_quota=True,
    ),
    Mutation(
        "cartItemsUpdate",
        "change_lines",
        f"Changes quantities, inputs and custom fields of items in a cart: all of them change, or none does. {_CALLS}",
        Route("PUT", _ITEMS),
        "",
        "cart",
        "Cart",
        origins=(_CART,),
        input=(CHANGED_LINES,),
        by="cart_id",
        lock=_LOCK,
        brings="items",
        is_sale=True,
        warns=True,
    ),
    Mutation(
        "cartItemsRemove",
        "take_out",
        "Takes items out of a cart: products, custom items, promotions; 100 at the most. One upstream call for each "
        "item, in the order given, and one more where `cart` is selected; when one fails, those before it are gone and "
        "those after it are not: send the same input again.",
        Route("DELETE", f"{_ITEMS}/{{item_id}}"),
        "",
        "cart",
        "Cart",
        origins=(_CART,),
        input=(
            Attribute(
                "itemIds",
                ("item_ids",),
                Kind.ID,
                "Ids of the items; one that is not there is no error.",
                create="required",
                nullable_input=False,
                many=True,
            ),
        ),
        by="cart_id",
        lock=_LOCK,
        brings="items",
        is_sale=True,
        warns=True,
    ),
    Mutation(
        "cartPromotionAdd",
        "send",
        f"Puts a promotion code into a cart; `cartItemsRemove` takes it out. {_CALLS}",
        Route("POST", _ITEMS),
        "promotion_item",
        "cart",
        "Cart",
        origins=(_CART,),
        input=(required("code", "code", Kind.STRING, "The code."),),
        by="cart_id",
        lock=_LOCK,
        is_sale=True,
        warns=True,
    ),
    Mutation(
        "cartCustomerAssociate",
        "associate",
        f"Makes a cart a customer's: without `customerId`, the signed-in one's. {_CALLS}",
        Route("POST", "/v2/carts/{cart_id}/relationships/customers"),
        "customer",
        "cart",
        "Cart",
        origins=_WHOSE,
        by="cart_id",
        lock=_LOCK,
        is_sale=True,
    ),
    Mutation(
        "cartCustomerDissociate",
        "associate",
        f"Makes a cart a customer's no more: without `customerId`, the signed-in one's. {_CALLS}",
        Route("DELETE", "/v2/carts/{cart_id}/relationships/customers"),
        "customer",
        "cart",
        "Cart",
        origins=_WHOSE,
        by="cart_id",
        lock=_LOCK,
        is_sale=True,
    ),
)
