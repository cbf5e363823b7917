"""Relationship fields, written: each given one is replaced as a whole, or cleared.

Never here: reading them.
Source: CONTRACT §9.6, R13, R15.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.model import JSON
from penstock.operations.judging import UserError
from penstock.operations.writes.outcome import Outcome
from penstock.operations.writes.write import Write
from penstock.resources.ways import Relation, Route
from penstock.upstream.wire import encode_json, is_id, target


async def relate(write: Write) -> Outcome:
    """One upstream write for each given field, in the order of the schema; a refusal ends them.

    What was written before stays written: the same input can be sent again.
    """
    errors = list(write.faults)
    chosen = [relation for relation in write.resource.relations if relation.name in write.given]
    for relation in chosen:
        errors += _faults(relation, write.given[relation.name])
    if errors:
        return Outcome(errors=tuple(errors))
    async with write.alone():
        if not chosen or len(write.values) > 1:
            missing = await _missing(write)
            if missing is not None:
                return missing
        write.context.check_budget(len(chosen))
        for relation in chosen:
            outcome = await _set(write, relation, write.given[relation.name])
            if outcome is not None:
                return outcome
        if chosen:
            write.context.loader.forget()
    return Outcome(again=write.again())


async def _missing(write: Write) -> Outcome | None:
    """What is to be told where the resource is not there: a write by its entry's id alone looks at no other id."""
    route = write.mutation.reread
    if route is None:
        return None
    response = await write.context.loader.load(route.template, write.where(route.template))
    if 200 <= response.status < 300:
        return None
    return write.refused(response)


async def _set(write: Write, relation: Relation, given: JSON) -> Outcome | None:
    """Replace what a field leads to; the outcome of a refusal, or None."""
    template = write.mutation.route.template
    where = target(template, {**write.values, "field": relation.path[-1]})
    if given is None or given == []:
        response = await write.send(b"", where, Route("DELETE", template))
    else:
        references: list[JSON] = [{"type": relation.item_type, "id": one} for one in _ids(given)]
        data: JSON = references if relation.many else references[0]
        response = await write.send(encode_json({"data": data}), where)
    if 200 <= response.status < 300:
        return None
    refused = write.refused(response)
    named = (replace(one, field=("input", relation.name)) if one.code == "REJECTED" else one for one in refused.errors)
    return replace(refused, errors=tuple(named))


def _ids(given: JSON) -> list[str]:
    values = given if isinstance(given, list) else [given]
    return [value for value in values if isinstance(value, str)]


def _faults(relation: Relation, given: JSON) -> list[UserError]:
    path = ("input", relation.name)
    ids = _ids(given) if given is not None else []
    faults = [
        UserError("INVALID", (*path, str(index)) if relation.many else path, f"{relation.name} holds what is no id.")
        for index, one in enumerate(ids)
        if not is_id(one)
    ]
    if len(set(ids)) < len(ids):
        faults.append(UserError("INVALID", path, f"{relation.name} names something twice."))
    return faults
