"""Text of any length, drawn by visible lines only."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from icetui.clean import width
from icetui.panes.flow import Flow, Spot
from icetui.panes.job_line import SIGNS
from icetui.panes.moves import moves
from icetui.panes.palette import palette, selected, strip
from icetui.panes.quiet import Quiet
from icetui.panes.spans import (
    Fixed,
    Lines,
    SpanLine,
    extent,
    having,
    highlighted,
    pattern,
    plain,
    sought,
    window,
)

_GUTTER = 2
_WHEEL = 3
_SHORT = 4_000
"""Characters of a line that is searched whole each time it is drawn; of a longer one what is visible."""


class _Drawn(NamedTuple):
    """All that a screen line shows: two that are equal need no painting."""

    spans: SpanLine
    selected: bool
    focused: bool


class LinesView(ScrollView, Quiet, can_focus=True):
    """Shows `Lines`: scrolls, finds, wraps, optionally has a cursor line.

    A line that is too long ends in `…`; `>` and `<` (or Shift+→ and Shift+←) scroll sideways, `w` wraps.
    → and ← scroll sideways too while there is text on that side; else they are anyone's (open, back).
    """

    DEFAULT_CSS = """
    LinesView { height: 1fr; overflow: hidden hidden; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *moves("move", "line"),
        Binding(
            "greater_than_sign,》,shift+right",
            "sideways(1)",
            "right",
            id="lines.right",
            show=False,
            tooltip="Scroll right, where lines are longer than the pane.",
        ),
        Binding(
            "less_than_sign,《,shift+left",
            "sideways(-1)",
            "left",
            id="lines.left",
            show=False,
            tooltip="Scroll back left.",
        ),
        Binding(
            "right",
            "sideways(1, True)",
            "right",
            id="lines.right.arrow",
            show=False,
            tooltip="Scroll right while there is more.",
        ),
        Binding(
            "left",
            "sideways(-1, True)",
            "left",
            id="lines.left.arrow",
            show=False,
            tooltip="Scroll back left, then go back.",
        ),
        Binding("enter,l", "open", "open", id="lines.open", show=False, tooltip="Open what the line names."),
        Binding("space", "mark", "mark", id="lines.mark", show=False, tooltip="Mark the line, or unmark it."),
    ]

    class Of(Message):
        """Something about a line of a view."""

        def __init__(self, view: LinesView, y: int) -> None:
            super().__init__()
            self.view = view
            self.y = y

        @property
        def control(self) -> LinesView:
            """The view, for `@on` selectors."""
            return self.view

    class Pointed(Of, namespace="lines_view"):
        """The cursor came to another line; without a cursor: the text was scrolled."""

    class Activated(Of, namespace="lines_view"):
        """Enter, `l`, or a click on the cursor line."""

    class Marked(Of, namespace="lines_view"):
        """A line was marked or unmarked."""

    def __init__(
        self,
        lines: Lines | None = None,
        *,
        cursor: bool = False,
        whole: bool = False,
        ascii_only: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A view.

        Args:
            lines: what to show first.
            cursor: whether one line is chosen (transcripts, subjobs), else the text just scrolls.
            whole: whether the chosen line takes as many screen lines as it needs.
            ascii_only: only ASCII for our own signs.
            id: of the widget.
            classes: of the widget.
        """
        super().__init__(id=id, classes=classes)
        self.lines: Lines = Fixed() if lines is None else lines
        self.tells: Callable[[], None] | None = None
        """Called at once where the point moves, so that what a bar says of it is in the same frame."""
        self._cursor = cursor
        self._whole = whole
        self._ascii = ascii_only
        self._wrap = False
        self._marks: frozenset[int] = frozenset()
        self._chosen = 0
        self._top = Spot(0)  # on the first screen line
        self._left = 0
        self._sought = ""
        self._pattern: re.Pattern[str] | None = None
        self._hits: Sequence[int] | None = ()
        self._hit = -1  # line of the hit gone to last
        self._spans: dict[Spot, SpanLine] = {}
        self._flowing: Flow | None = None
        self._painted: dict[int, _Drawn] = {}

    @property
    def _line(self) -> int:
        """The cursor's line."""
        return self._chosen

    @_line.setter
    def _line(self, y: int) -> None:
        before, self._chosen = self._chosen, y
        if y == before or not self._whole:
            return
        self._flowing = None
        for spot in [each for each in self._spans if each.y in (before, y)]:
            del self._spans[spot]
        if self._top.piece and self._top.y != y:
            self._top = Spot(self._top.y)

    # --- what it is given --------------------------------------------------------------------------

    def show(self, lines: Lines, *, keep: bool = False) -> None:
        """Shows other text; lines that stay the same are not painted.

        Args:
            lines: the text.
            keep: the place, marks and what is found stay (the same thing, read again); else it starts
                at the top.
        """
        self.lines = lines
        self._forget()
        if not keep:
            self._line = self._left = 0
            self._top = Spot(0)
            self._marks = frozenset()
            self._hit = -1
        self._hits = None
        self._settle()

    @property
    def cursor(self) -> bool:
        """Whether one line is chosen; setting it repaints."""
        return self._cursor

    @cursor.setter
    def cursor(self, cursor: bool) -> None:
        if cursor != self._cursor:
            self._cursor = cursor
            self._line = self._top.y
            self._forget()
            self._settle()

    @property
    def wrap(self) -> bool:
        """Whether long lines are wrapped; setting it repaints."""
        return self._wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        if wrap != self._wrap:
            self._wrap = wrap
            self._top = Spot(self._top.y)
            self._left = 0
            self._forget()
            self._settle()

    @property
    def ascii_only(self) -> bool:
        """Whether our own signs are ASCII; setting it repaints."""
        return self._ascii

    @ascii_only.setter
    def ascii_only(self, ascii_only: bool) -> None:
        if ascii_only != self._ascii:
            self._ascii = ascii_only
            self.repaint()

    @property
    def marks(self) -> frozenset[int]:
        """Marked lines; setting them repaints."""
        return self._marks

    @marks.setter
    def marks(self, marks: frozenset[int]) -> None:
        self._marks = marks
        self.repaint()

    @property
    def point(self) -> int:
        """The cursor line, from 0; without a cursor the topmost line."""
        return self._line if self._cursor else self._top.y

    @property
    def position(self) -> tuple[int, int]:
        """(line from 1, lines): of the cursor, or the last one in view; (0, 0) for no text."""
        total = len(self.lines)
        if self._cursor or not total:
            return min(self._line + 1, total), total
        spots = self._visible()
        return (spots[-1].y + 1 if spots else 0), total

    # --- where to ----------------------------------------------------------------------------------

    def go(self, y: int) -> None:
        """Puts the cursor (or the top) on a line and brings it into view."""
        y = max(0, min(y, len(self.lines) - 1))
        if self._cursor:
            self._point_at(y)
        else:
            self._scroll_place(Spot(y))

    def find(self, text: str) -> tuple[int, int]:
        """Highlights text and goes to the first line from here on that has it; "" ends it.

        The text that is sought already moves nothing: a refresh may ask again.

        Returns:
            which hit it is from 1, and how many lines have the text.
        """
        if text != self._sought:
            self._sought = text
            self._pattern = pattern(text)
            self._hits = None
            self._hit = -1
            self._spans.clear()
            hits = self._found()
            if hits:
                n = bisect_left(hits, self.point)
                self._reach(hits[n] if n < len(hits) else hits[0])
            self.repaint()
        return self.found

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to the next or previous line that has the text; wraps."""
        hits = self._found()
        if hits:
            here = self._line if self._cursor else self._hit if self._hit >= 0 else self._top.y
            n = bisect_left(hits, here + 1) if by > 0 else bisect_left(hits, here) - 1
            self._reach(hits[n % len(hits)])
        return self.found

    @property
    def found(self) -> tuple[int, int]:
        """(which hit the place is on from 1, or 0; how many lines have the text)."""
        hits = self._found()
        here = self._line if self._cursor else self._hit
        n = bisect_left(hits, here)
        return (n + 1 if n < len(hits) and hits[n] == here else 0), len(hits)

    def _found(self) -> Sequence[int]:
        """The lines that have the text, looked for once for the same text."""
        if self._hits is None:
            self._hits = having(self.lines, self._sought) if self._sought else ()
        return self._hits

    def _reach(self, y: int) -> None:
        """Goes to a hit; a third of the pane stays above it where it was out of view."""
        self._hit = y
        if y not in {spot.y for spot in self._visible()}:
            self._top = Spot(max(0, y - self._height // 3))
        self._bring_sideways(y)
        if self._cursor:
            self._point_at(y)
        else:
            self._settle()

    def _bring_sideways(self, y: int) -> None:
        """Scrolls sideways where the first hit of a line is out of view."""
        match = (
            self._pattern.search(plain(self.lines.line(y)))
            if self._pattern and not self._flow.wraps(y)
            else None
        )
        if match is None:
            return
        text = plain(self.lines.line(y))
        start, end = width(text[: match.start()]), width(text[: match.end()])
        left = self._left
        if start < left or end > left + self._cells - 1:
            left = 0 if end < self._cells else max(0, start - self._cells // 3)
        if left != self._left:
            self._left = left
            self._spans.clear()

    def action_move(self, by: int) -> None:
        """Moves the cursor, or scrolls, by a line."""
        if not self._cursor:
            self._scroll(by)
        elif not self._scroll_within(by):
            self._point_at(self._line + by)

    def action_first(self) -> None:
        """Goes to the first line."""
        self.go(0)

    def action_last(self) -> None:
        """Goes to the last line."""
        self.go(len(self.lines) - 1)

    def action_page(self, pages: float) -> None:
        """Scrolls by pages, the cursor along."""
        by = max(1, int(abs(pages) * (self._height - 1)))
        by = by if pages > 0 else -by
        before = self._top.y
        self._top = min(self._flow.stepped(self._top, by), self._end)
        if self._cursor:
            scrolled = self._top.y - before
            self._point_at(self._line + (scrolled or by))
        else:
            self._settle()
            self._tell(before)

    def action_sideways(self, by: int, arrow: bool = False) -> None:
        """Scrolls sideways by a third of the pane.

        Raises:
            SkipAction: an arrow key where there is no text on that side: it means something else.
        """
        left = self._left
        if not (self._wrap or self._whole):
            widest = max((width(plain(self.lines.line(y))) for y, _ in self._visible()), default=0)
            most = max(0, widest - self._cells)
            left = max(0, min(left + by * max(8, self._cells // 3), max(most, left if by < 0 else most)))
        if left == self._left:
            if arrow:
                raise SkipAction
            return
        self._left = left
        self._spans.clear()
        self.repaint()

    def action_open(self) -> None:
        """Says that what the cursor line names is to be opened.

        Raises:
            SkipAction: there is no cursor.
        """
        if not self._cursor or not len(self.lines):
            raise SkipAction
        self.post_message(self.Activated(self, self._line))

    def action_mark(self) -> None:
        """Marks the cursor line, or takes its mark away.

        Raises:
            SkipAction: there is no cursor.
        """
        if not self._cursor or not len(self.lines):
            raise SkipAction
        self.marks = self._marks ^ {self._line}
        self.post_message(self.Marked(self, self._line))

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self._scroll(_WHEEL)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self._scroll(-_WHEEL)

    async def _on_click(self, event: events.Click) -> None:
        spots = self._visible()
        if not self._cursor or event.y >= len(spots):
            return
        event.stop()
        y = spots[event.y].y
        if y == self._line:
            self.action_open()
        else:
            self._point_at(y)

    # --- the place ---------------------------------------------------------------------------------

    @property
    def _height(self) -> int:
        return max(1, self.size.height)

    @property
    def _cells(self) -> int:
        """Cells a line of text has."""
        return max(2, self.size.width - (_GUTTER if self._cursor else 0))

    @property
    def _flow(self) -> Flow:
        """The text as it stands in the pane."""
        if self._flowing is None:
            whole = self._line if self._whole and self._cursor else -1
            self._flowing = Flow(self.lines, self._cells, wrap=self._wrap, whole=whole)
        return self._flowing

    def _visible(self) -> list[Spot]:
        """What stands on each screen line that has text."""
        return self._flow.visible(self._top, self.size.height)

    @property
    def _end(self) -> Spot:
        """The furthest place for the first screen line: the text's end on the last one."""
        return self._flow.end(self.size.height)

    def _scroll(self, by: int) -> None:
        self._scroll_place(self._flow.stepped(self._top, by))

    def _scroll_place(self, top: Spot) -> None:
        """Puts a place on the first screen line; the cursor is taken along where it would be out of view."""
        before = self.point
        self._top = min(top, self._end)
        if self._cursor:
            spots = self._visible() or [Spot(0)]
            self._line = max(spots[0].y, min(self._line, spots[-1].y))
        self.repaint()
        self._tell(before)

    def _scroll_within(self, by: int) -> bool:
        """Scrolls in a wrapped cursor line that is taller than the pane. False where it is all seen."""
        if not (self._wrap or self._whole):
            return False
        spots = self._visible()
        if by > 0 and spots and spots[-1].y == self._line:
            seen = not self._flow.has(Spot(self._line, spots[-1].piece + 1))
        else:
            seen = by > 0 or self._top.y != self._line or self._top.piece == 0
        if seen or self._flow.height(self._line) <= self._height:
            return False
        self._top = self._flow.stepped(self._top, by)
        self.repaint()
        return True

    def _point_at(self, y: int) -> None:
        """Puts the cursor on a line and scrolls no further than needed."""
        before, self._line = self._line, max(0, min(y, len(self.lines) - 1))
        if self._line != before and self._top.y >= self._line:
            self._top = Spot(self._line)  # from its beginning, also where the text's end is in view
        self._settle()
        self._tell(before)

    def _settle(self) -> None:
        """Keeps the place within the text and the cursor in view, then paints what differs."""
        total = len(self.lines)
        self._line = max(0, min(self._line, total - 1))
        if self._top.y >= total:
            self._top = Spot(max(0, total - 1))
        if self.size.height:
            self._top = min(self._top, self._end)
            if self._cursor and total:
                self._show_cursor()
        self.repaint()

    def _show_cursor(self) -> None:
        """Scrolls so that the cursor line is seen, whole where it fits."""
        y = self._line
        if not (self._wrap or self._whole):
            self._top = Spot(max(y - self._height + 1, min(self._top.y, y)))
        elif y > self._top.y:
            highest = self._flow.stepped(Spot(y, self._flow.height(y) - 1), 1 - self._height)
            self._top = min(Spot(y), max(self._top, highest))
        elif y < self._top.y or self._flow.height(y) <= self._height:
            self._top = Spot(y)

    def _tell(self, before: int) -> None:
        if self.point != before:
            if self.tells is not None:
                self.tells()
            self.post_message(self.Pointed(self, self.point))

    # --- how it is drawn ---------------------------------------------------------------------------

    def _forget(self) -> None:
        """Drops what was made for another text, width or wrapping."""
        self._spans.clear()
        self._flowing = None

    def repaint(self) -> None:
        """Paints the lines that differ from what is on the screen."""
        cells, height = self.size
        if not cells:
            return
        spots = self._visible()
        for n in range(height):
            old, new = self._painted.get(n), self._drawn(spots[n]) if n < len(spots) else _BLANK
            if old == new:
                continue
            until = cells
            if old is not None and old[1:] == new[1:]:
                until = extent(_filled(old.spans, cells), _filled(new.spans, cells))
            if until:
                self.refresh(Region(0, n, until, 1))

    def _drawn(self, spot: Spot) -> _Drawn:
        """What a screen line is to show."""
        spans = self._spans.get(spot)
        if spans is None:
            if len(self._spans) > 1000:
                self._spans.clear()
            spans = self._spans[spot] = tuple(self._made(spot))
        y, piece = spot
        if not self._cursor:
            return _Drawn(spans, y == self._hit, False)
        signs = SIGNS[self._ascii]
        here = y == self._line
        sign = signs.cursor if here and not piece else " "
        mark = signs.mark if y in self._marks and not piece else " "
        gutter = (sign + mark, "mark" if mark != " " else "")
        return _Drawn((gutter, *spans), here, here and self.has_focus)

    def _made(self, spot: Spot) -> SpanLine:
        """The visible part of a line, with what is found in it highlighted."""
        line = self._flow.spans(spot)
        short = sum(len(text) for text, _ in line) <= _SHORT
        if short:
            line = self._lit(line)
        line = window(line, 0 if self._flow.wraps(spot.y) else self._left, self._cells)
        return line if short else self._lit(line)

    def _lit(self, line: SpanLine) -> SpanLine:
        """A line with what is found in it highlighted."""
        if self._pattern is None:
            return line
        before, text = sought(self.lines, line)
        return (*before, *highlighted(text, self._pattern))

    def render_line(self, y: int) -> Strip:
        """A line of the screen as a strip."""
        spots = self._visible()
        line = self._painted[y] = self._drawn(spots[y]) if y < len(spots) else _BLANK
        colour = not self.app.no_color
        styles = selected(colour, focused=line.focused) if line.selected else palette(colour)
        return strip(line.spans, self.size.width, styles)

    def _on_resize(self, event: events.Resize) -> None:
        self._painted.clear()
        self._forget()
        self._settle()


_BLANK = _Drawn((), False, False)


def _filled(line: SpanLine, cells: int) -> SpanLine:
    """The line with blanks up to its end, as it stands on the screen."""
    return (*line, (" " * (cells - width(plain(line))), ""))
