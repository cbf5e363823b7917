"""``penstock dev``: a seeded sandbox and the gateway in front of it, in one process, ready to be tried.

Never here: how either is built.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
from dataclasses import replace
from pathlib import Path

from penstock.app import Gateway, create_gateway
from penstock.cli.arguments import Arguments
from penstock.cli.browser import open_page, wants_page
from penstock.cli.sandbox import build_sandbox_server
from penstock.cli.servers import Server, address_of, configure, listen, run, serve_until_signal
from penstock.sandbox import SandboxSettings, seeded_login
from penstock.settings import Secret, Settings

_TOKEN_SECONDS = 7 * 86_400
"""The printed line should still work after a long weekend."""

_TYPED = "{ customers(first: 2) { nodes { name deliveryDetails } } }"
_UNTYPED = "{ customers(first: 2) { nodes { name customFields { slug value } } } }"


def develop(arguments: Arguments, settings: Settings) -> None:
    """Serve both until a signal comes.

    Raises:
        OperatorError: A port or the data folder cannot be used.
    """
    host = arguments.host or settings.host
    port = settings.port if arguments.port is None else arguments.port
    sandbox = SandboxSettings(data=arguments.data, token_seconds=_TOKEN_SECONDS)
    opens = wants_page(arguments.open, os.environ, sys.platform, is_terminal=sys.stdout.isatty())
    with listen(host, port) as listener, listen("127.0.0.1", arguments.sandbox_port, "--sandbox-port") as sandboxed:
        run(lambda: _serve_both(settings, sandbox, listener, sandboxed, opens=opens and settings.explorer))


async def _serve_both(
    settings: Settings, sandbox: SandboxSettings, listener: socket.socket, sandboxed: socket.socket, *, opens: bool
) -> None:
    sandbox_server = build_sandbox_server(sandbox, settings.shutdown_seconds)
    gateway = create_gateway(
        replace(
            settings,
            upstream_url=address_of(sandboxed),
            client_id=sandbox.client_id,
            client_secret=Secret(sandbox.client_secret),
            workers=1,
        )
    )

    async def announce() -> None:
        await _announce(address_of(listener), address_of(sandboxed), sandbox, gateway)
        if opens and not await open_page(f"{address_of(listener)}/graphql"):
            print("  No browser could be opened here; the address above is for one.\n", flush=True)

    server = Server(configure(gateway.app, settings.shutdown_seconds))
    await serve_until_signal([(sandbox_server, sandboxed), (server, listener)], announce)


async def _announce(url: str, sandbox_url: str, sandbox: SandboxSettings, gateway: Gateway) -> None:
    bearer = (await gateway.tokens.token()).value
    current = gateway.holder.current
    query = _TYPED if current is not None and "deliveryDetails" in current.sdl else _UNTYPED
    print(
        "\n".join(
            [
                "Penstock is ready; Ctrl-C stops it.",
                "",
                f"  GraphQL   {url}/graphql (in a browser: the explorer)",
                f"  Schema    {url}/schema.graphql",
                f"  Sandbox   {sandbox_url} (client {sandbox.client_id}, secret {sandbox.client_secret})",
                f"  Data      {_where(sandbox.data)}",
                "",
                f"  Sign in as {seeded_login.email} with the password {seeded_login.password}",
                "",
                "Ask for a custom field of the first customers:",
                "",
                f"  {curl_line(url, bearer, query)}",
                "",
            ]
        ),
        flush=True,
    )


def curl_line(url: str, bearer: str, query: str) -> str:
    """A command that runs a query with a bearer, ready to be pasted."""
    head = ["curl", "-s", f"{url}/graphql", "-H", "Content-Type: application/json"]
    return shlex.join([*head, "-H", f"Authorization: Bearer {bearer}", "-d", json.dumps({"query": query})])


def _where(data: Path | None) -> str:
    return "in memory, gone when it stops (keep it with --data DIR)" if data is None else str(data.resolve())
