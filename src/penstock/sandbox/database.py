"""The sandbox's database: one SQLite connection, rows in and out, transactions.

Never here: what a row means, HTTP.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import loads
from pathlib import Path

from penstock.sandbox.documents import Document, write_json
from penstock.sandbox.errors import SandboxError
from penstock.sandbox.tables import Table, statements

_FORMAT = 1
_FILE = "sandbox.sqlite3"
_COLUMNS = "id, parent, created, updated, core, custom, related, sequence"


@dataclass(frozen=True, slots=True)
class Row:
    """A stored resource.

    Attributes:
        id: its identifier, unique within its table.
        parent: id of the resource it belongs to, "" for none.
        created: milliseconds since the epoch.
        updated: milliseconds since the epoch.
        core: its own attributes.
        custom: field id → value of its custom fields.
        related: field id → references `{type, id}` of its relationship fields.
        sequence: order of insertion, given by the database.
    """

    id: str
    parent: str
    created: int
    updated: int
    core: Document
    custom: Document = field(default_factory=dict)
    related: Document = field(default_factory=dict)
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Where:
    """A condition: SQL with question marks, and the values for them."""

    sql: str = "1"
    values: tuple[object, ...] = ()

    def __and__(self, other: Where) -> Where:
        """Return the condition that both hold."""
        return Where(f"({self.sql}) AND ({other.sql})", self.values + other.values)


class Database:
    """One connection; every call is short and synchronous."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Keep the open connection."""
        self._connection = connection

    def close(self) -> None:
        """Close the connection; the file stays."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all writes of the block, or none when it raises."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a failed COMMIT may have ended it already
                self._run("ROLLBACK")
            raise

    def insert(self, table: Table, row: Row) -> None:
        """Add a row."""
        self._run(
            f"INSERT INTO {table.name} (id, parent, created, updated, core, custom, related)"  # noqa: S608 (names come from tables.py)
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.id, row.parent, row.created, row.updated, *_documents(row)),
        )

    def replace(self, table: Table, row: Row) -> None:
        """Write a row over the one with the same id."""
        self._run(
            f"UPDATE {table.name} SET parent = ?, created = ?, updated = ?, core = ?, custom = ?, related = ?"  # noqa: S608 (names come from tables.py)
            " WHERE id = ?",
            (row.parent, row.created, row.updated, *_documents(row), row.id),
        )

    def delete(self, table: Table, where: Where) -> int:
        """Remove the rows that meet the condition and return how many there were."""
        return self._run(f"DELETE FROM {table.name} WHERE {where.sql}", where.values).rowcount  # noqa: S608 (names come from tables.py, values are bound)

    def get(self, table: Table, identifier: str) -> Row | None:
        """Return the row of that id, or None."""
        found = self._run(f"SELECT {_COLUMNS} FROM {table.name} WHERE id = ?", (identifier,)).fetchone()  # noqa: S608 (names come from tables.py)
        return None if found is None else _row(found)

    def select(
        self, table: Table, where: Where, *, order: str = "sequence", limit: int = -1, offset: int = 0
    ) -> list[Row]:
        """Return the rows that meet the condition, at most `limit` of them (-1: all), skipping `offset`."""
        found = self._run(
            f"SELECT {_COLUMNS} FROM {table.name} WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 (names come from tables.py, values are bound)
            (*where.values, limit, offset),
        )
        return [_row(columns) for columns in found.fetchall()]

    def count(self, table: Table, where: Where) -> int:
        """Return how many rows meet the condition."""
        (total,) = self._run(f"SELECT count(*) FROM {table.name} WHERE {where.sql}", where.values).fetchone()  # noqa: S608 (names come from tables.py, values are bound)
        return int(total)

    def fact(self, name: str) -> str | None:
        """Return a single remembered text, or None."""
        found = self._run("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def remember(self, name: str, value: str) -> None:
        """Keep a single text under a name."""
        self._run("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))

    def keep_access_token(self, token: str, granted: str, expires: int, now: int) -> None:
        """Keep an access token (seconds since the epoch) and drop the expired ones."""
        self._run("DELETE FROM access_tokens WHERE expires <= ?", (now,))
        self._run("INSERT INTO access_tokens (token, granted, expires) VALUES (?, ?, ?)", (token, granted, expires))

    def access_token(self, token: str) -> tuple[str, int] | None:
        """Return grant and expiry (seconds since the epoch) of an access token, or None."""
        found = self._run("SELECT granted, expires FROM access_tokens WHERE token = ?", (token,)).fetchone()
        return None if found is None else (str(found[0]), int(found[1]))

    def _run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, tuple(values))
        except sqlite3.Error as error:
            raise SandboxError(
                f"The sandbox's database failed ({error}); restart it with another data folder"
            ) from error


def open_database(folder: Path | None) -> Database:
    """Open the database in a folder, making both where they are missing; None keeps it in memory.

    Raises:
        SandboxError: the folder cannot be used or its database cannot be read; the message names the remedy.
    """
    name = ":memory:" if folder is None else str(folder / _FILE)
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        # One thread at a time uses the connection: the one that runs the event loop, which need not be this one.
        connection = sqlite3.connect(
            name, timeout=0.5, isolation_level=None, check_same_thread=False, cached_statements=256
        )
    except (OSError, sqlite3.Error) as error:
        raise SandboxError(
            f"The data folder {folder} cannot be used ({error}); name another one or make it writable"
        ) from error
    try:
        _prepare(connection, folder)
    except BaseException:
        connection.close()
        raise
    return Database(connection)


def _prepare(connection: sqlite3.Connection, folder: Path | None) -> None:
    """Set the connection up and make the tables in a new file."""
    try:
        _execute_all(
            connection, ["PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"]
        )
        ((found,),) = connection.execute("PRAGMA user_version").fetchall()
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        if found == 0 and tables == 0:
            _execute_all(connection, ["BEGIN IMMEDIATE", *statements(), f"PRAGMA user_version = {_FORMAT}", "COMMIT"])
            return
        ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
        if found == _FORMAT:
            connection.execute("SELECT name FROM facts LIMIT 1")
    except sqlite3.Error as error:
        raise SandboxError(_unusable(folder, error)) from error
    if verdict != "ok" or found != _FORMAT:
        raise SandboxError(_unusable(folder, verdict if verdict != "ok" else f"its format is {found}, not {_FORMAT}"))


def _execute_all(connection: sqlite3.Connection, commands: Iterable[str]) -> None:
    for command in commands:
        connection.execute(command)


def _unusable(folder: Path | None, reason: object) -> str:
    place = f"The database in the data folder {folder}"
    if "locked" in str(reason):
        return f"{place} is in use by another sandbox; stop that one or name another folder"
    return f"{place} cannot be used ({reason}); remove {_FILE} there or name another folder"


def _documents(row: Row) -> tuple[str, str, str]:
    return write_json(row.core), write_json(row.custom), write_json(row.related)


def _row(columns: Sequence[str | int]) -> Row:
    identifier, parent, created, updated, core, custom, related, sequence = columns
    return Row(
        str(identifier), str(parent), int(created), int(updated),
        loads(str(core)), loads(str(custom)), loads(str(related)), int(sequence),
    )  # fmt: skip
