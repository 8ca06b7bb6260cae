"""The tab that is one page of lines: Summary."""

from __future__ import annotations

from icetui.panes import pages
from icetui.panes.leaf import SheetLeaf, Told


class SummaryLeaf(SheetLeaf):
    """What the job is, how it went and what came out."""

    TITLE = "Summary"

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """The summary page."""
        return pages.summary(told.job, told.opened, cells, told.now, ascii_only=told.ascii_only, why=told.why)
