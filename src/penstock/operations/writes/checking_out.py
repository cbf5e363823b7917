"""Checking a cart out: as a guest or as the signed-in customer, and at most once for a key.

Upstream believes whatever customer id it is told (§11). So the id is the token's, and the token is proved by reading
the customer with it before anything is ordered.

Never here: what is in a cart, payments.
Source: CONTRACT §11 (checkout), §5A.1, R25.
"""

from __future__ import annotations

from penstock.definitions.model import JSON
from penstock.errors import CallerError, PenstockError, StateError, UpstreamInvalid, UpstreamUnavailable
from penstock.operations.edges import check_identity, found
from penstock.operations.failures import refusal
from penstock.operations.judging import UserError
from penstock.operations.priming import prime_edge, prime_one
from penstock.operations.rows import decode, read_one
from penstock.operations.writes.once import Earlier, Once, once_for
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.resources.ways import FromToken
from penstock.upstream.wire import encode_json, target

_KEY = ("input", "idempotencyKey")
_NO_BUYER = UserError(
    "REQUIRED", ("input", "guest"), "Say who buys: give guest, or send the token of a signed-in customer."
)
_OTHER_INPUT = UserError("INVALID", _KEY, "This key was used for another checkout: take a new one for each purchase.")
_UNCLEAR = UserError(
    "CONFLICT",
    _KEY,
    "A checkout with this key is under way, or ended without a clear answer: look for its order before you take a new "
    "key.",
)
_UNREADABLE: JSON = {
    "code": "ORDER_NOT_READABLE",
    "message": "The order was placed by an earlier submission; these credentials cannot read it, only its id is told.",
    "id": None,
}
_NOT_READABLE = frozenset({401, 403, 404})


async def check_out(write: Write) -> Outcome:
    """Judge, prove the customer, claim the key, order."""
    body, errors = write.judge()
    key = body.pop("idempotency_key", None)
    is_guest = isinstance(body.get("customer"), dict)
    if not is_guest and not write.context.credentials.customer_token:
        errors.append(_NO_BUYER)
    if errors:
        return Outcome(errors=tuple(errors))
    if body.get("shipping_address") is None:
        body["shipping_address"] = body.get("billing_address")
    customer = "" if is_guest else await _proven_customer(write)
    if customer:
        body["customer"] = {"id": customer}
    sent = encode_json({"data": body})
    if not isinstance(key, str):
        return await _order(write, sent, is_guest=is_guest)
    context = write.context
    once = once_for(context.services.state, write.where(), context.credentials, key, sent, proven_customer=customer)
    earlier = await once.claim()
    if earlier is not None:
        return await _as_before(write, earlier)
    return await _order_once(write, sent, once, is_guest=is_guest)


async def _proven_customer(write: Write) -> str:
    """The customer of the token, read with the token: whoever made one up cannot.

    Raises:
        CredentialError: The token is expired, made up or refused.
    """
    context = write.context
    identity = context.customer_id()
    customer = context.generation.description.resources["Customer"]
    me = next(edge for edge in customer.roots if any(isinstance(origin, FromToken) for _, origin in edge.origins))
    response = await context.loader.load(me.route.template, target(me.route.template, {"id": identity}))
    if found(me, response, context):
        check_identity(me, identity, read_one(response, me.route.template).get("id"))
    return identity


async def _order_once(write: Write, sent: bytes, once: Once, *, is_guest: bool) -> Outcome:
    """Order under a claimed key, which is given back where it is plain that nothing was ordered."""
    calls = write.context.calls
    try:
        outcome = await _order(write, sent, is_guest=is_guest)
    except PenstockError as error:
        is_unsent = write.context.calls == calls or (isinstance(error, UpstreamUnavailable) and not error.sent)
        if is_unsent or isinstance(error, CallerError):
            await _quietly(once, None)
        raise
    await _quietly(once, None if outcome.response is None else _made(write, outcome))
    return outcome


async def _quietly(once: Once, made: str | None) -> None:
    """Say what became of the order; where that cannot be written, the key stays claimed, which is safe."""
    try:
        await (once.release() if made is None else once.keep(made))
    except StateError:
        return


def _made(write: Write, outcome: Outcome) -> str | None:
    if outcome.response is None:
        return None
    identity = read_one(outcome.response, write.mutation.route.template).get("id")
    return identity if isinstance(identity, str) else None


async def _order(write: Write, sent: bytes, *, is_guest: bool) -> Outcome:
    """The one write. A guest's goes without a customer token, so that upstream links it to nobody."""
    mutation, context = write.mutation, write.context
    async with write.alone():
        response = await context.write(mutation.route, write.where(), sent, carries_token=not is_guest)
    if not 200 <= response.status < 300:
        return write.refused(response)
    identity = read_one(response, mutation.route.template).get("id")
    prime_one(context.loader, write.resource, identity, response)
    included = decode(response.body, mutation.route.template).get("included")
    rows = included.get(mutation.brings) if isinstance(included, dict) else None
    prime_edge(context.loader, write.resource, mutation.brings, identity, rows)
    return Outcome(response=response, warnings=write.warnings(response))


async def _as_before(write: Write, earlier: Earlier) -> Outcome:
    """What an earlier submission got: the order, read with this caller's own credentials."""
    if not earlier.is_same:
        return Outcome(errors=(_OTHER_INPUT,))
    one = write.resource.one
    if earlier.made is None or one is None:
        return Outcome(errors=(_UNCLEAR,))
    response = await write.context.loader.load(one.template, target(one.template, {"id": earlier.made}))
    if 200 <= response.status < 300:
        if read_one(response, one.template).get("id") != earlier.made:
            raise UpstreamInvalid(f"{one.template} answered with another resource than was asked for.")
        return Outcome(response=response)
    if response.status in _NOT_READABLE:
        return Outcome(row={"id": earlier.made}, warnings=(_UNREADABLE,))
    raise refusal(response, one.template, customer_token=write.context.credentials.customer_token)
