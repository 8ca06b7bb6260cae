"""Job, Subjob, State, Query, Page: the nouns that all families share."""

from __future__ import annotations

import enum
from datetime import datetime

from icetui.records import field, record


class State(enum.Enum):
    """One model of state over all families (api.md 1.8)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def terminal(self) -> bool:
        """Whether it will not change any more: then nothing is asked unless a person asks.

        `UNKNOWN` (a word we have never seen) is not terminal: it is polled on. `MISSING` is: the
        service has said that it does not know the ID.
        """
        return self in _TERMINAL

    @property
    def bad(self) -> bool:
        """Whether `!` shows it: failed, or finished with failed parts."""
        return self in (State.FAILED, State.PARTIAL)


_TERMINAL = frozenset({State.DONE, State.PARTIAL, State.FAILED, State.MISSING})


@record
class JobError:
    """What the service reports about a job: its content, not the call.

    Attributes:
        code: verbatim, or "" if no reason was given.
        message: verbatim, not cleaned.
        request_id: RequestId of the answer that told it, or "".
    """

    code: str
    message: str
    request_id: str = ""


@record
class Media:
    """Something a job made or names: a URL, a path in a bucket, a media asset.

    Attributes:
        label: the field it stands in, e.g. ``JobResult.MediaUrl`` or ``OutputUrls[0]``.
        url: as sent: may be a path, a template or malformed (api.md 2.8 #6, #11).
        media_id: the media asset's ID, or "".
        note: why it is not what it seems, e.g. "nothing was stored" (api.md 2.3), or "".
    """

    label: str
    url: str = ""
    media_id: str = ""
    note: str = ""


@record
class Subjob:
    """A part of a batch job with a state and an output of its own (api.md 1.4).

    Attributes:
        url: ``MediaURL`` as sent; may be malformed.
        duration: length of the output in seconds, or None.
        error: reported by the service, also beside ``Success`` (api.md 2.8 #7).
    """

    id: str
    state: State
    state_word: str
    url: str = ""
    media_id: str = ""
    project_id: str = ""
    duration: float | None = None
    error: JobError | None = None


@record
class Job:
    """One job, as far as the answer that told it goes.

    Attributes:
        family: ``smart``, ``batch``, ``iproduction`` or ``vod-ai``.
        id: as asked or as listed, stripped of white space; may contain ``*``.
        type: the service's JobType, FunctionName or Type, verbatim.
        state: ours.
        state_word: theirs, verbatim; "" if none came.
        title: Title or Name, or the input where there is neither; verbatim, not cleaned.
        created: CreateTime or CreationTime, UTC.
        modified: ModifiedTime, UTC, in the families that have it.
        finished: CompleteTime, FinishTime or, for a smart job that ended, ModifiedTime, UTC.
        region: where it was asked.
        error: only where the service reports one.
        media_id: VOD AI: the media asset the job looked at.
        subjobs: batch only, and only from a lookup.
        media: what it made, as far as the answer names it.
        note: one sentence on what is odd, e.g. a Success that stored nothing, or "".
        whole: whether a lookup told it; a listing leaves out errors, subjobs and results.
    """

    family: str
    id: str
    type: str = ""
    state: State = State.UNKNOWN
    state_word: str = ""
    title: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    finished: datetime | None = None
    region: str = ""
    error: JobError | None = None
    media_id: str = ""
    subjobs: tuple[Subjob, ...] = ()
    media: tuple[Media, ...] = ()
    note: str = ""
    whole: bool = False

    @property
    def duration(self) -> float | None:
        """Seconds from creation to the end; None while it runs, if unknown, or if negative."""
        if self.created is None or self.finished is None:
            return None
        seconds = (self.finished - self.created).total_seconds()
        return seconds if seconds >= 0 else None


@record
class Query:
    """What a person asks to see of one family.

    Attributes:
        type: a type word verbatim, or "" for all.
        state: one of `State`'s values, or a state word of the service, or "" for all.
            ``failed`` means failed and partial.
        newest: newest first; else oldest first.
        text: shown are jobs with this in ID, title or type, letter case ignored; "" for all.
        since: created at or after, UTC.
        until: created before, UTC.
    """

    type: str = ""
    state: str = ""
    newest: bool = True
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@record
class Page:
    """What one answer told: of a listing, or of a lookup.

    Attributes:
        jobs: in the order of the answer.
        token: for the next page; "" at the end. A lookup has none.
        total: how many there are in all, where the service says so.
        request_id: of the answer.
    """

    jobs: tuple[Job, ...]
    token: str = ""
    total: int | None = None
    request_id: str = field(default="", compare=False)
