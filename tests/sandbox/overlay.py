"""The official specs, their known defects corrected, cut to what the sandbox imitates.

Every correction carries its reason. What is corrected is the description, never the sandbox to please it.

Source: CONTRACT §0 (defects), §2 (errors), R6, R13, R17, R24.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import yaml

Spec = dict[str, Any]
METHODS = ("get", "post", "put", "delete")
FILES = (
    "authentication",
    "carts-orders",
    "customer-addresses",
    "flows",
    "integrations",
    "personal-data",
    "settings",
)

# Parts of the API that the sandbox leaves out, by a piece of their path; docs/sandbox.md names them.
NOT_IMITATED = (
    "/taxes",
    "/custom-discounts",
    "/shipping-groups",
    "/relationships/accounts",
    "/v2/carts/{cartID}/payments",
    "/v2/quotes",
)


def spec_folder() -> Path | None:
    """Find the official specs: the folder named by the environment, else one beside the checkout."""
    named = os.environ.get("PENSTOCK_OPENAPI_DIR")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "upstream" / "openapi"
    return folder if folder.is_dir() else None


def load_spec(folder: Path, name: str) -> Spec:
    """Load one official spec and correct it."""
    spec: Spec = _with_text_keys(yaml.load((folder / f"{name}.yaml").read_text(), _TextLoader))
    spec.pop("servers", None)
    _CORRECTIONS.get(name, lambda _: None)(spec)
    spec["paths"] = {
        path: item for path, item in spec["paths"].items() if not any(part in path for part in NOT_IMITATED)
    }
    _allow_null_links(spec)
    for operation in operations(spec):
        _document_errors(spec, operation, as_text=name not in ("flows", "integrations"))
    return spec


def operations(spec: Spec) -> list[Spec]:
    """Return the operations of a spec."""
    return [item[method] for item in spec["paths"].values() for method in METHODS if method in item]


def pin_parameters(spec: Spec, known: dict[str, list[str]]) -> Spec:
    """Return the spec with path parameters drawn from ids that exist, and one that does not."""
    pinned = copy.deepcopy(spec)
    holders = [*pinned["paths"].values(), *operations(pinned)]
    parameters = [one for holder in holders for one in holder.get("parameters", [])]
    for parameter in (*parameters, *pinned.get("components", {}).get("parameters", {}).values()):
        if parameter.get("in") == "path" and parameter["name"] in known:
            parameter["schema"] = {"type": "string", "enum": [*known[parameter["name"]], "unknown"]}
            parameter.pop("example", None)
            parameter.pop("examples", None)
    return pinned


def _document_errors(spec: Spec, operation: Spec, *, as_text: bool) -> None:
    """Describe the errors that the prose documents for every endpoint and the specs for some (CONTRACT §2)."""
    problem = {
        "type": "object",
        "required": ["title"],  # the status is absent on filter errors and on reserved slugs
        "properties": {
            "status": {"type": "string" if as_text else "integer"},
            "title": {"type": "string"},
            "detail": {"type": "string"},
            "source": {"type": "string"},
        },
    }
    schema = {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "array", "items": problem}}}
    answer = {"description": "CONTRACT §2", "content": {"application/json": {"schema": schema}}}
    for status in ("400", "401", "403", "404", "405", "422"):
        operation["responses"][status] = answer


def _allow_null_links(spec: Spec) -> None:
    """Let links be null where their own description says that they are (CONTRACT §3)."""
    for schema in spec.get("components", {}).get("schemas", {}).values():
        for name, one in schema.get("properties", {}).items():
            if name in ("last", "next", "prev") and one.get("type") == "string":
                one["type"] = ["string", "null"]


def _correct_authentication(spec: Spec) -> None:
    # R6: the answer is flat; the spec wraps it in `data`.
    content = spec["paths"]["/oauth/access_token"]["post"]["responses"]["200"]["content"]["application/json"]
    content["schema"] = content["schema"]["properties"]["data"]
    content.pop("examples", None)


def _correct_addresses(spec: Spec) -> None:
    # R17, §0: the create is filed under one address and says 200; it is the collection's and says 201.
    one = spec["paths"]["/v2/customers/{customerID}/addresses/{addressID}"]
    create = one.pop("post")
    create["responses"]["201"] = create["responses"].pop("200")
    spec["paths"]["/v2/customers/{customerID}/addresses"]["post"] = create
    # §0: responses are filed under schemas.
    schemas = spec["components"]["schemas"]
    spec["components"]["responses"] = {name: schemas.pop(name) for name in ("ErrorBadRequest", "ErrorNotFound")}
    for operation in operations(spec):
        for answer in operation["responses"].values():
            if "$ref" in answer:
                answer["$ref"] = answer["$ref"].replace("/schemas/", "/responses/")


def _correct_flows(spec: Spec) -> None:
    schemas = spec["components"]["schemas"]
    # §0: values of entries are typed string only; they are of any type a field may have.
    schemas["Entry"]["additionalProperties"] = True
    # §0: `uuid` is missing from the rules; options of `enum` may be numbers, bounds of `between` fractions.
    rule = schemas["FieldValidationRules"]["properties"]
    rule["type"]["enum"].append("uuid")
    rule["options"] = {"type": ["array", "object", "null"]}
    schemas["Field"]["properties"]["default"]["type"] = ["number", "string", "boolean", "null"]
    # R13: replacing answered 200 before the spec's text was copied from the adding call.
    path = "/v2/flows/{flowSlug}/entries/{flowEntryID}/relationships/{flowFieldSlug}"
    replace = spec["paths"][path]["put"]["responses"]
    replace["200"] = replace["201"]


def _correct_integrations(spec: Spec) -> None:
    # R24: the paths lack the version.
    spec["paths"] = {f"/v2{path}": item for path, item in spec["paths"].items()}
    # §0: `required` says observers for observes.
    for schema in spec["components"]["schemas"].values():
        if "observers" in schema.get("required", []):
            schema["required"] = ["observes" if key == "observers" else key for key in schema["required"]]
    # A webhook's configuration is a valid STOMP one too: the kinds cannot be told apart, so not exactly one can match.
    for schema in spec["components"]["schemas"].values():
        configuration = schema.get("properties", {}).get("configuration", {})
        if "oneOf" in configuration:
            configuration["anyOf"] = configuration.pop("oneOf")
    # §12: a deletion without a body is a 204 as everywhere else.
    delete = spec["paths"]["/v2/integrations/{integration_uuid}"]["delete"]["responses"]
    delete["204"] = {"description": "Deleted"}


def _correct_carts(spec: Spec) -> None:
    # §0: query parameters cannot have the style `simple`.
    for operation in operations(spec):
        for parameter in operation.get("parameters", []):
            if parameter.get("in") == "query" and parameter.get("style") == "simple":
                del parameter["style"]
    # §10: what anonymising replaces by asterisks is no e-mail address any more.
    for name in ("Customer", "Contact"):
        spec["components"]["schemas"][name]["properties"]["email"].pop("format", None)
    # §11: emptying a cart answers with the list of items that are left.
    items = spec["paths"]["/v2/carts/{cartID}/items"]
    items["delete"]["responses"]["200"] = copy.deepcopy(items["get"]["responses"]["200"])


_CORRECTIONS = {
    "authentication": _correct_authentication,
    "customer-addresses": _correct_addresses,
    "flows": _correct_flows,
    "integrations": _correct_integrations,
    "carts-orders": _correct_carts,
}


def _with_text_keys(value: Any) -> Any:
    """Return the document with text keys: §0, response keys are bare integers in one spec."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(inner) for key, inner in value.items()}
    return [_with_text_keys(inner) for inner in value] if isinstance(value, list) else value


class _TextLoader(yaml.SafeLoader):
    """Reads timestamps in examples as the texts they are."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
