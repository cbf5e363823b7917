"""The control endpoints: switching faults, reading the log of calls: the sandbox's own, not upstream's.

Never here: what a fault does.

Source: CONTRACT §15.
"""

from __future__ import annotations

import re

from penstock.sandbox.access import OPEN
from penstock.sandbox.calls import Answer, Call
from penstock.sandbox.documents import Document, mapping, text, whole
from penstock.sandbox.endpoints import Endpoint
from penstock.sandbox.errors import ApiError, refuse
from penstock.sandbox.faults import Fault, Switch

_FAULTS = {fault.value: fault for fault in Fault}
_KEYS = ("fault", "count", "method", "path", "status", "seconds", "after")


def show_faults(call: Call) -> Answer:
    """Answer `GET /__control/faults`: what is on, and what there is."""
    on = [_show(switch) for switch in call.shop.faults.switches()]
    return Answer(200, {"data": on, "meta": {"faults": list(_FAULTS)}})


def switch_on(call: Call) -> Answer:
    """Answer `POST /__control/faults`: one switch, or an array of them in `data`."""
    payload = call.payload()
    given = payload.get("data", payload)
    for switch in [_read(mapping(one)) for one in (given if isinstance(given, list) else [given])]:
        call.shop.faults.switch_on(switch)
    return show_faults(call)


def switch_off(call: Call) -> Answer:
    """Answer `DELETE /__control/faults`: everything is off."""
    call.shop.faults.reset()
    return Answer(204)


def show_requests(call: Call) -> Answer:
    """Answer `GET /__control/requests`: the latest calls, oldest first, and their number."""
    log = call.shop.log
    data = [{"method": noted.method, "path": noted.path, "status": noted.status} for noted in log.calls]
    return Answer(200, {"data": data, "meta": {"total": log.total}})


def forget_requests(call: Call) -> Answer:
    """Answer `DELETE /__control/requests`: counting begins anew."""
    call.shop.log.clear()
    return Answer(204)


def _read(given: Document) -> Switch:
    unknown = [key for key in given if key not in _KEYS]
    if unknown:
        raise _wrong(unknown[0], f"is not known; known: {', '.join(_KEYS)}")
    fault = _FAULTS.get(str(given.get("fault")))
    if fault is None:
        raise _wrong("fault", f"must be one of {', '.join(_FAULTS)}")
    count, status, seconds = whole(given.get("count")), whole(given.get("status")), given.get("seconds", 1.0)
    if given.get("count") is not None and (count is None or count < 1):
        raise _wrong("count", "must be a whole number of at least 1")
    if given.get("status") is not None and (status is None or not 200 <= status <= 599):
        raise _wrong("status", "must be an HTTP status from 200 to 599")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= 86_400:
        raise _wrong("seconds", "must be a number from 0 to 86400")
    method, path = text(given.get("method")), text(given.get("path"))
    try:
        pattern = None if path is None else re.compile(path)
    except re.error as error:
        raise _wrong("path", f"must be a regular expression ({error})") from error
    return Switch(fault, count, method and method.upper(), pattern, status, seconds, given.get("after") is True)


def _show(switch: Switch) -> Document:
    return {
        "fault": switch.fault.value,
        "count": switch.count,
        "method": switch.method,
        "path": None if switch.path is None else switch.path.pattern,
        "status": switch.status,
        "seconds": switch.seconds,
        "after": switch.after,
    }


def _wrong(key: str, what: str) -> ApiError:
    return refuse(400, "Bad Request", f"{key} {what}", key)


ENDPOINTS = (
    Endpoint("GET", "/__control/faults", show_faults, OPEN),
    Endpoint("POST", "/__control/faults", switch_on, OPEN),
    Endpoint("DELETE", "/__control/faults", switch_off, OPEN),
    Endpoint("GET", "/__control/requests", show_requests, OPEN),
    Endpoint("DELETE", "/__control/requests", forget_requests, OPEN),
)
