"""Work on megabytes beside somebody who types.

A thread that makes a million objects stops all others in two ways: the garbage collector walks every
object there is, a quarter of a second at a time, and the interpreter changes threads only each 5 ms.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_BRISK = 0.001
"""Seconds after which another thread gets its turn."""

_lock = threading.Lock()
_state: dict[str, float] = {"at_work": 0, "collects": 0, "turn": 0.0}


@contextmanager
def sparing() -> Iterator[None]:
    """Makes many objects in this thread without stopping the others for long.

    What is made meanwhile is never looked at by the collector again: parsed JSON has no cycles, so it goes
    when nobody holds it any more.
    """
    with _lock:
        if not _state["at_work"]:
            _state["collects"], _state["turn"] = gc.isenabled(), sys.getswitchinterval()
            gc.disable()
            sys.setswitchinterval(_BRISK)
        _state["at_work"] += 1
    try:
        yield
    finally:
        with _lock:
            _state["at_work"] -= 1
            if not _state["at_work"]:
                sys.setswitchinterval(_state["turn"])
                if _state["collects"]:
                    gc.freeze()
                    gc.enable()
