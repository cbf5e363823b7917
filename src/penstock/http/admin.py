"""What operators order with the admin token: a reload, the release of a schema that waits.

Never here: what comes of it, what everybody may ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.http.plain import error_answer, json_answer
from penstock.lifecycle.reload import ReloadReport
from penstock.settings import Secret


async def _nothing_waits() -> ReloadReport | None:
    return None


@dataclass(frozen=True, slots=True)
class SchemaLife:
    """What is known and can be decided about the life of the schema.

    Attributes:
        release: Lets the candidate that waits serve; None where none waits.
    """

    release: Callable[[], Awaitable[ReloadReport | None]] = _nothing_waits


def admin_routes(token: Secret, reload: Callable[[], Awaitable[ReloadReport]], life: SchemaLife) -> list[Route]:
    """The routes that want the admin token."""
    admin = _Admin(token, reload, life)
    return [
        Route("/admin/schema/reload", admin.reload, methods=["POST"]),
        Route("/admin/schema/release", admin.release, methods=["POST"]),
    ]


class _Admin:
    def __init__(self, token: Secret, reload: Callable[[], Awaitable[ReloadReport]], life: SchemaLife) -> None:
        self._token = token
        self._reload = reload
        self._life = life

    async def reload(self, request: Request) -> Response:
        """Look at the store's definitions now and say what came of it."""
        if not self._opens(request):
            return _closed(request)
        report = await self._reload()
        return json_answer(asdict(report), 502 if report.outcome == "failed" else 200)

    async def release(self, request: Request) -> Response:
        """Let the candidate that waits serve."""
        if not self._opens(request):
            return _closed(request)
        report = await self._life.release()
        if report is None:
            return error_answer(
                request, 409, "No schema waits to be released: what the store says serves.", "BAD_REQUEST"
            )
        return json_answer(asdict(report), 200)

    def _opens(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._token.matches(token.strip().encode("latin-1"))


def _closed(request: Request) -> Response:
    return error_answer(request, 401, "Give the admin token as `Authorization: Bearer <token>`.", "UNAUTHENTICATED")
