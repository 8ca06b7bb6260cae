"""A small list to choose one thing from, over the screen that asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from icetui.clean import clean, width
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import Fixed, Span
from icetui.records import record


@record
class Choice:
    """One line to choose. `value` is what the asker gets, `note` stands dimmed behind the words."""

    value: str
    words: str
    note: str = ""


class Choose(ModalScreen[str | None]):
    """Gives the value of the chosen line, or None.

    Args:
        title: what is chosen.
        choices: the lines; keys 1–9 and 0 choose the first ten at once.
        current: the value the cursor begins on.
    """

    MARKS: ClassVar[bool] = True
    """Whether the line the cursor begins on is marked: it is what holds now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,h,left,backspace,ctrl+c",
            "cancel",
            "cancel",
            show=False,
            id="choose.cancel",
            tooltip="Choose nothing.",
        ),
        *(
            Binding(
                key,
                f"pick({n})",
                f"choose {key}",
                show=False,
                id=f"choose.{key}",
                tooltip=f"Choose line {key}.",
            )
            for n, key in enumerate("1234567890")
        ),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], current: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._current = current

    def compose(self) -> ComposeResult:
        """A title and the lines in one box."""
        size = max(width(clean(each.words)) for each in self._choices)
        lines: list[list[Span]] = []
        for n, each in enumerate(self._choices):
            key = "1234567890"[n] if n < 10 else " "
            words = clean(each.words)
            gap = " " * (size - width(words))
            here = "•" if self.MARKS and each.value == self._current else " "
            lines.append(
                [
                    (f" {key} ", "dim"),
                    (f"{here} ", "mark"),
                    (words + gap, ""),
                    (f"  {clean(each.note)} ", "dim"),
                ]
            )
        with Vertical():
            yield Static(Content(f" {clean(self._title)}"), markup=False)
            yield from self.above()
            yield LinesView(Fixed(lines), cursor=True)
            yield from self.below()

    def above(self) -> ComposeResult:
        """What stands between title and lines: nothing, unless a kind of menu says something."""
        yield from ()

    def below(self) -> ComposeResult:
        """What stands below the lines, the same."""
        yield from ()

    def on_mount(self) -> None:
        """The box is as high as its lines, within the screen."""
        view = self.query_one(LinesView)
        view.styles.height = min(len(self._choices), max(3, self.app.size.height - 6))
        view.focus()
        at = next((n for n, each in enumerate(self._choices) if each.value == self._current), 0)
        view.go(at)

    @on(LinesView.Activated)
    def _chosen(self, event: LinesView.Activated) -> None:
        event.stop()
        self.action_pick(event.y)

    def action_pick(self, n: int) -> None:
        """Chooses line `n`."""
        if n < len(self._choices):
            self.dismiss(self._choices[n].value)

    def action_cancel(self) -> None:
        """Chooses nothing."""
        self.dismiss(None)
