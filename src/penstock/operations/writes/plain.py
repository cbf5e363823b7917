"""Creates, updates, deletes and sends: one upstream write, its answer the payload's resource.

Never here: which resource it is.
Source: CONTRACT §1 (partial update), §6.2, §8 (read, merge, write), R9.
"""

from __future__ import annotations

from penstock.definitions.model import JSON
from penstock.definitions.rules import violations
from penstock.errors import UpstreamInvalid
from penstock.operations.judging import UserError
from penstock.operations.priming import prime_one
from penstock.operations.rows import read_one
from penstock.operations.values import Row
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write, held_row
from penstock.resources.attributes import Attribute
from penstock.upstream.transport import Response
from penstock.upstream.wire import envelope


async def write_plainly(write: Write) -> Outcome:
    """Judge, write once, prime the loader with the answer."""
    body, errors = write.judge()
    if errors:
        return Outcome(errors=tuple(errors))
    async with write.alone():
        if write.mutation.merges:
            merged = await _merged(write, body)
            if isinstance(merged, Outcome):
                return merged
            body = merged
        response = await write.send(_envelope(write, body))
    if not 200 <= response.status < 300:
        return write.refused(response)
    return _outcome(write, response)


def _envelope(write: Write, body: dict[str, JSON]) -> bytes:
    mutation = write.mutation
    if mutation.verb == "delete":
        return b""
    if mutation.verb == "update" and "id" in write.values:
        body = {"id": write.values["id"], **body}
    return envelope(mutation.item_type, body)


async def _merged(write: Write, changes: dict[str, JSON]) -> dict[str, JSON] | Outcome:
    """The whole resource with the changes in it: upstream may take a PUT for all there is (§8)."""
    where, route = write.where(), write.mutation.route.template
    response = await write.context.loader.load(route, where)
    write.context.loader.forget()
    if not 200 <= response.status < 300:
        return write.refused(response)
    row = held_row(write, response)
    kept = [item for item in write.resource.attributes if item.update != "absent" and _can_go_back(item, row)]
    merged = {**{item.key: row[item.key] for item in kept}, **changes}
    missing = [
        UserError("REQUIRED", ("input", item.name), f"{item.name} is required.")
        for item in write.resource.attributes
        if item.create == "required" and item.update != "absent" and item.field is None
        if merged.get(item.key) in (None, "")
    ]
    return Outcome(errors=tuple(missing)) if missing else merged


def _can_go_back(item: Attribute, row: Row) -> bool:
    """Whether a held value can be sent back: nobody who changes something else is refused for an old custom value."""
    value = row.get(item.key)
    return value is not None and (item.field is None or not violations(item.field, value))


def _outcome(write: Write, response: Response) -> Outcome:
    mutation = write.mutation
    if mutation.verb == "delete":
        return Outcome(deleted_id=write.values.get("id"), again=write.again())
    if mutation.by:
        return Outcome(again=write.again(), warnings=write.warnings(response))
    row = read_one(response, mutation.route.template)
    identity = row.get("id")
    if mutation.verb == "update" and "id" in write.values and identity != write.values["id"]:
        raise UpstreamInvalid(f"{mutation.route.template} answered with another resource than was written.")
    prime_one(write.context.loader, write.resource, identity, response)
    return Outcome(response=response, again=write.again(), warnings=write.warnings(response))
