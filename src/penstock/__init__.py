"""Penstock: a typed GraphQL gateway over the Moltin / Elastic Path commerce REST API.

A store's flow definitions come in, a typed GraphQL API comes out.

Never here: anything but the version.
"""

__version__ = "0.1.0"
