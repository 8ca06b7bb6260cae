"""The jobs of one family as a query shows them: filtered, sorted, each ID once. Pure.

A change costs the same among a hundred rows and a hundred thousand: bisection finds its place.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from icetui.job import Job, Query

Key = tuple[bool, float, str]


def merged(old: Job | None, new: Job) -> Job:
    """What is known of a job after a newer answer told `new`.

    A listing leaves out much of what a lookup told, so its row does not replace a whole one unless it
    says that the job has changed: another state word, or another time of modification.

    Returns:
        `old` itself if nothing has changed.
    """
    if old is None or old == new:
        return old or new
    if is_blank(new):
        return old
    if new.whole:
        # A lookup may leave out what the listing said.
        filled = replace(
            new,
            type=new.type or old.type,
            title=new.title or old.title,
            created=new.created or old.created,
            modified=new.modified or old.modified,
        )
        return old if filled == old else filled
    return old if old.whole and _agrees(old, new) else new


def is_blank(job: Job) -> bool:
    """Whether nobody has told anything of the job yet: only its ID is known."""
    return not job.whole and not job.state_word and job.created is None


def _agrees(whole: Job, lean: Job) -> bool:
    if whole.state_word.casefold() != lean.state_word.casefold():
        return False
    return whole.modified is None or lean.modified is None or whole.modified == lean.modified


class Rows:
    """Jobs by ID, and those of them that a query shows, in its order.

    Args:
        matches: whether a job is what a query asks for.
        query: the first one.
    """

    def __init__(self, matches: Callable[[Job, Query], bool], query: Query) -> None:
        self._matches = matches
        self._query = query
        self._jobs: dict[str, Job] = {}
        # What stands in `_order`, which is sorted; and the IDs whose place in it is out of date.
        self._placed: dict[str, Job] = {}
        self._order: list[Job] = []
        self._moved: set[str] = set()
        self._shown: tuple[Job, ...] = ()

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._jobs

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def get(self, job_id: str) -> Job | None:
        """The row of an ID, shown or not."""
        return self._jobs.get(job_id)

    def put(self, job: Job) -> None:
        """Adds a job, or puts it in the place of the one with its ID, unless they are equal."""
        if self._jobs.get(job.id) != job:
            self._jobs[job.id] = job
            self._moved.add(job.id)

    def drop(self, job_id: str) -> None:
        """Takes a job away."""
        if self._jobs.pop(job_id, None) is not None:
            self._moved.add(job_id)

    def ask(self, query: Query) -> None:
        """Shows what another query asks for."""
        if query != self._query:
            self._query = query
            self._arrange()

    @property
    def shown(self) -> tuple[Job, ...]:
        """Those that the query asks for, in its order; the same tuple as long as they are equal."""
        if self._moved:
            # Beyond this, sorting all anew is faster than moving each.
            if len(self._moved) > 16 + len(self._jobs) // 8:
                self._arrange()
            else:
                self._rearrange()
        return self._shown

    def _arrange(self) -> None:
        self._moved.clear()
        query = self._query
        self._order = sorted((job for job in self._jobs.values() if self._matches(job, query)), key=self._key)
        self._placed = {job.id: job for job in self._order}
        shown = tuple(self._order)
        if shown != self._shown:
            self._shown = shown

    def _rearrange(self) -> None:
        has_changed = False
        for job_id in self._moved:
            before = self._placed.get(job_id)
            after = self._jobs.get(job_id)
            if after is not None and not self._matches(after, self._query):
                after = None
            if after is before:
                continue
            has_changed = True
            if before is not None:
                del self._order[self._place(before)]
                del self._placed[job_id]
            if after is not None:
                self._order.insert(self._place(after), after)
                self._placed[job_id] = after
        self._moved.clear()
        if has_changed:
            self._shown = tuple(self._order)

    def _place(self, job: Job) -> int:
        return bisect_left(self._order, self._key(job), key=self._key)

    @property
    def _key(self) -> Callable[[Job], Key]:
        return _newest_first if self._query.newest else _oldest_first


def _newest_first(job: Job) -> Key:
    return (True, 0.0, job.id) if job.created is None else (False, -job.created.timestamp(), job.id)


def _oldest_first(job: Job) -> Key:
    return (True, 0.0, job.id) if job.created is None else (False, job.created.timestamp(), job.id)


class Backlog:
    """IDs of jobs that wait for something, given out newest first."""

    def __init__(self) -> None:
        self._waiting: dict[str, datetime | None] = {}
        self._heap: list[Key] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[str]:
        return iter(self._waiting)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._waiting

    def add(self, job: Job) -> None:
        """Lets a job wait; it waits once."""
        if self._waiting.get(job.id, job) != job.created:
            self._waiting[job.id] = job.created
            heapq.heappush(self._heap, _newest_first(job))

    def discard(self, job_id: str) -> None:
        """The job does not wait any more."""
        self._waiting.pop(job_id, None)

    def clear(self) -> None:
        """None waits any more."""
        self._waiting.clear()
        self._heap.clear()

    def first(self, most: int, skip: Callable[[str], bool]) -> list[str]:
        """The newest ones, at most so many, but for those to skip; all go on waiting."""
        found: list[str] = []
        passed: list[Key] = []
        while self._heap and len(found) < most:
            key = heapq.heappop(self._heap)
            if key[2] not in self._waiting:
                continue
            passed.append(key)
            if not skip(key[2]) and key[2] not in found:
                found.append(key[2])
        for key in passed:
            heapq.heappush(self._heap, key)
        return found
