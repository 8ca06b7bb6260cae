"""Media producing jobs: the subjobs of a batch, each a job of its own (api.md 1.7).

ICE GetMediaProducingJob opens one, ListMediaProducingJobs with MasterJobId lists those of a batch. They
have no mode of their own, so this family is not one of `families.FAMILIES`: `Batch.parts` is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from icetui.call import Answer, Call, Json
from icetui.decode import decode, number
from icetui.families import reading
from icetui.families.asking import PAGE_LIMIT, Vocabulary, matches
from icetui.families.base import Opened, StateWord
from icetui.families.reading import child, mapping, text
from icetui.job import Job, Media, Query, State, Subjob
from icetui.job import Page as JobPage

if TYPE_CHECKING:
    from icetui.results import Result

WORDS = Vocabulary(
    (
        StateWord("Init", State.WAITING),
        StateWord("Processing", State.RUNNING),
        StateWord("Success", State.DONE),
        StateWord("Failed", State.FAILED),
    ),
    # Only the lookup of a single one knows it (api.md 1.7).
    met=(StateWord("Queuing", State.WAITING),),
)

_JOB = "MediaProducingJob"
_CONTAINERS = frozenset({"Timeline", "ClipsParam", "SubJobMaterials", "UserData"})
_PARAMETERS = tuple(
    child(_JOB, name) for name in ("SubJobMaterials", "ClipsParam", "TemplateId", "ProjectId", "UserData")
)
_TRACKS = ("VideoTracks", "AudioTracks", "SubtitleTracks", "ImageTracks", "EffectTracks")


class Production:
    """One video being cut: a timeline, its output, and why it failed."""

    name: ClassVar[str] = "subjob"
    title: ClassVar[str] = "Subjob"
    type_label: ClassVar[str] = "JobType"
    state_label: ClassVar[str] = "Status"
    order_label: ClassVar[str] = "SortBy"
    types: ClassVar[tuple[str, ...]] = ()
    states: ClassVar[tuple[StateWord, ...]] = WORDS.documented
    orders: ClassVar[tuple[str, str]] = ("CreationTime:Desc", "CreationTime:Asc")
    ids_per_call: ClassVar[int] = 1

    def lookup(self, ids: Sequence[str]) -> Call:
        """GetMediaProducingJob of one ID."""
        return Call.of("ice", "GetMediaProducingJob", JobId=reading.one_id(ids))

    def read_lookup(self, answer: Answer) -> JobPage:
        """The one job that was asked for."""
        return JobPage((self._whole(answer),), request_id=answer.request_id)

    def open(self, answer: Answer, job_id: str) -> Opened:
        """The job with its timeline: whole, and track by track as far as its times are known."""
        from icetui import readers  # and all kinds of results: for those who open a job

        job = self._whole(answer)
        reading.same(answer, job, job_id)
        decoded = decode(answer.body, _CONTAINERS)
        path = child(_JOB, "Timeline")
        results: list[Result] = []
        timeline = reading.found(decoded.value, path)
        for name in _TRACKS:
            for n, track in enumerate(reading.objects(mapping(timeline).get(name))):
                clips = next((key for key in track if key.endswith("Clips")), None)
                place = child(path, name, n, clips or "")
                # A track without times, of effects for instance, is read in the whole below.
                if clips is not None and readers.track(track[clips]) is not None:
                    results += readers.read(decoded, place, (readers.track,))
        if not reading.blank(timeline):
            results += readers.read(decoded, path, ())
        made = mapping(answer.body.get(_JOB))
        output = Media(child(_JOB, "MediaURL"), text(made.get("MediaURL")), text(made.get("MediaId")))
        return Opened(
            job,
            answer,
            decoded,
            reading.present(decoded.value, _PARAMETERS),
            tuple(results),
            timed=output if output.url or output.media_id else None,
        )

    def state(self, word: str) -> State:
        """Init, Queuing, Processing, Success, Failed."""
        return WORDS.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        """By the one rule of `asking.matches`."""
        return matches(job, query, WORDS)

    def listing_of(self, batch_id: str, token: str = "") -> Call:
        """ListMediaProducingJobs of the subjobs of a batch, a page of at most 100."""
        return Call.of(
            "ice",
            "ListMediaProducingJobs",
            MasterJobId=batch_id.strip(),
            MaxResults=PAGE_LIMIT,
            NextToken=token or None,
        )

    def read_subjobs(self, answer: Answer) -> tuple[tuple[Subjob, ...], str]:
        """The subjobs of a page, and the token of the next or "".

        Raises:
            errors.Unreadable: the answer holds no such list.
        """
        found = tuple(
            subjob(each, answer, code=each.get("Code"), message=each.get("Message"))
            for each in reading.rows(answer, "MediaProducingJobList")
        )
        return found, reading.token(answer)

    def _whole(self, answer: Answer) -> Job:
        told = answer.body.get(_JOB)
        if not isinstance(told, dict) or not told:
            raise reading.no_job(answer)
        job_id = reading.asked_for(answer, told.get("JobId"))
        if not job_id:
            raise reading.unreadable(answer, "its job has no ID")
        word = text(told.get("Status"))
        state = WORDS.state(word)
        return Job(
            family=self.name,
            id=job_id,
            type="subjob" if not text(told.get("TemplateId")) else "subjob of a template",
            state=state,
            state_word=word,
            title=reading.name_of(told.get("MediaURL")) or text(told.get("ProjectId")),
            created=reading.when(told.get("CreateTime")),
            modified=reading.when(told.get("ModifiedTime")),
            finished=reading.when(told.get("CompleteTime")),
            region=answer.region,
            error=reading.fault(told.get("Code"), told.get("Message"), answer),
            media=tuple(_media(told)),
            note=_progress(told) if not state.terminal else "",
            whole=True,
        )


def subjob(told: dict[str, Json], answer: Answer, *, code: Json, message: Json) -> Subjob:
    """A subjob as a batch's lookup or a listing tells it; where the error stands differs."""
    word = text(told.get("Status"))
    duration = number(told.get("Duration"))
    return Subjob(
        id=text(told.get("JobId")),
        state=WORDS.state(word),
        state_word=word,
        url=text(told.get("MediaURL")),
        media_id=text(told.get("MediaId")),
        project_id=text(told.get("ProjectId")),
        duration=duration if duration is not None and duration >= 0 else None,
        # Beside Success too: Status decides, the error is kept as reported (api.md 2.8 #7).
        error=reading.fault(code, message, answer),
    )


def _media(told: dict[str, Json]) -> list[Media]:
    url, media_id, vod_id = (text(told.get(name)) for name in ("MediaURL", "MediaId", "VodMediaId"))
    made = [Media(child(_JOB, "MediaURL" if url else "MediaId"), url, media_id)] if url or media_id else []
    return [*made, Media(child(_JOB, "VodMediaId"), media_id=vod_id)] if vod_id else made


def _progress(told: dict[str, Json]) -> str:
    progress = number(told.get("Progress"))
    return "" if progress is None else f"{progress:g} % done"
