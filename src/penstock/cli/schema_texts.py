"""Where the text of a schema comes from: the store in the settings, a gateway at a URL, a file.

Never here: what is done with it.
"""

from __future__ import annotations

import json
from pathlib import Path

from penstock.app import load_generation
from penstock.cli.gateway_calls import exchange, split_url
from penstock.errors import OperatorError
from penstock.schema.diff.reading import INTROSPECTION
from penstock.settings import Settings
from penstock.upstream.transport import HeaderBlock, Response

LIVE = "live"
_ROUTE = "/schema.graphql"
_TEXTS = (".graphql", ".graphqls", ".gql", ".json")
_ACCEPT_JSON = HeaderBlock(((b"accept", b"application/json"),))


async def read_text(source: str, settings: Settings) -> str:
    """The text of a schema: SDL, or the JSON of an introspection query.

    Args:
        source: ``live``, an http or https URL, or the path of a file.
        settings: Which store is live, and how long to wait.

    Raises:
        OperatorError: There is no such thing.
        UpstreamError: It does not answer.
    """
    if source == LIVE:
        return (await load_generation(settings)).sdl
    if source.lower().startswith(("http://", "https://")):
        return await fetch_text(source, settings)
    return read_file(source)


def read_file(path: str) -> str:
    """The text of a file.

    Raises:
        OperatorError: It cannot be read, or holds no UTF-8.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise OperatorError(
            f"{path!r} cannot be read: {reason}; give a file, the URL of a gateway, or `{LIVE}`."
        ) from error


async def fetch_text(url: str, settings: Settings) -> str:
    """The schema of the gateway at a URL: its `/schema.graphql`, else what it answers to an introspection query.

    Args:
        url: The gateway's own, that of its GraphQL endpoint, or that of the text itself.
        settings: How long to wait, and how much to take.

    Raises:
        OperatorError: The URL is none, or nothing there tells a schema.
        UpstreamError: It does not answer.
    """
    parts = split_url(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    is_text = parts.path.endswith(_TEXTS)
    path = parts.path if is_text else parts.path.rstrip("/").removesuffix("/graphql") + _ROUTE
    response = await exchange(origin, settings, "GET", path)
    if response.status == 404 and not is_text:
        path = parts.path if parts.path not in ("", "/") else "/graphql"
        body = json.dumps({"query": INTROSPECTION}).encode()
        response = await exchange(origin, settings, "POST", path, _ACCEPT_JSON, body, "application/json")
    return _text_of(response, url, path)


def _text_of(response: Response, url: str, path: str) -> str:
    if response.status != 200:
        raise OperatorError(f"{url!r} answered {response.status} for {path}; is it a Penstock gateway, and ready?")
    try:
        return response.body.decode()
    except UnicodeDecodeError as error:
        raise OperatorError(f"{url!r} answered no UTF-8 text for {path}; is it a Penstock gateway?") from error
