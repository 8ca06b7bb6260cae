"""A time that passes as soon as everybody sleeps: minutes of waiting take no time, and in order."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Coroutine
from datetime import datetime, timedelta
from typing import Any

TURNS = 40
"""Turns of the loop after which whoever is not asleep has done what it does; one request takes ten."""


class VirtualTime:
    """Sleeps and clocks that belong together.

    Args:
        start: what the clock on the wall shows first, aware.
    """

    def __init__(self, start: datetime) -> None:
        self.now = 5000.0
        self._start = start
        self._asleep: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def clock(self) -> datetime:
        """The time of day."""
        return self._start + timedelta(seconds=self.now - 5000)

    async def sleep(self, seconds: float) -> None:
        """Lasts until all others sleep longer."""
        nap: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._asleep, (self.now + seconds, self._count, nap))
        await nap

    async def pass_by(self, *work: Coroutine[Any, Any, Any], until: float | None = None) -> None:
        """Lets time pass until all work is done, or so many seconds are over; what is left is cancelled."""
        tasks = [asyncio.ensure_future(each) for each in work]
        end = None if until is None else self.now + until
        try:
            while True:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                if all(task.done() for task in tasks):
                    break
                while self._asleep and self._asleep[0][2].done():
                    heapq.heappop(self._asleep)
                assert self._asleep, "all wait, and nobody for the time"
                if end is not None and self._asleep[0][0] > end:
                    self.now = end
                    break
                when, _, nap = heapq.heappop(self._asleep)
                self.now = max(self.now, when)
                nap.set_result(None)
        finally:
            for task in tasks:
                task.cancel()
            outcomes: Awaitable[list[Any]] = asyncio.gather(*tasks, return_exceptions=True)
            for outcome in await outcomes:
                if isinstance(outcome, Exception):
                    raise outcome
