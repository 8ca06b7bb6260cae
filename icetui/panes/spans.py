"""Lines of styled text as plain values: what drawings make and `lines_view` shows.

No framework here: a drawing is a value, and big texts are made line by line as they come into view.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Protocol, TypeAlias, cast

from icetui.clean import width

Span: TypeAlias = tuple[str, str]
"""(text, style name). The text is already cleaned (`decode.clean`); the name is one of `STYLES`."""

SpanLine: TypeAlias = Sequence[Span]

STYLES = (
    "",
    "dim",
    "key",
    "string",
    "number",
    "constant",
    "good",
    "bad",
    "warn",
    "busy",
    "title",
    "link",
    "mark",
    "found",
    "active",
    "gone",
    "come",
)
"""The style names a span may have; `palette` says how each looks."""


class Lines(Protocol):
    """Text drawn by visible lines only: its length is known, its lines are made when asked for.

    Lines may also have `having(text) -> Sequence[int]`, the numbers of the lines that contain a text,
    where there is a faster way to tell than making every line; `whole(y, cells) -> Iterator[SpanLine]`, the
    screen lines of a line that is shown whole, where more is to be said of it than its text; and
    `unsought`, how many spans at the beginning of each line are not looked into when a text is found.
    """

    def __len__(self) -> int:
        """How many lines there are."""

    def line(self, y: int) -> SpanLine:
        """The spans of line `y`, from 0; the same value each time it is asked."""


class Fixed:
    """Lines that are all there already."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Iterable[SpanLine] = ()) -> None:
        self._lines: tuple[SpanLine, ...] = tuple(lines)

    @classmethod
    def of(cls, *lines: SpanLine | str) -> Fixed:
        """From lines where a bare string is one unstyled span."""
        return cls([((line, ""),) if isinstance(line, str) else line for line in lines])

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, y: int) -> SpanLine:
        """The spans of line `y`."""
        return self._lines[y]


class Made:
    """Lines that a function makes from their number: `count` of them."""

    __slots__ = ("_count", "_make")

    def __init__(self, count: int, make: Callable[[int], SpanLine]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    def line(self, y: int) -> SpanLine:
        """The spans of line `y`."""
        if not 0 <= y < self._count:
            raise IndexError(y)
        return self._make(y)


class Joined:
    """Several Lines one below the other; none is copied."""

    __slots__ = ("_ends", "_parts")

    def __init__(self, *parts: Lines) -> None:
        self._parts = tuple(part for part in parts if len(part))
        self._ends = tuple(accumulate(len(part) for part in self._parts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def line(self, y: int) -> SpanLine:
        """The spans of line `y`, asked from the part it stands in."""
        if not 0 <= y < len(self):
            raise IndexError(y)
        part = bisect_right(self._ends, y)
        before = self._ends[part - 1] if part else 0
        return self._parts[part].line(y - before)

    def having(self, text: str) -> Sequence[int]:
        """The lines that contain a text, asked from each part in turn."""
        found: list[int] = []
        for part, end in zip(self._parts, self._ends, strict=True):
            before = end - len(part)
            found += [before + y for y in having(part, text)]
        return found


def plain(line: SpanLine) -> str:
    """The text of a line without its styles."""
    return "".join([text for text, _ in line])


def window(line: SpanLine, left: int, cells: int) -> list[Span]:
    """The part of a line that stands in `cells` cells from cell `left` on.

    A wide character that the border cuts becomes a blank. Where text is left over on the right, the
    last cell is `…`. Only what is visible is measured, so that a line of megabytes costs no more.
    """
    out: list[Span] = []
    skip, room = left, cells
    for text, style in line:
        if not text:
            continue
        if room <= 0 and (text.isascii() or width(text[:1])):
            return _ellipsis(out)
        if text.isascii():
            if skip >= len(text):
                skip -= len(text)
                continue
            piece = text[skip : skip + room]
            over = len(text) > skip + room
            skip = 0
            room -= len(piece)
        else:
            piece, skip, used, over = _piece(text, skip, room)
            room -= used
        if piece:
            out.append((piece, style))
        if over:
            return _ellipsis(out)
    return out


def _piece(text: str, skip: int, room: int) -> tuple[str, int, int, bool]:
    """The visible part of one text: (part, cells still to skip, cells used, whether more follows)."""
    start = 0
    blank = ""
    while skip > 0 and start < len(text):
        cells = width(text[start])
        skip -= cells
        start += 1
    if skip < 0:  # the left border cuts a wide character
        blank, skip = " " * -skip, 0
    while start and start < len(text) and width(text[start]) == 0:
        start += 1  # marks that belong to the character left of the border
    used = len(blank)
    end = start
    while end < len(text):
        cells = width(text[end])
        if used + cells > room:
            return blank + text[start:end] + " " * (room - used), skip, room, True
        used += cells
        end += 1
    return blank + text[start:end], skip, used, False


def _ellipsis(spans: list[Span]) -> list[Span]:
    """The same cells with `…` in the last one."""
    while spans:
        text, style = spans.pop()
        last = len(text)
        while last and width(text[last - 1 :]) == 0:
            last -= 1
        if last:
            lost = width(text[last - 1 :])
            head = text[: last - 1] + " " * (lost - 1)
            if head:
                spans.append((head, style))
            spans.append(("…", "dim"))
            return spans
    return spans


def extent(old: SpanLine, new: SpanLine) -> int:
    """How many cells from the left must be painted again: up to the last one that differs."""
    before = [(char, style) for text, style in old for char in text]
    after = [(char, style) for text, style in new for char in text]
    total = max(width(plain(old)), width(plain(new)))
    if len(before) != len(after):
        return total
    same = 0
    for one, other in zip(reversed(before), reversed(after), strict=True):
        if one != other:
            break
        same += 1
    if same == len(after):
        return 0
    tail = width("".join([char for char, _ in after[len(after) - same :]]))
    return total - tail


def highlighted(line: SpanLine, pattern: re.Pattern[str] | None) -> SpanLine:
    """The line with the style "found" where the pattern matches, over span borders too."""
    if pattern is None:
        return line
    hits = [match.span() for match in pattern.finditer(plain(line)) if match.end() > match.start()]
    if not hits:
        return line
    out: list[Span] = []
    at = 0
    for text, style in line:
        end = at + len(text)
        for start, stop in hits:
            if stop <= at or start >= end:
                continue
            if start > at:
                out.append((text[at - end : start - end], style))
                at = start
            out.append((text[at - end : len(text) if stop >= end else stop - end], "found"))
            at = min(stop, end)
        if at < end:
            out.append((text[at - end :], style))
        at = end
    return out


def pattern(text: str) -> re.Pattern[str] | None:
    """What finds a text, letter case ignored; None for no text."""
    return re.compile(re.escape(text), re.IGNORECASE) if text else None


def having(lines: Lines, text: str) -> Sequence[int]:
    """The numbers of the lines that contain a text, letter case ignored, in order.

    Lines that can tell faster than by being drawn have a method `having` of their own.
    """
    own = getattr(lines, "having", None)
    if own is not None:
        return cast("Sequence[int]", own(text))
    wanted = pattern(text)
    if wanted is None:
        return ()
    return [y for y in range(len(lines)) if wanted.search(plain(lines.line(y)))]


def whole(lines: Lines, y: int, cells: int) -> Iterator[SpanLine] | None:
    """The screen lines of a line that is shown whole, where the lines have some of their own."""
    own = getattr(lines, "whole", None)
    return None if own is None else cast("Iterator[SpanLine]", own(y, cells))


def sought(lines: Lines, line: SpanLine) -> tuple[SpanLine, SpanLine]:
    """A line in two: what is not looked into when a text is found, and what is."""
    unsought = cast(int, getattr(lines, "unsought", 0))
    return line[:unsought], line[unsought:]


def broken(line: SpanLine, cells: int) -> Iterator[SpanLine]:
    """The line in pieces of at most `cells` cells, one after the other as they are asked for.

    It is broken at a blank where one is in the right half of a piece, else between characters.
    """
    text = plain(line)
    cells = max(2, cells)
    if width(text) <= cells if len(text) <= 4 * cells else not text:
        yield line
        return
    at = 0
    rest = _Rest(line)
    while at < len(text):
        end = _fitting(text, at, cells)
        after = end
        if end < len(text):
            if text[end] == " ":
                after = end + 1
            elif (blank := text.rfind(" ", at + (end - at) // 2, end)) >= 0:
                end = after = blank + 1
        yield rest.take(end - at)
        rest.take(after - end)
        at = after


def _fitting(text: str, at: int, cells: int) -> int:
    """Where the longest part from `at` on that takes at most `cells` cells ends."""
    part = text[at : at + cells]
    if part.isascii():
        end = at + len(part)
    else:
        used, end = 0, at
        while end < len(text) and used + width(text[end]) <= cells:
            used += width(text[end])
            end += 1
    while end < len(text) and not text[end].isascii() and width(text[end]) == 0:
        end += 1  # marks stay with their character
    return end


class _Rest:
    """The spans of a line that are not taken yet."""

    def __init__(self, line: SpanLine) -> None:
        self._line = line
        self._span = 0
        self._at = 0

    def take(self, count: int) -> list[Span]:
        """The next `count` characters."""
        out: list[Span] = []
        while count > 0 and self._span < len(self._line):
            text, style = self._line[self._span]
            part = text[self._at : self._at + count]
            if part:
                out.append((part, style))
            count -= len(part)
            self._at += len(part)
            if self._at >= len(text):
                self._span += 1
                self._at = 0
        return out
