"""The tab "Subjobs and media": a table of subjobs, then every URL and media asset a job names.

A line for each subjob; `w` shows each whole, in lines of its own: error, URL, IDs. What stands at the
cursor is a `Piece`: opened as a job (Enter), as a link (o o), asked for its URL (o m).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.message import Message

from icetui.clean import clean, cut, width
from icetui.job import Job, State, Subjob
from icetui.keymap import Where
from icetui.media_urls import media_url, tail
from icetui.panes import pages
from icetui.panes.copying import named
from icetui.panes.leaf import SheetLeaf, Told
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import Fixed, Joined, Lines, Span
from icetui.records import record


@record
class Piece:
    """Something that a line of the tab is about.

    Attributes:
        line: the first line of it.
        key: what stays the same when the job is told anew: ``subjob ID``, or the label of a URL.
        url: as sent, or "".
        source: what can be asked for a URL: a media asset's ID or an address in a bucket, or "".
        subjob: the subjob, or None.
    """

    line: int
    key: str
    url: str = ""
    source: str = ""
    subjob: Subjob | None = None


class MediaLeaf(SheetLeaf):
    """Subjobs and media."""

    TITLE = "Subjobs and media"
    WHERE: ClassVar[tuple[Where, ...]] = ("media",)

    class Chosen(Message):
        """A subjob is to be opened."""

        def __init__(self, subjob: Subjob) -> None:
            super().__init__()
            self.subjob = subjob

    class Followed(Message):
        """The URL at the cursor is to be opened."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = False
        self._pieces: tuple[Piece, ...] = ()

    @classmethod
    def title(cls, told: Told) -> str:
        """With the number of subjobs."""
        return f"{cls.TITLE} ({len(told.job.subjobs)})" if told.job.subjobs else cls.TITLE

    @classmethod
    def has(cls, told: Told) -> bool:
        """Whether the job has parts or made anything."""
        return bool(told.job.subjobs or told.job.media or told.job.media_id)

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """Subjobs, then whatever else the job made, then URLs that were asked for."""
        return laid(told, cells, whole=self._whole or cells > 1_000)[0]

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows what is told; the cursor stays on its piece, or begins on the first."""
        key = self.piece.key if keep and self.piece is not None else ""
        self._told, self._ascii = told, told.ascii_only
        sheet, self._pieces = laid(told, self._room, whole=self._whole)
        self._put(sheet, keep=keep)
        self.point_at(key or (self._pieces[0].key if self._pieces and not keep else ""))

    def point_at(self, key: str) -> None:
        """Puts the cursor on a piece, if it is there."""
        if key and (self.piece is None or self.piece.key != key):
            line = next((each.line for each in self._pieces if each.key == key), None)
            if line is not None:
                self.go(line)

    @property
    def piece(self) -> Piece | None:
        """What the cursor is on."""
        n = bisect_right([each.line for each in self._pieces], self.point)
        return self._pieces[n - 1] if n else None

    @property
    def note(self) -> list[Span]:
        """What can be done about the URL here."""
        piece = self.piece
        if piece is None or self._told is None or not piece.source:
            return []
        url = media_url(piece.url)
        if not piece.url:
            return [("o m asks where it opens", "dim")]
        if url.opens and not url.signed and url.in_bucket:
            return [("not signed; o m asks for a signed URL", "dim")]
        return [] if url.opens else [(f"{url.said() or 'a path'}; o m asks for a URL", "dim")]

    def turn_wrap(self) -> bool:
        """Subjobs whole, or a line each; other lines wrapped, or cut."""
        self._whole = not self._whole
        self.wrap = self._whole
        if self._told is not None:
            self.take(self._told, keep=True)
        return True

    def copyable(self, what: str) -> tuple[str, str] | None:
        """The URL, the error or the ID of the piece here."""
        piece = self.piece
        if piece is None or what not in ("url", "error"):
            return super().copyable(what)
        if what == "url":
            return (piece.url, named(piece.url)) if piece.url else ("", "there is no URL here")
        if piece.subjob is None or piece.subjob.error is None:
            return None
        error = piece.subjob.error
        parts = (f"subjob {piece.subjob.id}", error.code, error.message, f"RequestId {error.request_id}")
        return "\n".join(each for each in parts if each.removeprefix("RequestId ")), "the error of the subjob"

    def plain_text(self) -> str:
        """The page whole, and the URL at the cursor as it was sent: here it leaves the screen on purpose."""
        piece = self.piece
        url = piece.url if piece is not None else ""
        text = super().plain_text()
        return f"{text}\n\n{clean(url)}" if media_url(url).shown() != clean(url) else text

    @on(LinesView.Activated)
    def _activated(self, event: LinesView.Activated) -> None:
        event.stop()
        piece = self.piece
        if piece is not None and piece.subjob is not None:
            self.post_message(self.Chosen(piece.subjob))
        elif piece is not None:
            self.post_message(self.Followed())


def laid(told: Told, cells: int, *, whole: bool) -> tuple[pages.Sheet, tuple[Piece, ...]]:
    """The page in so many cells, and what its lines are about.

    Args:
        told: the job, and the URLs that were asked for.
        cells: columns.
        whole: all lines of each subjob, instead of one.
    """
    job = told.job
    parts: list[Lines] = []
    pieces: list[Piece] = []

    def below() -> int:
        return sum(map(len, parts))

    if job.subjobs and not whole:
        parts.append(Fixed([[(pages.tally(job.subjobs), "title")], *rows(job.subjobs, told, cells)]))
        pieces += [_piece(n + 1, each) for n, each in enumerate(job.subjobs)]
        job = replace(job, subjobs=())
        if job.media or job.media_id:
            parts.append(Fixed([[]]))
    if job.subjobs or job.media or job.media_id or not parts:
        sheet = pages.media(job, cells, now=told.now, ascii_only=told.ascii_only)
        pieces += _pieces(job, sheet, below())
        parts.append(sheet.lines)
    for source, found in told.found.items():
        out = pages.Builder(cells, told.now)
        out.blank()
        none = "" if found.media else "  it has no file with a URL"
        out.add((f"{found.action} of {clean(source)}", "title"), (none, "warn"))
        for n, each in enumerate(found.media):
            pieces.append(Piece(below() + len(out.rows), f"{source} {n}", each.url, source))
            out.url(each.label, each.url, each.note)
        parts.append(out.sheet().lines)
    lines = Joined(*parts)
    return pages.Sheet(lines, tuple((each.line, each.url) for each in pieces)), tuple(pieces)


def _piece(line: int, subjob: Subjob) -> Piece:
    return Piece(line, f"subjob {subjob.id}", subjob.url, subjob.media_id, subjob)


def _pieces(job: Job, sheet: pages.Sheet, before: int) -> list[Piece]:
    """The blocks of `pages.media`: one for each subjob, then one for each medium, in their order."""
    found = [_piece(before + line, each) for (line, _), each in zip(sheet.urls, job.subjobs, strict=False)]
    for (line, url), each in zip(sheet.urls[len(job.subjobs) :], job.media, strict=False):
        source = each.media_id or (url if media_url(url).kind == "bucket" else "")
        found.append(Piece(before + line, each.label, url, source))
    if job.media_id:
        found.append(Piece(before + len(sheet.lines) - 1, "media", "", job.media_id))
    return found


_IDS = 100
"""Columns from which on media asset and project have columns of their own; `w` shows them in any case."""


def rows(subjobs: Sequence[Subjob], told: Told, cells: int) -> list[list[Span]]:
    """A line for each subjob: number, state, length, IDs where there is room, why it failed or its output."""
    states = [pages.state_spans(each, ascii_only=told.ascii_only) for each in subjobs]
    lengths = ["" if each.duration is None else pages.length(each.duration) for each in subjobs]
    state = max(sum(width(text) for text, _ in spans) for spans in states)
    columns = [("length", "number", lengths)]
    if cells >= _IDS:
        columns += [
            ("media", "dim", [cut(clean(each.media_id), 12) for each in subjobs]),
            ("project", "dim", [cut(clean(each.project_id), 12) for each in subjobs]),
        ]
    sizes = [max(map(width, values)) for _, _, values in columns]
    room = max(20, cells - 6 - state - sum(size + 2 for size in sizes if size))
    out: list[list[Span]] = []
    for n, (each, spans) in enumerate(zip(subjobs, states, strict=True)):
        used = sum(width(text) for text, _ in spans)
        line: list[Span] = [(f"{n + 1:>3} ", "dim"), *spans, (" " * (state - used + 2), "")]
        for (name, style, values), size in zip(columns, sizes, strict=True):
            gap = " " * (size - width(values[n]))
            if size:
                line.append((f"{gap}{values[n]}  " if name == "length" else f"{values[n]}{gap}  ", style))
        out.append([*line, *_what(each, told, room)])
    return out


def _what(subjob: Subjob, told: Told, room: int) -> list[Span]:
    error = subjob.error
    said = " ".join(filter(None, (error.code, error.message))) if error is not None else ""
    if subjob.state is State.FAILED:
        return [(clean(said) or "no reason given", "bad")]
    url = media_url(subjob.url)
    note = url.said(told.now) if subjob.url and (url.signed or not url.opens) else ""
    marks: list[Span] = (
        [(f"  {note}", "warn" if not url.signed or url.expired(told.now) else "dim")] if note else []
    )
    if error is not None:
        # Beside a success it is no failure, but nobody should miss it (api.md 2.8 #7).
        marks.append((f"  ! reported {clean(error.code)}", "warn"))
    taken = sum(width(text) for text, _ in marks)
    shown = tail(subjob.url, max(32, room - taken)) if subjob.url else ""
    style = "link" if url.opens and not url.expired(told.now) else "warn"
    return [(shown, style), *marks] if subjob.url else marks
