"""Smart jobs: ICE ListSmartJobs and GetSmartHandleJob (api.md 1.1, 1.2, 2.1, 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from icetui.call import Answer, Call, Json
from icetui.decode import decode, decode_text
from icetui.families import reading
from icetui.families.asking import Vocabulary, limited, matches, spelled
from icetui.families.assets import is_asset
from icetui.families.base import Opened, StateWord
from icetui.families.reading import child, mapping, text
from icetui.job import Job, Media, Page, Query, State

if TYPE_CHECKING:
    from icetui.results import Result

_WORDS = Vocabulary(
    (
        StateWord("Created", State.WAITING),
        StateWord("Executing", State.RUNNING),
        StateWord("Finished", State.DONE),
        StateWord("Failed", State.FAILED),
    )
)
_SENT = MappingProxyType({each.state: each.word for each in _WORDS.documented})

_CONTAINERS = frozenset(
    {
        "JobParameters",
        "InputConfig",
        "EditingConfig",
        "GenerateConfig",
        "OutputConfig",
        "UserData",
        "AiResult",
        "SubtitleClips",
        "Usage",
        "Output",
    }
)
_PARAMETERS = (
    "SmartJobInfo.InputConfig",
    "SmartJobInfo.EditingConfig",
    "SmartJobInfo.OutputConfig",
    "SmartJobInfo.Description",
    "UserData",
)
_CLIPS = "SubtitleClips"
_BY_LANGUAGE = "VideoTranslationAiResultMap"


class Smart:
    """ASR, text to speech, video translation and the like."""

    name: ClassVar[str] = "smart"
    title: ClassVar[str] = "Smart"
    type_label: ClassVar[str] = "JobType"
    state_label: ClassVar[str] = "JobState"
    order_label: ClassVar[str] = "SortBy"
    types: ClassVar[tuple[str, ...]] = ("ASR", "DynamicChart", "VideoTranslation", "TextToSpeech")
    states: ClassVar[tuple[StateWord, ...]] = _WORDS.documented
    orders: ClassVar[tuple[str, str]] = ("CreationTime:Desc", "CreationTime:Asc")
    ids_per_call: ClassVar[int] = 1

    def listing(self, query: Query, token: str, limit: int = 50) -> Call:
        """ListSmartJobs, by GET; it has no filter for text or time, those are applied here."""
        return Call.of(
            "ice",
            "ListSmartJobs",
            "GET",
            NextToken=token or None,
            MaxResults=limited(limit),
            JobType=spelled(query.type, self.types),
            JobState=_WORDS.sent(query.state, _SENT),
            SortBy=self.orders[0 if query.newest else 1],
        )

    def read_listing(self, answer: Answer) -> Page:
        """The jobs of SmartJobList; TotalCount is there only sometimes, as a string."""
        jobs = tuple(
            self._job(answer, text(each["JobId"]), each, text(each.get("JobState")))
            for each in reading.rows(answer, "SmartJobList")
        )
        return Page(jobs, reading.token(answer), reading.total(answer), answer.request_id)

    def lookup(self, ids: Sequence[str]) -> Call:
        """GetSmartHandleJob of one ID."""
        return Call.of("ice", "GetSmartHandleJob", JobId=reading.one_id(ids))

    def read_lookup(self, answer: Answer) -> Page:
        """The one job that was asked for, whole."""
        return Page((self._whole(answer),), request_id=answer.request_id)

    def open(self, answer: Answer, job_id: str) -> Opened:
        """The job with AiResult read by its shape, `Output` and `Usage`."""
        from icetui import readers  # and all kinds of results: for those who open a job

        # The shape decides, not JobType: the vocabulary of types is open (api.md 2.1). `from` and `to` of
        # AiResult and Start and End of SubtitleClips are seconds (api.md 2.6).
        cues = (partial(readers.transcript, unit="s"),)
        kinds = (*cues, readers.translations, readers.texts)
        job = self._whole(answer)
        reading.same(answer, job, job_id)
        decoded = decode(answer.body, _CONTAINERS)
        results: list[Result] = []
        for path in ("JobResult.AiResult", "Output"):
            value = reading.found(decoded.value, path)
            clips = reading.key_of(value, _CLIPS)
            if reading.blank(value) or reading.is_url(value):
                continue
            if clips is None:
                results += readers.read(decoded, path, kinds)
                continue
            if not reading.blank(value[clips]):
                results += readers.read(decoded, child(path, clips), cues)
            # An avatar's MediaURL would pass for a translation into one language.
            results += readers.read(decoded, path, ())
        if not reading.blank(reading.found(decoded.value, "JobResult.Usage")):
            results += readers.read(decoded, "JobResult.Usage", ())
        parameters = reading.present(decoded.value, _PARAMETERS)
        return Opened(job, answer, decoded, parameters, tuple(results), _timed(answer.body))

    def state(self, word: str) -> State:
        """Created, Executing, Finished, Failed (api.md 1.8)."""
        return _WORDS.state(word)

    def matches(self, job: Job, query: Query) -> bool:
        """By the one rule of `asking.matches`."""
        return matches(job, query, _WORDS)

    def unread(self, job: Job) -> bool:
        """Never: JobState of the listing is the whole truth."""
        return False

    def _whole(self, answer: Answer) -> Job:
        body = answer.body
        told = mapping(body.get("SmartJobInfo"))
        # Seeds and skills show State here, the listing says JobState; take either.
        word = text(body.get("State")) or text(body.get("JobState"))
        if not (told or word or text(body.get("JobId"))):
            raise reading.no_job(answer)
        job_id = reading.asked_for(answer, body.get("JobId"))
        if not job_id:
            raise reading.unreadable(answer, "its job has no ID")
        return self._job(answer, job_id, told, word, whole=True)

    def _job(
        self, answer: Answer, job_id: str, told: dict[str, Json], word: str, *, whole: bool = False
    ) -> Job:
        state = _WORDS.state(word)
        modified = reading.when(told.get("ModifiedTime"))
        return Job(
            family=self.name,
            id=job_id,
            type=text(told.get("JobType")),
            state=state,
            state_word=word,
            title=text(told.get("Title"))
            or reading.name_of(mapping(told.get("InputConfig")).get("InputFile")),
            created=reading.when(told.get("CreateTime")),
            modified=modified,
            # There is no field for the end; a job that has ended is not modified any more.
            finished=modified if state.terminal else None,
            region=answer.region,
            error=reading.fault(answer.body.get("ErrorCode"), answer.body.get("ErrorMessage"), answer)
            if whole
            else None,
            media=tuple(_media(answer.body, told) if whole else _named(told, "")),
            whole=whole,
        )


def _timed(body: dict[str, Json]) -> Media | None:
    """What the times are of: the speech or avatar that was made, else the file that was listened to."""
    made = mapping(body.get("JobResult"))
    url, media_id = text(made.get("MediaUrl")), text(made.get("MediaId"))
    if url or media_id:
        return Media("JobResult.MediaUrl" if url else "JobResult.MediaId", url, media_id)
    path = child("SmartJobInfo", "InputConfig", "InputFile")
    source = text(reading.found(body, path))
    if re.fullmatch(r"[a-z]{2,8}://\S+", source, re.IGNORECASE):
        return Media(path, source)
    # It may be the spoken prose, too (api.md 1.2).
    return Media(path, media_id=source) if is_asset(source) else None


def _media(body: dict[str, Json], told: dict[str, Json]) -> Iterator[Media]:
    """What a lookup names, each URL once: an avatar's MediaURL is its MediaUrl too."""
    seen: set[str] = set()
    for each in _all_media(body, told):
        key = each.url or each.media_id
        if key not in seen:
            seen.add(key)
            yield each


def _all_media(body: dict[str, Json], told: dict[str, Json]) -> Iterator[Media]:
    made = mapping(body.get("JobResult"))
    url, media_id = text(made.get("MediaUrl")), text(made.get("MediaId"))
    if url or media_id:
        yield Media("JobResult.MediaUrl" if url else "JobResult.MediaId", url, media_id)
    yield from _urls(_object(made.get("AiResult")), "JobResult.AiResult")
    output = body.get("Output")
    if reading.is_url(output):
        yield Media("Output", text(output))
    else:
        yield from _urls(_object(output), "Output")
    yield from _named(told, "SmartJobInfo")


def _named(told: dict[str, Json], path: str) -> Iterator[Media]:
    """OutputConfig.MediaUrl, which a public client met and the SDK does not know (api.md 1.2)."""
    if url := text(mapping(told.get("OutputConfig")).get("MediaUrl")):
        yield Media(child(path, "OutputConfig", "MediaUrl"), url)


def _object(value: Json) -> dict[str, Json]:
    """The object in a string that starts like one; a transcript's array is not parsed for a row."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value, _fault, _repaired = decode_text(value)
    return mapping(value)


def _urls(value: dict[str, Json], path: str) -> Iterator[Media]:
    """The URLs at the top of a result and in each language of a translation, with their media IDs.

    ``MediaURL`` goes with ``MediaId``, ``DetextVideoURL`` with ``DetextVideoMediaId``,
    ``TranslatedAudioMediaURL`` with ``TranslatedAudioMediaId``, ``…SubtitleURLForFix`` with
    ``…SubtitleMediaIdForFix`` (api.md 2.2). A media ID without its URL stands alone.
    """
    paired: set[str] = set()
    for key, each in value.items():
        if "url" not in key.casefold() or not isinstance(each, str) or not each.strip():
            continue
        ids = (_without_url(key, "MediaId"), _without_url(key, "Id"))
        id_key = next((name for name in ids if text(value.get(name))), "")
        paired.add(id_key)
        yield Media(child(path, key), each.strip(), text(value.get(id_key)))
    for key, each in value.items():
        if "MediaId" in key and key not in paired and isinstance(each, str) and each.strip():
            yield Media(child(path, key), media_id=each.strip())
    for language, fields in mapping(value.get(_BY_LANGUAGE)).items():
        yield from _urls({**mapping(fields), _BY_LANGUAGE: None}, child(path, _BY_LANGUAGE, language))


def _without_url(key: str, instead: str) -> str:
    return key.replace("URL", instead).replace("Url", instead)
