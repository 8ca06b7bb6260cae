"""Makes the README's screenshots from the demo at a fixed clock: ``python -m tests.screenshots``."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from icetui.demo import SEED_RESULTS
from icetui.job import Job, State
from icetui.results import Transcript
from tests.on_screen import browse, demo, listed, opened, screen_text, turned_to, until

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZE = (120, 30)


async def _list(pilot: Pilot[Any]) -> None:
    await listed(pilot)


async def _transcript(pilot: Pilot[Any]) -> None:
    screen = await listed(pilot)
    for job in screen.table.shown:
        if job.type == "ASR" and job.state is State.DONE:
            read = await screen.feed.open(job.id)
            if any(isinstance(each.value, Transcript) and len(each.value.cues) > 12 for each in read.results):
                await opened(pilot, job.id)
                await pilot.press("t")
                return
    raise LookupError("the demo lists no long transcript")


async def _batches(pilot: Pilot[Any]) -> Sequence[Job]:
    """The list of batch jobs, a partial one among them."""
    await listed(pilot)
    await pilot.press("2")
    await until(pilot, lambda: any(job.state is State.PARTIAL for job in browse(pilot).table.shown))
    return browse(pilot).table.shown


async def _subjobs(pilot: Pilot[Any]) -> None:
    job = next(job for job in await _batches(pilot) if job.state is State.PARTIAL)
    await opened(pilot, job.id)
    await turned_to(pilot, "Subjobs and media")


async def _tree(pilot: Pilot[Any]) -> None:
    await _subjobs(pilot)
    await turned_to(pilot, "Raw")
    await pilot.press("i")


async def _axis(pilot: Pilot[Any]) -> None:
    await listed(pilot)
    await pilot.press("3")
    job_id = SEED_RESULTS["MusicSegmentDetect"]
    await until(pilot, lambda: any(job.id == job_id and job.state_word for job in browse(pilot).table.shown))
    await opened(pilot, job_id)
    await turned_to(pilot, "Timeline")
    await pilot.press("j", *["right"] * 5)


async def _compare(pilot: Pilot[Any]) -> None:
    jobs = await _batches(pilot)
    partial = next(job for job in jobs if job.state is State.PARTIAL)
    whole = next(job for job in jobs if job.state is State.DONE and job.type == partial.type)
    for job in (partial, whole):
        browse(pilot).table.choose(job.id)
        await pilot.press("space")
    await pilot.press("d")
    await until(pilot, lambda: "differences; " in screen_text(pilot))


SHOTS: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "list": _list,
    "transcript": _transcript,
    "tree": _tree,
    "axis": _axis,
    "subjobs": _subjobs,
    "compare": _compare,
}


async def taken(name: str) -> str:
    """One screenshot as SVG, with nothing in it that changes from run to run."""
    app = demo()
    async with app.run_test(size=SIZE) as pilot:
        await SHOTS[name](pilot)
        await pilot.pause()
        svg = app.export_screenshot(title="icetui --demo")
    # Rich names its styles and clips after a hash that differs between runs.
    return re.sub(r"terminal-\d+", "terminal", svg)


def main() -> None:
    """Writes them all."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(ICETUI_CONFIG_DIR=home, ICETUI_STATE_DIR=home, TZ="UTC", TEXTUAL_ANIMATIONS="none")
        for name in ("NO_COLOR", "TEXTUAL_THEME"):
            os.environ.pop(name, None)
        FOLDER.mkdir(exist_ok=True)
        for name in SHOTS:
            (FOLDER / f"{name}.svg").write_text(asyncio.run(taken(name)))


if __name__ == "__main__":
    main()
