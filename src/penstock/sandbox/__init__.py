"""A faithful imitation of the upstream REST API on SQLite, with a believable store inside.

Never here: any import from the rest of the package, so that a misunderstanding cannot cancel out.

Source: CONTRACT, wholly; §15 lists what is imitated.
"""

from penstock.sandbox.app import create_sandbox
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.seeding import SeededLogin, seeded_login
from penstock.sandbox.settings import SandboxSettings

__all__ = ["SandboxError", "SandboxSettings", "SeededLogin", "create_sandbox", "seeded_login"]
