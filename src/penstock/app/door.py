"""The parts of the door, built from settings: who is let in, and the page that browsers get.

Never here: an `if` about business, what either does.
"""

from __future__ import annotations

from penstock.http.asgi import App
from penstock.http.credentials import CredentialReader
from penstock.http.explorer import Features, load_explorer
from penstock.http.intake import Intake, Limits
from penstock.http.request_id import RequestIds
from penstock.http.stamp import Stamp
from penstock.lifecycle import GenerationHolder
from penstock.settings import Settings


def make_page(settings: Settings, holder: GenerationHolder, ids: RequestIds) -> App | None:
    """The explorer, its answers stamped like any other; None where it is switched off."""
    if not settings.explorer:
        return None
    return Stamp(load_explorer(holder, Features(shows_calls=settings.show_calls)), holder, ids)


def make_intake(settings: Settings) -> Intake:
    """What lets requests in."""
    return Intake(Limits(settings.max_body_bytes, settings.request_timeout_seconds), CredentialReader())
