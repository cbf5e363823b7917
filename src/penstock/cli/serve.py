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
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
    with _folder_for_numbers(settings) as folder, _folder_for_state(settings) as shared:
        # Each worker reads its share of the rate limit, where it counts and what it serves in the environment.
        os.environ |= {"PENSTOCK_WORKERS": str(settings.workers), "PENSTOCK_METRICS_FOLDER": folder}
        os.environ |= {"PENSTOCK_STATE_URL": shared} if shared else {}
        os.environ |= {"PENSTOCK_DEFINITIONS": settings.definitions}
        _announce(f"{address_of(listener)}/graphql, {settings.workers} workers")
        serve_with_workers(_FACTORY, settings.shutdown_seconds, settings.workers, listener)


def _folder_for_numbers(settings: Settings) -> AbstractContextManager[str]:
    """A folder of these workers' own, gone with them; "" where there can be none, or need not be one."""
    if not settings.metrics:
        return nullcontext("")
    warning = (
        "no folder for what workers count ({}): /metrics will tell of one worker at a time. "
        "Let PENSTOCK_METRICS_FOLDER name one that can be written to."
    )
    return _temporary_folder(settings.metrics_folder, warning)


def _folder_for_state(settings: Settings) -> AbstractContextManager[str]:
    """A folder for what these workers share where they were given none, gone with them; "" where there is none."""
    if settings.state_url.kind != "memory":
        return nullcontext("")
    warning = (
        "no folder for what workers share ({}): each will name fields and take turns for itself. "
        "Let PENSTOCK_STATE_URL name one that can be written to."
    )
    return _temporary_folder("", warning)


@contextmanager
def _temporary_folder(place: str, warning: str) -> Iterator[str]:
    """A folder of one's own for a while; "" where there can be none, after a warning that has room for the reason."""
    folder = ""
    try:
        folder = tempfile.mkdtemp(prefix="penstock-", dir=place or None)
    except OSError as error:
        print(f"penstock: warning: {warning.format(error.strerror)}", file=sys.stderr)
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
