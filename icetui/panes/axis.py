"""The tab "Timeline": all that a job found at some time, on one axis of media time, above its table.

A lane for each kind. ← and → move a cursor through time by a cell, j and k go from item to item with the
cursor along, Enter takes the table to what stands under the cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from icetui.clean import clean, cut
from icetui.keymap import Where
from icetui.panes.bars import StatusLine
from icetui.panes.drawings import plural
from icetui.panes.leaf import Leaf, Told, text_of
from icetui.panes.lines_view import LinesView
from icetui.panes.moves import bound
from icetui.panes.palette import palette, strip
from icetui.panes.quiet import Quiet
from icetui.panes.spans import Fixed, Joined, Lines, Made, Span, SpanLine, plain
from icetui.timecodes import timecode
from icetui.timeline import Axis, Item, Timeline, has_times, timeline

_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "video": "good",
        "audio": "key",
        "subtitle": "string",
        "segments": "good",
        "clips": "key",
        "covers": "number",
        "matches": "constant",
        "tags": "mark",
        "cues": "",
    }
)
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400)
"""Seconds that may lie between two marks of the ruler."""

_LABEL = 16
"""Cells of a lane's name at most."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the axis is drawn with. Items of a lane take turns, so that two that touch are told apart."""

    cursor: str
    tick: str
    rule: str


_SIGNS = {False: Signs("▼", "┬", "─"), True: Signs("v", "+", "-")}

_MOMENT = 4
# What stands in a cell: a range and the next one (1, 2, both: 3), a moment. Braille dots of the left and
# right half for each: the upper ones, the lower ones, all.
_DOTS = {1: (0x03, 0x18), 2: (0x44, 0xA0), _MOMENT: (0x47, 0xB8)}
_ASCII = " =-#|"


class Drawing:
    """The axis as lines of text for one timeline and width.

    Attributes:
        cells: of the axis itself, from `left` on.
        left: where it begins: before it stand the names of the lanes.
        lanes: the drawn text of each lane, `cells` long.
        ruler: the text above them.
    """

    def __init__(self, line: Timeline, width_: int, *, ascii_only: bool = False) -> None:
        self.line = line
        names = line.lanes
        most = _LABEL if width_ >= 60 else 10
        self.left = min(most, max(map(len, names), default=0)) + 1
        self.cells = max(8, width_ - self.left)
        # Two columns of dots in each cell.
        self.axis = Axis(line.duration, 2 * self.cells)
        self.names = tuple(cut(name, self.left - 1).ljust(self.left) for name in names)
        self.signs = _SIGNS[ascii_only]
        self.lanes = tuple(self._lane(name, ascii_only=ascii_only) for name in names)
        self.ruler = self._ruler()
        self._under = self.axis.under(line.items)

    def cell(self, time: float) -> int:
        """The cell of a time."""
        return self.axis.cell(time) // 2

    def time(self, cell: int) -> float:
        """Where a cell begins, in seconds."""
        return self.axis.time(2 * cell)

    def span(self, item: Item) -> tuple[int, int]:
        """The first and last cell of an item."""
        first, last = self.axis.span(item)
        return first // 2, last // 2

    def under(self, cell: int) -> int | None:
        """The item meant by a cell: a moment before a range, a short range before a long one."""
        here = [n for n in self._under[2 * cell : 2 * cell + 2] if n is not None]
        items = self.line.items
        return min(here, key=lambda n: (items[n].end - items[n].start, n), default=None)

    def _lane(self, lane: str, *, ascii_only: bool) -> str:
        dots = [0] * self.cells
        kinds = [0] * self.cells
        turns = 0
        for item in self.line.items:
            if item.lane != lane:
                continue
            kind = _MOMENT if item.moment else 1 + turns % 2
            turns += not item.moment
            first, last = self.axis.span(item)
            for half in range(first, last + 1):
                dots[half // 2] |= _DOTS[kind][half % 2]
                kinds[half // 2] |= kind
        if ascii_only:
            return "".join([_ASCII[min(kind, _MOMENT)] for kind in kinds])
        return "".join([chr(0x2800 + each) if each else " " for each in dots])

    def _ruler(self) -> str:
        """Marks at round times with their times beside them: ``┬0:00────┬0:30────``."""
        duration = self.axis.duration
        step = next((each for each in _STEPS if duration / each * 9 <= self.cells), None)
        out = [self.signs.rule] * self.cells
        if step is None:
            step = max(_STEPS[-1], int(duration * 9 / self.cells) + 1)
        at = 0
        while at <= duration:
            cell, mark = self.cell(at), self.signs.tick + _short(at)
            if cell + len(mark) <= self.cells:
                out[cell : cell + len(mark)] = mark
            at += step
        return "".join(out)


def _short(seconds: int) -> str:
    """``1:05``, ``1:02:05``."""
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


class AxisView(Quiet):
    """The drawn axis with its cursor; it has no keys of its own."""

    DEFAULT_CSS = """
    AxisView { height: 3; width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawing: Drawing | None = None
        self._line: Timeline = Timeline((), 0.0)
        self._ascii = False
        self._most = 0
        self.time = 0.0

    def show(self, line: Timeline, *, most: int, ascii_only: bool) -> None:
        """Shows another timeline.

        Args:
            line: what to draw.
            most: lines there is room for.
            ascii_only: no braille.
        """
        self._line, self._ascii, self._most = line, ascii_only, most
        self._drawing = None
        self.time = min(self.time, line.duration)
        self.styles.height = min(most, 1 + len(line.lanes))
        self.refresh()

    @property
    def drawing(self) -> Drawing | None:
        """The axis at this width; None before there is one."""
        if self._drawing is None and self.size.width:
            self._drawing = Drawing(self._line, self.size.width, ascii_only=self._ascii)
        return self._drawing

    @property
    def cell(self) -> int:
        """The cell of the cursor."""
        return 0 if self.drawing is None else self.drawing.cell(self.time)

    def go(self, time: float) -> None:
        """Moves the cursor; paints the two columns that change."""
        before, self.time = self.cell, time
        after, drawing = self.cell, self.drawing
        if drawing is None or before == after:
            return
        first, last = sorted((before, after))
        height = self.size.height
        if last - first <= 2:
            self.refresh(Region(drawing.left + first, 0, last - first + 1, height))
        else:
            self.refresh(
                Region(drawing.left + first, 0, 1, height), Region(drawing.left + last, 0, 1, height)
            )

    def lines(self) -> list[list[Span]]:
        """The ruler and the lanes with the cursor in them; where not all fit, how many more there are."""
        drawing = self.drawing
        if drawing is None:
            return []
        rows = [self._row(" " * drawing.left, drawing.ruler, "dim", drawing.signs.cursor)]
        for name, drawn, lane in zip(drawing.names, drawing.lanes, self._line.lanes, strict=True):
            rows.append(self._row(name, drawn, _STYLES.get(lane.partition(" ")[0], ""), ""))
        over = len(rows) - self._most
        if over > 0:
            rows[self._most - 1 :] = [[(f"… {over + 1} more lanes; the table has all", "warn")]]
        return rows

    def _row(self, name: str, drawn: str, style: str, sign: str) -> list[Span]:
        at = self.cell
        # A time on the ruler stays readable under the cursor.
        here = sign if drawn[at] == _SIGNS[self._ascii].rule else drawn[at]
        return [(name, "key"), (drawn[:at], style), (here, "active"), (drawn[at + 1 :], style)]

    def render_line(self, y: int) -> Strip:
        """A line of the axis as a strip."""
        rows = self.lines()
        return strip(rows[y] if y < len(rows) else (), self.size.width, palette(not self.app.no_color))

    def _on_resize(self, event: events.Resize) -> None:
        self._drawing = None
        self.refresh()


class TimelineTable(LinesView):
    """The items by time. Its arrows move the cursor of the axis."""

    BINDINGS: ClassVar[list[BindingType]] = bound("timeline")

    class Stepped(Message):
        """← or →: the cursor of the axis is to move by cells."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Jumped(Message):
        """Enter: the table is to go to what stands under the cursor."""

    def action_axis(self, by: int) -> None:
        """Moves the cursor of the axis by a cell."""
        self.post_message(self.Stepped(by))

    def action_jump(self) -> None:
        """Goes to the item under the cursor of the axis."""
        self.post_message(self.Jumped())


class TimelineLeaf(Leaf):
    """The axis above its table."""

    TITLE = "Timeline"
    WHERE: ClassVar[tuple[Where, ...]] = ("timeline",)

    DEFAULT_CSS = """
    TimelineLeaf { height: 1fr; layout: vertical; }
    TimelineLeaf #timeline-head { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: Told | None = None
        self._line = Timeline((), 0.0)
        self._axis = AxisView()
        self._head = StatusLine(id="timeline-head")
        self._table = TimelineTable(cursor=True)
        self._jumping = -1
        self._off = False
        self._stays = False

    def compose(self) -> ComposeResult:
        """The axis, the names of the columns, the table."""
        yield self._axis
        yield self._head
        yield self._table

    @classmethod
    def offered(cls, told: Told) -> bool:
        """Whether the job found anything at some time."""
        return told.opened is not None and has_times(told.opened.results)

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows the timed things of a job."""
        before, self._told = self._told, told
        results = told.opened.results if told.opened is not None else ()
        if before is None or before.opened is not told.opened:
            self._line = timeline(results)
        if not keep:
            self._axis.time = self._line.items[0].start if self._line.items else 0.0
        room = self.size.height or max(8, self.app.size.height - 5)
        self._axis.show(self._line, most=max(3, room // 2), ascii_only=told.ascii_only)
        head, rows = table(self._line)
        self._head.show([("  ", ""), *head])
        self._table.show(rows, keep=keep)

    def enter(self) -> None:
        """Takes the keys."""
        self._table.focus(scroll_visible=False)

    # -- moving

    @on(TimelineTable.Stepped)
    def _stepped(self, event: TimelineTable.Stepped) -> None:
        event.stop()
        drawing = self._axis.drawing
        if drawing is None:
            return
        cell = self._axis.cell + event.by
        if 0 <= cell < drawing.cells:
            self._off, self._stays = True, False
            self._axis.go(drawing.time(cell))
            self.post_message(self.Noted())

    @on(TimelineTable.Jumped)
    def _jumped(self, event: TimelineTable.Jumped) -> None:
        event.stop()
        if (n := self._next()) is None:
            return
        self._off = False
        self._jumping = n if self._here() == n else -1
        self._stays = self._jumping >= 0
        self._table.go(n)
        if self._jumping < 0:
            self._axis.go(self._line.items[n].start)
        self.post_message(self.Noted())

    @on(LinesView.Pointed)
    def _pointed(self, event: LinesView.Pointed) -> None:
        item = self._row
        jumping, self._jumping = self._jumping, -1
        self._off = False
        if item is not None and event.y != jumping:
            self._stays = False
            self._axis.go(item.start)

    @property
    def _row(self) -> Item | None:
        """The item the table's cursor is on."""
        n = self._table.point
        return self._line.items[n] if 0 <= n < len(self._line.items) else None

    def _here(self) -> int | None:
        """The item under the cursor of the axis."""
        return None if self._axis.drawing is None else self._axis.drawing.under(self._axis.cell)

    def _next(self) -> int | None:
        """The item under the cursor of the axis, or the next one after it, or the last."""
        here = self._here()
        if here is not None or not self._line.items:
            return here
        later = (n for n, item in enumerate(self._line.items) if item.start >= self._axis.time)
        return next(later, len(self._line.items) - 1)

    # -- what it tells

    @property
    def seconds(self) -> float | None:
        """The time at the cursor, in seconds."""
        item = self._row
        return self._axis.time if self._off or item is None else item.start

    @property
    def note(self) -> list[Span]:
        """The time at the cursor and what stands there."""
        if self._off:
            n = self._here()
            item = None if n is None else self._line.items[n]
        else:
            item = self._row
        time: Span = (timecode(self._axis.time if self._stays else self.seconds), "number")
        if item is None:
            return [time, ("  nothing here", "dim")]
        score = [] if item.score is None else [(f"  {item.score:g}", "number")]
        return [time, (f"  {item.lane}", "key"), *score, (f"  {clean(item.label)}", "")]

    def copyable(self, what: str) -> tuple[str, str] | None:
        """The row here."""
        if what != "here":
            return None
        here = plain(self._table.lines.line(self._table.point)).strip() if len(self._table.lines) else ""
        return here, "the line"

    def plain_text(self) -> str:
        """The axis and the table, uncut."""
        head, rows = table(self._line)
        return text_of(Joined(Fixed([*self._axis.lines(), [], head]), rows))

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the table."""
        return self._table.find(text)

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to another hit."""
        return self._table.find_next(by)

    @property
    def found(self) -> tuple[int, int]:
        """(which hit, of how many)."""
        return self._table.found

    def turn_wrap(self) -> bool:
        """Wraps long labels, or cuts them again."""
        self._table.wrap = not self._table.wrap
        return True


def table(line: Timeline) -> tuple[list[Span], Lines]:
    """The names of the columns with how long the media is, and the items by time, a line each."""
    items = line.items
    time = max([len(timecode(line.duration)), *(len(timecode(item.start)) for item in items[:1])])
    lane = max(map(len, line.lanes), default=4)
    scores = any(item.score is not None for item in items)
    head = f"{'start':>{time}}  {'end':>{time}}  {'lane':<{lane}}  {'   score  ' if scores else ''}what"

    def row(n: int) -> SpanLine:
        item = items[n]
        spans: list[Span] = [
            (f"{timecode(item.start):>{time}}  ", "number"),
            (f"{'' if item.moment else timecode(item.end):>{time}}  ", "dim"),
            (f"{item.lane:<{lane}}  ", "key"),
        ]
        if scores:
            spans.append((f"{'' if item.score is None else format(item.score, '.4g'):>8}  ", "number"))
        return [*spans, (clean(item.label), "")]

    said = f"  ({plural(len(items), 'item')} {'in' if line.told else 'up to'} {timecode(line.duration)})"
    return [(head, "dim"), (said, "dim")], Made(len(items), row)
