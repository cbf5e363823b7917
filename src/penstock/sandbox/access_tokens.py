"""The token endpoint: access tokens for the sandbox's one client.

Never here: customer tokens, checking a token on use.

Source: CONTRACT §5A, R6.
"""

from __future__ import annotations

from hmac import compare_digest
from secrets import token_hex
from urllib.parse import parse_qs

from penstock.sandbox.calls import Answer, Call, Grant
from penstock.sandbox.errors import ApiError, refuse


def issue_access_token(call: Call) -> Answer:
    """Answer `POST /oauth/access_token`: form in, flat JSON out.

    Raises:
        ApiError: 400 for an unusable form, 401 for a client or secret that is not the sandbox's.
    """
    form = _read_form(call)
    named = {grant.value: grant for grant in Grant}
    grant = named.get(form.get("grant_type", ""))
    if grant is None or "client_id" not in form:
        raise _bad_request()
    _check_client(call, grant, form)
    settings = call.shop.settings
    now = int(call.shop.clock())
    token, expires = token_hex(20), now + settings.token_seconds
    call.shop.database.keep_access_token(token, grant.value, expires, now)
    return Answer(
        200,
        {
            "access_token": token,
            "token_type": "Bearer",
            "identifier": grant.value,
            "expires_in": settings.token_seconds,
            "expires": expires,
        },
    )


def _read_form(call: Call) -> dict[str, str]:
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise _bad_request()
    try:
        pairs = parse_qs(call.body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=20)
    except ValueError as error:
        raise _bad_request() from error
    return {key: values[-1] for key, values in pairs.items()}


def _check_client(call: Call, grant: Grant, form: dict[str, str]) -> None:
    settings = call.shop.settings
    if grant is Grant.CLIENT_CREDENTIALS and "client_secret" not in form:
        raise _bad_request()
    client_fits = compare_digest(form["client_id"].encode(), settings.client_id.encode())
    secret_fits = compare_digest(form.get("client_secret", "").encode(), settings.client_secret.encode())
    if not client_fits or (grant is Grant.CLIENT_CREDENTIALS and not secret_fits):
        raise refuse(401, "Unauthorized")


def _bad_request() -> ApiError:
    return refuse(400, "Bad Request")
