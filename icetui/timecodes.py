"""Times of media as a person writes and reads them: ``h:mm:ss.mmm``."""

from __future__ import annotations

import re
import unicodedata

from icetui.errors import Misuse
from icetui.records import record

UNKNOWN = "–"
"""Stands for a time that is not known."""

ACCEPTED = "a time is 83, 1:23, 01:23.5, 1:02:03, or +10 or -1:00 from here"
"""What `parse_jump` takes, in words for a prompt."""


def timecode(seconds: float | None) -> str:
    """Seconds as ``h:mm:ss.mmm``; a negative time keeps its sign; unknown, and nonsense, is ``–``."""
    if seconds is None or not abs(seconds) < 1e12:
        return UNKNOWN
    ms = round(abs(seconds) * 1000)
    sign = "-" if seconds < 0 and ms else ""
    return f"{sign}{ms // 3_600_000}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


@record
class Jump:
    """Where to go in a text with times: to `seconds`, or as far from here where `relative`."""

    seconds: float
    relative: bool = False

    def from_here(self, here: float) -> float:
        """The time to go to, never before 0."""
        return max(0.0, here + self.seconds if self.relative else self.seconds)


_TIME = re.compile(
    r"([+-]?)\s*(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,9}(?:[.,]\d{0,9})?|[.,]\d{1,9})\Z", re.ASCII
)

# What NFKC leaves as it is: signs of input methods for a full stop and for minus.
_TWINS = str.maketrans({"。": ".", "\u2212": "-", "–": "-", "—": "-"})


def parse_jump(text: str) -> Jump:
    """A time as typed: seconds, ``m:ss`` or ``h:mm:ss``, a fraction after a point or a comma.

    A sign makes it relative to here. Full-width digits, colons, points and signs of a Chinese input
    method count as their ASCII twins (ux.md rule 11).

    Raises:
        Misuse: it is none of these; the hint says what is taken.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TWINS).strip()
    found = _TIME.match(plain)
    if found is None:
        raise Misuse(f"{text.strip()[:40]!r} is no time.", hint=f"{ACCEPTED[:1].upper()}{ACCEPTED[1:]}.")
    sign, hours, minutes, seconds = found.groups()
    value = float(seconds.replace(",", "."))
    if (minutes is not None and value >= 60) or (hours is not None and int(minutes) >= 60):
        raise Misuse(
            f"{text.strip()[:40]!r} is no time: after a colon stand 00 to 59.",
            hint=f"{ACCEPTED[:1].upper()}{ACCEPTED[1:]}.",
        )
    value += int(minutes or 0) * 60 + int(hours or 0) * 3600
    return Jump(-value if sign == "-" else value, relative=bool(sign))
