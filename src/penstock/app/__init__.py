"""The composition root: builds everything from settings, decides nothing.

Never here: an `if` about business.
"""

from penstock.app.flows import FlowStore, flow_store, impact_of, require_secret, settled_names, store_rules
from penstock.app.gateway import Gateway, create_app, create_app_from_environment, create_gateway, load_generation
from penstock.app.keeping import require_files
from penstock.app.sharing import open_shared_state, require_state
from penstock.app.store import require_store

__all__ = [
    "FlowStore",
    "Gateway",
    "create_app",
    "create_app_from_environment",
    "create_gateway",
    "flow_store",
    "impact_of",
    "load_generation",
    "open_shared_state",
    "require_files",
    "require_secret",
    "require_state",
    "require_store",
    "settled_names",
    "store_rules",
]
