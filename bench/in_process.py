"""Our own parts without a network: a store of so many custom fields, answers from memory, either executor.

Never here: what is measured with them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from graphql import DocumentNode, OperationDefinitionNode

from penstock.definitions import parse_definitions
from penstock.operations.documents import Documents, DocumentSettings, Plan
from penstock.operations.limits import Limits
from penstock.operations.plan import compile_operation
from penstock.operations.request import Credentials, OperationRequest
from penstock.operations.runner import Runner
from penstock.operations.services import Services
from penstock.schema.generation import Generation, build_generation
from penstock.upstream.transport import HeaderBlock, Request, Response

NO_LIMITS = Limits(tokens=0, depth=0, aliases=0, root_fields=0, mutations=0, directives=0, cost=0)
CALLER = Credentials(HeaderBlock(((b"authorization", b"Bearer b"),)), has_bearer=True)
OPTIONS = ["stone", "copper", "silver", "gold"]
KINDS: dict[str, list[object]] = {
    "string": ["Ask for the key", 'caf\u00e9 "opposite"', None],
    "enum": ["gold", "stone", None],
    "integer": [41, 0, None],
    "float": [9.25, 3, None],
    "boolean": [True, False, None],
    "date": ["2031-02-03", "2031-02-03T18:04:26.623Z", None],
}
"""Kinds of custom fields, each with values a store may hold."""


def kind_of(number: int) -> str:
    return list(KINDS)[number % len(KINDS)]


def slug_of(number: int) -> str:
    return f"field_{number}"


def name_of(number: int) -> str:
    return f"field{number}"


def definition(number: int) -> dict[str, object]:
    kind = kind_of(number)
    return {
        "type": "field",
        "id": f"field-{number}",
        "slug": slug_of(number),
        "name": f"Field {number}",
        "description": f"Number {number}",
        "field_type": "string" if kind == "enum" else kind,
        "validation_rules": [{"type": "enum", "options": OPTIONS}] if kind == "enum" else [],
        "required": False,
        "enabled": True,
        "default": None,
        "order": number,
        "omit_null": False,
    }


def build(fields: int) -> Generation:
    """The generation of a store whose customers have so many custom fields."""
    flow = {"type": "flow", "id": "flow-1", "slug": "customers", "name": "C", "description": "C", "enabled": True}
    definitions = parse_definitions([flow], {"customers": [definition(number) for number in range(fields)]})
    return build_generation(definitions, 1, time.time())


def customer(number: int, fields: int) -> dict[str, object]:
    """A row as the store sends it; nulls and both forms of every kind come round."""
    row: dict[str, object] = {
        "type": "customer",
        "id": f"c0ffee00-0000-4000-8000-{number:012d}",
        "name": f"Ines Okafor the {number}th",
        "email": f"ines.{number}@example.test",
        "password": number % 2 == 0,
        "external_ref": f"crm-{number}",
        "meta": {"timestamps": {"created_at": "2030-02-03T04:05:06Z", "updated_at": "2031-02-03T04:05:06Z"}},
    }
    for index in range(fields):
        values = KINDS[kind_of(index)]
        row[slug_of(index)] = values[(number + index // len(KINDS)) % len(values)]
    return row


def listing(rows: list[dict[str, object]]) -> bytes:
    """The body of a list."""
    return json.dumps({"data": rows, "meta": {"results": {"total": len(rows)}}}).encode()


@dataclass
class FromMemory:
    """The transport seam: the same answer to every call."""

    body: bytes
    asked: list[str] = field(default_factory=list)

    async def send(self, request: Request) -> Response:
        self.asked.append(request.target)
        return Response(200, self.body)

    async def aclose(self) -> None:
        return None


class InProcess:
    """A runner over answers from memory.

    Args:
        generation: Whose schema it serves.
        body: What upstream answers.
        plan: Whether operations run as plans; a plan that cannot be made ends the benchmark.
        settings: How documents are prepared.
    """

    def __init__(
        self, generation: Generation, body: bytes, *, plan: bool = True, settings: DocumentSettings | None = None
    ) -> None:
        self.generation = generation
        self.upstream = FromMemory(body)
        generation.prepared.clear()
        self._runner = Runner(
            Services(self.upstream, budget=0),
            settings or DocumentSettings(limits=NO_LIMITS),
            compile_or_stop if plan else reference_only,
        )

    @property
    def documents(self) -> Documents:
        """The prepared operations."""
        return self._runner.documents(self.generation)

    async def run(self, document: str, variables: dict[str, str] | None = None) -> bytes:
        """The answer to an operation."""
        request = OperationRequest(document, None, variables or {}, "request-1")
        return (await self._runner.run(self.generation, request, CALLER)).body


def count_nothing(_owner: str, _name: str) -> None:
    """One for all documents, as in the gateway: plans that count differently share nothing."""


def compile_or_stop(generation: Generation, document: DocumentNode, operation: OperationDefinitionNode) -> Plan | str:
    made = compile_operation(generation, document, operation, count_nothing)
    if isinstance(made, str):
        raise SystemExit(f"There is no plan: {made}.")
    return made


def reference_only(_generation: Generation, _document: DocumentNode, _operation: OperationDefinitionNode) -> str:
    return "switched off"


async def microseconds(work: Callable[[], Awaitable[object]], seconds: float, rounds: int = 5) -> float:
    """CPU microseconds of one piece of work: the best of some rounds, for what is around only adds to it."""
    await work()
    best, times = float("inf"), 1
    while rounds:
        started = time.process_time()
        for _ in range(times):
            await work()
        spent = time.process_time() - started
        if spent * rounds < seconds / 2:
            times *= 2
            continue
        best = min(best, spent / times)
        rounds -= 1
    return best * 1e6
