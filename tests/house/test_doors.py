"""One door per library: what may be imported where, over every room that is there or will be."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.sources import Module, modules

DOORS: dict[str, tuple[str, ...]] = {
    "aiodataloader": ("operations/",),
    "graphql": ("schema/", "operations/"),
    "h11": (),
    "httpcore": (),
    "httptools": ("upstream/lean/",),
    "httpx": ("upstream/", "sandbox/"),
    "prometheus_client": ("telemetry/",),
    "redis": ("state/",),
    "requests": (),
    "socket": ("upstream/", "cli/"),
    "sqlite3": ("sandbox/",),
    "ssl": ("upstream/",),
    "starlette": ("http/", "sandbox/", "app/"),
    "strawberry": ("schema/", "operations/reference/"),
    "structlog": ("telemetry/",),
    "uvicorn": ("cli/", "http/one_write.py"),
    "uvloop": ("cli/",),
}
"""Library → the places that may import it; a library of the list is imported nowhere else."""

PURE_ROOMS = ("definitions/", "resources/", "schema/", "errors.py")
IMPURE = {"asyncio", "httpx", "logging", "os", "random", "socket", "sqlite3", "subprocess", "threading", "time"}


def test_every_library_has_one_door() -> None:
    elsewhere = [
        f"{module.place} imports {library}"
        for module in modules()
        for library in sorted(set(_libraries(module)))
        if library in DOORS and not module.place.startswith(DOORS[library])
    ]

    assert elsewhere == []


def test_pure_rooms_know_no_clock_no_chance_and_no_world() -> None:
    impure = [
        f"{module.place} imports {library}"
        for module in modules()
        if module.place.startswith(PURE_ROOMS)
        for library in sorted(IMPURE.intersection(_libraries(module)))
    ]

    assert impure == []


def test_the_process_environment_is_read_at_the_top_only() -> None:
    readers = [
        module.place
        for module in modules()
        if not module.place.startswith(("cli/", "app/", "__main__.py"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and _is_os(node.value)
    ]

    assert readers == []


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


def _libraries(module: Module) -> Iterator[str]:
    """The first part of every absolute import of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
