"""One operation in both executors, and what there is to compare.

Never here: making operations or rows, tests.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import DocumentNode, OperationDefinitionNode

from penstock.operations.documents import DocumentSettings, Plan
from penstock.operations.faults import RequestError
from penstock.operations.limits import Limits
from penstock.operations.plan import compile_operation
from penstock.operations.request import Credentials, OperationRequest, OperationResult
from penstock.operations.runner import Runner
from penstock.operations.services import Services
from penstock.schema.generation import Generation
from penstock.upstream.tokens import ClientCredentials, TokenSource
from tests.operations.plan.quiet import Answering, Call, IdleSelector, QuietUpstream
from tests.operations.plan.random_operations import Operation
from tests.support.gateway import NOW, credentials_of

ROOMY = DocumentSettings(limits=Limits(tokens=0, depth=0, aliases=0, root_fields=0, mutations=0, directives=0, cost=0))


@dataclass
class Ran:
    """One run: the result, the calls, and what the counters were told.

    Attributes:
        reason: Why there was no plan.
        left: Tasks that were still there when the answer was.
        estimate: The calls it may take at the most, None where it cannot be run.
    """

    result: OperationResult
    upstream: QuietUpstream
    uncoercible: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    bugs: list[BaseException] = field(default_factory=list)
    reason: str = ""
    left: int = 0
    estimate: int | None = None

    @property
    def body(self) -> Any:
        return json.loads(self.result.body)

    @property
    def calls(self) -> list[Call]:
        return sorted(self.upstream.calls)

    @property
    def targets(self) -> list[str]:
        return [f"{call.method} {call.target}" for call in self.upstream.calls]

    def seen(self) -> dict[str, object]:
        """All that has to be the same, whichever executor ran."""
        result = self.result
        return {
            "body": result.body,
            "calls": [
                f"{call.method} {call.target} {call.headers} {call.body!r} {call.content_type}" for call in self.calls
            ],
            "outcome": (result.outcome, result.operation_type, result.operation_name),
            "codes": sorted(result.codes),
            "uncoercible": self.uncoercible,
            "dropped": self.dropped,
            "left": self.left,
            "bugs": list(map(repr, self.bugs)),
        }


class Bench:
    """Runs operations one after the other on an event loop of its own."""

    def __init__(self, runner: asyncio.Runner, selector: IdleSelector) -> None:
        self._runner = runner
        self._selector = selector

    def run(
        self,
        generation: Generation,
        operation: Operation,
        answering: Answering,
        *,
        plan: bool,
        credentials: Credentials | None = None,
        salt: int = 0,
        in_waves: bool = False,
        concurrency: int = 1_000,
        budget: int = 0,
        implicit: bool = False,
        keep: bool = False,
    ) -> Ran:
        """Run an operation as a plan where there is one, or in the reference executor.

        Args:
            implicit: Whether the gateway has a client id, for callers without a bearer.
            keep: Whether what an earlier run prepared on the generation is used, and its counters with it.
        """
        upstream = QuietUpstream(answering, self._selector, salt, in_waves)
        ran = Ran(OperationResult(b""), upstream)
        services = Services(
            upstream,
            anonymous=TokenSource(upstream, ClientCredentials("id", None), clock=lambda: NOW) if implicit else None,
            budget=budget,
            concurrency=concurrency,
            now=lambda: NOW,
            on_uncoercible=lambda owner, name: ran.uncoercible.update([(owner, name)]),
            on_dropped=lambda owner, reason: ran.dropped.update([(owner, reason)]),
            on_bug=ran.bugs.append,
        )

        def compiled(made: Generation, document: DocumentNode, node: OperationDefinitionNode) -> Plan | str:
            if not plan:
                return "switched off"
            found = compile_operation(made, document, node, services.on_uncoercible)
            ran.reason = found if isinstance(found, str) else ""
            return found

        runner = Runner(services, ROOMY, compiled)
        request = OperationRequest(operation.document, operation.name, operation.variables, "request-1")
        generation = generation if keep else replace(generation, prepared={})
        running = runner.run(generation, request, credentials or credentials_of())
        ran.result = self._runner.run(running)
        ran.estimate = self._estimate(runner, generation, request)
        ran.left = len(asyncio.all_tasks(self._runner.get_loop()))
        return ran

    @staticmethod
    def _estimate(runner: Runner, generation: Generation, request: OperationRequest) -> int | None:
        try:
            prepared = runner.documents(generation).prepare(request.document, request.operation_name)
        except RequestError:
            return None
        return prepared.cost.estimate(request.variables)

    def both(self, generation: Generation, operation: Operation, answering: Answering, **how: Any) -> tuple[Ran, Ran]:
        """Run an operation in both; the plan's run comes first."""
        planned = self.run(generation, operation, answering, plan=True, **how)
        return planned, self.run(generation, operation, answering, plan=False, **how)


@contextmanager
def bench() -> Iterator[Bench]:
    """An event loop that knows when it idles."""
    selector = IdleSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        yield Bench(runner, selector)
