"""Where replicas keep what they share, read from one text: nowhere, a folder of this machine, or a Redis.

Never here: opening it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from penstock.settings.secret import Secret

_REDIS_PORT = 6379
_MOST_DATABASES = 16_384


@dataclass(frozen=True, slots=True)
class StateAddress:
    """Where state is kept; ``repr`` shows no password.

    Attributes:
        kind: ``memory``: in this process alone; ``directory``: a folder; ``redis``: a Redis or Valkey server.
        folder: The folder's absolute path, for a directory.
        host: Name or address of the server, for a Redis; so are the others.
        port: Its port.
        database: Its logical database.
        username: Who logs in; empty for its default user.
        password: What logs in.
        tls: Whether the connection is encrypted and the server's certificate checked.
        ca_file: A PEM file of authorities to trust instead of the system's; empty for the system's.
    """

    kind: Literal["memory", "directory", "redis"] = "memory"
    folder: str = ""
    host: str = ""
    port: int = _REDIS_PORT
    database: int = 0
    username: str = ""
    password: Secret = field(default_factory=Secret)
    tls: bool = False
    ca_file: str = ""

    @property
    def shown(self) -> str:
        """Where it is, in words that hold no secret."""
        match self.kind:
            case "memory":
                return "memory"
            case "directory":
                return self.folder
            case "redis":
                return f"{'rediss' if self.tls else 'redis'}://{self.host}:{self.port}/{self.database}"


def read_state_address(text: str) -> StateAddress:
    """The address that a text names.

    Args:
        text: Empty for memory; ``/folder`` or ``file:///folder``; ``redis://[user][:password@]host[:port][/database]``,
            with ``rediss://`` for TLS, then also ``?ca_file=/path.pem``.

    Raises:
        ValueError: It names nothing of the kind.
    """
    if not text:
        return StateAddress()
    if any(character < " " or character == "\x7f" for character in text):
        raise ValueError("a control character")
    if text.startswith("/"):
        return StateAddress("directory", folder=text)
    parts = urlsplit(text)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/") and not parts.query:
        return StateAddress("directory", folder=unquote(parts.path))
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.fragment:
        raise ValueError("another scheme, or no host")
    tls = parts.scheme == "rediss"
    return StateAddress(
        "redis",
        host=parts.hostname,
        port=_port(parts.port),
        database=_database(parts.path.strip("/")),
        username=unquote(parts.username or ""),
        password=Secret(unquote(parts.password or "")),
        tls=tls,
        ca_file=_ca_file(parts.query, tls=tls),
    )


def _port(port: int | None) -> int:
    if port == 0:
        raise ValueError("port 0")
    return _REDIS_PORT if port is None else port


def _database(path: str) -> int:
    if not path:
        return 0
    if not (path.isascii() and path.isdecimal()) or int(path) >= _MOST_DATABASES:
        raise ValueError("a database that is no number")
    return int(path)


def _ca_file(query: str, *, tls: bool) -> str:
    if not query:
        return ""
    options = dict(parse_qsl(query, strict_parsing=True))
    if not tls or options.keys() != {"ca_file"} or not options["ca_file"]:
        raise ValueError("an option that does not exist")
    return options["ca_file"]
