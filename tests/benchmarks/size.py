"""What a long list costs beside a short one, in the process, without a terminal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from textual.app import App, ComposeResult

from icetui.job import Job, State
from icetui.panes.job_table import JobTable

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class Bench(App[None]):
    """A table and nothing else."""

    def compose(self) -> ComposeResult:
        yield JobTable()


def _job(n: int) -> Job:
    state = State.DONE if n % 7 else State.FAILED
    created = NOW - timedelta(minutes=n)
    return Job(
        "smart", f"{n:032x}", "ASR", state, state.value, f"Take {n} of the autumn film", created=created
    )


def _took(work: Callable[[], object], rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


async def _costs(count: int) -> dict[str, float]:
    app = Bench()
    async with app.run_test(size=(120, 40)):
        table = app.query_one(JobTable)
        jobs = [_job(n) for n in range(count)]
        listed = _took(lambda: table.show(tuple(jobs), NOW), 1)
        table.step(1)

        def beat() -> None:
            table.show(tuple(jobs), NOW)

        def changed() -> None:
            jobs[5] = replace(jobs[5], state=State.DONE if jobs[5].state is State.FAILED else State.FAILED)
            table.show(tuple(jobs), NOW)

        def find() -> None:
            table.find("")
            table.find("Take 99")

        return {
            "listed": listed,
            "cursor key": _took(lambda: table.step(1)),
            "page key": _took(lambda: table.action_page(1), 2),
            "beat, nothing changed": _took(beat),
            "beat, one job changed": _took(changed),
            "find": _took(find, 3),
        }


def costs(count: int) -> dict[str, float]:
    """Milliseconds by what is done, for a list of so many jobs; painting is not among it."""
    return asyncio.run(_costs(count))
