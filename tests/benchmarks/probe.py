"""A program on a pty whose bytes are stamped as they come, and read as a screen afterwards.

The emulation of a terminal is slow: it never runs while bytes are awaited whose time matters.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

import pyte

COLUMNS, LINES = 120, 40
PATIENCE = 60.0
_UNREAD_BY_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\??[0-9;]*\$[a-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)


class Chunk(NamedTuple):
    """Bytes that came at once, and when, in seconds of `time.monotonic`."""

    at: float
    data: bytes


class Cost(NamedTuple):
    """What a key cost: milliseconds from the key to the last byte, how many bytes, and these one by one."""

    ms: float
    size: int
    chunks: tuple[Chunk, ...]
    pressed: float


class Probe:
    """A program under the stop-watch, which runs from just before the program is started.

    Args:
        argv: the program and its arguments.
        env: its whole environment.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.chunks: list[Chunk] = []
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        self._fed = 0
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
            preexec_fn=_own_the_terminal,
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
            data = os.read(self._master, 65536)
        except OSError:  # Linux: the program has ended
            return False
        self.chunks.append(Chunk(time.monotonic(), data))
        return True

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return sum(len(each.data) for each in self.chunks)

    @property
    def text(self) -> str:
        """The screen, with everything on it that has come."""
        while self._fed < len(self.chunks):
            self._feed()
        return self._told()

    def _feed(self) -> Chunk:
        chunk = self.chunks[self._fed]
        self._fed += 1
        data = self._held + chunk.data
        start = data.rfind(b"\x1b")
        whole = start < 0 or re.match(
            rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*\x07|[^\[\]P])", data[start:]
        )
        self._held = b"" if whole else data[start:]
        self._stream.feed(_UNREAD_BY_PYTE.sub(b"", data if whole else data[:start]))
        return chunk

    def _told(self) -> str:
        rows = self._screen.buffer
        return "\n".join("".join(rows[y][x].data for x in range(COLUMNS)) for y in range(LINES))

    def seen(self, words: str | Callable[[str], bool], patience: float = PATIENCE) -> float:
        """When words stood on the screen, in seconds of the monotonic clock.

        Raises:
            TimeoutError: they never did.
        """

        def holds() -> bool:
            text = self._told()
            return words in text if isinstance(words, str) else words(text)

        deadline = time.monotonic() + patience
        if holds():
            return self.chunks[self._fed - 1].at if self._fed else self.began
        while time.monotonic() < deadline:
            self._read(0.5)
            # Not before there is a moment of silence: what is being written is stamped first.
            self.quiet(0.02, 0.5)
            while self._fed < len(self.chunks):
                chunk = self._feed()
                if holds():
                    return chunk.at
            if self._process.poll() is not None and not self._read(0.01):
                break
        raise TimeoutError(f"{words!r} was never seen:\n{self.text}")

    def since_start(self, words: str | Callable[[str], bool]) -> float:
        """Milliseconds from the start of the program until words stood on the screen."""
        return (self.seen(words) - self.began) * 1000

    @property
    def first_byte(self) -> float:
        """Milliseconds from the start of the program to its first byte."""
        while not self.chunks:
            self._read(0.5)
        return (self.chunks[0].at - self.began) * 1000

    def quiet(self, seconds: float, most: float = PATIENCE) -> None:
        """Reads until nothing has come for so long."""
        deadline = time.monotonic() + most
        while self._read(seconds) and time.monotonic() < deadline:
            pass

    def type(self, keys: str) -> float:
        """Types; when.

        Raises:
            RuntimeError: nobody is there to type to.
        """
        if self._process.poll() is not None:
            raise RuntimeError(f"it has ended:\n{self.text}")
        at = time.monotonic()
        os.write(self._master, keys.encode())
        return at

    def press(self, keys: str, quiet: float = 0.12) -> Cost:
        """What typing something costs; the silence that ends it is not counted.

        Raises:
            TimeoutError: it changes nothing.
        """
        self.quiet(0.02)
        before = len(self.chunks)
        at = self.type(keys)
        if not self._read(PATIENCE / 2):
            raise TimeoutError(f"{keys!r} changes nothing:\n{self.text}")
        self.quiet(quiet)
        chunks = tuple(self.chunks[before:])
        return Cost((chunks[-1].at - at) * 1000, sum(len(each.data) for each in chunks), chunks, at)

    @property
    def mebibytes(self) -> float:
        """Resident memory."""
        with open(f"/proc/{self._process.pid}/statm") as told:
            return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time of all threads so far."""
        total = 0
        for thread in os.listdir(f"/proc/{self._process.pid}/task"):
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{self._process.pid}/task/{thread}/schedstat") as told,
            ):
                total += int(told.read().split()[0])
        return total / 1e6

    def ended(self) -> float:
        """Milliseconds from the start of the program to its end.

        Raises:
            RuntimeError: it ended badly.
        """
        while self._process.poll() is None:
            self._read(0.5)  # the end of the program wakes it
        took = (time.monotonic() - self.began) * 1000
        if self._process.returncode:
            raise RuntimeError(self.text.strip())
        return took

    def quit(self, keys: str = "q") -> float:
        """Milliseconds from a key to the end of the process.

        Raises:
            TimeoutError: it does not end.
        """
        began = self.type(keys)
        while self._process.poll() is None:
            if not self._read(0.5) and time.monotonic() - began > PATIENCE / 6:
                raise TimeoutError("it does not end")
        return (time.monotonic() - began) * 1000

    def signal(self, number: int) -> float:
        """Milliseconds from a signal to the end of the process."""
        began = time.monotonic()
        self._process.send_signal(number)
        while self._process.poll() is None:
            self._read(0.5)
        return (time.monotonic() - began) * 1000


def _own_the_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
