"""Keys in the order they were typed, however fast they come.

Textual 8.2.8 sends a key from the program to the focused widget, and from there up again, each time
through a queue, before it looks for a binding. Keys that come together (a slow line, a paste) overtake
what the first of them does: of `f t` typed in one go the `t` was gone before the menu of `f` was open.
"""

from __future__ import annotations

from textual import events

from icetui.panes.thrift import ThriftyApp
from icetui.screens.room import Room


class OrderlyApp(ThriftyApp):
    """A program in which a key has done what it does before the next one is looked at."""

    async def on_event(self, event: events.Event) -> None:
        """Does what a key is bound to at once; what is typed into a prompt goes its way."""
        if not isinstance(event, events.Key) or event.is_forwarded or not await self._did(event):
            await super().on_event(event)

    async def _did(self, event: events.Key) -> bool:
        """Whether the key was a chord's second or is bound here, and has done what it does."""
        screen = self.screen
        if isinstance(screen, Room):
            if screen.asking:
                return False
            in_chord = screen.in_chord
            await screen.on_key(event)
            if in_chord:
                return True
        return await self._check_bindings(event.key, priority=True) or await self._check_bindings(event.key)
