"""Three gateways as processes of their own, behind a real nginx, with a real Redis and a sandbox of the store.

Never here: tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.ports import free_port, wait_for
from tests.support.redis_servers import RunningRedis, redis
from tests.support.sandboxes import RunningSandbox, token_of

ROOT = Path(__file__).resolve().parents[2]
ADMIN = "admin-token-of-the-fleet"
REPLICAS = 3


class Replica:
    """One gateway.

    Args:
        settings: Its environment.
        log: Where its log goes.
    """

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it; see `ready`."""
        own = {name: text for name, text in os.environ.items() if not name.startswith("PENSTOCK_")}
        with self.log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "penstock", "serve", "--port", str(self.port)],
                env=own | self._settings,
                stdout=stream,
                stderr=stream,
            )

    def ready(self) -> None:
        """Wait until it serves."""
        assert self._process is not None
        wait_for(self.port, self._process)
        assert httpx.get(f"{self.url}/readyz", timeout=20).status_code == 200, self.log.read_text()

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(subprocess.Popen.terminate)

    def detail(self) -> dict[str, Any]:
        """What it says of its readiness."""
        found: dict[str, Any] = httpx.get(f"{self.url}/readyz", timeout=20).json()
        return found

    def _end(self, how: Any) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(30)
            self._process = None


class Fleet:
    """All of it.

    Attributes:
        url: Where nginx listens.
        store: The sandbox.
        state: The Redis.
        replicas: The gateways.
    """

    def __init__(self, url: str, store: RunningSandbox, state: RunningRedis, replicas: list[Replica]) -> None:
        self.url = url
        self.store = store
        self.state = state
        self.replicas = replicas

    def calls(self, method: str, path: str) -> list[str]:
        """The paths of the calls that the store got, of a method and below a path."""
        answer = httpx.get(f"{self.store.url}/__control/requests", timeout=20).json()
        assert answer["meta"]["total"] <= 10_000, "the store's log has lost calls"
        return [row["path"] for row in answer["data"] if row["method"] == method and row["path"].startswith(path)]

    def forget_calls(self) -> None:
        """Empty the store's log of calls."""
        httpx.delete(f"{self.store.url}/__control/requests", timeout=20)

    def versions(self) -> set[str]:
        """The versions of the schema that the gateways serve."""
        return {replica.detail()["version"] for replica in self.replicas}


@contextmanager
def fleet(folder: Path, **settings: str) -> Iterator[Fleet]:
    """Run all of it; ``settings`` are variables of the gateways without their prefix."""
    with ExitStack() as stack:
        state = stack.enter_context(redis(folder))
        store = stack.enter_context(_sandbox(folder))
        variables = {
            "PENSTOCK_UPSTREAM_URL": store.url,
            "PENSTOCK_CLIENT_ID": "sandbox",
            "PENSTOCK_CLIENT_SECRET": "sandbox-secret",
            "PENSTOCK_ADMIN_TOKEN": ADMIN,
            "PENSTOCK_STATE_URL": state.url,
            "PENSTOCK_UPSTREAM_RATE_LIMIT": "0",
            **{f"PENSTOCK_{name}": text for name, text in settings.items()},
        }
        replicas = [Replica(variables, folder / f"gateway-{number}.log") for number in range(1, REPLICAS + 1)]
        for replica in replicas:
            stack.callback(replica.kill)
            replica.launch()
        for replica in replicas:
            replica.ready()
        yield Fleet(stack.enter_context(_nginx(folder, replicas)), store, state, replicas)


@contextmanager
def _sandbox(folder: Path) -> Iterator[RunningSandbox]:
    port = free_port()
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "penstock", "sandbox", "--port", str(port)], stdout=log, stderr=log
        )
    try:
        wait_for(port, process)
        url = f"http://127.0.0.1:{port}"
        staff = token_of(url, grant_type="client_credentials", client_secret="sandbox-secret")
        yield RunningSandbox(url, staff, token_of(url, grant_type="implicit"))
    finally:
        process.kill()
        process.wait(20)


@contextmanager
def _nginx(folder: Path, replicas: list[Replica]) -> Iterator[str]:
    """The product's own configuration, with addresses and folders of this machine."""
    port = free_port()
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    for number, replica in enumerate(replicas, 1):
        text = text.replace(f"gateway-{number}:8000", f"127.0.0.1:{replica.port}")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")
    (folder / "nginx.conf").write_text(text.replace("/dev/stderr", f"{folder}/nginx.log"), encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    process = subprocess.Popen(
        [
            "nginx",
            "-p",
            str(folder),
            "-e",
            f"{folder}/nginx.log",
            "-c",
            f"{folder}/nginx.conf",
            "-g",
            f"daemon off; {user}",
        ]
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
