"""VOD AI jobs: VOD ListAIJob by ID, ListJobInfo by media (api.md 1.6, 2.5); no list of all exists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from icetui.call import Answer, Call, Json
from icetui.decode import decode
from icetui.families import reading
from icetui.families.asking import Vocabulary, matches
from icetui.families.base import Opened, StateWord
from icetui.families.reading import child, text
from icetui.job import Job, Media, Page, Query, State

if TYPE_CHECKING:
    from icetui.results import Result

_WORDS = Vocabulary(
    (
        StateWord("init", State.WAITING),
        StateWord("processing", State.RUNNING),
        StateWord("success", State.DONE),
        StateWord("fail", State.FAILED),
    ),
    # GetJobDetail's words for AI jobs (api.md 1.6).
    met=(StateWord("reserved", State.WAITING), StateWord("analysing", State.RUNNING)),
    spellings=(("analyzing", "analysing"), ("failed", "fail")),
)

_CONTAINERS = frozenset({"Data", "OrigASRData", "String", "NonExistAIJobIds"})
_ASR = "OrigASRData"

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class VodAi:
    """Tags, transcripts and fingerprints of media assets in ApsaraVideo VOD."""

    name: ClassVar[str] = "vod-ai"
    title: ClassVar[str] = "VOD AI"
    type_label: ClassVar[str] = "Type"
    state_label: ClassVar[str] = "Status"
    order_label: ClassVar[str] = "order"
    types: ClassVar[tuple[str, ...]] = ("AIMediaDNA", "AIVideoTag")
    states: ClassVar[tuple[StateWord, ...]] = _WORDS.documented
    orders: ClassVar[tuple[str, str]] = ("newest", "oldest")
    ids_per_call: ClassVar[int] = 10

    def lookup(self, ids: Sequence[str]) -> Call:
        """ListAIJob of one to ten IDs, each named once.

        Raises:
            ValueError: none or more than ten were given.
        """
        if not 1 <= len(ids) <= self.ids_per_call:
            raise ValueError(f"ListAIJob takes 1 to {self.ids_per_call} IDs, not {len(ids)}")
        return Call.of("vod", "ListAIJob", JobIds=",".join(dict.fromkeys(each.strip() for each in ids)))

    def read_lookup(self, answer: Answer) -> Page:
        """A row for each ID asked: those told in the order told, then the missing ones.

        An ID is missing where NonExistAIJobIds names it, and where the answer passes it over.
        """
        told = {job_id: self._job(answer, job_id, each) for job_id, _path, each in _told(answer)}
        if not told and reading.refused(answer):
            raise reading.no_job(answer)
        absent = _asked(answer) or _unknown(answer.body.get("NonExistAIJobIds"))
        lost = (each for each in dict.fromkeys(absent) if each not in told)
        jobs = (*told.values(), *(reading.missing(self.name, each, answer.region) for each in lost))
        if not jobs:
            raise reading.no_job(answer)
        return Page(jobs, request_id=answer.request_id)

    def open(self, answer: Answer, job_id: str) -> Opened:
        """One of the jobs of an answer with its Data: tags or fingerprints, and the transcript."""
        from icetui import readers  # and all kinds of results: for those who open a job

        # Times of tags and AsrTextList are milliseconds, those of fingerprints seconds (api.md 2.6).
        cues = (partial(readers.transcript, unit="ms"),)
        kinds = (partial(readers.tags, unit="ms"), partial(readers.matches, unit="s"))
        job_id = job_id.strip()
        place = next(((path, told) for each, path, told in _told(answer) if each == job_id), None)
        if place is None:
            raise self._absent(answer, job_id)
        path, told = place
        decoded = decode(answer.body, _CONTAINERS)
        data = child(path, "Data")
        value = reading.found(decoded.value, data)
        transcript = reading.key_of(value, _ASR)
        results: list[Result] = []
        others = {key: each for key, each in value.items() if key != transcript} if transcript else value
        if not reading.blank(others):
            results += readers.read(decoded, data, kinds)
        if transcript is not None and not reading.blank(value[transcript]):
            results += readers.read(decoded, child(data, transcript), cues)
        parameters = reading.present(decoded.value, (child(path, "MediaId"), child(path, "Type")))
        job = self._job(answer, job_id, told)
        timed = Media(child(path, "MediaId"), media_id=job.media_id) if job.media_id else None
        return Opened(job, answer, decoded, parameters, tuple(results), timed)

    def finding(self, media_id: str) -> Call:
        """ListJobInfo of the AI jobs of a media asset, of the last six months."""
        return Call.of("vod", "ListJobInfo", MediaId=media_id.strip(), JobType="ai")

    def read_finding(self, answer: Answer) -> tuple[str, ...]:
        """The IDs of JobInfoList, newest first, each once; those without a time come last."""
        found = [
            (reading.when(each.get("CreateTime")) or _EARLIEST, text(each["JobId"]))
            for each in reading.rows(answer, "JobInfoList")
        ]
        found.sort(key=lambda each: each[0], reverse=True)
        return tuple(dict.fromkeys(job_id for _created, job_id in found))

    def state(self, word: str) -> State:
        """Init, processing, success, fail in any letter case (api.md 1.8)."""
        return _WORDS.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        """By the one rule of `asking.matches`."""
        return matches(job, query, _WORDS)

    def _absent(self, answer: Answer, job_id: str) -> Exception:
        if job_id in _asked(answer) or job_id in _unknown(answer.body.get("NonExistAIJobIds")):
            return reading.not_found(answer, job_id)
        return reading.unreadable(answer, f"it holds no job {job_id}")

    def _job(self, answer: Answer, job_id: str, told: dict[str, Json]) -> Job:
        word = text(told.get("Status"))
        media_id = text(told.get("MediaId"))
        return Job(
            family=self.name,
            id=job_id,
            type=text(told.get("Type")),
            state=_WORDS.state(word),
            state_word=word,
            title=media_id,
            created=reading.when(told.get("CreationTime")),
            finished=reading.when(told.get("CompleteTime")),
            region=answer.region,
            error=reading.fault(told.get("Code"), told.get("Message"), answer),
            media_id=media_id,
            whole=True,
        )


def _told(answer: Answer) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Each job of an answer: the ID asked for, its place, what is told of it.

    The order of the answer is not documented to be the order asked (api.md 1.6), so jobs are found
    by their ID; one whose ID is masked with ``*`` counts as the one asked ID that fits the mask.

    Raises:
        errors.Unreadable: something stands in AIJobList that is no job: then nobody has said
            that a job is missing.
    """
    asked = _asked(answer)
    seen: set[str] = set()
    for path, each in _places(answer):
        told = text(each.get("JobId"))
        job_id = _unmasked(told, asked) if asked else told
        if job_id and job_id not in seen:
            seen.add(job_id)
            yield job_id, path, each


def _places(answer: Answer) -> Iterator[tuple[str, dict[str, Json]]]:
    """The objects of AIJobList.AIJob and their paths; also of a bare AIJobList, and of one bare job."""
    value, path = answer.body.get("AIJobList"), "AIJobList"
    if isinstance(value, dict) and "JobId" not in value:
        value, path = value.get("AIJob"), child(path, "AIJob")
    if reading.blank(value):
        return
    if isinstance(value, dict):
        yield path, value
        return
    if not isinstance(value, list):
        raise reading.unreadable(answer, f"{path} is no list of jobs")
    if not reading.objects(value):
        raise reading.unreadable(answer, f"{path} holds no jobs")
    for place, each in enumerate(value):
        if isinstance(each, dict):
            yield child(path, place), each


def _unmasked(told: str, asked: tuple[str, ...]) -> str:
    """The ID asked for that a told ID means, or "" where none was."""
    fitting = [each for each in asked if each == told] or [each for each in asked if _fits(each, told)]
    return fitting[0] if len(fitting) == 1 else ""


def _fits(job_id: str, mask: str) -> bool:
    """Whether an ID can be what a mask stands for, each run of ``*`` for any characters."""
    first, *between = mask.split("*")
    if not between or not job_id.startswith(first) or not job_id.endswith(between[-1]):
        return False
    place, end = len(first), len(job_id) - len(between[-1])
    for part in between[:-1]:
        place = job_id.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return place <= end


def _asked(answer: Answer) -> tuple[str, ...]:
    """The IDs a lookup asked for, each once."""
    ids = (each.strip() for each in (answer.call.get("JobIds") or "").split(","))
    return tuple(dict.fromkeys(filter(None, ids)))


def _unknown(value: Json) -> tuple[str, ...]:
    """The IDs of NonExistAIJobIds, whichever of its shapes it has.

    An object with String, or an array; String an array, a text, a text that holds a JSON array, or
    an array of one such text; empty in each way (api.md 1.6, 2.8 #4). An ID has no white space,
    bracket, quote or comma, so a text is cut at those instead of being decoded.
    """
    texts: list[str] = []
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending.extend(reversed(list(each.values())))
        elif isinstance(each, list):
            pending.extend(reversed(each))
        else:
            texts.append(text(each))
    return tuple(dict.fromkeys(re.findall(r"[^\s\[\]{}\"'\\,]+", " ".join(texts))))
