"""What is wrong with a transcript, as an editor of subtitles would want to be told.

Pure functions over cues. A cue is compared with the others of its own channel only: two speakers may talk
at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from icetui.records import record
from icetui.results import Cue, Transcript
from icetui.settings import Reading
from icetui.timecodes import timecode

KINDS: Mapping[str, tuple[str, str]] = {
    "unknown": ("unknown time", "unknown times"),
    "negative": ("negative length", "negative lengths"),
    "empty": ("zero length", "zero lengths"),
    "before": ("start before 0", "starts before 0"),
    "order": ("out of order", "out of order"),
    "overlap": ("overlap", "overlaps"),
    "gap": ("gap", "gaps"),
    "beyond": ("beyond the media", "beyond the media"),
    "fast": ("too fast", "too fast"),
    "silent": ("without text", "without text"),
}
"""Every kind of warning, one and several of it in words; the order is that of the tally."""

_SLACK = 0.0005
"""Seconds within which two times are the same: times come in milliseconds, out of floats."""


_LATEST = 1e12
"""Seconds from which on a time is that of no media, but a slip or an infinity."""


@record
class Warned:
    """One thing that is wrong with one cue.

    Attributes:
        kind: one of `KINDS`.
        words: it, in words that name times and other cues by their number from 1.
    """

    kind: str
    words: str


Warnings = Mapping[int, Sequence[Warned]]
"""What is wrong, by the place of the cue from 0; cues that are fine have none. Rising places."""


def check(transcript: Transcript, limits: Reading | None = None) -> Warnings:
    """All that is wrong with the cues of a transcript.

    Args:
        transcript: in the order it came.
        limits: how fast a text may be, and how long nothing may be said; None: the defaults.
    """
    limits = Reading() if limits is None else limits
    found: dict[int, list[Warned]] = {}
    media = known(transcript.duration)
    slowest = 1 / min(limits.cjk_per_second, limits.latin_per_second)
    latest = _LATEST if media is None else media
    for n, cue in enumerate(transcript.cues):
        start, end = cue.start, cue.end
        # Most cues are fine at first sight: a transcript of hours is checked in a tenth of a second.
        if (
            start is not None
            and end is not None
            and 0 <= start < end <= latest
            and len(cue.text) * slowest < end - start - _SLACK
            and cue.text.strip()
        ):
            continue
        mine = list(_alone(cue, media, limits))
        if mine:
            found[n] = mine
    for n, warned in _among(transcript.cues, limits):
        found.setdefault(n, []).append(warned)
    return {n: tuple(found[n]) for n in sorted(found)}


def tally(warnings: Warnings) -> str:
    """``3 warnings: 2 overlaps, 1 gap``; "" where nothing is wrong."""
    counts = Counter(each.kind for mine in warnings.values() for each in mine)
    if not counts:
        return ""
    total = counts.total()
    parts = [f"{counts[kind]:,} {words[counts[kind] > 1]}" for kind, words in KINDS.items() if counts[kind]]
    return f"{total:,} warning{'' if total == 1 else 's'}: {', '.join(parts)}"


def known(seconds: float | None) -> float | None:
    """A time that can be reckoned with, or None: NaN, the infinities and 30,000 years are none."""
    return seconds if seconds is not None and -_LATEST < seconds < _LATEST else None


def _alone(cue: Cue, media: float | None, limits: Reading) -> Iterator[Warned]:
    """What is wrong with a cue whatever the others are."""
    start, end = known(cue.start), known(cue.end)
    if start is None or end is None:
        lost = "start and end" if start is None and end is None else "start" if start is None else "end"
        yield Warned("unknown", f"its {lost} cannot be read")
    if start is not None and start < -_SLACK:
        yield Warned("before", f"starts at {timecode(start)}, before the media")
    last = max((each for each in (start, end) if each is not None), default=None)
    if media is not None and last is not None and last > media + _SLACK:
        yield Warned("beyond", f"goes {last - media:.2f} s beyond the media, which ends at {timecode(media)}")
    if not cue.text.strip():
        yield Warned("silent", "has no text")
    if start is None or end is None:
        return
    length = end - start
    if length < -_SLACK:
        yield Warned("negative", f"ends {-length:.2f} s before it starts")
    elif length <= _SLACK:
        yield Warned("empty", "has no length")
    elif (needed := reading_time(cue.text, limits)) > length + _SLACK:
        cjk, others = counted(cue.text)
        said = " and ".join(
            f"{count} {name}"
            for count, name in ((cjk, "CJK"), (others, "other" if cjk else "Latin"))
            if count
        )
        yield Warned(
            "fast",
            f"too fast to read: {said} character{'' if cjk + others == 1 else 's'} in {length:.2f} s,"
            f" need {needed:.2f} s",
        )


def _among(cues: Sequence[Cue], limits: Reading) -> Iterator[tuple[int, Warned]]:
    """What is wrong between the cues of a channel: their order as it came, gaps and overlaps in time."""
    channels: dict[int | None, list[tuple[float, int]]] = {}
    for n, cue in enumerate(cues):
        start = cue.start
        if start is None or not -_LATEST < start < _LATEST:
            continue
        mine = channels.get(cue.channel)
        if mine is None:
            mine = channels[cue.channel] = []
        if mine and start < mine[-1][0] - _SLACK:
            before, above = mine[-1]
            yield n, Warned("order", f"starts {before - start:.2f} s before cue {above + 1:,} above it")
        mine.append((start, n))
    for mine in channels.values():
        mine.sort()
        reached, by = mine[0][0], -1
        for start, n in mine:
            if by >= 0 and start < reached - _SLACK:
                yield n, Warned("overlap", f"overlaps cue {by + 1:,} by {reached - start:.2f} s")
            elif by >= 0 and start - reached > limits.gap_seconds:
                yield n, Warned("gap", f"a gap of {start - reached:.2f} s before it")
            end = cues[n].end
            end = start if end is None or not start < end < _LATEST else end
            if by < 0 or end >= reached:
                reached, by = end, n


# --- how fast a text is ---------------------------------------------------------------------------

# Letters that stand for a syllable or a word: Han, kana, bopomofo, Hangul. Their punctuation is read
# like any other.
_CJK = re.compile(
    "[\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c"
    "\uac00-\ud7a3\uf900-\ufad9\U0001aff0-\U0001b16f\U00020000-\U000323af]"
)
_WIDE_OR_NARROW = re.compile("[\uff01-\uffee]+")
_BLANKS = re.compile(r"\s+")
_BARE = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff]*\\Z")


def counted(text: str) -> tuple[int, int]:
    """How many characters of CJK scripts, and how many others, a person reads.

    Marks that join their letter, joiners and other invisible characters count nothing, runs of blanks count
    one. A full-width ``Ａ`` is a Latin letter and a half-width ``ｶﾞ`` one kana: scripts count, not cells.
    """
    text = text.strip()
    if not text.isascii():
        text = _WIDE_OR_NARROW.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
        text = unicodedata.normalize("NFC", text)
    if "  " in text or not text.isprintable():
        text = _BLANKS.sub(" ", text)
    if text.isascii() and text.isprintable():
        return 0, len(text)
    cjk = len(_CJK.findall(text))
    if _BARE.match(text):
        return cjk, len(text) - cjk
    unseen = sum(unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf", "Cc", "Cs", "Cn") for char in text)
    return cjk, len(text) - cjk - unseen


def reading_time(text: str, limits: Reading) -> float:
    """Seconds a person needs to read a text, each script at its own speed."""
    cjk, others = counted(text)
    return cjk / limits.cjk_per_second + others / limits.latin_per_second
