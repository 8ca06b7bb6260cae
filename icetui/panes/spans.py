"""Lines of styled text as plain values: what drawings make and `lines_view` shows.

No framework here: a drawing is a value, and big texts are made line by line as they come into view.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Protocol, TypeAlias

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
)
"""The style names a span may have; `palette` says how each looks."""


class Lines(Protocol):
    """Text drawn by visible lines only: its length is known, its lines are made when asked for."""

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


def plain(line: SpanLine) -> str:
    """The text of a line without its styles."""
    return "".join([text for text, _ in line])
