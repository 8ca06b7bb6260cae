"""A terminal for tests: a program on a pty, its screen read by pyte, its bytes counted.

Nothing here sleeps for a fixed time: it waits for a condition, with a deadline that fails the test.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

ENTER, ESC, TAB = "\r", "\x1b", "\t"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"

_UNREAD_BY_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\??[0-9;]*\$[a-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
"""Kitty key modes, mode queries, OSC: pyte would print their tails as text."""


class NotSeen(AssertionError):
    """What a test waited for did not come before the deadline; the message shows the screen."""


class _Screen(pyte.Screen):
    """A screen that is cleared when the alternate one comes or goes, which pyte does not know."""

    def set_mode(self, *modes: int, **kwargs: bool) -> None:
        super().set_mode(*modes, **kwargs)
        self._switch(modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: bool) -> None:
        super().reset_mode(*modes, **kwargs)
        self._switch(modes, **kwargs)

    def _switch(self, modes: Sequence[int], *, private: bool = False) -> None:
        if private and 1049 in modes:
            self.erase_in_display(2)
            self.cursor_position()


class Terminal:
    """A program on a pty of a fixed size.

    Args:
        argv: the program and its arguments.
        columns: width in cells.
        lines: height.
        env: added to the environment, which is otherwise the caller's without colour and tmux words.
        patience: seconds to wait for anything before the test fails.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        env: Mapping[str, str] | None = None,
        patience: float = 20.0,
    ) -> None:
        self.patience = patience
        self.screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._held = b""
        self.raw = bytearray()
        """All bytes the program has written."""
        self._master, slave = os.openpty()
        self.resize(columns, lines)
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**_environment(), **(env or {})},
            start_new_session=True,
            preexec_fn=_own_the_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def resize(self, columns: int, lines: int) -> None:
        """Gives the window another size; the program gets SIGWINCH."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def send(self, keys: str | bytes) -> None:
        """Types. See the constants of this module for keys that are not characters."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def pump(self, timeout: float = 0.0) -> int:
        """Reads what the program has written; waits `timeout` s for the first byte. How many bytes."""
        got = 0
        while select.select([self._master], [], [], timeout)[0]:
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # Linux: EIO once the program has ended
                break
            if not piece:
                break
            got += len(piece)
            self.raw += piece
            self._feed(piece)
            timeout = 0.0
        return got

    def _feed(self, piece: bytes) -> None:
        data = self._held + piece
        # An escape sequence may be cut by the read: its beginning waits for the rest.
        start = data.rfind(b"\x1b")
        complete = start < 0 or re.match(
            rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*\x07|[^\[\]P])", data[start:]
        )
        self._held = b"" if complete else data[start:]
        self._stream.feed(_UNREAD_BY_PYTE.sub(b"", data if complete else data[:start]))

    def wait(self, seen: str | Callable[[], bool], timeout: float | None = None) -> None:
        """Reads until the text stands on the screen, or the condition holds.

        Raises:
            NotSeen: it did not within the deadline.
        """

        def holds() -> bool:
            return seen in self.text if isinstance(seen, str) else seen()

        deadline = time.monotonic() + (self.patience if timeout is None else timeout)
        while not holds():
            left = deadline - time.monotonic()
            if left <= 0 or (self.pump(min(left, 0.05)) == 0 and self.ended and not holds()):
                state = f"ended with {self.process.returncode}" if self.ended else "is running"
                raise NotSeen(f"not seen: {seen!r}; the program {state}; screen:\n{self.text}")

    def quiet(self, seconds: float = 0.25) -> int:
        """Reads until nothing came for so long. How many bytes came.

        Raises:
            NotSeen: the program never falls silent.
        """
        got = 0
        deadline = time.monotonic() + self.patience
        while piece := self.pump(seconds):
            got += piece
            if time.monotonic() > deadline:
                raise NotSeen(f"never quiet: {got} bytes; screen:\n{self.text}")
        return got

    def cost(self, keys: str | bytes, seconds: float = 0.25) -> int:
        """Bytes that typing something makes the program write, from quiet to quiet; not for silent keys.

        Raises:
            NotSeen: the program wrote nothing before the deadline.
        """
        self.quiet(seconds)
        before = len(self.raw)
        self.send(keys)
        self.wait(lambda: len(self.raw) > before)
        self.quiet(seconds)
        return len(self.raw) - before

    @property
    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(self.rows)

    @property
    def rows(self) -> list[str]:
        """The lines of the screen, blanks at their ends removed."""
        return [self._row(y).rstrip() for y in range(self.screen.lines)]

    def _row(self, y: int) -> str:
        """A line of the screen; `Screen.display` breaks on half a wide character, between two reads."""
        cells = [self.screen.buffer[y][x].data for x in range(self.screen.columns)]
        row, x = "", 0
        while x < len(cells):
            row += cells[x] or " "
            x += 2 if cells[x] and pyte.screens.wcwidth(cells[x][0]) == 2 else 1
        return row

    @property
    def ended(self) -> bool:
        """Whether the program has ended."""
        return self.process.poll() is not None

    def end(self) -> int:
        """Waits for the program to end by itself; its exit status."""
        self.wait(lambda: self.ended)
        return self.process.wait()

    def close(self) -> None:
        """Ends the program, if need be by force, and closes the pty."""
        with contextlib.suppress(ProcessLookupError):
            if not self.ended:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._master)


@contextlib.contextmanager
def running(argv: Sequence[str], *, ready: str, **options: object) -> Iterator[Terminal]:
    """A program that has painted `ready` and fallen silent; it is ended afterwards."""
    with Terminal(argv, **options) as terminal:  # type: ignore[arg-type]  # passed on as they are
        terminal.wait(ready)
        terminal.quiet()
        yield terminal


def _own_the_terminal() -> None:
    """Makes the pty the controlling terminal, as a shell's is: SIGWINCH, ^C and hang-ups arrive."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _environment() -> dict[str, str]:
    """The caller's environment with a plain xterm and none of the words that change what is drawn."""
    dropped = ("NO_COLOR", "COLORTERM", "TMUX", "STY", "COLUMNS", "LINES", "CI", "LC_ALL")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("TEXTUAL", "SSH_", "ICETUI_"))
    }
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
