"""Filling lists that the service cannot list: IDs pasted, IDs found by media, a row followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.families.base import FoundFamily
from icetui.ids import ids_in
from icetui.panes import telling

if TYPE_CHECKING:
    from icetui.screens.browse import Browse

MEDIA = "media:"
"""What stands before the ID of a media asset whose AI jobs are wanted."""


class Following:
    """Follows and unfollows jobs of the family that is shown."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        self._feed = browse.feed
        self._finds = isinstance(browse.family, FoundFamily)

    def ask(self) -> None:
        """Asks for IDs, or for a media asset."""
        label = f"IDs to follow, or {MEDIA}ID: " if self._finds else "IDs to follow: "
        self._browse.ask(label, self._typed)

    def _typed(self, text: str) -> None:
        text = text.strip()
        if self._finds and text.lower().startswith(MEDIA):
            self._browse.say("looking for jobs of that media asset…", "dim")
            self._browse.find_by_media(text[len(MEDIA) :].strip())
            return
        ids = ids_in(text)
        if not ids:
            self._browse.say("No ID in that. Nothing was added.", "warn")
            return
        new = self._feed.follow(ids)
        known = len(ids) - len(new)
        also = f", {known} already were" if known else ""
        self._browse.shelf.goal = new[0] if new else ids[0]
        self._browse.say(f"{len(new)} followed{also}; the first is chosen.")
        self._browse.ask_again()

    async def find(self, media_id: str) -> None:
        """Follows the AI jobs that looked at a media asset."""
        try:
            found = await self._feed.find(media_id)
        except IcetuiError as error:
            self._browse.say(telling.failure(error))
            return
        if not found:
            self._browse.say(f"No AI job of media asset {clean(media_id)} in the last six months.", "warn")
            return
        self._browse.shelf.goal = found[0]
        self._browse.say(f"{len(found)} found by media asset {clean(media_id)}; the newest is chosen.")
        self._browse.ask_again()

    def toggle(self) -> None:
        """Follows the marked jobs or the chosen one, or stops following them."""
        table, snapshot = self._browse.table, self._browse.shelf.snapshot
        if table.job is None or snapshot is None:
            return
        ids = [job.id for job in table.shown if job.id in table.marks] or [table.job.id]
        named = f"{len(ids)} jobs" if len(ids) > 1 else clean(ids[0])
        if set(ids) <= snapshot.followed:
            self._feed.unfollow(ids)
            self._browse.say(f"No longer followed: {named}. m follows again, while the row is here.", "warn")
        else:
            self._feed.follow(ids)
            self._browse.say(f"Followed, and kept in this list: {named}.")
        self._browse.ask_again()
