"""The text of a document, which knows its lines: every field of a plan and every error asks where it stands.

Never here: parsing.
Source: the GraphQL specification, "Source Text" (what ends a line); graphql-core reads a text from its beginning for
each place it is asked for.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from graphql import Source, SourceLocation

_END_OF_LINE = re.compile(r"\r\n|[\n\r]")


class Text(Source):
    """A document's text.

    Args:
        body: The text.
    """

    __slots__ = ("_ends",)

    def __init__(self, body: str) -> None:
        super().__init__(body)
        self._ends: array[int] | None = None  # an array, because it lives as long as the document does

    def get_location(self, position: int) -> SourceLocation:
        """Line and column of a place, both counted from 1.

        Args:
            position: Counted in characters from 0.
        """
        if self._ends is None:
            self._ends = array("I", [found.end() for found in _END_OF_LINE.finditer(self.body)])
        is_within_end = position > 0 and self.body[position - 1 : position + 1] == "\r\n"
        before = bisect_right(self._ends, position + is_within_end)
        start = self._ends[before - 1] if before else 0
        return SourceLocation(before + 1, position + 1 - start)
