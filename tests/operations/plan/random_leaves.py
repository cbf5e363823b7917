"""Operations that ask for many values of few rows: every way in which rows are reached, any part of what they hold.

Never here: rows, running, tests.
"""

from __future__ import annotations

from penstock.resources.ways import Edge, FromArgument, Relation, Shape
from penstock.schema.generation import Generation
from penstock.schema.model import FieldDescription, ObjectDescription
from tests.operations.plan.random_operations import Operation
from tests.operations.plan.random_rows import IDS, Choices


class RandomLeaves:
    """One query being made.

    Args:
        choose: Decides.
        generation: What can be asked for.
    """

    def __init__(self, choose: Choices, generation: Generation) -> None:
        self._choose = choose
        self._schema = generation.description

    def make(self) -> Operation:
        """A query for some of the roots that lead to rows."""
        roots = [field for field in self._schema.query.fields if isinstance(field.source, Edge)]
        chosen = [self._choose.pick(roots) for _ in range(1 + self._choose.below(2))]
        text = " ".join(
            f"r{number}: {self._edge(field.name, field.source, 2)}"
            for number, field in enumerate(chosen)
            if isinstance(field.source, Edge)
        )
        return Operation(f"{{ {text} }}")

    def _edge(self, name: str, edge: Edge, depth: int) -> str:
        below = self._rows(self._schema.object(edge.target), depth)
        if edge.shape is Shape.CONNECTION:
            parts = self._choose.pick(
                (
                    f"nodes {below}",
                    f"edges {{ cursor node {below} }}",
                    f"nodes {below} edges {{ node {self._rows(self._schema.object(edge.target), depth)} }} totalCount",
                    f"totalCount pageInfo {{ hasNextPage endCursor }} nodes {below}",
                )
            )
            return f"{name}(first: {self._choose.pick((2, 3, 25))}) {{ {parts} }}"
        takes_id = any(isinstance(origin, FromArgument) for _, origin in edge.origins)
        identity = f'(id: "{self._choose.pick(IDS)}")' if takes_id else ""
        return f"{name}{identity} {below}"

    def _rows(self, owner: ObjectDescription, depth: int) -> str:
        choose = self._choose
        density = choose.pick((1, 2, 4, 20))
        parts = []
        for field in owner.fields:
            if not choose.once_in(density):
                continue
            below = self._below(field, depth)
            if below is not None:
                parts.append(below)
        return "{ " + (" ".join(parts) or "__typename") + " }"

    def _below(self, field: FieldDescription, depth: int) -> str | None:
        """A field of a row with whatever is below it, or None where that would be too deep."""
        source = field.source
        if field.type.name not in self._schema.objects:
            return field.name
        if isinstance(source, Edge | Relation) and depth == 0:
            return None
        if isinstance(source, Edge):
            return self._edge(field.name, source, depth - 1)
        if field.name == "customField":
            slug = self._choose.pick(("note", "newer_key", "friend", "id"))
            return f'{field.name}(slug: "{slug}") {{ slug value }}'
        return f"{field.name} {self._rows(self._schema.object(field.type.name), max(0, depth - 1))}"
