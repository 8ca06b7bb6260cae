"""An opened job: five tabs over one text view, refreshed until the job has ended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from icetui.clean import clean
from icetui.errors import IcetuiError, Refusal
from icetui.families.base import Opened
from icetui.feed import Feed
from icetui.job import Job
from icetui.keymap import Where
from icetui.panes import pages
from icetui.panes.bars import BottomLine, Header, StatusLine
from icetui.panes.copying import copied, named
from icetui.panes.drawings import draw
from icetui.panes.job_table import JobTable
from icetui.panes.lines_view import LinesView
from icetui.panes.spans import Fixed, Span, plain
from icetui.panes.telling import failure, failure_text
from icetui.results import Transcript
from icetui.screens.room import Room, bindings_of

if TYPE_CHECKING:
    from icetui.session import Session


class Detail(Room):
    """One job, whole. `J` and `K` walk the list it was opened from.

    Args:
        session: who asks, and the clock.
        feed: of the job's family.
        table: the list it was opened from; its cursor walks along.
        job: what the list knows of it.
    """

    WHERE: ClassVar[Where] = "detail"
    BINDINGS = bindings_of("everywhere", "detail")

    class Arrived(Message):
        """The job was opened, or could not be."""

        def __init__(self, job_id: str, opened: Opened | None, error: IcetuiError | None) -> None:
            super().__init__()
            self.job_id = job_id
            self.opened = opened
            self.error = error

    class LaidOut(Message):
        """A page of a large answer is ready."""

        def __init__(self, key: tuple[int, int, int], sheet: pages.Sheet) -> None:
            super().__init__()
            self.key = key
            self.sheet = sheet

    def __init__(self, session: Session, feed: Feed, table: JobTable, job: Job) -> None:
        super().__init__()
        self.session = session
        self.feed = feed
        self.job = job
        self.opened: Opened | None = None
        self.tab = 0
        self._table = table
        self._error: IcetuiError | None = None
        self._sheet = pages.Sheet(Fixed([]))
        self._places: dict[int, int] = {}
        self._paused = False
        self._late: Detail.Arrived | None = None
        self._again = asyncio.Event()
        self._laid: tuple[tuple[int, int, int], pages.Sheet] | None = None

    def compose(self) -> ComposeResult:
        """Header, what job, tabs, text, status, keys."""
        yield Header()
        yield StatusLine(id="what")
        yield StatusLine(id="tabs")
        yield LinesView(id="page", cursor=True)
        yield StatusLine(id="status")
        yield BottomLine()

    @property
    def view(self) -> LinesView:
        """The text of the tab."""
        return self.query_one("#page", LinesView)

    def on_mount(self) -> None:
        """What the list knows is shown before anything is asked."""
        self.query_one(Header).show(self.program.tabs(self.feed.family.name), self.program.who())
        self.show_keys()
        self.view.focus()
        self._show()
        self._open(self.job.id)

    def on_resize(self) -> None:
        """Texts are broken anew."""
        self._show(keep=True)

    @property
    def status(self) -> StatusLine:
        """The lower one; the others are titles."""
        return self.query_one("#status", StatusLine)

    def freshness(self) -> Sequence[Span] | str:
        """Whether it is still refreshed."""
        if self.job.state.terminal:
            return ""
        if self._paused:
            return [("paused, p goes on", "warn")]
        return [(f"live, every {self.feed.interval:g} s", "dim")]

    # -- opening

    @work(group="open", exclusive=True)
    async def _open(self, job_id: str, again: bool = False) -> None:
        """Opens the job, and again each interval until it has ended or the service has said no."""
        failures = 0
        while True:
            self._again.clear()
            failed: IcetuiError | None = None
            try:
                opened = await self.feed.open(job_id, again=again)
            except Refusal as error:
                # The same question would get the same answer: only a person asks again (r).
                self.post_message(self.Arrived(job_id, None, error))
                return
            except IcetuiError as error:
                failed = error
                self.post_message(self.Arrived(job_id, None, error))
            else:
                self.post_message(self.Arrived(job_id, opened, None))
                if opened.job.state.terminal:
                    return
            failures = failures + 1 if failed is not None else 0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), self.feed.pause_after(failures, failed))
            while self._paused or not self.is_current:
                await self._again.wait()
                self._again.clear()
            again = True

    def on_screen_resume(self) -> None:
        """Visible again: what waited may go on."""
        self._again.set()

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        if event.job_id != self.job.id:
            return
        if self.held:
            self._late = event
            return
        first = self.opened is None
        self._error = event.error
        if event.opened is not None:
            self.opened = event.opened
            self.job = event.opened.job
        self._show(keep=not first)

    def release_hold(self) -> None:
        """What came while a prompt was open is shown now."""
        late, self._late = self._late, None
        if late is not None:
            self.post_message(late)

    # -- drawing

    def _show(self, *, keep: bool = False) -> None:
        if not self.is_mounted:
            return
        cells = max(24, self.app.size.width - 2)
        self._sheet = self._page(cells)
        title = clean(self.job.title)
        self.query_one("#what", StatusLine).show(
            [
                *pages.state_spans(self.job, ascii_only=self.session.ascii),
                (f"  {clean(self.job.type)}", "key"),
                (f"  {clean(self.job.id)}", "dim"),
                (f"  {title}", "title"),
            ]
        )
        self.query_one("#tabs", StatusLine).show(self._tab_spans())
        view = self.view
        view.show(self._sheet.lines, keep=keep)
        if self.finding:
            view.find(self.finding)
        self._say_state()

    def _page(self, cells: int) -> pages.Sheet:
        """The tab's page; of a large answer its text, while a thread lays the page out."""
        opened = self.opened
        if opened is not None and self.tab in (1, 3, 4) and len(opened.answer.text) > pages.LARGE:
            key = (self.tab, cells, id(opened))
            if self._laid is not None and self._laid[0] == key:
                return self._laid[1]
            self._lay_out(key, self.tab, opened, cells)
            return pages.unlaid(opened)
        return self._made(self.tab, opened, cells)

    def _made(self, tab: int, opened: Opened | None, cells: int) -> pages.Sheet:
        why = (
            "asking…"
            if self._error is None
            else "could not be opened; the reason stands below, r tries again"
        )
        now, ascii_only = self.session.clock(), self.session.ascii
        return pages.page(tab, self.job, opened, cells, now, ascii_only=ascii_only, why=why)

    def _lay_out(self, key: tuple[int, int, int], tab: int, opened: Opened, cells: int) -> None:
        # A daemon thread, not a worker: quitting waits for workers.
        def work() -> None:
            self.post_message(self.LaidOut(key, self._made(tab, opened, cells)))

        threading.Thread(target=work, daemon=True, name="lay-out").start()

    @on(LaidOut)
    def _laid_out(self, event: LaidOut) -> None:
        self._laid = (event.key, event.sheet)
        self._show(keep=False)

    def _tab_spans(self) -> list[Span]:
        spans: list[Span] = []
        for n, name in enumerate(pages.TABS):
            words = name
            if n == 2 and self.job.subjobs:
                words += f" ({len(self.job.subjobs)})"
            spans += [(f"[{words}]", "title")] if n == self.tab else [(f" {words} ", "dim")]
            spans.append((" ", ""))
        return spans

    def _say_state(self) -> None:
        if self._error is not None:
            self.tell(failure(self._error))
            return
        if self.finding:
            self.say_found(self.view.found)
            return
        at, rows = self._table.position
        said = f"job {at:,} of {rows:,}"
        if self._sheet.note:
            said += f"  {self._sheet.note}"
        self.tell(said)

    # -- tabs and jobs

    def _go_to_tab(self, tab: int) -> None:
        self._places[self.tab] = self.view.point
        self.tab = tab % len(pages.TABS)
        self._show()
        self.view.go(self._places.get(self.tab, 0))

    def action_tab_next(self) -> None:
        """The next tab."""
        self._go_to_tab(self.tab + 1)

    def action_tab_previous(self) -> None:
        """The tab before."""
        self._go_to_tab(self.tab - 1)

    def _step(self, by: int) -> None:
        job = self._table.step(by)
        if job is None or job.id == self.job.id:
            self.say("No more jobs that way." if self._table.shown else "", "dim")
            return
        self.job, self.opened, self._error = job, None, None
        self._places.clear()
        self._show()
        self._open(job.id)

    def action_job_next(self) -> None:
        """The next job of the list."""
        self._step(1)

    def action_job_previous(self) -> None:
        """The job before."""
        self._step(-1)

    def action_transcript(self) -> None:
        """Goes to the transcript, on the Result tab."""
        if self.opened is None:
            return
        line = 0
        for result in self.opened.results:
            if isinstance(result.value, Transcript):
                self._go_to_tab(1)
                # Past what it is, how much there is, and the names of the columns: on the first cue.
                self.view.go(line + 3)
                return
            line += len(draw(result, self.app.size.width - 2)) + 1
        self.say("This job has no transcript.", "dim")

    def action_wrap(self) -> None:
        """Wraps long lines, or cuts them again."""
        self.view.wrap = not self.view.wrap

    def action_refresh(self) -> None:
        """Asks for the job again, finished or not."""
        self.tell("asking…", "dim")
        self._open(self.job.id, again=True)

    def action_pause(self) -> None:
        """Stops or goes on refreshing."""
        self._paused = not self._paused
        self._again.set()
        self._say_state()

    def action_family(self, name: str) -> None:
        """Goes back to the lists, to another family."""
        self.app.pop_screen()
        self.app.call_later(self.program.browse.action_family, name)

    # -- find, copy, plain

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the tab."""
        return self.view.find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """The next hit in the tab."""
        return self.view.find_next(by)

    def action_close(self) -> None:
        """Esc first ends a find, then goes back."""
        if self.finding:
            self.finding = ""
            self.view.find("")
            self._say_state()
            return
        super().action_close()

    def copyable(self, what: str) -> tuple[str, str]:
        """Of this job; a URL is the one of the block at the cursor."""
        if what == "command":
            return self.program.command_for(self.job), "the command"
        if what == "here":
            lines = self.view.lines
            here = plain(lines.line(self.view.point)).strip() if len(lines) else ""
            return here, "the line" if here else "this line is empty"
        if what == "id":
            return self.job.id, "the job ID"
        if self.opened is None:
            if what == "error" and self._error is not None:
                return failure_text(self._error), "the error"
            return "", "the job is not open yet"
        if what == "url" and self._sheet.urls:
            url = self._sheet.url(self.view.point)
            return (url, named(url)) if url else ("", "there is no URL here")
        return copied(self.opened, what)

    def plain_text(self) -> str:
        """The tab, unboxed and uncut."""
        lines = self._made(self.tab, self.opened, 10_000).lines
        return "\n".join(plain(lines.line(y)) for y in range(len(lines)))
