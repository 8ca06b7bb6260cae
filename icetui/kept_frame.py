"""The last frame of the list, kept when the program ends and painted first when it starts again.

Textual takes ten times as long to import as Python takes to start. So the picture that the program left
is painted with nothing but this module and the standard library, marked as what it is, and Textual takes
the terminal over from there (`panes.thrift` is told what stands on it, cell by cell).

A frame is for whoever starts the program with the same words, environment and configuration at a
terminal of the same size: anything else, and so any other account, region or colour depth, finds none.
The file is the user's alone. It holds what the list shows and nothing more (`cache = "rows"`); with
``cache = "nothing"`` there is none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from icetui import __version__
from icetui.places import config_path, state_path

TYPE = "icetui frame 1"
"""First line of a file; another number for another form."""

FOLDER = "frames"
MOST_FILES: Final = 24
"""Sizes, profiles and regions for which a frame is kept; the oldest go."""

MOST_BYTES: Final = 1_000_000
"""No terminal is so large: a larger file is not ours."""

MATTERS: Final = (
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_REGION_ID",
    "ICETUI_PROFILE",
    "ICETUI_REGION",
    "HOME",
    "TERM",
    "TERM_PROGRAM",
    "COLORTERM",
    "NO_COLOR",
    "STY",
    "TMUX",
    "TZ",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TEXTUAL_COLOR_SYSTEM",
)
"""What of the environment decides whose rows are shown and how they look. No secret is among it."""

ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
"""The alternate screen, empty, without a cursor."""

LEAVE: Final = "\x1b[0m\x1b[?25h\x1b[?1049l"

ALTERNATE: Final = "\x1b[?1049h"
"""What Textual begins with, and what would clear the frame."""

Run = tuple[str, str]
"""A look, as the numbers of its escape sequence, and text in it."""

Rows = list[list[Run]]
"""A picture: the runs of each line, without the blanks at its end."""


class NotAFrame(Exception):
    """A file that holds no picture for a terminal of this size, or what is not to be painted."""


class KeptFrame:
    """The frame of this start: painted if there is one, and kept anew at the end.

    Args:
        argv: the words the program was started with, without its name.
        environ: of the process.

    Attributes:
        rows: what stands on the terminal; None where nothing was painted.
        size: columns and lines of the terminal it was painted on.
        said: the line that says how old it is, and in what look.
    """

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self.rows: Rows | None = None
        self.size = (0, 0)
        self.said = (0, "")
        self._facts = [TYPE, __version__, *argv, "", *(f"{name}={environ.get(name)}" for name in MATTERS)]
        self._facts += [_content(os.path.join(config_path(), "config.toml")), _aliyun(environ)]
        self._before: list[Any] | None = None
        self._handlers: dict[int, Any] = {}

    # -- before the framework

    def paint(self) -> bool:
        """Paints the frame that was kept, if there is one; the terminal is ours from then on.

        Keys typed from here on wait in the terminal for Textual. A signal gives the terminal back and
        ends the program as it does later.
        """
        try:
            columns, height = os.get_terminal_size(2)
            self.size = columns, height
            with open(self._path(self.size), "rb") as file:
                text = file.read(MOST_BYTES).decode("utf-8", "replace")
                age = _age(os.fstat(file.fileno()).st_mtime)
            rows, self.said = _read(text, self.size)
        except (OSError, NotAFrame):
            # None was kept, or it is not one: then Textual paints the first frame.
            return False
        line, look = self.said
        rows[line] = [(look, f" last session's rows, {age}"[: self.size[0]])]
        if not self._own_terminal():
            return False
        self.rows = rows
        _write(ENTER + "".join(painted(y, row) for y, row in enumerate(rows)))
        return True

    def _own_terminal(self) -> bool:
        import signal
        import termios

        try:
            self._before = termios.tcgetattr(0)
            raw = termios.tcgetattr(0)
            # As Textual has it: no echo, keys at once, Ctrl+C, Ctrl+S and Ctrl+Q are keys.
            raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            raw[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
                self._handlers[number] = signal.signal(number, self._ended)
            termios.tcsetattr(0, termios.TCSANOW, raw)
        except (termios.error, ValueError):  # no terminal to read keys from, or not the main thread
            self._release()
            return False
        return True

    def _ended(self, number: int, _frame: object) -> None:
        self.give_back()
        os._exit(128 + number)

    def _release(self) -> None:
        """Signals do again what they did before."""
        import signal

        for number, handler in self._handlers.items():
            if signal.getsignal(number) == self._ended:
                signal.signal(number, handler)
        self._handlers = {}

    def give_back(self) -> None:
        """The terminal is as it was before the frame, unless Textual has it by now."""
        before, self._before = self._before, None
        if before is None:
            return
        import termios

        try:
            _write(LEAVE)
            termios.tcsetattr(0, termios.TCSANOW, before)
        except (OSError, termios.error):
            pass  # the terminal is gone: there is nothing to give back
        self._release()

    def taken(self) -> list[Any] | None:
        """Textual has the terminal now.

        Returns:
            the settings it is to be given back with; None where no frame was painted.
        """
        before, self._before = self._before, None
        self._release()
        return before

    # -- after the framework

    def keep(self, rows: Rows, size: tuple[int, int], said: tuple[int, str]) -> None:
        """Keeps a picture for the next start. A disk that is full or read-only keeps none.

        Args:
            rows: the picture.
            size: columns and lines.
            said: the line that is to say how old it is, and in what look.
        """
        lines = [TYPE, f"{size[0]} {size[1]} {said[0]} {said[1]}"]
        lines += ["\x1e".join([f"{look}\x1f{_printable(text)}" for look, text in row]) for row in rows]
        path = self._path(size)
        here = os.path.dirname(path)
        fresh = f"{path}.{os.getpid()}"
        try:
            os.makedirs(here, mode=0o700, exist_ok=True)
            os.chmod(here, 0o700)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with open(descriptor, "wb") as file:
                    os.fchmod(descriptor, 0o600)
                    file.write("\n".join(lines).encode())
                os.replace(fresh, path)
            except OSError:
                os.unlink(fresh)
                raise
            _drop_oldest(here)
        except OSError:
            # It is a picture of what the store holds: without it the next start is slower, not poorer.
            return

    def _path(self, size: tuple[int, int]) -> str:
        import hashlib

        facts = "\0".join([*self._facts, f"{size[0]}x{size[1]}"])
        name = hashlib.blake2b(facts.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        return os.path.join(folder(), name)


def folder() -> str:
    """Where they are."""
    return os.path.join(state_path(), FOLDER)


def forget() -> None:
    """Removes every frame: of an account that is logged out, or because nothing is to be kept.

    Raises:
        OSError: one cannot be removed.
    """
    try:
        names = os.listdir(folder())
    except FileNotFoundError:
        return
    for name in names:
        os.unlink(os.path.join(folder(), name))


def _read(text: str, size: tuple[int, int]) -> tuple[Rows, tuple[int, str]]:
    """The picture in a file, and the line that says how old it is, with its look.

    Raises:
        NotAFrame: it is no picture for a terminal of this size, or holds what is not to be painted.
    """
    kind, *lines = text.split("\n")
    told = lines.pop(0).split(" ") if lines else []
    if kind != TYPE or len(told) not in (3, 4) or len(lines) != size[1]:
        raise NotAFrame("of another form")
    if told[:2] != [str(size[0]), str(size[1])] or told[2] not in {str(n) for n in range(size[1])}:
        raise NotAFrame("of another size")
    said = (int(told[2]), "".join(told[3:]))
    rows: Rows = []
    for each in lines:
        runs = [run.partition("\x1f") for run in each.split("\x1e")] if each else []
        rows.append([(look, words) for look, _, words in runs])
    for look, words in [(said[1], ""), *(run for row in rows for run in row)]:
        # The file is ours, but a terminal obeys whoever writes to it.
        if not words.isprintable() or look.strip("0123456789;"):
            raise NotAFrame("not to be painted")
    return rows, said


def painted(y: int, row: Sequence[Run]) -> str:
    """The bytes that write a line, from 0, onto an empty one."""
    if not row:
        return ""
    return f"\x1b[{y + 1};1H" + "".join([f"{_look(look)}{text}" for look, text in row]) + "\x1b[0m"


def _look(look: str) -> str:
    return f"\x1b[0;{look}m" if look else "\x1b[0m"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join([char if char.isprintable() else "?" for char in text])


def _age(since: float) -> str:
    """How old a picture is: coarse, as in the list."""
    import time

    seconds = max(0, int(time.time() - since))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} old"
    return f"{seconds} s old"


def _content(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _aliyun(environ: Mapping[str, str]) -> str:
    """What changes when the aliyun CLI is given another key; its file holds secrets and is not read here."""
    try:
        told = os.stat(os.path.join(environ.get("HOME", ""), ".aliyun", "config.json"))
    except OSError:
        return ""
    return f"{told.st_ino} {told.st_size} {told.st_mtime_ns}"


def _write(text: str) -> None:
    data = text.encode(getattr(sys.__stderr__, "encoding", None) or "utf-8", "replace")
    while data:
        data = data[os.write(2, data) :]


def _drop_oldest(folder: str) -> None:
    paths = [entry.path for entry in os.scandir(folder)]
    for path in sorted(paths, key=lambda path: os.stat(path).st_mtime)[:-MOST_FILES]:
        os.unlink(path)
