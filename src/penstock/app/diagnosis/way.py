"""The way to the store and whose tokens open it.

Never here: what the store holds.
Source: CONTRACT §5A (grants: a client id alone is a shopper, with its secret an administrator).
"""

from __future__ import annotations

from collections.abc import Callable

from penstock.app.diagnosis.finding import Finding, counted
from penstock.app.store import Store
from penstock.errors import OperatorError, PenstockError
from penstock.settings import Settings
from penstock.upstream.origin import parse_origin
from penstock.upstream.probe import Walk, walk
from penstock.upstream.tokens import TokenSource

_SKEW_SECONDS = 60.0


async def look_at_upstream(settings: Settings, store: Store, epoch: Callable[[], float]) -> Finding:
    """Walk the way to the store; the step that fails is named."""
    origin = parse_origin(settings.upstream_url)
    walked = await walk(
        origin,
        store.transport,
        settings.upstream_connect_timeout_seconds,
        settings.upstream_timeout_seconds,
        epoch,
    )
    if walked.failed is not None:
        return Finding("upstream", "failed", f"{walked.failed}: {walked.reason}", walked.remedy, _steps(walked))
    where = f"{origin.base} answers ({', '.join(_steps(walked))})"
    if walked.is_crowded:
        remedy = "Lower PENSTOCK_UPSTREAM_RATE_LIMIT, or see who else calls the store."
        return Finding("upstream", "warning", f"{where}, that there are too many requests", remedy)
    if walked.skew_seconds is not None and abs(walked.skew_seconds) > _SKEW_SECONDS:
        side = "ahead of" if walked.skew_seconds > 0 else "behind"
        return Finding(
            "upstream",
            "warning",
            f"{where}; its clock is {counted(round(abs(walked.skew_seconds)), 'second')} {side} this machine's",
            "Set the clock of this machine by a time server: certificates and tokens are judged by it.",
        )
    return Finding("upstream", "ok", where)


def _steps(walked: Walk) -> tuple[str, ...]:
    return tuple(f"{step.name} {step.seconds * 1000:.0f} ms" for step in walked.steps)


async def look_at_credentials(settings: Settings, store: Store) -> Finding:
    """Fetch the tokens that a gateway would use; a refusal is told apart from a store that gives none now."""
    shopper = await _trouble(store.anonymous)
    staff = await _trouble(store.own) if settings.client_secret else None
    for trouble in (staff, shopper):
        if trouble is not None and not isinstance(trouble, OperatorError):
            return Finding(
                "credentials",
                "failed",
                f"no token could be had, right or wrong: {_plain(trouble)}",
                "Nothing is known about the credentials: the store does not give tokens now, so ask again later.",
            )
    if not settings.client_secret:
        return _of_shopper(shopper)
    return _of_staff(shopper, staff)


def _of_shopper(refusal: PenstockError | None) -> Finding:
    if refusal is not None:
        return Finding("credentials", "failed", _plain(refusal), "Correct PENSTOCK_CLIENT_ID.")
    return Finding("credentials", "ok", "the client id gets an implicit token, a shopper's; there is no client secret")


def _of_staff(shopper: PenstockError | None, staff: PenstockError | None) -> Finding:
    if staff is None and shopper is None:
        return Finding("credentials", "ok", "the client id gets an implicit token, with its secret client_credentials")
    if staff is None and shopper is not None:
        return Finding(
            "credentials",
            "warning",
            f"the secret is accepted, but callers without a bearer get nothing: {_plain(shopper)}",
            "Let the key allow implicit tokens, or let every caller bring a bearer.",
        )
    if shopper is None:
        return Finding(
            "credentials",
            "failed",
            "the client id alone is accepted, with PENSTOCK_CLIENT_SECRET it is refused",
            "Correct PENSTOCK_CLIENT_SECRET, or leave it out to read definitions as a shopper.",
        )
    return Finding(
        "credentials",
        "failed",
        "the client id is refused, with its secret and without",
        "Correct PENSTOCK_CLIENT_ID: the store's application keys have it, and another region's are refused.",
    )


async def _trouble(tokens: TokenSource) -> PenstockError | None:
    try:
        await tokens.token()
    except PenstockError as error:
        return error
    return None


def _plain(error: PenstockError) -> str:
    return str(error).rstrip(".")
