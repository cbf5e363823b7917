"""Reading a request's body: whole, under a cap and a time limit, or not at all.

Never here: what is in it.
"""

from __future__ import annotations

import asyncio

from penstock.http.answers import Refusal
from penstock.http.asgi import Receive, Received


def check_length(declared: bytes | None, limit: int) -> Refusal | None:
    """Refuse a body by its declared length, before a byte of it is read."""
    if declared is None or (declared.isdigit() and len(declared) < 16 and int(declared) <= limit):
        return None
    return _too_large(limit)


async def read_whole(receive: Receive, limit: int, timeout_seconds: float) -> bytes | Refusal | None:
    """The body, or why it was refused, or None when the client left.

    Args:
        receive: The server's channel.
        limit: The most bytes that are taken.
        timeout_seconds: How long a body that comes in pieces may take.
    """
    message = await receive()
    if not message.get("more_body", False) and message["type"] == "http.request":
        body = message.get("body", b"")
        return body if len(body) <= limit else _too_large(limit)
    try:
        async with asyncio.timeout(timeout_seconds):
            return await _read_pieces(message, receive, limit)
    except TimeoutError:
        return Refusal(408, f"The body was not complete after {timeout_seconds:g} seconds.")


async def _read_pieces(message: Received, receive: Receive, limit: int) -> bytes | Refusal | None:
    whole = bytearray()
    while message["type"] == "http.request":
        whole += message.get("body", b"")
        if len(whole) > limit:
            return _too_large(limit)
        if not message.get("more_body", False):
            return bytes(whole)
        message = await receive()
    return None


def _too_large(limit: int) -> Refusal:
    message = f"The body is larger than {limit} bytes; send a shorter document or fewer variables."
    return Refusal(413, message, "LIMIT_EXCEEDED", limit="body")
