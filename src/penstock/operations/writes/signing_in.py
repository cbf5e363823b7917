"""Signing in: a customer token for a password or for what an OpenID provider gave, and access for anyone.

Never here: the gateway's own client_credentials.
Source: CONTRACT §5A, §7, Q5.
"""

from __future__ import annotations

from penstock.definitions.model import JSON
from penstock.errors import CredentialError
from penstock.operations.rows import read_one
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.upstream.wire import envelope


async def sign_in(write: Write) -> Outcome:
    """Ask for a customer token; exactly one of the ways of the input is given."""
    judged, errors = write.judge()
    if errors:
        return Outcome(errors=tuple(errors))
    body: dict[str, JSON] = {}
    for mechanism, values in judged.items():
        body = {"authentication_mechanism": mechanism, **(values if isinstance(values, dict) else {})}
    response = await write.send(envelope(write.mutation.item_type, body))
    if not 200 <= response.status < 300:
        return write.refused(response)
    read_one(response, write.mutation.route.template, needs_id=False)
    return Outcome(response=response)


async def give_access(write: Write) -> Outcome:
    """The implicit token of the gateway's client id: the rights of any anonymous shopper."""
    anonymous = write.context.services.anonymous
    if anonymous is None:
        raise CredentialError("This gateway has no client id to give access tokens for.", "UNAUTHENTICATED")
    token = await anonymous.token()
    return Outcome(row={"token": token.value, "expires": token.expires})
