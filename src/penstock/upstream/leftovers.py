"""Whether bytes follow an answer that httpx has read: its pool would take them for the next caller's answer.

Never here: reading the answer itself.
Source: httpcore 1.0.9 and h11 0.16: an idle connection keeps what the last read brought beyond the end of the answer.
"""

from __future__ import annotations

import ssl
from typing import Protocol, runtime_checkable

import httpx

_WAY_TO_H11 = ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")


@runtime_checkable
class _Stream(Protocol):
    """What httpx promises of ``extensions["network_stream"]``."""

    def get_extra_info(self, info: str) -> object: ...

    async def aclose(self) -> None: ...


async def discard_if_followed(answer: httpx.Response) -> None:
    """Close the connection of an answer, read to its end but not yet closed, when anything follows it.

    A closed socket counts as readable to httpcore, which drops idle connections that are.
    """
    stream = answer.extensions.get("network_stream")
    if isinstance(stream, _Stream) and (_is_followed_in_parser(answer) or _is_followed_in_tls(stream)):
        await stream.aclose()


def _is_followed_in_parser(answer: httpx.Response) -> bool:
    """Trap: there is no public way to h11's buffer. Where this one breaks, no connection is ever kept."""
    node: object = answer.stream
    for name in _WAY_TO_H11:
        node = getattr(node, name, None)
    trailing = getattr(node, "trailing_data", None)
    return not isinstance(trailing, tuple) or trailing[0] != b""


def _is_followed_in_tls(stream: _Stream) -> bool:
    tls = stream.get_extra_info("ssl_object")
    if not isinstance(tls, ssl.SSLObject):
        return False
    try:
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError:
        return True
    return True
