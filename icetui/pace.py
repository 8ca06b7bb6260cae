"""When the next call may go: the ceiling of calls a minute, and what the service asked us to wait. No I/O.

One `Pace` per client, so that all feeds of a profile share it (api.md 4.3, 4.4; ux.md rule 18).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

WINDOW = 60.0
"""Seconds over which calls are counted."""

_SOON = 1e-6
"""Seconds that are none: a sleep of so little may not move a clock at all."""

_WHOLE_WINDOW = WINDOW - _SOON  # t + 60 - t is not always 60 in floating point

WIDEST = 8.0
"""How many times longer refresh intervals become at most while the service throttles."""

APART = 1.0
"""Seconds between two calls, times 0.5 to 1.5, until the service that throttled answers freely again."""


class Pace:
    """Gives each call its turn as a moment of a monotonic clock.

    Turns are reserved at once and slept for by the caller, so callers that come together do not all wake at
    the same moment to find one place. A tenth of the ceiling is kept for calls a person waits for; beyond
    the ceiling those wait as all others do, so no window of 60 s ever holds more calls than it. A turn
    once reserved is not taken away by whoever comes later: nobody starves.

    Args:
        ceiling: most calls in any 60 s; 0: no ceiling.
        now: seconds of a clock that never goes back.
        chance: 0 to 1, so that calls that were held do not come back together.
    """

    def __init__(
        self, ceiling: int, now: Callable[[], float], chance: Callable[[], float] = lambda: 0.5
    ) -> None:
        self.ceiling = ceiling
        self._now = now
        self._chance = chance
        # Moments of all turns, and those of them at which a call has gone; both in order.
        self._turns: list[float] = []
        self._gone: list[float] = []
        self._held = self._throttled = self._spaced = float("-inf")
        self._stretch = 1.0

    def turn(self, *, urgent: bool = False, not_before: float = 0.0) -> float:
        """Reserves the next turn and says when it is; a moment in the past or now means at once.

        Args:
            urgent: a person waits; the kept tenth may be used.
            not_before: moment of a retry.
        """
        start = max(self._now(), not_before, self._held)
        if self._stretch > 1.0:
            start = max(start, self._spaced + APART * (0.5 + self._chance()))
        self._forget()
        at = start
        if self.ceiling > 0:
            limit = self.ceiling if urgent else self._unhurried
            # The earliest free moment is the start, or where an older turn leaves the window.
            moments = [start, *(turn + WINDOW for turn in self._turns if turn + WINDOW > start)]
            at = next(moment for moment in moments if self._is_free(moment, limit))
        insort(self._turns, at)
        self._spaced = max(self._spaced, at)
        return at

    def due(self, at: float) -> float:
        """Seconds until the call of a turn may go: more than 0 also where its moment has come too early.

        Sleeps end late, so calls before it may have gone later than their turns; and the service may have
        throttled since.
        """
        now = self._now()
        wait = max(at - now, self.held)
        if 0 < self.ceiling <= len(self._gone):
            left = self._gone[-self.ceiling] + _WHOLE_WINDOW - now
            wait = max(wait, left)
        return wait if wait > _SOON else 0.0

    def go(self, at: float) -> None:
        """The call of a turn goes now."""
        self.give_back(at)
        now = self._now()
        insort(self._turns, now)
        self._gone.append(now)

    def give_back(self, at: float) -> None:
        """Frees a turn that was reserved and will not be used."""
        if at in self._turns:
            self._turns.remove(at)

    def hold(self, seconds: float, asked: float | None = None) -> None:
        """The service throttled: no turn for anyone within these seconds, and longer refresh intervals.

        Args:
            seconds: that it wants to be left alone.
            asked: when the call went; of calls that were under way together only the first counts.
        """
        if asked is None or asked >= self._throttled:
            self._stretch = min(self._stretch * 2, WIDEST)
            self._throttled = self._now()
            self._spaced = float("-inf")
        self._held = max(self._held, self._now() + seconds)

    def relax(self, asked: float | None = None) -> None:
        """The service answered: intervals go back, by half each time.

        Args:
            asked: when the call went; an answer to one from before the throttling tells nothing.
        """
        if asked is None or asked >= self._throttled:
            self._stretch = max(self._stretch / 2, 1.0)

    @property
    def held(self) -> float:
        """Seconds until the service wants to hear from us again; 0 if it does now."""
        left = self._held - self._now()
        return left if left > _SOON else 0.0

    @property
    def stretch(self) -> float:
        """By what refresh intervals are to be multiplied, 1 to `WIDEST`."""
        return self._stretch

    @property
    def recent(self) -> int:
        """Calls that went in the last 60 s."""
        self._forget()
        return len(self._gone)

    @property
    def allowance(self) -> int:
        """How many calls that are not urgent may go at once; without a ceiling a large number."""
        if self.ceiling <= 0:
            return 1_000_000
        self._forget()
        return max(0, self._unhurried - len(self._turns))

    @property
    def _unhurried(self) -> int:
        return self.ceiling - self.ceiling // 10

    def _is_free(self, moment: float, limit: int) -> bool:
        """Whether no 60 s that hold this moment would then hold more than `limit` turns."""
        turns = [turn for turn in self._turns if moment - WINDOW < turn < moment + WINDOW]
        insort(turns, moment)
        return all(turns[n + limit] - turns[n] >= _WHOLE_WINDOW for n in range(len(turns) - limit))

    def _forget(self) -> None:
        past = self._now() - WINDOW
        del self._turns[: bisect_right(self._turns, past)]
        del self._gone[: bisect_right(self._gone, past)]


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
