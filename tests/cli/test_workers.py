"""Several workers are one gateway to whoever reads its metrics."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.test_commands import free_port, interrupt, run, running
from tests.support.sandboxes import RunningSandbox

REQUESTS = 60
ANSWERED = ("penstock_requests_total", (("operation_type", "query"), ("path", "plan"), ("status", "200")))


def scrape(url: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The metrics of whichever worker takes a new connection."""
    text = httpx.get(f"{url}/metrics", timeout=10).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def until_both_serve(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if scrape(url)[("penstock_workers", ())] == 2 and httpx.get(f"{url}/readyz").status_code == 200:
            return
        time.sleep(0.1)  # another process has no event to wait for
    raise AssertionError("there are no two workers")


def ask(url: str) -> int:
    return httpx.post(f"{url}/graphql", json={"query": "{ schemaInfo { version } }"}, timeout=10).status_code


def served(folder: Path) -> list[Path]:
    """The files of those workers that have answered."""
    return [path for path in folder.rglob("*.series") if b"penstock_requests" in path.read_bytes()]


def children(pid: int) -> set[int]:
    """The workers of a gateway: its children that hold a socket, which the resource tracker does not."""
    of = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in of if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()}


def test_two_workers_count_as_one_and_lose_nothing_when_one_is_killed(seeded: RunningSandbox, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(
        *("serve", "--workers", "2", "--port", str(port)),
        until="workers",
        PENSTOCK_UPSTREAM_URL=seeded.url,
        PENSTOCK_CLIENT_ID="sandbox",
        PENSTOCK_METRICS_FOLDER=str(tmp_path),
        PENSTOCK_LOG_LEVEL="warning",
    ) as (process, _):
        until_both_serve(url)
        before = scrape(url).get(ANSWERED, 0)
        statuses: list[int] = []
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while len(served(tmp_path)) < 2 and len(statuses) < 50 * REQUESTS:
                statuses += pool.map(lambda _: ask(url), range(REQUESTS))
        counts = [scrape(url)[ANSWERED] for _ in range(8)]
        both = served(tmp_path)
        os.kill(next(iter(children(process.pid))), signal.SIGKILL)
        until_both_serve(url)
        after = [scrape(url)[ANSWERED] for _ in range(8)]
        code, output, _ = interrupt(process, signal.SIGTERM)

    assert set(statuses) == {200}
    assert counts == [before + len(statuses)] * 8
    assert len(both) == 2
    assert min(after) >= before + len(statuses)
    assert code == 0, output
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_cannot_start_is_one_sentence_each_and_exit_2() -> None:
    store = {"PENSTOCK_UPSTREAM_URL": "http://127.0.0.1:1", "PENSTOCK_CLIENT_ID": "c"}
    collector = "https://user:planted@collector.example.test"
    done = run("serve", "--port", "0", "--workers", "2", **store, OTEL_EXPORTER_OTLP_ENDPOINT=collector)

    assert done.returncode == 2
    assert "penstock: The OTLP endpoint must read " in done.stderr
    assert "penstock: A worker could not start" in done.stderr
    assert "Traceback" not in done.stderr
    assert "planted" not in done.stderr


def test_what_breaks_in_a_worker_is_told_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def make():\n    raise RuntimeError('planted') from ValueError('planted')\n")
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from penstock.cli.servers import listen
from penstock.cli.crash import tell_crashes
from penstock.cli.workers import serve_with_workers
from penstock.errors import PenstockError
if __name__ == "__main__":
    tell_crashes()
    with listen("127.0.0.1", 0) as listener:
        try:
            serve_with_workers("broken:make", 1.0, 2, listener)
        except PenstockError as error:
            print(f"{{type(error).__name__}}: {{error}}", file=sys.stderr)
"""
    (tmp_path / "serve.py").write_text(script)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "serve.py")], capture_output=True, text=True, check=False, timeout=90
    )

    assert done.returncode == 0, done.stderr
    assert "RuntimeError, because of ValueError" in done.stderr
    assert "\nPenstockError: A worker could not start: it crashed." in done.stderr  # which the command exits with 1 for
    assert "planted" not in done.stdout + done.stderr
