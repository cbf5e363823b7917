"""Access tokens of the gateway's own client: fetched once for all, kept until shortly before they expire.

Never here: the caller's tokens, which call needs which token.
Source: CONTRACT §5A (form, lifetimes, failures), R6 (the answer may be wrapped in ``data``).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from penstock.errors import (
    OperatorError,
    PenstockError,
    UpstreamError,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from penstock.upstream.answers import read_document, retry_after
from penstock.upstream.transport import NO_HEADERS, HeaderBlock, Request, Response, Transport
from penstock.upstream.wire import form

TOKEN_ROUTE = "/oauth/access_token"  # noqa: S105 (a path)
EARLY_SECONDS = 60.0
DEFAULT_LIFETIME_SECONDS = 3600.0

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Who the gateway is to upstream.

    Attributes:
        client_id: Public; names the store.
        client_secret: None asks for an implicit token, a shopper's rights; else a client_credentials token.
        setting: How the operator knows the client id, for messages.
    """

    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    setting: str = "PENSTOCK_CLIENT_ID"

    @property
    def grant(self) -> str:
        """The ``grant_type`` to ask for."""
        return "implicit" if self.client_secret is None else "client_credentials"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token and the header line that carries it.

    Attributes:
        value: The secret.
        use_until: On the source's clock, `EARLY_SECONDS` before upstream forgets it.
        expires: In epoch seconds as upstream says, or None.
        headers: ``Authorization: Bearer …``.
    """

    value: str = field(repr=False)
    use_until: float
    headers: HeaderBlock
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class _Failure:
    error: PenstockError
    until: float


class TokenSource:
    """One token for everybody who asks: single flight, cached, backed off after a failure.

    Args:
        transport: The way to upstream.
        credentials: Whose token.
        clock: Seconds that only grow.
        timeout_seconds: Of one fetch.
        backoff_seconds: How long after a failure no new fetch is made.
        refusal_seconds: How long after a token was refused the next one is kept, refused or not: a store that refuses
            every token would otherwise be asked for one, and asked again, by every request.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: ClientCredentials,
        *,
        clock: Callable[[], float],
        timeout_seconds: float = 10.0,
        backoff_seconds: float = 1.0,
        refusal_seconds: float = 5.0,
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._backoff_seconds = backoff_seconds
        self._refusal_seconds = refusal_seconds
        self._keep_until = float("-inf")
        self._token: AccessToken | None = None
        self._failure: _Failure | None = None
        self._fetch: asyncio.Task[AccessToken | PenstockError] | None = None

    def __repr__(self) -> str:
        return f"TokenSource({self._credentials!r}, has_token={self._token is not None})"

    async def token(self) -> AccessToken:
        """A token that is good for at least `EARLY_SECONDS` (less only if upstream issued it so).

        Raises:
            OperatorError: Upstream refuses the client id or its secret.
            UpstreamError: The token endpoint cannot be reached or is not understood; also, without a call, within
                the back-off after such a failure.
        """
        token = self._token
        if token is not None and self._clock() < token.use_until:
            return token
        self._raise_recent_failure()
        fetch = self._fetch
        if fetch is None or fetch.done():
            fetch = self._fetch = asyncio.get_running_loop().create_task(self._run())
        try:
            # Shielded: whoever gives up waiting leaves the others their token.
            fetched = await asyncio.shield(fetch)
        except asyncio.CancelledError:
            if fetch.cancelled():
                raise UpstreamUnavailable("The token source was closed.", sent=False) from None
            raise
        if isinstance(fetched, PenstockError):
            raise _again(fetched) from fetched
        return fetched

    def invalidate(self, token: str) -> None:
        """Forget a token that upstream refused; a newer one is kept, so that many refusals cause one fetch."""
        now = self._clock()
        if self._token is not None and self._token.value == token and now >= self._keep_until:
            self._token = None
            self._keep_until = now + self._refusal_seconds

    async def aclose(self) -> None:
        """Stop a fetch under way; the transport is not ours to close."""
        if self._fetch is not None and not self._fetch.done():
            self._fetch.cancel()
            await asyncio.wait([self._fetch])

    def _raise_recent_failure(self) -> None:
        failure = self._failure
        if failure is None:
            return
        if self._clock() < failure.until:
            raise _again(failure.error) from failure.error
        self._failure = None

    async def _run(self) -> AccessToken | PenstockError:
        """Fetch; a failure is a value here, so that a task nobody awaits any more complains to nobody."""
        try:
            token = self._read(await self._transport.send(self._request()))
        except PenstockError as error:
            self._failure = _Failure(error, self._clock() + self._backoff_seconds)
            return error
        self._token = token
        return token

    def _request(self) -> Request:
        credentials = self._credentials
        fields = {"grant_type": credentials.grant, "client_id": credentials.client_id}
        if credentials.client_secret is not None:
            fields["client_secret"] = credentials.client_secret
        return Request(
            method="POST",
            route=TOKEN_ROUTE,
            target=TOKEN_ROUTE,
            headers=NO_HEADERS,
            deadline=asyncio.get_running_loop().time() + self._timeout_seconds,
            body=form(fields),
            content_type="application/x-www-form-urlencoded",
        )

    def _read(self, response: Response) -> AccessToken:
        credentials = self._credentials
        if response.status in {400, 401, 403}:
            secret = "" if credentials.client_secret is None else " or its secret"
            raise OperatorError(
                f"The store refuses {credentials.setting} {credentials.client_id[:64]!a}{secret} "
                f"({credentials.grant}, status {response.status}): check both in the store's application keys."
            )
        if response.status == 429:
            raise UpstreamUnavailable(f"{TOKEN_ROUTE} answered 429.", status=429, retry_after=retry_after(response))
        document = read_document(response, TOKEN_ROUTE)
        wrapped = document.get("data")
        body = wrapped if isinstance(wrapped, dict) else document
        value = body.get("access_token")
        if not isinstance(value, str) or _TOKEN.fullmatch(value) is None:
            raise UpstreamInvalid(f"{TOKEN_ROUTE} answered {response.status} without a usable access_token.")
        lifetime = _seconds(body.get("expires_in")) or DEFAULT_LIFETIME_SECONDS
        expires = _seconds(body.get("expires"))
        return AccessToken(
            value=value,
            # A token that lives less than the margin is used for half its life instead of never.
            use_until=self._clock()
            + max(lifetime - EARLY_SECONDS, lifetime / 2 if lifetime < 2 * EARLY_SECONDS else 0),
            headers=HeaderBlock(((b"authorization", b"Bearer " + value.encode("ascii")),)),
            expires=None if expires is None else int(expires),
        )


def _seconds(value: object) -> float | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e12:
        return float(value)
    return None


def _again(error: PenstockError) -> PenstockError:
    """The same failure as a new exception: one instance raised for many callers would grow a traceback of all."""
    if isinstance(error, UpstreamUnavailable):
        return UpstreamUnavailable(str(error), sent=error.sent, status=error.status, retry_after=error.retry_after)
    if isinstance(error, UpstreamError):
        kind = UpstreamTimeout if isinstance(error, UpstreamTimeout) else UpstreamInvalid
        return kind(str(error), status=error.status, request_id=error.request_id)
    return OperatorError(str(error)) if isinstance(error, OperatorError) else error
