"""Screens that are one text: help about the keys, and the request log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from icetui.clean import clean, cut
from icetui.keymap import MOVES, Where, chords_of, keys_of
from icetui.panes.bars import BottomLine, KeyHint, StatusLine
from icetui.panes.drawings import plural
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import Fixed, Lines, Span, plain
from icetui.screens.room import Room, back_bindings, bindings_of

if TYPE_CHECKING:
    from icetui.log import Entry


class Reading(Room):
    """A titled text with find, copy and back."""

    WHERE: ClassVar[Where] = "detail"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("everywhere"), *back_bindings()]

    def __init__(self, title: str, lines: Lines) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Title, text, status, keys."""
        yield StatusLine(id="title")
        yield LinesView(self._lines)
        yield StatusLine()
        yield BottomLine()

    def on_mount(self) -> None:
        """Focus on the text."""
        self.query_one("#title", StatusLine).show([(self._title, "title")])
        view = self.query_one(LinesView)
        view.wrap = True
        view.focus()
        self.show_keys()

    @property
    def status(self) -> StatusLine:
        """The lower one; the upper is the title."""
        return self.query(StatusLine).last(StatusLine)

    def show_keys(self) -> None:
        """What works here."""
        hints = [("Esc", "back"), ("/", "find"), ("n", "next hit"), ("P", "plain"), ("j k", "scroll")]
        self.query_one(BottomLine).keys.show([KeyHint(key, words) for key, words in hints])

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the text."""
        return self.query_one(LinesView).find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """The next hit in the text."""
        return self.query_one(LinesView).find_next(by)

    def plain_text(self) -> str:
        """The whole text."""
        return "\n".join(plain(self._lines.line(y)) for y in range(len(self._lines)))

    def copyable(self, what: str) -> tuple[str, str]:
        """The whole text, whatever was asked for."""
        return self.plain_text(), self._title


def help_lines(*where: Where) -> Lines:
    """The keys of some places, the nearest first, from the key map."""
    rows: list[list[Span]] = []

    def section(name: str, keys: Sequence[tuple[str, str]]) -> None:
        rows.extend(
            [[(name, "title")], *([(f"  {shown:<24}", "key"), (said, "")] for shown, said in keys), []]
        )

    section("Here", [(key.shown, key.tooltip) for place in where for key in keys_of(place)])
    for chord in chords_of(*where):
        section(f"{chord.first}, then", [(key.shown, key.tooltip) for key in chord.seconds])
    section("Moving", list(MOVES))
    section("Everywhere", [(key.shown, key.tooltip) for key in keys_of("everywhere")])
    return Fixed(rows)


def log_lines(entries: Sequence[Entry], ceiling: int, recent: int) -> Lines:
    """The request log, newest first: time, ms, status, attempt, action, RequestId, code.

    Args:
        entries: oldest first.
        ceiling: most calls a minute; 0 for none.
        recent: calls in the last 60 s.
    """
    most = f"of {ceiling} at most" if ceiling else "no ceiling: the demo asks nobody"
    rows: list[list[Span]] = [
        [(f"{plural(len(entries), 'request')} kept; {recent} in the last minute, {most}", "dim")],
        [(f"{'time UTC':<9}{'ms':>5} got try {'action':<19} RequestId, code", "dim")],
    ]
    for entry in reversed(entries):
        good = entry.status and entry.status < 300
        rows.append(
            [
                (f"{entry.time:%H:%M:%S} ", "dim"),
                (f"{entry.ms:>5.0f} ", "number"),
                (f"{entry.status or '–':>3} ", "good" if good else "bad"),
                (f"{entry.attempt:>2}  ", "dim"),
                (f"{cut(clean(entry.action), 19):<19} ", ""),
                (clean(entry.request_id), "dim"),
                (f" {clean(entry.code)}" if entry.code else "", "bad"),
            ]
        )
    return Fixed(rows)
