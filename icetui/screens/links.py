"""What a screen of one job does with URLs: opens them after asking, asks for new ones, plays from a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message

from icetui.assets import Found
from icetui.errors import IcetuiError
from icetui.families.base import Opened
from icetui.job import Job
from icetui.media_urls import media_url, player_line, tail
from icetui.openings import Opener
from icetui.panes.copying import named, played, player_source
from icetui.panes.leaf import Leaf
from icetui.panes.media import MediaLeaf
from icetui.panes.telling import failure
from icetui.screens.room import Room

if TYPE_CHECKING:
    from icetui.session import Session


class Links(Room):
    """A screen of one job whose URLs can be opened, copied, and asked for.

    Attributes:
        session: the environment and the clock.
        feed: who asks.
        job: the job.
        opened: all that is told of it, or None.
        found: where media assets open, as far as was asked, by what was asked for.
    """

    session: Session
    feed: Opener
    job: Job
    opened: Opened | None
    found: dict[str, Found]

    class Renewed(Message):
        """The job, or an asset of it, was asked for again because a URL had expired."""

        def __init__(
            self,
            job_id: str,
            then: Callable[[], None],
            told: Opened | Found | None,
            error: IcetuiError | None = None,
        ) -> None:
            super().__init__()
            self.job_id = job_id
            self.then = then
            self.told = told
            self.error = error

    class AssetFound(Message):
        """A media asset was asked for."""

        def __init__(self, job_id: str, found: Found | None, error: IcetuiError | None = None) -> None:
            super().__init__()
            self.job_id = job_id
            self.found = found
            self.error = error

    class Handed(Message):
        """A link was handed to an opener."""

        def __init__(self, said: str, good: bool) -> None:
            super().__init__()
            self.said = said
            self.good = good

    @property
    @abstractmethod
    def leaf(self) -> Leaf:
        """The pane of the tab."""

    @abstractmethod
    def retold(self, opened: Opened | None = None) -> None:
        """Shows what is known now."""

    # -- which URL

    def _url(self, key: str) -> str:
        """The URL of a piece as the job tells it now."""
        if key in (urls := urls_of(self.job)):
            return urls[key]
        source, _, n = key.rpartition(" ")
        found = self.found.get(source)
        return (
            found.media[int(n)].url if found is not None and n.isdigit() and int(n) < len(found.media) else ""
        )

    def _key(self) -> tuple[str, str]:
        """(the piece whose URL is meant here, ""), or ("", why there is none)."""
        leaf = self.leaf
        if isinstance(leaf, MediaLeaf) and leaf.piece is not None:
            return (leaf.piece.key, "") if leaf.piece.url else ("", "there is no URL here")
        url, name = self.copyable("url")
        if not url:
            return "", name
        return next((key for key, each in urls_of(self.job).items() if each == url), f"= {url}"), ""

    def _fresh(self, url: str, source: str, then: Callable[[], None]) -> None:
        """Does something with a URL; if it has expired, the job or asset is asked for again before."""
        if not media_url(url).expired(self.session.clock()):
            then()
            return
        self.say("That URL has expired: asking for a new one…", "warn")
        self._renew(self.job.id, source, then)

    @work(group="renew", exclusive=True)
    async def _renew(self, job_id: str, source: str, then: Callable[[], None]) -> None:
        told: Opened | Found
        try:
            if source in self.found:
                told = await self.feed.asset(source)
            else:
                told = await self.feed.open(job_id, again=True)
        except IcetuiError as error:
            self.post_message(self.Renewed(job_id, then, None, error))
        else:
            self.post_message(self.Renewed(job_id, then, told))

    @on(Renewed)
    def _renewed(self, event: Renewed) -> None:
        if event.job_id != self.job.id:
            return
        if event.error is not None:
            self.say(failure(event.error))
            return
        if isinstance(event.told, Found):
            self.found[event.told.source] = event.told
            self.retold()
        else:
            self.retold(event.told)
        event.then()

    def _named(self, url: str) -> str:
        gone = media_url(url).expired(self.session.clock())
        return named(url) + (" (expired: the service tells no newer one)" if gone else "")

    # -- copying

    def action_copy(self, what: str) -> None:
        """Copies; of a URL that has expired a new one, where the service tells one."""
        if what == "player":
            self._copy_player()
            return
        if what != "url":
            super().action_copy(what)
            return
        key, why = self._key()
        if not key:
            self.copy("", why)
        elif key.startswith("= "):
            self.copy(key[2:], self._named(key[2:]))
        else:

            def copy() -> None:
                self.copy(self._url(key), self._named(self._url(key)))

            self._fresh(self._url(key), key.rpartition(" ")[0], copy)

    def _copy_player(self) -> None:
        """A command line that plays the media from the time at the cursor, or the URL at the cursor."""
        leaf = self.leaf
        if isinstance(leaf, MediaLeaf) and leaf.piece is not None and media_url(leaf.piece.url).opens:
            key = leaf.piece.key

            def copy_piece() -> None:
                url = self._url(key)
                if media_url(url).opens:
                    self.copy(player_line(url, 0.0), f"mpv of {self._named(url)}")
                else:
                    self.copy("", "the service tells no URL any more")

            self._fresh(leaf.piece.url, key.rpartition(" ")[0], copy_piece)
            return
        opened, start = self.opened, self.leaf.seconds or 0.0
        if opened is None:
            self.copy("", "the job is not open yet")
            return
        url, why = player_source(opened, self.found)
        if not url:
            self.copy("", why)
            return

        def copy() -> None:
            assert self.opened is not None
            self.copy(*played(self.opened, start, self.found))

        timed = opened.timed
        known = (
            ""
            if timed is None
            else next((each for each in (timed.media_id, timed.url) if each in self.found), "")
        )
        self._fresh(url, known, copy)

    # -- opening

    def action_open_url(self) -> None:
        """Opens the URL here after asking; on a remote host it is copied."""
        key, why = self._key()
        if not key:
            self.say(f"Nothing opened: {why}.", "warn")
            return
        url = key[2:] if key.startswith("= ") else self._url(key)
        told = media_url(url)
        if not told.opens:
            self.say(f"Not opened: {told.said() or 'a path in a bucket'}.", "warn")
        elif key.startswith("= "):
            self._offer(url)
        else:
            self._fresh(url, key.rpartition(" ")[0], lambda: self._offer(self._url(key)))

    def _offer(self, url: str) -> None:
        from icetui.panes.opening import opener

        told = media_url(url)
        if not told.opens:
            self.say(f"Not opened: {told.said() or 'no URL is told any more'}.", "warn")
            return
        command, why = opener(self.session.environ)
        if not command:
            self.copy(url, f"{self._named(url)} (not opened: {why})")
            return
        said = told.said(self.session.clock())
        more = f" ({said})" if said and len(said) < self.app.size.width // 2 else ""
        room = max(16, self.app.size.width - len(more) - 26)
        self.confirm(f"open {tail(url, room)}{more}", lambda: self._hand(url, tuple(command)))

    def _hand(self, url: str, command: tuple[str, ...]) -> None:
        self._hand_over(url, command)

    @work(group="hand over", exclusive=True)
    async def _hand_over(self, url: str, command: tuple[str, ...]) -> None:
        from icetui.panes.opening import open_link

        name = command[0].rsplit("/", 1)[-1]
        wrong = await open_link(url, command, self.session.environ)
        said = f"{name} did not open it: {wrong}. y u copies it." if wrong else f"Handed to {name}."
        self.post_message(self.Handed(said, not wrong))

    @on(Handed)
    def _handed(self, event: Handed) -> None:
        self.say(event.said, "" if event.good else "warn")

    # -- media assets

    def action_find_asset(self) -> None:
        """Asks where the media asset here opens."""
        source = self._source()
        if not source:
            self.say("There is no media asset here to ask for.", "warn")
            return
        self.say("asking where it opens…", "dim")
        self._find(self.job.id, source)

    def _source(self) -> str:
        leaf = self.leaf
        if isinstance(leaf, MediaLeaf) and leaf.piece is not None and leaf.piece.source:
            return leaf.piece.source
        timed = self.opened.timed if self.opened is not None else None
        if timed is not None and (timed.media_id or media_url(timed.url).kind in ("bucket", "link")):
            return timed.media_id or timed.url
        return self.job.media_id

    @work(group="asset", exclusive=True)
    async def _find(self, job_id: str, source: str) -> None:
        try:
            found = await self.feed.asset(source)
        except IcetuiError as error:
            self.post_message(self.AssetFound(job_id, None, error))
        else:
            self.post_message(self.AssetFound(job_id, found))

    @on(AssetFound)
    def _asset_found(self, event: AssetFound) -> None:
        if event.job_id != self.job.id:
            return
        if event.found is None:
            assert event.error is not None
            self.say(failure(event.error))
            return
        found = event.found
        self.found[found.source] = found
        self.retold()
        many = len(found.media)
        if not many:
            self.say(f"{found.action} knows it, but no file of it has a URL.", "warn")
            return
        if isinstance(self.leaf, MediaLeaf):
            self.leaf.point_at(f"{found.source} 0")
        until = media_url(found.media[0].url).said(self.session.clock())
        said = f"{found.action}: {many} URL{'s' if many > 1 else ''}{until and ', ' + until}"
        self.say(f"{said}; o o opens, y u copies, y m for mpv.", "good")


def urls_of(job: Job) -> dict[str, str]:
    """The URLs of a job by what stays the same when it is told anew (`panes.media.Piece.key`)."""
    urls = {f"subjob {each.id}": each.url for each in job.subjobs if each.url}
    return urls | {each.label: each.url for each in job.media if each.url}
