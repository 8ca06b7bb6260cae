"""Opening one job: one lookup, shared by all who want it, remembered in this session if the job ended."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from icetui.assets import Found
from icetui.call import Answer
from icetui.errors import IcetuiError, NotFound
from icetui.families.base import Family, Opened
from icetui.job import Job, State
from icetui.lookups import Lookups
from icetui.pulse import Rhythm
from icetui.sharing import Shared
from icetui.sparing import sparing

Tell = Callable[[Job, datetime | None], Awaitable[None]]
Heard = Callable[[Answer], None]


class Opener(Protocol):
    """Who opens jobs of one family: a feed, or the parts of one."""

    @property
    def family(self) -> Family:
        """Whose jobs."""

    async def open(self, job_id: str, *, again: bool = False, heard: Heard | None = None) -> Opened:
        """All about one job; raises IcetuiError. `heard` gets a large answer as soon as it has come."""

    async def asset(self, source: str) -> Found:
        """Where a media asset opens; raises IcetuiError."""

    def pause_after(self, failures: int, error: IcetuiError | None, asked: Rhythm | None = None) -> float:
        """Seconds to wait before asking again, after so many failures in a row, the last one this."""

    def rhythm_of(self, job: Job, moved: datetime) -> Rhythm:
        """How often a job that has not ended is asked for; `moved`: when it changed last."""


LARGE_ANSWER: Final = 100_000
"""Characters from which on an answer is decoded in a thread, so that keys do not wait for it."""


class Openings:
    """The jobs of one family, opened one by one.

    Args:
        family: reads the answers.
        lookups: asks; what it hears of ended jobs is kept, so that opening one of them asks nothing.
        tell: gets the row of each job that was opened, or is missing, and when it was told.
        most: bytes of memory for what was opened, roughly; a quarter more is for what was heard.
    """

    def __init__(self, family: Family, lookups: Lookups, tell: Tell, *, most: int) -> None:
        self._family = family
        self._lookups = lookups
        self._tell = tell
        self._memory: Memory[Opened] = Memory(most, _weight)
        self._heard: Memory[Answer] = Memory(most // 4, lambda answer: len(answer.text) + 1024)
        self._shared: Shared[Opened] = Shared()
        self._reading: dict[str, Answer] = {}
        self._listeners: dict[str, list[Heard]] = {}
        lookups.heard = self._hear

    def _hear(self, answer: Answer, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.state.terminal and job.state is not State.MISSING:
                self._heard.keep(job.id, answer)

    async def open(self, job_id: str, *, again: bool, heard: Heard | None = None) -> Opened:
        """All about one job, out of memory if it has ended and nobody wants it asked again.

        Args:
            job_id: which job.
            again: asks in any case.
            heard: gets a large answer as soon as it is there: it takes a while to be decoded.

        Raises:
            IcetuiError: there was no answer, or it was no.
        """
        kept = None if again else self._memory.get(job_id)
        if kept is not None:
            return kept
        if heard is None:
            return await self._shared.run(job_id, lambda: self._ask(job_id, again=again))
        listeners = self._listeners.setdefault(job_id, [])
        listeners.append(heard)
        try:
            if job_id in self._reading:
                heard(self._reading[job_id])
            return await self._shared.run(job_id, lambda: self._ask(job_id, again=again))
        finally:
            listeners.remove(heard)
            if not listeners:
                self._listeners.pop(job_id, None)

    async def _read(self, answer: Answer, job_id: str) -> Opened:
        """Decodes an answer; a large one in a thread, while its text is there for who wants it."""
        if len(answer.text) < LARGE_ANSWER:
            return self._family.open(answer, job_id)
        self._reading[job_id] = answer
        try:
            for heard in tuple(self._listeners.get(job_id, ())):
                heard(answer)
            return await asyncio.to_thread(self._decoded, answer, job_id)
        finally:
            self._reading.pop(job_id, None)

    async def _ask(self, job_id: str, *, again: bool) -> Opened:
        try:
            answer = None if again else self._heard.get(job_id)
            if answer is None:
                answer = await self._lookups.one(job_id)
            opened = await self._read(answer, job_id)
        except NotFound:
            self._memory.drop(job_id)
            self._heard.drop(job_id)
            await self._tell(self._lookups.missing(job_id), None)
            raise
        if opened.job.state.terminal:
            self._memory.keep(job_id, opened)
            self._heard.drop(job_id)
        await self._tell(opened.job, answer.taken)
        return opened

    def _decoded(self, answer: Answer, job_id: str) -> Opened:
        with sparing():
            return self._family.open(answer, job_id)


T = TypeVar("T")


class Memory(Generic[T]):
    """What was told of finished jobs, for this session; what was not looked at for longest goes.

    Args:
        most: bytes of memory, roughly.
        weigh: bytes of one, roughly.
    """

    def __init__(self, most: int, weigh: Callable[[T], int]) -> None:
        self._most = most
        self._weigh = weigh
        self._bytes = 0
        self._kept: OrderedDict[str, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, job_id: str) -> T | None:
        """What was told of a job, if it is still here."""
        if job_id in self._kept:
            self._kept.move_to_end(job_id)
        return self._kept.get(job_id)

    def keep(self, job_id: str, told: T) -> None:
        """Keeps what was told, unless it alone is too large."""
        self.drop(job_id)
        if self._weigh(told) > self._most:
            return
        self._kept[job_id] = told
        self._bytes += self._weigh(told)
        while self._bytes > self._most:
            self.drop(next(iter(self._kept)))

    def drop(self, job_id: str) -> None:
        """Forgets a job."""
        if (told := self._kept.pop(job_id, None)) is not None:
            self._bytes -= self._weigh(told)


def _weight(opened: Opened) -> int:
    """Bytes, roughly: the text, and as objects its parse, the decoded values and the results."""
    return 10 * len(opened.answer.text) + 4096
