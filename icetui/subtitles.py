r"""A transcript as SubRip (SRT), WebVTT or plain text.

All three end in a newline, use ``\n`` and can be written as UTF-8. What the service says is kept as far
as the formats can say it:

- Cues stand in the order of their starts, as WebVTT demands; those that start together keep their order.
- Cues may overlap. A time before 0 is 0. An end that does not lie after its start is written 1 ms after
  it, because no player shows a cue without a length; the text is never dropped for its times.
- Line breaks of every kind are ``\n``. Blank lines inside a cue are left out: they would end it.
- A cue without any text is left out.
- Control characters and lone surrogates become U+FFFD: neither belongs into a text file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from icetui.results import Transcript


def srt(transcript: Transcript) -> str:
    """SubRip: numbered cues with ``00:00:00,000 --> 00:00:00,846``.

    SubRip has no escapes, so ``&`` and ``<`` stay as they are; ``-->``, which readers take for a line of
    times, is written ``->``.
    """
    return "\n".join(
        f"{place}\n{_time(start, ',')} --> {_time(end, ',')}\n{_unarrowed(lines)}\n"
        for place, (start, end, lines) in enumerate(_cues(transcript), 1)
    )


def vtt(transcript: Transcript) -> str:
    """WebVTT: cues with ``00:00:00.000 --> 00:00:00.846``; ``&``, ``<`` and ``>`` are entities."""
    blocks = ["WEBVTT\n"]
    for start, end, lines in _cues(transcript):
        text = "\n".join(lines).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_time(start, '.')} --> {_time(end, '.')}\n{text}\n")
    return "\n".join(blocks)


def txt(transcript: Transcript) -> str:
    """The words alone: one line for each cue, line breaks inside it as blanks, without times."""
    return "".join(
        f"{' '.join(line.strip() for line in lines)}\n" for _start, _end, lines in _cues(transcript)
    )


_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\u0085\u2028\u2029]")
_UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _cues(transcript: Transcript) -> Iterator[tuple[int, int, list[str]]]:
    """Start and end in ms and the lines of each cue that says something, in the order of the starts."""
    timed = [(max(0, round(cue.start * 1000)), round(cue.end * 1000), cue.text) for cue in transcript.cues]
    for start, end, text in sorted(timed, key=lambda each: each[0]):
        text = _UNFIT.sub("\ufffd", _BREAKS.sub("\n", text))
        lines = [line for line in text.split("\n") if line.strip()]
        if lines:
            yield start, max(end, start + 1), lines


def _unarrowed(lines: list[str]) -> str:
    return re.sub("-{2,}>", "->", "\n".join(lines))


def _time(ms: int, point: str) -> str:
    """``hh:mm:ss,mmm``; hours take the digits they need."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{ms:03d}"
