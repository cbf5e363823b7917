"""How the texts of an environment become values: one sentence for what cannot be used, one for what looks odd.

Never here: which settings there are.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from penstock.errors import OperatorError
from penstock.settings.kinds import Kind

PREFIX = "PENSTOCK_"

_OF_PROFILE: dict[object, dict[str, object]] = {
    "production": {"introspection": False, "suggestions": False, "explorer": False, "get_documents": "trusted"},
}
"""What a profile says where the environment says nothing."""

_USER = re.compile(r"//.*@")
_QUERY = re.compile(r"\?.*")


def implied(values: Mapping[str, object]) -> dict[str, object]:
    """What the profile among the values says of settings that are not among them."""
    said = _OF_PROFILE.get(values.get("profile"), {})
    return {name: value for name, value in said.items() if name not in values}


def parse_text(name: str, kind: Kind, text: str) -> object:
    """The value of a variable.

    Raises:
        OperatorError: The text cannot be used.
    """
    try:
        return kind.parse(text)
    except (ValueError, KeyError) as error:
        shown = "its value" if kind.secret else f"{_without_secrets(text)[:80]!r}"
        raise OperatorError(f"{PREFIX}{name.upper()}: {shown} cannot be used; give {_article(kind.name)}.") from error


def _without_secrets(text: str) -> str:
    """A text without what URLs carry secrets in: before an `@`, and after a `?`."""
    return _QUERY.sub("?…", _USER.sub("//…@", text))


def _article(words: str) -> str:
    if words.startswith(("one of", "on or off")):
        return words
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def unknown_variables(environ: Collection[str], known: Collection[str]) -> list[str]:
    """A sentence for each variable of ours that is no setting."""
    warnings = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            warnings.append(f"{name[:80]} is no setting and does nothing. The nearest one is {nearest[0]}.")
    return warnings


def doubts_about(upstream_url: str) -> list[str]:
    """A sentence where the way to the store is not private."""
    parts = urlsplit(upstream_url)
    if parts.scheme == "http" and parts.hostname and not _is_loopback(parts.hostname):
        return [f"{PREFIX}UPSTREAM_URL speaks http to {parts.hostname}: tokens travel unencrypted. Use https."]
    return []


def doubts_about_waiting(policy: str, *, is_remembered: bool) -> list[str]:
    """A sentence where a schema may have to wait and nothing outlives the process that lets it."""
    if policy == "apply" or is_remembered:
        return []
    return [
        f"{PREFIX}SCHEMA_POLICY is {policy} without {PREFIX}STATE_URL: a restart serves whatever the store says, "
        "and each replica waits for a release of its own. Name a folder or a Redis."
    ]


def doubts_about_trust(mode: str, has_documents: bool) -> list[str]:
    """A sentence where trusted documents alone are run and there can be none."""
    if mode != "only" or has_documents:
        return []
    return [
        f"{PREFIX}TRUSTED_DOCUMENTS is only, and there are no documents to trust: nothing is run. "
        f"Name a folder of manifests in {PREFIX}TRUSTED_DOCUMENTS_PATH."
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
