"""One drawing for each kind of result: a kind in, lines out. No widget, no I/O.

Every drawing starts with one line that says what it is, where it stands and how much there is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from icetui import results as kinds
from icetui.clean import clean, clean_block, cut, width
from icetui.cue_checks import known
from icetui.panes.cue_lines import CueLines
from icetui.panes.json_lines import JsonLines
from icetui.panes.spans import Fixed, Joined, Lines, Span
from icetui.timecodes import timecode

Drawing = Callable[[Any, int], Lines]

_BLANK: tuple[Span, ...] = ()


def plural(n: int, word: str) -> str:
    """``1 cue``, ``2 cues``."""
    return f"{n:,} {word}{'' if n == 1 else 'es' if word.endswith(('ch', 's')) else 's'}"


def wrapped(text: str, cells: int, indent: str = "") -> list[str]:
    """Text of a person, made safe and broken at `cells` cells, Chinese too, its own newlines kept."""
    out: list[str] = []
    room = max(8, cells - len(indent))
    for line in clean_block(text):
        if width(line) <= room:
            out.append(indent + line)
            continue
        if line.isascii():
            out += [indent + piece for piece in textwrap.wrap(line, room, drop_whitespace=True) or [""]]
            continue
        out += [indent + piece for piece in _broken_at(line, room)]
    return out


def _broken_at(line: str, room: int) -> list[str]:
    """Pieces of at most `room` cells, broken at a blank where one is near, else between characters."""
    pieces: list[str] = []
    start = used = 0
    blank = -1
    for n, char in enumerate(line):
        cells = width(char)
        if used + cells > room:
            end = blank + 1 if blank > start and n - blank < room // 2 else n
            pieces.append(line[start:end].rstrip())
            start, blank = end, -1
            used = width(line[start:n])
        if char == " ":
            blank = n
        used += cells
    pieces.append(line[start:])
    return pieces


def draw(result: kinds.Result, cells: int) -> Lines:
    """The drawing of a result for a pane of `cells` columns.

    Raises:
        KeyError: a kind without a drawing (a test walks them all).
    """
    head: list[Span] = [(result.value.kind, "title"), ("  ", ""), (clean(result.path), "dim")]
    if result.repaired:
        head += [("  ", ""), ("repaired: the JSON was broken in a way with one certain reading", "warn")]
    return Joined(Fixed([head]), DRAWINGS[type(result.value)](result.value, cells))


def _transcript(value: kinds.Transcript, cells: int) -> Lines:
    cues = CueLines(value)
    return Joined(Fixed([[(extent(value), "")], cues.names()]), cues)


def extent(transcript: kinds.Transcript) -> str:
    """How much there is: ``340 cues, to 0:05:12.000, media 0:05:13.016``."""
    end = max((end for cue in transcript.cues if (end := known(cue.end)) is not None), default=0.0)
    said = f"{plural(len(transcript.cues), 'cue')}, to {timecode(end)}"
    return said if transcript.duration is None else f"{said}, media {timecode(transcript.duration)}"


def _table(
    rows: Sequence[Sequence[str]], styles: Sequence[str], right: Sequence[int] = ()
) -> list[list[Span]]:
    """Rows with columns as wide as their widest cell; the last column is not padded."""
    sizes = [max(width(row[n]) for row in rows) for n in range(len(styles))] if rows else []
    out: list[list[Span]] = []
    for y, row in enumerate(rows):
        spans: list[Span] = []
        for n, cell in enumerate(row):
            gap = " " * (sizes[n] - width(cell))
            last = n == len(row) - 1
            text = gap + cell if n in right else cell if last else cell + gap
            spans.append((text if last else text + "  ", "dim" if y == 0 else styles[n]))
        out.append(spans)
    return out


def _covers(value: kinds.Covers, cells: int) -> Lines:
    rows = [("time", "score", "seconds", "url")]
    for cover in value.covers:
        time = "–" if cover.time is None else timecode(cover.time)
        seconds = "–" if cover.time is None else f"{cover.time:.3f} s"
        score = "–" if cover.score is None else f"{cover.score:.2f}"
        rows.append((time, score, seconds, clean(cover.url) + (f"  ({cover.note})" if cover.note else "")))
    lines = _table(rows, ("number", "", "number", "link"), right=(0, 1, 2))
    return Fixed([[(plural(len(value.covers), "thumbnail"), "")], *lines])


def _segments(value: kinds.Segments, cells: int) -> Lines:
    rows = [("start", "end", "length", "title")]
    for segment in value.segments:
        length = f"{segment.end - segment.start:.2f} s"
        rows.append((timecode(segment.start), timecode(segment.end), length, clean(segment.title)))
    lines = _table(rows, ("number", "number", "dim", ""), right=(0, 1, 2))
    return Fixed([[(plural(len(value.segments), "segment"), "")], *lines])


_WORDS = {"excellent": "good", "good": "good", "fair": "warn", "poor": "bad", "bad": "bad"}


def _bar(score: float | None, of: float = 5.0, cells: int = 10) -> str:
    if score is None:
        return ""
    full = min(cells, max(0, round(score / of * cells)))
    return "#" * full + "." * (cells - full)


def _grades(value: kinds.Grades, cells: int) -> Lines:
    lines: list[list[Span]] = [[(plural(len(value.channels), "channel"), "")]]
    for channel in value.channels:
        valid = channel.tag.strip().lower() in ("", "valid")
        lines.append([])
        lines.append(
            [
                (f"channel {clean(channel.channel)}", "title"),
                (f"  {clean(channel.tag)}", "good" if valid else "bad"),
            ]
        )
        if not valid:
            lines[-1].append(("  the scores mean nothing", "bad"))
        size = max((width(clean(grade.name)) for grade in channel.grades), default=0)
        for grade in channel.grades:
            name = clean(grade.name)
            lines.append(
                [
                    (f"  {name}{' ' * (size - width(name))}  ", "key"),
                    (f"{clean(grade.word):<9}", _WORDS.get(grade.word.strip().lower(), "")),
                    (f"  {'–' if grade.score is None else format(grade.score, '.2f'):>5}", "number"),
                    (f"  {_bar(grade.score):<10}", _WORDS.get(grade.word.strip().lower(), "dim")),
                    ("" if grade.worst is None else f"  worst {grade.worst:.2f}", "dim"),
                ]
            )
        size = max((width(clean(name)) for name, _ in channel.figures), default=0)
        for label, figure in channel.figures:
            name = clean(label)
            lines.append([(f"  {name}{' ' * (size - width(name))}  ", "dim"), (clean(figure), "")])
    return Fixed(lines)


def _tags(value: kinds.Tags, cells: int) -> Lines:
    lines: list[list[Span]] = [[(plural(len(value.tags), "tag"), "")]]
    category = None
    size = max((width(clean(tag.label)) for tag in value.tags), default=0)
    for tag in value.tags:
        if tag.category != category:
            category = tag.category
            lines += [[], [(clean(category), "title")]]
        label = clean(tag.label)
        head = f"  {label}{' ' * (size - width(label))}  "
        times = "  ".join(timecode(time) for time in tag.times)
        pieces = wrapped(times, cells - width(head)) if times else [""]
        for n, piece in enumerate(pieces):
            lines.append([(head if n == 0 else " " * width(head), "key"), (piece, "number")])
        if tag.face_url:
            lines.append([(" " * width(head), ""), (clean(tag.face_url), "link")])
    return Fixed(lines)


def _matches(value: kinds.Matches, cells: int) -> Lines:
    lines: list[list[Span]] = [[(plural(len(value.matches), "match"), "")]]
    for match in value.matches:
        similar = "–" if match.similarity is None else f"{match.similarity:.2%}"
        lines += [[], [(clean(match.key), "title"), (f"  {similar} alike", "number")]]
        for span in match.spans:
            here = f"{timecode(span.input_start)} – {timecode(span.input_start + span.input_duration)}"
            there = f"{timecode(span.other_start)} – {timecode(span.other_start + span.other_duration)}"
            lines.append([("  here ", "dim"), (here, "number"), ("   there ", "dim"), (there, "number")])
    return Fixed(lines)


def _selection(value: kinds.Selection, cells: int) -> Lines:
    sentences = sum(len(output) for output in value.outputs)
    lines: list[list[Span]] = [
        [(f"{plural(sentences, 'sentence')} in {plural(len(value.outputs), 'output')}", "")]
    ]
    for n, output in enumerate(value.outputs):
        lines += [[], [(f"output {n + 1}", "title")]]
        for sentence in output:
            length = "" if sentence.duration is None else f"  {sentence.duration:.3f} s"
            lines += [[(piece, "")] for piece in wrapped(sentence.text, cells, "  ")]
            lines[-1].append((f"{length}  textId {clean(sentence.text_id)}", "dim"))
            for clip in sentence.clips:
                start = "–" if clip.start is None else timecode(clip.start)
                end = "–" if clip.end is None else timecode(clip.end)
                score = "–" if clip.score is None else f"{clip.score:g}"
                lines.append(
                    [
                        (f"    {start} – {end}", "number"),
                        (f"  score {score}  ", "dim"),
                        (clean(clip.media_id), "key"),
                        (f"  {clean(clip.clip_id)}", "dim"),
                    ]
                )
    return Fixed(lines)


def _translations(value: kinds.Translations, cells: int) -> Lines:
    lines: list[list[Span]] = [[(plural(len(value.languages), "language"), "")]]

    def members(fields: Sequence[tuple[str, str]]) -> None:
        size = max((width(clean(name)) for name, _ in fields), default=0)
        for name, member in fields:
            label = clean(name)
            style = "link" if "://" in member else ""
            text = clean(member)
            if size + width(text) + 4 <= cells:
                lines.append([(f"  {label}{' ' * (size - width(label))}  ", "key"), (text, style)])
            else:
                # Whole, on a line of its own, where the names would push it off the pane.
                lines.extend([[(f"  {label}", "key")], [("    ", ""), (text, style)]])

    for language in value.languages:
        lines += [[], [(clean(language.language) or "one language", "title")]]
        members(language.fields)
    if value.shared:
        lines += [[], [("all languages", "title")]]
        members(value.shared)
    return Fixed(lines)


def _texts(value: kinds.Texts, cells: int) -> Lines:
    lines: list[list[Span]] = [[(plural(len(value.texts), "text"), "")]]
    for n, text in enumerate(value.texts):
        lines += [[], [(f"{n + 1}", "title")], *([(piece, "")] for piece in wrapped(text, cells, "  "))]
    return Fixed(lines)


def _tree(value: kinds.Tree, cells: int) -> Lines:
    return JsonLines(value.value)


def _plain(value: kinds.Plain, cells: int) -> Lines:
    return Fixed([[(piece, "")] for piece in wrapped(value.text, cells)])


AROUND = 2
"""Lines shown before and after the place where a long text broke."""


def _broken(value: kinds.Broken, cells: int) -> Lines:
    """The text as it came, a caret under the place where it broke; of a long one the place comes first."""
    raw = value.text.split("\n")
    lines: list[list[Span]] = [
        [(f"not JSON: {clean(value.message)}", "bad")],
        [(f"line {value.line}, column {value.column} (character {value.position})", "bad")],
        [],
    ]
    if len(raw) > 2 * AROUND + 4:
        lines += _numbered(value, raw, max(1, value.line - AROUND), value.line + AROUND, cells)
        lines += [[], [("as sent, whole", "dim")]]
    return Fixed([*lines, *_numbered(value, raw, 1, len(raw), cells)])


def _numbered(value: kinds.Broken, raw: Sequence[str], first: int, last: int, cells: int) -> list[list[Span]]:
    """Some lines of the text with their numbers, and a caret under the place."""
    lines: list[list[Span]] = []
    for n, line in enumerate(raw[first - 1 : last], start=first):
        number = f"{n:>4}  "
        text = clean(line.rstrip("\r"))
        if n != value.line:
            lines.append([(number, "dim"), (text, "")])
            continue
        before = clean(line[: value.column - 1])
        at = width(before)
        # A place far to the right is brought into view: broken JSON is often one endless line.
        if at > cells - 16:
            text = "…" + text[max(0, len(before) - cells // 2) + 1 :]
            at = width("…" + before[max(0, len(before) - cells // 2) + 1 :])
        lines.append([(number, "bad"), (text, "")])
        lines.append([(" " * (len(number) + at), ""), ("^ here", "bad")])
    return lines


DRAWINGS: dict[type, Drawing] = {
    kinds.Transcript: _transcript,
    kinds.Covers: _covers,
    kinds.Segments: _segments,
    kinds.Grades: _grades,
    kinds.Tags: _tags,
    kinds.Matches: _matches,
    kinds.Selection: _selection,
    kinds.Translations: _translations,
    kinds.Texts: _texts,
    kinds.Tree: _tree,
    kinds.Plain: _plain,
    kinds.Broken: _broken,
}


def briefly(value: kinds.Kind) -> str:
    """One phrase: what a summary says of a result."""
    counted = {
        "transcript": ("cues", "cue"),
        "covers": ("covers", "thumbnail"),
        "segments": ("segments", "segment"),
        "grades": ("channels", "channel"),
        "tags": ("tags", "tag"),
        "matches": ("matches", "match"),
        "selection": ("outputs", "output"),
        "translations": ("languages", "language"),
        "texts": ("texts", "text"),
    }
    if value.kind in counted:
        member, word = counted[value.kind]
        return f"{value.kind}, {plural(len(getattr(value, member)), word)}"
    if isinstance(value, kinds.Plain):
        return f"text: {cut(clean(value.text), 60)}"
    if isinstance(value, kinds.Broken):
        return f"broken JSON at line {value.line}, column {value.column}"
    return "JSON"
