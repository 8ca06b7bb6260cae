"""``icetui wait``: asks politely until jobs have ended, and answers with the exit code."""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from icetui.clean import clean
from icetui.commands import output
from icetui.commands.finding import find
from icetui.commands.follow import ids_of, split
from icetui.commands.forms import FORMS
from icetui.commands.list import form_of
from icetui.commands.output import put, say
from icetui.commands.running import run_with
from icetui.errors import CouldNotAsk, IcetuiError, Refusal
from icetui.families import FAMILIES, by_name
from icetui.job import Job, State
from icetui.job_json import stamp
from icetui.lookups import GENERAL, Lookups
from icetui.pulse import stretched

if TYPE_CHECKING:
    from icetui.session import Session

TIMED_OUT: Final = 124
PATIENCE: Final = 12
"""So many beats in a row without an answer end the waiting: about ten minutes at the default interval."""

SHORTEST: Final = 1.0
"""Seconds between two askings at least."""

_NO: Final = frozenset({State.FAILED, State.PARTIAL, State.MISSING})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui wait``."""
    names = ", ".join(family.name for family in FAMILIES)
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[FAMILY] ID",
        help=f"IDs, any separators; - reads stdin; a family first ({names}) needs no call to find it",
    )
    parser.add_argument("--any", action="store_true", help="end as soon as one job has ended")
    parser.add_argument("--timeout", type=_seconds, metavar="S", help="give up after S seconds, with 124")
    parser.add_argument(
        "--interval", type=_interval, metavar="S", help="ask every S seconds (default: the setting)"
    )
    parser.add_argument(
        "--output", choices=FORMS, default="table", help="how the jobs are printed at the end"
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def _interval(text: str) -> float:
    seconds = _seconds(text)
    if seconds < SHORTEST:
        raise argparse.ArgumentTypeError(f"{text}: the service is asked once a second at most")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Waits.

    Returns:
        0 all are done; 1 a job failed, is partial or missing; 3 refused; 4 nobody could be asked; 124 the
        time ran out.

    Raises:
        Misuse: no IDs.
        IcetuiError: nobody could be asked.
    """
    family, words = split(args.words)
    ids = ids_of(words)

    async def body(session: Session) -> int:
        waiting = Waiting(session, interval=args.interval or session.settings.interval, any_one=args.any)
        try:
            # No time at all is one asking.
            async with asyncio.timeout(args.timeout or None):
                await waiting.find(family.name if family else "", ids)
                await waiting.run(once=args.timeout == 0)
        except TimeoutError:
            pass  # said below, as it is where the last asking was the only one
        form, jobs = form_of(session, None, args.output), [*filter(None, map(waiting.known, ids))]
        if jobs or args.output != "table":
            put(form.rows(jobs))
            put(form.end())
        if not waiting.is_over:
            say(f"Time ran out after {args.timeout:g} s; not ended: {', '.join(waiting.missed(ids))}")
            return TIMED_OUT
        return waiting.exit_code

    return run_with(args, body)


class Waiting:
    """Jobs that are asked for until they have ended.

    Args:
        session: who asks, and the clock.
        interval: seconds between two askings.
        any_one: whether one ended job is enough.

    Attributes:
        jobs: the newest of each job, in the order of the IDs.
        left: (family, ID) of those that have not ended.
        refused: IDs that the service would not tell of, and why.
    """

    def __init__(
        self,
        session: Session,
        *,
        interval: float,
        any_one: bool = False,
    ) -> None:
        self.jobs: dict[tuple[str, str], Job] = {}
        self.left: dict[tuple[str, str], None] = {}
        self.refused: dict[str, IcetuiError] = {}
        self._unfound = 0
        self._session = session
        self._interval = interval
        self._any = any_one
        self._lookups: dict[str, Lookups] = {}
        self._found = True
        self._setback: IcetuiError | None = None

    async def find(self, family: str, ids: Sequence[str]) -> None:
        """Finds the family of each ID by asking, unless it is given.

        Raises:
            IcetuiError: what concerns all families.
        """
        self._found = False
        for job_id in ids:
            if family:
                self.left[family, job_id] = None
                continue
            found = await find(self._session, job_id, [family.name for family in FAMILIES])
            for line in found.words(self._session.region):
                say(line)
            if not found.opened:
                self._unfound = max(self._unfound, found.exit_code)
                continue
            job = found.opened[0].job
            self.left[job.family, job_id] = None
            self._tell(job)
        self._found = True

    async def run(self, *, once: bool = False) -> None:
        """Asks until nothing is left to wait for, or once.

        Raises:
            IcetuiError: nobody may ask, or nobody could be asked for a long time.
        """
        failures = 0
        # What was just found need not be asked for at once.
        is_known = bool(self.jobs)
        while not self.is_over:
            error = None if is_known else await self._beat()
            is_known = False
            if error is not None:
                failures += 1
                if not isinstance(error, CouldNotAsk) or failures >= PATIENCE:
                    raise error
                say(f"icetui: {output.sentence(error)}; asking again")
            else:
                failures = 0
            if once:
                return
            if not self.is_over:
                pause = stretched(self._interval, failures, error, random.random())
                await asyncio.sleep(pause)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for."""
        if not self._found:
            return False
        return not self.left or (self._any and any(job.state.terminal for job in self.jobs.values()))

    def known(self, job_id: str) -> Job | None:
        """The newest of a job, if anything was told of it."""
        return next((job for (_, each), job in self.jobs.items() if each == job_id), None)

    def missed(self, ids: Sequence[str]) -> list[str]:
        """Those of some IDs that have not ended, as far as is known."""
        return [each for each in ids if (job := self.known(each)) is None or not job.state.terminal]

    @property
    def exit_code(self) -> int:
        """What the jobs that have ended come to."""
        refused = max((error.exit_code for error in self.refused.values()), default=0)
        return refused or self._unfound or int(any(job.state in _NO for job in self.jobs.values()))

    async def _beat(self) -> IcetuiError | None:
        """Asks once for all that is left; why it could not, or None."""
        for family in dict.fromkeys(family for family, _ in self.left):
            self._setback = None
            ids = [job_id for each, job_id in self.left if each == family]
            error = await self._lookups_of(family).many(ids, self._told(family)) or self._setback
            if error is not None:
                return error
        return None

    def _lookups_of(self, family: str) -> Lookups:
        if family not in self._lookups:
            session = self._session
            self._lookups[family] = Lookups(by_name(family), session.client, session.region)
        return self._lookups[family]

    def _told(self, family: str) -> Callable[[Sequence[Job], Mapping[str, IcetuiError]], None]:
        def told(jobs: Sequence[Job], refused: Mapping[str, IcetuiError]) -> None:
            for job in jobs:
                self._tell(job)
            for job_id, error in refused.items():
                if isinstance(error, GENERAL):
                    continue  # not about this job: `many` gives it back
                if not isinstance(error, Refusal):
                    self._setback = error
                    continue
                # The same question would get the same answer.
                self.refused[job_id] = error
                self.left.pop((family, job_id), None)
                say(f"icetui: {job_id}: {output.sentence(error)}")

        return told

    def _tell(self, job: Job) -> None:
        """One line for each change."""
        key = (job.family, job.id)
        before = self.jobs.get(key)
        self.jobs[key] = job
        if job.state.terminal:
            self.left.pop(key, None)
        if before is not None and (before.state, before.state_word) == (job.state, job.state_word):
            return
        words = f"{stamp(self._session.clock())}  {job.family}  {job.id}  {_state(job)}"
        if job.error is not None and job.state is not State.DONE:
            words += f"  {clean(job.error.code)} {clean(job.error.message)}"
        say(words)


def _state(job: Job) -> str:
    word = clean(job.state_word)
    return f"{job.state.value} ({word})" if word and word.lower() != job.state.value else job.state.value
