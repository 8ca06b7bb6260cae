"""A program on a pty whose bytes are stamped as they come."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

COLUMNS, LINES = 120, 40
PATIENCE = 30.0


class Cost(NamedTuple):
    """What a key cost: milliseconds from the key to the last byte, and how many bytes."""

    ms: float
    size: int


class Probe:
    """A program under the stop-watch, which runs from just before the program is started.

    Args:
        argv: the program and its arguments.
        env: its whole environment.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.written = bytearray()
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def _read(self, timeout: float) -> bool:
        if not select.select([self._master], [], [], timeout)[0]:
            return False
        try:
            self.written += os.read(self._master, 65536)
        except OSError:  # Linux: the program has ended
            return False
        return True

    def seen(self, text: str, start: int = 0) -> float:
        """Milliseconds from the start of the program until it has written a text.

        Raises:
            TimeoutError: it never did.
        """
        wanted = text.encode()
        while wanted not in self.written[start:]:
            if not self._read(0.5) and time.perf_counter() - self._began > PATIENCE:
                raise TimeoutError(f"{text!r} was never written: {bytes(self.written[-2000:])!r}")
        return (time.perf_counter() - self._began) * 1000

    def quiet(self, seconds: float) -> float:
        """Reads until nothing has come for so long; when the last byte came."""
        last = time.perf_counter()
        while self._read(seconds):
            last = time.perf_counter()
        return last

    def press(self, keys: str, quiet: float = 0.12) -> Cost:
        """What typing something costs; the silence that ends it is not counted.

        Raises:
            RuntimeError: nobody is there to type to.
            TimeoutError: it changes nothing.
        """
        if self._process.poll() is not None:
            raise RuntimeError(bytes(self.written[-2000:]).decode(errors="replace"))
        size, began = len(self.written), time.perf_counter()
        os.write(self._master, keys.encode())
        if not self._read(PATIENCE):
            raise TimeoutError(f"{keys!r} changes nothing")
        first = time.perf_counter()
        last = max(first, self.quiet(quiet) if self._read(quiet) else first)
        return Cost((last - began) * 1000, len(self.written) - size)

    @property
    def mebibytes(self) -> float:
        """Resident memory."""
        with open(f"/proc/{self._process.pid}/statm") as told:
            return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def ended(self) -> float:
        """Milliseconds from the start of the program to its end.

        Raises:
            RuntimeError: it ended badly.
        """
        while self._process.poll() is None:
            self._read(0.001)
        took = (time.perf_counter() - self._began) * 1000
        if self._process.returncode:
            raise RuntimeError(bytes(self.written[-2000:]).decode(errors="replace"))
        return took

    def quit(self, key: str = "q") -> float:
        """Milliseconds from a key to the end of the process."""
        began = time.perf_counter()
        os.write(self._master, key.encode())
        while self._process.poll() is None:
            if not self._read(0.002) and time.perf_counter() - began > PATIENCE:
                raise TimeoutError("it does not end")
        return (time.perf_counter() - began) * 1000
