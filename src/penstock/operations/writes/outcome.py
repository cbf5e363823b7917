"""What a write did, as both executors read it.

Never here: writing, GraphQL execution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from penstock.definitions.model import JSON
from penstock.operations.context import Context
from penstock.operations.judging import UserError
from penstock.operations.rows import judge
from penstock.operations.values import Row
from penstock.resources.rows import Result
from penstock.upstream.transport import Response


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write did.

    Attributes:
        response: The answer that holds the payload's resource, or None.
        row: The payload's resource, where the gateway itself made it.
        again: Name of a payload field → route and target by which its resource is to be read, if it is selected.
        deleted_id: The id that is gone, or None.
        errors: What has to be changed in the input.
        warnings: What upstream says beside a success.
    """

    response: Response | None = field(default=None, repr=False)
    row: Row | None = field(default=None, repr=False)
    again: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    deleted_id: str | None = None
    errors: tuple[UserError, ...] = ()
    warnings: tuple[JSON, ...] = ()

    def user_errors(self) -> list[JSON]:
        """The `userErrors` of the payload, under GraphQL names."""
        return [error.entry() for error in self.errors]


async def read_again(outcome: Outcome, result: Result, context: Context) -> tuple[Response | None, str]:
    """The answer that holds a payload's resource after the write, and its route; None where there is none.

    Raises:
        PenstockError: The reading failed; the write has happened.
    """
    where = outcome.again.get(result.name)
    if where is None:
        return None, ""
    route, address = where
    response = await context.loader.load(route, address)
    if not judge(response, route, customer_token=context.credentials.customer_token):
        return None, route
    return response, route
