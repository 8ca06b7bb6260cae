"""``icetui list``: the jobs of one family on stdout, as they arrive."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from icetui.commands import forms, output
from icetui.commands.forms import COLUMNS, FORMS
from icetui.commands.output import put, say
from icetui.commands.running import run_with
from icetui.errors import Misuse
from icetui.families import FAMILIES, by_name
from icetui.families.base import FoundFamily, ListedFamily
from icetui.flags import moment
from icetui.job import Job, Query, State
from icetui.rows import is_blank
from icetui.session import Clock, Session

if TYPE_CHECKING:
    from icetui.families.base import Family
    from icetui.feed import Feed, Snapshot

DEFAULT_LIMIT = 50
LARGEST_PAGE = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui list``."""
    parser.add_argument("family", choices=[family.name for family in FAMILIES], help="which jobs")
    narrow = parser.add_argument_group("which of them")
    narrow.add_argument("--type", default="", metavar="TYPE", help="the service's type word, e.g. ASR")
    narrow.add_argument(
        "--state",
        default="",
        metavar="STATE",
        help=f"{', '.join(state.value for state in State)}, or the service's word; failed (or !) means "
        "failed and partial",
    )
    narrow.add_argument("--since", metavar="WHEN", help="created at or after: 24h, 7d, or an ISO time")
    narrow.add_argument("--until", metavar="WHEN", help="created before: 24h, 7d, or an ISO time")
    narrow.add_argument("--text", default="", metavar="TEXT", help="with this in ID, title or type")
    narrow.add_argument("--sort", choices=("newest", "oldest"), default="newest", help="which come first")
    many = narrow.add_mutually_exclusive_group()
    many.add_argument(
        "--limit",
        type=_count,
        metavar="N",
        help=f"at most N jobs (default {DEFAULT_LIMIT})",
    )
    many.add_argument("--all", action="store_true", help="every job there is")
    form = parser.add_argument_group("how they are printed")
    form.add_argument("--output", choices=FORMS, default="table", help="default: table")
    form.add_argument(
        "--columns",
        type=_columns,
        default=(),
        metavar="A,B,…",
        help=f"of table and tsv: {', '.join(COLUMNS)}",
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:12]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of jobs")
    return int(text[:12])


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"no column {unknown[0] if unknown else text!r}; there are {', '.join(COLUMNS)}"
        )
    return names


def run(args: argparse.Namespace) -> int:
    """Lists them.

    Raises:
        IcetuiError: wrong flags, or nobody could be asked.
    """
    family = by_name(args.family)
    if args.columns and args.output not in ("table", "tsv"):
        raise Misuse("--columns goes with table and tsv; json always has all members.")
    state = known_state(family, args.state)

    async def body(session: Session) -> int:
        query = Query(
            type=args.type,
            state=state,
            newest=args.sort == "newest",
            text=args.text,
            since=_when(args.since, "--since", session.clock),
            until=_when(args.until, "--until", session.clock),
        )
        form = form_of(session, family, args.output, args.columns)
        limit = None if args.all else args.limit or DEFAULT_LIMIT
        listing = _Listing(session, family, query, limit, form)
        return await listing.run(is_asked=args.limit is not None)

    return run_with(args, body)


def known_state(family: Family, word: str) -> str:
    """A state for a query: one of ours, or one that the family knows, as it was written.

    Raises:
        Misuse: neither.
    """
    word = word.strip()
    if word == "!":
        return State.FAILED.value
    if (
        not word
        or word.lower() in {state.value for state in State}
        or family.state(word) is not State.UNKNOWN
    ):
        return word
    ours = ", ".join(state.value for state in State)
    theirs = ", ".join(state.word for state in family.states)
    raise Misuse(f"No state {word!r}.", hint=f"Known: {ours}; in {family.name}'s own words: {theirs}.")


_AGO = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _when(text: str | None, flag: str, clock: Clock) -> datetime | None:
    """A time so long ago (``24h``, ``7d``), or an ISO time."""
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    if ago is None:
        return moment(text, flag)
    try:
        return clock() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    except OverflowError:
        raise Misuse(f"{flag}: {text!r} is longer ago than there are dates.") from None


def form_of(session: Session, family: Family | None, name: str, columns: Sequence[str] = ()) -> forms.Form:
    """How rows are printed.

    Args:
        session: whether colours and characters beyond ASCII are allowed.
        family: whose types a table makes room for, or None.
        name: one of `FORMS`.
        columns: of table and tsv; none: the usual ones.
    """
    if name == "json":
        return forms.JsonRows()
    if name == "ndjson":
        return forms.NdjsonRows()
    if name == "tsv":
        return forms.TsvRows(columns)
    from icetui.panes.job_line import GLYPHS

    plain = session.ascii or not output.drawable()
    return forms.TableRows(
        columns=columns or forms.TABLE_COLUMNS,
        spare=() if columns else forms.SPARE_COLUMNS,
        glyphs=GLYPHS[plain],
        mark="~" if plain else "…",
        limit=output.terminal_cells(),
        color=output.coloured(no_color=not session.color),
        types=() if family is None else family.types,
    )


class _Listing:
    """One run of the command: pages come, rows go.

    Args:
        limit: the most rows to print; None: all there are.
    """

    def __init__(
        self, session: Session, family: Family, query: Query, limit: int | None, form: forms.Form
    ) -> None:
        self._session = session
        self._family = family
        self._query = query
        self._limit = limit
        self._form = form
        self._printed: set[str] = set()
        self._unread = 0
        self._is_begun = False
        self._is_asked = False
        # Only where every job of a page is a row, a small page is enough.
        enough = limit if limit and replace(query, newest=True, type="") == Query() else LARGEST_PAGE
        self._feed: Feed = session.feed(family.name, page_size=min(enough, LARGEST_PAGE))

    async def run(self, *, is_asked: bool = False) -> int:
        """Prints the rows; the exit code says whether they are all that was asked for.

        Args:
            is_asked: whether the person set the limit, and so knows that there may be more.
        """
        self._is_asked = is_asked
        self._feed.ask(self._query)
        snapshot = await self._read(await self._feed.refresh(person=True))
        try:
            while snapshot.error is None and snapshot.more:
                self._put(self._settled(snapshot))
                if self._full():
                    break
                self._progress()
                snapshot = await self._read(await self._feed.more())
            return self._end(snapshot)
        finally:
            self._progress(done=True)

    async def _read(self, snapshot: Snapshot) -> Snapshot:
        """Looks up finished batches before they are printed, as many as may go without waiting."""
        before = -1
        while snapshot.error is None and snapshot.unread and snapshot.unread != before:
            before = snapshot.unread
            snapshot = await self._feed.read()
        return snapshot

    def _settled(self, snapshot: Snapshot) -> Sequence[Job]:
        """The rows that no later page can push down: up to the last one that the listing has told.

        A followed job is there at once, wherever it belongs.
        """
        jobs = snapshot.jobs
        for n in range(len(jobs) - 1, -1, -1):
            if jobs[n].id not in snapshot.followed:
                return jobs[: n + 1]
        return ()

    def _full(self) -> bool:
        return self._limit is not None and len(self._printed) >= self._limit

    def _put(self, jobs: Iterable[Job]) -> None:
        room = None if self._limit is None else self._limit - len(self._printed)
        rows = list(islice((job for job in jobs if job.id not in self._printed), room))
        self._printed.update(job.id for job in rows)
        if isinstance(self._family, ListedFamily):
            self._unread += sum(map(self._family.unread, rows))
        # Not without any: a table is as wide as its first rows.
        if rows:
            self._is_begun = True
            put(self._form.rows(rows))

    def _end(self, snapshot: Snapshot) -> int:
        error = snapshot.error
        self._put(job for job in snapshot.jobs if error is None or not is_blank(job))
        if not self._is_begun and error is None:
            self._is_begun = True
            put(self._form.rows(()))
        if self._is_begun:
            put(self._form.end())
        self._progress(done=True)
        code = self._say_refused(snapshot)
        if error is None:
            self._say_rest(snapshot)
            return code
        say(f"icetui: {output.sentence(error)}")
        if error.hint:
            say(error.hint)
        if self._is_begun:
            say(f"{_jobs(len(self._printed))} came before that; there may be more.")
        return error.exit_code

    def _say_refused(self, snapshot: Snapshot) -> int:
        """Says which jobs could not be looked up.

        Returns:
            the exit code that stands for them, if rows or filters lack what a lookup would have told; else 0.
        """
        rows = {job.id: job for job in snapshot.jobs}
        lacking = [
            (job_id, error)
            for job_id, error in snapshot.refused
            if self._query.state or is_blank(rows.get(job_id, Job(self._family.name, job_id)))
        ]
        for error, ids in output.alike(snapshot.refused):
            if snapshot.error is None or error.message != snapshot.error.message:
                rest = f" and {len(ids) - 1:,} more" if len(ids) > 1 else ""
                say(f"icetui: {ids[0]}{rest}: {output.sentence(error)}")
                if error.hint:
                    say(error.hint)
        return max((error.exit_code for _, error in lacking), default=0)

    def _say_rest(self, snapshot: Snapshot) -> None:
        """Says what the rows do not: that there are none, that there are more, that some may be partial."""
        hidden = self._query.state in _NEED_READING
        unread = snapshot.unread if hidden else self._unread
        if unread:
            say(f"{unread:,} not yet read: finished, and perhaps partial.")
        if isinstance(self._form, forms.TableRows) and self._form.left_out:
            names = ", ".join(self._form.left_out)
            say(f"Left out for a terminal of {self._form.limit} columns: {names} (--columns chooses).")
        if self._printed:
            there_is_more = snapshot.more or len(snapshot.jobs) > len(self._printed)
            if self._full() and there_is_more and not self._is_asked:
                say(f"{_jobs(len(self._printed))} shown; there are more: --limit N or --all.")
            return
        name = self._family.name
        if not isinstance(self._family, ListedFamily) and not snapshot.followed:
            say(f"{self._family.title} has no call that lists jobs, and none is followed.")
            say(f"`icetui follow {name} ID…` fills this list; - reads IDs from stdin.")
            if isinstance(self._family, FoundFamily):
                say(f"`icetui follow {name} --media MEDIAID` finds them.")
        else:
            fitting = "" if replace(self._query, newest=True) == Query() else " that fit"
            say(f"No {self._family.title} jobs{fitting} in {self._session.region}.")

    def _progress(self, *, done: bool = False) -> None:
        """How many so far, on a terminal that shows nothing else meanwhile."""
        if self._limit is not None or output.to_terminal() or sys.stderr is None or not sys.stderr.isatty():
            return
        sys.stderr.write("\r\x1b[K" if done else f"\r{_jobs(len(self._printed))}…")
        sys.stderr.flush()


_NEED_READING = (State.FAILED.value, State.PARTIAL.value)


def _jobs(n: int) -> str:
    return f"{n:,} job{'' if n == 1 else 's'}"
