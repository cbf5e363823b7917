"""`/webhooks/upstream`: the store tells of changes here, and proves itself by a secret it shares with the gateway.

Nothing of what it sends is shown to anybody: it only says where to look. Its body holds the secret again, so that it is
kept nowhere.

Never here: what is done about a change.
Source: CONTRACT §12 (a static secret in a header, no signature; success is a 2xx within 10 s; at least once).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from penstock.errors import StateError
from penstock.http.answers import JSON_TYPE, Refusal, error_body
from penstock.http.asgi import Receive, Scope, Send
from penstock.http.body import check_length, read_whole
from penstock.operations.subscriptions import Subject, read_news
from penstock.settings import Secret

PATH = "/webhooks/upstream"
_MOST_BYTES = 4 * 1024 * 1024
_SECONDS = 8.0
_SECRET = b"x-moltin-secret-key"

_CLOSED = Refusal(401, "The secret in `X-MOLTIN-SECRET-KEY` is not the one of this gateway.", "UNAUTHENTICATED")
_UNREADABLE = Refusal(400, "The body is no event of the store: JSON with `id` and `payload` is expected.")
_LATER = Refusal(503, "The event could not be passed on; send it again.", "INTERNAL", ((b"retry-after", b"5"),))


class Webhook:
    """An ASGI application for POST.

    Args:
        secret: What the store proves itself by.
        announce: Passes an event on, by its id; whether it was new.
        watched: Upstream's words for what anybody can watch.
        on_event: Told what became of each: ``received``, ``duplicate``, ``ignored``, ``refused``, ``failed``.
    """

    def __init__(
        self,
        secret: Secret,
        announce: Callable[[str, Subject], Awaitable[bool]],
        watched: frozenset[str],
        on_event: Callable[[str], None],
    ) -> None:
        self._secret = secret
        self._announce = announce
        self._watched = watched
        self._on_event = on_event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one event."""
        refusal = await self._take(scope, receive)
        if refusal is None:
            await send({"type": "http.response.start", "status": 204, "headers": [(b"cache-control", b"no-store")]})
            await send({"type": "http.response.body", "body": b""})
            return
        request_id = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        body = error_body(refusal.message, refusal.code, request_id.decode("latin-1"))
        headers = [
            (b"content-type", JSON_TYPE),
            (b"cache-control", b"no-store"),
            (b"content-length", b"%d" % len(body)),
            *refusal.headers,
        ]
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _take(self, scope: Scope, receive: Receive) -> Refusal | None:
        """Pass an event on; why it was not taken, or None."""
        headers = scope["headers"]
        secrets = [value for name, value in headers if name == _SECRET]
        if len(secrets) != 1 or not self._secret.matches(secrets[0]):
            return self._refuse(_CLOSED)
        length = next((value for name, value in headers if name == b"content-length"), None)
        body = check_length(length, _MOST_BYTES) or await read_whole(receive, _MOST_BYTES, _SECONDS)
        if body is None or isinstance(body, Refusal):
            return self._refuse(body or _UNREADABLE)
        event = read_news(body)
        if event is None:
            return self._refuse(_UNREADABLE)
        if event.subject is None or event.subject.kind not in self._watched:
            self._on_event("ignored")
            return None
        try:
            is_new = await self._announce(event.id, event.subject)
        except StateError:
            self._on_event("failed")
            return _LATER
        self._on_event("received" if is_new else "duplicate")
        return None

    def _refuse(self, refusal: Refusal) -> Refusal:
        self._on_event("refused")
        return refusal
