"""A job as a line of a list: ready strings in fixed columns. No framework here.

Columns stand in the order of how often they change, volatile ones left: what a beat changes is
repainted from the left edge up to the last cell that differs. The title is text of other people and
stands last, where a character of disputed width can move nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from icetui.clean import clean, cut, width
from icetui.job import Job, State
from icetui.panes.spans import Span, highlighted, pattern
from icetui.records import record
from icetui.searching import titled

Times: TypeAlias = Literal["age", "utc", "local"]
"""How times are told; `u` goes through them in this order."""

TIMES: tuple[Times, ...] = ("age", "utc", "local")

Row: TypeAlias = tuple[str, ...]
"""The cells of one line, each as wide as its column and without the blank after it."""

# Every shape is one cell in rich, wcwidth, tmux and screen, and none is of the "ambiguous" width that
# a Chinese locale makes two cells in some terminals (ux.md rule 16).
_SHAPES = {
    State.WAITING: "⋮",
    State.RUNNING: "⠶",
    State.DONE: "✓",
    State.PARTIAL: "◒",
    State.FAILED: "✗",
    State.MISSING: "?",
    State.UNKNOWN: "~",
}
_ASCII = {
    State.WAITING: ".",
    State.RUNNING: "=",
    State.DONE: "+",
    State.PARTIAL: "%",
    State.FAILED: "x",
    State.MISSING: "?",
    State.UNKNOWN: "~",
}

GLYPHS: Mapping[bool, Mapping[State, str]] = MappingProxyType(
    {False: MappingProxyType(_SHAPES), True: MappingProxyType(_ASCII)}
)
"""The shape of each state; by whether only ASCII may be used."""


@record
class Signs:
    """The signs in front of a line, one cell each."""

    cursor: str
    mark: str
    followed: str


SIGNS: Mapping[bool, Signs] = MappingProxyType({False: Signs("▸", "✚", "⚑"), True: Signs(">", "*", "f")})
"""By whether only ASCII may be used."""

_STYLES = {
    State.WAITING: "",
    State.RUNNING: "busy",
    State.DONE: "good",
    State.PARTIAL: "warn",
    State.FAILED: "bad",
    State.MISSING: "warn",
    State.UNKNOWN: "mark",
}


def state_style(state: State) -> str:
    """The style name of a state."""
    return _STYLES[state]


def state_word(job: Job) -> str:
    """What the state column says: our word, the service's where we have none, or that nobody asked yet."""
    return clean(job.state_word) or "unasked" if job.state is State.UNKNOWN else job.state.value


def age(when: datetime | None, now: datetime) -> str:
    """How long ago, so coarse that few rows of a list change in a minute: ``<1m 3m 2h 5d 2y``.

    At most four characters for a hundred years. Times that lie ahead (clocks
    differ) get a minus sign. None is "".
    """
    if when is None:
        return ""
    seconds = (now - when).total_seconds()
    sign, seconds = ("-", -seconds) if seconds <= -60 else ("", seconds)
    if seconds < 60:
        return "<1m"
    for unit, size in (("y", 365 * 86400), ("d", 86400), ("h", 3600)):
        if seconds >= size:
            return f"{sign}{int(seconds // size)}{unit}"
    return f"{sign}{int(seconds // 60)}m"


def took(seconds: float | None) -> str:
    """A duration in at most six characters: ``45s 3m20s 1h02m 3d04h 120d``. None is ""."""
    if seconds is None or seconds < 0:
        return ""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole // 60 % 60:02d}m"
    days = whole // 86400
    return f"{days}d{whole // 3600 % 24:02d}h" if days < 100 else f"{days}d"[:6]


def zone_word(zone: tzinfo | None, now: datetime) -> str:
    """A zone's offset for the header of local times, ``+0800``. None is this machine's zone."""
    return now.astimezone(zone).strftime("%z")


GUTTER = 2
"""Cells in front of a line: the cursor's sign, and the sign of a marked or followed job."""


class Line(NamedTuple):
    """All that the screen line of a job shows: two lines that are equal need no painting.

    Attributes:
        cells: the texts.
        style: of the state.
        sign: the signs in front, two cells.
        selected: whether the cursor is on it.
        focused: whether the cursor is on it and the table has the focus.
        gone: whether the job is no longer in the answer.
        found: the text to highlight, if the job has it, or "".
    """

    cells: Row
    style: str
    sign: str
    selected: bool
    focused: bool
    gone: bool
    found: str

    def spans(self) -> list[Span]:
        """The line in styles.

        Where the found text is in what is cut off, the `…` that stands for it is highlighted.
        """
        cells: list[Span] = []
        for n, cell in enumerate(self.cells):
            if n:
                cells.append((" ", ""))
            cells.append((cell, "dim" if self.gone else self.style if n == 0 else ""))
        if self.found:
            sought = pattern(self.found)
            if not any(sought and sought.search(cell) for cell in self.cells):
                sought = pattern("…")
            cells = [span for each in cells for span in highlighted([each], sought)]
        return [(self.sign, "mark" if self.sign.strip() else ""), *cells]


@record
class Column:
    """One column: its name in the header line and how wide it is, in cells."""

    name: str
    title: str
    cells: int


@record
class Columns:
    """The columns that a width has room for, and how each cell is made.

    Attributes:
        columns: from left to right.
        times: how times are told.
        zone: where times are told in; None is this machine's.
        ascii: whether only ASCII may be used for our own signs.
    """

    columns: tuple[Column, ...]
    times: Times
    zone: tzinfo | None
    ascii: bool

    @property
    def cells(self) -> int:
        """How wide a line is, the blanks between columns included, the signs in front left out."""
        return sum(column.cells for column in self.columns) + max(0, len(self.columns) - 1)

    def head(self) -> str:
        """The header line."""
        return " ".join([fit(column.title, column.cells) for column in self.columns])

    def row(self, job: Job, now: datetime) -> Row:
        """The cells of a job, ready to be drawn."""
        return tuple([fit(_CELLS[column.name](job, now, self), column.cells) for column in self.columns])

    def until(self, old: Line, new: Line) -> int:
        """How many cells from the left change from one line to the other; 0 for the whole line."""
        if old[1:] != new[1:] or not len(old.cells) == len(new.cells) == len(self.columns):
            return 0
        until = at = GUTTER
        for column, before, now in zip(self.columns, old.cells, new.cells, strict=True):
            at += column.cells
            if before != now:
                until = at
            at += 1
        return until


_STATE, _AGE, _TOOK, _DATE, _STAMP = 9, 4, 6, 11, 19
_ID_LEAST, _ID_WHOLE = 12, 32


@lru_cache(64)
def columns_for(
    cells: int,
    times: Times = "age",
    zone_name: str = "+0000",
    *,
    zone: tzinfo | None = None,
    ascii_only: bool = False,
) -> Columns:
    """The columns for a table of so many cells.

    From 114 cells on everything is there; at 80 the age or the creation time, the duration, the type,
    the shortened ID and the title; below that the duration, the ID and the type go, in this order.

    Args:
        cells: width of the table, signs included.
        times: how times are told.
        zone_name: what the header says of local times (`zone_word`).
        zone: where local times are told in; None is this machine's.
        ascii_only: only ASCII for our own signs.
    """
    room = cells - GUTTER
    wide = room >= 112
    chosen: list[Column] = [Column("state", "state", _STATE)]
    if times == "age" or wide:
        chosen.append(Column("age", "age", _AGE))
    if times != "age" or wide:
        long = room >= 128
        title = f"local {zone_name}" if times == "local" else "created UTC"
        chosen.append(Column("created" if long else "date", title, _STAMP if long else _DATE))
    if room >= 70:
        chosen.append(Column("took", "took", _TOOK))
    type_cells = 0 if room < 48 else 12 if room < 70 else 16 if room < 98 else 20 if room < 128 else 24
    if type_cells:
        chosen.append(Column("type", "type", type_cells))
    left = room - sum(column.cells + 1 for column in chosen)
    if room >= 60:
        id_cells = max(_ID_LEAST, min(_ID_WHOLE, left - 24))
        chosen.append(Column("id", "ID", id_cells))
        left -= id_cells + 1
    if left > 0:
        chosen.append(Column("title", "title", left))
    return Columns(tuple(chosen), times, zone, ascii_only)


def fit(text: str, cells: int) -> str:
    """Clean text in exactly so many cells: cut with ``…``, or filled with blanks."""
    text = cut(text, cells)
    return text + " " * (cells - width(text))


def _state(job: Job, now: datetime, columns: Columns) -> str:
    # A Success that stored nothing, or another oddity the note tells, must not look like any other.
    odd = " !" if job.note and job.state is State.DONE else ""
    return f"{GLYPHS[columns.ascii][job.state]} {state_word(job)}{odd}"


def _age(job: Job, now: datetime, columns: Columns) -> str:
    return age(job.created, now).rjust(_AGE)


def _local(job: Job, columns: Columns) -> datetime | None:
    if job.created is None:
        return None
    return job.created.astimezone(columns.zone if columns.times == "local" else UTC)


def _date(job: Job, now: datetime, columns: Columns) -> str:
    """Month, day and time of this year and the last months; else the whole date."""
    when = _local(job, columns)
    if when is None:
        return ""
    return f"{when:%m-%d %H:%M}" if abs((now - when).days) < 300 else f"{when:%Y-%m-%d}"


def _created(job: Job, now: datetime, columns: Columns) -> str:
    when = _local(job, columns)
    return "" if when is None else f"{when:%Y-%m-%d %H:%M:%S}"


def _took(job: Job, now: datetime, columns: Columns) -> str:
    return took(job.duration).rjust(_TOOK)


_CELLS: Mapping[str, Callable[[Job, datetime, Columns], str]] = MappingProxyType(
    {
        "state": _state,
        "age": _age,
        "date": _date,
        "created": _created,
        "took": _took,
        "type": lambda job, now, columns: clean(job.type),
        "id": lambda job, now, columns: clean(job.id),
        "title": lambda job, now, columns: clean(titled(job)),
    }
)
