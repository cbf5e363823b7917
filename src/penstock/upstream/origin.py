"""The base URL, taken apart once and checked; how TLS is verified.

Never here: sending, which path is asked for.
Source: CONTRACT §1 (the base URL is configuration; a path prefix is allowed for proxies).
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from penstock.errors import OperatorError, PenstockError

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%25[A-Za-z0-9._~-]+)?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where requests go.

    Attributes:
        scheme: ``http`` or ``https``.
        host: A name or an address, an IPv6 address without brackets.
        port: The port, also when it is the scheme's own.
        prefix: The path before every target, without a trailing slash; empty for none.
    """

    scheme: str
    host: str
    port: int
    prefix: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.scheme == "https" else 80
        return name if self.port == usual else f"{name}:{self.port}"

    @property
    def base(self) -> str:
        """The URL that a target is appended to."""
        return f"{self.scheme}://{self.authority}{self.prefix}"


def parse_origin(base_url: str) -> Origin:
    """Take a base URL apart.

    Raises:
        OperatorError: It is no ``http(s)://host[:port][/prefix]``. Credentials in it are never repeated.
    """
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OperatorError("The upstream URL cannot be read: write it as https://host[:port][/prefix].") from error
    if parts.scheme not in {"http", "https"} or _HOST.fullmatch(host) is None or _VISIBLE.fullmatch(base_url) is None:
        raise OperatorError("The upstream URL must read https://host[:port][/prefix], with an ASCII host name.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise OperatorError(
            "The upstream URL holds credentials, a query or a fragment: write https://host[:port][/prefix]."
        )
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    if port == 0:
        raise OperatorError("The upstream URL names port 0: name the port the store listens on.")
    return Origin(parts.scheme, host, port, parts.path.rstrip("/"))


def tls_context(origin: Origin, ca_file: str) -> ssl.SSLContext | None:
    """The verifying context of an https origin; None for http.

    Raises:
        OperatorError: The file of authorities cannot be read.
    """
    if origin.scheme != "https":
        return None
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise OperatorError(f"The authorities in {ca_file} cannot be read: name a readable PEM file.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def check_target(text: str) -> None:
    """Refuse a target that could break out of its request line.

    Raises:
        PenstockError: It does not start with ``/`` or holds anything but visible ASCII.
    """
    if text[:1] != "/" or _VISIBLE.fullmatch(text) is None:
        raise PenstockError("A request target must start with / and be percent-encoded ASCII.")
