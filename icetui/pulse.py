"""When the next beat is due: one loop's rest between two beats, cut short by a nudge, held by a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from icetui.errors import IcetuiError, Throttled

Sleep = Callable[[float], Awaitable[None]]

LONGEST: Final = 60.0
"""Seconds between two beats at most when beats fail, unless the interval itself is longer."""

JITTER: Final = 0.25
"""Part of a stretched wait that is left to chance, so that many programs do not come back together."""


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
        self._change = asyncio.Event()

    def nudge(self) -> None:
        """The next beat is due now."""
        self.is_nudged = True
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
        nap = None if seconds is None else asyncio.ensure_future(self._sleep(seconds))
        try:
            while not self.is_nudged and (self.paused or nap is None or not nap.done()):
                self._change.clear()
                await self._either(nap)
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
