"""What operators and tools ask beside GraphQL: the schema as text, health, readiness, metrics, a reload.

Never here: the GraphQL endpoint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.http.admin import SchemaLife, admin_routes
from penstock.http.answers import error_body
from penstock.http.asgi import App
from penstock.http.entity_tags import is_known, is_meant
from penstock.http.events import Events, Listens
from penstock.http.plain import PRIVATE, error_answer, json_answer
from penstock.http.sse import HEARTBEAT_SECONDS, Pace
from penstock.http.webhook import PATH as WEBHOOK_PATH
from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.reload import ReloadReport
from penstock.lifecycle.stages import Held
from penstock.schema.diff import LEVELS
from penstock.settings import Secret
from penstock.telemetry.metrics import EXPOSITION_TYPE

Lifespan: TypeAlias = Callable[[Starlette], AbstractAsyncContextManager[None]]
"""What lives as long as the application."""

_SDL_TYPE = "application/graphql; charset=utf-8"
_MOST_SHOWN = 50
_NO_SCHEMA = "The store's definitions could not be read yet, so there is no schema. Try again in a moment."
"""What anybody may know; why that is so is in the log, and with readiness."""


Details: TypeAlias = Callable[[], dict[str, object]]
"""More of what readiness tells."""


@dataclass(frozen=True, slots=True)
class OperatingParts:
    """What the routes are made of.

    Attributes:
        holder: Where the serving generation stands.
        reload: Looks at the store's definitions now.
        metrics: The whole exposition, or None where it is switched off.
        admin_token: Opens the admin endpoints; unset, they do not exist.
        life: What is known and can be decided about the life of the schema.
        feed: Where swaps come from; None where nobody is told.
        details: What else readiness tells.
        webhook: Takes the store's events; None where the store tells of none.
        heartbeat_seconds: Time between heartbeats of a stream of events.
    """

    holder: GenerationHolder
    reload: Callable[[], Awaitable[ReloadReport]]
    metrics: Callable[[], bytes] | None
    admin_token: Secret
    life: SchemaLife = field(default_factory=SchemaLife)
    feed: Listens | None = None
    details: Details = dict
    webhook: App | None = None
    heartbeat_seconds: float = HEARTBEAT_SECONDS


def create_operating_app(parts: OperatingParts, lifespan: Lifespan | None = None) -> App:
    """The routes as an ASGI application; everything else is a JSON 404 or 405."""
    operating = _Operating(parts)
    routes = [
        Route("/schema.graphql", operating.schema, methods=["GET"]),
        Route("/healthz", operating.health, methods=["GET"]),
        Route("/readyz", operating.ready, methods=["GET"]),
    ]
    if parts.feed is not None:
        events = Events(parts.feed, parts.holder, _too_many(), Pace(parts.heartbeat_seconds))
        routes.append(Route("/schema/events", events, methods=["GET"]))
    if parts.webhook is not None:
        routes.append(Route(WEBHOOK_PATH, parts.webhook, methods=["POST"]))
    if parts.metrics is not None:
        routes.append(Route("/metrics", operating.metrics, methods=["GET"]))
    if parts.admin_token:
        routes += admin_routes(parts.admin_token, parts.reload, parts.life)
    app = Starlette(routes=routes, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(Exception, _refuse)
    return app  # type: ignore[return-value]  # the same ASGI, which Starlette types as mappings of Any


class _Operating:
    def __init__(self, parts: OperatingParts) -> None:
        self._parts = parts

    async def schema(self, request: Request) -> Response:
        """The SDL of the serving generation."""
        generation = self._parts.holder.current
        if generation is None:
            return json_answer({"ready": False, "reason": _NO_SCHEMA}, 503)
        headers = {"etag": generation.etag, "cache-control": "public, no-cache"}
        meant, known = (request.headers.getlist(name) for name in ("if-match", "if-none-match"))
        if meant and not is_meant(",".join(meant), generation.etag):
            return error_answer(request, 412, "The schema is not the one of If-Match (any more).", "BAD_REQUEST")
        if known and is_known(",".join(known), generation.etag):
            return Response(status_code=304, headers=headers)
        return Response(generation.sdl, media_type=_SDL_TYPE, headers=headers)

    async def health(self, _request: Request) -> Response:
        """The process answers."""
        return json_answer({"status": "ok"}, 200)

    async def ready(self, _request: Request) -> Response:
        """Whether there is a schema to serve, and what is known about it."""
        holder = self._parts.holder
        generation = holder.current
        detail: dict[str, object] = {"ready": generation is not None, "reason": holder.trouble}
        if generation is not None:
            detail |= {
                "generation": generation.number,
                "version": generation.version,
                "source": generation.source,
                "loadedAt": generation.loaded_at,
                "checkedAt": holder.checked_at,
                "problems": len(generation.problems),
                "held": None if holder.held is None else _describe_held(holder.held),
            }
        return json_answer(detail | self._parts.details(), 503 if generation is None else 200)

    async def metrics(self, _request: Request) -> Response:
        """The exposition that Prometheus scrapes."""
        render = self._parts.metrics
        body = b"" if render is None else render()
        return Response(body, headers={**PRIVATE, "content-type": EXPOSITION_TYPE})


def _too_many() -> App:
    body = error_body("Too many clients listen already; ask again later.", "LIMIT_EXCEEDED", "")
    headers = {**PRIVATE, "retry-after": "30"}
    return Response(body, 503, headers, "application/json")  # type: ignore[return-value]  # the same ASGI


def _describe_held(held: Held) -> dict[str, object]:
    verdict = held.change.verdict
    counts = Counter(one.level for one in verdict.changes)
    return {
        "version": held.change.after.version,
        "since": held.change.at,
        "reason": held.reason,
        **{level: counts[level] for level in LEVELS},
        "breaks": [one.line for one in verdict.broken[:_MOST_SHOWN]],
    }


async def _refuse(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = {
        404: f"There is nothing at {request.url.path[:200]}; the API is at /graphql.",
        405: f"{request.method} is not answered at {request.url.path[:200]}.",
    }.get(status, "The request cannot be answered.")
    response = error_answer(request, status, message, "INTERNAL" if status >= 500 else "BAD_REQUEST")
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
