"""The page that a browser gets at the endpoint: a small explorer of our own that talks to no other host.

Never here: running operations.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from penstock.http.asgi import Receive, Scope, Send

_FOLDER = "page"


class Explorer:
    """Serves one page under a policy that runs our script and no other; an ASGI application."""

    __slots__ = ("_body", "_headers")

    def __init__(self, page: str, style: str, script: str) -> None:
        """Put the page together.

        Args:
            page: HTML with ``/*style*/`` and ``/*script*/`` where the two belong.
            style: CSS.
            script: JavaScript.
        """
        self._body = page.replace("/*style*/", style).replace("/*script*/", script).encode()
        policy = (
            f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        self._headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"%d" % len(self._body)),
            (b"content-security-policy", policy.encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the page."""
        await send({"type": "http.response.start", "status": 200, "headers": list(self._headers)})
        await send({"type": "http.response.body", "body": self._body})


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def load_explorer() -> Explorer:
    """The explorer of the files that lie in this package."""
    folder = files("penstock.http").joinpath(_FOLDER)
    page, style, script = (
        folder.joinpath(f"explorer.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    return Explorer(page, style, script)
