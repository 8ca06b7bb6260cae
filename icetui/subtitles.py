r"""A transcript as a file: SubRip (SRT), WebVTT, plain text, JSON, CSV.

Every form ends in a newline and is UTF-8. What the service says is kept as far as the form can say it.

SRT, WebVTT and text are for players and readers:

- Cues stand in the order of their starts, as WebVTT demands; those that start together keep their order.
- Cues may overlap. A time before 0 is 0. An end that does not lie after its start is written 1 ms after
  it, because no player shows a cue without a length; the text is never dropped for its times.
- An unknown start (NaN and the infinities too) is the end of the cue above, an unknown end the start of the
  cue below where that lies later.
- Hours take the digits they need: ``123:00:00,000``.
- Line breaks of every kind are ``\n``. Blank lines inside a cue are left out: they would end it.
- A cue without any text is left out.
- Control characters and lone surrogates become U+FFFD: neither belongs into a text file.

JSON and CSV are for programs and tables: every cue in the order it came, its times as they are, negative
ones too; an unknown time is ``null`` or an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from icetui.cue_checks import known
from icetui.records import record
from icetui.results import Transcript, as_json
from icetui.timecodes import timecode

Chosen = Collection[int] | None
"""Places of the cues to write, from 0; None for all."""


def srt(transcript: Transcript, chosen: Chosen = None) -> str:
    """SubRip: cues numbered from 1 with ``00:00:00,000 --> 00:00:00,846``.

    SubRip has no escapes, so ``&`` and ``<`` stay as they are; ``-->``, which readers take for a line of
    times, is written ``->``.
    """
    return "\n".join(
        f"{place}\n{_time(start, ',')} --> {_time(end, ',')}\n{_unarrowed(lines)}\n"
        for place, (start, end, lines) in enumerate(_cues(transcript, chosen), 1)
    )


def vtt(transcript: Transcript, chosen: Chosen = None) -> str:
    """WebVTT: cues with ``00:00:00.000 --> 00:00:00.846``; ``&``, ``<`` and ``>`` are entities."""
    blocks = ["WEBVTT\n"]
    for start, end, lines in _cues(transcript, chosen):
        text = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_time(start, '.')} --> {_time(end, '.')}\n{text}\n")
    return "\n".join(blocks)


def txt(transcript: Transcript, chosen: Chosen = None) -> str:
    """The words alone: one line for each cue, line breaks inside it as blanks, without times."""
    return "".join(
        f"{' '.join(line.strip() for line in lines)}\n" for _start, _end, lines in _cues(transcript, chosen)
    )


def json_text(transcript: Transcript, chosen: Chosen = None) -> str:
    """JSON as `results.as_json` gives it: ``{kind, cues: [{start, end, text, …}], duration}``.

    Members of a cue that have no field here, words with their own times among them, stand in it as sent.
    """
    import json

    if chosen is not None:
        cues = tuple([transcript.cues[n] for n in sorted(chosen) if 0 <= n < len(transcript.cues)])
        transcript = replace(transcript, cues=cues)
    # As_json has taken away what JSON cannot say; a member of the service may still be a lone surrogate.
    text = json.dumps(as_json(transcript), ensure_ascii=False, indent=2)
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


COLUMNS = ("cue", "start", "end", "start_s", "end_s", "channel", "rate", "text")
"""Of CSV: number from 1, ``h:mm:ss.mmm`` twice, seconds twice, and what was said."""


def csv(transcript: Transcript, chosen: Chosen = None) -> str:
    """CSV by RFC 4180 with the names of `COLUMNS` in the first line and CRLF after each.

    It begins with a byte order mark: without one a spreadsheet takes Chinese for another encoding. A cell
    of text that a spreadsheet would take for a formula (``=``, ``+``, ``-``, ``@`` first, full-width too) has
    an apostrophe before it; so has one that begins with apostrophes before such a sign: whoever takes one
    away has the text again.
    """
    rows = [COLUMNS]
    for n, cue in enumerate(transcript.cues):
        if chosen is not None and n not in chosen:
            continue
        start, end = known(cue.start), known(cue.end)
        rows.append(
            (
                str(n + 1),
                "" if start is None else timecode(start),
                "" if end is None else timecode(end),
                "" if start is None else f"{start:.3f}",
                "" if end is None else f"{end:.3f}",
                "" if cue.channel is None else str(cue.channel),
                "" if cue.rate is None else str(cue.rate),
                _UNFIT.sub("\ufffd", _BREAKS.sub("\n", cue.text)),
            )
        )
    return "\ufeff" + "".join(
        [
            ",".join([_cell(cell, name) for cell, name in zip(row, COLUMNS, strict=True)]) + "\r\n"
            for row in rows
        ]
    )


@record
class Form:
    """A way to write a transcript: its name for a person, and what writes it."""

    name: str
    write: Callable[[Transcript, Chosen], str]


FORMS: Mapping[str, Form] = {
    "srt": Form("SubRip", srt),
    "vtt": Form("WebVTT", vtt),
    "txt": Form("plain text", txt),
    "json": Form("JSON", json_text),
    "csv": Form("CSV", csv),
}
"""By the name a command takes and a file ends in."""


_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\u0085\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONE = re.compile("[\ud800-\udfff]")
_FORMULA = re.compile("[\\s']*[=+\\-@＝＋－＠]|[\\s']*\\t")
_QUOTED = re.compile('[",\n\r]|\\A\\s|\\s\\Z')


def _cell(text: str, column: str) -> str:
    """A cell of CSV: kept from being a formula, and in quotes where it must be."""
    if column in ("start", "end", "text") and _FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _cues(transcript: Transcript, chosen: Chosen) -> Iterator[tuple[int, int, list[str]]]:
    """Start and end in ms and the lines of each cue that says something, in the order of the starts."""
    timed: list[tuple[int, int, int]] = []
    reached = 0
    starts = [known(cue.start) for cue in transcript.cues]
    for n, cue in enumerate(transcript.cues):
        start, end = starts[n], known(cue.end)
        begins = reached if start is None else max(0, round(start * 1000))
        if end is None:
            end = next((each for each in starts[n + 1 : n + 2] if each is not None), None)
        ends = begins + 1 if end is None else max(begins + 1, round(end * 1000))
        timed.append((begins, ends, n))
        reached = ends
    timed.sort(key=lambda each: each[0])
    for begins, ends, n in timed:
        if chosen is not None and n not in chosen:
            continue
        text = _UNFIT.sub("\ufffd", _BREAKS.sub("\n", transcript.cues[n].text))
        lines = [line for line in text.split("\n") if line.strip()]
        if lines:
            yield begins, ends, lines


def _unarrowed(lines: list[str]) -> str:
    return re.sub("-{2,}>", "->", "\n".join(lines))


def _time(ms: int, point: str) -> str:
    """``hh:mm:ss,mmm``; hours take the digits they need."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"
