"""Whatever happens in whatever order, a feed keeps its promises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.errors import IcetuiError, Refusal, TimedOut, Unreachable
from icetui.feed import Feed, Snapshot
from icetui.job import Query, State
from icetui.store import Store
from tests.fake_service import SCOPE, ByTen, Listed, Service, Unlisted, job

PAGE = 5
TERMINAL = (State.DONE, State.PARTIAL, State.FAILED)
QUERIES = (
    Query(),
    Query(newest=False),
    Query(state="failed"),
    Query(state="Processing"),
    Query(text="1"),
    Query(state="Finished", newest=False),
)
ERRORS: tuple[IcetuiError, ...] = (
    Unreachable("no connection"),
    TimedOut("no answer"),
    Refusal("no", code="InvalidParameter"),
)

number = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), st.integers(1, 12)),
        st.tuples(st.just("end"), number),
        st.tuples(st.just("delete"), number),
        st.tuples(st.just("follow"), number),
        st.tuples(st.just("unfollow"), number),
        st.tuples(st.just("ask"), st.integers(0, len(QUERIES) - 1)),
        st.tuples(st.just("break"), number),
        st.tuples(st.just("mend"), st.just(0)),
        st.tuples(st.just("refresh"), st.just(0)),
        st.tuples(st.just("more"), st.just(0)),
        st.tuples(st.just("session"), st.just(0)),
    ),
    min_size=8,
    max_size=50,
)


class World:
    """A feed and the service it asks, changed step by step and looked at after each."""

    def __init__(self, family: Unlisted) -> None:
        self.service = Service()
        self.store = Store(Path(":memory:"))
        self.family = family
        self.count = 0
        self.ended: set[str] = set()
        self.begin()

    def begin(self) -> None:
        self.feed = Feed(
            self.family, self.service, self.store, SCOPE, clock=lambda: self.service.now, page_size=PAGE
        )
        self.feed.remembered()

    async def do(self, step: str, value: int) -> None:
        self.service.now += timedelta(seconds=10)
        job_id = f"j{value:03}"
        match step:
            case "submit":
                for _ in range(value):
                    # Two at a time have the same time.
                    self.service.put(job(f"j{self.count:03}", self.count // 2, State.RUNNING))
                    self.count += 1
            case "end" if job_id in self.service.jobs and not self.service.jobs[job_id].state.terminal:
                self.service.put(job(job_id, value // 2, TERMINAL[value % 3]))
            case "delete":
                self.service.jobs.pop(job_id, None)
            case "follow":
                self.feed.follow([job_id])
            case "unfollow":
                self.feed.unfollow([job_id])
            case "ask":
                self.feed.ask(QUERIES[value])
            case "break":
                self.service.wrong[("List", "Get", job_id)[value % 3]] = ERRORS[value // 3 % 3]
            case "mend":
                self.service.wrong.clear()
            case "session":
                self.begin()
            case "refresh":
                await self.measured(self.feed.refresh)
            case "more":
                await self.measured(self.feed.more)
        self.look(self.feed.snapshot)

    async def measured(self, work: Callable[[], object]) -> None:
        """Requests are bounded, and none is for a job that a lookup has told to be terminal."""
        live = sum(not self.told_to_be_terminal(each) for each in self.feed.snapshot.followed)
        self.service.forget()
        told = {each for each in self.service.jobs if self.told_to_be_terminal(each)}
        await work()  # type: ignore[misc]  # both are coroutine functions
        assert len(self.service.asked("List")) <= 10
        asked = self.service.asked()
        # A call for ten that fails is asked in halves.
        assert len(asked) <= (live + 30) * (5 if self.family.ids_per_call > 1 else 1)
        if self.family.ids_per_call == 1:
            assert len(asked) == len(set(asked))
        assert told.isdisjoint(asked)

    def told_to_be_terminal(self, job_id: str) -> bool:
        known = self.store.known(SCOPE, self.family.name, [job_id]).get(job_id)
        # A missing one is asked for again when a person follows it again.
        return known is not None and known.state is not State.MISSING

    def look(self, snapshot: Snapshot) -> None:
        shown = [each.id for each in snapshot.jobs]
        assert len(shown) == len(set(shown))
        sign = -1 if self.feed.query.newest else 1
        keys = [
            (each.created is None, sign * each.created.timestamp() if each.created else 0.0, each.id)
            for each in snapshot.jobs
        ]
        assert keys == sorted(keys)
        assert all(self.family.matches(each, self.feed.query) for each in snapshot.jobs)
        assert snapshot.generation == self.feed.generation
        assert snapshot.followed == set(self.store.followed(SCOPE, self.family.name))
        if self.feed.query == Query():
            assert snapshot.followed <= set(shown)
            assert snapshot.loaded == len(shown)

    async def end(self) -> None:
        """Once all is well again, the first page and what is followed are as the service knows them."""
        self.service.wrong.clear()
        self.feed.ask(Query())
        for _ in range(3):
            snapshot = await self.feed.refresh(person=True)
        assert (snapshot.error, snapshot.refused, snapshot.stale) == (None, (), False)
        shown = {each.id: each for each in snapshot.jobs}
        truth = sorted(self.service.jobs.values(), key=lambda each: (-each.created.timestamp(), each.id))  # type: ignore[union-attr]  # all have one
        first = truth[:PAGE] if isinstance(self.family, Listed) else []
        for each in first:
            assert shown[each.id].state is each.state
        for job_id in snapshot.followed:
            known = self.service.jobs.get(job_id)
            if known is not None:
                assert shown[job_id].state is known.state
        while snapshot.more:
            snapshot = await self.feed.more()
        if isinstance(self.family, Listed):
            assert set(self.service.jobs) <= {each.id for each in snapshot.jobs}
        self.store.close()


def live(family: Unlisted, script: list[tuple[str, int]]) -> None:
    async def life() -> None:
        world = World(family)
        await world.do("submit", 12)
        for step, value in script:
            await world.do(step, value)
        await world.end()

    asyncio.run(life())


@settings(max_examples=60, deadline=None)
@given(steps)
def test_with_a_listing(script: list[tuple[str, int]]) -> None:
    live(Listed(), script)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_without_a_listing(script: list[tuple[str, int]]) -> None:
    live(Unlisted(), script)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_with_ten_ids_a_call(script: list[tuple[str, int]]) -> None:
    live(ByTen(), script)
