"""Which jobs of a long list have a text, kept from one list to the next. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from icetui.jobs import Jobs, Run
from icetui.searching import BORDER, folded


class Hits:
    """The jobs that have one text, in one list after another: only runs that are new are searched.

    Args:
        text: "" is in none.
    """

    def __init__(self, text: str) -> None:
        wanted = folded(text)
        self._wanted = "" if BORDER in wanted else wanted
        self._known: dict[Run, tuple[int, ...]] = {}
        self._jobs: Jobs | None = None
        self._places: list[tuple[int, ...]] = []
        self._starts: list[int] = []
        self._before: list[int] = [0]

    def look(self, jobs: Jobs) -> None:
        """From now on it is about these jobs."""
        if jobs is self._jobs:
            return
        self._jobs, known = jobs, self._known
        runs = jobs.runs if self._wanted else ()
        self._known = {run: known[run] if run in known else tuple(run.having(self._wanted)) for run in runs}
        self._places = list(self._known.values())
        self._starts = list(accumulate([len(run.jobs) for run in runs], initial=0))
        self._before = list(accumulate(map(len, self._places), initial=0))

    def __len__(self) -> int:
        return self._before[-1]

    def rank(self, index: int) -> int:
        """Which hit the job at `index` is, from 1; 0 if it is none."""
        rank = self._upto(index)
        return rank + 1 if rank < len(self) and self._place(rank) == index else 0

    def after(self, index: int) -> int:
        """Where the next hit behind a place is, beyond the last the first of all; -1 if there is none."""
        return self._place(self._upto(index + 1) % len(self)) if len(self) else -1

    def before(self, index: int) -> int:
        """Where the next hit before a place is, beyond the first the last of all; -1 if there is none."""
        return self._place((self._upto(index) - 1) % len(self)) if len(self) else -1

    def _upto(self, index: int) -> int:
        """How many hits stand before a place."""
        number = min(bisect_right(self._starts, index) - 1, len(self._places) - 1)
        if number < 0:
            return 0
        return self._before[number] + bisect_left(self._places[number], index - self._starts[number])

    def _place(self, rank: int) -> int:
        """Where a hit stands, by its number from 0."""
        number = bisect_right(self._before, rank) - 1
        return self._starts[number] + self._places[number][rank - self._before[number]]
