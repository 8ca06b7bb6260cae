"""Where the person is in a list, held over refreshes: pure, so that chance can test it.

Rules 1 and 2 of ux.md. A refresh never moves the chosen job, its screen line, the scroll or the
marks; jobs that left stay, grey, until the person moves; new jobs wait unless the cursor is on the
first row. Only what the person does moves anything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, count
from operator import attrgetter, is_not

from icetui.job import Job


@dataclass(frozen=True, slots=True)
class Place:
    """The rows of a list and where the person is in it.

    Attributes:
        rows: what is shown, from top to bottom, each ID once.
        gone: IDs of rows that are no longer in the answer; they are shown grey.
        latest: the newest answer, each ID once: what would be shown if nothing had to be held.
        waiting: how many jobs of `latest` are not in `rows`.
        index: the chosen row; -1 where there are no rows.
        top: the row on the first screen line.
        marks: IDs a person marked, whether they are shown or not.
        held: whether the choice is to be kept. The rows of last session are nobody's choice: until
            the first real answer the cursor stays on the first row.
        offered: the newest answer as it came, to see at once that nothing changed.
    """

    rows: tuple[Job, ...] = ()
    gone: frozenset[str] = frozenset()
    latest: tuple[Job, ...] = ()
    waiting: int = 0
    index: int = -1
    top: int = 0
    marks: frozenset[str] = frozenset()
    held: bool = False
    offered: tuple[Job, ...] = ()

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
        offered = tuple(jobs)
        if offered == self.offered:
            return self if self.held or not settled else replace(self, held=True)
        if not self.rows or not self.held:
            return self.asked(offered, height, settled=settled)
        quick = self._replaced(offered) or self._preceded(offered)
        if quick is not None:
            return quick
        present = {job.id: job for job in offered}
        latest = offered
        if len(present) < len(offered):
            latest = _once(offered)
            present = {job.id: job for job in latest}
        shown = {job.id for job in self.rows}
        rows = tuple([present.get(job.id, job) for job in self.rows])
        gone = frozenset(shown - present.keys())
        new = len(present) - (len(shown) - len(gone))
        index, top = self.index, self.top
        if new and index == 0:
            rows = _woven(rows, latest, shown)
            new = 0
            index = _position(rows, self.rows[0].id)
            # At the very top the new rows are seen arriving; scrolled down, what is seen stays.
            top = max(0, index - max(1, height) + 1) if top == 0 else top + index
        elif new and (tail := _tail(latest, shown)):
            rows += tail
            new -= len(tail)
        if rows == latest:
            rows = latest
        return replace(
            self, rows=rows, gone=gone, latest=latest, waiting=new, index=index, top=top, offered=offered
        )

    def _replaced(self, offered: tuple[Job, ...]) -> Place | None:
        """The quick way for the beat of a long list: the same jobs in the same order, some changed."""
        if self.rows is not self.latest or len(offered) != len(self.rows):
            return None
        changed = list(compress(count(), map(is_not, self.rows, offered)))
        if any(self.rows[n].id != offered[n].id for n in changed):
            return None
        return replace(self, rows=offered, latest=offered, offered=offered)

    def _preceded(self, offered: tuple[Job, ...]) -> Place | None:
        """The quick way for new jobs on top of a long list: they wait, nothing else is different."""
        more = len(offered) - len(self.offered)
        if self.index <= 0 or more <= 0 or self.latest is not self.offered or offered[more:] != self.offered:
            return None
        new = {job.id for job in offered[:more]}
        known = map(_ID, (*self.rows, *self.latest))
        if len(new) < more or any(map(new.__contains__, known)):
            return None
        return replace(self, latest=offered, offered=offered, waiting=self.waiting + more)

    # --- what the person does ----------------------------------------------------------------------

    def asked(self, jobs: Sequence[Job], height: int, *, settled: bool = True) -> Place:
        """The place after the first answer to another question: its rows, nothing held back.

        The chosen job stays chosen and on its screen line where the answer has it too; else the
        cursor goes to the first row.
        """
        offered = tuple(jobs)
        rows = _once(offered)
        index = _position(rows, self.job.id) if self.held and self.job is not None else -1
        top = index - (self.index - self.top) if index >= 0 else 0
        return Place(
            rows=rows,
            latest=rows,
            index=index if index >= 0 else 0 if rows else -1,
            top=top,
            marks=self.marks,
            held=settled or index >= 0,
            offered=offered,
        ).fitted(height)

    def released(self, height: int) -> Place:
        """The place with everything shown as it is now: new jobs in, those that left out.

        The chosen job stays chosen; the list scrolls up as far as it stays in view, because the new
        jobs are what the person wants to see.
        """
        if self.rows is self.latest:
            return self
        at = _position(self.latest, self.job.id) if self.job is not None else -1
        index = at if at >= 0 else min(max(0, self.index), len(self.latest) - 1)
        top = max(0, index - max(1, height) + 1)
        return replace(
            self, rows=self.latest, gone=frozenset(), waiting=0, index=index, top=top, held=True
        ).fitted(height)

    def moved(self, by: int, height: int, *, page: bool = False) -> Place:
        """The place with the cursor `by` rows further down; the ends of the list stop it.

        Rows that are gone go away now. `page`: the list scrolls with the cursor.
        """
        live = self._live()
        if self.gone and self.job is not None and self.job.id in self.gone and by > 0:
            by -= 1  # the row after the one that goes away is where it was
        place = self._swept(live, bisect_left(live, self.index) + by)
        if page:
            place = replace(place, top=place.top + by)
        return place._at_top(height).fitted(height)

    def first(self, height: int) -> Place:
        """The place on the first row, with what waited above it."""
        place = self.released(height)
        return replace(place, index=0 if place.rows else -1, top=0, held=True)

    def last(self, height: int) -> Place:
        """The place on the last row."""
        return self._swept(self._live(), len(self.rows)).fitted(height)

    def on(self, index: int, height: int) -> Place:
        """The place with the cursor on a row, by its number in `rows`; it may be a grey one."""
        if not 0 <= index < len(self.rows) or index == self.index:
            return replace(self, held=True)
        if self.rows[index].id in self.gone:
            return replace(self, index=index, held=True).fitted(height)
        live = self._live()
        return self._swept(live, bisect_left(live, index))._at_top(height).fitted(height)

    def scrolled(self, by: int, height: int) -> Place:
        """The place with the list scrolled and the cursor taken along where it would leave the screen."""
        live = self._live()
        place = self._swept(live, bisect_left(live, self.index))
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

    def _live(self) -> Sequence[int]:
        """The numbers of the rows that are not gone."""
        if not self.gone:
            return range(len(self.rows))
        return [n for n, job in enumerate(self.rows) if job.id not in self.gone]

    def _swept(self, live: Sequence[int], to: int) -> Place:
        """The place without the rows that are gone and with the cursor on the live row number `to`."""
        index = max(0, min(to, len(live) - 1)) if live else -1
        if not self.gone:
            return replace(self, index=index, held=True)
        rows = tuple([self.rows[n] for n in live])
        if not self.waiting and [job.id for job in rows] == [job.id for job in self.latest]:
            rows = self.latest
        return replace(
            self, rows=rows, gone=frozenset(), index=index, top=bisect_left(live, self.top), held=True
        )

    def _at_top(self, height: int) -> Place:
        """On the first row nothing waits: what waited now stands above, and what is seen stays."""
        if self.index != 0 or not self.waiting:
            return self
        rows = _woven(self.rows, self.latest, {job.id for job in self.rows})
        index = _position(rows, self.rows[0].id)
        return replace(self, rows=rows, waiting=0, index=index, top=self.top + index)


_ID = attrgetter("id")


def _once(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """The jobs, each ID once: the first counts."""
    firsts: dict[str, Job] = {}
    for job in jobs:
        firsts.setdefault(job.id, job)
    return jobs if len(firsts) == len(jobs) else tuple(firsts.values())


def _position(rows: Sequence[Job], job_id: str) -> int:
    """Where a job stands, or -1."""
    return next((n for n, job in enumerate(rows) if job.id == job_id), -1)


def _tail(latest: Sequence[Job], shown: set[str]) -> tuple[Job, ...]:
    """The new jobs below all that is shown: a further page. () where nothing that is shown is left."""
    for n in range(len(latest) - 1, -1, -1):
        if latest[n].id in shown:
            return tuple(latest[n + 1 :])
    return ()


def _woven(rows: Sequence[Job], latest: Sequence[Job], shown: set[str]) -> tuple[Job, ...]:
    """The rows in their order, each new job after the shown one it follows in the answer."""
    after: dict[str | None, list[Job]] = {}
    anchor: str | None = None
    for job in latest:
        if job.id in shown:
            anchor = job.id
        else:
            after.setdefault(anchor, []).append(job)
    out = list(after.get(None, ()))
    for row in rows:
        out.append(row)
        out += after.get(row.id, ())
    return tuple(out)
