"""What is put side by side, and how each is made ready: ours, a raw proxy, Strawberry as documented, Yoga, Mercurius.

Never here: load, results.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENTED = ["strawberry-graphql==0.341.*", "starlette", "uvicorn", "httpx", "aiodataloader"]


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """One server.

    Attributes:
        name: In the tables.
        command: Starts it.
        port: Where it listens.
        dialect: ``ours``, ``theirs`` or ``raw``: which form of the workloads it understands.
        path: Where it takes GraphQL requests.
        environment: What it is told beside the command.
        folder: Where it runs.
    """

    name: str
    command: list[str]
    port: int
    dialect: str
    path: str = "/graphql"
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = HERE


def penstock(port: int, upstream: str, workers: int = 1, name: str = "penstock") -> Server:
    """Ours, with production settings but for the rate limit and the budget, which would be what is measured."""
    beside = Path(sys.executable).with_name("penstock")
    program = os.environ.get("PENSTOCK") or (str(beside) if beside.exists() else "penstock")
    environment = {
        "PENSTOCK_UPSTREAM_URL": upstream,
        "PENSTOCK_CLIENT_ID": "bench",
        "PENSTOCK_CLIENT_SECRET": "bench",
        "PENSTOCK_UPSTREAM_RATE_LIMIT": "0",
        "PENSTOCK_OPERATION_BUDGET": "0",
    }
    command = [program, "serve", "--port", str(port), "--workers", str(workers)]
    return Server(name, command, port, "ours", environment=environment)


def raw_proxy(port: int, upstream: str, *, short: bool = False) -> Server:
    """Bytes through, over our transport, on our server; ``short`` with our short cut for answers, too."""
    command = [sys.executable, str(HERE / "peers" / "raw_proxy.py"), str(port), upstream]
    return Server("rawest proxy" if short else "raw proxy", [*command, *(["--short"] if short else [])], port, "raw")


def documented(port: int, upstream: str, python: Path) -> Server:
    """Strawberry as its documentation has it: uvicorn with what its plain installation brings."""
    command = [str(python), "-m", "uvicorn", "documented:app", "--port", str(port)]
    options = ["--log-level", "warning", "--no-access-log"]
    folder, environment = HERE / "peers", {"UPSTREAM": upstream}
    return Server("strawberry", [*command, *options], port, "theirs", "/graphql/", environment, folder)


def node(name: str, port: int, upstream: str, folder: Path) -> Server:
    """One of the Node servers: ``yoga`` or ``mercurius``."""
    environment = {"UPSTREAM": upstream, "PORT": str(port), "NODE_ENV": "production"}
    return Server(name, ["node", f"{name}.mjs"], port, "theirs", environment=environment, folder=folder)


def build_stub(scratch: Path) -> Path:
    """Compile the stub."""
    target = scratch / "stub"
    sources = [str(HERE / "stub" / name) for name in ("server.c", "answers.c")]
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", str(target), *sources], check=True)
    return target


def prepare_documented(scratch: Path) -> Path:
    """A Python with what the documented peer needs and nothing else, made once."""
    folder = scratch / "documented"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *DOCUMENTED], check=True)
        (folder / "ready").touch()
    return python


def prepare_node(scratch: Path) -> Path | None:
    """A folder with the Node peers, made once; None where there is no Node."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    folder = scratch / "node"
    folder.mkdir(exist_ok=True)
    for file in (HERE / "peers" / "node").iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder
