"""The tabs that are pages of lines: Summary, Subjobs and media."""

from __future__ import annotations

from icetui.panes import pages
from icetui.panes.leaf import SheetLeaf, Told


class SummaryLeaf(SheetLeaf):
    """What the job is, how it went and what came out."""

    TITLE = "Summary"

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """The summary page."""
        return pages.summary(told.job, told.opened, cells, told.now, ascii_only=told.ascii_only, why=told.why)


class MediaLeaf(SheetLeaf):
    """Subjobs and media."""

    TITLE = "Subjobs and media"

    @classmethod
    def title(cls, told: Told) -> str:
        """With the number of subjobs."""
        return f"{cls.TITLE} ({len(told.job.subjobs)})" if told.job.subjobs else cls.TITLE

    @classmethod
    def has(cls, told: Told) -> bool:
        """Whether the job has parts or made anything."""
        return bool(told.job.subjobs or told.job.media or told.job.media_id)

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """Subjobs, then whatever else the job made."""
        return pages.media(told.job, cells, ascii_only=told.ascii_only)
