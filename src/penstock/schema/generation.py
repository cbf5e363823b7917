"""One immutable schema with all that belongs to it: what a request picks once and holds to its end.

Never here: how a generation is replaced, sending.
"""

from __future__ import annotations
