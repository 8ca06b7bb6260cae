"""All families of a profile ask by one client: what holds over any mix of them, minutes long."""

from __future__ import annotations

import asyncio
import contextlib
import time as real
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.access_key import AccessKey, Secret
from icetui.call import Call
from icetui.endpoints import endpoints
from icetui.errors import IcetuiError
from icetui.log import CallLog
from icetui.wire import Client
from tests.test_wire import NOW
from tests.virtual_time import VirtualTime

ACTIONS = (
    "ListSmartJobs",
    "ListBatchMediaProducingJobs",
    "QueryIProductionJob",
    "ListAIJob",
)
SPAN = 400.0
"""Seconds that are looked at."""


@dataclass
class Account:
    """The service as one account meets it: what it says to each request, and when which came.

    Attributes:
        says: in turn, the last one for ever: a status, and what it asks to wait; 0: no answer.
        takes: seconds until an answer.
    """

    time: VirtualTime
    says: list[tuple[int, float]]
    takes: float = 0.0
    came: list[tuple[float, str]] = field(default_factory=list)
    held: list[tuple[float, float]] = field(default_factory=list)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        at = self.time.now
        self.came.append((at, request.headers["x-acs-action"]))
        status, wait = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if self.takes:
            await self.time.sleep(self.takes)
        if not status:
            raise httpx.ReadTimeout("")
        headers = {"x-acs-retry-after": str(int(wait * 1000))} if wait else {}
        if status == 429:
            self.held.append((self.time.now, self.time.now + wait))
        return httpx.Response(
            status, headers=headers, json={"RequestId": "R", "Code": "Throttling" * (status == 429)}
        )

    def client(self, ceiling: int, jitter: float = 0.5) -> Client:
        return Client(
            key=AccessKey("LTAI5tExampleAccessKeyId", Secret("ExampleAccessKeySecret0123456789ab")),
            region="cn-shanghai",
            endpoints=endpoints("cn-shanghai"),
            transport=httpx.MockTransport(self.answer),
            clock=self.time.clock,
            log=CallLog(),
            ceiling=ceiling,
            sleep=self.time.sleep,
            monotonic=self.time.monotonic,
            jitter=lambda: jitter,
        )

    def most_in_a_minute(self) -> int:
        """The most requests that any 60 s held."""
        moments = [at for at, _ in self.came]
        return max(
            (sum(1 for at in moments if start <= at < start + 60 - 1e-6) for start in moments), default=0
        )


async def family(client: Client, time: VirtualTime, action: str, rest: float, urgent: bool) -> None:
    """Asks again and again, as a beat does: the next one begins a rest after the last has ended."""
    while True:
        with contextlib.suppress(IcetuiError):
            await client.send(Call.of("ice", action), urgent=urgent)
        await time.sleep(rest)


replies = st.one_of(
    st.just((200, 0.0)),
    st.just((200, 0.0)),
    st.tuples(st.just(429), st.floats(0.5, 20)),
    st.just((403, 0.0)),
    st.just((503, 0.0)),
    st.just((0, 0.0)),
)


@settings(max_examples=40, deadline=None)
@given(
    ceiling=st.integers(4, 30),
    says=st.lists(replies, min_size=1, max_size=40),
    rests=st.tuples(*[st.floats(0.0, 12.0)] * 4),
    urgent=st.tuples(*[st.booleans()] * 4),
    takes=st.sampled_from([0.0, 0.0, 0.3, 7.0]),
    jitter=st.floats(0, 1),
)
def test_no_minute_holds_more_calls_than_the_ceiling_and_no_family_starves(
    ceiling: int,
    says: list[tuple[int, float]],
    rests: tuple[float, ...],
    urgent: tuple[bool, ...],
    takes: float,
    jitter: float,
) -> None:
    async def all_of_it() -> Account:
        time = VirtualTime(NOW)
        account = Account(time, [*says, (200, 0.0)], takes)
        client = account.client(ceiling, jitter)
        families = [
            family(client, time, action, rest, hurried)
            for action, rest, hurried in zip(ACTIONS, rests, urgent, strict=True)
        ]
        await time.pass_by(*families, until=SPAN)
        await client.close()
        return account

    account = asyncio.run(all_of_it())
    assert account.most_in_a_minute() <= ceiling
    # Nobody asks while the service wants to be left alone.
    for told, until in account.held:
        early = [at for at, _ in account.came if told + 1e-6 < at < until - 1e-3]
        assert early == [], (told, until)
    # With less than a tenth kept for persons each has its share of what is left, holds and retries aside.
    came = defaultdict(list)
    for at, action in account.came:
        came[action].append(at)
    holds = sum(until - told for told, until in account.held)
    patience = 60.0 * 2 + max(rests) + 4 * takes + holds * 1.25 + 30
    for action in ACTIONS:
        moments = [5000.0, *came[action], 5000.0 + SPAN]
        longest = max(b - a for a, b in pairwise(moments))
        assert longest <= patience, action


async def test_one_family_that_is_throttled_holds_the_others_of_the_profile() -> None:
    time = VirtualTime(NOW)
    account = Account(time, [(429, 20.0), (200, 0.0)])
    client = account.client(60, jitter=0.0)

    async def later(action: str, seconds: float, urgent: bool) -> None:
        await time.sleep(seconds)
        await client.send(Call.of("ice", action), urgent=urgent)

    await time.pass_by(
        client.send(Call.of("ice", "ListSmartJobs")),
        later("ListAIJob", 1, False),
        later("QueryIProductionJob", 2, True),
    )
    await client.close()
    moments = [at - 5000 for at, _ in account.came]
    assert moments[0] == 0
    # From the named time on, one by one.
    assert moments[1] == 20.0
    assert all(b - a >= 0.5 for a, b in pairwise(moments[1:]))


async def test_those_that_wait_for_the_ceiling_are_held_too() -> None:
    time = VirtualTime(NOW)
    account = Account(time, [(200, 0.0), (200, 0.0), (429, 30.0), (200, 0.0)])
    client = account.client(2, jitter=0.0)
    await time.pass_by(*(client.send(Call.of("ice", "ListSmartJobs")) for _ in range(4)))
    await client.close()
    moments = [round(at - 5000, 3) for at, _ in account.came]
    assert moments[:3] == [0.0, 0.0, 60.0]
    assert moments[3] == 60.0 or moments[3] >= 90.0
    assert account.most_in_a_minute() <= 2
    assert len(moments) == 5


async def test_how_asking_goes_can_be_seen_at_any_moment() -> None:
    time = VirtualTime(NOW)
    account = Account(time, [(503, 0.0), (429, 20.0), (200, 0.0)])
    client = account.client(2)
    seen = []
    client.changed = lambda: seen.append(client.traffic)
    assert (client.traffic.calls, client.traffic.ceiling, client.traffic.attempt) == (0, 2, 0)
    await time.pass_by(client.send(Call.of("ice", "ListSmartJobs")))
    assert next((each.attempt, each.attempts) for each in seen if each.attempt > 1) == (2, 4)
    throttled = [each for each in seen if each.held is not None]
    assert throttled
    assert throttled[0].attempt == 3
    assert (throttled[0].held or NOW) > NOW
    queued = [each.queued for each in seen if each.queued is not None]
    assert queued, "the third try waits until the first is a minute old"
    assert seen[-1].attempt == 0
    assert seen[-1].queued is seen[-1].held is None
    await client.close()


def stand_still() -> None:
    """What the whole process does while it is stopped."""
    real.sleep(0.3)


async def test_a_time_out_of_a_program_that_stood_still_is_no_failed_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped by ^Z, or in the plain view: the time-outs of the request go on meanwhile."""
    monkeypatch.setattr("icetui.wire.STILL", 0.2)
    asked = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            stand_still()
        if asked <= 2:
            raise httpx.ReadTimeout("")
        return httpx.Response(200, json={"RequestId": "R"})

    passing = VirtualTime(NOW)
    client = Account(passing, []).client(60)
    client._transport = httpx.MockTransport(answer)
    await passing.pass_by(client.send(Call.of("ice", "ListSmartJobs")))
    assert client.log is not None
    # The first at once and as the same try; the second is the service's silence.
    assert [(each.code, each.attempt) for each in client.log.entries] == [
        ("StoodStill", 1),
        ("TimedOut", 1),
        ("", 2),
    ]
    assert passing.now - 5000 == 0.5
    await client.close()
