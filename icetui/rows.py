"""The jobs of one family as a query shows them: filtered, sorted, each ID once. Pure.

A change costs the same among a hundred rows and a hundred thousand: bisection finds its place.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from icetui.job import Job, Query
from icetui.jobs import NO_JOBS, Jobs

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
    """Jobs by ID, in order, and those of them that a query shows.

    Args:
        matches: whether a job is what a query asks for.
        query: the first one.
    """

    def __init__(self, matches: Callable[[Job, Query], bool], query: Query) -> None:
        self._matches = matches
        self._query = query
        self._jobs: dict[str, Job] = {}
        # IDs whose place is out of date, and the jobs as they stand there.
        self._moved: dict[str, Job | None] = {}
        self._order = NO_JOBS
        self._shown = NO_JOBS

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
        old = self._jobs.get(job.id)
        if old is not job and old != job:
            self._jobs[job.id] = job
            self._moved.setdefault(job.id, old)

    def drop(self, job_id: str) -> None:
        """Takes a job away."""
        old = self._jobs.pop(job_id, None)
        if old is not None:
            self._moved.setdefault(job_id, old)

    def ask(self, query: Query) -> None:
        """Shows what another query asks for."""
        if query == self._query:
            return
        is_turned = query.newest != self._query.newest
        self._settle()
        self._query = query
        if is_turned:
            self._order = _sorted(self._jobs.values(), self._key)
        self._choose()

    @property
    def shown(self) -> Jobs:
        """Those that the query asks for, in its order; the same value as long as they are equal."""
        self._settle()
        return self._shown

    @property
    def all(self) -> Jobs:
        """All jobs in the order of the query."""
        self._settle()
        return self._order

    def _settle(self) -> None:
        """Puts what has changed into its place."""
        moved = {job_id: old for job_id, old in self._moved.items() if self._jobs.get(job_id) is not old}
        self._moved = {}
        if not moved:
            return
        # Beyond this, sorting all anew is faster than moving each.
        if len(moved) > 16 + len(self._jobs) // 8:
            self._order = _sorted(self._jobs.values(), self._key)
            self._choose()
            return
        gone = [old for old in moved.values() if old is not None]
        came = [self._jobs[job_id] for job_id in moved if job_id in self._jobs]
        self._order = self._order.sorted_by(self._key, gone, came)
        if _is_open(self._query) and not self._query.text.strip():
            self._shown = self._order
            return
        gone = [job for job in gone if self._matches(job, self._query)]
        came = [job for job in came if self._matches(job, self._query)]
        if gone or came:
            self._shown = self._shown.sorted_by(self._key, gone, came)

    def _choose(self) -> None:
        """Chooses those to show among all, by what is quickest: a text through what is kept for searching."""
        query, text = self._query, self._query.text.strip()
        shown = self._order
        if text:
            shown = Jobs.unique(shown.taken(shown.having(text)))
        if not _is_open(query):
            query = replace(query, text="")
            shown = Jobs.unique([job for job in shown if self._matches(job, query)])
        if shown is self._order or shown != self._shown:
            self._shown = shown

    @property
    def _key(self) -> Callable[[Job], Key]:
        return _newest_first if self._query.newest else _oldest_first


def _sorted(jobs: Iterable[Job], key: Callable[[Job], Key]) -> Jobs:
    return Jobs.unique(sorted(jobs, key=key))


def _is_open(query: Query) -> bool:
    """Whether a query leaves nothing out but by its text."""
    return replace(query, newest=True, text="") == _ALL


_ALL = Query()


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
