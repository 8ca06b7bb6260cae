"""The list of jobs: drawn by visible lines, repainted where something changed and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from textual.message import Message
from textual.scroll_view import ScrollView

from icetui.job import Job


class JobTable(ScrollView, can_focus=True):
    """Jobs, one a line, under a line of column names.

    The place (chosen job, scroll, marks) is held over refreshes as `placing` says.
    """

    class Chosen(Message):
        """The cursor came to another job, or to none."""

        def __init__(self, table: JobTable, job: Job | None) -> None:
            super().__init__()
            self.table = table
            self.job = job

        @property
        def control(self) -> JobTable:
            """The table, for `@on` selectors."""
            return self.table

    class Activated(Message):
        """A job is to be opened: Enter, `l`, →, or a second click."""

        def __init__(self, table: JobTable, job: Job) -> None:
            super().__init__()
            self.table = table
            self.job = job

        @property
        def control(self) -> JobTable:
            """The table, for `@on` selectors."""
            return self.table

    class Changed(Message):
        """Something the bars tell has changed: waiting, marked, found or the position."""

        def __init__(self, table: JobTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> JobTable:
            """The table, for `@on` selectors."""
            return self.table

    times: Literal["age", "utc", "local"]
    """How times are told; setting it repaints."""

    ascii: bool
    """Glyphs that any font has; setting it repaints."""

    job: Job | None
    """The chosen job."""

    waiting: int
    """New jobs that are held back behind `.`."""

    marks: frozenset[str]
    """IDs of the marked jobs."""

    shown: Sequence[Job]
    """The rows from top to bottom, those that are gone included."""

    position: tuple[int, int]
    """(chosen row from 1, rows); (0, 0) where there are none."""

    found: tuple[int, int]
    """(which hit the cursor is on from 1 or 0, how many rows have the text); (0, 0) without a text."""

    def show(
        self,
        jobs: Sequence[Job],
        now: datetime,
        *,
        followed: frozenset[str] = frozenset(),
        anew: bool = False,
        stale: bool = False,
    ) -> None:
        """Takes the jobs of a beat. Nothing changed: nothing is painted.

        Args:
            jobs: in the order to show.
            now: what ages are counted from, UTC.
            followed: IDs that get the mark of a followed job.
            anew: another question was asked: rows are replaced, nothing waits.
            stale: last session's rows: the cursor stays on top when the first real ones come.
        """

    def release(self) -> int:
        """Shows what waits, in the newest order; the chosen job stays chosen. How many came."""

    def choose(self, job_id: str) -> bool:
        """Puts the cursor on a job. False where it is not shown."""

    def step(self, by: int) -> Job | None:
        """Moves the cursor by rows (`J`, `K` from a detail) and says where it is now."""

    def step_failed(self, by: Literal[1, -1]) -> bool:
        """Moves to the next or previous failed or partial job; wraps. False where there is none."""

    def mark(self, job_id: str | None = None) -> None:
        """Marks or unmarks a job, the chosen one by default."""

    def unmark(self) -> None:
        """Takes all marks away."""

    def find(self, text: str) -> tuple[int, int]:
        """Highlights text and goes to the first row from the cursor that has it; "" ends it."""

    def find_next(self, by: Literal[1, -1] = 1) -> tuple[int, int]:
        """Goes to the next (`n`) or previous (`N`) row that has the text; wraps."""
