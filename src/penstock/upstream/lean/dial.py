"""Opening one connection: every address of the name in turn, within one timeout.

Never here: places, lines, what is sent.
Source: RFC 8305 §5 in its plainest form: an address that swallows packets must not use up the time of the others.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from penstock.errors import UpstreamTimeout, UpstreamUnavailable
from penstock.upstream.origin import Origin
from penstock.upstream.transport import Request

_MAX_ADDRESSES = 6

P = TypeVar("P", bound=asyncio.Protocol)


@dataclass(frozen=True, slots=True)
class Dialer:
    """How connections to one origin are opened.

    Attributes:
        origin: Where to.
        context: How TLS is verified; None for http.
        timeout_seconds: For lookup, TCP and TLS together.
    """

    origin: Origin
    context: ssl.SSLContext | None
    timeout_seconds: float

    async def connect(self, make: Callable[[], P], request: Request) -> P:
        """A connection that stands, TLS included.

        Raises:
            UpstreamUnavailable: None can be had; nothing was sent.
            UpstreamTimeout: The request's deadline passed first.
        """
        what = f"{request.method} {request.route}"
        loop = asyncio.get_running_loop()
        begun = loop.time()
        until = min(request.deadline, begun + self.timeout_seconds)
        try:
            async with asyncio.timeout_at(until):
                return await self._try_each(loop, make, until)
        except TimeoutError as error:
            if until == request.deadline:
                raise UpstreamTimeout(f"{what}: no connection by the deadline.", waited=until - begun) from error
            raise UpstreamUnavailable(f"{what}: no connection in {self.timeout_seconds} s.", sent=False) from error
        except ssl.SSLCertVerificationError as error:
            raise UpstreamUnavailable(
                f"{what}: the certificate is refused: {error.verify_message}.", sent=False
            ) from error
        except (OSError, UnicodeError) as error:
            raise UpstreamUnavailable(f"{what}: no connection: {type(error).__name__}.", sent=False) from error

    async def _try_each(self, loop: asyncio.AbstractEventLoop, make: Callable[[], P], until: float) -> P:
        addresses = await self.look_up(loop)
        for left in range(len(addresses), 1, -1):
            share = (until - loop.time()) / left
            try:
                async with asyncio.timeout(share):
                    return await self._open(loop, make, addresses[-left])
            except ssl.SSLError:
                raise
            except OSError:  # a timeout among them: on to the next address
                continue
        return await self._open(loop, make, addresses[-1])

    async def look_up(self, loop: asyncio.AbstractEventLoop) -> list[str]:
        """The addresses of the host, in the order of the system's preference.

        Raises:
            OSError: It has none, or nobody can be asked.
            UnicodeError: It is no name.
        """
        host = self.origin.host
        try:
            ipaddress.ip_address(host)
        except ValueError:
            found = await loop.getaddrinfo(host, self.origin.port, type=socket.SOCK_STREAM)
        else:
            return [host]
        # The order is the system's preference; each address once.
        addresses = list(dict.fromkeys([str(entry[4][0]) for entry in found]))[:_MAX_ADDRESSES]
        if not addresses:
            raise OSError("the name has no address")
        return addresses

    async def _open(self, loop: asyncio.AbstractEventLoop, make: Callable[[], P], address: str) -> P:
        secure = self.context is not None
        _, connection = await loop.create_connection(
            make,
            address,
            self.origin.port,
            ssl=self.context,
            server_hostname=self.origin.host if secure else None,
            ssl_handshake_timeout=self.timeout_seconds if secure else None,
        )
        return connection
