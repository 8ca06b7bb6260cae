"""Taking text out of the list: copies of rows and of jobs that are opened for it, the plain view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icetui.errors import IcetuiError
from icetui.job import Job
from icetui.panes import telling
from icetui.panes.spans import plain

if TYPE_CHECKING:
    from icetui.screens.browse import Browse

OPENED = ("url", "json", "raw", "transcript", "error", "player")
"""What a lookup tells and a listing does not."""


class Taking:
    """Copies and prints what the list shows."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        snapshot = browse.shelf.snapshot
        self._error = browse.trouble or (snapshot.error if snapshot is not None else None)

    def copy(self, what: str) -> None:
        """Copies of the chosen row; what only an opened job has is asked for first."""
        job = self._browse.table.job
        if job is not None and what in OPENED and self._browse.ready:
            self._browse.copy_opened(job, what)
        elif what == "error" and self._error is not None:
            self._browse.copy(telling.failure_text(self._error), "the error")
        elif job is None:
            self._browse.copy("", "there is no job here")
        else:
            self._browse.copy(*self._of(job, what))

    def _of(self, job: Job, what: str) -> tuple[str, str]:
        table = self._browse.table
        if what == "command":
            return self._browse.program.command_for(job), "the command"
        if what == "here":
            return row_text(job), "the row"
        marked = [each.id for each in table.shown if each.id in table.marks]
        return ("\n".join(marked), f"{len(marked)} job IDs") if marked else (job.id, "the job ID")

    async def copy_opened(self, job: Job, what: str) -> None:
        """Opens a job, from memory if it has been, and copies of it."""
        from icetui.panes.copying import copied

        try:
            opened = await self._browse.session.feeds[job.family].open(job.id)
        except IcetuiError as error:
            if what == "error":
                self._browse.copy(telling.failure_text(error), "the error")
            else:
                self._browse.say(telling.failure(error))
        else:
            self._browse.copy(*copied(opened, what))

    def text(self) -> str:
        """The failure that stands here whole, the rows with tabs between cells, and the preview."""
        error, preview = self._error, self._browse.preview
        parts = [] if error is None else [telling.failure_text(error), error.hint, ""]
        parts.append("\t".join(("state", "type", "ID", "created", "title")))
        parts += map(row_text, self._browse.table.shown)
        if preview is not None:
            parts += ["", *(plain(preview.lines.line(y)) for y in range(len(preview.lines)))]
        return "\n".join(parts)


def row_text(job: Job) -> str:
    """A row with tabs between its cells."""
    created = "" if job.created is None else f"{job.created:%Y-%m-%dT%H:%M:%SZ}"
    return "\t".join((job.state.value, job.type, job.id, created, job.title))
