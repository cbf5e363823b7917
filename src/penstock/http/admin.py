"""What operators order and ask with the admin token: a reload, a release, a check, who uses what.

Never here: what comes of it, what everybody may ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.definitions.model import JSON
from penstock.errors import OperatorError, StateError
from penstock.http.plain import error_answer, json_answer
from penstock.lifecycle.judging import Judgement
from penstock.lifecycle.reload import ReloadReport
from penstock.lifecycle.usage_report import UsageReport
from penstock.settings import Secret

_MOST_BYTES = 8 * 1024 * 1024


async def _nothing_waits(_version: str | None) -> ReloadReport | None:
    return None


def _no_changes() -> Sequence[JSON]:
    return ()


async def _no_usage() -> UsageReport:
    return UsageReport("", ())


async def _nothing_to_judge(_text: str) -> Judgement | None:
    return None


@dataclass(frozen=True, slots=True)
class SchemaLife:
    """What is known and can be decided about the life of the schema.

    Attributes:
        release: Lets the candidate that waits serve, or only that of a version; None where none waits, or another.
        changes: What changed, newest first, as `schemaInfo` tells it.
        judge: What a schema, as text, would change and whom it would break; None while no schema serves.
        usage: Who uses which custom field.
    """

    release: Callable[[str | None], Awaitable[ReloadReport | None]] = _nothing_waits
    changes: Callable[[], Sequence[JSON]] = _no_changes
    judge: Callable[[str], Awaitable[Judgement | None]] = _nothing_to_judge
    usage: Callable[[], Awaitable[UsageReport]] = _no_usage


def admin_routes(token: Secret, reload: Callable[[], Awaitable[ReloadReport]], life: SchemaLife) -> list[Route]:
    """The routes that want the admin token."""
    admin = _Admin(token, reload, life)
    return [
        Route("/admin/schema/reload", admin.reload, methods=["POST"]),
        Route("/admin/schema/release", admin.release, methods=["POST"]),
        Route("/admin/schema/check", admin.check, methods=["POST"]),
        Route("/admin/schema/changes", admin.changes, methods=["GET"]),
        Route("/admin/fields/usage", admin.usage, methods=["GET"]),
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
        version = request.query_params.get("version")
        report = await self._life.release(version)
        if report is None:
            said = "No schema waits to be released: what the store says serves."
            if version is not None:
                said = f"Version {version[:64]!r} does not wait to be released; /readyz tells what does."
            return error_answer(request, 409, said, "BAD_REQUEST")
        return json_answer(asdict(report), 200)

    async def check(self, request: Request) -> Response:
        """What the schema in the body would change, and whom it would break."""
        if not self._opens(request):
            return _closed(request)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                return error_answer(request, 413, f"The schema is longer than {_MOST_BYTES} bytes.", "LIMIT_EXCEEDED")
        try:
            found = await self._life.judge(body.decode())
        except (UnicodeDecodeError, OperatorError) as error:
            said = str(error) if isinstance(error, OperatorError) else "The body is no UTF-8."
            return error_answer(request, 400, said, "BAD_REQUEST")
        if found is None:
            return error_answer(request, 503, "No schema serves yet.", "UPSTREAM_UNAVAILABLE")
        return json_answer(asdict(found), 200)

    async def changes(self, request: Request) -> Response:
        """What changed, newest first."""
        return json_answer(self._life.changes(), 200) if self._opens(request) else _closed(request)

    async def usage(self, request: Request) -> Response:
        """Who uses which custom field."""
        if not self._opens(request):
            return _closed(request)
        try:
            return json_answer(asdict(await self._life.usage()), 200)
        except StateError:
            return error_answer(request, 503, "What was counted cannot be read now.", "INTERNAL")

    def _opens(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._token.matches(token.strip().encode("latin-1"))


def _closed(request: Request) -> Response:
    return error_answer(request, 401, "Give the admin token as `Authorization: Bearer <token>`.", "UNAUTHENTICATED")
