"""The pages of a listing, read into a roster: one request under way, its rows in place before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from icetui.call import Call
from icetui.errors import Refusal
from icetui.families.base import ListedFamily
from icetui.job import Job, Page, Query
from icetui.lookups import GENERAL, Sender
from icetui.records import record
from icetui.roster import Roster

PAGES_A_BEAT: Final = 5
"""First pages read to close the gap to the rows that are there, e.g. after a long pause."""

PAGES_A_STEP: Final = 10
"""Pages that `Listing.more` reads at most to find a new job."""


@record
class Front:
    """What the first page told.

    Attributes:
        fresh: IDs on it.
        taken: when it was told, UTC.
        total: how many jobs there are, where the service says so.
    """

    fresh: frozenset[str]
    taken: datetime
    total: int | None


class Listing:
    """The listing of one family, walked by token.

    Args:
        family: describes the calls and reads the answers.
        sender: sends them.
        roster: gets the rows.
        page_size: jobs on a page, 1 to 100.
    """

    def __init__(self, family: ListedFamily, sender: Sender, roster: Roster, page_size: int) -> None:
        self._family = family
        self._sender = sender
        self._roster = roster
        self._page_size = page_size
        self._turn = asyncio.Lock()

    def call(self, query: Query, token: str = "") -> Call:
        """What the service is asked for a query; the query's other parts are applied to the rows."""
        return self._family.listing(query, token, self._page_size)

    async def front(self, query: Query, *, urgent: bool) -> Front:
        """The first page, put in place; rows of further pages stay.

        Raises:
            IcetuiError: it could not be had.
        """
        roster, walk, newest = self._roster, self._roster.walk, query.newest
        async with self._turn:
            page, taken = await self._page(query, "", urgent=urgent)
            gone = walk.refresh(page, roster.rows.get, newest=newest)
            for _ in range(PAGES_A_BEAT - 1):
                if gone is not None or not walk.is_extended:
                    break
                page = _joined(page, (await self._page(query, page.token, urgent=urgent))[0])
                gone = walk.refresh(page, roster.rows.get, newest=newest)
            roster.leave(walk.begin(page) if gone is None else gone)
            self._take(page.jobs)
            if not newest and walk.tail:
                last, _ = await self._page(query, walk.tail, urgent=urgent)
                walk.regrow(last)
                self._take(last.jobs)
        return Front(frozenset(job.id for job in page.jobs), taken, page.total)

    async def more(self, query: Query, *, urgent: bool = True) -> None:
        """The next page, and where it holds nothing new, those after it.

        Args:
            query: what is asked.
            urgent: a person waits for it.

        Raises:
            IcetuiError: it could not be had; it may be asked for again.
        """
        walk = self._roster.walk
        for _ in range(PAGES_A_STEP):
            async with self._turn:
                if not walk.token:
                    return
                try:
                    page, _taken = await self._page(query, walk.token, urgent=urgent)
                except Refusal as error:
                    if not isinstance(error, GENERAL):
                        # How long a token lives is not documented (api.md 9).
                        walk.again()
                    raise
                new = walk.extend(page)
                self._take(page.jobs)
            if new:
                return

    async def _page(self, query: Query, token: str, *, urgent: bool) -> tuple[Page, datetime]:
        answer = await self._sender.send(self.call(query, token), urgent=urgent)
        return self._family.read_listing(answer), answer.taken

    def _take(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._roster.take(job)


def _joined(page: Page, after: Page) -> Page:
    """Two pages as one; a repeated token or an empty page is the end."""
    token = after.token if after.jobs and after.token != page.token else ""
    return Page((*page.jobs, *after.jobs), token, after.total, after.request_id)
