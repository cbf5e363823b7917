"""``penstock serve``: the gateway in front of a store.

Never here: how a gateway is built.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from penstock.app import create_app, require_files, require_state, require_store
from penstock.cli.arguments import Arguments
from penstock.cli.servers import Server, address_of, configure, listen, run, serve_until_signal
from penstock.cli.workers import serve_with_workers
from penstock.settings import Settings

_FACTORY = "penstock.app:create_app_from_environment"


def serve(arguments: Arguments, settings: Settings) -> None:
    """Serve until a signal comes.

    Raises:
        OperatorError: A setting or the address cannot be used.
    """
    settings = replace(
        settings,
        host=arguments.host or settings.host,
        port=settings.port if arguments.port is None else arguments.port,
        workers=arguments.workers or settings.workers,
        definitions=arguments.definitions or settings.definitions,
    )
    require_store(settings)
    require_state(settings)
    require_files(settings)
    with listen(settings.host, settings.port) as listener:
        if settings.workers > 1:
            _serve_with_workers(settings, listener)
        else:
            run(lambda: _serve(settings, listener))


def _serve_with_workers(settings: Settings, listener: socket.socket) -> None:
    with _folder_for_numbers(settings) as folder:
        # Each worker reads its share of the rate limit, where it counts and what it serves in the environment.
        os.environ |= {"PENSTOCK_WORKERS": str(settings.workers), "PENSTOCK_METRICS_FOLDER": folder}
        os.environ |= {"PENSTOCK_DEFINITIONS": settings.definitions}
        _announce(f"{address_of(listener)}/graphql, {settings.workers} workers")
        serve_with_workers(_FACTORY, settings.shutdown_seconds, settings.workers, listener)


@contextmanager
def _folder_for_numbers(settings: Settings) -> Iterator[str]:
    """A folder of these workers' own, gone with them; "" where there can be none, or need not be one."""
    folder = ""
    if settings.metrics:
        try:
            folder = tempfile.mkdtemp(prefix="penstock-", dir=settings.metrics_folder or None)
        except OSError as error:
            print(
                f"penstock: warning: no folder for what workers count ({error.strerror}): /metrics will tell of one "
                "worker at a time. Let PENSTOCK_METRICS_FOLDER name one that can be written to.",
                file=sys.stderr,
            )
    try:
        yield folder
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    async def announce() -> None:
        _announce(f"{address_of(listener)}/graphql")

    server = Server(configure(create_app(settings), settings.shutdown_seconds))
    await serve_until_signal([(server, listener)], announce)


def _announce(where: str) -> None:
    print(f"Penstock serves {where}", file=sys.stderr, flush=True)
