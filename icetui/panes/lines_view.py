"""Text of any length, drawn by visible lines only."""

from __future__ import annotations

from textual.message import Message
from textual.scroll_view import ScrollView

from icetui.panes.spans import Fixed, Lines


class LinesView(ScrollView, can_focus=True):
    """Shows `Lines`: scrolls, finds, optionally has a cursor line.

    Args:
        lines: what to show first.
        cursor: whether one line is chosen (transcripts, subjobs), else the text just scrolls.
    """

    class Pointed(Message):
        """The cursor line came to another line."""

        def __init__(self, view: LinesView, y: int) -> None:
            super().__init__()
            self.view = view
            self.y = y

        @property
        def control(self) -> LinesView:
            """The view, for `@on` selectors."""
            return self.view

    class Activated(Message):
        """Enter (or a second click) on the cursor line."""

        def __init__(self, view: LinesView, y: int) -> None:
            super().__init__()
            self.view = view
            self.y = y

        @property
        def control(self) -> LinesView:
            """The view, for `@on` selectors."""
            return self.view

    def __init__(
        self,
        lines: Lines = Fixed(()),  # noqa: B008 - immutable
        *,
        cursor: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.lines = lines
        self.cursor = cursor

    point: int
    """The cursor line, from 0; without a cursor the topmost line."""

    wrap: bool
    """Whether visible lines are wrapped (`w`)."""

    marks: frozenset[int]
    """Marked lines (Space in a transcript)."""

    def show(self, lines: Lines, *, keep: bool = False) -> None:
        """Shows other text. `keep`: the place stays (the same thing, read again), else it starts at the top."""

    def go(self, y: int) -> None:
        """Puts the cursor (or the top) on a line and brings it into view."""

    def find(self, text: str) -> tuple[int, int]:
        """Highlights text; goes to the first line from here that has it. (which, of how many)."""

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to the next or previous line that has the text; wraps."""
