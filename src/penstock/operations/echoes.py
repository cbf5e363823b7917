"""Messages of graphql-core without the values that the client sent: one of them may be a password.

Never here: messages of our own, which hold no values to begin with.
Source: GRAPHQL conventions (a password is never echoed).
"""

from __future__ import annotations

import re

_SUGGESTION = r" Did you mean (?:the enum value )?(?:'\w+'(?:, or | or |, )?)+\?"
_VALUE_AT_THE_END = re.compile(
    r"(?s)(?:,? [Ff]ound|(?P<type> cannot represent (?:a )?(?:non[ -][\w -]*)?value)): .*?"
    rf"(?P<suggestion>{_SUGGESTION})?$"
)
_FOREIGN_ERROR = re.compile(r"(?s), but encountered error '.*$")
_ENUM_VALUE = re.compile(r"(?s)Value '.*' does not exist in")
_STRING_TOKEN = re.compile(r"(?s)(found|Unexpected) (String|BlockString) .*$")


def without_values(message: str) -> str:
    """The message of a syntax, validation or coercion error, with names and suggestions but without values."""
    message = _STRING_TOKEN.sub(r"\1 \2.", message)
    message = _FOREIGN_ERROR.sub(".", message)
    message = _ENUM_VALUE.sub("The value does not exist in", message)
    return _VALUE_AT_THE_END.sub(_ending, message)


def _ending(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    stop = "" if before.endswith(("?", ".")) else "."
    return f"{found['type'] or ''}{stop}{found['suggestion'] or ''}"
