"""A mutation, whichever executor runs it: judge the input, write once, prime the loader with the answer.

Never here: GraphQL execution, what a refusal means.
Source: HOUSE, the way of a mutation; CONTRACT §5 (same-object writes), §6.2, §7, R9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from penstock.definitions.model import JSON
from penstock.errors import UpstreamInvalid
from penstock.operations.context import Context
from penstock.operations.failures import refusal
from penstock.operations.judging import UserError, judge_input
from penstock.operations.rows import read_one
from penstock.operations.verdicts import user_errors
from penstock.resources.attributes import Attribute
from penstock.resources.rows import Mutation, Resource
from penstock.resources.token import PASSWORD_LOGIN
from penstock.upstream.transport import Response
from penstock.upstream.wire import envelope, is_id, target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write did.

    Attributes:
        response: The answer that holds the resource, or None.
        deleted_id: The id that is gone, or None.
        errors: What has to be changed in the input.
    """

    response: Response | None = field(default=None, repr=False)
    deleted_id: str | None = None
    errors: tuple[UserError, ...] = ()

    def user_errors(self) -> list[JSON]:
        """The `userErrors` of the payload, under GraphQL names."""
        return [error.entry() for error in self.errors]


async def run_write(mutation: Mutation, resource: Resource, arguments: Mapping[str, JSON], context: Context) -> Outcome:
    """Run a mutation: at most one upstream write.

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
    context.loader.forget()
    given = arguments.get("input")
    given = given if isinstance(given, dict) else {}
    if mutation.verb == "token":
        return await _sign_in(mutation, given, context)
    rows = _input_rows(mutation, resource)
    body, errors = judge_input(rows, given)
    identity = _identity(arguments, context) if mutation.id_argument != "absent" else None
    if identity is not None and not is_id(identity):
        errors.append(UserError("INVALID", ("id",), "id is not an id."))
    if errors:
        return Outcome(errors=tuple(errors))
    if identity is None:
        return await _send(
            mutation, resource, rows, mutation.route.template, envelope(mutation.item_type, body), context
        )
    has_id = isinstance(arguments.get("id"), str)
    where = target(mutation.route.template, {"id": identity})
    payload = b"" if mutation.verb == "delete" else envelope(mutation.item_type, {"id": identity, **body})
    async with context.services.locks.hold(where):
        outcome = await _send(mutation, resource, rows, where, payload, context, has_id=has_id)
    if mutation.verb == "delete" and not outcome.errors:
        return Outcome(deleted_id=identity)
    return outcome


def _input_rows(mutation: Mutation, resource: Resource) -> list[Attribute]:
    if mutation.verb == "create":
        return [row for row in resource.attributes if row.create != "absent"]
    if mutation.verb == "update":
        return [row for row in resource.attributes if row.update != "absent"]
    return []


def _identity(arguments: Mapping[str, JSON], context: Context) -> str:
    given = arguments.get("id")
    return given if isinstance(given, str) else context.customer_id()


async def _sign_in(mutation: Mutation, given: Mapping[str, JSON], context: Context) -> Outcome:
    login = given.get("password")
    values = login if isinstance(login, dict) else {}
    body, errors = judge_input(PASSWORD_LOGIN, values, ("input", "password"))
    if errors:
        return Outcome(errors=tuple(errors))
    body = {"authentication_mechanism": "password", **body}
    return await _send(
        mutation, None, PASSWORD_LOGIN, mutation.route.template, envelope(mutation.item_type, body), context
    )


async def _send(
    mutation: Mutation,
    resource: Resource | None,
    rows: Sequence[Attribute],
    where: str,
    body: bytes,
    context: Context,
    *,
    has_id: bool = False,
) -> Outcome:
    response = await context.write(mutation, where, body)
    if not 200 <= response.status < 300:
        errors = user_errors(mutation, rows, response, has_id=has_id)
        if errors is None:
            raise refusal(
                response,
                mutation.route.template,
                customer_token=context.credentials.customer_token and mutation.carries_token,
            )
        return Outcome(errors=tuple(errors))
    if mutation.verb == "delete":
        return Outcome()
    row = read_one(response, mutation.route.template, needs_id=resource is not None)
    if resource is not None and resource.one is not None:
        identity = row.get("id")
        if isinstance(identity, str) and is_id(identity):
            context.loader.prime(target(resource.one.template, {"id": identity}), response)
            if mutation.verb == "update" and target(mutation.route.template, {"id": identity}) != where:
                raise UpstreamInvalid(f"{mutation.route.template} answered with another resource than was written.")
    return Outcome(response=response)
