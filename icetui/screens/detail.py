"""An opened job: a row of tabs, one pane each, refreshed until the job has ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from icetui.call import Answer
from icetui.clean import clean
from icetui.errors import IcetuiError, Refusal
from icetui.families.base import Opened
from icetui.feed import Feed
from icetui.job import Job, Subjob
from icetui.keymap import Where
from icetui.openings import Opener
from icetui.panes import pages, sheets, telling, tree_leaf
from icetui.panes.axis import TimelineLeaf
from icetui.panes.bars import BottomLine, Header, StatusLine
from icetui.panes.copying import copied
from icetui.panes.leaf import Leaf, Told
from icetui.panes.lines_view import LinesView
from icetui.panes.media import MediaLeaf
from icetui.panes.spans import Span
from icetui.panes.telling import failure, failure_text
from icetui.panes.transcript import Meant, TranscriptLeaf
from icetui.parts import Parts, explained, unexplained
from icetui.pulse import STEADY
from icetui.screens.exporting import Exported, Exporting
from icetui.screens.links import Links
from icetui.screens.room import bindings_of
from icetui.screens.subjobs import SubjobWalk, Walked, as_job
from icetui.transcripts import timed_texts

if TYPE_CHECKING:
    from icetui.session import Session

LEAVES: tuple[type[Leaf], ...] = (
    sheets.SummaryLeaf,
    tree_leaf.ResultLeaf,
    TranscriptLeaf,
    MediaLeaf,
    TimelineLeaf,
    tree_leaf.ParametersLeaf,
    tree_leaf.RawLeaf,
)
"""The tabs, in their order."""

RESULT, TRANSCRIPT = 1, 2
"""Places in `LEAVES` that keys and a vanished tab go to."""


class Detail(Links):
    """One job, whole. `J` and `K` walk the list it was opened from.

    Args:
        session: who asks, and the clock.
        feed: of the job's family.
        table: the list it was opened from; its cursor walks along.
        job: what the list knows of it.
        parent_job: the job it is a part of, or None.
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

    class Explained(Message):
        """The subjobs were listed for the reasons that their batch left out."""

        def __init__(self, job_id: str, subjobs: tuple[Subjob, ...], error: IcetuiError | None) -> None:
            super().__init__()
            self.job_id = job_id
            self.subjobs = subjobs
            self.error = error

    class Heard(Message):
        """A large answer has come that is not decoded yet."""

        def __init__(self, job_id: str, answer: Answer) -> None:
            super().__init__()
            self.job_id = job_id
            self.answer = answer

    def __init__(
        self, session: Session, feed: Opener, table: Walked, job: Job, parent_job: Job | None = None
    ) -> None:
        super().__init__()
        self.session = session
        self.feed = feed
        self.job = job
        self.opened: Opened | None = None
        self.tab = 0
        self.found = {}
        self.parent_job = parent_job
        self._table = table
        self._listed: dict[str, tuple[Subjob, ...]] = {}
        self._error: IcetuiError | None = None
        self._answer: Answer | None = None
        self._leaves: tuple[Leaf, ...] = ()
        self._told: Told | None = None
        self._shown: dict[int, Told] = {}
        self._paused = False
        self._late: Detail.Arrived | None = None
        self._again = asyncio.Event()
        self._under_way = 0
        self._stopped = False
        # When the job changed, or a person asked, last; when it was asked for last; how often that is.
        self._moved = self._asked_at = session.clock()
        self._rhythm = STEADY

    def compose(self) -> ComposeResult:
        """Header, what job, tabs, a pane for each of them, status, keys."""
        yield Header()
        yield StatusLine(id="what")
        yield StatusLine(id="tabs")
        self._leaves = tuple(made() for made in LEAVES)
        self._transcript.limits = self.session.settings.transcript
        for n, leaf in enumerate(self._leaves):
            leaf.display = n == self.tab
            yield leaf
        yield StatusLine(id="status")
        yield BottomLine()

    @property
    def leaf(self) -> Leaf:
        """The pane of the tab."""
        return self._leaves[self.tab]

    @property
    def view(self) -> LinesView:
        """The text of the tab."""
        return self.leaf if isinstance(self.leaf, LinesView) else self.leaf.query_one(LinesView)

    @property
    def _transcript(self) -> TranscriptLeaf:
        leaf = self._leaves[TRANSCRIPT]
        assert isinstance(leaf, TranscriptLeaf)
        return leaf

    def on_mount(self) -> None:
        """What the list knows is shown before anything is asked."""
        self.query_one(Header).show(
            self.program.tabs((self.parent_job or self.job).family), self.program.who()
        )
        for view in self.query(LinesView):
            view.tells = self._pointed
        self.show_keys()
        self.leaf.enter()
        self._show()
        self._open(self.job.id)

    def on_resize(self) -> None:
        """Texts are broken anew."""
        self._show()

    @property
    def places(self) -> tuple[Where, ...]:
        """The pane of the tab comes before the screen."""
        return (*self.leaf.places, self.WHERE) if self._leaves else (self.WHERE,)

    @property
    def status(self) -> StatusLine:
        """The lower one; the others are titles."""
        return self.query_one("#status", StatusLine)

    def freshness(self) -> Sequence[Span] | str:
        """Whether it is still refreshed."""
        if self._stopped:
            return [("stopped, r asks again", "warn")]
        if self._under_way and (hindered := telling.obstacles(self.session.traffic)):
            return hindered
        if self.job.state.terminal:
            return ""
        if self._paused:
            return [("paused, p goes on", "warn")]
        return telling.live(self._rhythm) if self._rhythm.seconds else ""

    def calls(self) -> Sequence[Span]:
        """Of the profile, while it is asked."""
        if self._paused or self._stopped or self.job.state.terminal:
            return ()
        settings = self.session.settings
        return telling.calls(self.session.traffic, settings.calls_per_minute, 60 / settings.interval)

    def came_back(self) -> None:
        """The job is asked for when that is due by what holds now."""
        if self._rhythm.why == "away":
            clock = self.session.clock()
            due = (
                self.feed.rhythm_of(self.job, self._moved).seconds - (clock - self._asked_at).total_seconds()
            )
            self.set_timer(max(0.01, due), self._again.set)

    def stop(self) -> bool:
        """Stops asking for the job; what came is kept."""
        if not self._under_way:
            return False
        self.workers.cancel_group(self, "open")
        self._stopped = True
        self._show()
        return True

    # -- opening

    @work(group="open", exclusive=True)
    async def _open(self, job_id: str, again: bool = False) -> None:
        """Opens the job, and again each interval until it has ended or the service has said no."""
        failures = 0
        word = None
        self._stopped = False
        self._moved = self.session.clock()
        while True:
            self._again.clear()
            failed: IcetuiError | None = None
            self._asked_at = self.session.clock()
            self._under_way += 1
            try:
                opened = await self.feed.open(job_id, again=again, heard=self._heard)
            except Refusal as error:
                # The same question would get the same answer: only a person asks again (r).
                self.post_message(self.Arrived(job_id, None, error))
                return
            except IcetuiError as error:
                failed = error
                self._rhythm = self.feed.rhythm_of(self.job, self._moved)
                self.post_message(self.Arrived(job_id, None, error))
            else:
                if opened.job.state_word != word:
                    word, self._moved = opened.job.state_word, self.session.clock()
                self._rhythm = self.feed.rhythm_of(opened.job, self._moved)
                self.post_message(self.Arrived(job_id, opened, None))
                if opened.job.state.terminal:
                    return
            finally:
                self._under_way -= 1
            failures = failures + 1 if failed is not None else 0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self._again.wait(), self.feed.pause_after(failures, failed, self._rhythm)
                )
            while self._paused or not self.is_current:
                await self._again.wait()
                self._again.clear()
            again = True

    def _heard(self, answer: Answer) -> None:
        """A large answer has come: its text can be read while it is decoded."""
        self.post_message(self.Heard(self.job.id, answer))

    @on(Heard)
    def _show_heard(self, event: Heard) -> None:
        if event.job_id == self.job.id and self.opened is None and not self.held:
            self._answer = event.answer
            self._show()

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
        self._error = event.error
        self.retold(event.opened)

    def retold(self, opened: Opened | None = None) -> None:
        """Shows what is known now, with the reasons of subjobs as far as they were asked for."""
        if opened is not None:
            self.opened, self.job = opened, opened.job
            self._answer = None
        subjobs, listed = self.job.subjobs, self._listed.get(self.job.id)
        if listed is not None:
            self.job = replace(self.job, subjobs=explained(subjobs, listed))
        elif unexplained(subjobs) and isinstance(self.feed, Feed) and self.feed.parts is not None:
            self._listed[self.job.id] = ()
            self._explain(self.job.id, self.feed.parts)
        self._show()

    @work(group="explain")
    async def _explain(self, job_id: str, parts: Parts) -> None:
        """Asks why subjobs failed, where the job did not say it."""
        try:
            listed = await parts.listed(job_id)
        except IcetuiError as error:
            self.post_message(self.Explained(job_id, (), error))
        else:
            self.post_message(self.Explained(job_id, listed, None))

    @on(Explained)
    def _explained(self, event: Explained) -> None:
        if event.error is not None:
            if event.job_id == self.job.id:
                self.say(failure(event.error))
            return
        self._listed[event.job_id] = event.subjobs
        if event.job_id == self.job.id:
            self.retold()

    def release_hold(self) -> None:
        """What came while a prompt was open is shown now."""
        late, self._late = self._late, None
        if late is not None:
            self.post_message(late)

    # -- drawing

    def _show(self) -> None:
        """Gives the visible leaf what is known now; the others get it when they are looked at."""
        if not self._leaves:
            return
        why = "asking…" if self._answer is None else f"reading {pages.size(self._answer)}…"
        if self._stopped:
            why = "stopped; r asks again"
        if self._error is not None:
            why = "could not be opened; the reason stands below, r tries again"
        self._told = Told(
            self.job,
            self.opened,
            self.session.clock(),
            why,
            self.session.ascii,
            dict(self.found),
            self._answer,
        )
        if self.opened is not None and not LEAVES[self.tab].offered(self._told):
            self._turn_to(RESULT)
        self.query_one("#what", StatusLine).show(
            [
                *pages.state_spans(self.job, ascii_only=self.session.ascii),
                (f"  {clean(self.job.type)}", "key"),
                (f"  {clean(self.job.id)}", "dim"),
                (f"  {clean(self.job.title)}", "title"),
            ]
        )
        self._fill()

    def _fill(self) -> None:
        """The row of tabs and the visible leaf."""
        told = self._told
        assert told is not None
        self.query_one("#tabs", StatusLine).show(self._tab_spans(told))
        before = self._shown.get(self.tab)
        if before is not told:
            keep = before is not None and before.job.id == told.job.id and before.opened is not None
            self._shown[self.tab] = told
            self.leaf.take(told, keep=keep)
        self.leaf.find(self.finding)
        self._say_state()
        if not self.held:
            self.show_keys()

    def _tab_spans(self, told: Told) -> list[Span]:
        shown = [(n, leaf) for n, leaf in enumerate(LEAVES) if n == self.tab or leaf.offered(told)]
        # Where they do not all fit side by side, blanks go first.
        taken = sum(len(leaf.title(told)) + 3 for _, leaf in shown)
        pad, between = (" ", " ") if taken <= self.app.size.width + 1 else ("", " ")
        spans: list[Span] = []
        # The tab one is on is seen whatever goes for it.
        while shown[0][0] != self.tab:
            until = sum(len(leaf.title(told)) + 2 * len(pad) + 1 for n, leaf in shown if n < self.tab)
            if until + len(LEAVES[self.tab].title(told)) + 4 <= self.app.size.width:
                break
            del shown[0]
            spans = [("… ", "dim")]
        for n, leaf in shown:
            if n == self.tab:
                spans.append((f"[{leaf.title(told)}]", "title"))
            else:
                spans.append((f"{pad}{leaf.title(told)}{pad}", "" if leaf.has(told) else "dim"))
            spans.append((between, ""))
        return spans

    def _say_state(self) -> None:
        if self._error is not None:
            self.tell(failure(self._error))
            return
        if self.finding:
            self.say_found(self.leaf.found)
            return
        at, rows = self._table.position
        said: list[Span] = [(f"{'job' if self.parent_job is None else 'subjob'} {at:,} of {rows:,}", "")]
        note = self.leaf.note
        if note:
            said += [("  ", ""), *([(note, "")] if isinstance(note, str) else note)]
        self.tell(said)

    def _pointed(self) -> None:
        """The point moved: what is said of it goes into the same frame."""
        if self.is_mounted:
            self._say_state()
            if not self.held:
                self.show_keys()

    @on(Leaf.Noted)
    @on(LinesView.Pointed)
    def _noted(self) -> None:
        self._say_state()
        if not self.held:
            self.show_keys()

    @on(Leaf.Said)
    def _said(self, event: Leaf.Said) -> None:
        self.say(event.words, event.style)

    @on(Leaf.Asked)
    def _asked(self, event: Leaf.Asked) -> None:
        self.ask(event.label, event.then, value=event.value)

    @on(Leaf.Copied)
    def _copy_asked(self, event: Leaf.Copied) -> None:
        self.copy(event.text, event.name)

    # -- tabs and jobs

    def _turn_to(self, tab: int) -> None:
        """Another leaf is visible and has the keys."""
        if tab != self.tab:
            before, self.tab = self.leaf, tab
            before.display = False
            self.leaf.display = True
            self.leaf.enter()

    def _go_to_tab(self, tab: int) -> None:
        self._turn_to(tab)
        self._fill()

    def _tab_step(self, by: int) -> None:
        told = self._told
        if told is None:
            return
        tab = (self.tab + by) % len(LEAVES)
        while not LEAVES[tab].offered(told):
            tab = (tab + by) % len(LEAVES)
        self._go_to_tab(tab)

    def action_tab_next(self) -> None:
        """The next tab."""
        self._tab_step(1)

    def action_tab_previous(self) -> None:
        """The tab before."""
        self._tab_step(-1)

    def _step(self, by: int) -> None:
        job = self._table.step(by)
        if job is None or job.id == self.job.id:
            self.say("No more jobs that way." if self._table.shown else "", "dim")
            return
        self.job, self.opened, self._error, self._answer = job, None, None, None
        self.found = {}
        self._show()
        self._open(job.id)

    def action_job_next(self) -> None:
        """The next job of the list."""
        self._step(1)

    def action_job_previous(self) -> None:
        """The job before."""
        self._step(-1)

    def action_transcript(self) -> None:
        """Goes to the transcript."""
        told = self._told
        if told is None or told.opened is None:
            return
        if LEAVES[TRANSCRIPT].offered(told):
            self._go_to_tab(TRANSCRIPT)
        else:
            self.say("This job has no transcript.", "dim")

    def action_wrap(self) -> None:
        """Wraps long lines, or cuts them again."""
        if not self.leaf.turn_wrap():
            self.say("Nothing is wrapped here.", "dim")

    def action_form(self) -> None:
        """Shows another form of the same: drawn, decoded, as sent."""
        if self.leaf.turn_form():
            self._fill()
        else:
            self.say("There is one form of this.", "dim")

    def action_refresh(self) -> None:
        """Asks for the job again, finished or not."""
        if self._stopped:
            self._stopped = False
            self._show()
        self.tell("asking…", "dim")
        self._open(self.job.id, again=True)

    def action_pause(self) -> None:
        """Stops or goes on refreshing."""
        self._paused = not self._paused
        self._again.set()
        self._say_state()

    def action_compare(self) -> None:
        """Holds this job against the marked one; without a mark, asks for an ID."""
        from icetui.screens.compare import Compare, Wanted, two_of

        here = Wanted.of(self.job)
        others = [each for each in self.program.browse.marked() if each != here]
        if len(others) == 1:
            self.app.push_screen(Compare(self.session, Wanted(*others[0]), here))
        elif others:
            self.say(str(two_of(self.program.browse, None)), "warn")
        else:
            self.ask("compare with the job (ID): ", self._compare_with)

    def _compare_with(self, text: str) -> None:
        from icetui.screens.compare import Compare, Wanted

        if job_id := text.strip():
            self.app.push_screen(Compare(self.session, Wanted.of(self.job), Wanted(job_id)))

    def action_family(self, name: str) -> None:
        """Goes back to the lists, to another family."""
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, Detail):
            below.action_family(name)
        else:
            self.app.call_later(self.program.browse.action_family, name)

    @on(MediaLeaf.Chosen)
    def _subjob_chosen(self, event: MediaLeaf.Chosen) -> None:
        """Opens a subjob as a job; Esc comes back to its line."""
        leaf = self.leaf
        parts = self.feed.parts if isinstance(self.feed, Feed) else None
        if parts is None or not event.subjob.id or not isinstance(leaf, MediaLeaf):
            self.say("This subjob cannot be opened: it has no ID.", "warn")
            return
        walk = SubjobWalk(self.job, event.subjob.id, lambda at: leaf.point_at(f"subjob {at}"))
        job = as_job(event.subjob, self.job)
        self.app.push_screen(Detail(self.session, parts, walk, job, parent_job=self.job))

    @on(MediaLeaf.Followed)
    def _url_followed(self) -> None:
        self.action_open_url()

    # -- find, copy, plain

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the tab."""
        return self.leaf.find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """The next hit in the tab."""
        return self.leaf.find_next(by)

    def action_close(self) -> None:
        """Esc first ends a find, then what the pane has begun, then goes back."""
        if self.finding:
            self.finding = ""
            self.leaf.find("")
            self._say_state()
        elif not self.leaf.cancel():
            super().action_close()

    def copyable(self, what: str) -> tuple[str, str]:
        """Of what stands at the cursor, or of this job."""
        if what == "command":
            return self.program.command_for(self.parent_job or self.job), "the command"
        if what == "id":
            return self.job.id, "the job ID"
        if what == "file":
            last = self.program.exported
            return (str(last), "the path of the file") if last else ("", "no file was exported yet (x)")
        here = self.leaf.copyable(what)
        if here is not None:
            return here
        if self.opened is None:
            if what == "error" and self._error is not None:
                return failure_text(self._error), "the error"
            return "", "the job is not open yet"
        return copied(self.opened, what)

    # -- files

    def meant(self) -> Meant | None:
        """The transcript that a copy or a file is wanted of: on its tab the marked cues, else all of it."""
        told = self._told
        if told is None or told.opened is None:
            return None
        if LEAVES[self.tab] is TranscriptLeaf:
            return self._transcript.meant()
        texts = timed_texts(told.opened.results)
        return Meant(texts[0], 1 if len(texts) > 1 else 0) if texts else None

    def action_export(self, form: str) -> None:
        """Writes a file; JSON is the transcript's on its tab, else the answer's."""
        if form == "json" and LEAVES[self.tab] is not TranscriptLeaf:
            form = "answer"
        Exporting(self).export(form)

    def action_export_folder(self) -> None:
        """Asks where files go."""
        Exporting(self).ask_folder()

    @on(Exported)
    def _exported(self, event: Exported) -> None:
        Exporting(self).told(event)

    def plain_text(self) -> str:
        """The tab, unboxed and uncut."""
        return self.leaf.plain_text()
