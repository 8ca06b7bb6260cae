"""Makes the README's screenshots from the demo at a fixed clock: ``python -m tests.screenshots``."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from icetui.job import State
from icetui.results import Transcript
from tests.on_screen import browse, demo, listed, opened, until

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


async def _subjobs(pilot: Pilot[Any]) -> None:
    await listed(pilot)
    await pilot.press("2")
    await until(pilot, lambda: any(job.state is State.PARTIAL for job in browse(pilot).table.shown))
    job = next(job for job in browse(pilot).table.shown if job.state is State.PARTIAL)
    detail = await opened(pilot, job.id)
    await pilot.press("right_square_bracket", "right_square_bracket")
    await until(pilot, lambda: detail.tab == 3)


SHOTS: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "list": _list,
    "transcript": _transcript,
    "subjobs": _subjobs,
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
