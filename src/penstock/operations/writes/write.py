"""One write under way: its row, the resource, the arguments, the ids that stand in its path.

Never here: what a kind of write does.
Source: CONTRACT §5 (same-object writes), Q6.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from penstock.definitions.model import JSON
from penstock.errors import UpstreamInvalid
from penstock.operations.context import Context
from penstock.operations.failures import refusal
from penstock.operations.judging import UserError, judge_input
from penstock.operations.rows import read_one
from penstock.operations.sayings import warnings_of
from penstock.operations.values import Row
from penstock.operations.verdicts import user_errors
from penstock.operations.writes.outcome import Outcome
from penstock.resources.inputs import InputRow
from penstock.resources.rows import Mutation, Resource
from penstock.resources.ways import FromArgument, FromArgumentOrToken, FromRow, FromToken, Route
from penstock.upstream.transport import Response
from penstock.upstream.wire import is_id, target


@dataclass(frozen=True, slots=True)
class Write:
    """One write under way; every kind of write is a function of it.

    Attributes:
        mutation: Its row.
        resource: The resource it writes.
        given: The input, given keys only, under GraphQL names.
        context: The request's own.
        rows: The rows of the input.
        values: Path parameter → id.
        named: The path parameters whose ids the client gave, in the order of the path.
        faults: What is wrong with those ids.
    """

    mutation: Mutation
    resource: Resource
    given: Mapping[str, JSON] = field(repr=False)
    context: Context
    rows: tuple[InputRow, ...]
    values: Mapping[str, str]
    named: tuple[str, ...]
    faults: tuple[UserError, ...]

    def judge(self) -> tuple[dict[str, JSON], list[UserError]]:
        """The keys to send, and everything that is wrong with the ids and the values."""
        body, errors = judge_input(self.rows, self.given)
        return body, [*errors, *self.faults]

    def where(self, template: str = "") -> str:
        """The write's own target, or the one that the ids make of another template."""
        return target(template or self.mutation.route.template, self.values)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Hold what is written, so that no two writes to it meet; a write without an id needs no such thing."""
        if not self.values:
            yield
            return
        async with self.context.services.locks.hold(self.where(self.mutation.lock), self.context.deadline):
            yield

    async def send(self, body: bytes, where: str = "", route: Route | None = None) -> Response:
        """Make one upstream write with the caller's credentials; the status is not judged.

        Raises:
            PenstockError: See `Context.write`.
        """
        mutation = self.mutation
        return await self.context.write(
            route or mutation.route,
            where or self.where(),
            body,
            carries_token=mutation.carries_token,
            is_sign_up=mutation.is_sign_up,
        )

    def refused(self, response: Response, prefix: tuple[str, ...] = ("input",)) -> Outcome:
        """What a refusal means to the person at the form.

        Args:
            response: Its status is not 2xx.
            prefix: GraphQL path to the rows that were sent.

        Raises:
            PenstockError: It is nobody's input that was at fault.
        """
        mutation = self.mutation
        errors = user_errors(mutation, self.rows, response, named=self.named, prefix=prefix)
        if errors is None:
            raise refusal(
                response,
                mutation.route.template,
                customer_token=self.context.credentials.customer_token and mutation.carries_token,
            )
        return Outcome(errors=tuple(errors))

    def warnings(self, response: Response) -> tuple[JSON, ...]:
        """What upstream says beside a success, where the payload shows it."""
        return warnings_of(response) if self.mutation.warns else ()

    def again(self) -> dict[str, tuple[str, str]]:
        """Where the payload's resources are to be read again: name → route and target."""
        resources = self.context.generation.description.resources
        found = {}
        for result in self.mutation.results:
            route = result.route or resources[result.target].one
            if result.by and route is not None and result.by in self.values:
                values = {**self.values, "id": self.values[result.by]}
                found[result.name] = (route.template, target(route.template, values))
        return found


def held_row(write: Write, response: Response) -> Row:
    """What is there before the write, as it was read at the write's own target.

    Raises:
        UpstreamInvalid: It is no row, or another one: its values must not be judged by, nor written here.
    """
    template = write.mutation.route.template
    row = read_one(response, template)
    if row.get("id") != write.values["id"]:
        raise UpstreamInvalid(f"{template} answered with another resource than was asked for.")
    return row


def begin(mutation: Mutation, resource: Resource, arguments: Mapping[str, JSON], context: Context) -> Write:
    """A write before anything is sent.

    Raises:
        CredentialError: A customer id is needed, and no argument and no token gives it.
    """
    context.loader.forget()
    given = arguments.get("input")
    values, named, faults = _path_values(mutation, arguments, context)
    return Write(
        mutation,
        resource,
        given if isinstance(given, dict) else {},
        context,
        resource.input_of(mutation),
        values,
        tuple(named),
        tuple(faults),
    )


def _path_values(
    mutation: Mutation, arguments: Mapping[str, JSON], context: Context
) -> tuple[dict[str, str], Sequence[str], Sequence[UserError]]:
    values: dict[str, str] = {}
    named: list[str] = []
    faults: list[UserError] = []
    for parameter, origin in mutation.origins:
        match origin:
            case FromToken():
                values[parameter] = context.customer_id()
            case FromArgument(name) | FromArgumentOrToken(name):
                value = arguments.get(name)
                if not isinstance(value, str):
                    values[parameter] = context.customer_id()
                    continue
                values[parameter] = value
                named.append(name)
                if not is_id(value):
                    faults.append(UserError("INVALID", (name,), f"{name} is not an id."))
            case FromRow():
                continue
    return values, named, faults
