"""Jobs as rows: table, JSON, NDJSON, TSV, piece by piece as they arrive."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from icetui.clean import clean, cut, width
from icetui.commands.output import UNSAFE, escaped, job_json, json_text, seconds
from icetui.job import Job, State

FORMS = ("table", "json", "ndjson", "tsv")


class Form(Protocol):
    """Jobs as text, piece by piece, so that rows are printed as they arrive."""

    def rows(self, jobs: Sequence[Job]) -> str:
        """The next rows; the first time, also what stands above them (also without any)."""

    def end(self) -> str:
        """What stands below the last row."""


def _column(name: str) -> Callable[[Job], str]:
    def read(job: Job) -> str:
        value = job_json(job)[name]
        return "" if value is None else str(value)

    return read


def _of_error(name: str) -> Callable[[Job], str]:
    return lambda job: "" if job.error is None else str(getattr(job.error, name))


COLUMNS: Mapping[str, Callable[[Job], str]] = {
    **{
        name: _column(name)
        for name in (
            "family",
            "id",
            "type",
            "state",
            "state_word",
            "title",
            "created",
            "modified",
            "finished",
            "duration_s",
            "region",
        )
    },
    "error_code": _of_error("code"),
    "error_message": _of_error("message"),
    "error_request_id": _of_error("request_id"),
}
"""Every column of tsv and table: its name, and how it is read from a job."""

TABLE_COLUMNS = ("state", "type", "id", "created", "duration_s", "title")
"""What a table shows unless asked otherwise: the title last, because it is the longest and may be cut."""

SPARE_COLUMNS = ("duration_s", "created")
"""Which of them go first where a terminal is narrow."""


class JsonRows:
    """A bare array, one job a line."""

    def __init__(self) -> None:
        self._begun = False

    def rows(self, jobs: Sequence[Job]) -> str:
        """The next members of the array."""
        pieces = []
        for job in jobs:
            pieces.append((",\n" if self._begun else "[\n") + json_text(job_json(job)))
            self._begun = True
        return "".join(pieces)

    def end(self) -> str:
        """The closing bracket."""
        return "\n]\n" if self._begun else "[]\n"


class NdjsonRows:
    """One object a line."""

    def rows(self, jobs: Sequence[Job]) -> str:
        """One line for each job."""
        return "".join(json_text(job_json(job)) + "\n" for job in jobs)

    def end(self) -> str:
        """Nothing."""
        return ""


class TsvRows:
    """A header line and one line for each job; tab, newline, backslash and the like as escapes."""

    def __init__(self, columns: Sequence[str] = ()) -> None:
        self._columns = tuple(columns) or tuple(COLUMNS)
        self._begun = False

    def rows(self, jobs: Sequence[Job]) -> str:
        """The next lines."""
        lines = [] if self._begun else ["\t".join(self._columns)]
        self._begun = True
        lines += ["\t".join(tsv_text(COLUMNS[name](job)) for name in self._columns) for job in jobs]
        return "".join(f"{line}\n" for line in lines)

    def end(self) -> str:
        """Nothing."""
        return ""


_TSV = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_TSV_UNSAFE = re.compile(r"[\\\x00-\x1f]|" + UNSAFE.pattern)


def tsv_text(text: str) -> str:
    r"""A field of a TSV line: ``\t``, ``\n``, ``\r``, ``\\``; what a terminal might obey as ``\uXXXX``."""
    return _TSV_UNSAFE.sub(lambda found: _TSV.get(found[0]) or escaped(found), text)


# SGR parameters of the terminal's own sixteen colours.
_SGR = {
    State.WAITING: "2",
    State.RUNNING: "36",
    State.DONE: "32",
    State.PARTIAL: "33",
    State.FAILED: "31",
    State.MISSING: "2",
    State.UNKNOWN: "35",
}
_RIGHT = frozenset({"duration_s"})


@dataclass(slots=True)
class TableRows:
    """Aligned columns under a header, for people.

    The widths are settled by the first rows, so that later pages can be printed as they arrive; a
    wider cell then pushes its own line only. The last column is not padded.

    On a terminal lines are cut at its edge, and cells that take more than a quarter of it at that,
    unless they are of no use when cut. Columns may be left out so that the last one has some room.

    Attributes:
        columns: names of `COLUMNS`; those that are left out go with the first rows.
        glyphs: a shape for each state.
        limit: cells of a line, or None: never cut, and nothing left out.
        color: whether the state is coloured.
        types: type words to make room for where nothing is cut.
        spare: names of columns that may be left out, the first one first.
        left_out: names of those that were.
        mark: ends what is cut; one cell.
    """

    columns: Sequence[str]
    glyphs: Mapping[State, str]
    limit: int | None = None
    color: bool = False
    types: Sequence[str] = ()
    spare: Sequence[str] = ()
    left_out: tuple[str, ...] = ()
    mark: str = "…"
    _widths: dict[str, int] = field(default_factory=dict)

    def rows(self, jobs: Sequence[Job]) -> str:
        """The next lines."""
        lines = []
        if not self._widths:
            self._measure(jobs)
            lines.append(self._line([_head(name) for name in self.columns], None))
        lines += [self._line([self._cell(name, job) for name in self.columns], job) for job in jobs]
        return "".join(f"{line}\n" for line in lines)

    def _measure(self, jobs: Sequence[Job]) -> None:
        """Settles the widths, and which columns there are."""
        for name in self.columns:
            cells = (self._fitted(name, self._cell(name, job)) for job in jobs)
            self._widths[name] = max([width(_head(name)), *map(width, cells), *self._room(name)])
        if self.limit is None:
            return
        for name in self.spare:
            taken = sum(self._widths[each] + len(_GAP) for each in self.columns[:-1])
            if taken + _LAST <= self.limit:
                break
            self.columns = tuple(each for each in self.columns if each != name)
            self.left_out = (*self.left_out, name)

    def end(self) -> str:
        """Nothing."""
        return ""

    def _room(self, name: str) -> list[int]:
        if name == "state":
            return [max(width(glyph) for glyph in self.glyphs.values()) + 1 + len("waiting")]
        return [width(word) for word in self.types] if name == "type" and self.limit is None else []

    def _cell(self, name: str, job: Job) -> str:
        if name == "state":
            # A word we have never seen is worth more than our word for that.
            word = job.state_word if job.state is State.UNKNOWN and job.state_word else job.state.value
            return f"{self.glyphs[job.state]} {clean(word)}"
        if name == "duration_s":
            return duration(job.duration)
        return clean(COLUMNS[name](job)) or "-"

    def _fitted(self, name: str, cell: str) -> str:
        """A cell that is not the last, cut where it would take too much of a terminal."""
        if self.limit is None or name in _WHOLE:
            return cell
        return cut(cell, max(self.limit // 4, width(_head(name))), self.mark)

    def _line(self, cells: Sequence[str], job: Job | None) -> str:
        last = len(cells) - 1
        pieces: list[str] = []
        room = self.limit
        for n, (name, cell) in enumerate(zip(self.columns, cells, strict=True)):
            gap = _GAP if n else ""
            text = cell
            if n < last or name in _RIGHT:
                text = self._fitted(name, text)
                blank = " " * max(0, self._widths[name] - width(text))
                text = blank + text if name in _RIGHT else text + blank
            if room is not None:
                gap, text = gap[:room], cut(text, max(0, room - len(gap)), self.mark)
                room -= len(gap) + width(text)
            if self.color and job is not None and name == "state" and text:
                text = f"\x1b[{_SGR[job.state]}m{text}\x1b[0m"
            pieces.append(gap + text)
        return "".join(pieces).rstrip()


_GAP = "  "
_LAST = 12
"""Cells that the last column should have at least."""

_WHOLE = frozenset({"state", "id", "created", "modified", "finished"})
"""Columns that are of no use when cut."""

_HEADS = {"duration_s": "DURATION", "error_code": "ERROR", "error_message": "MESSAGE"}


def _head(name: str) -> str:
    return _HEADS.get(name, name.upper())


def duration(value: float | None) -> str:
    """A length of time in two units: ``45s``, ``12m 05s``, ``3h 20m``, ``2d 4h``; ``-`` if unknown."""
    whole = seconds(value)
    if whole is None:
        return "-"
    rest = round(whole)
    if rest < 60:
        return f"{rest}s"
    if rest < 3600:
        return f"{rest // 60}m {rest % 60:02d}s"
    if rest < 86_400:
        return f"{rest // 3600}h {rest % 3600 // 60:02d}m"
    return f"{rest // 86_400}d {rest % 86_400 // 3600}h"
