"""Where counted numbers are kept: in this process's memory, or in files that all workers of a gateway read.

A series is a run of numbers with a table's name and label values. In memory it is a part of a list. Shared, it is a
part of a mapped file of the worker's own, so that counting stays an addition; whoever is scraped reads the files of
all. What a worker counted stays there when it ends, so that sums never fall.

Only the event loop's thread may count.

Never here: what is counted, how numbers are shown.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from penstock.errors import OperatorError

_CAPACITY = 131_072
"""Numbers a worker can keep: a sparse mebibyte. Series beyond that are not opened."""
_NUMBER = 8
_NUMBERS = ".numbers"
_SERIES = ".series"

Labels: TypeAlias = tuple[str, ...]


class Numbers(Protocol):
    """Numbers by place, as a list or a mapped file has them."""

    def __getitem__(self, place: int, /) -> float:
        """The number at a place."""
        ...

    def __setitem__(self, place: int, value: float, /) -> None:
        """Put a number at a place."""
        ...


class Series(msgspec.Struct, frozen=True, array_like=True):
    """Whose numbers stand where, as a line of a worker's file."""

    table: str
    labels: Labels
    place: int
    size: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker has counted.

    Attributes:
        tables: Table → label values → the numbers.
        is_own: Whether this worker is the one that reads.
    """

    tables: dict[str, dict[Labels, list[float]]]
    is_own: bool


class Slots(Protocol):
    """Keeps numbers.

    Attributes:
        numbers: All of them; a series has its run.
    """

    numbers: Numbers

    def open(self, table: str, labels: Labels, size: int) -> int | None:
        """The place of a new series' first number, all of them 0; None where there is no room left."""
        ...

    def shares(self) -> Iterable[Share]:
        """What every worker has counted, this one first."""
        ...


class OwnSlots:
    """Numbers of a process that is alone."""

    def __init__(self) -> None:
        self._kept: list[float] = []
        self._series: list[Series] = []
        self.numbers: Numbers = self._kept

    def open(self, table: str, labels: Labels, size: int) -> int | None:
        """See `Slots.open`."""
        place = len(self._kept)
        self._kept.extend([0.0] * size)
        self._series.append(Series(table, labels, place, size))
        return place

    def shares(self) -> Iterator[Share]:
        """See `Slots.shares`."""
        yield Share(_runs(self._series, self._kept), is_own=True)


class SharedSlots:
    """Numbers of one worker of several, in a folder that all of them have.

    Args:
        folder: The folder, there already.
        worker: A name that no other worker has or had, of letters, digits and hyphens.

    Raises:
        OperatorError: The folder cannot be written to.
    """

    def __init__(self, folder: Path, worker: str) -> None:
        self._folder = folder
        self._own = folder / f"{worker}{_NUMBERS}"
        self._series = self._own.with_suffix(_SERIES)
        self._used = 0
        self._encode = msgspec.json.Encoder().encode
        try:
            self._series.touch()
            with self._own.open("w+b") as file:
                file.truncate(_CAPACITY * _NUMBER)
                self._map = mmap.mmap(file.fileno(), _CAPACITY * _NUMBER)
        except OSError as error:
            raise OperatorError(f"The folder {folder} for what workers count cannot be used: {error}.") from error
        self.numbers: Numbers = memoryview(self._map).cast("d")

    def open(self, table: str, labels: Labels, size: int) -> int | None:
        """See `Slots.open`."""
        place = self._used
        if place + size > _CAPACITY:
            return None
        self._used += size
        try:
            with self._series.open("ab") as file:
                file.write(self._encode(Series(table, labels, place, size)) + b"\n")
        except OSError:
            return None
        return place

    def shares(self) -> Iterator[Share]:
        """See `Slots.shares`."""
        for path in sorted(self._folder.glob(f"*{_NUMBERS}"), key=lambda path: path != self._own):
            try:
                series = [msgspec.json.decode(line, type=Series) for line in _lines(path.with_suffix(_SERIES))]
                used = max((one.place + one.size for one in series), default=0)
                with path.open("rb") as file:
                    numbers = memoryview(file.read(used * _NUMBER)).cast("d")
            except (OSError, msgspec.DecodeError, TypeError):
                continue
            yield Share(_runs(series, numbers), is_own=path == self._own)


def _lines(path: Path) -> list[bytes]:
    """Every line that is whole: the last one may be under way."""
    return path.read_bytes().split(b"\n")[:-1]


def _runs(series: Iterable[Series], numbers: list[float] | memoryview[float]) -> dict[str, dict[Labels, list[float]]]:
    tables: dict[str, dict[Labels, list[float]]] = {}
    for one in series:
        tables.setdefault(one.table, {})[one.labels] = list(numbers[one.place : one.place + one.size])
    return tables
