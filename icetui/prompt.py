"""Questions a person answers on the terminal, outside the screens; answers may be hidden and long.

The terminal shows nothing by itself from the first question to the last: what is visible is written
from here. So a secret that is pasted together with its ID is not shown either, and neither is one of
more than 4,095 characters cut, which is where `getpass` and every line-wise terminal stop.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import FrameType
from typing import Any

from icetui.errors import Misuse

NO_TERMINAL = "No terminal to ask on. Use `ssh -t`, or --stdin."

_ENTER = b"\r\n"
_BACKSPACE = b"\x7f\x08"
_KILL_LINE = b"\x15"
_END = b"\x04"
_ESCAPE = b"\x1b"


class Dialogue:
    """Asks one question after the other; made by `dialogue`.

    Args:
        read: gives the next bytes that were typed, b"" at their end.
        write: puts bytes on the terminal.
    """

    def __init__(self, read: Callable[[], bytes], write: Callable[[bytes], None]) -> None:
        self._read = read
        self._write = write
        self._typed = b""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """The answer to one question, without white space around it; hidden, nothing of it is shown.

        Raises:
            KeyboardInterrupt: Ctrl+C, Ctrl+D on an empty line, or the terminal is gone.
        """
        self._write(question.encode("utf-8", "replace"))
        answer = bytearray()
        while (key := self._key()) not in _ENTER:
            if key == _END:
                if not answer:
                    self._write(b"\n")
                    raise KeyboardInterrupt
            elif key in _BACKSPACE:
                self._erase(answer, 1, hidden)
            elif key == _KILL_LINE:
                self._erase(answer, len(answer), hidden)
            elif key == _ESCAPE:
                self._skip_sequence()
            elif key >= b" ":
                answer += key
                if not hidden:
                    # One mark for whatever is no letter of an access key, so that it can be erased again.
                    self._write(key if key < b"\x7f" else b"?")
        self._write(b"\n")
        return answer.decode("utf-8", "replace").strip()

    def say(self, line: str) -> None:
        """One line of words."""
        self._write(f"{line}\n".encode("utf-8", "replace"))

    def _key(self) -> bytes:
        if not self._typed:
            self._typed = self._read()
            if not self._typed:
                raise KeyboardInterrupt
        key, self._typed = self._typed[:1], self._typed[1:]
        return key

    def _erase(self, answer: bytearray, count: int, hidden: bool) -> None:
        count = min(count, len(answer))
        if count:
            del answer[-count:]
            if not hidden:
                self._write(b"\b \b" * count)

    def _skip_sequence(self) -> None:
        """An arrow key, or the marks around a paste: no answer holds them."""
        if not self._typed:
            return  # Esc alone
        key = self._key()
        if key in b"[O":
            while not b"@" <= self._key() <= b"~":
                pass


def require_terminal() -> None:
    """Raises `Misuse` unless there is a terminal to ask on."""
    # Questions are words, so they go to stderr; without termios no terminal can be made quiet.
    if not (os.isatty(0) and os.isatty(2) and find_spec("termios")):
        raise Misuse(NO_TERMINAL)


@contextmanager
def dialogue() -> Iterator[Dialogue]:
    """A terminal to ask on; it is as it was afterwards, also after Ctrl+C or a signal.

    Raises:
        Misuse: stdin or stderr is no terminal.
    """
    require_terminal()
    import termios

    before = termios.tcgetattr(0)
    quiet = termios.tcgetattr(0)
    # IEXTEN: else Ctrl+V and the like stay with the terminal.
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    # A shell would show what is typed after Ctrl+Z and `fg`.
    quiet[6][termios.VSUSP] = b"\0"

    def restore() -> None:
        # Flush: the rest of a paste must not become a command of the shell.
        termios.tcsetattr(0, termios.TCSAFLUSH, before)

    with _signals(restore):
        try:
            termios.tcsetattr(0, termios.TCSADRAIN, quiet)
            if sys.stderr is not None:
                sys.stderr.flush()
            yield Dialogue(lambda: os.read(0, 65_536), lambda data: _write_all(2, data))
        finally:
            restore()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextmanager
def _signals(restore: Callable[[], None]) -> Iterator[None]:
    """Ctrl+C raises KeyboardInterrupt even under asyncio, and a signal that ends us restores the terminal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    wanted: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: end,
        signal.SIGHUP: end,
        signal.SIGQUIT: end,
    }
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
