"""What commands print: data on stdout in one of four forms, words on stderr.

The JSON members are those of contracts.md, "JSON"; `schema.json` beside this file describes them.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from icetui.call import Json
from icetui.clean import clean, cut, width
from icetui.errors import IcetuiError
from icetui.job import Job, JobError, State, Subjob

FORMS = ("table", "json", "ndjson", "tsv")


class Unwritable(IcetuiError):
    """Stdout cannot be written, e.g. because the disk is full."""


# --- one job as values ------------------------------------------------------------------------


def stamp(when: datetime | None) -> str | None:
    """``YYYY-MM-DDTHH:MM:SSZ``, or None where the time is unknown."""
    return None if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def seconds(value: float | None) -> float | int | None:
    """A duration as JSON: whole seconds without a fraction; None for what is no length of time."""
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return int(value) if value == int(value) else value


def error_json(error: JobError | None) -> Json:
    """``{code, message, request_id}``, or None."""
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "request_id": error.request_id}


def job_json(job: Job) -> dict[str, Json]:
    """One job with the members of contracts.md, in their order."""
    return {
        "family": job.family,
        "id": job.id,
        "type": job.type,
        "state": job.state.value,
        "state_word": job.state_word,
        "title": job.title,
        "created": stamp(job.created),
        "modified": stamp(job.modified),
        "finished": stamp(job.finished),
        "duration_s": seconds(job.duration),
        "region": job.region,
        "error": error_json(job.error),
    }


def subjob_json(subjob: Subjob) -> dict[str, Json]:
    """One subjob with the members of contracts.md, in their order."""
    return {
        "id": subjob.id,
        "state": subjob.state.value,
        "state_word": subjob.state_word,
        "url": subjob.url,
        "media_id": subjob.media_id,
        "project_id": subjob.project_id,
        "duration_s": seconds(subjob.duration),
        "error": error_json(subjob.error),
    }


# What a terminal might obey or show as something else; inside JSON an escape says the same.
_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def json_text(value: Json, *, indent: int | None = None) -> str:
    """JSON that every parser reads and no terminal obeys: the same data, odd characters as escapes.

    NaN and the infinities, which JSON has not, become null.
    """
    plain = not _unicode(sys.stdout)
    try:
        text = json.dumps(value, ensure_ascii=plain, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=plain, indent=indent)
    return _UNSAFE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def _finite(value: Json) -> Json:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


# --- forms ------------------------------------------------------------------------------------


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
_TSV_UNSAFE = re.compile(r"[\\\x00-\x1f]|" + _UNSAFE.pattern)


def tsv_text(text: str) -> str:
    r"""A field of a TSV line: ``\t``, ``\n``, ``\r``, ``\\``; what a terminal might obey as ``\uXXXX``."""
    return _TSV_UNSAFE.sub(lambda found: _TSV.get(found[0]) or _escaped(found), text)


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

    Attributes:
        columns: names of `COLUMNS`.
        glyphs: a shape for each state.
        limit: cells of a line, or None: never cut.
        color: whether the state is coloured.
        types: type words to make room for.
    """

    columns: Sequence[str]
    glyphs: Mapping[State, str]
    limit: int | None = None
    color: bool = False
    types: Sequence[str] = ()
    _widths: tuple[int, ...] = ()

    def rows(self, jobs: Sequence[Job]) -> str:
        """The next lines."""
        cells = [tuple(self._cell(name, job) for name in self.columns) for job in jobs]
        lines = []
        if not self._widths:
            head = tuple(_HEADS.get(name, name.upper()) for name in self.columns)
            self._widths = tuple(
                max([width(row[n]) for row in (head, *cells)] + self._room(name))
                for n, name in enumerate(self.columns)
            )
            lines.append(self._line(head, None))
        lines += [self._line(row, job) for row, job in zip(cells, jobs, strict=True)]
        return "".join(f"{line}\n" for line in lines)

    def end(self) -> str:
        """Nothing."""
        return ""

    def _room(self, name: str) -> list[int]:
        if name == "state":
            return [max(width(glyph) for glyph in self.glyphs.values()) + 1 + len("waiting")]
        return [width(word) for word in self.types] if name == "type" else []

    def _cell(self, name: str, job: Job) -> str:
        if name == "state":
            # A word we have never seen is worth more than our word for that.
            word = job.state_word if job.state is State.UNKNOWN and job.state_word else job.state.value
            return f"{self.glyphs[job.state]} {clean(word)}"
        if name == "duration_s":
            return duration(job.duration)
        return clean(COLUMNS[name](job)) or "-"

    def _line(self, cells: Sequence[str], job: Job | None) -> str:
        last = len(cells) - 1
        pieces: list[str] = []
        room = self.limit
        for n, (name, cell) in enumerate(zip(self.columns, cells, strict=True)):
            gap = "  " if n else ""
            text = cell
            if n < last or name in _RIGHT:
                blank = " " * max(0, self._widths[n] - width(cell))
                text = blank + cell if name in _RIGHT else cell + blank
            if room is not None:
                gap, text = gap[:room], cut(text, max(0, room - len(gap)))
                room -= len(gap) + width(text)
            if self.color and job is not None and name == "state" and text:
                text = f"\x1b[{_SGR[job.state]}m{text}\x1b[0m"
            pieces.append(gap + text)
        return "".join(pieces).rstrip()


_HEADS = {"duration_s": "DURATION", "error_code": "ERROR", "error_message": "MESSAGE"}


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


# --- doors ------------------------------------------------------------------------------------


def put(text: str) -> None:
    """Data to stdout, brought out at once.

    Raises:
        BrokenPipeError: nobody reads any more.
        Unwritable: it cannot be written, e.g. because the disk is full.
    """
    out = sys.stdout
    if out is None or not text:  # stdout is closed: the exit code is the answer
        return
    try:
        try:
            out.write(text)
        except UnicodeEncodeError:
            known = out.encoding or "ascii"
            out.write(text.encode(known, "backslashreplace").decode(known))
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"The output cannot be written: {error.strerror}.") from error


def put_bytes(data: bytes) -> None:
    """Bytes to stdout as they are.

    Raises:
        BrokenPipeError: nobody reads any more.
        Unwritable: it cannot be written.
    """
    out = sys.stdout
    if out is None:
        return
    try:
        out.flush()
        out.buffer.write(data)
        out.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritable(f"The output cannot be written: {error.strerror}.") from error


def say(text: str) -> None:
    """One line of words to stderr, made safe."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{clean(text)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        return  # nobody listens to words; the data goes on


def sentence(error: IcetuiError) -> str:
    """An error on one safe line: what happened, then code and RequestId where there are any."""
    facts = []
    if error.code and error.code not in error.message:
        facts.append(error.code)
    if error.request_id and error.request_id not in error.message:
        facts.append(f"RequestId {error.request_id}")
    return clean(error.message + (f" ({', '.join(facts)})" if facts else ""))


def alike(told: Iterable[tuple[str, IcetuiError]]) -> list[tuple[IcetuiError, list[str]]]:
    """Errors that say the same, put together: the first of each, and the names they were told for.

    The RequestId is another each time and makes no difference.
    """
    found: dict[tuple[type[IcetuiError], str, str], tuple[IcetuiError, list[str]]] = {}
    for name, error in told:
        found.setdefault((type(error), error.code, error.message), (error, []))[1].append(name)
    return list(found.values())


def to_terminal() -> bool:
    """Whether stdout is looked at by a person."""
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_cells() -> int | None:
    """Columns of the terminal stdout is; None if it is none, because a pipe is never cut."""
    if not to_terminal():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def coloured(*, no_color: bool) -> bool:
    """Whether colours are wanted and understood: a terminal, no flag, no NO_COLOR, not TERM=dumb."""
    return (
        to_terminal()
        and not no_color
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


def drawable() -> bool:
    """Whether stdout can take characters beyond ASCII."""
    return _unicode(sys.stdout)


def _unicode(stream: object) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").startswith("utf")
