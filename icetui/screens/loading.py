"""Loading all pages while the person goes on, and narrowing what is loaded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from icetui.feed import Feed
    from icetui.screens.browse import Browse
    from icetui.snapshot import Snapshot

SAID_EVERY: Final = 1.0
"""Seconds between two changes of the words that say how far loading has come."""


class Loading:
    """All pages of one list, one after the other.

    Leaving the list, pausing it or opening a job does not end this: a person has asked for it, and Ctrl+C
    ends it anywhere. Another question does, for its pages would be others.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._feed: Feed | None = None
        self._said = 0
        self._said_at = float("-inf")

    async def all(self, feed: Feed, post: Callable[[Snapshot], None]) -> Snapshot:
        """Loads all pages of a list; cancelled, it keeps what came."""
        self._feed, self._said_at = feed, float("-inf")
        try:
            return await feed.load(post)
        finally:
            if self._feed is feed:
                self._feed = None

    @property
    def is_under_way(self) -> bool:
        """Whether a list is being loaded."""
        return self._feed is not None

    def said(self, feed: Feed | None) -> int | None:
        """How many rows to say have come to a list that is being loaded; None for any other."""
        if feed is None or feed is not self._feed:
            return None
        now = self._clock()
        if now - self._said_at >= SAID_EVERY:
            self._said, self._said_at = feed.snapshot.loaded, now
        return self._said


class Narrowing:
    """Narrows the loaded rows of the list to a text, as it is typed."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse

    def ask(self) -> None:
        """Asks for the text; a long list is made ready for it meanwhile."""
        browse = self._browse
        browse.ask("Only rows with: ", self.to, value=browse.shelf.query.text, edited=self.to)
        if browse.ready and not browse.feed.is_searchable:
            browse.prepare_search()

    def to(self, text: str) -> None:
        """Shows the rows with a text, "" for all."""
        browse = self._browse
        query = replace(browse.shelf.query, text=text)
        if query == browse.shelf.query:
            return
        browse.shelf.query = query
        if not browse.ready:
            browse.show_bars()
        elif browse.feed.is_searchable:
            browse.show_narrowed()
        else:
            browse.show_bars()
            browse.prepare_search()
