"""The seam between ASGI and endpoints: rows of endpoints become routes, answers and errors become JSON.

Never here: what an endpoint does, middleware.

Source: CONTRACT §1, §2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from penstock.sandbox.access import admit, identify
from penstock.sandbox.calls import Answer, Call, Shop
from penstock.sandbox.documents import write_json
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, Problem, SandboxError, refuse, show_problem
from penstock.sandbox.faults import Fault, Switch

_SHAPING = (
    Fault.STATUS_AS_STRING, Fault.DUPLICATE_EMAILS, Fault.FIELD_LAG, Fault.WRONG_TYPES, Fault.NO_LINKS,
    Fault.PREVIOUS_LINK, Fault.WEBHOOK_DUPLICATE, Fault.WEBHOOK_OUT_OF_ORDER,
)  # fmt: skip
_STATUS_AS_TEXT = ("/v2/carts", "/v2/orders", "/v2/settings", "/v2/personal-data", "/oauth")
_LARGEST_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Door:
    """All endpoints of one path."""

    shop: Shop
    by_method: Mapping[str, Endpoint]

    async def __call__(self, request: Request) -> Response:
        """Answer a call on this path."""
        struck = _strike(self.shop, request)
        try:
            endpoint = self.by_method.get("GET" if request.method == "HEAD" else request.method)
            if endpoint is None:
                raise refuse(405, "Method Not Allowed", f"{request.method} is not allowed here")
            answer = self._run(endpoint, await _read_body(request), request, struck)
        except ClientDisconnect:
            return Response(status_code=400)  # for the log of calls: whoever sent the half of a body has left
        except ApiError as error:
            return write_error(error, request.url.path, struck)
        except SandboxError:
            failure = ApiError(
                500, Problem("Internal Server Error", status=500, meta={"request_id": self.shop.new_id()})
            )
            return write_error(failure, request.url.path, struck)
        return _write(answer)

    def _run(self, endpoint: Endpoint, body: bytes, request: Request, struck: Mapping[Fault, Switch]) -> Answer:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.scope["headers"]}
        path = request.url.path
        principal = identify(self.shop, endpoint.access, (request.method, path), headers)
        admit(endpoint.access, principal, request.path_params)
        call = Call(
            shop=self.shop,
            method=request.method,
            path=path,
            params=request.path_params,
            query=tuple(parse_qsl(request.url.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            principal=principal,
            base=f"{request.url.scheme}://{request.url.netloc}",
            struck=struck,
        )
        if endpoint.method == "GET":
            return endpoint.run(call)
        try:
            with self.shop.database.transaction():
                return endpoint.run(call)
        except BaseException:
            self.shop.catalog.forget()
            raise


def make_routes(shop: Shop, endpoints: Iterable[Endpoint]) -> list[Route]:
    """Return one route for each path, fixed words before parameters."""
    doors: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        doors.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    paths = sorted(doors, key=lambda path: [segment.startswith("{") for segment in path.split("/")])
    return [Route(path, _as_function(Door(shop, doors[path])), methods=_METHODS) for path in paths]


def write_error(error: ApiError, path: str, struck: Mapping[Fault, Switch]) -> Response:
    """Return the JSON of an error; some services write the status as text (CONTRACT §2)."""
    as_text = Fault.STATUS_AS_STRING in struck or _writes_status_as_text(path)
    shown = [show_problem(problem, as_text=as_text) for problem in error.problems]
    return Response(write_json({"errors": shown}), error.status, media_type="application/json")


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: paths that lead nowhere."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = {404: "Not Found", 405: "Method Not Allowed"}.get(status, "Internal Server Error")
    return write_error(refuse(status, title), request.url.path, {})


async def _read_body(request: Request) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _LARGEST_BODY:
            raise refuse(413, "Payload Too Large", f"A body may hold {_LARGEST_BODY} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _strike(shop: Shop, request: Request) -> dict[Fault, Switch]:
    if not shop.faults.switches():
        return {}
    struck = {fault: shop.faults.strike(fault, request.method, request.url.path) for fault in _SHAPING}
    return {fault: switch for fault, switch in struck.items() if switch is not None}


def _write(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status)
    return Response(write_json(answer.body), answer.status, media_type="application/json")


def _writes_status_as_text(path: str) -> bool:
    return path.startswith(_STATUS_AS_TEXT) or "/addresses" in path


def _as_function(door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await door(request)

    return answer


_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
