"""Two jobs side by side: what differs unfolded, what is the same folded away."""

from __future__ import annotations

import asyncio
import json
import shlex
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from icetui.clean import clean
from icetui.compare import WORDS, compared, ignoring, jq, json_path
from icetui.diff import Node, differences
from icetui.diff_text import as_json, json_of, line_of, summary
from icetui.errors import IcetuiError, NotFound
from icetui.families import FAMILIES
from icetui.families.base import Opened
from icetui.job import Job
from icetui.keymap import Where
from icetui.panes import pages
from icetui.panes.bars import BottomLine, StatusLine
from icetui.panes.diff_rows import SIDES_FROM, DiffRows, Form
from icetui.panes.lines_view import LinesView
from icetui.panes.moves import bound
from icetui.panes.spans import Fixed, Lines, Span, window
from icetui.panes.telling import failure, failure_lines, failure_text
from icetui.records import record
from icetui.screens.room import Room, bindings_of

if TYPE_CHECKING:
    from icetui.screens.browse import Browse
    from icetui.session import Session


class Wanted(NamedTuple):
    """A job to compare: its ID, and its family where that is known."""

    id: str
    family: str = ""

    @classmethod
    def of(cls, job: Job) -> Wanted:
        """A job that is listed."""
        return cls(job.id, job.family)


@record
class Compared:
    """Two opened jobs and what differs.

    Attributes:
        left: one.
        right: the other.
        ignores: whether times and IDs are left out.
        top: what differs.
    """

    left: Opened
    right: Opened
    ignores: bool
    top: Node


class DiffView(LinesView):
    """The rows of a comparison, with the keys that fold."""

    BINDINGS: ClassVar[list[BindingType]] = bound("compare")

    @property
    def rows(self) -> DiffRows | None:
        """What is shown, where it is a comparison."""
        return self.lines if isinstance(self.lines, DiffRows) else None

    def _folded(self, rows: DiffRows, y: int) -> None:
        """Rows came or went: the cursor stands on a row."""
        self.show(rows, keep=True)
        self.go(y)

    def action_unfold(self) -> None:
        """Unfolds, goes into what is unfolded."""
        rows = self.rows
        if rows is None or not len(rows):
            return
        if rows.unfold(self.point):
            self._folded(rows, self.point)
        elif not rows.node(self.point).leaf:
            self.go(self.point + 1)

    def action_open(self) -> None:
        """Unfolds or folds."""
        rows = self.rows
        if rows is not None and len(rows) and (rows.fold(self.point) or rows.unfold(self.point)):
            self._folded(rows, self.point)

    def action_fold(self) -> None:
        """Folds, or goes to what the row belongs to.

        Raises:
            SkipAction: at the root, where the key goes back.
        """
        rows = self.rows
        if rows is None or not len(rows):
            raise SkipAction
        if rows.fold(self.point):
            self._folded(rows, self.point)
            return
        above = rows.parent(self.point)
        if above is None:
            raise SkipAction
        self.go(above)

    def action_unfold_deep(self) -> None:
        """Unfolds all below the row."""
        rows = self.rows
        if rows is not None and len(rows) and rows.unfold(self.point, deep=True):
            self._folded(rows, self.point)

    def action_fold_deep(self) -> None:
        """Folds all below the row."""
        rows = self.rows
        if rows is not None and len(rows) and rows.fold(self.point, deep=True):
            self._folded(rows, self.point)

    def action_level(self, by: int) -> None:
        """Unfolds a level more, or folds the deepest that is unfolded."""
        rows = self.rows
        if rows is None or not len(rows):
            return
        node = rows.node(self.point)
        if rows.level(by):
            self._folded(rows, rows.y(node))


class Compare(Room):
    """Two jobs, the left one and the right one.

    Args:
        session: who asks, and the clock.
        left: one job.
        right: the other; it may be of another family.
    """

    WHERE: ClassVar[Where] = "compare"
    BINDINGS = bindings_of("everywhere", "compare")

    class Arrived(Message):
        """Both jobs were opened and compared, or one could not be opened."""

        def __init__(self, told: Compared | None, which: Wanted | None, error: IcetuiError | None) -> None:
            super().__init__()
            self.told = told
            self.which = which
            self.error = error

    def __init__(self, session: Session, left: Wanted, right: Wanted) -> None:
        super().__init__()
        self.session = session
        self.wanted = (left, right)
        self.compared: Compared | None = None
        self.ignores = True
        self.is_whole = False
        self._error: tuple[Wanted, IcetuiError] | None = None
        self._tops: dict[bool, Compared] = {}
        self._rows: dict[tuple[bool, Form], DiffRows] = {}

    def compose(self) -> ComposeResult:
        """What is compared, the differences, status, keys."""
        yield StatusLine(id="left")
        yield StatusLine(id="right")
        yield DiffView(cursor=True, ascii_only=self.session.ascii)
        yield StatusLine(id="status")
        yield BottomLine()

    @property
    def view(self) -> DiffView:
        """The rows."""
        return self.query_one(DiffView)

    @property
    def status(self) -> StatusLine:
        """The lower one; the others are titles."""
        return self.query_one("#status", StatusLine)

    def on_mount(self) -> None:
        """Both jobs are asked for, at once."""
        self.view.tells = self._say_state
        self.show_keys()
        self.view.focus()
        self._show()
        self._open()

    def on_resize(self) -> None:
        """Side by side needs room."""
        self._show(keep=True)

    # -- opening

    @work(group="open", exclusive=True)
    async def _open(self, again: bool = False) -> None:
        """Opens both, finished ones from memory, and compares them in a thread."""
        said = await asyncio.gather(*(self._one(each, again=again) for each in self.wanted))
        opened: list[Opened] = []
        for which, each in zip(self.wanted, said, strict=True):
            if isinstance(each, IcetuiError):
                self.post_message(self.Arrived(None, which, each))
                return
            opened.append(each)
        left, right = opened
        self.post_message(self.Arrived(await _compared(left, right, self.ignores), None, None))

    @work(group="open", exclusive=True)
    async def _count(self, found: Compared, ignores: bool) -> None:
        """Compares once more, by the other count."""
        self.post_message(self.Arrived(await _compared(found.left, found.right, ignores), None, None))

    async def _one(self, wanted: Wanted, *, again: bool) -> Opened | IcetuiError:
        """A job of the family it is of; without one, of the first that knows it."""
        unknown: IcetuiError | None = None
        trouble: IcetuiError | None = None
        for name in [wanted.family] if wanted.family else [each.name for each in FAMILIES]:
            try:
                return await self.session.feeds[name].open(wanted.id, again=again)
            except NotFound as error:
                unknown = unknown or error
            except IcetuiError as error:
                trouble = trouble or error
        failed = trouble or unknown
        assert failed is not None
        return failed

    @on(Arrived)
    def _arrived(self, event: Arrived) -> None:
        if event.error is not None and event.which is not None:
            self._error = (event.which, event.error)
        elif event.told is not None:
            told, before = event.told, self.compared
            if before is None or told.left is not before.left or told.right is not before.right:
                self._tops.clear()
                self._rows.clear()
            self._error = None
            self.compared, self.ignores = told, told.ignores
            self._tops[told.ignores] = told
        self._show()

    # -- drawing

    @property
    def form(self) -> Form:
        """How values stand beside each other."""
        return "sides" if self._cells >= SIDES_FROM and not self.is_whole else "unified"

    @property
    def _cells(self) -> int:
        return self.app.size.width - 2

    def _show(self, *, keep: bool = False) -> None:
        if not self.is_mounted:
            return
        self._show_titles()
        if self.compared is None:
            self.view.show(self._nothing())
            self._say_state()
            return
        before = self.view.rows
        node = before.node(self.view.point) if keep and before is not None and len(before) else None
        rows = self._made()
        self.view.wrap = self.is_whole
        self.view.show(rows if len(rows) else self._nothing())
        if node is not None and len(rows):
            self.view.go(rows.y(node))
        if self.finding:
            self.view.find(self.finding)
        self._say_state()

    def _made(self) -> DiffRows:
        """The rows in the form there is room for; what was folded in the other form stays so."""
        assert self.compared is not None
        key = (self.ignores, self.form)
        before = self.view.rows
        rows = self._rows.get(key)
        if rows is None or rows.cells != self._cells or rows.whole != self.is_whole:
            top = self.compared.top
            rows = self._rows[key] = DiffRows(top, self.form, self._cells, whole=self.is_whole)
        if before is not None and before is not rows and before.top is rows.top:
            rows.carry(before)
        return rows

    def _nothing(self) -> Lines:
        """What stands where there are no rows."""
        if self._error is not None:
            which, error = self._error
            said: list[list[Span]] = [[(clean(which.id), "title"), (" could not be opened.", "")], []]
            return Fixed([*said, *failure_lines(error, self._cells)])
        if self.compared is None:
            return Fixed.of([("asking…", "dim")])
        return Fixed.of([("Both say the same.", "title")])

    def _show_titles(self) -> None:
        found = self.compared
        jobs = (None, None) if found is None else (found.left.job, found.right.job)
        sides = (("left", "-", "bad"), ("right", "+", "good"))
        for (side, sign, style), wanted, job in zip(sides, self.wanted, jobs, strict=True):
            spans: list[Span] = [(f"{sign} {side:<6}", style)]
            if job is None:
                spans.append((clean(wanted.id), "dim"))
            else:
                spans += [
                    *pages.state_spans(job, ascii_only=self.session.ascii),
                    (f"  {clean(job.type)}", "key"),
                    (f"  {clean(job.id)}", "dim"),
                    (f"  {clean(job.title)}", "title"),
                ]
            self.query_one(f"#{side}", StatusLine).show(window(spans, 0, max(20, self.app.size.width)))

    def _say_state(self) -> None:
        if self._error is not None:
            self.tell(failure(self._error[1]))
        elif self.compared is None:
            self.tell("opening both jobs…", "dim")
        elif self.finding:
            self.say_found(self.view.found)
        else:
            self.tell(self._counted())

    def _counted(self) -> list[Span]:
        """``difference 3 of 12; 5 more in times and IDs``."""
        assert self.compared is not None
        top = self.compared.top
        rows = self.view.rows
        n = rows.number(self.view.point) if rows is not None and len(rows) else 0
        if not top.count:
            words = "no difference"
        elif n:
            words = f"difference {n:,} of {top.count:,}"
        else:
            words = f"{top.count:,} difference{'' if top.count == 1 else 's'}"
        spans: list[Span] = [(words, "good" if not top.count else "")]
        if self.ignores:
            more = f"; {top.ignored:,} more in times and IDs, i counts them" if top.ignored else ""
            spans.append((more or "; times and IDs left out", "dim"))
        return spans

    @on(LinesView.Pointed)
    def _pointed(self) -> None:
        self._say_state()

    # -- keys

    def action_ignore(self) -> None:
        """Counts times and IDs, or leaves them out."""
        found = self.compared
        if found is None:
            return
        kept = self._tops.get(not self.ignores)
        if kept is not None:
            self.compared, self.ignores = kept, kept.ignores
            self._show()
        else:
            self.tell("comparing…", "dim")
            self._count(found, not self.ignores)

    def action_whole(self) -> None:
        """Long values whole, one below the other, or cut and side by side."""
        self.is_whole = not self.is_whole
        self._show(keep=True)

    def action_fold(self) -> None:
        """At the root: goes back."""
        self.action_close()

    def action_refresh(self) -> None:
        """Asks for both jobs again."""
        self.tell("asking…", "dim")
        self._open(again=True)

    def action_pause(self) -> None:
        """Nothing refreshes here."""
        self.say("Nothing is refreshed here; r asks again.", "dim")

    def action_family(self, name: str) -> None:
        """Goes back to the lists, to another family."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.app.call_later(self.program.browse.action_family, name)

    def action_close(self) -> None:
        """Esc first ends a find, then goes back."""
        if self.finding:
            self.finding = ""
            self.view.find("")
            self._say_state()
        else:
            super().action_close()

    # -- differences and finding

    def find(self, text: str) -> tuple[int, int]:
        """Finds in the rows that are unfolded."""
        return self.view.find(text)

    def find_step(self, by: int) -> tuple[int, int]:
        """The next hit."""
        return self.view.find_next(by)

    def _step_found(self, by: int) -> None:
        """`n` and `N`: hits while something is sought, else differences."""
        rows = self.view.rows
        if self.finding:
            super()._step_found(by)
            return
        if rows is None or not len(rows):
            self.say("There is no difference to go to.", "dim")
            return
        n = rows.step(self.view.point, by)
        if n is None:
            self.say("That is the last difference." if by > 0 else "That is the first difference.", "dim")
            return
        hidden = len(rows)
        y = rows.reveal(n)
        if len(rows) != hidden:
            self.view.show(rows, keep=True)
        self.view.go(y)

    # -- copying

    def copyable(self, what: str) -> tuple[str, str]:
        """The difference here, its place, or all of them."""
        if what == "command":
            return self._command(), "the command"
        rows, found = self.view.rows, self.compared
        if found is None or rows is None or not len(rows):
            return "", "there is nothing here yet" if found is None else "the jobs do not differ"
        if what == "json":
            top = found.top
            told = as_json(found.left, found.right, top)
            return json.dumps(told, ensure_ascii=False, indent=2), "the differences as JSON"
        node = rows.node(self.view.point)
        if what == "here":
            if node.is_difference:
                return line_of(node, longest=0), "the difference"
            return json_of(node.value), "the value"
        left = node.path("left")
        path = left if left is not None else node.path("right")
        if path is None:
            return "", "this is a heading and has no path"
        side = "" if left is not None else " of the right job"
        if what == "path":
            return json_path(path), f"the JSONPath{side}"
        return jq(path), f"the jq path{side} into `show --output json`"

    def _command(self) -> str:
        words = ["icetui", *self.session.flags(), "diff", *(each.id for each in self.wanted)]
        return shlex.join([*words, "--ignore", ",".join(WORDS)] if self.ignores else words)

    def plain_text(self) -> str:
        """Both jobs, then every difference whole, each on a line of its own."""
        if self.compared is None:
            return failure_text(self._error[1]) if self._error is not None else "asking…"
        top = self.compared.top
        heads = [
            "\t".join((side, job.family, job.type, job.state.value, job.id, job.title))
            for side, job in (("left", self.compared.left.job), ("right", self.compared.right.job))
        ]
        return "\n".join([*heads, summary(top), "", *(line_of(each, longest=0) for each in differences(top))])


def two_of(browse: Browse, here: Job | None) -> tuple[Wanted, Wanted] | str:
    """The two marked jobs, or the marked one with the one here; else what to do.

    Args:
        browse: the lists, whose marks are meant, of every family.
        here: the job at the cursor, or the one that is open.
    """
    marked = [Wanted(*each) for each in browse.marked()]
    if len(marked) == 1 and here is not None and marked[0] != Wanted.of(here):
        return marked[0], Wanted.of(here)
    if len(marked) == 2:
        return marked[0], marked[1]
    if len(marked) > 2:
        return f"{len(marked)} jobs are marked: d compares two. Esc takes all marks away."
    return "Space marks a job; then d on another one compares them."


async def _compared(left: Opened, right: Opened, ignores: bool) -> Compared:
    """What differs, found out in a thread: keys do not wait for it."""
    top = await asyncio.to_thread(compared, left, right, ignoring(WORDS) if ignores else None)
    return Compared(left, right, ignores, top)
