"""Listening, serving and stopping: uvicorn as every command uses it.

Never here: what is served.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn

from penstock.errors import OperatorError
from penstock.http.one_write import OneWriteProtocol

_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 65
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs it, so that several can share a process.

    Attributes:
        answers: Set when it accepts requests.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening socket.

    Args:
        host: A name or an address of this machine.
        port: 0 lets the system choose.
        option: The option that chooses the port, for the message.

    Raises:
        OperatorError: The port is taken, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OperatorError(f"Cannot listen on {host}: {error.strerror}. Give an address of this machine.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise OperatorError(f"Port {port} of {host} is taken; choose another one with {option}.") from error
        raise OperatorError(f"Cannot listen on {host}:{port}: {error.strerror}; choose another one.") from error
    listener.set_inheritable(True)
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a socket listens, as the beginning of a URL that this machine can open."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 (shown)
    return f"http://{shown}:{port}"


def configure(
    app: object, shutdown_seconds: float, workers: int = 1, kind: type[uvicorn.Config] = uvicorn.Config
) -> uvicorn.Config:
    """How uvicorn serves an application, or the import string of a factory of one."""
    return kind(
        app,  # type: ignore[arg-type]  # an ASGI application, typed without Any
        factory=isinstance(app, str),
        workers=workers,
        http=OneWriteProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(shutdown_seconds)),
    )


def run(main: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a coroutine on the fastest event loop of the platform."""
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main())


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """Take the signal that ends a process for Ctrl-C, so that what is under way can be told."""

    def end(_number: int, _frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in what `nohup … &` started
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def serve_until_signal(
    servers: Sequence[tuple[Server, socket.socket]], announce: Callable[[], Awaitable[None]]
) -> None:
    """Start servers one after the other, say so, and stop them all at the first signal; a second one is impatient.

    Args:
        servers: Each with the socket it listens on; a later one may need an earlier one.
        announce: Called when all of them answer.
    """
    with _stopping([server for server, _ in servers]):
        tasks = []
        for server, listener in servers:
            task = asyncio.create_task(server.serve(sockets=[listener]))
            tasks.append(task)
            await _wait_for(server, task)
        if not any(server.should_exit for server, _ in servers):
            await announce()
        await asyncio.gather(*tasks)


async def _wait_for(server: Server, task: asyncio.Task[None]) -> None:
    answers = asyncio.create_task(server.answers.wait())
    await asyncio.wait((answers, task), return_when=asyncio.FIRST_COMPLETED)
    answers.cancel()
    if task.done():
        await task


@contextmanager
def _stopping(servers: Sequence[Server]) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for server in servers:
            server.force_exit = server.should_exit
            server.should_exit = True

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
