"""A walk through the pages of a listing: which jobs it has told of, and which token leads on. Pure.

Token paging only, ended by a missing, empty or repeated token, by an empty page (api.md 1.1), and by a
page of nothing but jobs that this walk has met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from icetui.job import Job, Page


class Walk:
    """The pages read so far for one question.

    Attributes:
        members: IDs of the jobs that were told of.
        token: of the next page; "" at the end, and before the first page.
        is_begun: whether a first page was read.
        is_extended: whether a second page was read.
        cut: why the walk ended though the service gave a token, as the end of a sentence about it; or "".
    """

    def __init__(self) -> None:
        self.members: set[str] = set()
        self.token = ""
        self.is_begun = False
        self.is_extended = False
        self.cut = ""
        self._head: tuple[str, ...] = ()
        self._seen: set[str] = set()
        self._met: set[str] = set()
        self._first_token = ""
        self._last_token = ""

    def remember(self, ids: Sequence[str]) -> None:
        """Takes last session's jobs for members until the first page comes."""
        self.members = set(ids)

    def restart(self) -> None:
        """For another question: its first page will replace all members."""
        self.is_begun = self.is_extended = False
        self.token = self.cut = ""

    def begin(self, page: Page) -> set[str]:
        """The first page is all there is so far.

        Returns:
            members that left.
        """
        told = _ids(page)
        gone = self.members.difference(told)
        self.members = set(told)
        self.is_begun, self.is_extended = True, False
        self._head = told
        self._start(page)
        return gone

    def refresh(self, page: Page, job: Callable[[str], Job | None], *, newest: bool) -> set[str] | None:
        """The first page again, some time later; further pages stay.

        Args:
            page: as it is now.
            job: what is known of a member.
            newest: the order asked for.

        Returns:
            members that left: they were on the last first page and, by their time, should stand on this
            one and do not; None if page and members do not meet, so that there may be jobs between them.
        """
        told = _ids(page)
        if not self.is_begun or not page.token or not told:
            return self.begin(page)
        if not self._meets(page, told, job, newest=newest):
            return None
        if not self.members.issuperset(told):
            # New jobs push known ones to later pages: to meet those again does not mean to go in circles.
            self._met = set()
        gone = _left(set(self._head).difference(told), page, job, newest=newest)
        self.members.difference_update(gone)
        self.members.update(told)
        self._head = told
        if self.is_extended:
            # Where the walk has come to stays; this token is for walking it again.
            self._first_token = page.token
        else:
            self._start(page)
        return gone

    def _meets(
        self, page: Page, told: tuple[str, ...], job: Callable[[str], Job | None], *, newest: bool
    ) -> bool:
        """Whether the first page reaches down to the jobs that are here.

        Its end must lie beyond the time at which the last first page began: jobs of the same second may
        have come between. Where times are unknown, one job in common has to do.
        """
        if self.members.issuperset(told):
            return True
        known = (job(each) for each in self._head)
        times = [each.created for each in known if each is not None and each.created is not None]
        end = page.jobs[-1].created
        if not times or end is None:
            return not self.members.isdisjoint(told)
        return end < max(times) if newest else end > min(times)

    def extend(self, page: Page) -> set[str]:
        """The page that `token` led to.

        Returns:
            IDs that are new.
        """
        told = _ids(page)
        new = set(told).difference(self.members)
        self.members.update(told)
        self.is_extended = True
        self._last_token = self.token
        token = self._next(page)
        if token and self._met.issuperset(told):
            token, self.cut = "", "sent a page of rows it had sent before"
        self.token = token
        self._met.update(told)
        return new

    def again(self) -> None:
        """Goes back to the end of the first page: the service does not take `token` any more."""
        self._seen = {self._first_token}
        self._met = set()
        self.token = self._first_token

    @property
    def tail(self) -> str:
        """The token of the last page once the end was reached, or "": oldest first, new jobs come there."""
        return self._last_token if self.is_extended and not self.token else ""

    def regrow(self, page: Page) -> None:
        """The last page again, some time later."""
        self.members.update(_ids(page))
        self.token = self._next(page)

    def _start(self, page: Page) -> None:
        self._seen = set()
        self._met = set(_ids(page))
        self.token = self._first_token = self._next(page)

    def _next(self, page: Page) -> str:
        self.cut = ""
        if not page.token:
            return ""
        if not page.jobs or page.token in self._seen:
            self.cut = "sent the same token again" if page.jobs else "sent a page without rows"
            return ""
        self._seen.add(page.token)
        return page.token


def _ids(page: Page) -> tuple[str, ...]:
    return tuple(dict.fromkeys(job.id for job in page.jobs))


def _left(absent: set[str], page: Page, job: Callable[[str], Job | None], *, newest: bool) -> set[str]:
    """Those that lie between the ends of the page, in time; nothing is said if it is not in order.

    Jobs created in the same second as the last of the page may stand on the next one.
    """
    times = [each.created for each in page.jobs if each.created is not None]
    if len(times) < len(page.jobs) or times != sorted(times, reverse=newest):
        return set()
    last = times[-1]

    def is_inside(moment: datetime) -> bool:
        return moment > last if newest else moment < last

    return {
        each
        for each in absent
        if (known := job(each)) is not None and known.created is not None and is_inside(known.created)
    }
