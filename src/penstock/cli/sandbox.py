"""``penstock sandbox``: the imitation of the store's REST API alone.

Never here: how it is built.
"""

from __future__ import annotations

import socket
import sys

from penstock.cli.arguments import Arguments
from penstock.cli.servers import Server, address_of, configure, listen, run, serve_until_signal
from penstock.errors import OperatorError
from penstock.sandbox import SandboxError, SandboxSettings, create_sandbox
from penstock.settings import Settings


def build_sandbox_server(settings: SandboxSettings, shutdown_seconds: float) -> Server:
    """A server of a sandbox.

    Raises:
        OperatorError: The data folder or its database cannot be used.
    """
    try:
        return Server(configure(create_sandbox(settings), shutdown_seconds))
    except SandboxError as error:
        raise OperatorError(str(error)) from error


def serve_sandbox(arguments: Arguments, settings: Settings) -> None:
    """Serve until a signal comes.

    Raises:
        OperatorError: The address or the data folder cannot be used.
    """
    port = arguments.sandbox_port if arguments.port is None else arguments.port
    sandbox = SandboxSettings(data=arguments.data)
    with listen(arguments.host or "127.0.0.1", port) as listener:
        run(lambda: _serve(settings, sandbox, listener))


async def _serve(settings: Settings, sandbox: SandboxSettings, listener: socket.socket) -> None:
    async def announce() -> None:
        client = f"client {sandbox.client_id}, secret {sandbox.client_secret}"
        print(f"The sandbox serves {address_of(listener)} ({client})", file=sys.stderr, flush=True)

    await serve_until_signal([(build_sandbox_server(sandbox, settings.shutdown_seconds), listener)], announce)
