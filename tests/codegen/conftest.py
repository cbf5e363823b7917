"""A served gateway with its sandbox, and the tools, once for all tests here."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
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


def once(folder: Path, install: Callable[[Path], Path | None]) -> Path | None:
    """What an installation gives that one of the test processes makes for all: the others wait for it."""
    folder.mkdir(exist_ok=True)
    with (folder / "installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "installed"
        if not told.exists():
            told.write_text(str(install(folder) or ""))
        return Path(told.read_text()) if told.read_text() else None


@pytest.fixture(scope="session")
def installing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Future[Path | None], Future[Path | None]]]:
    """The Node.js tools and the Python tools, on their way at the same time: most of that is waiting."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with ThreadPoolExecutor(2) as pool:
        yield (
            pool.submit(once, shared / "node-tools", install_node_tools),
            pool.submit(once, shared / "python-tools", install_python_tools),
        )


@pytest.fixture(scope="session")
def modules(installing: tuple[Future[Path | None], Future[Path | None]]) -> Path | None:
    """The Node.js tools."""
    return installing[0].result()


@pytest.fixture(scope="session")
def python_tools(installing: tuple[Future[Path | None], Future[Path | None]]) -> Path | None:
    """The Python tools."""
    return installing[1].result()
