"""The list: one table that shows one family at a time, each with its place kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region
from textual.message import Message

from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.families import FAMILIES, by_name
from icetui.families.base import Family, ListedFamily
from icetui.job import Job, Query, State
from icetui.keymap import Where
from icetui.panes import telling
from icetui.panes.bars import BottomLine, FilterBar, Header, KeyHint, StatusLine
from icetui.panes.job_line import TIMES
from icetui.panes.job_table import JobTable
from icetui.panes.placing import Place
from icetui.panes.spans import Span
from icetui.screens.following import Following
from icetui.screens.loading import Loading, Narrowing
from icetui.screens.preview import COLUMNS, Preview
from icetui.screens.room import Room, bindings_of
from icetui.screens.taking import Taking

if TYPE_CHECKING:
    from icetui.families.base import Opened
    from icetui.feed import Feed
    from icetui.screens.filters import Filters
    from icetui.session import Session
    from icetui.snapshot import Snapshot


@dataclass(slots=True)
class Shelf:
    """What one family's list is while another is shown.

    Attributes:
        asked: whether another question was asked and is not answered yet.
        goal: a job that is to be chosen as soon as it is listed: the first that was added.
    """

    snapshot: Snapshot | None = None
    place: Place = field(default_factory=Place)
    query: Query = field(default_factory=Query)
    paused: bool = False
    asked: bool = False
    goal: str = ""

    def heir(self) -> Shelf:
        """The same question and the same chosen job, without a single row."""
        chosen = self.place.job
        return Shelf(query=self.query, paused=self.paused, goal=chosen.id if chosen is not None else "")


class Browse(Room):
    """Lists of all families, a filter bar, a preview where there is room."""

    WHERE: ClassVar[Where] = "list"
    BINDINGS = bindings_of("everywhere", "list")

    class Arrived(Message):
        """A beat has brought a snapshot."""

        def __init__(self, snapshot: Snapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    class Loaded(Message):
        """All pages have been loaded, or as many as could be."""

        def __init__(self, snapshot: Snapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    class Searchable(Message):
        """A long list can be searched now."""

    class Read(Message):
        """The preview's job was opened, or could not be."""

        def __init__(
            self, session: Session, job_id: str, opened: Opened | None, error: IcetuiError | None
        ) -> None:
            super().__init__()
            self.session = session
            self.job_id = job_id
            self.opened = opened
            self.error = error

    def __init__(self, session: Session, family: str = "smart") -> None:
        super().__init__()
        self.session = session
        self.family: Family = by_name(family)
        self._first = family
        self._shelves = {each.name: Shelf() for each in FAMILIES}
        self._kept = {session: self._shelves}
        self.ready = False
        self._late: Snapshot | None = None
        self._loading = Loading()
        self.trouble: IcetuiError | None = None

    @property
    def shelf(self) -> Shelf:
        """Of the family that is shown."""
        return self._shelves[self.family.name]

    def is_denied(self, family: str) -> bool:
        """Whether nothing more of a family is asked, because the service has said no."""
        snapshot = self._shelves[family].snapshot
        return snapshot is not None and snapshot.stopped

    @property
    def feed(self) -> Feed:
        """Of the family that is shown; only once the session is open."""
        return self.session.feeds[self.family.name]

    @property
    def table(self) -> JobTable:
        """The one table."""
        return self.query_one(JobTable)

    def compose(self) -> ComposeResult:
        """Header, filters, table and preview, status, keys."""
        yield Header()
        yield FilterBar()
        with Horizontal(id="middle"):
            yield JobTable(moved=self._say_state)
            yield Preview(self._read, self.session.clock, ascii_only=self.session.ascii)
        yield StatusLine()
        yield BottomLine()

    def on_mount(self) -> None:
        """Everything that needs no network is painted first."""
        self.table.ascii = self.session.ascii
        self.table.focus()
        self.show_bars()
        self.show_keys()
        self.tell("reading last session's rows…", "dim")

    def hints(self) -> list[KeyHint]:
        """What one does with a list."""
        return [KeyHint("Enter", "open")]

    def on_resize(self) -> None:
        """The preview needs room."""
        self._show_preview()

    @property
    def at_home(self) -> bool:
        """Whether the list stands as the next start will show it: nothing chosen, narrowed, open or amiss."""
        snapshot, place = self.shelf.snapshot, self.table.place
        return (
            self.ready
            and self.family.name == self._first
            and self.shelf.query == Query()
            and snapshot is not None
            and snapshot.answered
            and snapshot.error is None
            and place.index <= 0
            and not (place.marks or place.waiting or self.held or self.finding)
            and self.table.times == TIMES[0]
        )

    @property
    def preview_region(self) -> Region:
        """Where the preview's text stands; nowhere while it is hidden."""
        view = self.preview
        return Region() if view is None else view.content_region

    # -- the session opens

    def opened(self, remembered: Snapshot) -> None:
        """The session knows who asks: last session's rows, then the beats."""
        self.ready = True
        self.trouble = None
        for name, shelf in self._shelves.items():
            if shelf.query != Query() and self.session.feeds[name].query != shelf.query:
                self.session.feeds[name].ask(shelf.query)
            if shelf.paused:
                self.session.feeds[name].pause()
        self._shelves[remembered.family].snapshot = self.session.feeds[remembered.family].snapshot
        self._begin()

    def refused(self, error: IcetuiError) -> None:
        """There is nobody to ask as; says so and what to do."""
        self.trouble = error
        self.table.nothing = telling.failure_lines(error, (self.table.size.width or self.size.width) - 4)
        self.show_bars()
        self.tell(telling.failure(error))

    def show_session(self, session: Session, like: Session | None = None) -> None:
        """Shows the lists of another identity, where they were left; nothing of the one before stays.

        Args:
            session: whose lists; it may have to be opened first.
            like: an identity whose questions and choices a new one takes over, not its rows.
        """
        self.leave_prompt()
        self.shelf.place = self.table.place
        self.workers.cancel_node(self)
        old = self._kept.get(like) if like is not None else None
        fresh = {name: each.heir() for name, each in old.items()} if old is not None else None
        self.session = session
        self._shelves = self._kept.setdefault(session, fresh or {each.name: Shelf() for each in FAMILIES})
        self.finding = ""
        self.trouble = self._late = None
        self.ready = False
        self.table.find("")
        self.table.nothing = []
        self.table.place = self.shelf.place
        self.query_one(Preview).forget()
        self.show_bars()
        self.tell("reading last session's rows…", "dim")

    def _begin(self) -> None:
        """Shows the family's rows as they are known, and keeps them fresh."""
        if self.shelf.snapshot is None:
            self.shelf.snapshot = self.feed.remembered()
        self._show(self.shelf.snapshot, anew=True)
        self._beat(self.feed)

    def on_screen_suspend(self) -> None:
        """A list that is not visible does not ask."""
        self.workers.cancel_group(self, "beats")

    def on_screen_resume(self) -> None:
        """Visible again: one beat to catch up, then on."""
        if self.ready:
            self._beat(self.feed)

    @work(group="beats", exclusive=True)
    async def _beat(self, feed: Feed) -> None:
        await feed.beats(self._tell)

    def _tell(self, snapshot: Snapshot) -> None:
        self.post_message(self.Arrived(snapshot))

    # -- snapshots

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        snapshot = event.snapshot
        shelf = self._shelves.get(snapshot.family)
        # A late answer is dropped: of another region, or of a question that is no longer asked.
        if (
            shelf is None
            or not self.ready
            or snapshot.scope != self.session.scope
            or snapshot.generation < self._generation(snapshot)
        ):
            return
        if self.held and snapshot.family == self.family.name:
            self._late = snapshot
            return
        # Until a new question is answered its rows are what fits of the old ones: nothing is held for them.
        anew = shelf.snapshot is None or shelf.asked
        shelf.asked = shelf.asked and not snapshot.answered
        shelf.snapshot = snapshot
        if snapshot.family == self.family.name:
            self._show(snapshot, anew=anew)

    def _generation(self, snapshot: Snapshot) -> int:
        return self.session.feeds[snapshot.family].generation

    def release_hold(self) -> None:
        """What came while a prompt was open is shown now."""
        late, self._late = self._late, None
        if late is not None:
            self.post_message(self.Arrived(late))
        self._say_state()

    def _show(self, snapshot: Snapshot, *, anew: bool = False) -> None:
        table = self.table
        if snapshot.error is not None:
            table.nothing = telling.failure_lines(snapshot.error, table.size.width - 4)
        else:
            words = telling.why_empty(self.family, snapshot, self.session.region)
            table.nothing = [[(each, "" if n else "title")] for n, each in enumerate(words)]
        place = table.place
        table.show(
            snapshot.jobs,
            self.session.clock(),
            # Where all rows are followed ones, a sign on each says nothing.
            followed=snapshot.followed if isinstance(self.family, ListedFamily) else frozenset(),
            # Followed IDs come as blank rows, and take their order when their times are known.
            anew=anew or (place.index <= 0 and telling.told(place, snapshot.jobs)),
            stale=snapshot.stale,
        )
        if self.shelf.goal and snapshot.jobs.index_of(self.shelf.goal) >= 0:
            table.release()
            table.choose(self.shelf.goal)
            self.shelf.goal = ""
        self.show_bars()
        self._say_state()
        if anew:
            self._show_preview()

    # -- bars

    def show_bars(self) -> None:
        """Says which family, whose account, and what is asked."""
        self.query_one(Header).show(self.program.tabs(self.family.name), self.program.who())
        self.query_one(FilterBar).show(telling.filters(self.family, self.shelf.query))

    def freshness(self) -> Sequence[Span] | str:
        """How fresh the rows are."""
        interval = self.feed.interval if self.ready else 0
        snapshot = self.shelf.snapshot
        ended = (
            not isinstance(self.family, ListedFamily)
            and snapshot is not None
            and bool(snapshot.jobs)
            and not snapshot.live
        )
        hindered = telling.obstacles(self.session.traffic) if not self.shelf.paused else []
        return hindered or telling.freshness(snapshot, interval, paused=self.shelf.paused, all_ended=ended)

    def calls(self) -> Sequence[Span]:
        """Of the profile."""
        if self.shelf.paused:
            return ()
        settings = self.session.settings
        return telling.calls(self.session.traffic, settings.calls_per_minute, 60 / settings.interval)

    def came_back(self) -> None:
        """A beat that is due by now."""
        if self.ready:
            self.feed.hurry()

    def _say_state(self) -> None:
        """How many, what waits, what was refused and why."""
        if not self.held:
            self._say_counts()

    def _say_counts(self) -> None:
        if self.trouble is not None:
            self.tell(telling.failure(self.trouble))
            return
        table = self.table
        if self.finding:
            if table.searching:
                self.tell("searching…", "dim")
            else:
                self.say_found(table.found)
            return
        snapshot = self.shelf.snapshot
        if snapshot is None:
            return
        self.tell(
            telling.counts(
                snapshot,
                table.position,
                waiting=table.waiting,
                marked=len(table.marks),
                problems=(*self.session.notes, *self.session.problems),
                loading=self._loading.said(self.feed) if self.ready else None,
            )
        )

    # -- families

    def action_family(self, name: str) -> None:
        """Shows another family, where it was left."""
        if name == self.family.name:
            return
        self.shelf.place = self.table.place
        self.workers.cancel_group(self, "beats")
        self.family = by_name(name)
        self.finding = ""
        self.table.place = self.shelf.place
        if self.ready:
            self._begin()
        else:
            self.show_bars()
        self._show_preview()

    def action_refresh(self) -> None:
        """Asks again now."""
        if not self.ready:
            self.program.open_session()
            return
        if self.session.expired is not None:
            self.program.ask_about_expiry()
            return
        self.tell("asking…", "dim")
        self._refresh(self.feed)

    @work(group="refresh", exclusive=True)
    async def _refresh(self, feed: Feed) -> None:
        self.post_message(self.Arrived(await feed.refresh(person=True)))

    def action_pause(self) -> None:
        """Stops or goes on refreshing this list."""
        if not self.ready:
            return
        self.shelf.paused = not self.shelf.paused
        if self.shelf.paused:
            self.feed.pause()
        else:
            self.feed.resume()
        self._say_state()

    def action_more(self) -> None:
        """Loads the next page."""
        snapshot = self.shelf.snapshot
        if not self.ready or snapshot is None:
            return
        if not snapshot.more:
            self.say("That is all there is.", "dim")
            return
        if self._loading.is_under_way:
            self.say("All pages are being loaded; Ctrl+C stops.", "dim")
            return
        self.tell("loading more…", "dim")
        self._more(self.feed)

    @work(group="more", exclusive=True)
    async def _more(self, feed: Feed) -> None:
        self.post_message(self.Arrived(await feed.more()))

    def action_load_all(self) -> None:
        """Loads all further pages while the person goes on."""
        snapshot = self.shelf.snapshot
        if not self.ready or snapshot is None:
            return
        if not snapshot.more:
            self.say("That is all there is.", "dim")
            return
        self._load_all(self.feed)

    @work(group="more", exclusive=True)
    async def _load_all(self, feed: Feed) -> None:
        self.post_message(self.Loaded(await self._loading.all(feed, self._tell)))

    @on(Loaded)
    def _all_loaded(self, event: Loaded) -> None:
        snapshot = event.snapshot
        if snapshot.error is not None and snapshot.more:
            self.say(telling.unloaded(snapshot, by_name(snapshot.family).title))
        else:
            self._say_state()

    def action_release(self) -> None:
        """Shows the jobs that wait."""
        came = self.table.release()
        self._say_state()
        if not came:
            self.say("Nothing new waits.", "dim")

    def action_cancel(self) -> None:
        """Esc: the find, then the text, then the marks; it never quits."""
        if self.finding:
            self.finding = ""
            self.table.find("")
        elif self.shelf.query.text:
            Narrowing(self).to("")
        elif self.table.marks:
            self.table.unmark()
        self._say_state()

    def action_close(self) -> None:
        """At the root, quits."""
        self.app.exit(0)

    # -- filters

    def ask_for(self, query: Query) -> None:
        """Asks another question of this family."""
        if query == self.shelf.query:
            return
        self.shelf.query = query
        self.shelf.asked = True
        self.show_bars()
        if not self.ready:
            return
        self.feed.ask(query)
        self.tell("asking…", "dim")
        self.workers.cancel_group(self, "beats")
        self._beat(self.feed)

    @property
    def _filters(self) -> Filters:
        """Asks for filters; its menus are imported when one is opened."""
        from icetui.screens.filters import Filters

        return Filters(self)

    def action_filter_type(self) -> None:
        """Chooses a type."""
        self._filters.type()

    def action_filter_state(self) -> None:
        """Chooses a state."""
        self._filters.state()

    def action_filter_order(self) -> None:
        """Newest or oldest first."""
        self._filters.order()

    def action_filter_dates(self) -> None:
        """Asks for a range of creation times."""
        self._filters.dates()

    def action_narrow(self) -> None:
        """Asks for a text and narrows the loaded rows to it as it is typed."""
        Narrowing(self).ask()

    def show_narrowed(self) -> None:
        """Shows the rows with the text that is asked for now: what a person types is seen at once."""
        if self.shelf.query == self.feed.query:
            return
        self.feed.ask(self.shelf.query)
        self.shelf.snapshot = self.feed.snapshot
        self._show(self.feed.snapshot, anew=True)
        self._say_counts()

    @work(group="narrow", exclusive=True)
    async def prepare_search(self) -> None:
        """Makes a long list ready to be searched, a little at a time."""
        await self.feed.prepare_search()
        self.post_message(self.Searchable())

    @on(Searchable)
    def _searchable(self) -> None:
        if self.ready:
            self.show_narrowed()

    def action_clear_filters(self) -> None:
        """Shows everything again, in the same order."""
        self.ask_for(Query(newest=self.shelf.query.newest))

    def action_failed(self) -> None:
        """Failed and partial jobs only; again shows all."""
        query = self.shelf.query
        self.ask_for(replace(query, state="" if query.state == State.FAILED.value else State.FAILED.value))

    # -- following

    def action_add(self) -> None:
        """Asks for IDs to follow."""
        if self.ready:
            Following(self).ask()

    def action_follow(self) -> None:
        """Follows the chosen job, or stops following it."""
        if self.ready:
            Following(self).toggle()

    @work(group="find", exclusive=True)
    async def find_by_media(self, media_id: str) -> None:
        """Follows the AI jobs that looked at a media asset."""
        await Following(self).find(media_id)

    @work(group="refresh", exclusive=True)
    async def ask_again(self) -> None:
        """One beat out of turn, for what is new; finished jobs are not asked for again."""
        self.post_message(self.Arrived(await self.feed.refresh()))

    # -- moving

    def action_failed_next(self) -> None:
        """The next failed or partial job."""
        if not self.table.step_failed(1):
            self.say("No failed job here.", "dim")

    def action_failed_previous(self) -> None:
        """The failed or partial job before."""
        if not self.table.step_failed(-1):
            self.say("No failed job here.", "dim")

    def action_times(self) -> None:
        """Ages, UTC, local times."""
        table = self.table
        table.times = TIMES[(TIMES.index(table.times) + 1) % len(TIMES)]
        self.say({"age": "Ages.", "utc": "Times in UTC.", "local": "Local times."}[table.times], "dim")

    # -- preview

    @property
    def preview(self) -> Preview | None:
        """The preview, if there is room and a wish for it."""
        view = self.query_one(Preview)
        return view if view.display else None

    def action_preview(self) -> None:
        """Shows or hides the preview."""
        if self.app.size.width < COLUMNS:
            self.say(f"The preview needs {COLUMNS} columns; Enter opens the job.", "dim")
            return
        view = self.query_one(Preview)
        view.wanted = not view.wanted
        self._show_preview()

    def _show_preview(self) -> None:
        view = self.query_one(Preview)
        if view.fit(self.app.size.width):
            view.choose(self.table.job, ask=self.ready)

    @on(JobTable.Chosen)
    def _chosen(self, event: JobTable.Chosen) -> None:
        self.query_one(Preview).choose(event.job, ask=self.ready)
        self._say_state()

    @on(JobTable.Changed)
    def _table_changed(self) -> None:
        self._say_state()

    @work(group="preview", exclusive=True)
    async def _read(self, job: Job) -> None:
        session = self.session
        try:
            opened = await session.feeds[job.family].open(job.id)
        except IcetuiError as error:
            self.post_message(self.Read(session, job.id, None, error))
        else:
            self.post_message(self.Read(session, job.id, opened, None))

    @on(Read)
    def _show_read(self, event: Read) -> None:
        if event.session is not self.session:
            return
        why = clean(str(event.error)) if event.error is not None else ""
        self.query_one(Preview).show_read(event.job_id, event.opened, why)

    # -- opening, finding, copying

    @on(JobTable.Activated)
    def _activated(self, event: JobTable.Activated) -> None:
        from icetui.screens.detail import Detail

        if not self.ready:
            return
        self.app.push_screen(Detail(self.session, self.feed, self.table, event.job))

    def marked(self) -> list[tuple[str, str]]:
        """(ID, family) of every marked job, of every family, in the order of the lists."""
        found: list[tuple[str, str]] = []
        for name, shelf in self._shelves.items():
            place = self.table.place if name == self.family.name else shelf.place
            listed = [job.id for job in place.rows if job.id in place.marks]
            found += [(each, name) for each in [*listed, *sorted(place.marks - {*listed})]]
        return found

    def action_compare(self) -> None:
        """Holds two jobs against each other."""
        if not self.ready:
            return
        from icetui.screens.compare import Compare, two_of

        chosen = two_of(self, self.table.job)
        if isinstance(chosen, str):
            self.say(chosen, "warn" if self.marked() else "")
        else:
            self.app.push_screen(Compare(self.session, *chosen))

    def action_find(self) -> None:
        """Asks for a text to highlight; a long list is made ready for it meanwhile."""
        self.table.prepare_find()
        super().action_find()

    def find(self, text: str) -> tuple[int, int]:
        """Highlights rows; hides none."""
        return self.table.find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """Goes to another row that has the text."""
        return self.table.find_next(1 if by > 0 else -1)

    def action_copy(self, what: str) -> None:
        """Copies of the marked or the chosen row; what only an opened job has is asked for first."""
        Taking(self).copy(what)

    def plain_text(self) -> str:
        """The failure that stands here whole, the rows, and the preview."""
        return Taking(self).text()

    @work(group="copy", exclusive=True)
    async def copy_opened(self, job: Job, what: str) -> None:
        """Copies of a job what only an opened one has."""
        await Taking(self).copy_opened(job, what)
