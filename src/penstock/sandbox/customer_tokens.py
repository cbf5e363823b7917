"""Customer tokens: the peculiar signed text, its endpoint, and reading it back.

Never here: which endpoints accept one.

Source: CONTRACT §7, R7, Q5, Q20.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from secrets import token_hex

from penstock.sandbox.calls import Answer, Call, Shop
from penstock.sandbox.database import Database, Where
from penstock.sandbox.documents import Document, MalformedJsonError, mapping, read_json, text, whole, write_json
from penstock.sandbox.errors import invalid, refuse
from penstock.sandbox.passwords import is_password
from penstock.sandbox.tables import CUSTOMERS

_HEADER = b64encode(b'{"alg":"HS256","typ":"JWT"}').decode()
_FACT = "customer token key"


def issue_customer_token(call: Call) -> Answer:
    """Answer `POST /v2/customers/tokens` for e-mail and password.

    Raises:
        ApiError: 422 for missing keys or OpenID Connect, 401 for wrong credentials.
    """
    data = call.data("token")
    if data.get("authentication_mechanism", "password") != "password":
        raise invalid("data.authentication_mechanism: the sandbox knows password only", "data.authentication_mechanism")
    email, password = text(data.get("email")), text(data.get("password"))
    for key, value in (("email", email), ("password", password)):
        if not value:
            raise invalid(f'data.{key}: "{key}" is required', f"data.{key}")
    for row in call.shop.database.select(CUSTOMERS, Where("email = ?", (email,))):
        hashed = text(row.core.get("password"))
        if hashed is not None and is_password(password or "", hashed):
            return Answer(200, {"data": _sign_in(call.shop, row.id, str(row.core["name"]))})
    raise refuse(401, "Unauthorized", "The e-mail address or the password is wrong.")


def make_customer_token_key(database: Database) -> None:
    """Give a new database the key that its customer tokens are signed with; they survive a restart with it."""
    database.remember(_FACT, token_hex(32))


def read_customer_token(shop: Shop, token: str) -> str | None:
    """Return the customer id of a token that was issued here and has not expired, or None."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    header, payload, signature = parts
    if not hmac.compare_digest(_sign(shop, f"{header}.{payload}").encode(), signature.encode()):
        return None
    try:
        claims = mapping(read_json(b64decode(payload, validate=True)))
    except (Base64Error, MalformedJsonError):
        return None
    expires = whole(claims.get("exp"))
    return text(claims.get("sub")) if expires is not None and expires > shop.clock() else None


def _sign_in(shop: Shop, customer_id: str, name: str) -> Document:
    issued, token_id = int(shop.clock()), shop.new_id()
    expires = issued + shop.settings.customer_token_seconds
    claims = {"sub": customer_id, "name": name, "iat": issued, "exp": expires, "jti": token_id}
    signed = f"{_HEADER}.{b64encode(write_json(claims).encode()).decode()}"
    return {
        "type": "token",
        "id": token_id,
        "customer_id": customer_id,
        "token": f"{signed}.{_sign(shop, signed)}",
        "expires": expires,
    }


def _sign(shop: Shop, signed: str) -> str:
    key = shop.database.fact(_FACT) or ""
    return hmac.new(key.encode(), signed.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
