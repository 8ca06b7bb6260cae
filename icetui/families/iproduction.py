"""IProduction jobs: ICE QueryIProductionJob (api.md 1.5, 2.3); the service has no list of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import ClassVar
from urllib.parse import unquote

from icetui.call import Answer, Call, Json
from icetui.decode import decode, decode_text
from icetui.families import reading
from icetui.families.asking import Vocabulary, matches
from icetui.families.base import Opened, StateWord
from icetui.families.reading import mapping, text
from icetui.job import Job, JobError, Media, Page, Query, State

_WORDS = Vocabulary(
    (
        StateWord("Queuing", State.WAITING),
        StateWord("Analysing", State.RUNNING),
        StateWord("Success", State.DONE),
        StateWord("Fail", State.FAILED),
    ),
    met=(StateWord("Init", State.WAITING), StateWord("Processing", State.RUNNING)),
    spellings=(("Analyzing", "Analysing"), ("Failed", "Fail")),
)

_CONTAINERS = frozenset({"JobParams", "UserData", "Result", "Boxes"})
_PARAMETERS = ("Input", "Output", "TemplateId", "JobParams", "ScheduleConfig", "UserData")

_MOST_PARSED = 100_000
"""Characters of Result that are parsed for a row; covers are some hundred each."""


class IProduction:
    """Covers, clips, audio quality and other intelligent production."""

    name: ClassVar[str] = "iproduction"
    title: ClassVar[str] = "IProduction"
    type_label: ClassVar[str] = "FunctionName"
    state_label: ClassVar[str] = "Status"
    order_label: ClassVar[str] = "order"
    types: ClassVar[tuple[str, ...]] = (
        "Cover",
        "VideoClip",
        "VideoDelogo",
        "VideoDetext",
        "CaptionExtraction",
        "VideoGreenScreenMatting",
        "FaceBeauty",
        "VideoH2V",
        "MusicSegmentDetect",
        "AudioBeatDetection",
        "AudioQualityAssessment",
        "SpeechDenoise",
        "AudioMixing",
        "MusicDemix",
    )
    states: ClassVar[tuple[StateWord, ...]] = _WORDS.documented
    orders: ClassVar[tuple[str, str]] = ("newest", "oldest")
    ids_per_call: ClassVar[int] = 1

    def lookup(self, ids: Sequence[str]) -> Call:
        """QueryIProductionJob of one ID; never with ClientToken, which is for those who write."""
        return Call.of("ice", "QueryIProductionJob", JobId=reading.one_id(ids))

    def read_lookup(self, answer: Answer) -> Page:
        """The one job that was asked for, whole."""
        return Page((self._job(answer),), request_id=answer.request_id)

    def open(self, answer: Answer, job_id: str) -> Opened:
        """The job with Result read by its shape."""
        from icetui import readers  # and all kinds of results: for those who open a job

        # Cover says milliseconds, VideoClip and MusicSegmentDetect say seconds (api.md 2.6).
        kinds = (partial(readers.covers, unit="ms"), readers.grades, partial(readers.segments, unit="s"))
        job = self._job(answer)
        reading.same(answer, job, job_id)
        decoded = decode(answer.body, _CONTAINERS)
        said = not reading.blank(reading.found(decoded.value, "Result"))
        results = readers.read(decoded, "Result", kinds) if said else ()
        parameters = reading.present(decoded.value, _PARAMETERS)
        return Opened(job, answer, decoded, parameters, results, _listened_to(answer.body))

    def state(self, word: str) -> State:
        """Queuing, Analysing or Analyzing, Success, Fail or Failed (api.md 1.8)."""
        return _WORDS.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        """By the one rule of `asking.matches`."""
        return matches(job, query, _WORDS)

    def _job(self, answer: Answer) -> Job:
        body = answer.body
        word = text(body.get("Status"))
        kind = text(body.get("FunctionName"))
        if not (word or kind or text(body.get("JobId"))):
            raise reading.no_job(answer)
        job_id = reading.asked_for(answer, body.get("JobId"))
        if not job_id:
            raise reading.unreadable(answer, "its job has no ID")
        state = _WORDS.state(word)
        made = tuple(_media(body, done=state is State.DONE))
        return Job(
            family=self.name,
            id=job_id,
            type=kind,
            state=state,
            state_word=word,
            title=text(body.get("Name")) or reading.name_of(mapping(body.get("Input")).get("Media")),
            created=reading.when(body.get("CreateTime")),
            finished=reading.when(body.get("FinishTime")),
            region=answer.region,
            error=_reason(body.get("Result"), answer) if state is State.FAILED else None,
            media=made,
            note=_lost(body) if state is State.DONE else "",
            whole=True,
        )


def _listened_to(body: dict[str, Json]) -> Media | None:
    """The input: an address in a bucket, or a media asset."""
    told = mapping(body.get("Input"))
    source = text(told.get("Media"))
    if not source:
        return None
    if text(told.get("Type")).casefold() == "media":
        return Media("Input.Media", media_id=source)
    return Media("Input.Media", source)


def _media(body: dict[str, Json], *, done: bool) -> Iterator[Media]:
    """OutputUrls, OutputFiles and OutputMediaIds side by side, then Output.OutputUrl.

    A file that its URL does not contain is a second thing: the URL ends after an hour, the path
    in the bucket does not (api.md 2.3).
    """
    from icetui.readers import unstored

    urls = reading.strings(body.get("OutputUrls"))
    files = reading.strings(body.get("OutputFiles"))
    media_ids = reading.strings(body.get("OutputMediaIds"))
    for place, (url, file, media_id) in enumerate(zip_longest(urls, files, media_ids, fillvalue="")):
        lost = done and unstored(file)
        note = f"nothing was stored: {file}" if lost else ""
        if url:
            yield Media(f"OutputUrls[{place}]", url, media_id, note)
        if file and (not url or not (lost or file in unquote(url))):
            yield Media(f"OutputFiles[{place}]", file, "" if url else media_id, "" if url else note)
        elif media_id and not url:
            yield Media(f"OutputMediaIds[{place}]", media_id=media_id)
    output = mapping(body.get("Output"))
    if url := text(output.get("OutputUrl")):
        media_id = text(output.get("Media")) if text(output.get("Type")).casefold() == "media" else ""
        yield Media("Output.OutputUrl", url, media_id)


def _lost(body: dict[str, Json]) -> str:
    """A Success that stored nothing, in one sentence, or ""."""
    from icetui.readers import unstored

    shown = (text(each.get("Url")) for each in reading.objects(_parsed(body.get("Result"))))
    for entries in (list(filter(None, reading.strings(body.get("OutputFiles")))), list(filter(None, shown))):
        if lost := [each for each in entries if unstored(each)]:
            kept = "nothing was" if len(lost) == len(entries) else f"{len(lost)} of {len(entries)} were not"
            return f"Success, but {kept} stored: {lost[0]}"
    return ""


def _parsed(result: Json) -> Json:
    if isinstance(result, str):
        value, _fault, _repaired = decode_text(result) if len(result) <= _MOST_PARSED else (None, None, False)
        return value
    return result


def _reason(result: Json, answer: Answer) -> JobError | None:
    """Why a job failed: there is no field for it, Result may say it (api.md 1.5)."""
    if reading.blank(result):
        return None
    told = mapping(_parsed(result))
    for code, message in (("ErrorCode", "ErrorMessage"), ("Code", "Message")):
        if reason := reading.fault(told.get(code), told.get(message), answer):
            return reason
    words = text(result)
    return JobError("", words, answer.request_id) if words else None
