"""The lines of a cart: put in, changed, taken out; and whose the cart is.

Never here: the cart itself, its checkout.
Source: CONTRACT §11; carts-orders.yaml (`BulkAddItemsRequest`, `BulkUpdateCartsItems`).
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.model import JSON
from penstock.operations.judging import UserError
from penstock.operations.priming import prime_edge
from penstock.operations.rows import decode
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.resources.inputs import MOST_ITEMS
from penstock.upstream.transport import Response
from penstock.upstream.wire import encode_json, target

_ITEMS = ("input", "items")
_ITEM_IDS = ("input", "itemIds")


async def put_in(write: Write) -> Outcome:
    """One item is sent as itself, so that a refusal is one; several are sent together."""
    body, errors = write.judge()
    lines = [_line(item) for item in _objects(body.get("items"))]
    errors = errors or _emptiness(lines, _ITEMS)
    if errors:
        return Outcome(errors=tuple(errors))
    sent: dict[str, JSON] = {"data": [*lines] if len(lines) > 1 else lines[0]}
    if len(lines) > 1 and body.get("add_all_or_nothing") is True:
        sent["options"] = {"add_all_or_nothing": True}
    outcome = await _send_lines(write, sent, UserError("NOT_FOUND", _ITEMS, "There is no such product."))
    return _at_the_only_line(outcome) if len(lines) == 1 else outcome


async def change_lines(write: Write) -> Outcome:
    """All changes in one call, which upstream makes as a whole or not at all."""
    body, errors = write.judge()
    lines = _objects(body.get("items"))
    errors = errors or _emptiness(lines, _ITEMS)
    if errors:
        return Outcome(errors=tuple(errors))
    sent: dict[str, JSON] = {"data": [*lines]}
    outcome = await _send_lines(write, sent, UserError("NOT_FOUND", _ITEMS, "There is no such item in the cart."))
    return _at_the_only_line(outcome) if len(lines) == 1 else outcome


async def take_out(write: Write) -> Outcome:
    """One call for each item; a refusal ends them, and what is out stays out."""
    body, errors = write.judge()
    given = body.get("item_ids")
    ids = [one for one in dict.fromkeys(given if isinstance(given, list) else []) if isinstance(one, str)]
    errors = errors or _emptiness(ids, _ITEM_IDS) or _crowd(ids)
    if errors:
        return Outcome(errors=tuple(errors))
    write.context.check_budget(len(ids))
    response: Response | None = None
    async with write.alone():
        for one in ids:
            where = target(write.mutation.route.template, {**write.values, "item_id": one})
            answer = await write.send(b"", where)
            if 200 <= answer.status < 300:
                response = answer
            elif answer.status != 404:
                return write.refused(answer)
    return _listed(write, response)


async def associate(write: Write) -> Outcome:
    """Make a cart a customer's, or no more: the body is an array of one reference, whatever the method."""
    _, errors = write.judge()
    if errors:
        return Outcome(errors=tuple(errors))
    reference: JSON = {"type": write.mutation.item_type, "id": write.values["customer_id"]}
    async with write.alone():
        response = await write.send(encode_json({"data": [reference]}))
    if not 200 <= response.status < 300:
        return write.refused(response)
    return Outcome(again=write.again())


async def _send_lines(write: Write, sent: dict[str, JSON], missing: UserError) -> Outcome:
    async with write.alone():
        response = await write.send(encode_json(sent))
    if response.status == 404:
        # There is no missing cart (§11): what is missing is what the input names.
        return Outcome(errors=(missing,))
    if not 200 <= response.status < 300:
        return write.refused(response)
    return _listed(write, response)


def _at_the_only_line(outcome: Outcome) -> Outcome:
    """Where there is one line, what upstream refuses is at that line, although upstream does not say where."""
    placed = (
        replace(error, field=(*_ITEMS, "0", *error.field[len(_ITEMS) :]))
        if error.field is not None and error.field[: len(_ITEMS)] == _ITEMS
        else error
        for error in outcome.errors
    )
    return replace(outcome, errors=tuple(placed))


def _listed(write: Write, response: Response | None) -> Outcome:
    """What a write that answers with all lines of the cart did."""
    if response is None or not response.body:
        return Outcome(again=write.again())
    document = decode(response.body, write.mutation.route.template)
    cart = write.values[write.mutation.by]
    prime_edge(write.context.loader, write.resource, write.mutation.brings, cart, document.get("data"))
    return Outcome(again=write.again(), warnings=write.warnings(response))


def _line(item: dict[str, JSON]) -> dict[str, JSON]:
    """An item of the input, `{"cart_item": {…}}`, as upstream takes it: `{"type": "cart_item", …}`."""
    for kind, values in item.items():
        if isinstance(values, dict):
            return {**values, "type": kind}
    return {}


def _objects(value: JSON) -> list[dict[str, JSON]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _crowd(ids: list[str]) -> list[UserError]:
    if len(ids) <= MOST_ITEMS:
        return []
    return [UserError("LIMIT_REACHED", _ITEM_IDS, f"itemIds can have at most {MOST_ITEMS} items at a time.")]


def _emptiness(items: list[dict[str, JSON]] | list[str], path: tuple[str, ...]) -> list[UserError]:
    return [] if items else [UserError("REQUIRED", path, f"{path[-1]} must hold at least one.")]
