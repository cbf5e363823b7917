"""Load on a fleet, with what became of every request.

Never here: tests.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.fleet import Fleet

READERS = 8
WRITERS = 3

READ = "query Read($id: ID!) { customer(id: $id) { id name } }"
WRITE = """mutation Write($id: ID!, $name: String!) {
  customerUpdate(id: $id, input: { name: $name }) { customer { id name } userErrors { code } }
}"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request and what became of it.

    Attributes:
        began: When it was sent.
        ended: When its answer, or the failure, was there.
        answer: The body, or None where there was none to read.
        version: The version of the schema that the answer names.
        about: Whom it was about, or which of several it was.
    """

    began: float
    ended: float
    answer: dict[str, Any] | None
    version: str = ""
    about: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the data is there and nothing else."""
        return self.answer is not None and "errors" not in self.answer and bool(self.answer.get("data"))


@dataclass(slots=True)
class Load:
    """Requests under way.

    Attributes:
        reads: The reads that are over.
        writes: The writes that are over.
    """

    reads: list[Sent] = field(default_factory=list)
    writes: list[Sent] = field(default_factory=list)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the load go on until something holds."""
        async with asyncio.timeout(30):
            while True:
                if condition():
                    return
                await asyncio.sleep(0.01)

    async def more(self, reads: int) -> None:
        """Let the load go on for so many reads more."""
        wanted = len(self.reads) + reads
        await self.until(lambda: len(self.reads) >= wanted)


Ask = Callable[[httpx.AsyncClient], Awaitable[Sent]]


async def send(client: httpx.AsyncClient, query: str, variables: dict[str, Any], *, about: str = "") -> Sent:
    """Send one operation; a failure of any kind is an answer, too."""
    began = time.monotonic()
    try:
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
        body = answer.json() if answer.headers.get("content-type", "").startswith("application/") else None
    except httpx.HTTPError:
        return Sent(began, time.monotonic(), None, about=about)
    return Sent(began, time.monotonic(), body, answer.headers.get("schema-version", ""), about)


@asynccontextmanager
async def load(fleet: Fleet, read: Ask, writes: Iterable[str] = ()) -> AsyncIterator[Load]:
    """Keep readers and writers busy until the block ends; a writer takes a customer from ``writes`` for each write."""
    going, found, whom = True, Load(), iter(writes)
    headers = {"authorization": f"Bearer {fleet.store.staff}"}

    async def reading(client: httpx.AsyncClient) -> None:
        while going:
            found.reads.append(await read(client))

    async def writing(client: httpx.AsyncClient) -> None:
        while going and (who := next(whom, None)):
            found.writes.append(await send(client, WRITE, {"id": who, "name": f"written {who}"}, about=who))

    async with httpx.AsyncClient(base_url=fleet.url, headers=headers, timeout=20) as client:
        tasks = [asyncio.create_task(reading(client)) for _ in range(READERS)]
        tasks += [asyncio.create_task(writing(client)) for _ in range(WRITERS)]
        try:
            yield found
        finally:
            going = False
            await asyncio.gather(*tasks)
