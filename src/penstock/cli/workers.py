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

_CRASHED = 70
"""What a worker exits with that something nobody foresaw ended before it served."""


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
            sys.exit(_CRASHED)


class _Workers(Multiprocess):
    """Starts workers that end, but for those that crashed before they served: the next ones would, too.

    Attributes:
        have_crashed: Whether one did.
    """

    have_crashed = False

    def keep_subprocess_alive(self) -> None:
        """Look after them."""
        if any(process.exitcode == _CRASHED for process in self.processes):
            self.have_crashed = True
            self.should_exit.set()
        super().keep_subprocess_alive()


def serve_with_workers(factory: str, shutdown_seconds: float, workers: int, listener: socket.socket) -> None:
    """Serve with several processes until a signal.

    Args:
        factory: Import string of what makes the application, called in each worker.
        shutdown_seconds: Time for requests under way when they are stopped.
        workers: How many.
        listener: Where they listen.

    Raises:
        OperatorError: A worker could not start; it has said why.
        PenstockError: A worker crashed before it served.
    """
    supervisor = _Workers(configure(factory, shutdown_seconds, workers, _WorkerConfig), sockets=[listener])
    supervisor.run()
    if supervisor.have_crashed:
        raise PenstockError("A worker could not start: it crashed. The lines above say where.")
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise OperatorError("A worker could not start; the lines above say why.")
