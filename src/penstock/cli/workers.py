"""Several processes that share a socket, and what is told of one that cannot start.

Never here: what is served.
"""

from __future__ import annotations

import socket
import sys

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from penstock.cli.crash import tell_crash, tell_crashes
from penstock.cli.servers import configure
from penstock.errors import OperatorError, PenstockError


class _WorkerConfig(uvicorn.Config):
    """Loads the application in a worker: the first thing that can go wrong there, told like anywhere else."""

    def load(self) -> None:
        """Load it, or end this process, and with it all of them."""
        tell_crashes()
        try:
            super().load()
        except PenstockError as error:
            print(f"penstock: {error}", file=sys.stderr, flush=True)
            sys.exit(STARTUP_FAILURE)
        except Exception as error:  # noqa: BLE001 (it would be shown with its text)
            tell_crash(error)
            sys.exit(STARTUP_FAILURE)


def serve_with_workers(factory: str, shutdown_seconds: float, workers: int, listener: socket.socket) -> None:
    """Serve with several processes until a signal.

    Args:
        factory: Import string of what makes the application, called in each worker.
        shutdown_seconds: Time for requests under way when they are stopped.
        workers: How many.
        listener: Where they listen.

    Raises:
        OperatorError: A worker could not start; it has said why.
    """
    supervisor = Multiprocess(configure(factory, shutdown_seconds, workers, _WorkerConfig), sockets=[listener])
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise OperatorError("A worker could not start; the lines above say why.")
