"""Writes flows and fields over the REST API, with the gateway's own token: each write is sent once.

Never here: which writes there are, and in which order.
Source: CONTRACT §9.1-9.2 (calls), §5 (a write is sent once, whatever comes back), R9 (`type` and `id` in a PUT).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from penstock.definitions.flow_file import Subject
from penstock.definitions.model import JSON
from penstock.errors import UpstreamInvalid
from penstock.upstream.answers import read_data, upstream_errors
from penstock.upstream.tokens import TokenSource
from penstock.upstream.transport import Method, Request, Response, Transport
from penstock.upstream.wire import envelope, target

_ROUTES: Mapping[Subject, str] = {"flow": "/v2/flows", "field": "/v2/fields"}
_MOST_SENTENCES = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that upstream did not do.

    Attributes:
        status: The HTTP status.
        sentence: What upstream said, on one line.
    """

    status: int
    sentence: str


class FlowWrites:
    """Where flows and fields are written.

    Args:
        transport: The way to upstream.
        tokens: The gateway's own client_credentials tokens (§5A.1).
        timeout_seconds: Of each call.
    """

    def __init__(self, transport: Transport, tokens: TokenSource, *, timeout_seconds: float = 10.0) -> None:
        self._transport = transport
        self._tokens = tokens
        self._timeout_seconds = timeout_seconds

    async def be_ready(self) -> None:
        """See to a token, so that what goes wrong there is no failed write.

        Raises:
            OperatorError: The store refuses the client id or its secret.
            UpstreamError: It gives no token.
        """
        await self._tokens.token()

    async def create(
        self, subject: Subject, attributes: Mapping[str, JSON], flow_id: str | None
    ) -> Mapping[str, JSON] | Refusal:
        """Make a flow, or a field in a flow.

        Returns:
            What upstream made, its id among it, or why it did not.

        Raises:
            UpstreamError: No answer, or none that can be read: it may have been made.
        """
        fields = dict(attributes)
        if flow_id is not None:
            fields["relationships"] = {"flow": {"data": {"type": "flow", "id": flow_id}}}
        route = _ROUTES[subject]
        return self._document(await self._send("POST", route, route, envelope(subject, fields)), route)

    async def change(
        self, subject: Subject, identity: str, attributes: Mapping[str, JSON]
    ) -> Mapping[str, JSON] | Refusal:
        """Change the given attributes of a flow or field; see `create`."""
        route = f"{_ROUTES[subject]}/{{id}}"
        body = envelope(subject, {"id": identity, **attributes})
        return self._document(await self._send("PUT", route, target(route, {"id": identity}), body), route)

    async def destroy(self, subject: Subject, identity: str) -> Refusal | None:
        """Delete a flow or field; None where it is gone, by whomever.

        Raises:
            UpstreamError: No answer: it may be gone.
        """
        route = f"{_ROUTES[subject]}/{{id}}"
        response = await self._send("DELETE", route, target(route, {"id": identity}), b"")
        return None if 200 <= response.status < 300 or response.status == 404 else _refusal(response)

    def _document(self, response: Response, route: str) -> Mapping[str, JSON] | Refusal:
        if 400 <= response.status < 500:
            return _refusal(response)
        data = read_data(response, route)
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            raise UpstreamInvalid(f"{route} answered {response.status} without an id.", status=response.status)
        return data

    async def _send(self, method: Method, route: str, path: str, body: bytes) -> Response:
        token = await self._tokens.token()
        deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        content_type = "application/json" if body else ""
        response = await self._transport.send(Request(method, route, path, token.headers, deadline, body, content_type))
        if response.status == 401:
            self._tokens.invalidate(token.value)
        return response


def _refusal(response: Response) -> Refusal:
    items = upstream_errors(response)[:_MOST_SENTENCES]
    said = [item.detail or item.title for item in items if item.detail or item.title]
    return Refusal(response.status, "; ".join(said) or "it gave no reason")
