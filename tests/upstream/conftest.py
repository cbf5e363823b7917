"""Both transports, both event loops, and requests with a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import uvloop

from penstock.upstream.config import TransportConfig
from penstock.upstream.httpx_transport import HttpxTransport
from penstock.upstream.lean import LeanTransport
from penstock.upstream.transport import NO_HEADERS, HeaderBlock, Method, Request, Transport

Make = Callable[..., Transport]
KINDS = {"lean": LeanTransport, "httpx": HttpxTransport}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The conformance of the transports is tried on both loops, everything else on the standard one."""
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
    if item.path.name.startswith("test_transports"):
        factories["uvloop"] = uvloop.new_event_loop
    return factories


@pytest.fixture(params=list(KINDS))
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Builds transports of one kind; all are closed after the test."""
    made: list[Transport] = []

    def build(url: str, **bounds: Any) -> Transport:
        transport = KINDS[request.param](url, TransportConfig(**bounds))
        made.append(transport)
        return transport

    build.kind = request.param  # type: ignore[attr-defined] # a test may ask which one it has
    yield build
    for transport in made:
        await transport.aclose()
    # Closed sockets leave the loop in its next turns.
    for _ in range(3):
        await asyncio.sleep(0)


def call(
    target: str = "/v2/customers/1",
    method: Method = "GET",
    *,
    seconds: float = 10.0,
    body: bytes = b"",
    headers: HeaderBlock = NO_HEADERS,
    content_type: str = "",
) -> Request:
    """A request that must be answered within so many seconds from now."""
    deadline = asyncio.get_running_loop().time() + seconds
    return Request(method, "/v2/customers/{id}", target, headers, deadline, body, content_type)
