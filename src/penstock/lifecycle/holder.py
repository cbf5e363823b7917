"""The one reference through which requests find the schema that serves now.

Never here: when or why it is replaced.
"""

from __future__ import annotations

from penstock.lifecycle.stages import Held
from penstock.schema.generation import Generation

_NOT_YET = "The store's definitions have not been read yet."


class GenerationHolder:
    """Holds the serving generation; a request reads `current` once and keeps what it got.

    Attributes:
        current: The serving generation, None before the first.
        held: A candidate that waits to be released, or None.
        trouble: Why the last look at the definitions failed, or None when it succeeded.
        checked_at: When the definitions were last read with success, in epoch seconds; 0 before that.
    """

    __slots__ = ("checked_at", "current", "held", "trouble")

    def __init__(self) -> None:
        self.current: Generation | None = None
        self.held: Held | None = None
        self.trouble: str | None = _NOT_YET
        self.checked_at = 0.0

    def swap(self, generation: Generation, at: float) -> None:
        """Let a generation serve from now on; requests under way keep theirs."""
        self.current = generation
        self.confirm(at)

    def serve_stale(self, generation: Generation) -> None:
        """Let a generation of remembered definitions serve until the store's own are there; the trouble stays."""
        self.current = generation

    def confirm(self, at: float) -> None:
        """Note that the serving generation is what the store says."""
        self.held = None
        self.trouble = None
        self.checked_at = at

    def hold(self, held: Held, at: float) -> None:
        """Note that the store says what a waiting candidate says; what serves goes on serving."""
        self.held = held
        self.trouble = None
        self.checked_at = at

    def fail(self, reason: str) -> None:
        """Note why the definitions could not be read or built; what serves goes on serving."""
        self.trouble = reason
