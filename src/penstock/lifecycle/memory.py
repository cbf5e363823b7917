"""The garbage collector kept away from what lives as long as a generation.

A schema is some hundred thousand objects in circles. Looked through at every full collection, they cost each request
several microseconds; set aside, nothing. They are looked through once a generation, when the one before the last is
freed.

Never here: what a generation is.
"""

from __future__ import annotations

import gc

_YOUNG = 10_000
_MIDDLE = 20
_OLD = 20


def settle() -> None:
    """Free what the last generations left, then set all that lives now aside until the next call."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
