"""The pages of an opened job: Summary, Result, Subjobs and media, Parameters, Raw.

A page is lines plus where its URLs stand. Screens show pages; ``icetui show`` prints the same ones.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from icetui import results as kinds
from icetui.call import Answer
from icetui.clean import clean, width
from icetui.decode import Fault, at
from icetui.families.base import Opened
from icetui.job import Job, JobError, State, Subjob
from icetui.media_urls import media_url
from icetui.panes.drawings import DRAWINGS, briefly, draw, wrapped
from icetui.panes.job_line import GLYPHS, age, state_style
from icetui.panes.json_lines import JsonLines
from icetui.panes.spans import Fixed, Joined, Lines, Made, Span, plain
from icetui.records import record

TABS = ("Summary", "Result", "Subjobs and media", "Parameters", "Raw")


@record
class Sheet:
    """One page: its lines, and the true text of what can be copied, by the line where it begins.

    Attributes:
        lines: what is drawn.
        urls: (line, URL as sent), by rising line; "" begins a block of lines that has none.
        note: one phrase for the status line, or "".
    """

    lines: Lines
    urls: tuple[tuple[int, str], ...] = ()
    note: str = ""

    def url(self, y: int) -> str:
        """The URL of the block that line `y` stands in; above the first block, the first there is."""
        n = bisect_right([line for line, _ in self.urls], y)
        return self.urls[n - 1][1] if n else next((url for _, url in self.urls if url), "")


@dataclass(slots=True)
class Builder:
    """Collects lines and remembers on which of them a URL begins; `now` tells which have expired."""

    cells: int
    now: datetime | None = None
    rows: list[list[Span]] = field(default_factory=list)
    urls: list[tuple[int, str]] = field(default_factory=list)

    def add(self, *spans: Span) -> None:
        """A line."""
        self.rows.append(list(spans))

    def blank(self) -> None:
        """An empty line."""
        self.rows.append([])

    def member(self, label: str, text: str, style: str = "", after: str = "") -> None:
        """A label and its value, wrapped under itself; nothing for an empty value."""
        if not text:
            return
        head = f"{label:<10} "
        for n, piece in enumerate(wrapped(text, self.cells - len(head))):
            self.add((head if n == 0 else " " * len(head), "key"), (piece, style))
        if after:
            self.rows[-1].append((f"  {after}", "dim"))

    def block(self, url: str) -> None:
        """From here on lines belong to something with this URL, or with none."""
        self.urls.append((len(self.rows), url))

    def url(self, label: str, text: str, note: str = "", *, block: bool = True) -> None:
        """A URL, whole but for the query of a signed one; the true one is what is copied."""
        if block:
            self.block(text)
        url = media_url(text)
        gone = self.now is not None and url.expired(self.now)
        fine = url.opens or url.kind == "path"
        head = f"{clean(label)}  " if label else ""
        self.add((head, "key"), (url.shown(), "link" if fine and not gone else "warn"))
        for said, style in (
            (url.said(self.now), "dim" if fine and not gone else "warn"),
            (clean(note), "warn"),
        ):
            if said and width(plain(self.rows[-1])) + 2 + width(said) > self.cells:
                self.add((" " * width(head), ""))
            if said:
                self.rows[-1].append((f"  {said}", style))

    def sheet(self, note: str = "") -> Sheet:
        """All lines so far."""
        return Sheet(Fixed(self.rows), tuple(self.urls), note)


def moment(when: datetime | None, now: datetime) -> str:
    """A time with its zone and its age; "–" if unknown."""
    return "–" if when is None else f"{when:%Y-%m-%d %H:%M:%S} UTC  {age(when, now)} ago"


def length(seconds: float | None) -> str:
    """A duration for a person: ``4.25 s``, ``12 min 31 s``, ``2 h 5 min``; "–" if unknown."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:g} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def tally(subjobs: Sequence[Subjob]) -> str:
    """``7 of 10 done, 2 failed, 1 running``."""
    counts = {state: sum(each.state is state for each in subjobs) for state in State}
    said = [f"{counts[State.DONE]} of {len(subjobs)} done"]
    said += [f"{n} {state.value}" for state, n in counts.items() if n and state is not State.DONE]
    return ", ".join(said)


def state_spans(job: Job | Subjob, *, ascii_only: bool = False) -> tuple[Span, ...]:
    """Shape and word of a state, and the service's own word."""
    style = state_style(job.state)
    theirs = f"  ({clean(job.state_word)})" if job.state_word else ""
    return ((f"{GLYPHS[ascii_only][job.state]} {job.state.value}", style), (theirs, "dim"))


def summary(
    job: Job, opened: Opened | None, cells: int, now: datetime, *, ascii_only: bool = False, why: str = ""
) -> Sheet:
    """What the job is, how it went and what came out, on one page.

    Args:
        job: the row as known so far.
        opened: all that a lookup told, or None while it is asked for.
        cells: columns of the pane.
        now: for ages.
        ascii_only: shapes without Unicode.
        why: what to say while there is no lookup yet.
    """
    out = Builder(cells, now)
    out.add(*state_spans(job, ascii_only=ascii_only))
    out.blank()
    out.member("Title", job.title)
    out.member("Type", job.type)
    out.member("ID", job.id)
    out.member("Media", job.media_id if job.media_id != job.title else "")
    out.member("Region", job.region)
    out.member("Created", moment(job.created, now))
    if job.finished is not None or job.state.terminal:
        taken = length(job.duration)
        out.member("Ended", moment(job.finished, now), after=f"took {taken}" if taken != "–" else "")
    elif job.modified is not None:
        out.member("Modified", moment(job.modified, now))
    if job.state is State.MISSING:
        out.blank()
        said = f"unknown here, or in another region ({job.region} asked)"
        said += "; the ID of a media asset? a, then media:ID" if job.family == "vod-ai" else ""
        out.member("Missing", said, "warn")
    out_error(out, job)
    if job.note:
        out.blank()
        out.member("Note", job.note, "warn")
    if job.subjobs:
        out.blank()
        out.member("Subjobs", tally(job.subjobs))
        for n, subjob in enumerate(job.subjobs, start=1):
            if subjob.error is not None and subjob.state is not State.DONE:
                out.member("", f"{n}: {subjob.error.code} {subjob.error.message}", "bad")
    if opened is None:
        if why:
            out.blank()
            out.add((clean(why), "dim"))
    else:
        _found(out, opened)
    made = [each for each in job.media if each.url]
    if made:
        out.blank()
        for each in made[:4]:
            out.url(each.label, each.url, each.note)
        if len(made) > 4:
            out.add((f"… {len(made) - 4} more under Subjobs and media", "dim"))
    return out.sheet()


def _found(out: Builder, opened: Opened) -> None:
    """What a lookup found, a phrase for each result and each break."""
    if opened.results or opened.decoded.broken:
        out.blank()
    for n, result in enumerate(opened.results):
        mark = "  (repaired)" if result.repaired else ""
        out.member("Result" if n == 0 else "", f"{briefly(result.value)}{mark}")
    paths = {result.path for result in opened.results}
    for path, fault in opened.decoded.broken.items():
        if path not in paths and not any(each.startswith(path + ".") for each in paths):
            out.member("Broken", f"{path}: {fault.message}, line {fault.line}, column {fault.column}", "bad")


def out_error(out: Builder, job: Job) -> None:
    """Why it failed, or that no reason was given; an error beside success is "reported"."""
    if job.error is None:
        if job.state is State.FAILED and job.whole:
            out.blank()
            out.member("Error", "no reason given", "bad")
        return
    out.blank()
    fine = job.state not in (State.FAILED, State.PARTIAL)
    _error(out, job.error, "Reported" if fine else "Error", "warn" if fine else "bad")


def _error(out: Builder, error: JobError, label: str, style: str) -> None:
    out.member(label, error.code or "no code", style)
    out.member("", error.message, style)
    out.member("RequestId", error.request_id, "dim")


def result(opened: Opened, cells: int, *, ascii_only: bool = False) -> Sheet:
    """Every result with its drawing, one below the other; without any, what the job made."""
    if not opened.results:
        state = opened.job.state
        said = "No result field." if state.terminal else "No result yet."
        out = Builder(cells)
        if opened.job.subjobs or opened.job.media:
            out.add((f"{said} What it made:", "dim"))
            out.blank()
            _made(out, opened.job, ascii_only=ascii_only)
        else:
            out.add((said, "dim"))
        out_error(out, opened.job)
        return out.sheet()
    parts: list[Lines] = []
    urls: list[tuple[int, str]] = []
    lines = 0
    for n, each in enumerate(opened.results):
        if n:
            parts.append(Fixed([[]]))
            lines += 1
        drawing = draw(each, cells)
        urls += _placed(_urls(each.value), drawing, lines)
        parts.append(drawing)
        lines += len(drawing)
        fault = opened.decoded.broken.get(each.path)
        if each.repaired and fault is not None:
            said = f"as sent: {clean(fault.message)} at line {fault.line}, column {fault.column}"
            parts.append(Fixed([[], [(said, "dim")]]))
            lines += 2
    return Sheet(Joined(*parts), tuple(urls))


def _placed(urls: Sequence[str], drawing: Lines, before: int) -> list[tuple[int, str]]:
    """URLs with the lines of a drawing that show them."""
    true = {clean(url): url for url in urls}
    if not true:
        return []
    found: list[tuple[int, str]] = []
    for y in range(len(drawing)):
        shown = next((text for text, style in drawing.line(y) if style == "link"), "")
        if shown in true:
            found.append((before + y, true[shown]))
    return found


def _urls(value: kinds.Kind) -> list[str]:
    if isinstance(value, kinds.Covers):
        return [cover.url for cover in value.covers if cover.url]
    if isinstance(value, kinds.Tags):
        return [tag.face_url for tag in value.tags if tag.face_url]
    if isinstance(value, kinds.Translations):
        fields = [member for language in value.languages for member in language.fields] + list(value.shared)
        return [text for _, text in fields if "://" in text]
    return []


def media(job: Job, cells: int, *, now: datetime | None = None, ascii_only: bool = False) -> Sheet:
    """Subjobs with state, error, duration and media URL; then whatever else the job made.

    Args:
        job: the job.
        cells: columns of the pane.
        now: to say until when signed URLs open, or None to say only that they are signed.
        ascii_only: shapes without Unicode.
    """
    out = Builder(cells, now)
    _made(out, job, ascii_only=ascii_only)
    if job.media_id:
        out.member("Media", job.media_id)
    if not out.rows:
        out.add(("Nothing made, as far as the answer tells.", "dim"))
    return out.sheet()


def _made(out: Builder, job: Job, *, ascii_only: bool) -> None:
    if job.subjobs:
        out.add((tally(job.subjobs), "title"))
    for n, subjob in enumerate(job.subjobs):
        out.blank()
        out.block(subjob.url)
        out.add(
            (f"{n + 1:>3}  ", "dim"),
            *state_spans(subjob, ascii_only=ascii_only),
            (f"  {length(subjob.duration)}", "number"),
            (f"  {clean(subjob.id)}", ""),
        )
        if subjob.url:
            out.url("    ", subjob.url, block=False)
        if subjob.error is not None:
            fine = subjob.state is State.DONE
            said = "reported: " if fine else ""
            error = " ".join(part for part in (subjob.error.code, subjob.error.message) if part)
            for piece in wrapped(said + (error or "no reason given"), out.cells - 6):
                out.add(("      ", ""), (piece, "warn" if fine else "bad"))
        elif subjob.state is State.FAILED:
            out.add(("      no reason given", "bad"))
        ids = [("media", subjob.media_id), ("project", subjob.project_id)]
        told = "  ".join(f"{label} {clean(value)}" for label, value in ids if value)
        if told:
            out.add((f"      {told}", "dim"))
    if job.media:
        if job.subjobs:
            out.blank()
        size = max(width(clean(each.label)) for each in job.media)
        for each in job.media:
            label = clean(each.label).ljust(size)
            if each.url:
                out.url(label, each.url, each.note)
            else:
                out.block("")
            if each.media_id:
                head = " " * size if each.url else label
                out.add((f"{head}  ", "key"), ("media ", "dim"), (clean(each.media_id), ""))
            if not each.url and each.note:
                out.add((f"{label}  ", "key"), (clean(each.note), "warn"))


def parameters(opened: Opened, cells: int) -> Sheet:
    """What was asked for: each field decoded and printed; broken ones raw, with the place."""
    decoded = opened.decoded
    parts: list[Lines] = []
    for path in opened.parameters:
        fault = decoded.broken.get(path)
        value = at(decoded.value, path)
        if value in (None, "", {}, []):
            continue
        if parts:
            parts.append(Fixed([[]]))
        if fault is not None:
            parts.append(Fixed([[(clean(path), "title")]]))
            parts.append(_fault(fault, cells))
            if path not in decoded.repaired:
                continue
            parts.append(Fixed([[], [("repaired reading", "warn"), (f" of {clean(path)}", "dim")]]))
        elif isinstance(value, str):
            rows: list[list[Span]] = [[(clean(path), "title")]]
            rows += [[(piece, "")] for piece in wrapped(value, cells, "  ")]
            parts.append(Fixed(rows))
            continue
        else:
            mark: list[Span] = [("  ⟪json⟫", "mark")] if path in decoded.boundaries else []
            parts.append(Fixed([[(clean(path), "title"), *mark]]))
        below = {
            "boundaries": decoded.boundaries - {path},
            "repaired": set(decoded.repaired) - {path},
            "broken": set(decoded.broken) - {path},
        }
        parts.append(JsonLines(value, path=path, **below))
    if not parts:
        return Sheet(Fixed([[("The answer names no parameters.", "dim")]]))
    return Sheet(Joined(*parts))


def _fault(fault: Fault, cells: int) -> Lines:
    broken = kinds.Broken(fault.text, fault.line, fault.column, fault.position, fault.message)
    return DRAWINGS[kinds.Broken](broken, cells)


def raw(opened: Opened) -> Sheet:
    """The answer as it came: JSON inside strings stays in its strings."""
    said = f"{size(opened.answer)} as sent, laid out"
    return Sheet(JsonLines(opened.decoded.as_sent), note=said)


LARGE = 1_000_000
"""Characters of an answer from which on the raw text is shown first and the page laid out meanwhile."""

_PIECE = 4_000


def size(answer: Answer) -> str:
    """How long an answer's text is: ``1.2 kB``."""
    # Here, not at the top: it is for whoever looks at an answer, after the first paint.
    import humanize

    return humanize.naturalsize(len(answer.text.encode(errors="replace")))


def unlaid(answer: Answer) -> Sheet:
    """The answer's text as it came, in pieces of a line each: what there is to read while a page is made."""
    text = answer.text
    pieces = -(-len(text) // _PIECE)
    lines = Made(pieces, lambda y: [(clean(text[y * _PIECE : (y + 1) * _PIECE]), "")])
    return Sheet(lines, note=f"{size(answer)} as sent; laying it out…")


def page(
    tab: int,
    job: Job,
    opened: Opened | None,
    cells: int,
    now: datetime,
    *,
    ascii_only: bool = False,
    why: str = "",
) -> Sheet:
    """A tab of `TABS`. Until the job is open every tab but the media shows the summary."""
    if tab == 2:
        return media(job, cells, now=now, ascii_only=ascii_only)
    if tab == 0 or opened is None:
        return summary(job, opened, cells, now, ascii_only=ascii_only, why=why)
    if tab == 1:
        return result(opened, cells, ascii_only=ascii_only)
    return parameters(opened, cells) if tab == 3 else raw(opened)
