"""Reads a Dockerfile into its stages, and the files of its context as the builder would see them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction and what stands behind it, on one line."""

    word: str
    rest: str


def stages() -> list[list[Step]]:
    """The instructions of each stage, `FROM` first."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[list[Step]] = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        if word:
            found[-1].append(Step(word, rest))
    return found


def rest_of(stage: list[Step], word: str) -> list[str]:
    """What stands behind each instruction of this kind."""
    return [step.rest for step in stage if step.word == word]


def sources() -> list[str]:
    """Every path that is copied from the context, in any stage."""
    copies = [rest.split() for stage in stages() for rest in rest_of(stage, "COPY") if "--from" not in rest]
    return [path.removeprefix("./") for words in copies for path in words[:-1]]


def environment(stage: list[Step]) -> dict[str, str]:
    """The variables that a stage sets."""
    pairs = re.findall(r'(\w+)=("[^"]*"|\S+)', " ".join(rest_of(stage, "ENV")))
    return {name: value.strip('"') for name, value in pairs}


def exec_form(text: str) -> list[str]:
    """The words of an instruction in exec form; anything else is a ValueError."""
    words: list[str] = json.loads(text)
    return words
