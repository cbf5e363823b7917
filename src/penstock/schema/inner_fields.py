"""Custom fields inside inputs: what a write takes below its own level, as the lines of a cart.

Never here: names, I/O, Strawberry.
Source: GRAPHQL conventions (custom fields are flat on the inputs).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from penstock.resources.inputs import InputRow, Nested
from penstock.resources.rows import Resource


def with_inner_fields(resource: Resource, resources: Mapping[str, Resource]) -> Resource:
    """The resource whose mutations' inner inputs take the custom fields of what they write.

    Args:
        resource: With its own custom fields.
        resources: All of them by GraphQL type name, with theirs.
    """
    mutations = tuple(
        replace(mutation, input=tuple(_filled(row, resources) for row in mutation.input))
        for mutation in resource.mutations
    )
    return replace(resource, mutations=mutations)


def _filled(row: InputRow, resources: Mapping[str, Resource]) -> InputRow:
    if not isinstance(row, Nested):
        return row
    rows = tuple(_filled(inner, resources) for inner in row.rows)
    if row.extended_by:
        custom = (one for one in resources[row.extended_by].attributes if one.field is not None)
        added = (replace(one, create=one.update) if row.changes else one for one in custom)
        rows += tuple(one for one in added if one.create != "absent")
    return replace(row, rows=rows)
