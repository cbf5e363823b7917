"""The page that a browser gets at the endpoint: GraphiQL, or a small explorer of our own where nothing else loads.

The page has one of two forms. Where the explorer was built into this package it talks to no other host. Where it was
not, GraphiQL comes as pinned files from elsewhere, and the page says so.

Never here: running operations, where the built files come from.
"""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from penstock.http.answers import UNKNOWN_VERSION, error_body
from penstock.http.asgi import Headers, Receive, Scope, Send
from penstock.http.bundle import Bundle, load_bundle
from penstock.http.pinned import HOST, SCRIPTS, STYLES
from penstock.lifecycle.holder import GenerationHolder
from penstock.schema.sample import sample_document

ASSETS = "/graphql/assets/"
_FOLDER = "page"
_SHARED = ("session.js", "small.js")
_FROM_ELSEWHERE = f"GraphiQL comes from {HOST}: it was not built into this installation."
_NEVER_CHANGES = b"public, max-age=31536000, immutable"
_VISIT = "accessTokenCreate"
_ASSET_POLICY = b"default-src 'none'; script-src 'self'"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the page, all but what each response has of its own.

    Attributes:
        name: ``built`` or ``cdn``; the page's script reads it.
        markup: HTML with ``{{nonce}}``, ``{{options}}``, ``{{assets}}`` and ``{{schema}}`` where they belong.
        policy: The content security policy, with ``{{nonce}}``.
    """

    name: str
    markup: str
    policy: str


@dataclass(frozen=True, slots=True)
class Features:
    """What the page may count on beside the endpoint.

    Attributes:
        shows_calls: Answers tell the REST calls they took.
        has_events: `/schema/events` tells of a new schema.
    """

    shows_calls: bool = False
    has_events: bool = False


_NO_FEATURES = Features()


class Explorer:
    """Serves the page and its files; an ASGI application.

    Args:
        form: The page.
        bundle: The built files, or None.
        holder: Where the serving generation stands: the page's first document is about its fields.
        make_nonce: A text that nobody can guess, another one each time.
        features: What the page may count on.
    """

    __slots__ = ("_assets", "_features", "_form", "_holder", "_make_nonce", "_sample")

    def __init__(
        self,
        form: Form,
        bundle: Bundle | None,
        holder: GenerationHolder,
        make_nonce: Callable[[], str],
        features: Features = _NO_FEATURES,
    ) -> None:
        self._form = form
        self._assets = {} if bundle is None else bundle.assets
        self._features = features
        self._holder = holder
        self._make_nonce = make_nonce
        self._sample = ("", "")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the page, or one of its files."""
        path = scope["path"]
        if path.startswith(ASSETS):
            status, headers, body = self._asset(path.removeprefix(ASSETS), scope)
        else:
            status, (headers, body) = 200, self._page(up="../" if path.endswith("/") else "")
        headers += [(b"content-length", b"%d" % len(body)), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _page(self, up: str) -> tuple[Headers, bytes]:
        nonce = self._make_nonce()
        schema = f"{up}schema.graphql"
        features = self._features
        fixed = {
            "form": self._form.name,
            "schemaUrl": schema,
            "eventsUrl": f"{up}schema/events" if features.has_events else "",
            "showsCalls": features.shows_calls,
        }
        options = msgspec.json.encode(self._options() | fixed).decode()
        own = {
            "nonce": nonce,
            "options": html.escape(options),
            "schema": schema,
            "assets": "assets/" if up else "graphql/assets/",
        }
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", _fill(self._form.policy, own).encode()),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept"),
            (b"referrer-policy", b"no-referrer"),
        ]
        return headers, _fill(self._form.markup, own).encode()

    def _options(self) -> dict[str, str | bool]:
        """The first document, made once for each version, and that version."""
        generation = self._holder.current
        if generation is None:
            return {"version": UNKNOWN_VERSION, "query": "", "givesTokens": False}
        if self._sample[0] != generation.version:
            self._sample = (generation.version, sample_document(generation.description))
        mutation = generation.schema.mutation_type
        gives_tokens = mutation is not None and _VISIT in mutation.fields
        return {"version": generation.version, "query": self._sample[1], "givesTokens": gives_tokens}

    def _asset(self, name: str, scope: Scope) -> tuple[int, Headers, bytes]:
        asset = self._assets.get(name)
        if asset is None or scope["method"] not in ("GET", "HEAD"):
            status, message = (404, "There is no such file.") if asset is None else (405, "Use GET.")
            allow: Headers = [] if asset is None else [(b"allow", b"GET, HEAD")]
            headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *allow]
            return status, headers, error_body(message, "BAD_REQUEST", _request_id(scope["headers"]))
        headers = [
            (b"content-type", asset.media_type),
            (b"cache-control", _NEVER_CHANGES),
            (b"content-security-policy", _ASSET_POLICY),
            (b"vary", b"Accept-Encoding"),
        ]
        if _takes_gzip(scope["headers"]):
            return 200, [*headers, (b"content-encoding", b"gzip")], asset.packed
        return 200, headers, asset.unpacked()


def load_explorer(holder: GenerationHolder, features: Features = _NO_FEATURES) -> Explorer:
    """The explorer of the files that lie in this package."""
    bundle = load_bundle()
    form = make_pinned_form() if bundle is None else make_built_form(bundle)
    return Explorer(form, bundle, holder, lambda: secrets.token_urlsafe(16), features)


def make_built_form(bundle: Bundle) -> Form:
    """The page over built files: every one of them comes from the gateway itself."""
    links = "".join(f'<link rel="stylesheet" href="{{{{assets}}}}{name}">\n' for name in bundle.styles)
    module = f'<script type="module" src="{{{{assets}}}}{bundle.script}"></script>'
    sources = {"script": "'self'", "style": "'self'", "font": "'self'"}
    return _make_form("built", _SHARED, links, module, sources, notice="")


def make_pinned_form() -> Form:
    """The page over files from elsewhere: each has to be exactly the one that was meant."""
    links = "".join(
        f'<link rel="stylesheet" href="{file.url}" integrity="{file.integrity}" crossorigin="anonymous">\n'
        for file in STYLES
    )
    scripts = "\n".join(
        f'<script defer src="{file.url}" integrity="{file.integrity}" crossorigin="anonymous"></script>'
        for file in SCRIPTS
    )
    sources = {
        "script": " ".join(file.url for file in SCRIPTS),
        "style": " ".join(file.url for file in STYLES),
        "font": "data:",
    }
    return _make_form("cdn", ("session.js", "cdn.js", "small.js"), links, scripts, sources, notice=_FROM_ELSEWHERE)


def _make_form(
    name: str, inline: tuple[str, ...], links: str, scripts: str, sources: dict[str, str], *, notice: str
) -> Form:
    """Put a page and its policy together: our own scripts run by their hashes, others by where they come from.

    Style attributes have to be let in, because the editor places its lines by them; style sheets need the nonce.
    """
    folder = files("penstock.http").joinpath(_FOLDER)
    markup, style, *own = (
        folder.joinpath(file).read_text(encoding="utf-8") for file in ("explorer.html", "explorer.css", *inline)
    )
    shared = "\n".join(f"<script>{script}</script>" for script in own)
    parts = {"links": links, "style": style, "notice": notice, "scripts": f"{shared}\n{scripts}"}
    hashes = " ".join(f"'{_hash(script)}'" for script in own)
    policy = (
        f"default-src 'none'; script-src {hashes} {sources['script']}; "
        f"style-src {sources['style']} 'nonce-{{{{nonce}}}}'; style-src-attr 'unsafe-inline'; "
        f"font-src {sources['font']}; img-src 'self' data:; worker-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Form(name, _fill(markup, parts), policy)


def _fill(text: str, values: dict[str, str]) -> str:
    """The text with each ``{{name}}`` replaced; what was put in is not looked at again."""
    first, *rest = text.split("{{")
    filled = [first]
    for piece in rest:
        name, closed, after = piece.partition("}}")
        known = bool(closed) and name in values
        filled.append(values[name] + after if known else "{{" + piece)
    return "".join(filled)


def _takes_gzip(headers: Headers) -> bool:
    accepted = b",".join(value for name, value in headers if name == b"accept-encoding").lower()
    return any(part.strip() in (b"gzip", b"*") for part in accepted.split(b","))


def _request_id(headers: Headers) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"x-request-id"), "")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
