"""Calls to a running gateway: where it is, the admin token, what a refusal means to whoever typed the command.

Never here: what is asked, how it is printed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import msgspec

from penstock.errors import OperatorError, PenstockError
from penstock.settings import Settings
from penstock.upstream.config import TransportConfig
from penstock.upstream.lean import LeanTransport
from penstock.upstream.transport import NO_HEADERS, HeaderBlock, Method, Request, Response

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (where it listens, not where to call)


@dataclass(frozen=True, slots=True)
class GatewayUrl:
    """Where a gateway is.

    Attributes:
        origin: Scheme, host and port.
        path: What stands before its own paths, without a slash at the end.
        shown: As it was given.
    """

    origin: str
    path: str
    shown: str


def find_gateway(url: str | None, settings: Settings) -> GatewayUrl:
    """The gateway at a URL, which may be that of its endpoint; without one, that of the settings on this machine.

    Raises:
        OperatorError: The URL is none.
    """
    if url is None:
        host = _ANYWHERE.get(settings.host, settings.host)
        url = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    parts = split_url(url)
    return GatewayUrl(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/").removesuffix("/graphql"), url)


def split_url(url: str) -> SplitResult:
    """The parts of a gateway's URL.

    Raises:
        OperatorError: It is none, or holds credentials, which are not repeated.
    """
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    shown = "The URL" if "@" in url else repr(url)
    if not is_url:
        raise OperatorError(f"{shown} is no http or https URL; give a gateway's, as http://127.0.0.1:8000.")
    if "@" in parts.netloc:
        raise OperatorError(f"{shown} holds credentials; give it without, as http://127.0.0.1:8000.")
    return parts


async def call(
    url: GatewayUrl, settings: Settings, method: Method, path: str, body: bytes = b"", kind: str = ""
) -> Response:
    """One call of an admin endpoint, with the admin token where there is one; the status is not judged.

    Raises:
        UpstreamError: Nothing answers there.
    """
    token = settings.admin_token.reveal()
    headers = HeaderBlock(((b"authorization", f"Bearer {token}".encode()),)) if token else NO_HEADERS
    return await exchange(url.origin, settings, method, url.path + path, headers, body, kind)


async def exchange(
    origin: str,
    settings: Settings,
    method: Method,
    path: str,
    headers: HeaderBlock = NO_HEADERS,
    body: bytes = b"",
    kind: str = "",
) -> Response:
    """One call of whatever answers at an origin; the status is not judged.

    Raises:
        UpstreamError: Nothing answers there.
    """
    transport = LeanTransport(origin, TransportConfig(max_body_bytes=settings.upstream_max_body_bytes))
    deadline = asyncio.get_running_loop().time() + settings.upstream_timeout_seconds
    try:
        return await transport.send(Request(method, path, path, headers, deadline, body, kind))
    finally:
        await transport.aclose()


def told(response: Response, url: GatewayUrl) -> bytes:
    """The body of an answer that is what was asked for.

    Raises:
        OperatorError: The token is missing or wrong, or there is no such gateway.
        PenstockError: The gateway refused; its own words.
    """
    if response.status == 200:
        return response.body
    if response.status == 401:
        raise OperatorError(f"{url.shown} refuses the admin token; give the gateway's as PENSTOCK_ADMIN_TOKEN.")
    if response.status == 404:
        raise OperatorError(
            f"{url.shown} has no admin endpoints; is it a Penstock gateway, and has it a PENSTOCK_ADMIN_TOKEN?"
        )
    raise PenstockError(_message(response) or f"{url.shown} answered {response.status}.")


class _Error(msgspec.Struct):
    message: str = ""


class _Errors(msgspec.Struct):
    errors: list[_Error] = []


def _message(response: Response) -> str:
    try:
        return " ".join(one.message for one in msgspec.json.decode(response.body, type=_Errors).errors)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
