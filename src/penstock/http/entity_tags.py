"""Entity tags compared, as conditional requests do.

Never here: what a tag is made of, what is answered.
Source: RFC 9110, 8.8.3.2 (weak and strong comparison), 13.1.1 (If-Match), 13.1.2 (If-None-Match).
"""

from __future__ import annotations

_SPACE = " \t"
_WEAK = "W/"


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether a client has the thing of a tag already: `*`, or the tag is among those given, weak or strong."""
    wanted = tag.removeprefix(_WEAK)
    return _is_any(if_none_match) or any(one.removeprefix(_WEAK) == wanted for one in _tags(if_none_match))


def is_meant(if_match: str, tag: str) -> bool:
    """Whether a client means the thing of a tag: `*`, or the tag is among those given, both of them strong."""
    return _is_any(if_match) or (not tag.startswith(_WEAK) and tag in _tags(if_match))


def _is_any(given: str) -> bool:
    return given.strip(_SPACE) == "*"


def _tags(given: str) -> list[str]:
    """The tags of a list; one that holds commas comes in pieces, none of which is a whole tag."""
    return [one.strip(_SPACE) for one in given.split(",")]
