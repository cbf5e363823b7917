"""Signing in: a customer token for a password or for what an OpenID provider gave, and access for anyone.

Never here: the gateway's own client_credentials.
Source: CONTRACT §5A, §7, Q5.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.model import JSON
from penstock.errors import CredentialError, UpstreamInvalid
from penstock.operations.rows import read_one
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.resources.token import PASSWORD_LOGIN
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
        return _in_words_of(judged, write.refused(response))
    route = write.mutation.route.template
    if not read_one(response, route, needs_id=False).get("token"):
        raise UpstreamInvalid(f"{route} answered without a token.", status=response.status)
    return Outcome(response=response)


def _in_words_of(judged: dict[str, JSON], refused: Outcome) -> Outcome:
    """A refusal of what a provider gave speaks of no password."""
    if PASSWORD_LOGIN.key in judged:
        return refused
    said = "The sign-in was refused: begin it anew at the provider."
    return replace(refused, errors=tuple(replace(error, message=said) for error in refused.errors))


async def give_access(write: Write) -> Outcome:
    """The implicit token of the gateway's client id: the rights of any anonymous shopper."""
    anonymous = write.context.services.anonymous
    if anonymous is None:
        raise CredentialError("This gateway has no client id to give access tokens for.", "UNAUTHENTICATED")
    token = await write.context.own_token(anonymous)
    return Outcome(row={"token": token.value, "expires": token.expires})
