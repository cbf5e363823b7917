"""Reads a store's flows and their fields over the REST API, with the gateway's own token.

Never here: what a definition means, when it is read.
Source: CONTRACT §8, §13 (the mandatory lines of an address);
§9.1 and §9.2 (calls, none of them paginated), §9.8 (discovery; 404 is no fields), R12 (by slug).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from penstock.definitions.flow_file import StoreDocuments
from penstock.definitions.parse import parse_definitions
from penstock.definitions.reading import Reading
from penstock.errors import UpstreamInvalid
from penstock.upstream.answers import read_data
from penstock.upstream.tokens import TokenSource
from penstock.upstream.transport import HeaderBlock, Request, Response, Transport
from penstock.upstream.wire import is_id, target

FLOWS_ROUTE = "/v2/flows"
FIELDS_ROUTE = "/v2/flows/{slug}/fields"
SETTINGS_ROUTE = "/v2/settings"

_REFUSED = frozenset({401, 403, 404})


class DefinitionsSource:
    """Where a store's definitions come from.

    Args:
        transport: The way to upstream.
        tokens: The gateway's own tokens; an implicit one may read flows and fields, too (§5A.1).
        timeout_seconds: Of each call.
        concurrency: Calls under way at once.
        reads_settings: Whether the tokens may read the store's settings, which needs client_credentials (§13).
    """

    def __init__(
        self,
        transport: Transport,
        tokens: TokenSource,
        *,
        timeout_seconds: float = 10.0,
        concurrency: int = 8,
        reads_settings: bool = False,
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._timeout_seconds = timeout_seconds
        self._concurrency = concurrency
        self._reads_settings = reads_settings

    async def load(self) -> Reading:
        """Read everything once.

        Returns:
            The definitions; what cannot be used in them is a problem there, never an error here.

        Raises:
            OperatorError: The store refuses the client id or its secret.
            UpstreamError: One of the calls failed, so that what was read would be a part only.
        """
        documents = await self.documents()
        # A hundred microseconds a field, at every beat: no request is to wait for that.
        parsed = await asyncio.to_thread(parse_definitions, documents.flows, documents.fields, documents.settings)
        return Reading(parsed, documents=documents)

    async def documents(self) -> StoreDocuments:
        """Read everything once, as upstream has it.

        Raises:
            OperatorError: The store refuses the client id or its secret.
            UpstreamError: One of the calls failed, so that what was read would be a part only.
        """
        flows = await self._flows()
        fields = await self._fields_of(flows)
        if None in fields.values() and flows != (again := await self._flows()):
            flows, fields = again, await self._fields_of(again)  # a flow was renamed or deleted while it was read
        settings = await self._settings() if self._reads_settings else None
        return StoreDocuments(flows, {slug: rows or [] for slug, rows in fields.items()}, settings)

    async def _flows(self) -> list[object]:
        return _read_list(await self._get(FLOWS_ROUTE, FLOWS_ROUTE), FLOWS_ROUTE)

    async def _fields_of(self, flows: list[object]) -> dict[str, list[object] | None]:
        """The fields of each flow; None where there are none to be found."""
        gate = asyncio.Semaphore(self._concurrency)
        slugs = sorted(set(_slugs(flows)))
        found = await asyncio.gather(*(self._fields(slug, gate) for slug in slugs), return_exceptions=True)
        fields: dict[str, list[object] | None] = {}
        for slug, answer in zip(slugs, found, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            fields[slug] = answer
        return fields

    async def _settings(self) -> object:
        """The store's settings, or None where the token may not read them."""
        response = await self._get(SETTINGS_ROUTE, SETTINGS_ROUTE)
        return None if response.status in _REFUSED else read_data(response, SETTINGS_ROUTE)

    async def _fields(self, slug: str, gate: asyncio.Semaphore) -> list[object] | None:
        async with gate:
            response = await self._get(FIELDS_ROUTE, target(FIELDS_ROUTE, {"slug": slug}))
        return None if response.status == 404 else _read_list(response, FIELDS_ROUTE)

    async def _get(self, route: str, path: str) -> Response:
        token = await self._tokens.token()
        response = await self._send(route, path, token.headers)
        if response.status == 401:
            self._tokens.invalidate(token.value)
            response = await self._send(route, path, (await self._tokens.token()).headers)
        return response

    async def _send(self, route: str, path: str, headers: HeaderBlock) -> Response:
        deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        return await self._transport.send(Request("GET", route, path, headers, deadline))


def _read_list(response: Response, route: str) -> list[object]:
    """The rows of an answer; null is none, anything else is an answer that must not pass for an empty store."""
    data = read_data(response, route)
    if data is None:
        return []
    if not isinstance(data, list):
        raise UpstreamInvalid(f"{route} answered {response.status} with data that is no list.", status=response.status)
    return data


def _slugs(flows: list[object]) -> Iterator[str]:
    """The slugs that can be asked for; templates (`products(name)`) are none of them."""
    for flow in flows:
        slug = flow.get("slug") if isinstance(flow, dict) else None
        if isinstance(slug, str) and is_id(slug):
            yield slug
