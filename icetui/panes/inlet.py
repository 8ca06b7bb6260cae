"""The way in from the terminal, which can be told to end: whoever leaves does not wait for it.

Textual 8.2.8 looks for keys in a thread that sleeps up to 0.1 s at a time, and once more when it is to end: a
seventh of a second of every end, of every Ctrl+Z and every plain view, in which nothing happens. Here it is
woken. How the driver waits for keys is Textual's own affair; this is the only module that knows it.
"""

from __future__ import annotations

import os
import selectors
import threading
from types import SimpleNamespace
from typing import Any

from textual.drivers import linux_driver


class Inlet(selectors.SelectSelector):
    """Waits for keys until it is ended, and then no more."""

    now: Inlet | None = None
    """The one that waits."""

    def __init__(self) -> None:
        super().__init__()
        self._changing = threading.Lock()
        self._is_ended = self._is_closed = False
        self._bell, self._rope = os.pipe()
        self.register(self._bell, selectors.EVENT_READ)
        Inlet.now = self

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What can be read; nothing, at once, after the end has come."""
        found = super().select(0 if self._is_ended else timeout)
        return [each for each in found if each[0].fd != self._bell]

    def end(self) -> None:
        """Wakes whoever waits."""
        with self._changing:
            self._is_ended = True
            if not self._is_closed:
                os.write(self._rope, b"\0")

    def close(self) -> None:
        """Lets go."""
        with self._changing:
            self._is_closed = True
            super().close()
            os.close(self._bell)
            os.close(self._rope)


def install(driver: Any) -> None:
    """Has a driver wait for keys by an `Inlet`, and wake it when it is to end."""
    if not isinstance(driver, linux_driver.LinuxDriver):
        return
    linux_driver.selectors = SimpleNamespace(  # type: ignore[assignment,attr-defined]  # no public way
        SelectSelector=Inlet, SelectorKey=selectors.SelectorKey, EVENT_READ=selectors.EVENT_READ
    )
    disable = driver.disable_input

    def disable_at_once() -> None:
        if Inlet.now is not None:
            Inlet.now.end()
        disable()

    driver.disable_input = disable_at_once  # type: ignore[method-assign]
