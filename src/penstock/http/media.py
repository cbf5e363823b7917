"""Content negotiation: what a client sends, and in which media type it wants its answer.

Never here: statuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Media: TypeAlias = Literal["json", "graphql"]
_NAMES: dict[str, Media] = {"application/json": "json", "application/graphql-response+json": "graphql"}
_MOST_RANGES = 32
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an `Accept` header asks for.

    Attributes:
        media: The media type to answer in, or None when neither is acceptable.
        page: Whether the client would rather have a page, as a browser's address bar does.
        stream: Whether it takes a stream of events, and whether it would rather have that than anything else.
    """

    media: Media | None
    page: bool = False
    stream: Literal["", "taken", "preferred"] = ""


NO_PREFERENCE = Wanted("json")


@dataclass(frozen=True, slots=True)
class _Range:
    name: str
    quality: float
    position: int


def negotiate(accept: str) -> Wanted:
    """Choose a media type: the highest quality, then the one that is named, then the one that is named first.

    Without a preference (absent, empty, ``*/*``) it is ``application/json``.
    """
    if not accept.strip():
        return NO_PREFERENCE
    ranges = [
        found
        for position, text in enumerate(accept.split(",")[:_MOST_RANGES])
        if (found := _read_range(text, position)) is not None
    ]
    best: Media | None = None
    best_rank = (0.0, 0, 0)
    for name, media in _NAMES.items():
        rank = _rank(name, ranges)
        if rank[0] > 0 and rank > best_rank:
            best, best_rank = media, rank
    page_rank, stream_rank = _rank("text/html", ranges), _rank("text/event-stream", ranges)
    is_page = _is_named(page_rank) and page_rank > best_rank
    if not _is_named(stream_rank):
        return Wanted(best, is_page)
    is_preferred = stream_rank > best_rank
    return Wanted(best or "json", is_page and page_rank > stream_rank, "preferred" if is_preferred else "taken")


def _is_named(rank: tuple[float, int, int]) -> bool:
    """Whether a media type is asked for by its own name."""
    return rank[1] == 2 and rank[0] > 0


def _rank(name: str, ranges: list[_Range]) -> tuple[float, int, int]:
    """(quality, how narrowly it is named, how early) of the narrowest range that covers a media type."""
    family = name.partition("/")[0] + "/*"
    for narrowness, pattern in ((2, name), (1, family), (0, "*/*")):
        for found in ranges:
            if found.name == pattern:
                return (found.quality, narrowness, -found.position if narrowness == 2 else -_MOST_RANGES)
    return (0.0, -1, 0)


def _read_range(text: str, position: int) -> _Range | None:
    name, *parameters = text.split(";")
    quality: float | None = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        key, value = key.strip().lower(), value.strip().strip('"')
        if key == "q":
            quality = _weight(value)
            break
        if key == "charset" and value.lower() not in ("utf-8", "utf8"):
            return None
    return None if quality is None else _Range(name.strip().lower(), quality, position)


def _weight(text: str) -> float | None:
    """A weight from 0 to 1 with up to three decimals, or None for anything else."""
    return float(text) if _WEIGHT.fullmatch(text) else None


def read_weighted(header: str) -> list[tuple[str, float]]:
    """The names in a header such as `Accept-Encoding`, in lower case, with their weights; broken ones are left out."""
    found = []
    for text in header.split(",")[:_MOST_RANGES]:
        range_ = _read_range(text, 0)
        if range_ is not None and range_.name:
            found.append((range_.name, range_.quality))
    return found


def is_json(content_type: str) -> bool:
    """Whether a `Content-Type` is JSON in UTF-8, the only form in which an operation is taken."""
    name, *parameters = content_type.split(";")
    if name.strip().lower() != "application/json":
        return False
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            return False
    return True
