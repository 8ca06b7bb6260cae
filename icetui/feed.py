"""One family kept fresh: ask, follow, look up, open. No Textual, no HTTP.

Rows are what the listing told, if the family has one, united with the followed IDs. All of it happens on
one event loop; only the store is called in threads, so that a key never waits for a disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

from icetui.assets import Found, find
from icetui.call import Call
from icetui.errors import BadCredentials, Denied, IcetuiError, Misuse, NoCredentials
from icetui.families.base import Family, FoundFamily, ListedFamily, Opened, PartedFamily
from icetui.ids import ids_in
from icetui.job import Job, Query
from icetui.listing import Listing
from icetui.lookups import AT_ONCE, Lookups, Sender
from icetui.openings import Heard, Openings
from icetui.parts import Parts
from icetui.pulse import JITTER, Pulse, Rhythm, Sleep, rhythm, stretched
from icetui.roster import Roster
from icetui.sharing import Shared
from icetui.snapshot import Snapshot
from icetui.store import Scope, Store

__all__ = ["Feed", "Sender", "Snapshot", "ids_in"]

Clock = Callable[[], datetime]
Post = Callable[[Snapshot], None]

CALLS_A_BEAT: Final = 40
"""Lookups of followed jobs in one beat of the loop; the others have their turn at the next."""


SEARCHED_AT_ONCE: Final = 10_000
"""Rows that are made ready for a search between two keys; it takes some 20 ms."""


class Feed:
    """One family in one region, asked by one sender.

    Args:
        family: describes the calls and reads the answers.
        sender: sends them. Its `allowance`, if it has one, is how many calls may go without waiting;
            its `stretch`, if it has one, by what the interval is to be multiplied; its `away`, whether the
            terminal has lost the focus.
        store: what is kept between sessions.
        scope: whose jobs.
        clock: aware time.
        page_size: jobs on a page, 1 to 100.
        interval: seconds between beats.
        sleep: waits for seconds.
        chance: 0 to 1, for jitter.
        memory: bytes that answers about finished jobs may take in this session, roughly.

    Attributes:
        query: what is asked.
        generation: how often `ask` was called.
        snapshot: the newest one.
        interval: may be changed; it counts from the next beat on.
        parts: how the jobs' parts are opened, where they have some, else None.
    """

    def __init__(
        self,
        family: Family,
        sender: Sender,
        store: Store,
        scope: Scope,
        *,
        clock: Clock = lambda: datetime.now(UTC),
        page_size: int = 50,
        interval: float = 10.0,
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] | None = None,
        memory: int = 64 * 1024 * 1024,
    ) -> None:
        self.family = family
        self.scope = scope
        self.query = Query()
        self.generation = 0
        self.interval = interval
        self._sender = sender
        self._store = store
        self._clock = clock
        self._chance = _chance if chance is None else chance
        self._roster = Roster(family, scope.region, self.query)
        self._listing = (
            Listing(family, sender, self._roster, page_size) if isinstance(family, ListedFamily) else None
        )
        self._lookups = Lookups(family, sender, scope.region)
        self._openings = Openings(family, self._lookups, self._tell, most=memory)
        self.parts = (
            Parts(family.parts, sender, scope.region, self.pause_after, self.rhythm_of)
            if isinstance(family, PartedFamily)
            else None
        )
        self._pulse = Pulse(sleep)
        self._shared: Shared[object] = Shared()
        # What a new question makes pointless.
        self._pointless: set[asyncio.Task[None]] = set()
        self._post: Post | None = None
        self._question = 0
        self._is_insisted = False
        self._is_answered = False
        self._is_stale = False
        self._taken: datetime | None = None
        self._total: int | None = None
        self._error: IcetuiError | None = None
        # What is not asked until a person asks: the service has refused it for good.
        self._no_listing: IcetuiError | None = None
        self._no_lookups: IcetuiError | None = None
        # Why the next beat is to come later.
        self._setback: IcetuiError | None = None
        # When anything changed or a person asked last, as of so many moves; and when a beat ended last.
        self._moved = self._ended = clock()
        self._moves = 0
        self.snapshot = self._picture()

    # What a person does: no network before the next beat.

    @property
    def paused(self) -> bool:
        """Whether beats wait for `resume`."""
        return self._pulse.paused

    def ask(self, query: Query) -> None:
        """Shows what another query asks for: at once out of the rows that are here, then out of the answer.

        What is under way for the question before is broken off. Where the service would be sent the same
        call again, nothing is: the query then only chooses among the rows.
        """
        before, was, self.query = self._call(), self.query, query
        self._moved = self._clock()
        self.generation += 1
        self._roster.ask(query)
        if self._call() != before:
            self._question += 1
            self._is_answered = False
            self._roster.walk.restart()
            pointless, self._pointless = self._pointless, set()
            for task in pointless:
                task.cancel()
            self._no_listing = self._no_lookups = None
            self._pulse.nudge()
        elif self._error is not None and replace(was, text=query.text) != query:
            # A text is typed letter by letter, and is none of the service's business.
            self._pulse.nudge()
        self._publish()

    def remembered(self) -> Snapshot:
        """Last session's rows, for the first frame; opens the store. Later it is the snapshot as it is."""
        if self._taken is None and not self._is_answered:
            name = self.family.name
            jobs, taken = self._store.rows(self.scope, name)
            self._roster.follow(self._store.followed(self.scope, name))
            self._roster.remember(jobs)
            self._taken, self._is_stale = taken, bool(len(self._roster.rows))
            self._publish()
        return self.snapshot

    def follow(self, ids: Sequence[str], *, origin: str = "person") -> tuple[str, ...]:
        """Follows jobs, each a row at once; they are looked up in the next beat, which comes now.

        Returns:
            those that were not followed before; of the others, missing and refused ones are asked again.
        """
        new = self._store.follow(self.scope, self.family.name, ids, origin=origin)
        self._roster.follow(self._store.followed(self.scope, self.family.name))
        self._roster.want(each.strip() for each in ids)
        self._pulse.nudge()
        self._publish()
        return new

    def unfollow(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Stops following jobs; `undo` takes it back.

        Returns:
            those that were followed.
        """
        gone = self._store.unfollow(self.scope, self.family.name, ids)
        self._roster.follow(self._store.followed(self.scope, self.family.name))
        self._publish()
        return gone

    def undo(self) -> tuple[str, ...]:
        """Takes back the last unfollowing, once; the IDs of this family that are followed again."""
        back = self._store.undo(self.scope).get(self.family.name, ())
        self._roster.follow(self._store.followed(self.scope, self.family.name))
        self._pulse.nudge()
        self._publish()
        return back

    def nudge(self) -> None:
        """A person asks for a beat now, paused or not; missing and refused IDs are tried again."""
        self._is_insisted = True
        self._moved = self._clock()
        self._pulse.nudge()

    def pause(self) -> None:
        """No beats until `resume` or `nudge`; one that is under way ends."""
        self._pulse.pause()

    def resume(self) -> None:
        """Beats again; if some fell due meanwhile, one comes at once."""
        self._moved = self._clock()
        self._pulse.resume()

    def hurry(self) -> None:
        """Somebody looks again: a beat that is due by what holds now comes at once, others in their time."""
        if self._post is not None and not self._is_stopped:
            passed = (self._clock() - self._ended).total_seconds()
            self._pulse.hurry(max(0.0, self.rhythm.seconds - max(0.0, passed)))
            self._publish(only_if_changed=True)

    # What goes out.

    async def beats(self, post: Post) -> None:
        """The one loop: refresh; wait for the interval or a nudge; repeat, until it is cancelled.

        Args:
            post: gets each new snapshot, on the event loop: of one beat several, as the answers come,
                of a beat that changes nothing, not even the time, none.
        """
        failures = 0
        is_told = False

        def tell(snapshot: Snapshot) -> None:
            nonlocal is_told
            is_told = True
            post(snapshot)

        self._post = tell
        try:
            await self._pulse.start()
            while True:
                await self._shared.run("beat", lambda: self._beat(bounded=True))
                if not is_told:
                    # All was known before this loop began; whoever begins to listen is told all the same.
                    tell(self.snapshot)
                failures = failures + 1 if self._setback is not None else 0
                await self._pulse.rest(self._wait(failures))
        finally:
            self._post = None

    async def refresh(self, *, person: bool = False) -> Snapshot:
        """One beat: the listing united with lookups of what is followed; every followed job that is due.

        Never raises IcetuiError: it stands in the snapshot. While a beat is under way, it is that beat.

        Args:
            person: a person asks: also what was refused, and IDs that were missing.
        """
        self._is_insisted |= person
        if person:
            self._moved = self._clock()
        was_under_way = "beat" in self._shared
        await self._shared.run("beat", lambda: self._beat(bounded=False))
        if was_under_way and (self._is_insisted or self._roster.is_wanting):
            # It had begun before: what was asked for since is not in it.
            await self._shared.run("beat", lambda: self._beat(bounded=False))
        return self.snapshot

    async def more(self, *, urgent: bool = True) -> Snapshot:
        """The next page of the listing, put below; if it holds nothing new, the ones after it.

        Never raises IcetuiError: it stands in the snapshot.

        Args:
            urgent: a person waits for this page.
        """
        await self._shared.run("more", lambda: self._for_this_question(self._more(urgent=urgent)))
        return self.snapshot

    async def load(self, post: Post) -> Snapshot:
        """All further pages, within the ceiling of calls; it ends early at an error or another question.

        Rows come into the list page by page, and stay if this is cancelled.

        Args:
            post: gets a snapshot after each page, whether the beats run or not.
        """
        question = self._question
        while self._roster.walk.token and question == self._question:
            snapshot = await self.more(urgent=False)
            post(snapshot)
            if snapshot.error is not None:
                break
            # Answers out of memory must not keep the loop to themselves.
            await asyncio.sleep(0)
        return self.snapshot

    @property
    def is_searchable(self) -> bool:
        """Whether a text can be asked for at once: not in a very long list that was never searched."""
        return self._roster.rows.all.unfolded <= SEARCHED_AT_ONCE

    async def prepare_search(self) -> None:
        """Makes a very long list ready to be asked for a text, a few milliseconds at a time."""
        left = True
        while left:
            left = self._roster.rows.all.fold(SEARCHED_AT_ONCE // 10)
            await asyncio.sleep(0)

    async def read(self) -> Snapshot:
        """Looks up finished batches that may be partial, newest first, as many as may go without waiting."""
        await self._shared.run("read", lambda: self._for_this_question(self._read_some()))
        return self.snapshot

    async def open(self, job_id: str, *, again: bool = False, heard: Heard | None = None) -> Opened:
        """All about one job; a finished one that was opened before comes out of memory.

        Args:
            job_id: need not be in the list.
            again: asks in any case, e.g. because a signed URL has expired.
            heard: gets a large answer as soon as it is there: it takes a while to be decoded.

        Raises:
            IcetuiError: the service refused, does not know the ID, or could not be asked.
        """
        return await self._openings.open(job_id, again=again, heard=heard)

    async def find(self, media_id: str) -> tuple[str, ...]:
        """Follows the jobs that looked at a media asset.

        Returns:
            their IDs, newest first, also those followed before.

        Raises:
            Misuse: the family has no such call.
            IcetuiError: as told by the service, or nobody could be asked.
        """
        if not isinstance(self.family, FoundFamily):
            raise Misuse(f"{self.family.title} jobs cannot be found by a media asset")
        answer = await self._sender.send(self.family.finding(media_id), urgent=True)
        ids = self.family.read_finding(answer)
        # The newest last: what is followed last stands first.
        self.follow(ids[::-1], origin="found")
        return ids

    async def asset(self, source: str) -> Found:
        """Where a media asset opens that a job names by ID or by its address in a bucket.

        Raises:
            IcetuiError: it is unknown, the service refused, or nobody could be asked.
        """
        return await find(self._sender, self.family, source)

    # A beat.

    async def _beat(self, *, bounded: bool) -> None:
        """One beat, for the question that is the newest when it ends.

        Args:
            bounded: followed jobs have their turn over several beats, within what may go without waiting.
        """
        while True:
            person, self._is_insisted = self._is_insisted, False
            self._pulse.is_nudged = False
            question = self._question
            if person:
                self._no_listing = self._no_lookups = None
            done = await self._for_this_question(self._round(person=person, bounded=bounded))
            if done and question == self._question:
                return
            self._is_insisted |= person

    async def _round(self, *, person: bool, bounded: bool) -> None:
        name = self.family.name
        self._roster.follow(await asyncio.to_thread(self._store.followed, self.scope, name))
        self._setback = None
        error = self._no_listing
        fresh: frozenset[str] = frozenset()
        if self._listing is not None and error is None:
            try:
                front = await self._listing.front(self.query, urgent=person)
            except IcetuiError as refused:
                error = self._setback = refused
                self._bar(refused, "listing")
            else:
                fresh, self._taken, self._total = front.fresh, front.taken, front.total
                self._error, self._is_stale, self._is_answered = None, False, True
            # The rows are shown before the lookups have ended.
            self._publish(only_if_changed=True)
        # Other operations may be allowed; where nobody could be asked there is no use in going on.
        if error is None or isinstance(error, Denied):
            await self._look_up(fresh, person=person, bounded=bounded)
        if self._listing is None:
            error = self._setback or self._no_lookups
            if error is None:
                self._taken, self._is_answered = self._clock(), True
        self._error, self._is_stale = error, error is not None
        self._ended = self._clock()
        if self._moves != self._roster.moves:
            self._moves, self._moved = self._roster.moves, self._ended
        self._publish(only_if_changed=True)
        await self._keep(self._taken, beat=error is None)

    async def _more(self, *, urgent: bool) -> None:
        if self._listing is None:
            return
        try:
            await self._listing.more(self.query, urgent=urgent)
        except IcetuiError as error:
            self._bar(error, "listing")
            self._error = error
        else:
            if not self._is_stale:
                self._error = None
        self._publish()
        await self._keep(self._taken, beat=False)

    async def _look_up(self, fresh: frozenset[str], *, person: bool, bounded: bool) -> None:
        """The lookups of one beat."""
        if self._no_lookups is not None:
            return
        await self._recall()
        room = self._room()
        most = min(room, CALLS_A_BEAT) * max(1, self.family.ids_per_call) if bounded else None
        await self._read(self._roster.due(fresh, person=person, most=most, spare=room), urgent=person)

    async def _read_some(self) -> None:
        if self._no_lookups is None:
            await self._recall()
            await self._read(self._roster.unread_due(self._room()), urgent=False)
            self._publish()
            await self._keep(self._taken, beat=False)

    async def _read(self, ids: Sequence[str], *, urgent: bool) -> None:
        answers = 0

        def told(jobs: Sequence[Job], refused: Mapping[str, IcetuiError]) -> None:
            nonlocal answers
            self._roster.told(jobs, refused)
            answers += 1
            if answers % AT_ONCE == 0:
                self._publish(only_if_changed=True)

        error = await self._lookups.many(ids, told, urgent=urgent)
        if error is not None:
            self._setback = error
            self._bar(error, "lookups")
            if self._listing is None:
                # It is said of the whole beat, not of those jobs that happened to meet it.
                self._roster.pardon(error)

    async def _recall(self) -> None:
        """Asks the store what earlier sessions were told, so that nothing finished is asked for again."""
        ids = self._roster.forgotten()
        if ids:
            known = await asyncio.to_thread(self._store.known, self.scope, self.family.name, ids)
            self._roster.recall(known)

    async def _keep(self, taken: datetime | None, *, beat: bool) -> None:
        """Gives the store the rows that changed; it takes milliseconds, but a disk may be slow."""
        changed, self._roster.changed = self._roster.changed, {}
        if taken is not None and (changed or beat):
            name, jobs = self.family.name, tuple(changed.values())
            await asyncio.to_thread(self._store.keep, self.scope, name, jobs, taken, beat=beat)

    async def _tell(self, job: Job, taken: datetime | None) -> None:
        """A job was looked up by itself."""
        self._roster.told([job], {})
        self._publish(only_if_changed=True)
        await self._keep(taken or self._clock(), beat=False)

    async def _for_this_question(self, work: Coroutine[Any, Any, None]) -> bool:
        """Does some work; False if a new question has broken it off."""
        task = asyncio.create_task(work)
        self._pointless.add(task)
        try:
            await task
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if task in self._pointless or (me is not None and me.cancelling()):
                raise
            return False
        finally:
            self._pointless.discard(task)
        return True

    def _bar(self, error: IcetuiError, what: Literal["listing", "lookups"]) -> None:
        """After a refusal that stays, nothing more of the kind is asked until a person asks."""
        for_all = isinstance(error, (BadCredentials, NoCredentials))
        if for_all or (isinstance(error, Denied) and what == "listing"):
            self._no_listing = error
        if for_all or (isinstance(error, Denied) and what == "lookups"):
            self._no_lookups = error

    @property
    def _is_stopped(self) -> bool:
        if self._listing is None:
            return self._no_lookups is not None
        return self._no_listing is not None and (self._no_lookups is not None or not self._roster.is_live)

    def _wait(self, failures: int) -> float | None:
        """Seconds until the next beat; None if only a person can bring it."""
        if self._is_stopped:
            return None
        return self.pause_after(failures, self._setback, self.rhythm)

    def pause_after(self, failures: int, error: IcetuiError | None, asked: Rhythm | None = None) -> float:
        """Seconds to wait before asking again.

        Args:
            failures: so many in a row.
            error: the last of them.
            asked: how often is asked while there are none; None: as the setting says.
        """
        if asked is None:
            asked = rhythm(self.interval, quiet=0.0, stretch=self._stretch)
        chance = self._chance()
        late = JITTER * chance if asked.why == "throttled" else 0.0
        return stretched(asked.seconds * (1 + late), failures, error, chance)

    @property
    def rhythm(self) -> Rhythm:
        """How often the list is asked for."""
        return self._rhythm(self._moved, self._roster.youngest)

    def rhythm_of(self, job: Job, moved: datetime) -> Rhythm:
        """How often one job is asked for.

        Args:
            job: has not ended.
            moved: when it changed, or a person asked for it, last.
        """
        return self._rhythm(moved, job.created)

    def _rhythm(self, moved: datetime, created: datetime | None) -> Rhythm:
        now = self._clock()
        return rhythm(
            self.interval,
            quiet=(now - moved).total_seconds(),
            age=0.0 if created is None else (now - created).total_seconds(),
            away=bool(getattr(self._sender, "away", False)),
            stretch=self._stretch,
        )

    @property
    def _stretch(self) -> float:
        return float(getattr(self._sender, "stretch", 1.0))

    def _room(self) -> int:
        """How many calls may go without waiting, as far as the sender says."""
        return int(getattr(self._sender, "allowance", CALLS_A_BEAT))

    def _call(self) -> Call | None:
        """What the listing would be asked; the query's other parts are applied here."""
        return None if self._listing is None else self._listing.call(self.query)

    def _publish(self, *, only_if_changed: bool = False) -> None:
        old, self.snapshot = self.snapshot, self._picture()
        if only_if_changed and self.snapshot.jobs is old.jobs and self.snapshot == old:
            self.snapshot = old
        elif self._post is not None:
            self._post(self.snapshot)

    def _picture(self) -> Snapshot:
        roster = self._roster
        return Snapshot(
            generation=self.generation,
            family=self.family.name,
            region=self.scope.region,
            scope=self.scope,
            query=self.query,
            jobs=roster.rows.shown,
            taken=self._taken,
            error=self._error,
            more=bool(roster.walk.token),
            total=self._total,
            unread=len(roster.unread),
            followed=roster.are_followed,
            stale=self._is_stale,
            refused=tuple(roster.refused.items()),
            loaded=len(roster.rows),
            answered=self._is_answered,
            live=roster.live,
            cut=roster.walk.cut,
            stopped=self._is_stopped,
            rhythm=self.rhythm,
        )


def _chance() -> float:
    import random

    return random.random()
