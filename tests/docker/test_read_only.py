"""A gateway with workers writes into its folder for temporary files, and nowhere else.

Every file that any of its processes opens for writing is noted by an audit hook. Where this machine lets a test mount,
the rest of the file system cannot be written, either, and no capability is left, as in the image's own container.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.packaging.commands import clean_environment
from tests.support.sandboxes import RunningSandbox

NOTING = """
import os, sys

def note(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event not in {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"}:
        return
    else:
        path = arguments[1] if event in {"os.rename", "os.link", "os.symlink"} else arguments[0]
    if isinstance(path, (str, bytes, os.PathLike)):
        os.write(FILE, os.fsencode(os.path.abspath(path)) + b"\\n")

FILE = os.open(PLACE, os.O_WRONLY | os.O_APPEND)
sys.addaudithook(note)
"""
SEALED = (
    'mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd / && '
    'exec setpriv --inh-caps=-all --bounding-set=-all --no-new-privs "$@"'
)


def sealing(folder: Path) -> list[str]:
    """What runs a command with nothing but a folder to write in; nothing where this machine lets no test mount."""
    for namespace in (["unshare", "-m"], ["unshare", "-Urm"]):
        command = [*namespace, "sh", "-c", SEALED, str(folder)]
        if (
            shutil.which("unshare")
            and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
        ):
            return command
    return []


@contextmanager
def sealed_gateway(store: str, folder: Path, hook: Path) -> Iterator[tuple[str, list[str]]]:
    """A gateway of two workers that may write in a folder, and the lines it says."""
    environment = clean_environment(
        {
            "PENSTOCK_UPSTREAM_URL": store,
            "PENSTOCK_CLIENT_ID": "sandbox",
            "PYTHONPATH": os.pathsep.join([str(hook), os.environ.get("PYTHONPATH", "")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": "/nonexistent",
            "TMPDIR": str(folder),
        }
    )
    process = subprocess.Popen(
        [*sealing(folder), sys.executable, "-m", "penstock", "serve", "--workers", "2", "--port", "0"],
        env=environment,
        cwd="/",
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            said.append(line)
            if line.startswith("Penstock serves "):
                break
        url = next(word for line in said for word in line.split() if word.startswith("http://"))
        until_serving = [line for _, line in zip(range(2), process.stderr, strict=False)]
        yield url.partition("/graphql")[0], said + until_serving
        process.send_signal(signal.SIGTERM)
        said += process.communicate(timeout=30)[1].splitlines()
        assert process.returncode == 0, said
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def test_two_workers_write_into_the_temporary_folder_alone(seeded: RunningSandbox, tmp_path: Path) -> None:
    folder, hook = tmp_path / "tmp", tmp_path / "hook"
    folder.mkdir()
    hook.mkdir()
    noted = folder / "noted"
    noted.touch()
    (hook / "sitecustomize.py").write_text(f"PLACE = {str(noted)!r}\n{NOTING}")
    with sealed_gateway(seeded.url, folder, hook) as (url, said):
        answers = [httpx.post(f"{url}/graphql", json={"query": "{ schemaInfo { version } }"}) for _ in range(4)]
        metrics = httpx.get(f"{url}/metrics").text
        explorer = httpx.get(f"{url}/graphql", headers={"accept": "text/html"})

    assert [answer.status_code for answer in answers] == [200] * 4
    assert all(json.loads(line)["event"] == "schema swapped" for line in said if line.startswith("{"))
    assert "penstock_requests_total" in metrics
    assert explorer.status_code == 200
    written = {Path(line) for line in noted.read_text().splitlines()}
    assert any(path.suffix == ".series" for path in written)
    assert {path for path in written if not path.is_relative_to(folder) and path != Path("/dev/null")} == set()
    assert list(folder.iterdir()) == [noted]
