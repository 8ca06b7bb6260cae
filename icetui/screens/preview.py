"""The preview beside the list: the chosen job, read once the cursor has come to rest on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from textual.timer import Timer

from icetui.job import Job
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import Fixed, Joined

if TYPE_CHECKING:
    from icetui.families.base import Opened

COLUMNS = 110
"""Columns of the terminal from which there is room for it."""

REST = 0.15
"""Seconds the cursor rests on a job before it is asked for."""


class Preview(LinesView):
    """Summary and results of one job.

    Args:
        read: asks for a job; what comes is given to `show_read`.
        now: for ages.
        ascii_only: shapes without Unicode.
    """

    def __init__(
        self, read: Callable[[Job], object], now: Callable[[], datetime], *, ascii_only: bool
    ) -> None:
        super().__init__(id="preview")
        self.can_focus = False
        self.wanted = True
        self._read = read
        self._now = now
        self._ascii = ascii_only
        self._rest: Timer | None = None
        self._job: Job | None = None
        self._opened: Opened | None = None
        self._why = ""

    def fit(self, columns: int) -> bool:
        """Shows or hides itself for a terminal of so many columns; whether it is shown."""
        self.display = self.wanted and columns >= COLUMNS
        return self.display

    def choose(self, job: Job | None, *, ask: bool) -> None:
        """Shows a job once the cursor rests on it: a key that only passes by paints nothing here."""
        if not self.display:
            return
        if self._rest is not None:
            self._rest.stop()
        if job is None or self._job is None or job.id != self._job.id:
            self._opened = None
        self._job = job
        self._why = "asking…" if ask else ""
        self._rest = self.set_timer(REST, lambda: self._rested(job if ask else None))

    def forget(self) -> None:
        """Nothing of the job so far stays, not even until the cursor rests: it was another account's."""
        if self._rest is not None:
            self._rest.stop()
        self._job = self._opened = None
        self.draw()

    def _rested(self, job: Job | None) -> None:
        self.draw(keep=self._opened is not None)
        if job is not None and self._opened is None:
            self._read(job)

    def show_read(self, job_id: str, opened: Opened | None, why: str) -> None:
        """What a lookup told, or why there is none; dropped if another job is chosen by now."""
        if self._job is None or self._job.id != job_id:
            return
        self._opened, self._why = opened, why
        self.draw(keep=True)

    def on_resize(self) -> None:
        """Texts are broken anew."""
        self.draw(keep=True)

    def draw(self, *, keep: bool = False) -> None:
        """Draws what is known."""
        job, opened = self._job, self._opened
        if job is None:
            self.show(Fixed([]))
            return
        from icetui.panes import pages

        cells = max(24, self.size.width - 1)
        told = opened.job if opened is not None else job
        sheet = pages.summary(told, opened, cells, self._now(), ascii_only=self._ascii, why=self._why)
        if opened is None or not opened.results:
            self.show(sheet.lines, keep=keep)
            return
        if len(opened.answer.text) > pages.LARGE:
            # Laying it out takes longer than a cursor rests.
            said = f"{pages.size(opened.answer)} of results: Enter opens them."
            self.show(Joined(sheet.lines, Fixed([[], [(said, "dim")]])), keep=keep)
            return
        self.show(Joined(sheet.lines, Fixed([[]]), pages.result(opened, cells).lines), keep=keep)
