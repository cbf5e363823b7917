"""What a module of the package looks like: its size, its name, its docstring, its imports, its exceptions to rules."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.house.sources import PACKAGE, Module, functions, modules

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
SHAPELESS_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
IGNORE = re.compile(r"#\s*(?P<kind>type:\s*ignore|noqa|pragma|mypy|ruff)\b(?P<rest>.*)")
CODES = re.compile(r"\s*(?:\[[\w, -]+\]|:\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)\s*(?P<reason>.*)")


def test_every_module_is_a_page() -> None:
    long = {module.place: len(module.lines) for module in modules() if len(module.lines) >= LONGEST_MODULE}

    assert long == {}


def test_every_function_fits_the_eye() -> None:
    long = {
        f"{module.place}:{node.lineno} {node.name}": length
        for module in modules()
        for node in functions(module)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) >= LONGEST_FUNCTION
    }

    assert long == {}


def test_no_module_or_folder_has_a_name_that_says_nothing() -> None:
    names = [path for path in PACKAGE.rglob("*") if path.suffix in ("", ".py") and path.stem in SHAPELESS_NAMES]

    assert names == []


def test_every_docstring_begins_with_one_sentence() -> None:
    wrong = [module.place for module in modules() if not _is_one_sentence(_paragraphs(module)[0])]

    assert wrong == []


def test_every_docstring_says_what_is_never_there() -> None:
    silent = [
        module.place for module in modules() if not any(text.startswith("Never here: ") for text in _lines(module))
    ]

    assert silent == []


def test_no_import_hides_in_a_function_but_for_what_few_need_and_many_would_pay_for() -> None:
    hidden = [
        f"{module.place}:{inner.lineno}"
        for module in modules()
        if module.place != "state/opening.py"  # the client of Redis takes 5 MB of every worker
        for node in functions(module)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_no_module_gets_around_its_types() -> None:
    words = {"Any", "cast", "TYPE_CHECKING"}
    found = [
        f"{module.place}:{node.lineno} {alias.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
        for alias in node.names
        if alias.name in words
    ]

    assert found == []


def test_every_ignore_names_its_rule_and_its_reason() -> None:
    bare = [
        f"{module.place}:{line} {text}"
        for module in modules()
        for line, text in _comments(module)
        if (found := IGNORE.search(text)) and not _is_reasoned(found["rest"])
    ]

    assert bare == []


def test_nothing_is_left_to_do_in_the_sources() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    left = [
        f"{module.place}:{line} {text}"
        for module in modules()
        for line, text in _comments(module)
        if marks.search(text)
    ]

    assert left == []


def _paragraphs(module: Module) -> list[str]:
    return (ast.get_docstring(module.tree) or "").split("\n\n")


def _lines(module: Module) -> list[str]:
    return (ast.get_docstring(module.tree) or "").splitlines()


def _is_one_sentence(text: str) -> bool:
    whole = " ".join(text.split())
    return whole.endswith((".", ":")) and not re.search(r"[.!?] [A-Z]", whole)


def _is_reasoned(rest: str) -> bool:
    found = CODES.match(rest)
    return found is not None and re.search(r"[a-z]{3,}", found["reason"]) is not None


def _comments(module: Module) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
