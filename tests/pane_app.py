"""A small program around one pane, for tests on a real pty: `python -m tests.pane_app table|lines`.

Its function keys do what a service would do: jobs change, come, go.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from icetui.job import Job, State
from icetui.panes.bars import BottomLine, KeyHint, Prompt, StatusLine
from icetui.panes.job_table import JobTable
from icetui.panes.lines_view import LinesView
from icetui.panes.quiet import QuietScreen
from icetui.panes.spans import Made

NOW = datetime(2025, 11, 20, 13, 0, tzinfo=UTC)
STATES = (State.DONE, State.RUNNING, State.FAILED, State.WAITING, State.PARTIAL)
TITLES = (
    "Trailer for the autumn campaign",
    "秋季宣传片第一集",
    "[red]bold[/] claims",
    "clip 0412, second take",
)


def job(n: int) -> Job:
    """Job number `n`, the higher the older."""
    created = NOW - timedelta(minutes=7 * n)
    state = STATES[n % len(STATES)]
    return Job(
        family="smart",
        id=f"{n:04d}b48fb04483915d4f2cd8ac{n:06x}",
        type=("ASR", "DynamicImage", "AudioQualityAssessment")[n % 3],
        state=state,
        state_word=state.value.title(),
        title=f"{TITLES[n % len(TITLES)]} {n}",
        created=created,
        finished=created + timedelta(seconds=31 * n) if state.terminal else None,
    )


class TableScreen(QuietScreen):
    """One table between two bars."""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield JobTable()
        yield BottomLine()


class LinesScreen(QuietScreen):
    """One long text between two bars."""

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield LinesView(
            Made(500_000, lambda y: ((f"{y:6d} ", "dim"), (f'"name": "value {y}", ' * 12, "string"))),
            cursor="cursor" in sys.argv,
        )
        yield BottomLine()


class PaneApp(App[None]):
    """Shows a pane in the terminal's own colours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "beat('same')"),
        Binding("f2", "beat('one')"),
        Binding("f3", "beat('ten')"),
        Binding("f4", "beat('new')"),
        Binding("f5", "beat('minute')"),
        Binding("f6", "tick"),
        Binding("slash", "ask"),
        Binding("full_stop", "release"),
        Binding("q", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.theme = "ansi-dark"
        self.jobs = tuple(job(n) for n in range(300))
        self.now = NOW
        self.ticks = 0

    def get_default_screen(self) -> QuietScreen:
        return TableScreen() if sys.argv[1] == "table" else LinesScreen()

    def on_ready(self) -> None:
        self.screen.query_one(StatusLine).show("ready", "now")
        self.screen.query_one(BottomLine).keys.show([KeyHint("Enter", "open"), KeyHint("/", "find")])
        if table := self.table:
            table.show(self.jobs, self.now)

    @property
    def table(self) -> JobTable | None:
        return next(iter(self.screen.query(JobTable)), None)

    def action_beat(self, what: str) -> None:
        """A beat: the same jobs, one or ten changed, new ones, a minute later."""
        jobs = [replace(each) for each in self.jobs]
        for n in {"one": (4,), "ten": range(4, 14)}.get(what, ()):
            old = jobs[n].state
            jobs[n] = replace(jobs[n], state=State.DONE if old is not State.DONE else State.FAILED)
        if what == "new":
            jobs.insert(0, job(1000 + len(jobs)))
        if what == "minute":
            self.now += timedelta(minutes=1)
        self.jobs = tuple(jobs)
        if self.table:
            self.table.show(self.jobs, self.now)

    def action_tick(self) -> None:
        """Says something of always the same length: what is typed before a tick was dealt with by then."""
        self.ticks += 1
        self.screen.query_one(StatusLine).show("tick." if self.ticks % 2 else "tock.", "now")

    def action_release(self) -> None:
        if self.table:
            self.table.release()

    def action_ask(self) -> None:
        self.screen.query_one(BottomLine).prompt.ask("find", "find: ")

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        pane = self.table or self.screen.query_one(LinesView)
        which, of = pane.find(message.value)
        self.screen.query_one(StatusLine).show(f"{which} of {of}")


if __name__ == "__main__":
    PaneApp().run(mouse=False)
