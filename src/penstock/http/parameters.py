"""The parameters of a GraphQL request, read from a body or from a URL, or the reason why they are none.

Never here: HTTP methods, what a document means.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from penstock.definitions.model import JSON
from penstock.http.answers import Refusal

_MOST_PARAMETERS = 64
_NAMES = ("query", "operationName", "variables", "extensions", "documentId")
_QUOTED = {name: b'"%b"' % name.encode() for name in _NAMES}
_NOT_JSON = "The body is not JSON in UTF-8; send an object with `query` and, where needed, `variables`."
_NUMBER = "The body holds a number that is out of range; send it as a string where the schema takes one."
_BATCH = "The body is an array; this endpoint runs one operation a request, so send a single object."
_NOT_OBJECT = "The body is not a JSON object; send an object with `query` and, where needed, `variables`."
_NO_QUERY = "The parameter `query` is missing; it is the text of a GraphQL document."
_BOTH = "The request names its document in two ways; send one of `documentId`, `query` and `persistedQuery`."
_LONGEST_ID = 512
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")
_ESCAPED_LETTERS = (b"\\u004", b"\\u005", b"\\u006", b"\\u007")


class Parameters(NamedTuple):
    """What a request asks to run."""

    query: str
    operation_name: str | None
    variables: dict[str, JSON] | None
    document_id: str = ""
    document_digest: str = ""


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
    if _may_repeat(body, given) and (twice := _repeated_key(body)):
        return Refusal(400, f"The parameter `{twice}` is given twice; give it once.")
    return _check(given)


def _may_repeat(body: bytes, given: dict[str, JSON]) -> bool:
    """Whether a body may give a key twice: letters can be written as escapes."""
    for name in given:
        quoted = _QUOTED.get(name)
        if quoted is not None and body.count(quoted) > 1:
            return True
    return b"\\" in body and any(escape in body for escape in _ESCAPED_LETTERS)


def _check(given: dict[str, JSON]) -> Parameters | Refusal:
    query = given.get("query")
    name = given.get("operationName")
    variables = given.get("variables")
    extensions = given.get("extensions")
    if (
        type(query) is str
        and (name is None or type(name) is str)
        and (variables is None or type(variables) is dict)
        and extensions is None
        and "documentId" not in given
    ):
        return Parameters(query, name or None, variables)
    return _check_stored(given)


def _check_stored(given: dict[str, JSON]) -> Parameters | Refusal:
    """The parameters of a request that is not just a text, or what is wrong with them."""
    refusal = _refuse_kinds(given)
    if refusal is not None:
        return refusal
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    identity = given.get("documentId")
    digest = _digest(given.get("extensions"))
    if isinstance(digest, Refusal):
        return digest
    if isinstance(identity, str) and (isinstance(query, str) or digest):
        return Refusal(400, _BOTH)
    if isinstance(identity, str) and not 0 < len(identity) <= _LONGEST_ID:
        return Refusal(400, f"The parameter `documentId` must have 1 to {_LONGEST_ID} characters.")
    if not isinstance(query, str) and not isinstance(identity, str) and not digest:
        return Refusal(400, _NO_QUERY)
    return Parameters(
        query if isinstance(query, str) else "",
        name if isinstance(name, str) and name else None,
        variables if isinstance(variables, dict) else None,
        identity if isinstance(identity, str) else "",
        digest,
    )


def _digest(extensions: JSON) -> str | Refusal:
    """The digest in `extensions.persistedQuery`, "" without one."""
    asked = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if asked is None:
        return ""
    if not isinstance(asked, dict) or asked.get("version") != 1 or isinstance(asked.get("version"), bool):
        return Refusal(400, "`extensions.persistedQuery` must be an object with `version` 1 and `sha256Hash`.")
    digest = asked.get("sha256Hash")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return Refusal(400, "`extensions.persistedQuery.sha256Hash` must be 64 hexadecimal digits.")
    return digest.lower()


def _refuse_kinds(given: dict[str, JSON]) -> Refusal | None:
    """Why a parameter is of the wrong kind; None where all are right."""
    for parameter, kind, words in (
        ("query", str, "a string"),
        ("operationName", str, "a string or null"),
        ("variables", dict, "an object or null"),
        ("extensions", dict, "an object or null"),
        ("documentId", str, "a string"),
    ):
        value = given.get(parameter)
        if value is not None and type(value) is not kind:
            return Refusal(400, f"The parameter `{parameter}` is {_words(value)}; it must be {words}.")
    return None


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
        if name in _NAMES:
            given[name] = text
    for name in ("variables", "extensions"):
        encoded = given.pop(name, "")
        if isinstance(encoded, str) and encoded:
            try:
                given[name] = msgspec.json.decode(encoded)
            except (ValueError, RecursionError):
                return Refusal(400, f"The parameter `{name}` is not JSON; give a percent-encoded JSON object.")
    return _check(given)
