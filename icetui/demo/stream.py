"""Streams of jobs: which exist at a moment, what each is called, and how far it has come."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from icetui.demo.dice import Dice
from icetui.demo.written import Json
from icetui.records import record

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""Where job numbers start; before it the account has only the samples."""

YEAR = timedelta(days=365)
"""Jobs older than this cannot be read any more (api.md 6)."""


class Record(Protocol):
    """One job of the account, whatever made it."""

    @property
    def id(self) -> str:
        """What a lookup asks for."""

    @property
    def type(self) -> str:
        """JobType, FunctionName or Type."""

    @property
    def created(self) -> datetime:
        """Its place in listings."""

    @property
    def media(self) -> str:
        """The media asset it looked at, or nothing."""

    def word(self, at: datetime) -> str:
        """Its state word at a moment."""

    def row(self, at: datetime) -> dict[str, Json]:
        """What a listing tells; for VOD AI, what ListAIJob tells about one job."""

    def body(self, at: datetime) -> dict[str, Json] | bytes:
        """What a lookup tells, without RequestId; bytes are a whole answer, sent unchanged."""


@record
class Course:
    """The life of a job: from when which word holds.

    Attributes:
        created: when it was submitted.
        steps: (seconds after creation, state word), in order; the first at 0.
        ends: whether the last word is an end. A job that hangs never ends.
    """

    created: datetime
    steps: tuple[tuple[int, str], ...]
    ends: bool = True

    def _step(self, at: datetime) -> int:
        age = (at - self.created).total_seconds()
        return max((place for place, (start, _) in enumerate(self.steps) if start <= age), default=0)

    def word(self, at: datetime) -> str:
        """The word that holds."""
        return self.steps[self._step(at)][1]

    def since(self, at: datetime) -> datetime:
        """Since when."""
        return self.created + timedelta(seconds=self.steps[self._step(at)][0])

    def over(self, at: datetime) -> bool:
        """Whether it has ended."""
        return self.ends and self._step(at) == len(self.steps) - 1

    def started(self, at: datetime) -> bool:
        """Whether it has left its first word."""
        return self._step(at) > 0

    @property
    def end(self) -> datetime:
        """When its last step begins."""
        return self.created + timedelta(seconds=self.steps[-1][0])


@record
class Stream:
    """Jobs that somebody submits at a steady pace.

    Attributes:
        family: whose jobs.
        name: tells two streams of one family apart.
        period: seconds from one job to the next, give or take.
        keep: listed are the jobs of the last so many seconds …
        tick: … counted from a moment that moves on only every so many seconds, so that a list does not
            lose a row each time it gains one.
        cards: what happens to a job. Each run of `len(cards)` jobs uses each card once, so whoever sees
            twice as many jobs sees everything.
    """

    family: str
    name: str
    period: int
    keep: int
    tick: int
    cards: tuple[str, ...]

    def created(self, number: int) -> datetime:
        """When a job was submitted: pure, strictly growing."""
        late = Dice(self.family, self.name, number, "late").below(max(1, self.period * 6 // 10))
        return EPOCH + timedelta(seconds=number * self.period + late)

    def card(self, number: int) -> str:
        """What happens to it."""
        return _deck(self, number // len(self.cards))[number % len(self.cards)]

    def id(self, number: int) -> str:
        """32 hex digits that look like any other ID and hold the number."""
        tail = hashlib.sha256(f"{self.family}/{self.name}/{number}".encode()).hexdigest()[:24]
        return f"{number ^ _mask(tail):08x}{tail}"

    def number(self, job_id: str) -> int | None:
        """The number in an ID, or None if it is none of ours."""
        if len(job_id) != 32 or not set(job_id) <= set("0123456789abcdef"):
            return None
        number = int(job_id[:8], 16) ^ _mask(job_id[8:])
        return number if self.id(number) == job_id else None

    def window(self, at: datetime) -> Iterator[int]:
        """The jobs listed at a moment, oldest first."""
        seconds = int((at - EPOCH).total_seconds())
        first = max(0, -(-(seconds // self.tick * self.tick - self.keep) // self.period))
        for number in range(first, seconds // self.period + 1):
            if self.created(number) <= at:
                yield number


def _mask(tail: str) -> int:
    return int(hashlib.sha256(tail.encode()).hexdigest()[:8], 16)


@functools.lru_cache(maxsize=512)
def _deck(stream: Stream, round_: int) -> tuple[str, ...]:
    return tuple(Dice(stream.family, stream.name, "deck", round_).order(stream.cards))
