"""Which jobs a feed has, what is known of each, and which are to be looked up. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from icetui.errors import IcetuiError, Refusal
from icetui.families.base import Family, ListedFamily
from icetui.job import Job, Query, State
from icetui.rows import Backlog, Rows, is_blank, merged
from icetui.walk import Walk

UNREAD_A_BEAT: Final = 20
"""Finished batches looked up in one beat, to tell partial from done."""

LATER_A_BEAT: Final = 10
"""Jobs on later pages, not yet terminal, looked up in one beat."""

READ_KEPT: Final = 5000
"""Jobs that are in no row any more but were looked up: they are not asked again when they come back."""


class Roster:
    """The rows of one family in one region.

    A job is here because the listing told of it (`walk`) or because it is followed.

    Attributes:
        rows: all of them, and those that the query shows.
        walk: which of them the listing told of.
        followed: IDs, the one added last first.
        refused: jobs whose own lookup failed, and why.
        unread: finished batches that may be partial and could be shown.
        changed: rows that the store has not been given yet.
        moves: how often a job was new, or in another state than before.
    """

    def __init__(self, family: Family, region: str, query: Query) -> None:
        self.rows = Rows(family.matches, query)
        self.walk = Walk()
        self.followed: tuple[str, ...] = ()
        self.refused: dict[str, IcetuiError] = {}
        self.unread = Backlog()
        self.changed: dict[str, Job] = {}
        self.moves = 0
        self._youngest: tuple[tuple[int, int], datetime | None] = ((-1, 0), None)
        self._family = family
        self._listed = family if isinstance(family, ListedFamily) else None
        self._region = region
        self._any_state = replace(query, state="")
        self._are_followed: frozenset[str] = frozenset()
        # Not terminal, followed and others; in the order of their last lookup, longest ago first.
        self._live: dict[str, None] = {}
        self._later: dict[str, None] = {}
        # Finished batches that may be partial, whether they could be shown or not.
        self._doubtful: dict[str, None] = {}
        # A person has asked for them.
        self._wanted: dict[str, None] = {}
        # Looked up, but in no row now; and IDs that the store was asked about.
        self._read: dict[str, Job] = {}
        self._recalled: set[str] = set()

    def __contains__(self, job_id: str) -> bool:
        return job_id in self.walk.members or job_id in self._are_followed

    @property
    def are_followed(self) -> frozenset[str]:
        """`followed` as a set."""
        return self._are_followed

    def ask(self, query: Query) -> None:
        """Shows what another query asks for, out of what is here."""
        self.rows.ask(query)
        any_state = replace(query, state="")
        if any_state != self._any_state:
            self._any_state = any_state
            self.unread.clear()
            for job_id in self._doubtful:
                self._sort_doubtful(job_id)

    def take(self, job: Job) -> None:
        """What an answer told of a job."""
        if job.id not in self:
            # Unfollowed while it was asked for.
            self._put_by(merged(self._read.get(job.id), job))
            return
        old = self.rows.get(job.id) or self._read.pop(job.id, None)
        new = merged(old, job)
        if new is not old:
            self.changed[job.id] = new
            self.moves += old is None or old.state_word != new.state_word
        if job.whole:
            self.refused.pop(job.id, None)
        if job.id not in self.refused:
            self._wanted.pop(job.id, None)
        self._put(new)

    def remember(self, jobs: Iterable[Job]) -> None:
        """Last session's rows, to be replaced by the first page."""
        mine = {job.id: job for job in jobs if self._listed is not None or job.id in self._are_followed}
        if self._listed is not None:
            self.walk.remember(tuple(mine))
        for job in mine.values():
            self._put(merged(job, self.rows.get(job.id) or job))

    def recall(self, known: Mapping[str, Job]) -> None:
        """What the store knows of jobs that `forgotten` named."""
        for job in known.values():
            if job.id in self:
                self._put(merged(job, self.rows.get(job.id) or job))

    def forgotten(self) -> tuple[str, ...]:
        """IDs to ask the store about: a lookup of an earlier session may have told all; each once."""
        ids = [job_id for job_id in (*self.followed, *self.unread) if job_id not in self._recalled]
        ids = [job_id for job_id in ids if job_id in self.unread or self._is_blank(job_id)]
        self._recalled.update(ids)
        return tuple(ids)

    def follow(self, ids: Sequence[str]) -> None:
        """These are followed now, and no others; each has a row at once."""
        if tuple(ids) == self.followed:
            return
        before, self.followed, self._are_followed = self._are_followed, tuple(ids), frozenset(ids)
        for job_id in ids:
            if job_id not in self.rows:
                known = self._read.pop(job_id, None)
                self._put(known or Job(self._family.name, job_id, region=self._region))
        for job_id in before ^ self._are_followed:
            if (job := self.rows.get(job_id)) is not None:
                self._sort(job)
        self.leave(before.difference(self._are_followed))

    def leave(self, ids: Iterable[str]) -> None:
        """Takes away those that are neither listed nor followed any more."""
        for job_id in ids:
            if job_id in self or (job := self.rows.get(job_id)) is None:
                continue
            self.rows.drop(job_id)
            self._live.pop(job_id, None)
            self._later.pop(job_id, None)
            self._doubtful.pop(job_id, None)
            self._wanted.pop(job_id, None)
            self.unread.discard(job_id)
            self.refused.pop(job_id, None)
            self._put_by(job)

    def want(self, ids: Iterable[str]) -> None:
        """A person has asked for these jobs: those nothing good is known of are looked up again."""
        for job_id in ids:
            job = self.rows.get(job_id)
            if job is not None and (is_blank(job) or job.state is State.MISSING or job_id in self.refused):
                self._wanted[job_id] = None

    @property
    def is_wanting(self) -> bool:
        """Whether a person has asked for jobs that were not looked up since."""
        return bool(self._wanted)

    def due(self, fresh: Collection[str], *, person: bool, most: int | None, spare: int) -> list[str]:
        """IDs to look up in this beat, the most urgent first. Terminal jobs are not among them.

        Args:
            fresh: the listing has just told of these.
            person: a person asks: IDs that were missing or refused are tried again.
            most: how many followed jobs; None: all.
            spare: how many others at most.
        """
        if person:
            self.want((*self.refused, *self.followed))

        blank = [each for each in self.followed if self._is_blank(each) and not self._is_refused(each)]
        live = [each for each in self._live if each not in fresh and not self._is_refused(each)]
        followed = list(dict.fromkeys((*self._wanted, *blank, *live)))[:most]
        unread = self.unread_due(spare)
        room = min(LATER_A_BEAT, spare - len(unread))
        later: list[str] = []
        for each in self._later:
            if len(later) >= room:
                break
            if each not in fresh and not self._is_refused(each):
                later.append(each)
        return list(dict.fromkeys((*followed, *unread, *later)))

    def unread_due(self, spare: int) -> list[str]:
        """Finished batches to look up, the newest first.

        Args:
            spare: how many at most.
        """
        return self.unread.first(min(UNREAD_A_BEAT, spare), self._is_refused)

    @property
    def is_live(self) -> bool:
        """Whether a followed job is not terminal."""
        return bool(self._live)

    @property
    def live(self) -> int:
        """How many jobs are not terminal, followed or not."""
        return len(self._live) + len(self._later)

    @property
    def youngest(self) -> datetime | None:
        """When the youngest job that has not ended was created; None: there is none, or nobody knows."""
        now = (self.moves, self.live)
        if self._youngest[0] != now:
            jobs = (self.rows.get(each) for queue in (self._live, self._later) for each in queue)
            created = [job.created for job in jobs if job is not None and job.created is not None]
            self._youngest = now, max(created, default=None)
        return self._youngest[1]

    def pardon(self, error: IcetuiError) -> None:
        """An error was not about the jobs that met it."""
        self.refused = {job_id: each for job_id, each in self.refused.items() if each is not error}

    def told(self, jobs: Sequence[Job], refused: Mapping[str, IcetuiError]) -> None:
        """What a lookup told, and which IDs failed."""
        for job_id in (*(job.id for job in jobs), *refused):
            self._wanted.pop(job_id, None)
            for queue in (self._live, self._later):
                if job_id in queue:
                    # To its end.
                    del queue[job_id]
                    queue[job_id] = None
        for job in jobs:
            self.take(job)
        self.refused.update((job_id, error) for job_id, error in refused.items() if job_id in self)

    def _put(self, job: Job) -> None:
        self.rows.put(job)
        self._sort(job)

    def _sort(self, job: Job) -> None:
        mine, other = self._live, self._later
        if job.id not in self._are_followed:
            mine, other = other, mine
        other.pop(job.id, None)
        if job.state.terminal:
            mine.pop(job.id, None)
        else:
            mine.setdefault(job.id)
        if self._listed is None:
            return
        if self._listed.unread(job):
            self._doubtful[job.id] = None
            self._sort_doubtful(job.id)
        elif self._doubtful.pop(job.id, "") is None:
            self.unread.discard(job.id)

    def _sort_doubtful(self, job_id: str) -> None:
        job = self.rows.get(job_id)
        if job is not None and self._family.matches(job, self._any_state):
            self.unread.add(job)
        else:
            self.unread.discard(job_id)

    def _put_by(self, job: Job) -> None:
        if job.whole:
            self._read[job.id] = job
            if len(self._read) > READ_KEPT:
                del self._read[next(iter(self._read))]

    def _is_refused(self, job_id: str) -> bool:
        """Whether the service said no to this very job: it is left alone until a person asks."""
        return isinstance(self.refused.get(job_id), Refusal)

    def _is_blank(self, job_id: str) -> bool:
        job = self.rows.get(job_id)
        return job is None or is_blank(job)
