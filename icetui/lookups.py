"""Lookups of many jobs: few at once, many IDs in each where the family allows it, one bad ID apart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from icetui.call import Answer, Call
from icetui.errors import (
    BadCredentials,
    ClockSkew,
    Denied,
    IcetuiError,
    Misuse,
    NoCredentials,
    NotFound,
    Redirected,
    Refusal,
    Throttled,
    Unreachable,
    Unreadable,
)
from icetui.families.base import Family
from icetui.families.reading import missing
from icetui.job import Job

AT_ONCE = 4
"""Lookups under way at most; see `Places`."""

FAILURES = 4
"""So many failures in a row, without an answer, end the lookups of a beat."""

GENERAL = (Denied, BadCredentials, NoCredentials, ClockSkew, Throttled, Unreachable, Redirected)
"""Errors that are not about one job: the next lookup would meet them too."""

Told = Callable[[Sequence[Job], Mapping[str, IcetuiError]], None]


class Sender(Protocol):
    """The one door to the service: `wire.Client`, or a fake."""

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        """Asks; raises the tree of `errors`."""


def _nobody(answer: Answer, jobs: Sequence[Job]) -> None:
    """Nobody keeps answers."""


class Places:
    """Places for lookups under way: `AT_ONCE`.

    Beats leave one free, so that a person's own does not wait.
    """

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(AT_ONCE)
        self._unhurried = asyncio.Semaphore(AT_ONCE - 1)

    @asynccontextmanager
    async def one(self, *, urgent: bool) -> AsyncIterator[None]:
        """Holds a place; waits for it.

        Args:
            urgent: a person waits.
        """
        if urgent:
            async with self._all:
                yield
        else:
            async with self._unhurried, self._all:
                yield


class Lookups:
    """Lookups of one family by one sender.

    Args:
        sender: its `places`, if it has some, are shared with all others who ask by it.
    """

    def __init__(self, family: Family, sender: Sender, region: str) -> None:
        self._family = family
        self._sender = sender
        self._region = region
        self._places: Places = getattr(sender, "places", None) or Places()
        self.heard: Callable[[Answer, Sequence[Job]], None] = _nobody
        """Gets every answer that rows were read from: what it tells need not be asked for again."""

    async def one(self, job_id: str) -> Answer:
        """The answer about one job; a person waits for it.

        Raises:
            IcetuiError: there is none.
        """
        async with self._places.one(urgent=True):
            return await self._sender.send(self._family.lookup([job_id]), urgent=True)

    async def many(self, ids: Sequence[str], told: Told, *, urgent: bool = False) -> IcetuiError | None:
        """Looks up jobs; an ID the service does not know is a job in state missing.

        Args:
            ids: each once.
            told: gets what each answer told, and which IDs failed.
            urgent: a person waits.

        Returns:
            the error that ended it early, or None; IDs of which nothing was told were then not asked.
        """
        most = max(1, self._family.ids_per_call)
        run = _Run(self, told, urgent, deque(ids[n : n + most] for n in range(0, len(ids), most)))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE - 1, len(run.waiting))):
                group.create_task(run.work())
        return run.ended_by

    async def ask(self, ids: Sequence[str], *, urgent: bool) -> Sequence[Job]:
        """The jobs one call tells of.

        Raises:
            IcetuiError: none.
        """
        async with self._places.one(urgent=urgent):
            answer = await self._sender.send(self._family.lookup(ids), urgent=urgent)
        jobs = self._family.read_lookup(answer).jobs
        self.heard(answer, jobs)
        return jobs

    def missing(self, job_id: str) -> Job:
        """The row of an ID that the service does not know."""
        return missing(self._family.name, job_id, self._region)


class _Run:
    """One `Lookups.many`: what several workers share."""

    def __init__(self, lookups: Lookups, told: Told, urgent: bool, waiting: deque[Sequence[str]]) -> None:
        self.waiting = waiting
        self.ended_by: IcetuiError | None = None
        self._lookups = lookups
        self._told = told
        self._urgent = urgent
        self._failures = 0

    async def work(self) -> None:
        while self.waiting and self.ended_by is None:
            await self._ask(self.waiting.popleft())

    async def _ask(self, ids: Sequence[str]) -> None:
        try:
            jobs = await self._lookups.ask(ids, urgent=self._urgent)
        except IcetuiError as error:
            self._fail(ids, error)
            return
        self._failures = 0
        asked = set(ids)
        told = [job for job in jobs if job.id in asked]
        unmentioned = asked.difference(job.id for job in told)
        self._told(told, {each: Unreadable(f"the answer says nothing of {each}") for each in unmentioned})

    def _fail(self, ids: Sequence[str], error: IcetuiError) -> None:
        if isinstance(error, GENERAL):
            self.ended_by = self.ended_by or error
        elif isinstance(error, (Refusal, Unreadable, Misuse)) and len(ids) > 1:
            # One bad ID spoils the call for all: halves find it.
            half = len(ids) // 2
            self.waiting.extendleft((ids[half:], ids[:half]))
            return
        elif isinstance(error, NotFound):
            self._failures = 0
            self._told([self._lookups.missing(ids[0])], {})
            return
        else:
            self._failures += 1
            if self._failures >= FAILURES and not isinstance(error, Refusal):
                self.ended_by = self.ended_by or error
        self._told([], dict.fromkeys(ids, error))
