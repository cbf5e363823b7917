"""Two locks made one: what an operator has reviewed and what a gateway has learnt since, or what two gateways learnt.

Never here: clocks, files, how a lock follows a store.
"""

from __future__ import annotations

from dataclasses import replace

from penstock.definitions.lock import FieldPin, FlowPin, Lock


def reviewed_over(reviewed: Lock, known: Lock) -> Lock:
    """Names as they were reviewed, everything else as it is known.

    Args:
        reviewed: What an operator keeps under review: its names, types and members win.
        known: What was learnt while serving: it knows better what has gone.
    """
    whole = union(known, reviewed)
    fields = {
        owner: {key: _named(pins[key], pin) if key in pins else pin for key, pin in whole.fields[owner].items()}
        for owner, pins in reviewed.fields.items()
    }
    flows = {
        key: replace(
            pin,
            type=reviewed.flows[key].type,
            one=reviewed.flows[key].one,
            many=reviewed.flows[key].many,
            first_seen=min(pin.first_seen, reviewed.flows[key].first_seen),
        )
        for key, pin in whole.flows.items()
        if key in reviewed.flows
    }
    return Lock(whole.fields | fields, whole.flows | flows)


def _named(reviewed: FieldPin, known: FieldPin) -> FieldPin:
    taken = set(reviewed.members.values())
    learnt = {option: member for option, member in known.members.items() if member not in taken}
    return replace(
        known,
        name=reviewed.name,
        type=reviewed.type,
        members=learnt | reviewed.members,
        first_seen=min(known.first_seen, reviewed.first_seen),
    )


def union(first: Lock, second: Lock) -> Lock:
    """Everything that either knows; what both know is as the first has it."""
    owners = {*first.fields, *second.fields}
    fields: dict[str, dict[str, FieldPin]] = {
        owner: {**second.pins(owner), **first.pins(owner)} for owner in sorted(owners)
    }
    flows: dict[str, FlowPin] = {**second.flows, **first.flows}
    return Lock(fields, flows)
