"""What an operator chooses: the environment, read once, frozen, documented, redacted in `repr`.

Never here: objects that do work.
"""

from penstock.settings.kinds import Setting
from penstock.settings.listing import table
from penstock.settings.reading import PREFIX
from penstock.settings.secret import Secret
from penstock.settings.state_address import StateAddress, read_state_address
from penstock.settings.table import (
    Executor,
    FoundSettings,
    LogFormat,
    LogLevel,
    SchemaPolicy,
    Settings,
    Transport,
)

__all__ = [
    "PREFIX",
    "Executor",
    "FoundSettings",
    "LogFormat",
    "LogLevel",
    "SchemaPolicy",
    "Secret",
    "Setting",
    "Settings",
    "StateAddress",
    "Transport",
    "read_state_address",
    "table",
]
