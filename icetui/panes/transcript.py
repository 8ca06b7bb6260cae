"""The transcript of an opened job: cues with times, marks and warnings; only the chosen cue is whole."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from icetui.clean import clean
from icetui.cue_checks import Warnings, check, known, tally
from icetui.errors import Misuse
from icetui.keymap import Where
from icetui.panes.bars import StatusLine
from icetui.panes.cue_lines import Clock, CueLines
from icetui.panes.drawings import extent
from icetui.panes.leaf import Leaf, Told
from icetui.panes.lines_view import LinesView
from icetui.panes.moves import bound
from icetui.panes.spans import Fixed, Span
from icetui.settings import Reading
from icetui.subtitles import txt
from icetui.timecodes import parse_jump, timecode
from icetui.transcripts import TimedText, timed_texts

AT_ONCE = 1_000
"""Cues that are checked before they are painted: a few ms, less than painting them twice."""


@dataclass(slots=True)
class _Shown:
    """One transcript as it is looked at.

    Attributes:
        text: what it is.
        lines: how it is drawn.
        clock: which cue stands at a time; None until somebody asks.
        marks: the marked cues.
        line: the chosen cue, while another transcript is looked at.
    """

    text: TimedText
    lines: CueLines
    clock: Clock | None = None
    marks: frozenset[int] = field(default_factory=frozenset)
    line: int = 0

    @property
    def times(self) -> Clock:
        if self.clock is None:
            self.clock = Clock(self.text.transcript.cues)
        return self.clock


@dataclass(frozen=True, slots=True)
class Meant:
    """What is to be copied or exported of the transcripts of a job.

    Attributes:
        text: the transcript that is looked at, or the first.
        place: its number from 1 where the job has several, else 0.
        marked: the marked cues, or None for all.
    """

    text: TimedText
    place: int = 0
    marked: frozenset[int] | None = None

    @property
    def words(self) -> str:
        """``12 marked cues of 340``, ``340 cues``, ``1 cue``."""
        total = len(self.text.transcript.cues)
        if self.marked is None:
            return f"{total:,} cue{'' if total == 1 else 's'}"
        count = len(self.marked)
        return f"{count:,} marked cue{'' if count == 1 else 's'} of {total:,}"


class TranscriptLeaf(Leaf):
    """The transcripts of a job, one at a time.

    What is wrong with many cues, and what finds text in them fast, is found out in a thread; the cues can
    be read meanwhile.

    Attributes:
        limits: when a cue is worth a warning; set before anything is taken.
    """

    TITLE = "Transcript"
    WHERE: ClassVar[tuple[Where, ...]] = ("transcript",)
    BINDINGS: ClassVar[list[BindingType]] = bound("transcript")
    DEFAULT_CSS = """
    TranscriptLeaf { height: 1fr; layout: vertical; overflow: hidden hidden; }
    """
    can_focus = False

    class Checked(Message):
        """What is wrong with a transcript is known."""

        def __init__(self, shown: object, warnings: Warnings) -> None:
            super().__init__()
            self.shown = shown
            self.warnings = warnings

    def __init__(self, limits: Reading | None = None) -> None:
        super().__init__()
        self.limits = Reading() if limits is None else limits
        self._told: Told | None = None
        self._all: tuple[_Shown, ...] = ()
        self._at = 0
        self._anchor: int | None = None
        self._before: frozenset[int] = frozenset()  # the marks when the range began
        self._sought = ""

    def compose(self) -> ComposeResult:
        """What it is, the names of the columns, the cues."""
        yield StatusLine(id="transcript-what")
        yield StatusLine(id="transcript-names")
        yield LinesView(cursor=True, whole=True)

    @property
    def view(self) -> LinesView:
        """The cues."""
        return self.query_one(LinesView)

    # -- the row of tabs

    @classmethod
    def title(cls, told: Told) -> str:
        """With the number of transcripts where there are several."""
        several = len(timed_texts(told.opened.results)) if told.opened is not None else 0
        return f"{cls.TITLE} ({several})" if several > 1 else cls.TITLE

    @classmethod
    def offered(cls, told: Told) -> bool:
        """Whether there is a transcript."""
        return told.opened is not None and bool(timed_texts(told.opened.results))

    # -- what it is given

    def take(self, told: Told, *, keep: bool) -> None:
        """Shows the transcript that was looked at, or the first."""
        self._told = told
        self.view.ascii_only = told.ascii_only
        texts = timed_texts(told.opened.results) if told.opened is not None else ()
        if keep and texts and texts == tuple(each.text for each in self._all):
            return
        before = self._all if keep else ()
        if not keep:
            self._at, self._anchor = 0, None
        else:
            self._leave()
        self._all = tuple(
            self._made(text, before[n] if n < len(before) else None) for n, text in enumerate(texts)
        )
        self._at = min(self._at, max(0, len(self._all) - 1))
        self._enter()

    def _made(self, text: TimedText, before: _Shown | None) -> _Shown:
        """A transcript to look at, at the place and with the marks of the one it comes instead of."""
        shown = _Shown(text, CueLines(text.transcript, margin=True))
        if before is not None:
            cues = len(text.transcript.cues)
            shown.line = min(before.line, max(0, cues - 1))
            shown.marks = frozenset(n for n in before.marks if n < cues)

        if len(text.transcript.cues) <= AT_ONCE:
            shown.lines = shown.lines.told(check(text.transcript, self.limits))
            return shown

        def work() -> None:
            warnings = check(text.transcript, self.limits)
            shown.lines.ready()
            # The time table is left to whoever first asks for a time: it is quick.
            self.post_message(self.Checked(shown, warnings))

        # A daemon thread, not a worker: quitting waits for workers.
        threading.Thread(target=work, daemon=True, name="check-cues").start()
        return shown

    @on(Checked)
    def _checked(self, event: Checked) -> None:
        event.stop()
        shown = next((each for each in self._all if each is event.shown), None)
        if shown is None:
            return
        shown.lines = shown.lines.told(event.warnings)
        if shown is self._shown:
            self.view.show(shown.lines, keep=True)
            self.post_message(self.Noted())

    @property
    def _shown(self) -> _Shown | None:
        return self._all[self._at] if self._all else None

    def _leave(self) -> None:
        """Remembers the place in the transcript that is looked at."""
        if self._shown is not None:
            self._shown.line = self.view.point
            self._shown.marks = self._settled()
        self._anchor = None

    def _enter(self) -> None:
        """Shows the transcript that is looked at now."""
        shown, view = self._shown, self.view
        if shown is None:
            why = self._told.why if self._told is not None else ""
            self.query_one("#transcript-what", StatusLine).show(why, style="dim")
            self.query_one("#transcript-names", StatusLine).show("")
            view.show(Fixed())
            return
        self.query_one("#transcript-what", StatusLine).show(self._what(shown))
        self.query_one("#transcript-names", StatusLine).show([("  ", ""), *shown.lines.names()])
        view.show(shown.lines)
        view.marks = shown.marks
        view.go(shown.line)
        self.post_message(self.Noted())

    def _what(self, shown: _Shown) -> list[Span]:
        """``transcript 2 of 3, T: next  340 cues, to 0:05:12.000  JobResult.AiResult``."""
        several = len(self._all)
        said: list[Span] = [("transcript", "title")]
        if several > 1:
            said = [(f"transcript {self._at + 1} of {several}", "title"), (", T: next", "dim")]
        said += [(f"  {extent(shown.text.transcript)}", ""), (f"  {clean(shown.text.path)}", "dim")]
        if shown.text.note:
            said.append((f"  {shown.text.note}", "dim"))
        if shown.text.repaired:
            said.append(("  repaired: the JSON was broken in a way with one certain reading", "warn"))
        return said

    def enter(self) -> None:
        """The cues take the keys."""
        self.view.focus(scroll_visible=False)

    # -- find

    def find(self, text: str) -> tuple[int, int]:
        """Finds in what is said, not in the times."""
        self._sought = text
        return self.view.find(text)

    def find_next(self, by: int = 1) -> tuple[int, int]:
        """Goes to another cue that says it."""
        return self.view.find_next(by)

    @property
    def found(self) -> tuple[int, int]:
        """Which of the cues that say it."""
        return self.view.found

    # -- what it tells

    @property
    def note(self) -> str | list[Span]:
        """``cue 34 of 340  3 warnings: 2 overlaps, 1 gap  2 marked``."""
        shown = self._shown
        if shown is None:
            return ""
        at, total = self.view.position
        said: list[Span] = [(f"cue {at:,} of {total:,}", "")]
        if self._anchor is not None:
            return [*said, (f"  range from cue {self._anchor + 1:,}: v marks it, Esc drops it", "title")]
        if shown.lines.warnings is None:
            said.append(("  checking…", "dim"))
        elif wrong := tally(shown.lines.warnings):
            said.append((f"  {wrong}", "warn"))
        marks = len(self.view.marks)
        if marks:
            said.append((f"  {marks:,} marked", "mark"))
        return said

    @property
    def seconds(self) -> float | None:
        """The start of the chosen cue, where it is known."""
        shown = self._shown
        if shown is None or not shown.text.transcript.cues:
            return None
        return known(shown.text.transcript.cues[self.view.point].start)

    def meant(self) -> Meant | None:
        """What a copy or an export means: the marked cues, or all, of the transcript that is looked at."""
        shown = self._shown
        if shown is None:
            return None
        marks = self._settled()
        return Meant(shown.text, self._at + 1 if len(self._all) > 1 else 0, marks or None)

    def copyable(self, what: str) -> tuple[str, str] | None:
        """The words of the chosen cue, or the whole transcript."""
        shown = self._shown
        if shown is None:
            return None
        if what == "here":
            if not len(shown.lines):
                return "", "this transcript has no cues"
            text = shown.text.transcript.cues[self.view.point].text
            return text, f"cue {self.view.point + 1:,}" if text else "this cue has no text"
        if what == "transcript" and (meant := self.meant()) is not None:
            return txt(meant.text.transcript, meant.marked), meant.words
        return None

    def plain_text(self) -> str:
        """Every cue with its times, one below the other."""
        shown = self._shown
        if shown is None:
            return ""
        lines = [shown.lines.names(), *(shown.lines.line(y) for y in range(len(shown.lines)))]
        return "\n".join("".join(text for text, _ in line) for line in lines)

    # -- going places

    def action_jump(self) -> None:
        """Asks for a time and goes there."""
        if self._shown is not None and len(self._shown.lines):
            self.post_message(self.Asked(f"to a time, from {timecode(self.seconds)}: ", self._jump))

    def _jump(self, typed: str) -> None:
        if not typed:
            return
        shown = self._shown
        if shown is None:
            return
        try:
            wanted = parse_jump(typed).from_here(self.seconds or 0.0)
        except Misuse as error:
            self.post_message(self.Said(f"{error.message} {error.hint}", "warn"))
            return
        y = shown.times.at(wanted)
        if y is None:
            self.post_message(self.Said("No cue here has a time.", "warn"))
            return
        self.view.go(y)
        cue, of = shown.text.transcript.cues[y], f"cue {y + 1:,} of {len(shown.lines):,}"
        start, end = known(cue.start), known(cue.end)
        if start is not None and start > wanted:
            said = f"Nothing is said at {timecode(wanted)}: {of} is next."
        elif end is not None and end <= wanted:
            said = f"Nothing is said at {timecode(wanted)} any more: {of} is the last."
        else:
            said = f"{timecode(wanted)} is in {of}."
        self.post_message(self.Said(said))

    def action_seconds(self, by: float) -> None:
        """Goes some seconds on or back, at least to another cue."""
        shown = self._shown
        y = shown.times.moved(self.view.point, by) if shown is not None else None
        if y is None:
            self.post_message(
                self.Said("That is the last cue." if by > 0 else "That is the first cue.", "dim")
            )
        else:
            self.view.go(y)

    def action_warning(self, by: int) -> None:
        """Goes to another cue with a warning; past the last comes the first."""
        shown = self._shown
        if shown is None:
            return
        if shown.lines.warnings is None:
            self.post_message(self.Said("Still checking the cues…", "dim"))
            return
        warned = list(shown.lines.warnings)
        if not warned:
            self.post_message(self.Said("Nothing is wrong with these cues.", "good"))
            return
        here = self.view.point
        after = [n for n, y in enumerate(warned) if (y > here if by > 0 else y < here)]
        n = (after[0] if by > 0 else after[-1]) if after else (0 if by > 0 else len(warned) - 1)
        y = warned[n]
        self.view.go(y)
        # What is wrong with it stands below its words.
        around = "" if after else ", from the other end"
        said: list[Span] = [(f"warned cue {n + 1:,} of {len(warned):,}{around}", "")]
        self.post_message(self.Said([*said, (f"  {tally(shown.lines.warnings)}", "warn")]))

    def action_other(self) -> None:
        """Goes to the next transcript; after the last comes the first."""
        if len(self._all) < 2:
            self.post_message(self.Said("This job has one transcript.", "dim"))
            return
        self._leave()
        self._at = (self._at + 1) % len(self._all)
        self._enter()
        self.view.find(self._sought)

    # -- marks

    def action_range(self) -> None:
        """Begins a range, or ends the one that has begun."""
        if self._shown is None or not len(self._shown.lines):
            return
        if self._anchor is None:
            self._anchor, self._before = self.view.point, self.view.marks
            self._stretch()
        else:
            self.view.marks = self._ranged(turn=True)
            self._anchor = None
        self.post_message(self.Noted())

    def _ranged(self, *, turn: bool) -> frozenset[int]:
        """The marks with the range; `turn`: without it where all of it was marked before."""
        assert self._anchor is not None
        first, last = sorted((self._anchor, self.view.point))
        span = frozenset(range(first, last + 1))
        return self._before - span if turn and span <= self._before else self._before | span

    def _stretch(self) -> None:
        """The range is seen while it grows."""
        if self._anchor is not None:
            self.view.marks = self._ranged(turn=False)

    def _settled(self) -> frozenset[int]:
        """The marks without a range that has not ended."""
        return self.view.marks if self._anchor is None else self._before

    @on(LinesView.Pointed)
    def _pointed(self) -> None:
        self._stretch()

    @on(LinesView.Marked)
    def _marked(self, event: LinesView.Marked) -> None:
        event.stop()
        if self._anchor is not None:  # Space ends a range as v does
            self.view.marks = self._ranged(turn=True)
            self._anchor = None
        self.post_message(self.Noted())

    def cancel(self) -> bool:
        """Esc drops the range that has begun, then the marks."""
        if self._anchor is not None:
            self._anchor, self.view.marks = None, self._before
        elif self.view.marks:
            self.view.marks = frozenset()
        else:
            return False
        self.post_message(self.Noted())
        return True
