"""The list of jobs: drawn by visible lines, repainted where something changed and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import ClassVar, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from icetui.hits import Hits
from icetui.job import Job, State
from icetui.panes.job_line import (
    GUTTER,
    SIGNS,
    Columns,
    Line,
    Row,
    Times,
    columns_for,
    state_style,
    zone_word,
)
from icetui.panes.moves import moves
from icetui.panes.palette import palette, selected, strip
from icetui.panes.placing import Place
from icetui.panes.quiet import Quiet
from icetui.panes.spans import SpanLine, window
from icetui.searching import holds

_UNKNOWN_HEIGHT = 10_000
"""Before the first layout every row counts as visible, so that nothing scrolls."""

FOLDED_AT_ONCE = 10_000
"""Jobs that are made ready for a search between two keys; of more, some at a time."""

_SLICE = 1000
"""Jobs that are made ready for a search at a time, about 2 ms."""

_BAD = tuple([state for state in State if state.bad])

_WHEEL = 3
"""Rows a notch of the mouse wheel scrolls."""


class JobTable(ScrollView, Quiet, can_focus=True):
    """Jobs, one a line, under a line of column names.

    The place (chosen job, scroll, marks) is held over refreshes as `placing` says. What is on the
    screen is remembered line by line; after anything happened the lines that are no longer true are
    painted, from the left to the last cell that changed.

    Attributes:
        place: rows and where the person is in them; a value, so that one table can show several lists
            in turn: put another one here.
    """

    DEFAULT_CSS = """
    JobTable { height: 1fr; overflow: hidden hidden; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *moves("step", "job"),
        Binding("enter,l,right", "open", "open", id="open", show=False, tooltip="Open the job."),
        Binding("space", "mark", "mark", id="mark", show=False, tooltip="Mark the job, or unmark it."),
    ]

    class Of(Message):
        """Something about a table."""

        def __init__(self, table: JobTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> JobTable:
            """The table, for `@on` selectors."""
            return self.table

    class Chosen(Of):
        """The cursor came to another job, or to none."""

        def __init__(self, table: JobTable, job: Job | None) -> None:
            super().__init__(table)
            self.job = job

    class Activated(Of):
        """A job is to be opened: Enter, `l`, →, or a click on the chosen one."""

        def __init__(self, table: JobTable, job: Job) -> None:
            super().__init__(table)
            self.job = job

    class Changed(Of):
        """Something the bars tell has changed: waiting, marks, hits or how many rows there are."""

    def __init__(
        self,
        *,
        times: Times = "age",
        zone: tzinfo | None = None,
        ascii_only: bool = False,
        moved: Callable[[], None] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A table without jobs.

        Args:
            times: how times are told.
            zone: where local times are told in; None is this machine's.
            ascii_only: only ASCII for our own signs.
            moved: called at once with each new place, so that what a bar says of it is painted in the same
                frame; the messages come a frame later.
            id: of the widget.
            classes: of the widget.
        """
        super().__init__(id=id, classes=classes)
        self._place = Place()
        self._now = datetime.now(UTC)
        self._times: Times = times
        self._zone = zone
        self._ascii = ascii_only
        self._followed: frozenset[str] = frozenset()
        self._nothing: tuple[SpanLine, ...] = ()
        self._painted: dict[int, Line | SpanLine] = {}
        self._rows: dict[str, tuple[Job, Row]] = {}
        self._rows_of: tuple[Columns, datetime] | None = None
        self._strips: LRUCache[object, Strip] = LRUCache(512)
        self._moved = moved
        self._sought = ""
        self._hits: Hits | None = None
        self._folding = False

    # --- what it is given --------------------------------------------------------------------------

    def show(
        self,
        jobs: Sequence[Job],
        now: datetime,
        *,
        followed: frozenset[str] = frozenset(),
        anew: bool = False,
        stale: bool = False,
    ) -> None:
        """Takes the jobs of a beat. Nothing changed: nothing is painted.

        Args:
            jobs: in the order to show.
            now: what ages are counted from, UTC.
            followed: IDs that get the sign of a followed job.
            anew: another question was asked: rows are replaced, nothing waits.
            stale: last session's rows: the cursor stays on top when the first real ones come.
        """
        self._now = now
        self._followed = followed
        settle = self._place.asked if anew else self._place.arrived
        self._put(settle(jobs, self._height, settled=not stale))

    @property
    def place(self) -> Place:
        """Rows and where the person is in them."""
        return self._place

    @place.setter
    def place(self, place: Place) -> None:
        self._put(place.fitted(self._height))

    @property
    def nothing(self) -> Sequence[SpanLine]:
        """Lines shown where there are no jobs: why, and what to do about it."""
        return self._nothing

    @nothing.setter
    def nothing(self, lines: Sequence[SpanLine]) -> None:
        self._nothing = tuple([tuple(line) for line in lines])
        self.repaint()

    @property
    def times(self) -> Times:
        """How times are told; setting it repaints."""
        return self._times

    @times.setter
    def times(self, times: Times) -> None:
        self._times = times
        self.repaint()

    @property
    def ascii(self) -> bool:
        """Whether only ASCII is used for our own signs; setting it repaints."""
        return self._ascii

    @ascii.setter
    def ascii(self, only: bool) -> None:
        self._ascii = only
        self.repaint()

    # --- what it tells -----------------------------------------------------------------------------

    @property
    def job(self) -> Job | None:
        """The chosen job."""
        return self._place.job

    @property
    def waiting(self) -> int:
        """New jobs that are held back behind `.`."""
        return self._place.waiting

    @property
    def marks(self) -> frozenset[str]:
        """IDs of the marked jobs."""
        return self._place.marks

    @property
    def shown(self) -> Sequence[Job]:
        """The rows from top to bottom, those that are gone included."""
        return self._place.rows

    @property
    def position(self) -> tuple[int, int]:
        """(chosen row from 1, rows); (0, 0) where there are none."""
        return self._place.index + 1, len(self._place.rows)

    @property
    def found(self) -> tuple[int, int]:
        """(which hit the cursor is on from 1, or 0; how many rows have the text); see `searching`."""
        hits = self._found()
        return (0, 0) if hits is None else (hits.rank(self._place.index), len(hits))

    @property
    def searching(self) -> bool:
        """Whether a long list is still being searched; `Changed` comes when it has been."""
        return self._folding

    # --- what the person does ----------------------------------------------------------------------

    def release(self) -> int:
        """Shows what waits, in the newest order; the chosen job stays chosen. How many came."""
        waited = self._place.waiting
        self._put(self._place.released(self._height))
        return waited

    def choose(self, job_id: str) -> bool:
        """Puts the cursor on a job. False where it is not shown."""
        index = self._place.rows.index_of(job_id, self._place.index)
        if index >= 0:
            self._put(self._place.on(index, self._height))
        return index >= 0

    def step(self, by: int) -> Job | None:
        """Moves the cursor by rows (`J`, `K` from a detail) and says where it is now."""
        self._put(self._place.moved(by, self._height))
        return self.job

    def step_failed(self, by: Literal[1, -1]) -> bool:
        """Moves to the next or previous failed or partial job; wraps. False where there is none."""
        rows, here = self._place.rows, self._place.index
        below, above = range(here + 1, len(rows)), range(here + 1)
        parts = (below, above) if by > 0 else (range(here), range(here, len(rows)))
        for part in parts:
            jobs = rows[part.start : part.stop]
            for n, job in zip(part[::by], jobs[::by], strict=True):
                if job.state in _BAD:
                    self._put(self._place.on(n, self._height))
                    return True
        return False

    def mark(self, job_id: str | None = None) -> None:
        """Marks or unmarks a job, the chosen one by default."""
        if job_id is None and self.job is not None:
            job_id = self.job.id
        if job_id is not None:
            self._put(self._place.marked(job_id))

    def unmark(self) -> None:
        """Takes all marks away."""
        place = self._place
        for job_id in place.marks:
            place = place.marked(job_id)
        self._put(place)

    def find(self, text: str) -> tuple[int, int]:
        """Highlights text and goes to the first row from the cursor on that has it; "" ends it.

        Found is in state, type, ID and title, letter case ignored; nothing is hidden.

        Returns:
            which hit the cursor is on from 1, and how many rows have the text; see `searching`.
        """
        self._sought = text
        self._hits = Hits(text) if text else None
        self._go_to_hit()
        self.repaint()
        self.post_message(self.Changed(self))
        return self.found

    def prepare_find(self) -> None:
        """Somebody will search soon: makes a long list ready for it, a few rows at a time."""
        if not self._folding and self._place.rows.fold(0):
            self._folding = True
            self.call_later(self._fold_on)

    def _fold_on(self) -> None:
        self._folding = self._place.rows.fold(_SLICE)
        if self._folding:
            self.call_later(self._fold_on)
        elif self._hits is not None:
            self._go_to_hit()
            self.repaint()
            self.post_message(self.Changed(self))

    def _go_to_hit(self) -> None:
        hits = self._found()
        if hits is not None and not hits.rank(self._place.index):
            self._step_to(hits, 1)

    def find_next(self, by: Literal[1, -1] = 1) -> tuple[int, int]:
        """Goes to the next (`n`) or previous (`N`) row that has the text; wraps."""
        self._step_to(self._found(), by)
        return self.found

    def _step_to(self, hits: Hits | None, by: Literal[1, -1]) -> None:
        """Puts the cursor on the next hit, beyond the last on the first."""
        if hits is not None and len(hits):
            here = self._place.index
            to = hits.after(here) if by > 0 else hits.before(here)
            self._put(self._place.on(to, self._height))

    def _found(self) -> Hits | None:
        """The rows that have the text; None where nothing is searched, or not all has been yet."""
        if self._hits is None or self._folding:
            return None
        rows = self._place.rows
        if rows.unfolded > FOLDED_AT_ONCE:
            self.prepare_find()
            return None
        self._hits.look(rows)
        return self._hits

    def action_step(self, by: int) -> None:
        """Moves the cursor by rows."""
        self.step(by)

    def action_first(self) -> None:
        """Goes to the first row, with what waited above it."""
        self._put(self._place.first(self._height))

    def action_last(self) -> None:
        """Goes to the last row."""
        self._put(self._place.last(self._height))

    def action_page(self, pages: float) -> None:
        """Scrolls by pages, the cursor along."""
        by = max(1, int(abs(pages) * (self._height - 1)))
        self._put(self._place.moved(by if pages > 0 else -by, self._height, page=True))

    def action_open(self) -> None:
        """Says that the chosen job is to be opened."""
        if self.job is not None:
            self.post_message(self.Activated(self, self.job))

    def action_mark(self) -> None:
        """Marks the chosen job, or takes its mark away."""
        self.mark()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self._put(self._place.scrolled(_WHEEL, self._height))

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self._put(self._place.scrolled(-_WHEEL, self._height))

    async def _on_click(self, event: events.Click) -> None:
        row = self._place.top + event.y - 1
        if event.y < 1 or row >= len(self._place.rows):
            return
        event.stop()
        if row == self._place.index:
            self.action_open()
        else:
            self._put(self._place.on(row, self._height))

    # --- how it is drawn ---------------------------------------------------------------------------

    @property
    def _height(self) -> int:
        """Rows on the screen."""
        return self.size.height - 1 if self.size.height else _UNKNOWN_HEIGHT

    def _put(self, place: Place) -> None:
        """Takes a new place: tells who listens, paints what is no longer true."""
        old, self._place = self._place, place
        if old is not place:
            # Set without their watchers: those lay out and paint the whole screen again.
            self.set_reactive(_VIRTUAL_SIZE, Size(self.size.width, len(place.rows) + 1))
            self.set_reactive(_SCROLL_Y, float(place.top))
        self.repaint()
        if self._moved is not None and old is not place:
            self._moved()
        before, now = old.job, place.job
        if (before and before.id) != (now and now.id):
            self.post_message(self.Chosen(self, now))
        if (old.waiting, old.marks, len(old.rows)) != (place.waiting, place.marks, len(place.rows)) or (
            self._sought and old.rows is not place.rows
        ):
            self.post_message(self.Changed(self))

    def repaint(self) -> None:
        """Paints the lines that differ from what is on the screen."""
        width, height = self.size
        if not width:
            return
        columns = self._columns
        for y in range(height):
            old, new = self._painted.get(y), self._line(y, columns)
            if old == new and old is not None:
                continue
            self.refresh(Region(0, y, _until(old, new, columns) or width, 1))

    @property
    def _columns(self) -> Columns:
        """The columns of this width."""
        zone = zone_word(self._zone, self._now) if self._times == "local" else ""
        return columns_for(self.size.width, self._times, zone, zone=self._zone, ascii_only=self._ascii)

    def _line(self, y: int, columns: Columns) -> Line | SpanLine:
        """What screen line `y` is to show."""
        if y == 0:
            return ((" " * GUTTER + columns.head(), "title"),)
        place = self._place
        index = place.top + y - 1
        if index >= len(place.rows):
            return self._nothing[y - 2] if not place.rows and 0 <= y - 2 < len(self._nothing) else ()
        job = place.rows[index]
        signs = SIGNS[self._ascii]
        here = index == place.index
        sign = signs.mark if job.id in place.marks else signs.followed if job.id in self._followed else " "
        found = bool(self._sought) and holds(job, self._sought)
        return Line(
            self._row(job, columns),
            state_style(job.state),
            (signs.cursor if here else " ") + sign,
            here,
            here and self.has_focus,
            job.id in place.gone,
            self._sought if found else "",
        )

    def _row(self, job: Job, columns: Columns) -> Row:
        """The cells of a job, made once for one beat and one width."""
        of = (columns, self._now)
        if self._rows_of != of or len(self._rows) > 2000:
            self._rows.clear()
            self._rows_of = of
        kept = self._rows.get(job.id)
        if kept is None or kept[0] is not job:
            kept = self._rows[job.id] = (job, columns.row(job, self._now))
        return kept[1]

    def render_line(self, y: int) -> Strip:
        """A line of the screen as a strip."""
        line = self._painted[y] = self._line(y, self._columns)
        width, colour = self.size.width, not self.app.no_color
        key = (line, width, colour)
        drawn = self._strips.get(key)
        if drawn is None:
            if isinstance(line, Line):
                styles = selected(colour, focused=line.focused) if line.selected else palette(colour)
                spans = line.spans()
                # Its cells are as wide as their columns: only where those have no room is there more to cut.
                fits = GUTTER + self._columns.cells <= width
                drawn = strip(spans if fits else window(spans, 0, width), width, styles)
            else:
                drawn = strip(window(line, 0, width), width, palette(colour))
            self._strips[key] = drawn
        return drawn

    def _on_resize(self, event: events.Resize) -> None:
        self._painted.clear()
        self._put(self._place.fitted(self._height))


_VIRTUAL_SIZE: Reactive[Size] = Widget.virtual_size
_SCROLL_Y: Reactive[float] = Widget.scroll_y


def _until(old: Line | SpanLine | None, new: Line | SpanLine, columns: Columns) -> int:
    """Up to which cell a screen line is to be painted; 0 for the whole of it."""
    return columns.until(old, new) if isinstance(old, Line) and isinstance(new, Line) else 0
