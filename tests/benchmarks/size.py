"""What a long list costs beside a short one, in the process, without a terminal.

Milliseconds of processor time: what is compared is work, and a busy machine is not to blame for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from textual.app import App, ComposeResult

from icetui.call import Call
from icetui.feed import Feed
from icetui.job import Job, Page, Query, State
from icetui.panes.job_table import JobTable
from icetui.store import Store
from tests.fake_service import SCOPE, Listed, Service

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PAGE = 100
FIND = "Take 99"


class Bench(App[None]):
    """A table and nothing else."""

    def compose(self) -> ComposeResult:
        yield JobTable()


def _job(n: int) -> Job:
    state = State.FAILED if n % 7 == 0 else State.DONE
    created = NOW - timedelta(minutes=n)
    title = f"Take {n} of the autumn film"
    return Job(
        "fake", f"{n:032x}", "ASR", state, state.value, title, created, region=SCOPE.region, whole=True
    )


class Account:
    """So many jobs, told by pages; a token is a number."""

    def __init__(self, count: int) -> None:
        self.jobs = [_job(n) for n in range(count)]
        self.service = Service()
        self.service.pages = self._page
        self.feed = Feed(
            Listed(), self.service, Store(Path(":memory:")), SCOPE, clock=lambda: NOW, page_size=PAGE
        )

    def _page(self, call: Call) -> Page:
        start = int(call.get("Token") or 0)
        end = start + PAGE
        return Page(tuple(self.jobs[start:end]), str(end) if end < len(self.jobs) else "")

    def change(self) -> None:
        """One job, a few lines below the first, is another."""
        state = State.DONE if self.jobs[5].state is State.FAILED else State.FAILED
        self.jobs[5] = replace(self.jobs[5], state=state, state_word=state.value)

    async def load(self) -> None:
        """Reads all pages."""
        snapshot = await self.feed.refresh()
        while snapshot.more:
            snapshot = await self.feed.more()
        self.service.forget()


def _took(work: Callable[[], object], rounds: int = 31) -> float:
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return median(times)


async def _waited(
    work: Callable[[], Awaitable[object]], before: Callable[[], object] = lambda: None, rounds: int = 31
) -> float:
    times = []
    for _ in range(rounds):
        before()
        began = time.process_time()
        await work()
        times.append((time.process_time() - began) * 1000)
    return median(times)


async def _costs(count: int) -> dict[str, float]:
    account = Account(count)
    feed = account.feed
    began = time.process_time()
    await account.load()
    pages = (time.process_time() - began) * 1000
    app = Bench()
    async with app.run_test(size=(120, 40)):
        table = app.query_one(JobTable)
        listed = _took(lambda: table.show(feed.snapshot.jobs, NOW), 1)
        table.step(1)

        async def beat() -> None:
            table.show((await feed.refresh()).jobs, NOW)

        def find() -> None:
            table.find("")
            table.find(FIND)

        def narrow() -> None:
            feed.ask(Query(text="9"))
            feed.ask(Query(text="99"))
            table.show(feed.snapshot.jobs, NOW, anew=True)

        costs = {
            "a page read": pages / -(-count // PAGE),
            "listed": listed,
            "cursor key": _took(lambda: table.step(1)),
            "page key": _took(lambda: table.action_page(1 if table.position[0] < 40 else -1)),
            "beat, nothing changed": await _waited(beat),
            "beat, one job changed": await _waited(beat, account.change),
            "find, the first": _took(find, 1),
            "find": _took(find),
            "narrow by two letters": _took(narrow, 7),
        }
        feed.ask(Query())
        table.show(feed.snapshot.jobs, NOW, anew=True)
        costs["list come back to"] = _took(lambda: table.show(feed.snapshot.jobs, NOW, anew=True))
        return costs


def costs(count: int) -> dict[str, float]:
    """Milliseconds by what is done, for a list of so many jobs; painting is not among it."""
    return asyncio.run(_costs(count))


if __name__ == "__main__":
    for name, small, middle, large in zip(
        costs(100), costs(100).values(), costs(10_000).values(), costs(100_000).values(), strict=True
    ):
        print(f"{name:28}{small:9.2f}{middle:9.2f}{large:9.2f}  x {large / small:.2f}")
