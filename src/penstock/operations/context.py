"""What one request owns: its credentials, deadline, budget, loader and errors.

Never here: GraphQL execution, upstream paths.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import msgspec

from penstock.definitions.model import JSON
from penstock.errors import CredentialError, LimitError, PenstockError, UpstreamTimeout
from penstock.operations.failures import ArgumentError, blames_bearer, blames_customer_token, error_entry
from penstock.operations.loader import Loader
from penstock.operations.request import Credentials
from penstock.operations.services import Services
from penstock.operations.values import Row
from penstock.resources.ways import Route
from penstock.schema.generation import Generation
from penstock.upstream.tokens import AccessToken, TokenSource
from penstock.upstream.transport import NO_HEADERS, HeaderBlock, Request, Response
from penstock.upstream.wire import is_id


class Context(msgspec.Struct, eq=False):
    """One request's own state; made anew for each and never shared. A struct, because each request makes one.

    ``told`` is what a subscription tells of, under the names of its payload: a subscription makes one for each event.
    """

    services: Services
    generation: Generation
    credentials: Credentials
    request_id: str
    suggestions: bool = True
    deadline: float = 0.0
    calls: int = 0
    writes: int = 0
    errors: list[dict[str, JSON]] = []
    told: Row = {}
    _headers: HeaderBlock | None = None
    _renewal: asyncio.Lock | None = None
    _is_renewed: bool = False
    _loader: Loader | None = None

    def __post_init__(self) -> None:
        self.deadline = asyncio.get_running_loop().time() + self.services.timeout_seconds

    def __repr__(self) -> str:
        """Without what it holds: credentials and errors may name people."""
        return f"Context({self.request_id!r})"

    def end(self) -> None:
        """Let go of what was read: the loader knows the context, and only the collector would part them."""
        self._loader = None

    @property
    def loader(self) -> Loader:
        """The reads of this request."""
        if self._loader is None:
            self._loader = Loader(self.read, self.services.concurrency)
        return self._loader

    @property
    def codes(self) -> tuple[str, ...]:
        """The error codes of the answer, for metrics."""
        if not self.errors:
            return ()
        found = [entry["extensions"] for entry in self.errors]
        return tuple([str(extensions["code"]) for extensions in found if isinstance(extensions, dict)])

    def fail(
        self, error: PenstockError, path: tuple[str | int, ...], locations: tuple[tuple[int, int], ...] = ()
    ) -> None:
        """Note an error for the answer."""
        if isinstance(error, ArgumentError):
            locations = error.locations
        self.count_limit(error)
        _forget_frames(error)
        self.errors.append(error_entry(error, self.request_id, path, locations))

    def count_limit(self, error: PenstockError) -> None:
        """Count an error where it is a limit that was met."""
        if isinstance(error, LimitError) and error.limit:
            self.services.on_limit(error.limit)

    def customer_id(self) -> str:
        """The customer that the token names: an unverified hint, upstream decides.

        Raises:
            CredentialError: There is no customer token, or it names nobody.
        """
        credentials = self.credentials
        if not credentials.customer_token:
            raise CredentialError(
                "This needs a signed-in customer: send a customer token, or give an id where one is taken.",
                "CUSTOMER_TOKEN_MISSING",
            )
        self.check_expiry()
        if credentials.customer_id is None or not is_id(credentials.customer_id):
            raise CredentialError("The customer token names no customer: sign in again.", "CUSTOMER_TOKEN_INVALID")
        return credentials.customer_id

    def check_expiry(self) -> None:
        """Refuse an expired customer token before any call is made.

        Raises:
            CredentialError: The token's payload says that it has expired.
        """
        expires = self.credentials.expires
        if expires is not None and expires <= self.services.now():
            raise CredentialError("The customer token has expired: sign in again.", "CUSTOMER_TOKEN_EXPIRED")

    def spend(self) -> None:
        """Count an upstream call.

        Raises:
            LimitError: The operation has used up its budget.
        """
        self.check_budget(1)
        self.calls += 1

    def check_budget(self, calls: int) -> None:
        """Refuse what would need more calls than are left, before the first of them is made.

        Raises:
            LimitError: The operation would use up more than its budget.
        """
        budget = self.services.budget
        if budget and self.calls + calls > budget:
            raise LimitError(
                f"The operation needs more than {budget} calls to the store: ask for less at a time.",
                "BUDGET_EXCEEDED",
                limit="budget",
            )

    def read(self, route: str, target: str) -> Coroutine[object, object, Response]:
        """Make one GET with the caller's credentials; the status is not judged, but for a stale token of our own.

        Raises:
            CredentialError: The customer token has expired.
            LimitError: The budget is used up, or the store's rate.
            UpstreamError: No whole answer could be had.
        """
        credentials, services = self.credentials, self.services
        if credentials.expires is not None:
            self.check_expiry()
        if services.budget and self.calls >= services.budget:
            self.spend()
        self.calls += 1
        if credentials.has_bearer:
            return services.transport.send(
                Request("GET", route, target, credentials.headers, self.deadline, caller=credentials.digest)
            )
        return self._read_anonymously(route, target)

    async def _read_anonymously(self, route: str, target: str) -> Response:
        """The same with the gateway's own implicit bearer."""
        headers = self._headers
        if headers is None:
            headers = self._headers = _joined(await self.own_token(self._anonymous), self.credentials.headers)
        response = await self.services.transport.send(
            Request("GET", route, target, headers, self.deadline, caller=self.credentials.digest)
        )
        if response.status == 401:
            return await self._read_again(route, target, headers, response)
        return response

    async def _read_again(self, route: str, target: str, used: HeaderBlock, refused: Response) -> Response:
        """One forced refresh of the gateway's own bearer: it may have been revoked."""
        if blames_customer_token(refused):
            return refused
        headers = await self._renewed(used)
        if headers is None:
            return refused
        self.spend()
        return await self.services.transport.send(
            Request("GET", route, target, headers, self.deadline, caller=self.credentials.digest)
        )

    async def _renewed(self, used: HeaderBlock) -> HeaderBlock | None:
        """Headers with another bearer than the refused one; None where a request's one renewal was of no use."""
        anonymous = self.services.anonymous
        if anonymous is None:
            return None
        if self._renewal is None:
            self._renewal = asyncio.Lock()
        async with self._renewal:
            if self._headers is None or self._headers.wire == used.wire:
                if self._is_renewed:
                    return None
                self._is_renewed = True
                anonymous.invalidate(_bearer_of(used))
                self._headers = _joined(await self.own_token(anonymous), self.credentials.headers)
            return self._headers if self._headers.wire != used.wire else None

    async def write(
        self, route: Route, target: str, body: bytes, *, carries_token: bool = True, is_sign_up: bool = False
    ) -> Response:
        """Make one write with the caller's credentials: sent once, whatever comes back.

        Args:
            route: What is called.
            target: Where.
            body: JSON, or nothing.
            carries_token: Whether the customer token travels along.
            is_sign_up: Whether the gateway's own client_credentials may stand in where the operator allows sign-up.

        Raises:
            CredentialError: The customer token has expired.
            LimitError: The budget is used up, or the store's rate.
            UpstreamError: No whole answer could be had; the write may have happened.
        """
        if carries_token:
            self.check_expiry()
        self.spend()
        credentials = self.credentials
        headers = credentials.headers if carries_token else credentials.headers_without_customer
        source: TokenSource | None = None
        if not credentials.has_bearer:
            source = self._anonymous
            if is_sign_up and self.services.sign_up is not None:
                source, headers = self.services.sign_up, credentials.headers_without_customer
            headers = _joined(await self.own_token(source), headers)
        media = "application/json" if body else ""
        self.writes += 1
        response = await self.services.transport.send(
            Request(route.method, route.template, target, headers, self.deadline, body, media, credentials.digest)
        )
        if response.status == 401 and source is not None and _is_bearer_refused(response, carries_token=carries_token):
            # Not sent again; but whoever writes next gets a token that may be good.
            source.invalidate(_bearer_of(headers))
        return response

    async def own_token(self, source: TokenSource) -> AccessToken:
        """The gateway's own token, if it is there by the deadline.

        Raises:
            UpstreamTimeout: It is not.
        """
        try:
            async with asyncio.timeout_at(self.deadline):
                return await source.token()
        except TimeoutError as error:
            raise UpstreamTimeout("No access token of our own by the deadline.") from error

    @property
    def _anonymous(self) -> TokenSource:
        if self.services.anonymous is None:
            raise CredentialError("Send an access token in the Authorization header.", "UNAUTHENTICATED")
        return self.services.anonymous


def _forget_frames(error: BaseException | None) -> None:
    """Let go of the frames that an error was raised through: they know the error, the loader and what it read.

    Whatever is in such a circle stays until the collector comes, which is a long time on a quiet gateway.
    """
    while error is not None and error.__traceback__ is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _is_bearer_refused(response: Response, *, carries_token: bool) -> bool:
    """Whether a 401 means the bearer; at a sign-in it usually means the password (Q5)."""
    return not blames_customer_token(response) if carries_token else blames_bearer(response)


def _joined(token: AccessToken, block: HeaderBlock) -> HeaderBlock:
    return HeaderBlock((*token.headers.pairs, *block.pairs)) if block is not NO_HEADERS else token.headers


def _bearer_of(block: HeaderBlock) -> str:
    return block.pairs[0][1].decode("latin-1").partition(" ")[2]
