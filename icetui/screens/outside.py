"""What holds while the screens have given the terminal away for a moment."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Signals that end the program as `q` does."""


@contextlib.contextmanager
def signals_as_elsewhere() -> Iterator[None]:
    """Signals do what they do to any program: the loop stands still and would not hear them."""
    handlers: dict[signal.Signals, Any] = dict.fromkeys(ENDING, signal.SIG_DFL)
    handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    # The loop would find them in its pipe afterwards, and end the program for them.
    pipe = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)
        for number, handler in before.items():
            signal.signal(number, handler)
