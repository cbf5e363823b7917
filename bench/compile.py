"""What a document costs before it runs, and what many fields and many documents do to that.

    python bench/compile.py [--seconds 0.5] [--documents 10,1000,10000]

Parsing, validating and planning one document; the same with 5, 25 and 100 custom fields; a cache of prepared
operations that holds 10, 1 000 and 10 000; one document in ten never seen before.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass

from graphql import DocumentNode, OperationDefinitionNode, parse, specified_rules, validate

from in_process import InProcess, build, compile_or_stop, customer, listing, microseconds, name_of
from penstock.operations.documents import DocumentSettings
from penstock.schema.generation import Generation
from tables import short, table

FIELD_COUNTS = (5, 25, 100)
ROOMY = 1_000_000_000
ID = {"id": "c0ffee00-0000-4000-8000-000000000000"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the measurement."""

    words: str
    text: str


def by_id(selection: str, name: str = "C") -> str:
    return f"query {name}($id: ID!) {{ customer(id: $id) {{ {selection} }} }}"


def eight(name: str = "C") -> str:
    return by_id("id name email " + " ".join([name_of(number) for number in range(5)]), name)


def documents(fields: int) -> list[Document]:
    everything = " ".join([name_of(number) for number in range(fields)])
    nested = "addresses { id line1 city postcode country } orders(first: 10) { nodes { id status payment } }"
    return [
        Document("one customer, 8 fields", eight()),
        Document(f"one customer, all {fields} custom fields", by_id(everything)),
        Document(
            "20 customers, addresses, orders", f"query N {{ customers(first: 20) {{ nodes {{ id name {nested} }} }} }}"
        ),
        Document(
            "one update",
            "mutation U($id: ID!, $name: String!) { customerUpdate(id: $id, input: { name: $name }) "
            "{ customer { id name } userErrors { code message } } }",
        ),
    ]


def best_of(work: Callable[[], object], seconds: float) -> float:
    """CPU microseconds of one piece of work."""
    best, until = float("inf"), time.process_time() + seconds
    while time.process_time() < until:
        started = time.process_time_ns()
        work()
        best = min(best, (time.process_time_ns() - started) / 1e3)
    return best


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    return next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))


def steps(generation: Generation, text: str, seconds: float) -> list[float]:
    parsed = parse(text)
    operation = operation_of(parsed)
    return [
        best_of(lambda: parse(text), seconds),
        best_of(lambda: validate(generation.schema, parsed, list(specified_rules)), seconds),
        best_of(lambda: compile_or_stop(generation, parsed, operation), seconds),
    ]


def show_steps(seconds: float) -> None:
    generation = build(25)
    rows = []
    for document in documents(25):
        found = steps(generation, document.text, seconds)
        rows.append([document.words, *[short(value) for value in (*found, sum(found))]])
    print("\n### A document, once, CPU µs\n")
    print(table(["document", "parse", "validate", "plan", "together"], rows))


async def show_fields(seconds: float) -> None:
    rows = []
    for fields in FIELD_COUNTS:
        building = best_of(lambda fields=fields: build(fields), seconds)
        generation = build(fields)
        one = listing([customer(0, fields)]).replace(b'"data": [', b'"data": ', 1).replace(b"}], ", b"}, ", 1)
        gateway = InProcess(generation, one)
        cells = [str(fields), short(building / 1e3)]
        for document in documents(fields)[:2]:
            text = document.text
            prepared = sum(steps(generation, text, seconds))
            running = await microseconds(lambda gateway=gateway, text=text: gateway.run(text, ID), seconds)
            cells += [short(prepared), f"{running:.1f}"]
        rows.append(cells)
    print("\n### Growth with custom fields\n")
    heads = ["custom fields", "build ms", "8 fields: prepare µs", "run µs", "all fields: prepare µs", "run µs"]
    print(table(heads, rows))


async def show_cache(counts: list[int], seconds: float) -> None:
    one = b'{"data": {"id": "c1", "name": "Ines", "email": "ines@example.test"}}'
    rows = []
    for count in counts:
        settings = DocumentSettings(cache_entries=count, cache_characters=ROOMY)
        gateway = InProcess(build(5), one, settings=settings)
        texts = [eight(f"Q{number}") for number in range(count)]
        gateway.documents.prepare(eight("First"), None)
        gc.collect()
        tracemalloc.start()
        for text in texts:
            gateway.documents.prepare(text, None)
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        turn = itertools.cycle(texts)
        found = await microseconds(lambda gateway=gateway, turn=turn: gateway.run(next(turn), ID), seconds)
        collecting = best_of(gc.collect, 0.1) / 1e3
        rows.append(
            [
                f"{len(gateway.documents)}",
                f"{found:.1f}",
                short(kept / 1e6),
                short(kept / count / 1e3),
                short(collecting),
            ]
        )
    print("\n### Growth with documents in the cache, asked for in turn\n")
    print(table(["documents", "run CPU µs", "MB together", "kB each", "full collection ms"], rows))


async def show_mix(seconds: float) -> None:
    one = b'{"data": {"id": "c1", "name": "Ines", "email": "ines@example.test"}}'
    rows = []
    for fresh in (0, 1, 10):
        gateway = InProcess(build(12), one, settings=DocumentSettings())
        numbers = itertools.count()

        def text(numbers: itertools.count[int] = numbers, fresh: int = fresh) -> str:
            number = next(numbers)
            return eight(f"F{number}") if number % 10 < fresh else eight()

        found = await microseconds(lambda gateway=gateway, text=text: gateway.run(text(), ID), seconds * 4)
        rows.append([f"{fresh * 10} %", f"{found:.1f}"])
    print("\n### Documents never seen before\n")
    print(table(["share of requests", "CPU µs a request, without door and network"], rows))


async def measure(options: argparse.Namespace) -> None:
    show_steps(options.seconds)
    await show_fields(options.seconds)
    await show_cache([int(count) for count in options.documents.split(",")], options.seconds)
    await show_mix(options.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=0.5, help="of CPU for one figure")
    parser.add_argument("--documents", default="10,1000,10000", help="how many the cache holds; with commas")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
