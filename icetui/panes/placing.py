"""Where the person is in a list, held over refreshes: pure, so that chance can test it.

Rules 1 and 2 of ux.md. A refresh never moves the chosen job, its screen line, the scroll or the
marks; jobs that left stay, grey, until the person moves; new jobs wait unless the cursor is on the
first row. Only what the person does moves anything.

What a refresh costs depends on what it changes, not on how long the list is: an answer is compared with
the one before by what they do not share (`Jobs.changes`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from icetui.job import Job
from icetui.jobs import NO_JOBS, Changes, Jobs
from icetui.records import record


@record
class Place:
    """The rows of a list and where the person is in it.

    Attributes:
        rows: what is shown, from top to bottom, each ID once.
        gone: IDs of rows that are no longer in the answer; they are shown grey.
        latest: the newest answer: what would be shown if nothing had to be held.
        new: IDs of jobs of `latest` that wait: they are not in `rows`.
        index: the chosen row; -1 where there are no rows.
        top: the row on the first screen line.
        marks: IDs a person marked, whether they are shown or not.
        held: whether the choice is to be kept. The rows of last session are nobody's choice: until
            the first real answer the cursor stays on the first row.
    """

    rows: Jobs = NO_JOBS
    gone: frozenset[str] = frozenset()
    latest: Jobs = NO_JOBS
    new: frozenset[str] = frozenset()
    index: int = -1
    top: int = 0
    marks: frozenset[str] = frozenset()
    held: bool = False

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self.new)

    @property
    def job(self) -> Job | None:
        """The chosen job."""
        return self.rows[self.index] if self.index >= 0 else None

    # --- what the service does ---------------------------------------------------------------------

    def arrived(self, jobs: Sequence[Job], height: int, *, settled: bool = True) -> Place:
        """The place after an answer to the same question.

        Args:
            jobs: in the order to show; an ID may come twice, the first counts.
            height: rows on the screen.
            settled: whether this is an answer, not what was remembered of the last session.
        """
        offered = Jobs.of(jobs)
        if (not self.rows or not self.held) and offered != self.latest:
            return self.asked(offered, height, settled=settled)
        changes = offered.changes(self.latest)
        if not changes:
            return self if self.held or not settled else replace(self, held=True)
        return self._preceded(offered, changes, height) or self._held(offered, changes, height)

    def _preceded(self, offered: Jobs, changes: Changes, height: int) -> Place | None:
        """The place where rows only change, or come where they may be shown at once, and nothing is held."""
        if self.rows is not self.latest or changes.left or not changes.in_order:
            return None
        index, top = self.index, self.top
        places = changes.came.values()
        if index == 0:
            above = next((n for n, place in enumerate(places) if place != n), len(places))
            index, top = self._pushed(above, height)
        elif any(place < len(self.rows) for place in places):
            return None
        return replace(self, rows=offered, latest=offered, index=index, top=top)

    def _held(self, offered: Jobs, changes: Changes, height: int) -> Place:
        """The place where something is held back, is gone, or stands elsewhere than in the answer."""
        gone, new = set(self.gone), set(self.new)
        changed: dict[int, Job] = {}
        for at, (_, job) in changes.turned.items():
            if job.id not in new:
                changed[self._row_of(job.id, at)] = job
        for job_id, at in changes.came.items():
            if job_id in gone:
                gone.discard(job_id)
                changed[self._row_of(job_id, at)] = offered[at]
            else:
                new.add(job_id)
        for job_id in changes.left:
            if job_id in new:
                new.discard(job_id)
            else:
                gone.add(job_id)
        rows, index, top = self.rows.replaced(changed), self.index, self.top
        if new and index == 0:
            rows, above = _woven(rows, offered, new, changes)
            new = set()
            # At the very top the new rows are seen arriving; scrolled down, what is seen stays.
            index, top = self._pushed(above, height)
        elif new and (tail := _tail(offered, new)):
            rows = rows.inserted(len(rows), tail)
            new.difference_update([job.id for job in tail])
        if not gone and not new and rows == offered:
            rows = offered
        return replace(
            self, rows=rows, gone=frozenset(gone), latest=offered, new=frozenset(new), index=index, top=top
        )

    def _pushed(self, above: int, height: int) -> tuple[int, int]:
        """Index and top after rows came above the first row, on which the cursor is."""
        return above, max(0, above - max(1, height) + 1) if self.top == 0 else self.top + above

    def _row_of(self, job_id: str, at: int) -> int:
        """In which row a job is that stands at `at` in the answer: so far off as rows are held back."""
        start = max(0, at - len(self.new))
        near = self.rows[start : at + len(self.gone) + 1]
        found = next((n for n, job in enumerate(near, start) if job.id == job_id), -1)
        return found if found >= 0 else self.rows.index_of(job_id)

    # --- what the person does ----------------------------------------------------------------------

    def asked(self, jobs: Sequence[Job], height: int, *, settled: bool = True) -> Place:
        """The place after the first answer to another question: its rows, nothing held back.

        The chosen job stays chosen and on its screen line where the answer has it too; else the
        cursor goes to the first row.
        """
        rows = Jobs.of(jobs)
        index = rows.index_of(self.job.id, self.index) if self.held and self.job is not None else -1
        top = index - (self.index - self.top) if index >= 0 else 0
        return Place(
            rows=rows,
            latest=rows,
            index=index if index >= 0 else 0 if rows else -1,
            top=top,
            marks=self.marks,
            held=settled or index >= 0,
        ).fitted(height)

    def released(self, height: int) -> Place:
        """The place with everything shown as it is now: new jobs in, those that left out.

        The chosen job stays chosen; the list scrolls up as far as it stays in view, because the new
        jobs are what the person wants to see.
        """
        if self.rows is self.latest:
            return self
        at = self.latest.index_of(self.job.id, self.index) if self.job is not None else -1
        index = at if at >= 0 else min(max(0, self.index), len(self.latest) - 1)
        top = max(0, index - max(1, height) + 1)
        return replace(
            self, rows=self.latest, gone=frozenset(), new=frozenset(), index=index, top=top, held=True
        ).fitted(height)

    def moved(self, by: int, height: int, *, page: bool = False) -> Place:
        """The place with the cursor `by` rows further down; the ends of the list stop it.

        Rows that are gone go away now. `page`: the list scrolls with the cursor.
        """
        if self.gone and self.job is not None and self.job.id in self.gone and by > 0:
            by -= 1  # the row after the one that goes away is where it was
        place = self._swept(by)
        if page:
            place = replace(place, top=place.top + by)
        return place._at_top(height).fitted(height)

    def first(self, height: int) -> Place:
        """The place on the first row, with what waited above it."""
        place = self.released(height)
        return replace(place, index=0 if place.rows else -1, top=0, held=True)

    def last(self, height: int) -> Place:
        """The place on the last row."""
        return self._swept(len(self.rows)).fitted(height)

    def on(self, index: int, height: int) -> Place:
        """The place with the cursor on a row, by its number in `rows`; it may be a grey one."""
        if not 0 <= index < len(self.rows) or index == self.index:
            return replace(self, held=True)
        if self.rows[index].id in self.gone:
            return replace(self, index=index, held=True).fitted(height)
        return replace(self, index=index)._swept(0)._at_top(height).fitted(height)

    def scrolled(self, by: int, height: int) -> Place:
        """The place with the list scrolled and the cursor taken along where it would leave the screen."""
        place = self._swept(0)
        top = max(0, min(place.top + by, len(place.rows) - height))
        index = max(top, min(place.index, top + max(1, height) - 1))
        return replace(place, top=top, index=index)._at_top(height).fitted(height)

    def marked(self, job_id: str) -> Place:
        """The place with a mark more, or less."""
        return replace(self, marks=self.marks ^ {job_id})

    # --- the screen --------------------------------------------------------------------------------

    def fitted(self, height: int) -> Place:
        """The place with the cursor in view and no needless blank lines below the last row."""
        height = max(1, height)
        index = min(self.index, len(self.rows) - 1)
        top = max(0, min(self.top, len(self.rows) - height))
        if index >= 0:
            top = max(index - height + 1, min(top, index))
        return self if (index, top) == (self.index, self.top) else replace(self, index=index, top=top)

    def _swept(self, by: int) -> Place:
        """The place without the rows that are gone, the cursor so many of the others further down."""
        away = sorted(self.latest.changes(self.rows).left.values()) if self.gone else []
        rows = self.rows.without(away)
        index = min(max(0, self.index - bisect_left(away, self.index) + by), len(rows) - 1)
        if away:
            if not self.new and rows == self.latest:
                rows = self.latest
            return replace(
                self,
                rows=rows,
                gone=frozenset(),
                index=index,
                top=self.top - bisect_left(away, self.top),
                held=True,
            )
        return replace(self, index=index, held=True)

    def _at_top(self, height: int) -> Place:
        """On the first row nothing waits: what waited now stands above, and what is seen stays."""
        if self.index != 0 or not self.new:
            return self
        rows, above = _woven(self.rows, self.latest, self.new, self.latest.changes(self.rows))
        return replace(self, rows=rows, new=frozenset(), index=above, top=self.top + above)


def _tail(latest: Jobs, new: Collection[str]) -> tuple[Job, ...]:
    """The new jobs below all that is shown: a further page. () where nothing that is shown is left."""
    start = len(latest)
    while start and latest[start - 1].id in new:
        start -= 1
    return latest[start:] if start else ()


def _woven(rows: Jobs, latest: Jobs, new: Collection[str], changes: Changes) -> tuple[Jobs, int]:
    """The rows in their order, each new job after the one that it follows in the answer.

    Args:
        rows: without the new ones.
        latest: the answer.
        new: IDs that are in `latest` only.
        changes: between something and `latest`; tells where new jobs stand, perhaps not of all.

    Returns:
        them, and how many stand above what was the first row.
    """
    places = sorted(changes.came[job_id] for job_id in new if job_id in changes.came)
    if len(places) < len(new):
        places = [n for n, job in enumerate(latest) if job.id in new]
    first, moved = rows[0].id if rows else "", 0
    for start, end in _stretches(places):
        # The one before is shown, or has just come.
        before = rows.index_of(latest[start - 1].id, start - 1) if start else -1
        rows = rows.inserted(before + 1, latest[start:end])
        if before < moved:
            moved += end - start
    assert not first or rows[moved].id == first
    return rows, moved


def _stretches(places: Iterable[int]) -> list[tuple[int, int]]:
    """Places that follow one another, as (first, behind the last)."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place:
            found[-1] = found[-1][0], place + 1
        else:
            found.append((place, place + 1))
    return found
