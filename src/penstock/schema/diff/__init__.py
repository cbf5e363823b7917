"""What changed between two schemas, and how much it matters to those who use them.

Never here: operations, what is done about a change.
"""

from penstock.schema.diff.change import LEVELS, Change, Level, worst
from penstock.schema.diff.compare import diff_schemas, diff_texts
from penstock.schema.diff.reading import read_schema

__all__ = ["LEVELS", "Change", "Level", "diff_schemas", "diff_texts", "read_schema", "worst"]
