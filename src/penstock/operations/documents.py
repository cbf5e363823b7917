"""Documents become prepared operations: parsed, limited, validated, planned, once for a generation.

Never here: running them.
Source: HOUSE, the way of a query; PERFORMANCE (parse and validate cost 2 ms, once a document).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    MaxIntrospectionDepthRule,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    ValuesOfCorrectTypeRule,
    specified_rules,
    validate,
)

from penstock.definitions.model import JSON
from penstock.errors import CallerError, LimitError
from penstock.operations.context import Context
from penstock.operations.cost import Cost
from penstock.operations.faults import RequestError
from penstock.operations.footprint import Footprint, footprint_of
from penstock.operations.limits import Limits, check_limits, check_text
from penstock.operations.overlaps import find_overlaps
from penstock.operations.parsing import TOO_DEEP, choose_operation, locations_of_error, parse_document, told
from penstock.operations.value_faults import FewFaultsRule
from penstock.schema.generation import Generation


class Plan(Protocol):
    """A compiled operation."""

    async def run(self, context: Context, variables: dict[str, JSON] | None) -> tuple[bytes, bool]:
        """The answer's bytes, and whether the operation was executed (False: a request error)."""
        ...


_CIRCLE = "Cannot spread fragment '"
"""How graphql-core begins to tell of fragments that lead in circles."""

_VALIDATION_ABORTED = "Validation aborted."
"""How graphql-core ends what would take too much work: a text of its own, not of the document's."""

_OWN_WAY = (OverlappingFieldsCanBeMergedRule, ValuesOfCorrectTypeRule)
"""Rules of graphql-core whose work grows faster than the document: what stands for them here does not."""

Compile = Callable[[Generation, DocumentNode, OperationDefinitionNode], "Plan | str"]
"""A validated operation → its plan, or the reason why it takes the reference executor."""


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """A validated operation of a document.

    Attributes:
        document: The whole document, fragments included.
        operation: The operation to run.
        plan: How to run it, or why it takes the reference executor.
        size: Characters of the document.
        kind: ``query``, ``mutation`` or ``subscription``.
        name: The operation's name, or "".
        footprint: Which custom fields it touches.
        cost: What it may cost.
    """

    document: DocumentNode = field(repr=False)
    operation: OperationDefinitionNode = field(repr=False)
    plan: Plan | str
    size: int
    kind: str
    name: str
    footprint: Footprint
    cost: Cost = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentSettings:
    """How documents are prepared.

    Attributes:
        limits: Bounds of a document.
        introspection: Whether `__schema` and `__type` may be asked for.
        suggestions: Whether error messages may name fields that exist.
        shows_cost: Whether every answer tells what it was estimated to cost, and what it did.
        cache_entries: Most prepared operations kept for a generation.
        cache_characters: Most document text kept for a generation.
    """

    limits: Limits = field(default_factory=Limits)
    introspection: bool = True
    suggestions: bool = True
    shows_cost: bool = False
    cache_entries: int = 500
    cache_characters: int = 8_000_000


class Lookups:
    """How often a prepared operation was found, and how often it had to be made, whatever the generation."""

    __slots__ = ("hits", "misses")

    def __init__(self) -> None:
        self.hits = 0
        self.misses = 0


class Documents:
    """The prepared operations of one generation, the least recently used forgotten first.

    Args:
        generation: Whose schema documents are validated against.
        settings: How they are judged and how many are kept.
        compile_plan: Makes plans, or says why not.
        lookups: Where it is counted whether they were known.
    """

    __slots__ = ("_characters", "_compile", "_generation", "_held", "_kept", "_lookups", "_rules", "_settings")

    def __init__(
        self,
        generation: Generation,
        settings: DocumentSettings,
        compile_plan: Compile,
        lookups: Lookups | None = None,
    ) -> None:
        self._lookups = lookups or Lookups()
        self._generation = generation
        self._settings = settings
        self._compile = compile_plan
        self._kept: OrderedDict[tuple[str, str | None], PreparedOperation] = OrderedDict()
        self._held: dict[str, dict[str | None, PreparedOperation]] = {}
        self._characters = 0
        extra = MaxIntrospectionDepthRule if settings.introspection else NoSchemaIntrospectionCustomRule
        self._rules = [*(rule for rule in specified_rules if rule not in _OWN_WAY), FewFaultsRule, extra]

    def __len__(self) -> int:
        return len(self._kept)

    def prepare(self, document: str, operation_name: str | None) -> PreparedOperation:
        """The prepared operation, from the cache or made now.

        Raises:
            RequestError: The document is too large, does not parse, is not valid, or has no such operation.
        """
        key = (document, operation_name)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            self._lookups.hits += 1
            return kept
        held = self._held.get(document)
        if held is not None and operation_name in held:
            self._lookups.hits += 1
            return held[operation_name]
        self._lookups.misses += 1
        made = self._plan(document, self._read(document), operation_name)
        self._keep(key, made)
        return made

    def hold(self, texts: Iterable[str]) -> dict[str, str]:
        """Prepare every operation of these documents and hold them for good, instead of those held before.

        Args:
            texts: The documents; what was held before is taken over.

        Returns:
            Text → why the document cannot be run.
        """
        held: dict[str, dict[str | None, PreparedOperation]] = {}
        refused: dict[str, str] = {}
        for text in texts:
            try:
                held[text] = self._held.get(text) or self._prepare_all(text)
            except RequestError as error:
                refused[text] = str(error)
        self._held = held
        return refused

    def _prepare_all(self, text: str) -> dict[str | None, PreparedOperation]:
        document = self._read(text)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        names = [node.name.value for node in operations if node.name]
        made: dict[str | None, PreparedOperation] = {name: self._plan(text, document, name) for name in names}
        if len(operations) == 1:
            made[None] = made[names[0]] if names else self._plan(text, document, None)
        return made

    def _keep(self, key: tuple[str, str | None], made: PreparedOperation) -> None:
        settings = self._settings
        if made.size > settings.cache_characters // 4 or settings.cache_entries == 0:
            return
        self._kept[key] = made
        self._characters += made.size
        while len(self._kept) > settings.cache_entries or self._characters > settings.cache_characters:
            _, dropped = self._kept.popitem(last=False)
            self._characters -= dropped.size

    def _read(self, text: str) -> DocumentNode:
        """The document: parsed, within the limits and valid.

        Raises:
            RequestError: It is not.
        """
        try:
            check_text(text, self._settings.limits)
            document = parse_document(text, self._settings.limits)
            check_limits(document, self._settings.limits)
            self._validate(self._generation.schema, document)
        except LimitError as error:
            raise RequestError([(error, [])]) from error
        except RecursionError as error:
            raise RequestError([(LimitError(TOO_DEEP, limit="depth"), [])]) from error
        return document

    def _plan(self, text: str, document: DocumentNode, operation_name: str | None) -> PreparedOperation:
        try:
            operation = choose_operation(document, operation_name)
            plan = self._compile(self._generation, document, operation)
            footprint = footprint_of(self._generation, document, operation)
            cost = Cost(self._generation, document, operation)
        except RecursionError as error:
            raise RequestError([(LimitError(TOO_DEEP, limit="depth"), [])]) from error
        kind, name = footprint.kind, footprint.name
        return PreparedOperation(document, operation, plan, len(text), kind, name, footprint, cost)

    def _validate(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        errors = validate(schema, document, self._rules, max_errors=20, hide_suggestions=not self._settings.suggestions)
        if any(error.message == _VALIDATION_ABORTED for error in errors):
            raise LimitError("The document repeats too much to be validated. Split it.", limit="overlaps")
        errors = errors or find_overlaps(schema, document).conflicts
        if errors:
            raise RequestError([(_fault_of(error), locations_of_error(error)) for error in errors])


def _fault_of(error: GraphQLError) -> CallerError:
    """What is wrong with a document; a circle of fragments is a limit as well, so that it is counted."""
    limit = "fragments" if error.message.startswith(_CIRCLE) else ""
    return LimitError(told(error), "GRAPHQL_VALIDATION_FAILED", limit=limit)
