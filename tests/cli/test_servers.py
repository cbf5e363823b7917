"""Signals that end a command."""

from __future__ import annotations

import signal

import pytest

from penstock.cli.servers import ended_as_interrupted


@pytest.mark.parametrize("ctrl_c", [signal.default_int_handler, signal.SIG_IGN], ids=["heeded", "ignored"])
def test_the_signal_that_ends_counts_where_ctrl_c_is_ignored_too(ctrl_c: signal.Handlers) -> None:
    before = signal.signal(signal.SIGINT, ctrl_c)
    try:
        with pytest.raises(KeyboardInterrupt), ended_as_interrupted():
            signal.raise_signal(signal.SIGTERM)
        after = signal.getsignal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before)

    assert after is signal.SIG_DFL
