"""What an operator chooses: the environment, read once, frozen, documented, redacted in `repr`.

Never here: objects that do work.
"""

from penstock.settings.kinds import Secret, Setting
from penstock.settings.table import (
    PREFIX,
    Executor,
    LogFormat,
    LogLevel,
    Settings,
    Transport,
    table,
)

__all__ = ["PREFIX", "Executor", "LogFormat", "LogLevel", "Secret", "Setting", "Settings", "Transport", "table"]
