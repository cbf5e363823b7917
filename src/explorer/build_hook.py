"""Builds the explorer when a wheel is made, or an editable installation, if Node.js is there to do it.

`PENSTOCK_BUILD_EXPLORER` says what is wanted: `auto` (the default) builds it where it can and goes on with a warning
where it cannot, `require` makes that an error, `off` leaves it out. Without it the page takes GraphiQL from elsewhere.

Never here: what is built; that is in the files beside this one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VARIABLE = "PENSTOCK_BUILD_EXPLORER"
SOURCES = ("package.json", "package-lock.json", "tsconfig.json", "*.ts", "*.tsx", "*.css")
OUTPUT = Path("src", "penstock", "http", "built")
MANIFEST = "manifest.json"
MADE_OF = "made-of"
SECONDS = 600
NODE = ((20, 19), (22, 12))
"""The least versions of Node.js that the bundler runs on: of the first line of long support, and from the second on."""
INSTALL = ("ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
BUILD = ("run", "--silent", "build")


class NotBuiltError(Exception):
    """The explorer cannot be built here; the text says why."""


class ExplorerBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # the plugin's configuration has no type of its own
    """Puts the built explorer into the package before its files are gathered."""

    def initialize(self, version: str, build_data: dict[str, list[str]]) -> None:  # noqa: ARG002 (hatchling's interface)
        """Build, unless what is there is made of these very sources.

        Args:
            version: ``standard`` or ``editable``; both get the same.
            build_data: Told about the folder, which version control ignores.
        """
        wanted = os.environ.get(VARIABLE, "auto")
        output = Path(self.root) / OUTPUT
        build_data["artifacts"].append(f"/{OUTPUT.as_posix()}/*")
        if wanted == "off":
            shutil.rmtree(output, ignore_errors=True)
            return
        try:
            build(Path(self.root) / "src" / "explorer", output)
        except (NotBuiltError, OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(output, ignore_errors=True)
            if wanted == "require":
                raise
            self.app.display_warning(f"The explorer was not built, its page will use a CDN: {error}")


def build(sources: Path, output: Path) -> None:
    """Build the explorer in a folder of its own, then put its files, packed, where the package has them.

    Args:
        sources: The folder of the TypeScript project.
        output: Where the files belong; whatever is there is replaced.

    Raises:
        NotBuiltError: Node.js is missing or too old, or one of the two steps failed.
    """
    made_of = digest(sources)
    if (output / MADE_OF).is_file() and (output / MADE_OF).read_text() == made_of:
        return
    npm = find_npm()
    with tempfile.TemporaryDirectory(prefix="penstock-explorer-") as folder:
        place = Path(folder)
        for path in files_of(sources):
            shutil.copy(path, place)
        run([npm, *INSTALL], place)
        run([npm, *BUILD], place)
        pack(place / "built", output, made_of)


def files_of(sources: Path) -> list[Path]:
    """The files that a build is made of, in a fixed order."""
    return sorted(path for pattern in SOURCES for path in sources.glob(pattern))


def digest(sources: Path) -> str:
    """The digest of everything that a build is made of."""
    total = hashlib.sha256()
    for path in files_of(sources):
        total.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def find_npm() -> str:
    """The npm command, with a Node.js beside it that is new enough.

    Raises:
        NotBuiltError: Either is missing, or too old.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotBuiltError("Node.js with npm is not installed")
    said = run([node, "--version"], Path.cwd())
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or not is_new_enough(int(found[1]), int(found[2])):
        raise NotBuiltError(f"Node.js {said.strip()[:20]} is too old; 20.19, 22.12 or a later line can build it")
    return npm


def is_new_enough(major: int, minor: int) -> bool:
    """Whether the bundler runs on this version of Node.js."""
    first, later = NODE
    return (major == first[0] and minor >= first[1]) or (major, minor) >= later


def run(command: list[str], place: Path) -> str:
    """What a command prints.

    Raises:
        NotBuiltError: It failed; the text has its last words.
    """
    done = subprocess.run(  # noqa: S603 (commands of this file's own)
        command, cwd=place, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode != 0:
        words = " ".join(Path(command[0]).name.split() + command[1:2])
        raise NotBuiltError(f"{words} failed: {(done.stderr or done.stdout).strip()[:500]}")
    return done.stdout


def pack(built: Path, output: Path, made_of: str) -> None:
    """Replace the output by the built files, gzipped without a date, the manifest and the licences as they are."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    for path in sorted(built.iterdir()):
        if path.name == MANIFEST or path.suffix == ".txt":
            shutil.copy(path, output)
        else:
            (output / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    (output / MADE_OF).write_text(made_of)
