"""What may keep a gateway of these settings from serving, looked for with the very parts that a gateway starts with.

Nothing is written to the store; the shared state is written under keys that are gone at once.

Never here: printing, exit codes.
"""

from penstock.app.diagnosis.diagnose import diagnose
from penstock.app.diagnosis.finding import Finding, Status

__all__ = ["Finding", "Status", "diagnose"]
