"""Running the screens on the demo at a fixed clock, and waiting for what they show."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from textual.pilot import Pilot

from icetui.app import IcetuiApp
from icetui.flags import Flags
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import plain
from icetui.screens.browse import Browse
from icetui.screens.detail import Detail
from icetui.session import Session

CLOCK = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BIG = (120, 36)
SMALL = (80, 24)


def demo(
    *, clock: datetime | None = CLOCK, faults: tuple[str, ...] = (), family: str = "smart", **flags: Any
) -> IcetuiApp:
    """The program on the demo account."""
    session = Session(Flags(demo=True, clock=clock, faults=faults, **flags))
    _sessions.append(session)
    return IcetuiApp(session, family=family)


_sessions: list[Session] = []


def close_sessions() -> None:
    """What `app.run` does at the end for the one session it has."""
    while _sessions:
        _sessions.pop().close()


async def until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Lets the program run until something is so; fails, saying what, if it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never came: {condition.__code__.co_consts} {screen_text(pilot)}"
        await pilot.pause(0.01)
    await pilot.pause()


def browse(pilot: Pilot[Any]) -> Browse:
    """The list."""
    app = pilot.app
    assert isinstance(app, IcetuiApp)
    return app.browse


async def listed(pilot: Pilot[Any]) -> Browse:
    """The list with live rows, its preview read."""
    screen = browse(pilot)

    def live() -> bool:
        snapshot = screen.shelf.snapshot
        return snapshot is not None and snapshot.taken is not None and not snapshot.stale

    await until(pilot, live)
    view = screen.preview
    if view is not None and screen.table.job is not None:
        await until(pilot, lambda: "asking" not in lines_of(view) and len(view.lines))
    return screen


async def opened(pilot: Pilot[Any], job_id: str = "") -> Detail:
    """The detail of the chosen job, or of a job of the list, whole."""
    screen = browse(pilot)
    if job_id:
        assert screen.table.choose(job_id), f"{job_id} is not in the list"
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Detail))
    detail = pilot.app.screen
    assert isinstance(detail, Detail)
    await until(pilot, lambda: detail.opened is not None or "could not" in lines_of(detail.view))
    return detail


async def detail_of(pilot: Pilot[Any], job_id: str) -> Detail:
    """Opens a job by ID, listed on this page or not."""
    screen = browse(pilot)
    await listed(pilot)
    if not screen.table.choose(job_id):
        screen.feed.follow([job_id])
        await pilot.press("r")
        await until(pilot, lambda: any(job.id == job_id for job in screen.table.place.latest))
        screen.table.release()
    return await opened(pilot, job_id)


async def turned_to(pilot: Pilot[Any], title: str) -> Detail:
    """The opened job with the tab of a title before one."""
    detail = pilot.app.screen
    assert isinstance(detail, Detail)
    while title != detail.leaf.TITLE:
        await pilot.press("]")
    await pilot.pause()
    return detail


def lines_of(view: LinesView) -> str:
    """All text of a view."""
    return "\n".join(plain(view.lines.line(y)) for y in range(len(view.lines)))


def screen_text(pilot: Pilot[Any]) -> str:
    """What stands on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
