"""Paying for an order; what would mark it as paid without money is for staff alone.

A bearer does not tell whose it is. So staff prove themselves: no customer token came along, and upstream lets the
bearer read what it lets nobody else read.

Never here: carts, what a gateway does.
Source: CONTRACT §10.2 (never let a browser choose manual/purchase), §5A.1.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.operations.failures import refusal
from penstock.operations.judging import UserError
from penstock.operations.rows import read_one
from penstock.operations.verdicts import nothing_there
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.resources.rows import StaffOnly
from penstock.upstream.wire import encode_json


async def pay(write: Write) -> Outcome:
    """Judge, let staff prove themselves where that is needed, send once."""
    body, errors = write.judge()
    if errors:
        return Outcome(errors=tuple(errors))
    guard = write.mutation.staff_only
    if guard is not None and all(body.get(key) == value for key, value in guard.when):
        refused = await _unless_staff(write, guard)
        if refused is not None:
            return refused
    async with write.alone():
        response = await write.send(encode_json({"data": body}))
    if not 200 <= response.status < 300:
        return _without_inviting_a_second(write.refused(response))
    read_one(response, write.mutation.route.template)
    return Outcome(response=response, again=write.again(), warnings=write.warnings(response))


def _without_inviting_a_second(refused: Outcome) -> Outcome:
    """A conflict over a payment mostly means that there is one: nobody is told to try again."""
    said = "The order cannot be paid so (any more): see what is paid of it before you pay again."
    return replace(
        refused, errors=tuple(replace(one, message=said) if one.code == "CONFLICT" else one for one in refused.errors)
    )


async def _unless_staff(write: Write, guard: StaffOnly) -> Outcome | None:
    context, template = write.context, guard.proof.template
    forbidden = Outcome(errors=(UserError("FORBIDDEN", None, guard.message),))
    if not context.credentials.has_bearer or context.credentials.customer_token:
        return forbidden
    response = await context.loader.load(template, write.where(template))
    if 200 <= response.status < 300:
        return None
    if response.status == 403:
        return forbidden
    if response.status == 404:
        return Outcome(errors=(nothing_there(write.named),))
    raise refusal(response, template, customer_token=False)
