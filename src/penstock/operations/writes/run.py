"""Which function runs which kind of write.

Never here: what a kind of write does.
Source: HOUSE, the way of a mutation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from penstock.definitions.model import JSON
from penstock.errors import UpstreamError, UpstreamUnavailable
from penstock.operations.context import Context
from penstock.operations.writes.cart_lines import associate, change_lines, put_in, take_out
from penstock.operations.writes.checking_out import check_out
from penstock.operations.writes.defining import define
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.paying import pay
from penstock.operations.writes.plain import write_plainly
from penstock.operations.writes.relating import relate
from penstock.operations.writes.signing_in import give_access, sign_in
from penstock.operations.writes.write import Write, begin
from penstock.resources.rows import Mutation, Resource, Verb

Writer: TypeAlias = Callable[[Write], Awaitable[Outcome]]

_WRITERS: dict[Verb, Writer] = {
    "create": write_plainly,
    "update": write_plainly,
    "delete": write_plainly,
    "send": write_plainly,
    "token": sign_in,
    "relate": relate,
    "access": give_access,
    "define": define,
    "put_in": put_in,
    "change_lines": change_lines,
    "take_out": take_out,
    "associate": associate,
    "check_out": check_out,
    "pay": pay,
}


async def run_write(mutation: Mutation, resource: Resource, arguments: Mapping[str, JSON], context: Context) -> Outcome:
    """Run a mutation.

    Args:
        mutation: Its row.
        resource: The resource it writes.
        arguments: Coerced GraphQL arguments, given keys only.
        context: The request's own.

    Raises:
        CredentialError: A token is needed and missing, expired or refused.
        LimitError: The budget is used up, or the store's rate.
        UpstreamError: No whole or no usable answer could be had; the write may have happened.
    """
    earlier = context.writes
    try:
        return await _WRITERS[mutation.verb](begin(mutation, resource, arguments, context))
    except UpstreamError as error:
        is_unsent = isinstance(error, UpstreamUnavailable) and not error.sent
        error.may_be_written = context.writes > earlier and not is_unsent
        raise
