"""Batch jobs: ICE ListBatchMediaProducingJobs and GetBatchMediaProducingJob (api.md 1.3, 1.4, 2.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from icetui.call import Answer, Call, Json
from icetui.decode import decode, decode_text
from icetui.families import reading
from icetui.families.asking import Vocabulary, limited, matches, spelled, stamp
from icetui.families.base import Opened, StateWord
from icetui.families.production import Production, subjob
from icetui.families.reading import mapping, text
from icetui.job import Job, JobError, Page, Query, State, Subjob

if TYPE_CHECKING:
    from icetui.results import Result

_WORDS = Vocabulary(
    (
        StateWord("Init", State.WAITING),
        StateWord("Processing", State.RUNNING),
        StateWord("Finished", State.DONE),
        # Only the listing's documents name it (api.md 1.4).
        StateWord("Failed", State.FAILED),
    )
)
# Status alone does not tell `partial` from `done`: both are Finished, and a lookup tells which.
# Our `failed` means failed and partial, that is two words of theirs, and a call takes one: then
# none is sent, and the finished ones that come are looked up (see `Batch.unread`). A person who
# wants the service's own Failed alone writes it so.
_SENT = MappingProxyType(
    {
        State.WAITING: "Init",
        State.RUNNING: "Processing",
        State.DONE: "Finished",
        State.PARTIAL: "Finished",
    }
)

_CONTAINERS = frozenset(
    {"InputConfig", "EditingConfig", "OutputConfig", "UserData", "Extend", "ExtendInput", "ExtendOutput"}
)
_PARAMETERS = tuple(
    f"EditingBatchJob.{name}"
    for name in ("InputConfig", "EditingConfig", "OutputConfig", "ExtendInput", "UserData")
)
_INPUT, _OUTPUT = "EditingBatchJob.ExtendInput", "EditingBatchJob.ExtendOutput"
_EXTEND = "EditingBatchJob.Extend"

_TITLE = re.compile(r'"TitleArray"\s*:\s*\[\s*(?:""\s*,\s*)*(?=")')
_URL = re.compile(r'"MediaURL"\s*:\s*(?=")')


class Batch:
    """Batch media producing jobs, each with subjobs."""

    name: ClassVar[str] = "batch"
    title: ClassVar[str] = "Batch"
    type_label: ClassVar[str] = "JobType"
    state_label: ClassVar[str] = "Status"
    order_label: ClassVar[str] = "SortBy"
    types: ClassVar[tuple[str, ...]] = (
        "Script",
        "Smart_Mix",
        "Sports_Highlights",
        "Screen_Media_Highlights",
        "Smart_Mix_Media_Select",
        "Smart_Mix_Timeline_Organize",
        "Screen_Media_Highlights_Media_Select",
        "Screen_Media_Highlights_Timeline_Organize",
        "Scene_Batch_Editing",
    )
    states: ClassVar[tuple[StateWord, ...]] = _WORDS.documented
    orders: ClassVar[tuple[str, str]] = ("desc", "asc")
    ids_per_call: ClassVar[int] = 1
    parts: ClassVar[Production] = Production()

    def listing(self, query: Query, token: str, limit: int = 50) -> Call:
        """ListBatchMediaProducingJobs; all of the query but its text can be sent."""
        return Call.of(
            "ice",
            "ListBatchMediaProducingJobs",
            NextToken=token or None,
            MaxResults=limited(limit),
            JobType=spelled(query.type, self.types),
            Status=_WORDS.sent(query.state, _SENT),
            SortBy=self.orders[0 if query.newest else 1],
            StartTime=stamp(query.since),
            EndTime=stamp(query.until, up=True),
        )

    def read_listing(self, answer: Answer) -> Page:
        """The jobs of EditingBatchJobList: without subjobs, and never with a total."""
        jobs = tuple(
            self._job(answer, text(each["JobId"]), each)
            for each in reading.rows(answer, "EditingBatchJobList")
        )
        return Page(jobs, reading.token(answer), reading.total(answer), answer.request_id)

    def lookup(self, ids: Sequence[str]) -> Call:
        """GetBatchMediaProducingJob of one ID."""
        return Call.of("ice", "GetBatchMediaProducingJob", JobId=reading.one_id(ids))

    def read_lookup(self, answer: Answer) -> Page:
        """The one job that was asked for, with its subjobs."""
        return Page((self._whole(answer),), request_id=answer.request_id)

    def open(self, answer: Answer, job_id: str) -> Opened:
        """The job with the material that was selected: for it (ExtendInput) or by it (ExtendOutput)."""
        from icetui import readers  # and all kinds of results: for those who open a job

        job = self._whole(answer)
        reading.same(answer, job, job_id)
        decoded = decode(answer.body, _CONTAINERS)
        results: list[Result] = []
        # The fields decide, not JobType: a Script job has both (api.md 2.8 #9).
        if not reading.blank(reading.found(decoded.value, _OUTPUT)):
            results += readers.read(decoded, _OUTPUT, (readers.selection,))
        # Project IDs, the other content of ExtendInput, are no more than what was asked.
        if readers.selection(reading.found(decoded.value, _INPUT)) is not None:
            results += readers.read(decoded, _INPUT, (readers.selection,))
        extend = reading.found(decoded.value, _EXTEND)
        if not reading.blank(extend) and not _only_error(extend):
            results += readers.read(decoded, _EXTEND, ())
        return Opened(job, answer, decoded, reading.present(decoded.value, _PARAMETERS), tuple(results))

    def state(self, word: str) -> State:
        """Init, Processing, Finished, Failed (api.md 1.8); `partial` is no word of theirs."""
        return _WORDS.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        """By the one rule of `asking.matches`: a finished job counts as done until it is looked up."""
        return matches(job, query, _WORDS)

    def unread(self, job: Job) -> bool:
        """A finished job out of a listing: it may be partial, and no listing names subjobs."""
        return job.state is State.DONE and not job.whole

    def _whole(self, answer: Answer) -> Job:
        told = answer.body.get("EditingBatchJob")
        if not isinstance(told, dict) or not told:
            raise reading.no_job(answer)
        job_id = reading.asked_for(answer, told.get("JobId"))
        if not job_id:
            raise reading.unreadable(answer, "its job has no ID")
        return self._job(answer, job_id, told, whole=True)

    def _job(self, answer: Answer, job_id: str, told: dict[str, Json], *, whole: bool = False) -> Job:
        word = text(told.get("Status"))
        state = _WORDS.state(word)
        subjobs = tuple(
            subjob(each, answer, code=each.get("ErrorCode"), message=each.get("ErrorMessage"))
            for each in reading.objects(told.get("SubJobList"))
        )
        if state is State.DONE and any(each.state is State.FAILED for each in subjobs):
            state = State.PARTIAL
        return Job(
            family=self.name,
            id=job_id,
            type=text(told.get("JobType")),
            state=state,
            state_word=word,
            title=_title(told),
            created=reading.when(told.get("CreateTime")),
            modified=reading.when(told.get("ModifiedTime")),
            finished=reading.when(told.get("CompleteTime")),
            region=answer.region,
            error=_error(told.get("Extend"), answer),
            subjobs=subjobs,
            note=_tally(state, subjobs),
            whole=whole,
        )


def _tally(state: State, subjobs: tuple[Subjob, ...]) -> str:
    """What the state does not say about the subjobs, or "".

    A finished job is `partial` even where every subjob failed: the service calls the job Finished,
    and the note says how many failed and with which codes.
    """
    of = f"of {len(subjobs)} subjobs"
    failed = [each for each in subjobs if each.state is State.FAILED]
    good = sum(each.state is State.DONE for each in subjobs)
    going = sum(each.state in (State.WAITING, State.RUNNING) for each in subjobs)
    said: list[str] = []
    if state is State.PARTIAL:
        codes = dict.fromkeys(each.error.code for each in failed if each.error and each.error.code)
        how_many = f"all {len(subjobs)} subjobs" if len(failed) == len(subjobs) > 1 else f"{len(failed)} {of}"
        said.append(f"{how_many} failed" + (f": {', '.join(codes)}" if codes else ""))
    if state is State.FAILED and good:
        said.append(f"yet {good} {of} succeeded")
    if state.terminal and going:
        said.append(f"{going} {of} not ended")
    return "; ".join(said)


def _error(extend: Json, answer: Answer) -> JobError | None:
    """The error of the main job out of Extend, beside Finished too (api.md 2.8 #8)."""
    if isinstance(extend, str):
        if "Error" not in extend:
            return None
        extend, _fault, _repaired = decode_text(extend)
    told = mapping(extend)
    return reading.fault(told.get("ErrorCode"), told.get("ErrorMessage"), answer)


def _only_error(extend: Json) -> bool:
    return isinstance(extend, dict) and set(extend) <= {"ErrorCode", "ErrorMessage"}


def _title(told: dict[str, Json]) -> str:
    """The first title that was asked for and is not empty, else the name of the first output, else ""."""
    titles = reading.strings(mapping(told.get("InputConfig")).get("TitleArray"))
    return (
        next(filter(None, titles), "")
        or _quoted(told.get("InputConfig"), _TITLE)
        or reading.name_of(
            mapping(told.get("OutputConfig")).get("MediaURL") or _quoted(told.get("OutputConfig"), _URL)
        )
    )


def _quoted(value: Json, before: re.Pattern[str]) -> str:
    """The string literal after a key in a text that should be JSON, or "".

    The text is searched, not parsed: a listing has a hundred of them, each may be megabytes, and
    one that breaks further on (api.md 2.8 #1) still has its title.
    """
    if not isinstance(value, str) or (place := before.search(value)) is None:
        return ""
    try:
        literal, _end = json.JSONDecoder(strict=False).raw_decode(value, place.end())
    except ValueError:
        return ""
    return text(literal)
