"""Literals of a wrong type, told a few for each: graphql-core writes a whole literal out for every fault in it.

Never here: values of variables.
"""

from __future__ import annotations

from graphql import SKIP, GraphQLError, GraphQLInputType, ValueNode, ValuesOfCorrectTypeRule, VisitorAction
from graphql.utilities import validate_input_literal

_MOST_WRITTEN = 20_000
"""Characters that may be written out for one literal."""


class _Enough(Exception):  # noqa: N818 (not an error: what was found so far is told)
    """No more faults of this literal are looked for."""


class FewFaultsRule(ValuesOfCorrectTypeRule):
    """graphql-core's rule, with a bound for the faults that are told of one literal."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Tell the faults of a literal: of a short one all, of a long one the first."""
        if input_type is None:
            return SKIP
        length = node.loc.end - node.loc.start if node.loc is not None else 1
        left = max(1, _MOST_WRITTEN // max(1, length))

        def tell(error: GraphQLError, _path: list[str | int]) -> None:
            nonlocal left
            self.report_error(error)
            left -= 1
            if not left:
                raise _Enough

        try:
            validate_input_literal(node, input_type, tell, None, None, self.context.hide_suggestions)
        except _Enough:
            return SKIP
        return SKIP
