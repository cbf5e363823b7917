"""Checks of a body the way the cart and order services make them: every fault at once, each with its path.

Never here: what the body is for.

Source: CONTRACT §2 (the row of HTTP 400).
"""

from __future__ import annotations

from collections.abc import Iterable

from penstock.sandbox.documents import Document
from penstock.sandbox.errors import ApiError, Problem
from penstock.sandbox.rules import is_email


class BodyChecks:
    """Collects the faults of one body."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._problems: list[Problem] = []

    def require(self, data: Document, prefix: str, keys: Iterable[str]) -> None:
        """Ask for texts that are there and not blank."""
        for key in keys:
            if data.get(key) in (None, ""):
                self.note("required", f"{prefix}.{key}", "is required")
            elif not isinstance(data[key], str):
                self.note("invalid_type", f"{prefix}.{key}", "must be a string")

    def allow(self, data: Document, prefix: str, keys: Iterable[str], longest: int | None = None) -> None:
        """Ask that texts, where they are given, are texts, of a greatest length where one is named."""
        for key in keys:
            value = data.get(key)
            if value is not None and not isinstance(value, str):
                self.note("invalid_type", f"{prefix}.{key}", "must be a string")
            elif isinstance(value, str) and longest is not None and len(value) > longest:
                self.note("string_lte", f"{prefix}.{key}", f"must be at most {longest} characters long")

    def format_email(self, data: Document, prefix: str, key: str = "email") -> None:
        """Ask that a text, where it is given, is an e-mail address."""
        value = data.get(key)
        if isinstance(value, str) and value and not is_email(value):
            self.note("format", f"{prefix}.{key}", "does not match format 'email'")

    def note(self, title: str, path: str, fault: str) -> None:
        """Note a fault at a path."""
        self._problems.append(Problem(title, f"{path} {fault}", path, 400))

    def settle(self) -> None:
        """Refuse the body if there were faults.

        Raises:
            ApiError: 400 with all of them.
        """
        if self._problems:
            raise ApiError(400, *self._problems)
