"""A gateway without its door: a runner over the real upstream stack, and answers that are easy to look at.

Never here: tests, HTTP.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode

from penstock.http.customer_token import read_hint
from penstock.operations.documents import Compile, DocumentSettings, Plan
from penstock.operations.plan import compile_operation
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.runner import Runner
from penstock.operations.services import Services
from penstock.operations.stored import StoredDocuments
from penstock.schema.generation import Generation
from penstock.upstream.config import BreakerConfig, RetryConfig, StackConfig
from penstock.upstream.stack import build_stack
from penstock.upstream.tokens import ClientCredentials, TokenSource
from penstock.upstream.transport import HeaderBlock

NOW = 1_800_000_000.0
EXECUTORS = ("plan", "reference")


class Executor:
    """Which executor gateways run operations with; a fixture chooses."""

    chosen = "plan"


def customer_token(sub: object = "c1", exp: object = NOW + 3600, **more: object) -> str:
    """A customer token as §7 describes it: three parts, base64 with padding, no signature anybody could check."""
    head = base64.b64encode(b'{"alg":"HS256","typ":"JWT"}').decode()
    claims = {"sub": sub, "name": "Ines", "iat": 1, "exp": exp, "jti": "t"} | more
    payload = base64.b64encode(json.dumps(claims).encode()).decode()
    return f"{head}.{payload}.{'0' * 64}"


def credentials_of(
    bearer: str | None = "bearer-1", token: str | None = None, extra: dict[str, str] | None = None
) -> Credentials:
    """Credentials as the door makes them of a caller's headers."""
    others = [(name.encode(), value.encode()) for name, value in (extra or {}).items()]
    own = [] if bearer is None else [(b"authorization", f"Bearer {bearer}".encode())]
    customer = [] if token is None else [(b"x-moltin-customer-token", token.encode())]
    hint = read_hint((token or "").encode())
    return Credentials(
        headers=HeaderBlock((*own, *customer, *others)),
        has_bearer=bearer is not None,
        customer_token=token is not None,
        customer_id=hint.customer_id,
        expires=hint.expires,
        headers_without_customer=HeaderBlock((*own, *others)),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """An operation's answer, decoded."""

    result: OperationResult

    @property
    def body(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.result.body)
        return decoded

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def partial(self) -> Any:
        """The data, whatever the errors."""
        return self.body["data"]

    @property
    def errors(self) -> list[Any]:
        return list(self.body.get("errors", []))

    @property
    def codes(self) -> list[str]:
        return [entry["extensions"]["code"] for entry in self.errors]

    @property
    def text(self) -> str:
        return self.result.body.decode()


class Gateway:
    """Runs operations on one generation; whatever is a bug of ours fails the test that met it."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.bugs: list[BaseException] = []
        self.uncoercible: list[tuple[str, str]] = []
        self.dropped: list[tuple[str, str]] = []
        self.limits: list[str] = []
        self.services: Services
        self.runner: Runner

    def compile(self, generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> Plan | str:
        """A plan, or the word that the reference executor was chosen."""
        if Executor.chosen == "reference":
            return "switched off"
        return compile_operation(generation, document, operation, self.services.on_uncoercible)

    async def run(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        *,
        credentials: Credentials | None = None,
        name: str | None = None,
        allow_mutation: bool = True,
    ) -> Answer:
        request = OperationRequest(document, name, variables, "request-1", allow_mutation)
        result = await self.runner.run(self.generation, request, credentials or credentials_of())
        assert self.bugs == [], self.bugs
        return Answer(result)


@asynccontextmanager
async def gateway(
    url: str,
    generation: Generation,
    *,
    budget: int = 0,
    concurrency: int = 16,
    timeout_seconds: float = 20.0,
    client_id: str | None = None,
    sign_up_secret: str | None = None,
    now: Callable[[], float] = lambda: NOW,
    settings: DocumentSettings | None = None,
    retry: RetryConfig | None = None,
    compile_plan: Compile | None = None,
    largest_page: int = 100,
    stored: StoredDocuments | None = None,
) -> AsyncIterator[Gateway]:
    """A gateway in front of an upstream; nothing is sent twice unless ``retry`` says so.

    Operations run in the executor that the test chose, or as ``compile_plan`` says.
    """
    config = StackConfig(url, retry=retry or RetryConfig(max_attempts=1), breaker=BreakerConfig(failures=0))
    transport = build_stack(config)
    sources = [
        TokenSource(transport, ClientCredentials(client_id, secret), clock=now) if client_id is not None else None
        for secret in (None, sign_up_secret)
    ]
    # What an earlier gateway prepared on the generation was compiled for that gateway.
    running = Gateway(replace(generation, prepared={}))
    running.services = Services(
        transport=transport,
        anonymous=sources[0],
        sign_up=sources[1] if sign_up_secret is not None else None,
        budget=budget,
        concurrency=concurrency,
        timeout_seconds=timeout_seconds,
        now=now,
        on_uncoercible=lambda owner, name: running.uncoercible.append((owner, name)),
        on_dropped=lambda owner, reason: running.dropped.append((owner, reason)),
        on_bug=running.bugs.append,
        on_limit=running.limits.append,
        largest_page=largest_page,
    )
    running.runner = Runner(running.services, settings or DocumentSettings(), compile_plan or running.compile, stored)
    try:
        yield running
    finally:
        for source in sources:
            if source is not None:
                await source.aclose()
        await transport.aclose()
