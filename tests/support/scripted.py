"""An upstream that answers from a script and keeps every call: for rows that no faithful store would send.

Never here: tests, the faithful sandbox.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

JSONValue = Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came: the target decoded for reading and as it was sent."""

    method: str
    target: str
    raw_target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def line(self) -> str:
        return f"{self.method} {self.target}"

    @property
    def json(self) -> JSONValue:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: ``body`` is sent as it is when it is bytes, else as JSON."""

    status: int = 200
    body: JSONValue = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()


Script = JSONValue | Reply | list["Script"] | Callable[[Call], "Script"]


class ScriptedUpstream:
    """Answers by ``METHOD target``, then ``METHOD path``; GET may be left out. A 404 for everything else.

    A list is used up one by one, its last answer stays; a function is called with the call.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Script] = {}
        self.calls: list[Call] = []
        self.most_under_way = 0
        self.url = ""
        self.gate: asyncio.Event | None = None
        """While it is set to an event, every call to a path below `gated` waits for it before it is answered."""
        self.gated = "/"
        self.arrived = asyncio.Condition()
        self._under_way = 0

    @property
    def lines(self) -> list[str]:
        return [call.line for call in self.calls]

    @property
    def paths(self) -> list[str]:
        return [call.path for call in self.calls]

    async def until(self, calls: int) -> None:
        """Wait until so many calls have come."""
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.calls) >= calls)

    def reply(self, call: Call) -> Reply:
        for key in (f"{call.method} {call.target}", f"{call.method} {call.path}"):
            names = (key, key.removeprefix("GET "))
            for name in names:
                if name in self.answers:
                    return self._settle(name, call)
        return Reply(404, {"errors": [{"status": 404, "title": "Not Found"}]})

    def _settle(self, name: str, call: Call) -> Reply:
        script = self.answers[name]
        if isinstance(script, list):
            script = script.pop(0) if len(script) > 1 else script[0]
        if callable(script):
            script = script(call)
        return script if isinstance(script, Reply) else Reply(200, script)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                call = await _read(reader)
                self.calls.append(call)
                self._under_way += 1
                self.most_under_way = max(self.most_under_way, self._under_way)
                async with self.arrived:
                    self.arrived.notify_all()
                if self.gate is not None and call.path.startswith(self.gated):
                    await self.gate.wait()
                await asyncio.sleep(0)
                reply = self.reply(call)
                self._under_way -= 1
                writer.write(_render(reply))
                await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    method, raw_target, _ = first.split(" ", 2)
    pairs = tuple(
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest) if name
    )
    length = next((int(value) for name, value in pairs if name == "content-length"), 0)
    body = await reader.readexactly(length)
    return Call(method, unquote(raw_target), raw_target, pairs, body)


def _render(reply: Reply) -> bytes:
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    lines = "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
    return f"HTTP/1.1 {reply.status} X\r\ncontent-length: {len(body)}\r\n{lines}\r\n".encode("latin-1") + body


@asynccontextmanager
async def scripted() -> AsyncIterator[ScriptedUpstream]:
    """Run a scripted upstream on a port of the system's choice."""
    upstream = ScriptedUpstream()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def serve() -> None:
            try:
                await upstream.handle(reader, writer)
            finally:
                writer.transport.abort()

        tasks.add(asyncio.get_running_loop().create_task(serve()))

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    upstream.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield upstream
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome


def listing(*rows: JSONValue, total: int | None = None, **more: JSONValue) -> JSONValue:
    """The envelope of a list; without ``total`` it has no meta."""
    meta = {} if total is None else {"meta": {"results": {"total": total}}}
    return {"data": list(rows), **meta, **more}


def error(status: int, **item: JSONValue) -> Reply:
    """A refusal with one error item."""
    return Reply(status, {"errors": [{"status": status, **item}]})
