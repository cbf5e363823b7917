"""Opening a page in the browser of whoever sits at the terminal, and knowing when nobody does.

Never here: what is on the page.
"""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Mapping

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def wants_page(chosen: bool | None, environ: Mapping[str, str], platform: str, *, is_terminal: bool) -> bool:
    """Whether to open a page: as chosen, else where somebody is there to see it.

    Args:
        chosen: What the command line says, None where it says nothing.
        environ: The process environment: CI, a remote shell and a missing display speak against it.
        platform: As `sys.platform` has it.
        is_terminal: Whether the output goes to a terminal.
    """
    if chosen is not None:
        return chosen
    if not is_terminal or environ.get("CI"):
        return False
    has_display = any(environ.get(name) for name in _DISPLAYS)
    if platform in ("darwin", "win32"):
        return has_display or not environ.get("SSH_CONNECTION")
    return has_display


async def open_page(url: str) -> bool:
    """Open a page beside whatever else runs; False where there is no browser to open it in."""
    try:
        return await asyncio.to_thread(webbrowser.open, url)
    except (webbrowser.Error, OSError):
        return False
