"""How a generation is replaced: the holder that requests read, and the loop that looks for new definitions.

Never here: how a schema is built, how definitions are fetched.
"""

from penstock.lifecycle.holder import GenerationHolder
from penstock.lifecycle.reload import Reloader, ReloadReport

__all__ = ["GenerationHolder", "ReloadReport", "Reloader"]
