"""Snapshot: all that a screen or a command needs to know of one family at one moment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from icetui.errors import IcetuiError
from icetui.job import Query
from icetui.jobs import NO_JOBS, Jobs
from icetui.pulse import STEADY, Rhythm
from icetui.records import record

if TYPE_CHECKING:
    from icetui.store import Scope


@record
class Snapshot:
    """One family at one moment. Three outcomes: rows, no rows, could not ask (`error`).

    Attributes:
        generation: grows with each `Feed.ask`; a snapshot of an older one is to be dropped.
        family: its name.
        region: where it was asked.
        query: what was asked; `jobs` are filtered and sorted by it.
        jobs: each ID once. The same value as in the snapshot before as long as no row has changed; else
            it shares with that one all that has not, so that `Jobs.changes` tells at once what has.
        taken: when the rows were told, UTC; None before the first answer.
        error: why the last beat could not ask; the rows are then those of `taken`.
        more: whether there is a next page.
        total: how many the service says there are, where it does.
        unread: finished batches that were not looked up yet, so that they may be partial.
        followed: IDs that are followed.
        stale: whether the rows are last session's, or older than a beat that failed.
        refused: jobs whose own lookup failed, and why.
        loaded: how many rows there are before the query is applied to them here.
        answered: whether the service has answered this question; before, an empty list says nothing.
        live: how many of the loaded rows have not ended.
        scope: whose jobs these are.
        cut: where there is no next page though the service gave a token: what it did, "sent …"; else "".
        stopped: whether nothing more is asked until a person asks: refused for good.
        rhythm: how often is asked.
    """

    generation: int
    family: str
    region: str
    query: Query
    jobs: Jobs = NO_JOBS
    taken: datetime | None = None
    error: IcetuiError | None = None
    more: bool = False
    total: int | None = None
    unread: int = 0
    followed: frozenset[str] = frozenset()
    stale: bool = False
    refused: tuple[tuple[str, IcetuiError], ...] = ()
    loaded: int = 0
    answered: bool = False
    live: int = 0
    cut: str = ""
    stopped: bool = False
    scope: Scope | None = None
    rhythm: Rhythm = STEADY
