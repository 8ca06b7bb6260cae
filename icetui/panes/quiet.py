"""Focus that costs no bytes: Textual 8.2.8 repaints the screen and both widgets when it moves.

`Screen.focused` is a reactive that repaints the whole screen, and `Widget._on_focus` and `_on_blur`
repaint the whole widget: 10 kB at 120x40 to open a prompt. Here each widget paints what looks
different with the focus, and nothing else.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget


class QuietScreen(Screen[None]):
    """A screen that is not painted again because another of its widgets has the focus."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class Quiet(Widget):
    """A widget that paints its own lines and knows which of them are no longer true."""

    ALLOW_SELECT: ClassVar[bool] = False

    def repaint(self) -> None:
        """Paints what differs from what is on the screen: all, for a widget that does not know better."""
        self.refresh()

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()
        self.has_focus = True
        self.repaint()
        if self.parent is not None:
            self.parent.post_message(events.DescendantFocus(self))

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.has_focus = False
        self.repaint()
        if self.parent is not None:
            self.parent.post_message(events.DescendantBlur(self))
