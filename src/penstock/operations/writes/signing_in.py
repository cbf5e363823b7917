"""Signing in: a customer token for a password or for what an OpenID provider gave.

Never here: the gateway's own tokens.
Source: CONTRACT §7, Q5.
"""

from __future__ import annotations

from penstock.definitions.model import JSON
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
