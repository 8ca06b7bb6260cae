"""When the next call may go: the ceiling of calls a minute, and what the service asked us to wait. No I/O.

One `Pace` per client, so that all feeds of a profile share it (api.md 4.3, 4.4; ux.md rule 18).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

WINDOW = 60.0
"""Seconds over which calls are counted."""

_WHOLE_WINDOW = WINDOW - 1e-6  # t + 60 - t is not always 60 in floating point

WIDEST = 8.0
"""How many times longer refresh intervals become at most while the service throttles."""


class Pace:
    """Gives each call its turn as a moment of a monotonic clock.

    Turns are reserved at once and slept for by the caller, so callers that come together do not all wake at
    the same moment to find one place. A tenth of the ceiling is kept for calls a person waits for.

    Args:
        ceiling: most calls in any 60 s; 0: no ceiling.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, ceiling: int, now: Callable[[], float]) -> None:
        self._ceiling = ceiling
        self._now = now
        self._turns: list[float] = []
        self._held = float("-inf")
        self._stretch = 1.0

    def turn(self, *, urgent: bool = False, not_before: float = 0.0) -> float:
        """Reserves the next turn and says when it is; a moment in the past or now means at once.

        Args:
            urgent: a person waits; the kept tenth may be used.
            not_before: moment of a retry.
        """
        start = max(self._now(), not_before, self._held)
        if self._ceiling <= 0:
            return start
        self._forget()
        limit = self._ceiling if urgent else self._unhurried
        # The earliest free moment is the start, or where an older turn leaves the window.
        moments = [start, *(turn + WINDOW for turn in self._turns if turn + WINDOW > start)]
        at = next(moment for moment in moments if self._is_free(moment, limit))
        insort(self._turns, at)
        return at

    def give_back(self, at: float) -> None:
        """Frees a turn that was reserved and will not be used."""
        if at in self._turns:
            self._turns.remove(at)

    def hold(self, seconds: float) -> None:
        """The service throttled: no turn for anyone within these seconds, and longer refresh intervals."""
        self._held = max(self._held, self._now() + seconds)
        self._stretch = min(self._stretch * 2, WIDEST)

    def relax(self) -> None:
        """The service answered: intervals go back, by half each time."""
        self._stretch = max(self._stretch / 2, 1.0)

    @property
    def held(self) -> float:
        """Seconds until the service wants to hear from us again; 0 if it does now."""
        return max(0.0, self._held - self._now())

    @property
    def stretch(self) -> float:
        """By what refresh intervals are to be multiplied, 1 to `WIDEST`."""
        return self._stretch

    @property
    def allowance(self) -> int:
        """How many calls that are not urgent may go at once; without a ceiling a large number."""
        if self._ceiling <= 0:
            return 1_000_000
        self._forget()
        return max(0, self._unhurried - len(self._turns))

    @property
    def _unhurried(self) -> int:
        return self._ceiling - self._ceiling // 10

    def _is_free(self, moment: float, limit: int) -> bool:
        """Whether no 60 s that hold this moment would then hold more than `limit` turns."""
        turns = [turn for turn in self._turns if moment - WINDOW < turn < moment + WINDOW]
        insort(turns, moment)
        return all(turns[n + limit] - turns[n] >= _WHOLE_WINDOW for n in range(len(turns) - limit))

    def _forget(self) -> None:
        past = self._now() - WINDOW
        self._turns = [turn for turn in self._turns if turn > past]


def http_date(text: str) -> datetime | None:
    """The moment a Date or Retry-After header names, aware, UTC; None if it names none."""
    from email.utils import parsedate_to_datetime  # half of the e-mail package comes with it

    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def asked_wait(headers: Mapping[str, str], now: datetime) -> tuple[float | None, bool]:
    """Seconds the service asks us to wait, or None, and whether it calls that throttling.

    Args:
        headers: ``x-acs-retry-after`` in milliseconds, positive, is throttling whatever the status (api.md
            4.3); ``Retry-After`` in seconds or as a date is what any server says.
        now: our time, for a date where the reply has no Date header of its own.
    """
    milliseconds = _count(headers.get("x-acs-retry-after", ""))
    if milliseconds:
        return milliseconds / 1000, True
    text = headers.get("retry-after", "")
    seconds = _count(text)
    if seconds is not None:
        return (float(seconds) or None), False
    moment = http_date(text)
    if moment is None:
        return None, False
    ahead = (moment - (http_date(headers.get("date", "")) or now)).total_seconds()
    return (ahead if ahead > 0 else None), False


def _count(text: str) -> int | None:
    """A whole number of at most nine digits; longer ones are nobody's seconds."""
    text = text.strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else None
