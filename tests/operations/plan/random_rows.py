"""What an upstream answers: right rows, and rows and bodies that are wrong in every way seen of upstreams.

An answer follows from the call and from a seed alone, so that both executors read the same bytes in whatever order.

Never here: operations, tests.
Source: CONTRACT §1-§3, §9.4-9.5.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Protocol
from urllib.parse import unquote

from penstock.errors import LimitError, PenstockError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from penstock.resources.attributes import Attribute, Kind
from penstock.resources.rows import Resource
from penstock.schema.generation import Generation
from penstock.schema.model import SchemaDescription
from penstock.upstream.transport import Request, Response
from tests.operations.plan.oddities import ERRORS, GARBAGE, HEADERS, METAS, STATUSES, STRANGE, JSONValue, raw

IDS = ("c1", "c2", "c3", "X-9_")


class Choices(Protocol):
    """Whoever decides."""

    def below(self, bound: int) -> int:
        """A number from 0 to one less than the bound."""
        ...

    def pick(self, options: Sequence[Any]) -> Any:
        """One of several; the first is the simplest."""
        ...

    def once_in(self, times: int) -> bool:
        """Whether the rare thing happens; the usual thing is the simpler one."""
        ...


class SeededChoices:
    """Decisions that follow from a text: the same ones whenever they are made.

    Hypothesis decides what is asked for and the seed; were it to decide every value of every row, an example would be
    too large for it long before the rows are.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, bound: int) -> int:
        return self._random.randrange(bound)

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self._random.randrange(len(options))]

    def once_in(self, times: int) -> bool:
        return self._random.randrange(times) == times - 1


def encode(value: JSONValue) -> bytes:
    """JSON, tokens included."""
    text = json.dumps(value).encode()
    return re.sub(rb'"@raw:([0-9a-f]*)@"', lambda found: bytes.fromhex(found[1].decode()), text)


class RandomUpstream:
    """The answers of one example.

    Args:
        seed: Whatever is answered follows from it.
        generation: The store, to know what right rows hold.
        trouble: How rare something wrong is: once in so many answers, rows and values.
    """

    def __init__(self, seed: int, generation: Generation, trouble: int) -> None:
        self._seed = seed
        self._choose: Choices = SeededChoices("")
        self._resources = _resources_by_route(generation.description)
        self._trouble = trouble

    def __call__(self, request: Request, earlier: int) -> Response | PenstockError:
        """The answer to a call, the same one for the same call."""
        bearer = dict(request.headers.pairs).get(b"authorization", b"")
        place = f"{self._seed} {request.method} {request.target} {request.body!r} {bearer!r} {earlier}"
        choose = self._choose = SeededChoices(place)
        if choose.once_in(self._trouble):
            return self._refusal()
        body = encode(self._document(request))
        if choose.once_in(self._trouble * 2):
            body = self._broken(body)
        return Response(choose.pick((200, 200, 201)), body)

    def _refusal(self) -> Response | PenstockError:
        choose = self._choose
        kind = choose.below(8)
        if kind == 7:
            return choose.pick(
                (
                    UpstreamTimeout("It took too long."),
                    UpstreamUnavailable("It broke off.", status=503),
                    UpstreamInvalid("It was no HTTP."),
                    LimitError("Wait.", "RATE_LIMITED", retry_after=2.0),
                )
            )
        if kind == 6:
            return Response(choose.pick((200, 204)), choose.pick(GARBAGE))
        if kind > 3:
            return Response(404, encode(choose.pick(ERRORS)))
        body = encode(choose.pick(ERRORS)) if kind else choose.pick(GARBAGE)
        return Response(choose.pick(STATUSES), body, choose.pick(HEADERS))

    def _broken(self, body: bytes) -> bytes:
        """The body with something cut out, put in or cut off."""
        choose = self._choose
        place = choose.below(len(body))
        piece = choose.pick(
            (b"", b'"', b"\xff", b"{", b"]", b",", b"\x00", b" ", b"9", b"e", b"\\", b"\\ud800", b"null")
        )
        end = choose.pick((place, place + 1, len(body)))
        return body[:place] + piece + body[end:]

    def _document(self, request: Request) -> JSONValue:
        choose = self._choose
        if request.target == "/oauth/access_token":
            return {"access_token": f"t{choose.below(9)}", "token_type": "Bearer", "expires_in": 3600}
        path, _, query = request.target.partition("?")
        resource, many = self._resources.get(request.route, (None, False))
        if request.method != "GET":
            many = False
        if choose.once_in(self._trouble * 3):
            data: JSONValue = self._strange()
        elif many:
            data = [self._row(resource, choose.pick(IDS), query) for _ in range(self._count(query))]
        else:
            identity = path.rpartition("/")[2] if "{id}" in request.route else choose.pick(IDS)
            data = self._row(resource, identity, query)
        document: dict[str, JSONValue] = {"data": data}
        if many and not choose.once_in(4):
            total = len(data) if isinstance(data, list) else 1
            document["meta"] = {"results": {"total": choose.pick((total, total + 1, total + 40))}}
            if choose.once_in(self._trouble):
                document["meta"] = choose.pick(METAS)
        if choose.once_in(9):
            document = {"links": {"self": raw("1e400")}, "errors": [{"title": "a warning"}], **document}
        return document

    def _count(self, query: str) -> int:
        found = re.search(r"page%5Blimit%5D=([0-9]+)", query)
        limit = int(found[1]) if found else 4
        # Now and then one more than was asked for.
        return self._choose.below(min(limit, 3) + 2)

    def _row(self, resource: Resource | None, identity: str, query: str) -> JSONValue:
        choose = self._choose
        if choose.once_in(self._trouble * 3):
            return self._strange()
        row = right_row(resource, identity) if resource is not None else {"id": identity}
        owner = re.search(r'customer_id,"([^"]*)"', unquote(query))
        if owner is not None:
            row["relationships"]["customer"] = {"data": {"type": "customer", "id": owner[1]}}
        for relation in resource.relations if resource is not None else ():
            row["relationships"][relation.path[1]] = self._relationship(relation.many)
        for _ in range(choose.pick((0, 1, 2, 4)) if choose.once_in(max(2, self._trouble // 2)) else 0):
            self._spoil(row)
        return row

    def _relationship(self, many: bool) -> JSONValue:
        choose = self._choose
        references = [{"type": choose.pick(("entry", "customer", "")), "id": choose.pick(IDS)} for _ in range(2)]
        usual: JSONValue = {"data": references[: choose.below(3)]} if many else {"data": references[0]}
        if not choose.once_in(3):
            return usual
        return choose.pick(
            (
                *(None, {"data": None}, {"data": []}, {}, [], references, references[0], {"data": references[0]}),
                *({"data": references}, {"data": {"id": "a/b"}}, {"data": [{"id": 7}, None, references[1]]}, 7),
                *({"data": [references[0], references[0]]}, {"data": {"id": "c1", "type": 5}}, {"id": "c2", "data": 0}),
            )
        )

    def _strange(self) -> JSONValue:
        """A value of its own: whatever is put into it later stays in this answer."""
        return deepcopy(self._choose.pick(STRANGE))

    def _spoil(self, row: dict[str, JSONValue]) -> None:
        """Put something strange somewhere, or take a key away."""
        choose = self._choose
        at: dict[str, JSONValue] = row
        key = choose.pick((*row, "newer_key", "customField", "__typename"))
        while isinstance(at.get(key), dict) and at[key] and choose.once_in(2):
            at = at[key]
            key = choose.pick(tuple(at))
        if choose.once_in(4):
            at.pop(key, None)
        else:
            at[key] = self._strange()


def _resources_by_route(description: SchemaDescription) -> dict[str, tuple[Resource, bool]]:
    """Route template → what its rows are, and whether it lists them."""
    found: dict[str, tuple[Resource, bool]] = {}
    for resource in description.resources.values():
        for edge in (*resource.roots, *resource.edges):
            found[edge.route.template] = (description.resources[edge.target], edge.shape.value != "one")
        for mutation in resource.mutations:
            found.setdefault(mutation.route.template, (description.resources[mutation.target], False))
        if resource.one is not None:
            found[resource.one.template] = (resource, False)
    return found


def right_row(resource: Resource, identity: str) -> dict[str, JSONValue]:
    """A row as the contract has it, every attribute set."""
    row: dict[str, JSONValue] = {"id": identity, "type": "entry", "relationships": {}, "links": {}}
    for attribute in resource.attributes:
        if attribute.field is None or attribute.field.slug not in resource.core_keys:
            _put(row, attribute.path, _right_value(attribute))
    for group in resource.groups:
        of = next(made for made in resource.group_types if made.type_name == group.type_name)
        for attribute in of.attributes:
            _put(row, (*group.path, *attribute.path), _right_value(attribute))
    row["id"] = identity
    return row


def _put(row: dict[str, JSONValue], path: tuple[str, ...], value: JSONValue) -> None:
    for key in path[:-1]:
        inner = row.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        row = inner
    row[path[-1]] = value


_RIGHT: dict[Kind, JSONValue] = {
    Kind.ID: "c1",
    Kind.STRING: "some text",
    Kind.EMAIL: "ines@example.com",
    Kind.INT: 12,
    Kind.BIG_INT: 2**40,
    Kind.FLOAT: 1.5,
    Kind.BOOLEAN: True,
    Kind.FLOW_DATE: "2024-05-06",
    Kind.DATE_TIME: "2024-03-09T16:20:00.000Z",
    Kind.EPOCH: 1_893_542_400,
    Kind.JSON: {"any": [1]},
    Kind.MONEY: {"amount": -12_345, "currency": "KWD", "formatted": "-KD12.345"},
}


def _right_value(attribute: Attribute) -> JSONValue:
    return attribute.enum.members[0][1] if attribute.enum is not None else deepcopy(_RIGHT[attribute.kind])
