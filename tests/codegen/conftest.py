"""A served gateway with its sandbox, and the tools, once for all tests here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_commands import running
from tests.codegen.workshop import Shop, install_node_tools, install_python_tools


@contextmanager
def served(**variables: str) -> Iterator[Shop]:
    """`penstock dev`, as the guide assumes it, with these variables."""
    with running("dev", "--port", "0", "--sandbox-port", "0", until="curl -s", **variables) as (_, printed):
        url = re.search(r"GraphQL +(\S+)/graphql", printed)
        login = re.search(r"Sign in as (\S+) with the password (\S+)", printed)
        assert url is not None
        assert login is not None
        yield Shop(url[1], login[1], login[2])


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """A gateway that all tests share."""
    with served() as running_shop:
        yield running_shop


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The Node.js tools."""
    return install_node_tools(tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="session")
def python_tools(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The Python tools."""
    return install_python_tools(tmp_path_factory.mktemp("python"))
