"""The way to the terminal, which may stand still: whoever writes never waits for it.

Textual 8.2.8 gives what it writes to a thread through a queue of 30 places. A terminal that takes nothing (a
frozen SSH connection) fills the queue, and then the event loop stands still with it: no key, no answer, no
time-out is what it seems. Here nobody waits: what has been written waits, and `is_behind` says so, so that
frames are not made for nobody (see `thrift`). `WriterThread` is Textual's own affair; this is the only module
that knows it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import IO, Final

from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread

LATE: Final = 0.05
"""Seconds that bytes wait for a terminal before it is one that stands still. Usually they wait for 0.0001."""

PIECE: Final = 4096
"""Bytes of one write: what a terminal takes of it is known only when it has taken all."""

FAREWELL: Final = 0.2
"""Seconds that the last bytes wait for the terminal when the program ends."""


class Outlet(WriterThread):
    """A thread that writes to the terminal what it is given, in order.

    Args:
        file: the terminal.

    Attributes:
        drained: called, in this thread, when all has been taken by a terminal that was behind.
    """

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._encoding = getattr(file, "encoding", None) or "utf-8"
        self._waiting: list[bytes] = []
        self._under_way = 0
        self._news = threading.Condition()
        self._is_ending = self._is_given_up = self._was_behind = False
        # When what waits began to wait, or a piece was taken last; None: nothing waits.
        self._since: float | None = None
        self.drained: Callable[[], None] | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the terminal takes nothing. If so, `drained` is called when it has taken everything."""
        with self._news:
            # Once behind, always behind until all is taken: one more old frame is of no use to anybody.
            if self._since is not None and time.monotonic() - self._since > LATE:
                self._was_behind = True
            return self._was_behind

    @property
    def waiting(self) -> int:
        """Bytes that the terminal has not taken."""
        with self._news:
            return self._under_way + sum(map(len, self._waiting))

    def write(self, text: str) -> None:
        """Hands over text; never waits."""
        if not text:
            return
        with self._news:
            if self._since is None:
                self._since = time.monotonic()
            self._waiting.append(text.encode(self._encoding, "backslashreplace"))
            self._news.notify()

    def stop(self) -> None:
        """Ends the thread once all is written; a terminal that takes nothing is not waited for."""
        with self._news:
            self._is_ending = True
            self._news.notify()
        left = -1
        while self.is_alive() and left != (left := self.waiting):
            self.join(FAREWELL)
        self._is_given_up = True

    def run(self) -> None:
        """Writes until it is ended, or the terminal is gone."""
        fileno = self._file.fileno()
        while data := self._next():
            while data and not self._is_given_up:
                data = data[os.write(fileno, data[:PIECE]) :]
                with self._news:
                    self._under_way = len(data)
                    self._since = time.monotonic()
            self._taken()

    def _next(self) -> memoryview:
        """All that waits; nothing when the end has come."""
        with self._news:
            while not self._waiting and not self._is_ending:
                self._news.wait()
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._under_way = len(data)
            return memoryview(data)

    def _taken(self) -> None:
        with self._news:
            if self._waiting:
                return
            self._since = None
            was_behind, self._was_behind = self._was_behind, False
        if was_behind and self.drained is not None:
            self.drained()


def install() -> None:
    """Has Textual write by an `Outlet` from the next terminal on."""
    linux_driver.WriterThread = Outlet  # type: ignore[attr-defined]  # there is no public way
