"""The least a Textual program with a list can do: `python -m tests.benchmarks.floor`.

Lines drawn on demand, nothing of ours: what it costs is the framework's and nobody's fault.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip

ROWS = 1000
REVERSE = Style(reverse=True)


class Rows(ScrollView, can_focus=True):
    """Numbered lines with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)"),
        Binding("pagedown", "page"),
    ]
    DEFAULT_CSS = "Rows { scrollbar-size: 0 0; }"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.label = name
        self.at = self.top = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(80, ROWS)

    def render_line(self, y: int) -> Strip:
        n = self.top + y
        text = f"{self.label} {n:6d} ✓ done   {n % 59}m 1m{n % 60:02d}s ASR  {n:032x} A title of usual length"
        width = self.size.width
        return Strip([Segment(text[:width].ljust(width), REVERSE if n == self.at else None)], width)

    def action_move(self, by: int) -> None:
        before, self.at = self.at, self.at + by
        for n in (before, self.at):
            self.refresh(Region(0, n - self.top, self.size.width, 1))

    def action_page(self) -> None:
        self.top += self.size.height - 1
        self.at = self.top
        self.refresh()


class Other(Screen[None]):
    """Another screen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.pop_screen")]

    def compose(self) -> ComposeResult:
        yield Rows("opened")


class Floor(App[None]):
    """One list, and a screen to open."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open"), Binding("q", "quit")]

    def compose(self) -> ComposeResult:
        yield Rows("listed")

    def action_open(self) -> None:
        self.push_screen(Other())


if __name__ == "__main__":
    Floor(ansi_color=True).run(mouse=False)
