"""How far a long piece of work is: a bar on a terminal, nothing but the lines themselves elsewhere.

Never here: the work.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from penstock.cli.saying import say


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[str], None]]:
    """What is called with a line for each part of the work that is done; the lines go to standard output.

    Args:
        total: How many parts there are.
    """
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield say
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task("Applying", total=total)

        def tell(line: str) -> None:
            say(line)
            bar.advance(task)

        yield tell
