"""When the next beat is due: one loop's rest between two beats, cut short by a nudge, held by a pause.

How long a rest is (`rhythm`), for a list and for an opened job alike (ux.md rule 18):

- **For a minute** after anything has changed, or a person has asked (`r`, another question, an added ID), it
  is the interval of the settings.
- **Then a thirtieth** of the time in which nothing has changed, or of the age of the youngest job that has
  not ended if that is more: a job that has run for twenty minutes is found ended 40 s late at most, 3 % of
  its time. In doubling steps, from the interval to a minute: with 10 s they come after 10, 20 and 30
  minutes. Steps, because the rest is said in the status line, and what does not change is not painted.
- **Three times longer** without the focus, if the terminal tells of it, a minute at most; whoever comes back
  gets a beat as soon as one is due by then.
- **Up to eight times longer** while the service throttles any family of the profile (`pace`), with jitter.
- A rest is never shorter than the interval.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from icetui.errors import IcetuiError, Throttled
from icetui.records import record

Sleep = Callable[[float], Awaitable[None]]

LONGEST: Final = 60.0
"""Seconds between two beats at most when beats fail or nothing moves, unless the interval is longer."""

LIVELY: Final = 60.0
"""Seconds after a change in which the next one is likely."""

PART: Final = 30.0
"""Which part of the time in which nothing has changed a rest may take."""

AWAY: Final = 3.0
"""How many times longer rests are without the focus."""

JITTER: Final = 0.25
"""Part of a stretched wait that is left to chance, so that many programs do not come back together."""


@record
class Rhythm:
    """How often is asked.

    Attributes:
        seconds: between two beats.
        why: what makes it longer than the interval: nothing changes, no focus, the service throttles; or "".
    """

    seconds: float = 0.0
    why: Literal["", "calm", "away", "throttled"] = ""


STEADY: Final = Rhythm()
"""Nobody has worked out how often."""


def rhythm(
    interval: float, *, quiet: float, age: float = 0.0, away: bool = False, stretch: float = 1.0
) -> Rhythm:
    """How often is to be asked; the law stands at the top of this module.

    Args:
        interval: seconds, as set.
        quiet: seconds since anything changed or a person asked.
        age: seconds since the youngest job that has not ended was created; 0: unknown, or there is none.
        away: whether the terminal has said that it lost the focus.
        stretch: by what the service's throttling multiplies the interval.
    """
    most = max(LONGEST, interval)
    found = Rhythm(interval)
    if quiet >= LIVELY:
        seconds = interval
        while seconds < most and (longer := min(2 * seconds, most)) <= max(quiet, age) / PART:
            seconds = longer
        if seconds > interval:
            found = Rhythm(seconds, "calm")
    if away and (seconds := min(AWAY * interval, most)) > found.seconds:
        found = Rhythm(seconds, "away")
    if stretch > 1.0 and (seconds := interval * stretch) >= found.seconds:
        found = Rhythm(seconds, "throttled")
    return found


def stretched(interval: float, failures: int, error: IcetuiError | None, chance: float) -> float:
    """Seconds until the next beat.

    Args:
        interval: after a beat that went well.
        failures: how many beats have failed in a row.
        error: of the last of them; a throttling service may name a time.
        chance: 0 to 1.
    """
    if not failures:
        return interval
    # 2.0 ** 6 is beyond LONGEST for any interval of a second and more.
    wait = min(LONGEST, interval * 2.0 ** min(failures, 6)) * (1 - JITTER * chance)
    named = error.retry_after if isinstance(error, Throttled) else None
    return max(interval, wait, named or 0.0)


class Pulse:
    """The rests of one loop.

    Args:
        sleep: waits for seconds.

    Attributes:
        paused: whether beats that fall due wait for `resume`.
        is_nudged: whether a beat is due now, paused or not.
    """

    def __init__(self, sleep: Sleep) -> None:
        self.paused = False
        self.is_nudged = False
        self._sleep = sleep
        self._sooner: float | None = None
        self._change = asyncio.Event()

    def nudge(self) -> None:
        """The next beat is due now."""
        self.is_nudged = True
        self._change.set()

    def hurry(self, seconds: float) -> None:
        """The rest that is under way ends after so many seconds from now."""
        self._sooner = seconds
        self._change.set()

    def pause(self) -> None:
        """No beat but nudged ones."""
        self.paused = True

    def resume(self) -> None:
        """Beats again; one that fell due meanwhile comes at once, and only one."""
        self.paused = False
        self._change.set()

    async def start(self) -> None:
        """Returns when the first beat is due: now, unless paused."""
        while self.paused and not self.is_nudged:
            self._change.clear()
            await self._change.wait()

    async def rest(self, seconds: float | None) -> None:
        """Returns when a beat is due.

        Args:
            seconds: from now; None: only a nudge makes it due.
        """
        self._sooner = None
        nap = None if seconds is None else asyncio.ensure_future(self._sleep(seconds))
        try:
            while not self.is_nudged and (self.paused or nap is None or not nap.done()):
                self._change.clear()
                await self._either(nap)
                sooner, self._sooner = self._sooner, None
                if sooner is not None and nap is not None and not nap.done():
                    nap.cancel()
                    nap = asyncio.ensure_future(self._sleep(sooner))
            if nap is not None and nap.done():
                nap.result()
        finally:
            if nap is not None:
                nap.cancel()

    async def _either(self, nap: asyncio.Future[None] | None) -> None:
        """Waits for the end of the nap, if it has not ended yet, or for a change."""
        change = asyncio.ensure_future(self._change.wait())
        try:
            waiting: set[asyncio.Future[Any]] = {change}
            if nap is not None and not nap.done():
                waiting.add(nap)
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            change.cancel()
