"""The composition root: builds everything from settings, decides nothing.

Never here: an `if` about business.
"""

from penstock.app.gateway import Gateway, create_app, create_app_from_environment, create_gateway, load_generation
from penstock.app.store import require_store

__all__ = [
    "Gateway",
    "create_app",
    "create_app_from_environment",
    "create_gateway",
    "load_generation",
    "require_store",
]
