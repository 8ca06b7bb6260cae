"""The seam for the tabs of an opened job: each is a pane of its own, a leaf, that is given what is told.

A new kind of tab is one class here or beside it and one line in `screens.detail.LEAVES`. A leaf keeps
its place, folds and marks while other tabs are looked at, and over a refresh. It asks for nothing: what
it wants from a person or for the clipboard it says by a message.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar

from textual.message import Message

from icetui.assets import Found
from icetui.call import Answer
from icetui.families.base import Opened
from icetui.job import Job
from icetui.keymap import Where
from icetui.panes import pages
from icetui.panes.copying import named
from icetui.panes.lines_view import LinesView
from icetui.panes.quiet import Quiet
from icetui.panes.spans import Fixed, Lines, Span, plain
from icetui.records import field, record
from icetui.sparing import sparing


@record
class Told:
    """All that is known of a job at one moment.

    Attributes:
        job: the row.
        opened: all that a lookup told, or None while it is asked for.
        now: for ages.
        why: what to say while there is no lookup.
        ascii_only: shapes without Unicode.
        found: where media assets open, as far as a person has asked, by what was asked for.
        answer: a large one that has come and is not decoded yet.
    """

    job: Job
    opened: Opened | None
    now: datetime
    why: str = ""
    ascii_only: bool = False
    found: Mapping[str, Found] = field(default_factory=dict)
    answer: Answer | None = None


class Leaf(Quiet):
    """One tab. Subclasses say at least `TITLE`, `take` and `plain_text`.

    Attributes:
        TITLE: its name in the row of tabs.
        WHERE: parts of the key map whose keys work here before the screen's: the pane binds them.
    """

    TITLE: ClassVar[str] = ""
    WHERE: ClassVar[tuple[Where, ...]] = ()

    class Asked(Message):
        """A line of text is wanted from the person."""

        def __init__(self, label: str, then: Callable[[str], None], value: str = "") -> None:
            super().__init__()
            self.label = label
            self.then = then
            self.value = value

    class Said(Message):
        """An answer to a key, for the status line."""

        def __init__(self, words: str | list[Span], style: str = "") -> None:
            super().__init__()
            self.words = words
            self.style = style

    class Copied(Message):
        """A text is to be copied; an empty one says why there is none."""

        def __init__(self, text: str, name: str) -> None:
            super().__init__()
            self.text = text
            self.name = name

    class Noted(Message):
        """What `note` says has changed."""

    @property
    def places(self) -> tuple[Where, ...]:
        """The parts of the key map whose keys work here now."""
        return self.WHERE

    # -- what the row of tabs asks; before anything is taken

    @classmethod
    def title(cls, told: Told) -> str:
        """Its name, with a count where one helps."""
        return cls.TITLE

    @classmethod
    def has(cls, told: Told) -> bool:
        """Whether there is anything in it; else its name is dim."""
        return True

    @classmethod
    def offered(cls, told: Told) -> bool:
        """Whether there is such a tab at all."""
        return True

    # -- what it is given

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows what is told. Only the visible leaf is given anything.

        Args:
            told: what there is.
            keep: it is the job this leaf showed before: place, folds and marks stay.
        """
        raise NotImplementedError

    def enter(self) -> None:
        """Takes the keys."""
        self.focus(scroll_visible=False)

    # -- find

    def find(self, text: str) -> tuple[int, int]:
        """Highlights a text and goes to the first hit from here; "" ends it. (which hit, of how many).

        The text that is sought already moves nothing.
        """
        return (0, 0)

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to another hit."""
        return (0, 0)

    @property
    def found(self) -> tuple[int, int]:
        """(which hit the place is on, of how many)."""
        return (0, 0)

    # -- what it tells

    @property
    def note(self) -> str | list[Span]:
        """A phrase for the status line, cleaned."""
        return ""

    def copyable(self, what: str) -> tuple[str, str] | None:
        """(true text, what to call it), ("", why not), or None where the whole job is meant.

        Args:
            what: ``here``, ``url``, ``json``, ``raw``, ``jsonpath``, ``jq``, ``transcript`` …
        """
        return None

    @property
    def seconds(self) -> float | None:
        """The time of media at the cursor, in seconds, where it stands on something timed."""
        return None

    def plain_text(self) -> str:
        """All of it, unboxed and uncut."""
        raise NotImplementedError

    # -- keys of the screen that it may know better

    def cancel(self) -> bool:
        """Esc: ends something here, marks for instance; False where there is nothing to end."""
        return False

    def turn_wrap(self) -> bool:
        """Wraps long lines, or cuts them again; False where nothing is wrapped."""
        return False

    def turn_form(self) -> bool:
        """Goes to the next form: drawn, decoded, as sent; False where there is one."""
        return False


class SheetLeaf(LinesView, Leaf):
    """A leaf that is one page of lines.

    The page of a large answer is laid out in a thread; its raw text is there to read meanwhile.
    """

    LARGE: ClassVar[bool] = False
    """Whether its page grows with the answer."""

    class LaidOut(Message):
        """A page of a large answer is ready."""

        def __init__(self, key: tuple[object, ...], sheet: pages.Sheet) -> None:
            super().__init__()
            self.key = key
            self.sheet = sheet

    def __init__(self) -> None:
        super().__init__(cursor=True)
        self._told: Told | None = None
        self._sheet = pages.Sheet(Fixed())
        self._laid: tuple[object, ...] | None = None

    def sheet(self, told: Told, cells: int) -> pages.Sheet:
        """The page in so many cells. Runs in a thread for large answers."""
        raise NotImplementedError

    def key(self, told: Told, cells: int) -> tuple[object, ...]:
        """What the page depends on, where it grows with the answer: the same is not made twice."""
        assert told.opened is not None
        return (cells, told.job.id, told.opened.answer.text)

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows the page, or the raw text while it is made."""
        self._told, self._ascii = told, told.ascii_only
        opened, cells = told.opened, self._room
        if opened is None:
            self._laid = None
            if self.LARGE and told.answer is not None:
                self._sheet = pages.unlaid(told.answer)
            else:
                self._sheet = self._asking(told, cells)
            self.show(self._sheet.lines, keep=keep)
            return
        key = self.key(told, cells)
        if self.LARGE and key == self._laid:
            return
        self._laid = key
        if not self.LARGE or len(opened.answer.text) <= pages.LARGE:
            self._put(self.sheet(told, cells), keep=keep)
            return
        # Not by `_put`, which may know of a place to go back to.
        self._sheet = pages.unlaid(opened.answer)
        self.show(self._sheet.lines, keep=keep)

        def work() -> None:
            with sparing():
                sheet = self.sheet(told, cells)
            self.post_message(self.LaidOut(key, sheet))

        # A daemon thread, not a worker: quitting waits for workers.
        threading.Thread(target=work, daemon=True, name="lay-out").start()

    def on_sheet_leaf_laid_out(self, event: LaidOut) -> None:
        """The page has come; it is for this answer and width, or dropped."""
        event.stop()
        if event.key == self._laid:
            self._put(event.sheet, keep=False)
            self.post_message(self.Noted())

    @property
    def _room(self) -> int:
        """Cells of a line; of the program while it is not shown."""
        return max(24, (self.size.width or self.app.size.width) - 2)

    def _asking(self, told: Told, cells: int) -> pages.Sheet:
        return pages.summary(told.job, None, cells, told.now, ascii_only=told.ascii_only, why=told.why)

    def _put(self, sheet: pages.Sheet, *, keep: bool) -> None:
        self._sheet = sheet
        self.show(sheet.lines, keep=keep)

    @property
    def note(self) -> str | list[Span]:
        """What the page says of itself."""
        return self._sheet.note

    def copyable(self, what: str) -> tuple[str, str] | None:
        """The line here, or the URL of the block at the cursor."""
        if what == "here":
            here = plain(self.lines.line(self.point)).strip() if len(self.lines) else ""
            return here, "the line" if here else "this line is empty"
        if what == "url" and self._sheet.urls:
            url = self._sheet.url(self.point)
            return (url, named(url)) if url else ("", "there is no URL here")
        return None

    def plain_text(self) -> str:
        """The page at a width where nothing is cut."""
        told = self._told
        if told is None:
            return ""
        made = self._asking(told, _WIDE) if told.opened is None else self.sheet(told, _WIDE)
        return text_of(made.lines)

    def turn_wrap(self) -> bool:
        """Wraps long lines, or cuts them again."""
        self.wrap = not self.wrap
        return True


_WIDE = 10_000


def text_of(lines: Lines) -> str:
    """The text of some lines without its styles."""
    return "\n".join(plain(lines.line(y)) for y in range(len(lines)))
