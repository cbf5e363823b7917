"""``penstock schema``: the schema as text.

Never here: how a schema is made.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit

from penstock.app import load_generation
from penstock.cli.arguments import Arguments
from penstock.cli.servers import run
from penstock.errors import OperatorError
from penstock.settings import Settings
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean import LeanTransport
from penstock.upstream.transport import NO_HEADERS, Request

_ROUTE = "/schema.graphql"


def print_schema(arguments: Arguments, settings: Settings) -> None:
    """Print the SDL of the store in the settings, or of the gateway at a URL.

    Raises:
        OperatorError: There is no such store or gateway.
        UpstreamError: It does not answer.
    """

    async def main() -> None:
        if arguments.url is None:
            sdl = (await load_generation(settings)).sdl
        else:
            sdl = await _fetch(arguments.url, settings)
        sys.stdout.write(sdl)

    run(main)


async def _fetch(url: str, settings: Settings) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OperatorError(f"--url {url!r} is no http or https URL; give a gateway's, as http://127.0.0.1:8000.")
    path = parts.path if parts.path.endswith(_ROUTE) else parts.path.rstrip("/").removesuffix("/graphql") + _ROUTE
    transport = LeanTransport(
        f"{parts.scheme}://{parts.netloc}", TransportConfig(max_body_bytes=settings.upstream_max_body_bytes)
    )
    deadline = asyncio.get_running_loop().time() + settings.upstream_timeout_seconds
    try:
        response = await transport.send(Request("GET", _ROUTE, path, NO_HEADERS, deadline))
    finally:
        await transport.aclose()
    if response.status != 200:
        raise OperatorError(
            f"--url {url!r} answered {response.status} for {path}; is it a Penstock gateway, and ready?"
        )
    return response.body.decode()
