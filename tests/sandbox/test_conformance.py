"""The sandbox against the official specs, by property tests that schemathesis derives from them."""

from __future__ import annotations

import os
import warnings
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from penstock.sandbox import SandboxSettings

from .overlay import FILES, Spec, load_spec, pin_parameters, spec_folder
from .serving import serve
from .walkthrough import NEVER_SUCCEEDS, Known, good_case, prepare

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own dependencies warn while they are imported
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

# Left out on purpose: whether everything the specs allow is accepted, and everything else refused. They mark next to
# nothing as required (CONTRACT §0), so that prose, not the specs, says what a body must hold.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("PENSTOCK_CONFORMANCE_EXAMPLES", "12"))


def specs_or_skip() -> Any:
    folder = spec_folder()
    if folder is None:
        reason = "conformance not run: name the folder of the official specs in PENSTOCK_OPENAPI_DIR"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return folder


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", FILES)
def test_the_sandbox_conforms_to_the_official_spec(name: str) -> None:
    spec = load_spec(specs_or_skip(), name)
    failures: list[str] = []
    for path, item in spec["paths"].items():
        for method in ("get", "post", "put", "delete"):
            if method in item:
                failures += find_failures(spec, path, method)

    assert not failures, "\n".join(failures)


def find_failures(spec: Spec, path: str, method: str) -> list[str]:
    """Try one operation on a fresh store and return what did not conform."""
    with serve(SandboxSettings()) as url:
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox-secret"}
        token = httpx.post(f"{url}/oauth/access_token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url, headers=headers) as client:
            known = prepare(client)
        pinned = pin_parameters(spec | {"paths": {path: pick(spec["paths"][path], method)}}, known)
        operation = schemathesis.openapi.from_dict(pinned)[path][method.upper()]
        return try_operation(operation, url, headers, known)


def pick(item: Spec, method: str) -> Spec:
    return {key: value for key, value in item.items() if key in ("parameters", method)}


def try_operation(operation: Any, url: str, headers: dict[str, str], known: Known) -> list[str]:
    """Try a body that is known to be good, then what schemathesis makes of the spec; each must conform, one succeed."""
    found: dict[str, None] = {}
    seen: set[int] = set()

    def check(case: Any) -> None:
        answer = case.call(base_url=url, headers=headers)
        seen.add(answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS, headers=headers)
        except FailureGroup as group:
            for failure in group.exceptions:
                text = " ".join(f"{failure.title}: {failure.message}".split())[:600]
                found[f"{operation.label} {answer.status_code} {text}"] = None

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def conforms(case: Any) -> None:
        check(case)

    check(good_case(operation, known))
    conforms()
    if not any(status < 300 for status in seen) and operation.label not in NEVER_SUCCEEDS:
        found[f"{operation.label} never succeeded: {sorted(seen)}"] = None
    return list(found)


def test_every_operation_asks_for_a_bearer() -> None:
    folder = specs_or_skip()
    open_paths: list[str] = []
    with serve(SandboxSettings()) as url, httpx.Client(base_url=url) as client:
        for name in FILES:
            for path, item in load_spec(folder, name)["paths"].items():
                concrete = path.replace("{", "").replace("}", "")
                open_paths += [
                    f"{method} {path}"
                    for method in ("get", "post", "put", "delete")
                    if method in item and client.request(method, concrete).status_code != 401
                ]

    assert open_paths == ["post /oauth/access_token"]
