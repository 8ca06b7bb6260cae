"""A screen program that writes only the cells that differ from what stands on the terminal.

Textual 8.2.8 writes every region it repaints, whatever stands there already: a new screen two or three
times over, a screen that is come back to as a whole. On a slow line that is what one waits for. Here a
copy of the terminal is kept, cell by cell, and of each update only the difference is written. While the
terminal stands still (`outlet`) the copy runs ahead of it, and one difference brings it up again.

`App._display` and the two kinds of update are Textual's own affair: this is the only module that knows
them. An update of another kind is written as it is, and then nothing is known of the terminal.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import compress, count, groupby
from operator import ne
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import ControlType, Segment
from rich.style import Style
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Offset, Region, Size
from textual.screen import Screen

from icetui.kept_frame import Rows
from icetui.panes import inlet
from icetui.panes.outlet import LATE, Outlet, install

if TYPE_CHECKING:
    from textual.driver import Driver

_GAP = 7
"""Cells that are the same but cheaper to write again than to jump over: a jump is about so many bytes."""

_ERASE = 4
"""Blanks at the end of a line from which on erasing it is shorter."""

_UNKNOWN = ""
"""In place of a character: what stands there is not known. Every true cell differs from it."""

_HALF = "\0"
"""Begins the right half of a wide character; it tells which, so that halves differ where wholes do."""

_BARE = frozenset({"", "1", "2", "3", *map(str, range(30, 38)), *map(str, range(90, 98))})
"""What cannot be seen on a blank: bold, dim, italic and the terminal's own colours of letters."""


class Copy:
    """What stands on a terminal: a character and a look for each cell."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._chars: list[list[str]] = []
        self._looks: list[list[str]] = []
        # Lines as they stand on the terminal, of those that are to be otherwise.
        self._before: dict[int, tuple[list[str], list[str]]] = {}
        self._codes: dict[Style | None, str] = {}

    @property
    def size(self) -> Size:
        """Of the terminal, as far as it is known."""
        return self._size

    def forget(self) -> None:
        """Nothing is known any more: all of the next update is written."""
        self._size = Size(0, 0)
        self._before = {}

    def stand(self, rows: Rows, size: Size) -> None:
        """Takes what was painted before: the next update writes what differs from it."""
        self._size = size
        self._before = {}
        self._chars = [[" "] * size.width for _ in range(size.height)]
        self._looks = [[""] * size.width for _ in range(size.height)]
        for y, row in enumerate(rows[: size.height]):
            x = 0
            for look, text in row:
                x = self._write(x, y, text, look)

    def rows(self, hidden: Region) -> Rows:
        """What stands on the terminal, but for a region, whose cells are given as blanks.

        Raises:
            ValueError: it is not known.
        """
        width, height = self._size
        rows: Rows = []
        for y in range(height):
            chars, looks = self._chars[y][:], self._looks[y][:]
            if _UNKNOWN in chars:
                raise ValueError("nobody knows what stands there")
            if hidden.y <= y < hidden.bottom:
                chars[hidden.x : hidden.right] = " " * hidden.width
                looks[hidden.x : hidden.right] = [""] * hidden.width
            end = width
            while end and chars[end - 1] == " " and not looks[end - 1]:
                end -= 1
            row: list[tuple[str, str]] = []
            start = 0
            for look, run in groupby(looks[:end]):
                stop = start + len(list(run))
                row.append((look, "".join([c for c in chars[start:stop] if not c.startswith(_HALF)])))
                start = stop
            rows.append(row)
        if not rows:
            raise ValueError("nobody knows what stands there")
        return rows

    def change(self, update: LayoutUpdate | ChopsUpdate, console: Console, size: Size) -> str:
        """Takes over an update; the bytes that bring the terminal there, "" where it is there already.

        Args:
            update: what Textual would write.
            console: knows how many colours there are.
            size: of the terminal.
        """
        self.take(update, console, size)
        return self.difference()

    def take(self, update: LayoutUpdate | ChopsUpdate, console: Console, size: Size) -> None:
        """Takes over an update that is written later, together with others (`difference`); see `change`."""
        if size != self._size:
            self._size = size
            self._before = {}
            self._chars = [[_UNKNOWN] * size.width for _ in range(size.height)]
            self._looks = [[_UNKNOWN] * size.width for _ in range(size.height)]
        before = self._before
        x = y = 0
        for segment in update.__rich_console__(console, console.options):
            assert isinstance(segment, Segment)
            if segment.control:
                for code in segment.control:
                    if len(code) == 3 and code[0] is ControlType.CURSOR_MOVE_TO:
                        x, y = int(code[1]), int(code[2])
                continue
            if segment.text == "\n" or not 0 <= y < size.height:
                continue
            if y not in before:
                before[y] = self._chars[y][:], self._looks[y][:]
            x = self._write(x, y, segment.text, self._look(segment.style, console))

    def _look(self, style: Style | None, console: Console) -> str:
        """A style as the numbers of its escape sequence; none of ours carries a link."""
        codes = self._codes.get(style)
        if codes is None:
            codes = ""
            if style is not None:
                drawn = style.render("x", color_system=console._color_system)
                codes = drawn.partition("m")[0].removeprefix("\x1b[") if drawn != "x" else ""
            parts = codes.split(";")
            if "38" not in parts and "48" not in parts:
                # The terminal's own colours, said or not said, are the same.
                codes = ";".join([part for part in parts if part not in ("39", "49")])
            self._codes[style] = codes
        return codes

    def _write(self, x: int, y: int, text: str, look: str) -> int:
        """Puts text into the copy; where the next goes."""
        cells = _cells(text)
        end = x + len(cells)
        kept = max(0, min(end, self._size.width) - x)
        if look and _bare(look) and " " in text:
            looks = ["" if cell == " " else look for cell in cells]
        else:
            looks = [look] * len(cells)
        if kept:
            chars = self._chars[y]
            # Half a wide character is none: terminals make a blank of what is left of it.
            left, right = x, x + kept
            while left and chars[left].startswith(_HALF):
                left -= 1
            while right < len(chars) and chars[right].startswith(_HALF):
                right += 1
            chars[left:right] = [*" " * (x - left), *cells[:kept], *" " * (right - x - kept)]
            self._looks[y][x : x + kept] = looks[:kept]
        return end

    def difference(self) -> str:
        """The bytes that bring the terminal to what was taken over, "" where it is there already."""
        before, self._before = self._before, {}
        out: list[str] = []
        look = ""
        for y in sorted(before):
            chars, looks = self._chars[y], self._looks[y]
            if before[y] == (chars, looks):
                continue
            old_chars, old_looks = before[y]
            different = sorted(
                {
                    *compress(count(), map(ne, chars, old_chars)),
                    *compress(count(), map(ne, looks, old_looks)),
                }
            )
            look = self._line(out, y, different, look)
        if look:
            out.append("\x1b[0m")
        return "".join(out)

    def _line(self, out: list[str], y: int, different: list[int], look: str) -> str:
        """Writes the cells of one line that differ; the look that is in force afterwards."""
        chars, looks = self._chars[y], self._looks[y]
        blank = len(chars)
        while blank and chars[blank - 1] == " " and not looks[blank - 1]:
            blank -= 1
        n = 0
        while n < len(different):
            start = different[n]
            while (
                n + 1 < len(different)
                and different[n + 1] - different[n] <= _GAP
                # A cell that differs is known; those in a gap may not be.
                and (
                    different[n + 1] - different[n] == 1
                    or _UNKNOWN not in chars[different[n] : different[n + 1]]
                )
            ):
                n += 1
            end = different[n] + 1
            n += 1
            erased = end - max(blank, start) >= _ERASE
            if erased:
                end = max(blank, start)
            out.append(f"\x1b[{y + 1};{start + 1}H")
            for wanted, run in groupby(looks[start:end]):
                stop = start + len(list(run))
                cells = chars[start:stop]
                start = stop
                text = "".join(cells)
                if _HALF in text:
                    text = "".join([cell for cell in cells if not cell.startswith(_HALF)])
                if wanted != look and not (not wanted and _bare(look) and not text.strip(" ")):
                    out.append(_switch(look, wanted))
                    look = wanted
                out.append(text)
            if erased:
                out.append("\x1b[0m\x1b[K" if look else "\x1b[K")
                return ""
        return look


def _switch(old: str, new: str) -> str:
    """From one look to another."""
    if not new:
        return "\x1b[0m"
    return f"\x1b[0;{new}m" if old else f"\x1b[{new}m"


@lru_cache(256)
def _bare(look: str) -> bool:
    """Whether a blank in this look is like any other blank."""
    return _BARE.issuperset(look.split(";"))


def _cells(text: str) -> list[str]:
    """Text by cells: combining characters with what they combine with, wide ones in two halves."""
    return list(text) if text.isascii() else list(_wide(text))


@lru_cache(2048)
def _wide(text: str) -> tuple[str, ...]:
    cells: list[str] = []
    for char in text:
        size = cell_len(char)
        if size:
            cells += [char, *[_HALF + char] * (size - 1)]
        elif cells:
            owner = max(n for n, cell in enumerate(cells) if not cell.startswith(_HALF))
            cells[owner] += char
    size = cell_len(text)
    if len(cells) != size:
        # Characters that are another width together than alone: one thing, written as a whole.
        cells = [text, *[_HALF + text] * (size - 1)] if size else []
    return tuple(cells)


class _Written(CompositorUpdate):
    """An update that has become bytes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(self.text)

    def render_segments(self, console: Console) -> str:
        """The bytes."""
        return self.text


class ThriftyApp(App[int]):
    """A program that writes what differs and nothing else."""

    def __init__(self, *, ansi_color: bool = False) -> None:
        super().__init__(ansi_color=ansi_color)
        install()
        self._copy = Copy()
        self._cursor_written: Offset | None = None

    def _build_driver(self, *given: Any, **named: Any) -> Driver:
        """Nobody waits for a terminal that takes nothing, nor for keys that do not come."""
        driver = super()._build_driver(*given, **named)
        inlet.install(driver)
        return driver

    def forget_terminal(self) -> None:
        """Somebody else has written on the terminal: the next paint is a whole one."""
        self._copy.forget()
        self._cursor_written = None

    def begin_with(self, rows: Rows, size: Size) -> None:
        """This stands on the terminal already, before anything is painted."""
        self._copy.stand(rows, size)

    def picture(self, hidden: Region) -> Rows:
        """What stands on the terminal; a region is left out.

        Raises:
            ValueError: it is not known.
        """
        return self._copy.rows(hidden)

    def on_mount(self) -> None:
        """What a shell wrote meanwhile is not in the copy."""
        self.app_resume_signal.subscribe(self, lambda _: self.forget_terminal())

    def on_resize(self, event: events.Resize) -> None:
        """Terminals do as they please with what stood there. The first size is told, not changed."""
        if event.size != self._copy.size:
            self.forget_terminal()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Writes an update, or what of it differs; see `App._display`, which decides whether to write.

        While the terminal stands still nothing is written: what differs then is written in one piece.
        """
        if renderable is None or not self._is_writing:
            super()._display(screen, renderable)
        elif isinstance(renderable, (LayoutUpdate, ChopsUpdate)):
            self._copy.take(renderable, self.console, self.size)
            super()._display(screen, None if self._is_behind else self._difference())
        else:
            self.forget_terminal()
            super()._display(screen, renderable)

    def _difference(self) -> _Written | None:
        text = self._copy.difference()
        written = _Written(text) if text or self.cursor_position != self._cursor_written else None
        self._cursor_written = self.cursor_position
        return written

    @property
    def _is_behind(self) -> bool:
        """Whether the terminal stands still; when it goes on, `_catch_up` is called."""
        outlet: object = getattr(self._driver, "_writer_thread", None)
        if not isinstance(outlet, Outlet):
            return False
        outlet.drained = self._drained
        return outlet.is_behind

    def _drained(self) -> None:
        self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        """The terminal has taken all: the newest picture, and none of those before it."""
        if self._is_writing and not self._is_behind:
            super()._display(self.screen, self._difference())
        elif self._batch_count:
            self.set_timer(LATE, self._catch_up)

    @property
    def _is_writing(self) -> bool:
        """Whether an update reaches the terminal now."""
        return (
            self._running
            and not self._closed
            and not self._batch_count
            and not self.is_headless
            and self._driver is not None
        )
