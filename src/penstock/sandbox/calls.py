"""One call to the sandbox and its answer, and what every endpoint may lean on.

Never here: ASGI, permissions, what an endpoint does.

Source: CONTRACT §1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import uuid4

from penstock.sandbox.bell import Bell
from penstock.sandbox.catalog import Catalog
from penstock.sandbox.database import Database
from penstock.sandbox.documents import Document, MalformedJsonError, mapping, read_json
from penstock.sandbox.errors import invalid, refuse
from penstock.sandbox.faults import Fault, Faults, Switch
from penstock.sandbox.preferences import read_preferences
from penstock.sandbox.request_log import RequestLog
from penstock.sandbox.settings import SandboxSettings


class Grant(Enum):
    """How an access token was obtained."""

    CLIENT_CREDENTIALS = "client_credentials"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the grant of the access token (None without one) and the customer a valid customer token names."""

    grant: Grant | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """What lives as long as the sandbox does.

    Attributes:
        database: the rows.
        settings: the operator's choices.
        clock: seconds since the epoch.
        faults: the switched-on faults.
        catalog: the custom fields there are.
        bell: wakes the courier.
        log: the calls received.
        new_id: makes an identifier.
    """

    database: Database
    settings: SandboxSettings
    clock: Callable[[], float]
    faults: Faults
    catalog: Catalog
    bell: Bell
    log: RequestLog
    new_id: Callable[[], str] = lambda: str(uuid4())

    def now(self) -> int:
        """Return the moment, in milliseconds."""
        return int(self.clock() * 1000)

    def second(self) -> int:
        """Return the beginning of this second, in milliseconds: the precision of customers, carts and orders."""
        return int(self.clock()) * 1000

    def preferences(self) -> Document:
        """Return the store's settings (CONTRACT §13)."""
        return read_preferences(self.database)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that passed the gate.

    Attributes:
        shop: what the endpoint works on.
        method: in upper case.
        path: without trailing slash.
        params: the path's parameters.
        query: decoded key and value pairs, in order.
        headers: lower-case names.
        body: the raw bytes.
        principal: who calls.
        base: scheme and host, for links.
        struck: the faults that shape this call's answer.
    """

    shop: Shop
    method: str
    path: str
    params: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    principal: Principal
    base: str
    struck: Mapping[Fault, Switch] = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def includes(self) -> set[str]:
        """Return the names of the comma list `include`."""
        return {name.strip() for name in (self.parameter("include") or "").split(",") if name.strip()}

    def payload(self) -> Document:
        """Return the JSON body, an object.

        Raises:
            ApiError: 400, the body is not a JSON object.
        """
        try:
            body = read_json(self.body)
        except MalformedJsonError as error:
            raise refuse(400, "Bad Request", "The body is not valid JSON") from error
        if not isinstance(body, dict):
            raise refuse(400, "Bad Request", "The body must be a JSON object")
        return body

    def data(self, type_: str | None = None) -> Document:
        """Return the object in `data`, of the wanted type when one is named, whose `id` agrees with the path.

        Raises:
            ApiError: 400 without such a body, 422 for another type or a foreign `id` (CONTRACT §1).
        """
        payload = self.payload()
        if not isinstance(payload.get("data"), dict):
            raise refuse(400, "required", "data is required", "data")
        data = mapping(payload["data"])
        if type_ is not None and data.get("type") != type_:
            raise invalid(f'data.type: "type" must be "{type_}"', "data.type")
        own = self.params.get("id")
        if own is not None and "id" in data and data["id"] != own:
            raise invalid('data.id: "id" must equal the id of the path', "data.id")
        return data


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a JSON body (None: no body), and whether it is JSON at all."""

    status: int
    body: object = None


Run = Callable[[Call], Answer]
