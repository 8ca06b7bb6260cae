"""A long list of jobs as a value: two lists share all that is the same in both. Pure.

The jobs stand in runs of some hundreds. Another list with one job changed has one new run and all others
in common, so that it costs as much to make, and to compare, among a hundred jobs as among a hundred
thousand: what two lists share is seen by identity and not looked into.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, compress, count
from operator import attrgetter, is_not
from typing import Any, Final, SupportsIndex, overload

from icetui.job import Job
from icetui.searching import BORDER, folded, haystack

MOST: Final = 512
"""Jobs in a run at most; one that would grow beyond is halved."""

_ID: Callable[[Job], str] = attrgetter("id")


class Run:
    """Some jobs that stand one after the other; never changed.

    Attributes:
        jobs: at least one.
    """

    __slots__ = ("_starts", "_text", "jobs")

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self.jobs = jobs
        # What is searched, made when somebody searches: one text, and where in it each job begins.
        self._text: str | None = None
        self._starts: array[int] | None = None

    @property
    def is_folded(self) -> bool:
        """Whether what is searched has been made."""
        return self._text is not None

    def fold(self) -> str:
        """Makes what is searched."""
        if self._text is None:
            texts = [haystack(job) for job in self.jobs]
            self._starts = array("I", accumulate((len(text) + 1 for text in texts), initial=0))
            self._text = BORDER.join(texts)
        return self._text

    def having(self, wanted: str) -> Iterator[int]:
        """The places of the jobs that have a folded text, in order."""
        text = self.fold()
        starts = self._starts
        assert starts is not None
        at = text.find(wanted)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            yield place
            at = text.find(wanted, starts[place + 1])


@dataclass(slots=True)
class Changes:
    """What is different between two lists.

    Attributes:
        left: IDs of jobs that are not there any more, and where they stood in the old list.
        came: IDs of jobs that were not there before, and where they stand in the new list; in its order.
        turned: where a job that has changed stands in the new list, and the job as it was and as it is.
        in_order: whether the jobs that are in both stand in the same order.
    """

    left: dict[str, int] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    turned: dict[int, tuple[Job, Job]] = field(default_factory=dict)
    in_order: bool = True

    def __bool__(self) -> bool:
        return bool(self.left or self.came or self.turned or not self.in_order)


class Jobs(Sequence[Job]):
    """Jobs in their order, each ID once. A value: never changed, and equal to any equal sequence."""

    __slots__ = ("_ends", "runs")

    def __init__(self, runs: tuple[Run, ...] = (), like: Jobs | None = None) -> None:
        self.runs = runs
        # A list with other jobs in the same places has the same places.
        self._ends: tuple[int, ...] = (
            like._ends
            if like is not None and _as_long(runs, like.runs)
            else tuple(accumulate([len(run.jobs) for run in runs]))
        )

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> Jobs:
        """Any jobs; where an ID comes twice the first counts."""
        if isinstance(jobs, Jobs):
            return jobs
        known = tuple(jobs)
        firsts = dict(zip(map(_ID, reversed(known)), reversed(known), strict=True))
        if len(firsts) < len(known):
            known = tuple({job.id: firsts[job.id] for job in known}.values())
        return cls.unique(known)

    @classmethod
    def unique(cls, jobs: Sequence[Job]) -> Jobs:
        """Jobs of which it is known that each ID is there once."""
        return cls(tuple(_runs(tuple(jobs)))) if jobs else NO_JOBS

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Job]:
        return chain.from_iterable([run.jobs for run in self.runs])

    @overload
    def __getitem__(self, at: SupportsIndex) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Job, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Job | tuple[Job, ...]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step != 1:
                return tuple(self)[at]
            return tuple(self._between(start, stop))
        index = at.__index__()
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(at)
        number, place = self._at(index)
        return self.runs[number].jobs[place]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Jobs):
            mine, theirs = self.runs, other.runs
            if len(self) != len(other):
                return False
            start = next(compress(count(), map(is_not, mine, theirs)), min(len(mine), len(theirs)))
            return list(_flat(mine[start:])) == list(_flat(theirs[start:]))
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Jobs({[job.id for job in self]})"

    def index_of(self, job_id: str, near: int = 0) -> int:
        """Where a job stands, or -1; found at once where it stands at `near`."""
        if 0 <= near < len(self) and self[near].id == job_id:
            return near
        return next(compress(count(), map(job_id.__eq__, map(_ID, self))), -1)

    # Other lists made of this one.

    def replaced(self, jobs: Mapping[int, Job]) -> Jobs:
        """With other jobs in some places; their IDs stay."""
        if not jobs:
            return self
        runs = list(self.runs)
        for number, places in self._by_run(jobs):
            changed = list(runs[number].jobs)
            for index, place in places:
                changed[place] = jobs[index]
            runs[number] = Run(tuple(changed))
        return Jobs(tuple(runs), self)

    def inserted(self, index: int, jobs: Sequence[Job]) -> Jobs:
        """With jobs before the one that stands at `index` now, or at the end; they are not in here."""
        if not jobs:
            return self
        if not self.runs:
            return Jobs.unique(jobs)
        if index >= len(self):
            number, place = len(self.runs) - 1, len(self.runs[-1].jobs)
        else:
            number, place = self._at(index)
        old = self.runs[number].jobs
        if index >= len(self) and len(old) + len(jobs) > MOST:
            # A list that grows at its end fills its runs.
            room = MOST - len(old)
            grown = [Run(old + tuple(jobs[:room])) if room else self.runs[-1], *_runs(tuple(jobs[room:]))]
        else:
            grown = list(_runs((*old[:place], *jobs, *old[place:])))
        return Jobs((*self.runs[:number], *grown, *self.runs[number + 1 :]))

    def without(self, places: Collection[int]) -> Jobs:
        """Without the jobs in some places."""
        if not places:
            return self
        runs: list[Run | None] = list(self.runs)
        for number, gone in self._by_run(places):
            away = {place for _, place in gone}
            kept = tuple([job for n, job in enumerate(self.runs[number].jobs) if n not in away])
            runs[number] = Run(kept) if kept else None
        return Jobs(_joined([run for run in runs if run is not None]))

    def sorted_by(self, key: Callable[[Job], Any], gone: Iterable[Job], came: Iterable[Job]) -> Jobs:
        """With some jobs taken out of their places and others put into theirs.

        Args:
            key: no two jobs have the same, and these jobs are sorted by it.
            gone: as they stand in here.
            came: their IDs are not in here, or in `gone`.
        """
        runs = list(self.runs)
        has_crumbs = False

        def last(run: Run) -> Any:
            return key(run.jobs[-1])

        for job in gone:
            wanted = key(job)
            number = bisect_left(runs, wanted, key=last)
            old = runs[number].jobs
            place = bisect_left(old, wanted, key=key)
            kept = (*old[:place], *old[place + 1 :])
            runs[number : number + 1] = [Run(kept)] if kept else []
            has_crumbs = has_crumbs or len(kept) < MOST // 8
        for job in came:
            wanted = key(job)
            number = bisect_left(runs, wanted, key=last)
            if number == len(runs):
                if runs and len(runs[-1].jobs) < MOST:
                    runs[-1] = Run((*runs[-1].jobs, job))
                else:
                    runs.append(Run((job,)))
                continue
            old = runs[number].jobs
            place = bisect_left(old, wanted, key=key)
            runs[number : number + 1] = _runs((*old[:place], job, *old[place:]))
        return Jobs(_joined(runs) if has_crumbs else tuple(runs), self)

    # What is different.

    def changes(self, old: Jobs) -> Changes:
        """What has changed since an older list. What both share is not looked into."""
        changes = Changes()
        if self is old:
            return changes
        before, now = old.runs, self.runs
        first = next(compress(count(), map(is_not, before, now)), min(len(before), len(now)))
        behind = next(
            compress(count(), map(is_not, reversed(before[first:]), reversed(now[first:]))),
            min(len(before), len(now)) - first,
        )
        before, now = before[first : len(before) - behind], now[first : len(now) - behind]
        start = old._ends[first - 1] if first else 0
        was = _other(before, {id(run) for run in now}, start)
        here = _other(now, {id(run) for run in before}, start)
        # Within a run that was made anew most jobs are the same objects.
        one, other = [job for _, job in was], [job for _, job in here]
        head = next(compress(count(), map(is_not, one, other)), min(len(one), len(other)))
        tail = next(
            compress(count(), map(is_not, reversed(one[head:]), reversed(other[head:]))),
            min(len(one), len(other)) - head,
        )
        was, here = was[head : len(was) - tail], here[head : len(here) - tail]
        known = {job.id: (at, job) for at, job in was}
        for at, job in here:
            found = known.pop(job.id, None)
            if found is None:
                changes.came[job.id] = at
            elif found[1] is not job and found[1] != job:
                changes.turned[at] = found[1], job
        changes.left = {job_id: at for job_id, (at, _) in known.items()}
        changes.in_order = _in_order(before, now, changes)
        return changes

    # Searching.

    def fold(self, most: int) -> bool:
        """Makes what is searched for about so many jobs more; whether some are left."""
        for run in self.runs:
            if not run.is_folded:
                if most <= 0:
                    return True
                run.fold()
                most -= len(run.jobs)
        return False

    @property
    def unfolded(self) -> int:
        """Jobs of which what is searched has not been made yet."""
        return sum([len(run.jobs) for run in self.runs if not run.is_folded])

    def having(self, text: str) -> list[int]:
        """The places of the jobs that have a text; see `searching`. None has the empty one."""
        wanted = folded(text)
        if not wanted or BORDER in wanted:
            return []
        starts = (0, *self._ends)
        return [
            start + place
            for start, run in zip(starts, self.runs, strict=False)
            for place in run.having(wanted)
        ]

    def taken(self, places: Iterable[int]) -> list[Job]:
        """The jobs in some places, which are in order."""
        found: list[Job] = []
        for number, inside in self._by_run(places):
            jobs = self.runs[number].jobs
            found += [jobs[place] for _, place in inside]
        return found

    def _at(self, index: int) -> tuple[int, int]:
        """In which run a job stands, and where in it."""
        number = bisect_right(self._ends, index)
        return number, index - (self._ends[number - 1] if number else 0)

    def _between(self, start: int, stop: int) -> Iterator[Job]:
        while start < stop:
            number, place = self._at(start)
            found = self.runs[number].jobs[place : place + stop - start]
            yield from found
            start += len(found)

    def _by_run(self, indices: Iterable[int]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Places gathered by their runs, as (number of the run, [(index, place in the run)])."""
        number, end, begin = -1, 0, 0
        inside: list[tuple[int, int]] = []
        for index in sorted(indices):
            if index >= end:
                if inside:
                    yield number, inside
                number = bisect_right(self._ends, index)
                begin, end, inside = self._ends[number - 1] if number else 0, self._ends[number], []
            inside.append((index, index - begin))
        if inside:
            yield number, inside


NO_JOBS: Final = Jobs()


def _as_long(runs: tuple[Run, ...], others: tuple[Run, ...]) -> bool:
    """Whether runs are as long as others, each as the one in its place."""
    return len(runs) == len(others) and all(
        len(one.jobs) == len(other.jobs)
        for one, other in compress(zip(runs, others, strict=True), map(is_not, runs, others))
    )


def _runs(jobs: tuple[Job, ...]) -> Iterator[Run]:
    """Jobs in runs of about the same length."""
    if len(jobs) <= MOST:
        if jobs:
            yield Run(jobs)
        return
    pieces = -(-len(jobs) // (MOST * 3 // 4))
    for n in range(pieces):
        yield Run(jobs[len(jobs) * n // pieces : len(jobs) * (n + 1) // pieces])


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs, small neighbours made one: a list that shrinks does not become a list of crumbs."""
    out: list[Run] = []
    for run in runs:
        if out and len(out[-1].jobs) + len(run.jobs) <= MOST // 4:
            out[-1] = Run(out[-1].jobs + run.jobs)
        else:
            out.append(run)
    return tuple(out)


def _flat(runs: Iterable[Run]) -> Iterator[Job]:
    return chain.from_iterable([run.jobs for run in runs])


def _other(runs: Iterable[Run], shared: Collection[int], start: int) -> list[tuple[int, Job]]:
    """The jobs, with their places, of the runs that are not shared."""
    found: list[tuple[int, Job]] = []
    for run in runs:
        if id(run) not in shared:
            found += enumerate(run.jobs, start)
        start += len(run.jobs)
    return found


def _in_order(before: Sequence[Run], now: Sequence[Run], changes: Changes) -> bool:
    """Whether what is in both is in the same order."""
    shared = {id(run) for run in before}.intersection(map(id, now))

    def line(runs: Sequence[Run], away: Collection[str]) -> Iterator[object]:
        for run in runs:
            if id(run) in shared:
                yield run
            else:
                yield from [job.id for job in run.jobs if job.id not in away]

    return list(line(before, changes.left)) == list(line(now, changes.came))
