"""The believable store that a new database is filled with: the same ids, values and times at every start.

Never here: endpoints; anything drawn by chance or by the clock.
"""

from __future__ import annotations

from penstock.sandbox.seeding.people import SeededLogin, seeded_login
from penstock.sandbox.seeding.store import seed_store

__all__ = ["SeededLogin", "seed_store", "seeded_login"]
