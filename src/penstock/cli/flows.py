"""``penstock flows``: a store's flows and fields as a file declares them.

Never here: how a plan is made, how it is written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from penstock.app import FlowStore, flow_store, impact_of, require_secret, require_store, settled_names, store_rules
from penstock.cli.arguments import Arguments
from penstock.cli.changes import printable
from penstock.cli.flow_plan import done_line, otherwise_line, plan_as_json, show_plan
from penstock.cli.progress_bar import progress_bar
from penstock.cli.saying import say
from penstock.cli.servers import ended_as_interrupted, run
from penstock.definitions.flow_file import (
    MOST_CHARACTERS,
    DeclaredStore,
    FlowPlan,
    Step,
    hold,
    plan_flows,
    read_flow_file,
    write_flow_file,
)
from penstock.errors import OperatorError, PenstockError
from penstock.schema.foresight import Foresight
from penstock.settings import Settings
from penstock.upstream.flow_steps import Progress

_STANDARD = "-"
_FAILED = 1
_OPERATOR = 2
_MOST_FAULTS = 100
_MOST_BYTES = 4 * MOST_CHARACTERS


def work_on_flows(arguments: Arguments, settings: Settings) -> int | None:
    """Do what a verb of ``penstock flows`` says; its exit code, None for 0."""
    return _VERBS[arguments.flows_command](arguments, settings)


def plan(arguments: Arguments, settings: Settings) -> int:
    """Print what would bring the store to what the file declares.

    Returns:
        2 where the file asks for what upstream would not do, 1 where a check finds a difference.

    Raises:
        OperatorError: The file or a setting cannot be used.
        UpstreamError: The store cannot be read.
        DefinitionError: What the file declares makes no schema.
    """
    declared = _read_file(arguments.file)
    if declared is None:
        return _OPERATOR
    plans: list[FlowPlan] = []

    async def main() -> None:
        async with flow_store(settings) as store:
            found, impact = await _plan(store, declared, destroy=arguments.allow_destroy)
        show = plan_as_json if arguments.format == "json" else show_plan
        print(show(found, impact, destroy=arguments.allow_destroy))
        plans.append(found)

    run(main)
    if plans[0].forbidden:
        return _OPERATOR
    return _FAILED if arguments.check and plans[0].steps else 0


def apply(arguments: Arguments, settings: Settings) -> int:
    """Bring the store to what the file declares; what is done is told as it is done.

    Returns:
        2 where the file asks for what upstream would not do: nothing is written then. 1 where a write failed.

    Raises:
        OperatorError: The file or a setting cannot be used.
        UpstreamError: The store cannot be read.
        DefinitionError: What the file declares makes no schema; nothing is written then.
    """
    declared = _read_file(arguments.file)
    if declared is None:
        return _OPERATOR
    require_store(settings)
    require_secret(settings)
    progress = Progress(())
    plans: list[FlowPlan] = []

    async def main() -> None:
        async with flow_store(settings) as store:
            found, impact = await _plan(store, declared, destroy=arguments.allow_destroy)
            plans.append(found)
            say(show_plan(found, impact, destroy=arguments.allow_destroy))
            writes = found.writes(destroy=arguments.allow_destroy)
            if writes and not found.forbidden:
                await _take(store, writes, progress)

    try:
        with ended_as_interrupted():
            run(main)
    except (KeyboardInterrupt, PenstockError) as error:
        if not progress.steps:
            raise
        is_ours = isinstance(error, PenstockError)
        progress.failure = str(error) if is_ours else "interrupted"
        progress.is_unsure = progress.under_way and not is_ours
    return _OPERATOR if plans and plans[0].forbidden else _conclude(progress)


async def _plan(store: FlowStore, declared: DeclaredStore, *, destroy: bool) -> tuple[FlowPlan, Foresight | None]:
    """The plan, and what it does to the schema; None where nothing would be written."""
    documents = await store.documents()
    found = plan_flows(declared, hold(documents), store_rules())
    writes = found.writes(destroy=destroy)
    if not writes:
        return found, None
    lock, look = await settled_names(store.settings)
    return found, impact_of(documents, writes, lock, look)


async def _take(store: FlowStore, writes: Sequence[Step], progress: Progress) -> None:
    say()
    progress.steps = writes
    with progress_bar(len(writes)) as tell:
        await store.take(progress, lambda step: tell(done_line(step)))


def _conclude(progress: Progress) -> int:
    """Say how it ended."""
    for step, parts in progress.otherwise:
        print(f"penstock: warning: {otherwise_line(step, parts)}", file=sys.stderr)
    total = len(progress.steps)
    if progress.failure is None:
        if total:
            say(f"\nDone: {total} of {total}.")
        return 0
    at = progress.steps[progress.done] if progress.done < total else None
    where = f"{at.kind.value} {at.subject} {at.name}: " if at is not None else ""
    unsure = " It may have been done nevertheless." if progress.is_unsure else ""
    print(
        f"penstock: {where}{progress.failure.rstrip('.')}.{unsure} "
        f"{progress.done} of {total} are done; run it again for the rest.",
        file=sys.stderr,
    )
    return _FAILED


def export(arguments: Arguments, settings: Settings) -> None:
    """Write the file that declares the store as it is.

    Raises:
        OperatorError: A setting or the file cannot be used.
        UpstreamError: The store cannot be read.
    """
    texts: list[str] = []

    async def main() -> None:
        async with flow_store(settings) as store:
            texts.append(write_flow_file(hold(await store.documents())))

    run(main)
    if arguments.file == _STANDARD:
        sys.stdout.write(texts[0])
        return
    try:
        Path(arguments.file).write_text(texts[0], encoding="utf-8")
    except (OSError, ValueError) as error:
        raise OperatorError(f"{arguments.file!r} cannot be written: {_reason(error)}; give another one.") from error


def _read_file(path: str) -> DeclaredStore | None:
    """What a file declares; None where something is wrong with it, all of which has been told then."""
    try:
        data = _read_bytes(path)
        text = data.decode("utf-8-sig") if len(data) <= _MOST_BYTES else ""
    except (OSError, ValueError) as error:
        raise OperatorError(f"{path!r} cannot be read: {_reason(error)}; give a YAML file, or - .") from error
    if len(data) > _MOST_BYTES:
        raise OperatorError(f"{path!r} has more than {_MOST_BYTES:,} bytes; give a YAML file, or split the store.")
    read = read_flow_file(text)
    for fault in read.faults[:_MOST_FAULTS]:
        print(f"{path}:{fault.line}: {printable(fault.message)}", file=sys.stderr)
    if len(read.faults) > _MOST_FAULTS:
        print(f"{path}: and {len(read.faults) - _MOST_FAULTS} more.", file=sys.stderr)
    return None if read.faults else read.declared


def _read_bytes(path: str) -> bytes:
    """All of a file, or more than may be in one."""
    if path == _STANDARD:
        return sys.stdin.buffer.read(_MOST_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _reason(error: OSError | ValueError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is no UTF-8 text, or no path"


_VERBS: Mapping[str, Callable[[Arguments, Settings], int | None]] = {"plan": plan, "apply": apply, "export": export}
