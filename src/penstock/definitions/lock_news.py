"""What one lock knows that another does not, in sentences.

Never here: files, printing.
"""

from __future__ import annotations

from collections.abc import Iterator

from penstock.definitions.lock import FieldPin, FlowPin, Gone, Lock
from penstock.definitions.text import clean_line

_SHOWN = 80


def news(old: Lock, new: Lock) -> tuple[str, ...]:
    """One sentence for each thing that the new lock knows and the old one does not, sorted.

    That a time of grace has run out is no news: the old lock says when it does.
    """
    told = [*_of_flows(old, new)]
    for owner, pins in new.fields.items():
        for identity, pin in pins.items():
            what = f"{_owner(owner, new)}.{pin.name} (field {clean_line(identity, _SHOWN)})"
            told += _of_field(what, old.pins(owner).get(identity), pin)
    return tuple(sorted(told))


def _owner(owner: str, lock: Lock) -> str:
    flow = lock.flows.get(owner)
    return clean_line(owner, _SHOWN) if flow is None else flow.type


def _of_flows(old: Lock, new: Lock) -> Iterator[str]:
    for key, pin in new.flows.items():
        what = f"{pin.type} (flow {clean_line(key, _SHOWN)})"
        before = old.flows.get(key)
        if before is None:
            yield f"{what} is not pinned."
            continue
        if (before.type, before.one, before.many) != (pin.type, pin.one, pin.many):
            yield f"{what} was pinned as {before.type}."
        yield from _common(what, before, pin)


def _of_field(what: str, before: FieldPin | None, pin: FieldPin) -> Iterator[str]:
    if before is None:
        yield f"{what} is not pinned."
        return
    if before.name != pin.name:
        yield f"{what} was pinned as {before.name}."
    if before.type != pin.type:
        yield f"{what} was {before.type} and is {pin.type}."
    if before.members != pin.members:
        yield f"{what} has other options than those that are pinned."
    yield from _common(what, before, pin)


def _common(what: str, before: FieldPin | FlowPin, pin: FieldPin | FlowPin) -> Iterator[str]:
    if before.slug != pin.slug:
        yield f"{what} had the slug {clean_line(before.slug, _SHOWN)} and has {clean_line(pin.slug, _SHOWN)}."
    if _why(before.gone) != _why(pin.gone):
        yield f"{what} is {_why(pin.gone)}."


def _why(gone: Gone | None) -> str:
    return gone.why if gone else "there again"
