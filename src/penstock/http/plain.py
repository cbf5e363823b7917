"""Answers beside GraphQL: JSON, and errors in the shape of GraphQL errors.

Never here: what is asked.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from penstock.errors import Code
from penstock.http.answers import error_body

PRIVATE = {"cache-control": "no-store"}


def json_answer(detail: object, status: int) -> Response:
    """A detail as JSON, never cached."""
    return Response(msgspec.json.encode(detail), status, headers=PRIVATE, media_type="application/json")


def error_answer(request: Request, status: int, message: str, code: Code) -> Response:
    """One error in the shape of a GraphQL answer."""
    headers = {**PRIVATE, "www-authenticate": "Bearer"} if status == 401 else dict(PRIVATE)
    body = error_body(message, code, request.headers.get("x-request-id", ""))
    return Response(body, status, headers=headers, media_type="application/json")
