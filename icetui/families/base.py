"""The seam for families: a family describes calls and reads answers; it never sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from icetui.call import Answer, Call
from icetui.decode import Decoded
from icetui.job import Job, Media, Page, Query, State, Subjob
from icetui.records import record

if TYPE_CHECKING:
    from icetui.results import Result


@record
class StateWord:
    """A state word of the service and what it means here."""

    word: str
    state: State


@record
class Opened:
    """All that one lookup told about one job.

    Attributes:
        job: the row, whole.
        answer: the raw answer, kept whole.
        decoded: the answer with its strings decoded.
        parameters: paths of the fields that tell what was asked for, in the order to show.
        results: what the job found, in the order to show.
        timed: the media that times in the results are of, e.g. what was listened to, or None.
    """

    job: Job
    answer: Answer
    decoded: Decoded
    parameters: tuple[str, ...]
    results: tuple[Result, ...]
    timed: Media | None = None


class Family(Protocol):
    """Jobs with one API. No state, no I/O: one object for the whole program.

    Attributes:
        name: ``smart``, ``batch``, ``iproduction``, ``vod-ai``.
        title: for the screen: ``Smart``, ``Batch``, ``IProduction``, ``VOD AI``.
        type_label: the service's name of the type: ``JobType``, ``FunctionName``, ``Type``.
        state_label: the service's name of the state: ``JobState``, ``Status``.
        order_label: the service's name of the order, ``SortBy``, or "order" where it has none.
        types: documented type words; the vocabulary is open.
        states: documented state words, in the order of a job's life.
        orders: the words for newest first and oldest first.
        ids_per_call: how many jobs one lookup may name.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    type_label: ClassVar[str]
    state_label: ClassVar[str]
    order_label: ClassVar[str]
    types: ClassVar[tuple[str, ...]]
    states: ClassVar[tuple[StateWord, ...]]
    orders: ClassVar[tuple[str, str]]
    ids_per_call: ClassVar[int]

    def lookup(self, ids: Sequence[str]) -> Call:
        """Asks for at most `ids_per_call` jobs by ID."""

    def read_lookup(self, answer: Answer) -> Page:
        """The jobs of a lookup; IDs the service says it does not know are `State.MISSING`."""

    def open(self, answer: Answer, job_id: str) -> Opened:
        """All that a lookup told about one of its jobs.

        Raises:
            errors.NotFound: the answer says that it does not know this ID.
            errors.Unreadable: the answer holds no such job.
        """

    def state(self, word: str) -> State:
        """Our state for a word of the service, letter case and spelling variants ignored."""

    def matches(self, job: Job, query: Query) -> bool:
        """Whether a job is what the query asks for, by one rule for every family."""


@runtime_checkable
class ListedFamily(Family, Protocol):
    """A family that can be asked by question: smart, batch."""

    def listing(self, query: Query, token: str, limit: int = ...) -> Call:
        """Asks for one page (at most 100 jobs); the query as far as the service can take it."""

    def read_listing(self, answer: Answer) -> Page:
        """The jobs of a page and the token of the next."""

    def unread(self, job: Job) -> bool:
        """Whether only a lookup can tell its true state: a finished batch may be partial."""


@runtime_checkable
class FoundFamily(Family, Protocol):
    """A family whose job IDs can be found by the media they looked at: VOD AI."""

    def finding(self, media_id: str) -> Call:
        """Asks which jobs looked at a media asset (VOD ListJobInfo, last six months)."""

    def read_finding(self, answer: Answer) -> tuple[str, ...]:
        """The IDs, newest first."""


class PartFamily(Family, Protocol):
    """A family whose jobs are parts of others: subjobs, opened like any job."""

    def listing_of(self, batch_id: str, token: str = "") -> Call:
        """Asks for the parts of a job."""

    def read_subjobs(self, answer: Answer) -> tuple[tuple[Subjob, ...], str]:
        """The parts of a page, and the token of the next or ""."""


@runtime_checkable
class PartedFamily(Family, Protocol):
    """A family whose jobs have parts: batch."""

    @property
    def parts(self) -> PartFamily:
        """How the parts are asked for and read."""
