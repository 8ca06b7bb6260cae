"""A service, families and a time of values: what a feed is tested against."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from icetui.call import Answer, Call
from icetui.decode import Decoded
from icetui.errors import IcetuiError, NotFound, Refusal
from icetui.families.asking import Vocabulary, matches
from icetui.families.base import Opened, StateWord
from icetui.job import Job, Page, Query, State
from icetui.store import Scope

NOON = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
SCOPE = Scope("keyring", "0123456789abcdef", "cn-shanghai")
PATIENCE = 20
"""Seconds after which a test that waits for something has failed."""

WORDS = {
    State.WAITING: "Init",
    State.RUNNING: "Processing",
    State.DONE: "Finished",
    State.PARTIAL: "Finished",
    State.FAILED: "Failed",
}
_VOCABULARY = Vocabulary(
    tuple(StateWord(word, state) for state, word in WORDS.items() if state is not State.PARTIAL)
)


def job(job_id: str, minutes: float | None = 0, state: State = State.DONE, **more: object) -> Job:
    """A job as a lookup tells it, created so many minutes after noon."""
    created = None if minutes is None else NOON + timedelta(minutes=minutes)
    known = Job(
        "fake", job_id, "Script", state, WORDS[state], created=created, region=SCOPE.region, whole=True
    )
    return replace(known, **more)  # type: ignore[arg-type]  # a test names its fields


def lean(whole: Job) -> Job:
    """The same job as a listing tells it."""
    state = State.DONE if whole.state is State.PARTIAL else whole.state
    return replace(whole, state=state, error=None, subjobs=(), media=(), note="", whole=False)


class Unlisted:
    """A family without a listing."""

    name: ClassVar[str] = "fake"
    title: ClassVar[str] = "Fake"
    type_label: ClassVar[str] = "Type"
    state_label: ClassVar[str] = "Status"
    order_label: ClassVar[str] = "order"
    types: ClassVar[tuple[str, ...]] = ("Script",)
    states: ClassVar[tuple[StateWord, ...]] = _VOCABULARY.documented
    orders: ClassVar[tuple[str, str]] = ("newest", "oldest")
    ids_per_call: ClassVar[int] = 1

    def lookup(self, ids: Sequence[str]) -> Call:
        assert 1 <= len(ids) <= self.ids_per_call
        return Call.of("ice", "Get", Ids=",".join(ids))

    def read_lookup(self, answer: Answer) -> Page:
        return Page(tuple(answer.body["jobs"]))

    def open(self, answer: Answer, job_id: str) -> Opened:
        (found,) = (each for each in answer.body["jobs"] if each.id == job_id)
        decoded = Decoded(answer.body, answer.body, frozenset(), {}, {})
        return Opened(found, answer, decoded, (), ())

    def state(self, word: str) -> State:
        return _VOCABULARY.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        return matches(job, query, _VOCABULARY)


class ByTen(Unlisted):
    """A family whose lookups take ten IDs, and whose IDs can be found."""

    ids_per_call: ClassVar[int] = 10

    def finding(self, media_id: str) -> Call:
        return Call.of("ice", "Find", MediaId=media_id)

    def read_finding(self, answer: Answer) -> tuple[str, ...]:
        return tuple(answer.body["ids"])


class Listed(Unlisted):
    """A family with a listing, whose finished jobs may be partial."""

    def listing(self, query: Query, token: str, limit: int = 50) -> Call:
        order = self.orders[0 if query.newest else 1]
        state = query.state if query.state in WORDS.values() else None
        return Call.of("ice", "List", Token=token or None, Max=limit, Status=state, Order=order)

    def read_listing(self, answer: Answer) -> Page:
        return Page(tuple(answer.body["jobs"]), answer.body["token"], answer.body.get("total"))

    def unread(self, job: Job) -> bool:
        return job.state is State.DONE and not job.whole


class Service:
    """The other side: jobs, what is wrong, and what was asked of it.

    Attributes:
        jobs: all there are, whole.
        calls: what was asked, in order.
        wrong: an action, or an ID, and the error that it meets.
        allowance: calls that may go without waiting.
        held: calls that wait to be let go, while `is_holding`.
        most: the most calls of an action under way at one time.
    """

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self.jobs = {each.id: each for each in jobs}
        self.calls: list[Call] = []
        self.urgent: list[bool] = []
        self.wrong: dict[str, IcetuiError] = {}
        self.found: dict[str, tuple[str, ...]] = {}
        self.pages: Callable[[Call], Page] | None = None
        self.allowance = 1_000_000
        self.now = NOON
        self.is_holding = False
        self.held: list[tuple[Call, asyncio.Future[None]]] = []
        self.most: dict[str, int] = {}
        self._under_way: dict[str, int] = {}
        self._news = asyncio.Event()

    def put(self, *jobs: Job) -> None:
        """Adds jobs, or lets them go on."""
        self.jobs.update((each.id, each) for each in jobs)

    def asked(self, action: str = "Get") -> list[str]:
        """The IDs that lookups asked for, or the tokens of listings, in order."""
        name = {"Get": "Ids", "List": "Token", "Find": "MediaId"}[action]
        values = [call.get(name) or "" for call in self.calls if call.action == action]
        return [each for value in values for each in value.split(",")]

    def forget(self) -> None:
        """Forgets what was asked so far."""
        self.calls.clear()
        self.urgent.clear()

    async def calling(self, count: int) -> None:
        """Returns when so many calls wait to be let go."""
        async with asyncio.timeout(PATIENCE):
            while len(self.held) < count:
                self._news.clear()
                await self._news.wait()

    def let_go(self, count: int = 1) -> None:
        """Answers the calls that have waited longest."""
        for _ in range(count):
            self.held.pop(0)[1].set_result(None)

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        """Answers as the service would at this moment, or raises what is wrong."""
        self.calls.append(call)
        self.urgent.append(urgent)
        action = call.action
        self._under_way[action] = self._under_way.get(action, 0) + 1
        self.most[action] = max(self.most.get(action, 0), self._under_way[action])
        try:
            loop = asyncio.get_running_loop()
            gate: asyncio.Future[None] = loop.create_future()
            if not self.is_holding:
                # No answer comes before others have had a turn.
                loop.call_soon(_pass, gate)
                await gate
            else:
                self.held.append((call, gate))
                self._news.set()
                try:
                    await gate
                except asyncio.CancelledError:
                    self.held = [each for each in self.held if each[1] is not gate]
                    raise
            return Answer(call, SCOPE.region, 200, "", self._body(call), self.now)
        finally:
            self._under_way[action] -= 1

    def _body(self, call: Call) -> dict[str, object]:
        if call.action in self.wrong:
            raise self.wrong[call.action]
        if call.action == "List":
            page = self._page(call) if self.pages is None else self.pages(call)
            return {"jobs": page.jobs, "token": page.token, "total": page.total}
        if call.action == "Find":
            return {"ids": self.found.get(call.get("MediaId") or "", ())}
        ids = (call.get("Ids") or "").split(",")
        for each in ids:
            if each in self.wrong:
                raise self.wrong[each]
            if each not in self.jobs:
                raise NotFound(f"{each} is unknown")
        return {"jobs": [self.jobs[each] for each in ids]}

    def _page(self, call: Call) -> Page:
        """By position, as a token of the last job: what comes above does not move what is below."""
        newest = call.get("Order") == "newest"
        jobs = [each for each in self.jobs.values() if each.created is not None]
        if (word := call.get("Status")) is not None:
            jobs = [each for each in jobs if each.state_word == word]
        jobs.sort(key=lambda each: ((each.created or NOON).timestamp() * (-1 if newest else 1), each.id))
        token, limit = call.get("Token") or "", int(call.get("Max") or 10)
        start = 1 + next((n for n, each in enumerate(jobs) if each.id == token), -1)
        if token and not start:
            raise Refusal("no such token", code="InvalidParameter.NextToken")
        page = jobs[start : start + limit]
        last = page[-1].id if page and start + limit < len(jobs) else ""
        return Page(tuple(lean(each) for each in page), last)


def _pass(gate: asyncio.Future[None]) -> None:
    if not gate.done():
        gate.set_result(None)


async def settle() -> None:
    """Returns when what can go on by itself has gone on, through many turns of loop and threads."""
    for _ in range(20):
        await asyncio.to_thread(lambda: None)


class Time:
    """A time that passes when a test says so."""

    def __init__(self) -> None:
        self._naps: asyncio.Queue[tuple[float, asyncio.Future[None]]] = asyncio.Queue()
        self._nap: asyncio.Future[None] | None = None

    async def sleep(self, seconds: float) -> None:
        """Lasts until the test lets it end."""
        nap = asyncio.get_running_loop().create_future()
        self._naps.put_nowait((seconds, nap))
        await nap

    async def rest(self) -> float:
        """Returns when somebody lies down, and says for how long."""
        async with asyncio.timeout(PATIENCE):
            seconds, self._nap = await self._naps.get()
        return seconds

    def passes(self) -> None:
        """The rest that was met last is over."""
        assert self._nap is not None
        self._nap.set_result(None)
