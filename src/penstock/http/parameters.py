"""The parameters of a GraphQL request, read from a body or from a URL, or the reason why they are none.

Never here: HTTP methods, what a document means.
"""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from penstock.definitions.model import JSON
from penstock.http.answers import Refusal

_MOST_PARAMETERS = 64
_NAMES = ("query", "operationName", "variables", "extensions")
_QUOTED = tuple(b'"%b"' % name.encode() for name in _NAMES)
_NOT_JSON = "The body is not JSON in UTF-8; send an object with `query` and, where needed, `variables`."
_NUMBER = "The body holds a number that is out of range; send it as a string where the schema takes one."
_BATCH = "The body is an array; this endpoint runs one operation a request, so send a single object."
_NOT_OBJECT = "The body is not a JSON object; send an object with `query` and, where needed, `variables`."
_NO_QUERY = "The parameter `query` is missing; it is the text of a GraphQL document."
_NOT_STORED = "This gateway holds no stored documents; send the text of the document as `query`."


class Parameters(NamedTuple):
    """What a request asks to run."""

    query: str
    operation_name: str | None
    variables: dict[str, JSON] | None


def read_body(body: bytes) -> Parameters | Refusal:
    """The parameters in a JSON body.

    Args:
        body: The whole body, as it came.

    Returns:
        The parameters, or a 400 that names what is wrong.
    """
    try:
        if not body.isascii():
            body.decode()
        given: object = msgspec.json.decode(body)
    except msgspec.ValidationError:
        return Refusal(400, _NUMBER)
    except (ValueError, RecursionError):
        return Refusal(400, _NOT_JSON)
    if type(given) is not dict:
        return Refusal(400, _BATCH if isinstance(given, list) else _NOT_OBJECT)
    for quoted in _QUOTED:
        if body.count(quoted) > 1 and (twice := _repeated_key(body)):
            return Refusal(400, f"The parameter `{twice}` is given twice; give it once.")
    return _check(given)


def _check(given: dict[str, JSON]) -> Parameters | Refusal:
    query = given.get("query")
    name = given.get("operationName")
    variables = given.get("variables")
    extensions = given.get("extensions")
    if (
        type(query) is str
        and (name is None or type(name) is str)
        and (variables is None or type(variables) is dict)
        and (extensions is None or type(extensions) is dict)
    ):
        return Parameters(query, name or None, variables)
    return _refuse(given)


def _refuse(given: dict[str, JSON]) -> Refusal:
    for parameter, kind, words in (
        ("query", str, "a string"),
        ("operationName", str, "a string or null"),
        ("variables", dict, "an object or null"),
        ("extensions", dict, "an object or null"),
    ):
        value = given.get(parameter)
        if value is not None and type(value) is not kind:
            return Refusal(400, f"The parameter `{parameter}` is {_words(value)}; it must be {words}.")
    extensions = given.get("extensions")
    if "documentId" in given or (isinstance(extensions, dict) and "persistedQuery" in extensions):
        return Refusal(400, _NOT_STORED, "DOCUMENT_NOT_FOUND")
    return Refusal(400, _NO_QUERY)


def _words(value: JSON) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"


def _repeated_key(body: bytes) -> str | None:
    """The first of our parameters that the outermost object of a well-formed body gives twice."""
    try:
        pairs: list[tuple[str, object]] = json.loads(body, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    keys = [key for key, _ in pairs]
    return next((name for name in _NAMES if keys.count(name) > 1), None)


def read_query_string(query_string: bytes) -> Parameters | Refusal:
    """The parameters in the query of a URL; `variables` and `extensions` are JSON texts there.

    An empty `operationName`, `variables` or `extensions` counts as absent.
    """
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        return Refusal(400, "The query of the URL cannot be read; percent-encode its parameters as UTF-8.")
    given: dict[str, JSON] = {}
    for name, text in pairs:
        if name in given:
            return Refusal(400, f"The parameter `{name}` is given twice; give it once.")
        if name in _NAMES or name == "documentId":
            given[name] = text
    for name in ("variables", "extensions"):
        encoded = given.pop(name, "")
        if isinstance(encoded, str) and encoded:
            try:
                given[name] = msgspec.json.decode(encoded)
            except (ValueError, RecursionError):
                return Refusal(400, f"The parameter `{name}` is not JSON; give a percent-encoded JSON object.")
    return _check(given)
