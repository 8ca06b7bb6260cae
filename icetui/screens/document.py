"""Any JSON as a tree on a screen of its own: ``icetui json``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from icetui.call import Answer, Call
from icetui.clean import clean
from icetui.decode import Decoded
from icetui.families.base import Opened
from icetui.job import Job
from icetui.keymap import Where
from icetui.panes.bars import BottomLine, StatusLine
from icetui.panes.leaf import Leaf, Told
from icetui.panes.lines_view import LinesView
from icetui.panes.tree_leaf import DECODED, SENT, TreeLeaf
from icetui.screens.room import Room, bindings_of


class DocumentLeaf(TreeLeaf):
    """The whole of it."""

    TITLE = "JSON"

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form


class Document(Room):
    """One JSON document.

    Args:
        name: of the file, or "" for what was piped in.
        text: as it came.
        decoded: with its strings decoded.
        as_sent: whether it is first shown as it came.
        ascii_only: only ASCII for our own signs.
    """

    WHERE: ClassVar[Where] = "document"
    BINDINGS = bindings_of("everywhere", "document")

    def __init__(self, name: str, text: str, decoded: Decoded, *, as_sent: bool, ascii_only: bool) -> None:
        super().__init__()
        now = datetime.now(UTC)
        answer = Answer(Call("ice", "JSON", "GET"), "", 200, text, {}, now)
        opened = Opened(Job("", name), answer, decoded, (), ())
        self._file = name
        self._leaf = DocumentLeaf(SENT if as_sent else DECODED)
        self._told = Told(opened.job, opened, now, ascii_only=ascii_only)

    def compose(self) -> ComposeResult:
        """Title, tree, status, keys."""
        yield StatusLine(id="title")
        yield self._leaf
        yield StatusLine(id="status")
        yield BottomLine()

    def on_mount(self) -> None:
        """The tree has the keys."""
        self.query_one("#title", StatusLine).show([(clean(self._file) or "JSON", "title")])
        for view in self.query(LinesView):
            view.tells = self._noted
        self._leaf.enter()
        self._leaf.take(self._told, keep=False)
        self._noted()

    def on_resize(self) -> None:
        """Lines are broken anew."""
        self._leaf.take(self._told, keep=True)

    @property
    def status(self) -> StatusLine:
        """The lower one; the upper is the title."""
        return self.query_one("#status", StatusLine)

    @property
    def places(self) -> tuple[Where, ...]:
        """The tree's keys first."""
        return (*self._leaf.places, self.WHERE)

    @on(Leaf.Noted)
    @on(LinesView.Pointed)
    def _noted(self) -> None:
        if self.finding:
            self.say_found(self._leaf.found)
        else:
            note = self._leaf.note
            self.tell([(note, "")] if isinstance(note, str) else note)
        if not self.held:
            self.show_keys()

    @on(Leaf.Said)
    def _said(self, event: Leaf.Said) -> None:
        self.say(event.words, event.style)

    def action_form(self) -> None:
        """Decoded, or as sent."""
        self._leaf.turn_form()
        self._leaf.find(self.finding)
        self._noted()

    def action_wrap(self) -> None:
        """Wraps long lines, or cuts them again."""
        self._leaf.turn_wrap()

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the tree."""
        return self._leaf.find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """The next hit in the tree."""
        return self._leaf.find_next(by)

    def copyable(self, what: str) -> tuple[str, str]:
        """Of the node at the cursor; outside all strings, raw is the whole text."""
        here = self._leaf.copyable(what)
        if here is None and what == "raw" and self._told.opened is not None:
            return self._told.opened.answer.text, "the whole text"
        return here or super().copyable(what)

    def plain_text(self) -> str:
        """The JSON, laid out."""
        return self._leaf.plain_text()

    def action_cancel(self) -> None:
        """Ends a find."""
        self.finding = ""
        self._leaf.find("")
        self._noted()

    def action_close(self) -> None:
        """There is nothing behind it: the program ends."""
        self.app.exit()
