"""Readers: pure functions that recognise a kind of result by the shape of a decoded value.

A reader is given a value and says what it is, or None where it is not its shape: a member missing that
the shape needs, or one of another type, is None and never a guess. Numbers may be written in strings.
Names of members are compared without letter case (api.md 2.2, 2.8 #29). Times leave in seconds; the
unit they come in does not follow from their name (api.md 2.6), so the family says it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeAlias, TypeVar

from icetui.call import Json
from icetui.decode import Decoded, Fault, at, number
from icetui.records import record
from icetui.results import (
    Broken,
    Channel,
    Clip,
    Cover,
    Covers,
    Cue,
    Grade,
    Grades,
    Kind,
    Match,
    Matches,
    Plain,
    Result,
    Segment,
    Segments,
    Selection,
    Sentence,
    Span,
    Tag,
    Tags,
    Texts,
    Transcript,
    Translation,
    Translations,
    Tree,
)

Unit: TypeAlias = Literal["s", "ms"]
Reader: TypeAlias = Callable[[Json], Kind | None]

_Item = TypeVar("_Item")


def read(decoded: Decoded, path: str, readers: Sequence[Reader]) -> tuple[Result, ...]:
    """What stands at a path: one result, or none where nothing stands there (null and "" included).

    Args:
        decoded: the answer.
        path: the field's place in it.
        readers: tried in this order; the first that recognises the value wins. Where none does, an
            object, array or number is a `Tree` and text is `Plain`. Text that should be JSON and is
            not is `Broken`, whatever the readers.
    """
    try:
        value = at(decoded.value, path)
    except KeyError:
        return ()
    fault = decoded.broken.get(path)
    if fault is not None and path not in decoded.repaired:
        return (Result(path, broken(fault)),)
    if value is None or (isinstance(value, str) and not value.strip()):
        return ()
    found = next((kind for reader in readers if (kind := reader(value)) is not None), None)
    if found is None:
        found = Plain(value) if isinstance(value, str) else Tree(value)
    repaired = any(_within(path, each) or _within(each, path) for each in decoded.repaired)
    return (Result(path, found, repaired),)


def broken(fault: Fault) -> Broken:
    """A fault as a result."""
    return Broken(fault.text, fault.line, fault.column, fault.position, fault.message)


def unstored(url: str) -> bool:
    """Whether an output is an error in words: the job says Success and nothing was stored (api.md 2.3)."""
    return "fail to save" in url.casefold() or bool(url.strip() and "/" not in url and "." not in url)


# --- timed text -----------------------------------------------------------------------------------

_STARTS = ("from", "starttime", "start")
_ENDS = ("to", "endtime", "end")
_WORDS = ("content", "text", "title")


def transcript(value: Json, unit: Unit) -> Transcript | None:
    """Timed text: an array of cues, or an object (or an array of objects) with AsrTextList.

    Shapes: {content, from, to} of ASR and text to speech; {Text, Start, End} of avatars' SubtitleClips;
    {Text, StartTime, EndTime, ChannelId, SpeechRate} of VOD's OrigASRData, which is an object in the
    samples and an array in the table (api.md 2.2, 2.5). A bare empty array could be anything: None.
    """
    if isinstance(value, dict):
        return _asr_data(value, unit)
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(item, dict) and "asrtextlist" in _folded(item) for item in value):
        parts = [_asr_data(item, unit) for item in value]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        durations = [part.duration for part in known if part.duration is not None]
        return Transcript(tuple(cue for part in known for cue in part.cues), max(durations, default=None))
    cues = _cues(value, unit)
    return None if cues is None else Transcript(cues)


def _asr_data(value: dict[str, Json], unit: Unit) -> Transcript | None:
    members = _folded(value)
    cues = _cues(members.get("asrtextlist"), unit)
    if cues is None:
        return None
    return Transcript(cues, _seconds(members.get("duration"), unit))


def _cues(items: Json, unit: Unit) -> tuple[Cue, ...] | None:
    """Every item as a cue; None where one lacks a member, or where not one of them is whole.

    Among cues that are whole one may have a time or a text that cannot be read: its time is unknown, its
    text empty, and what was sent stays in `Cue.extra`. A transcript of hours is not given up for it.
    """
    shapes: dict[tuple[str, ...], _Shape | None] = {}
    whole = False
    per = 1000 if unit == "ms" else 1

    def read_one(item: Json) -> Cue | None:
        nonlocal whole
        if not isinstance(item, dict):
            return None
        keys = tuple(item)
        try:
            shape = shapes[keys]
        except KeyError:
            shape = shapes[keys] = _shape(keys)
        if shape is None:
            return None
        start, end, text = item[shape.start], item[shape.end], item[shape.text]
        if isinstance(text, (list, dict)):
            return None
        begins, ends = _quick_seconds(start, per), _quick_seconds(end, per)
        lost: list[str] = []
        if begins is None or ends is None or not isinstance(text, str):
            known = ((shape.start, begins), (shape.end, ends), (shape.text, text))
            lost = [key for key, read in known if read is None and item[key] is not None]
            if text is not None and not isinstance(text, str):
                lost.append(shape.text)
        else:
            whole = True
        channel = None if shape.channel is None else _whole(item[shape.channel])
        rate = None if shape.rate is None else _whole(item[shape.rate])
        extra = tuple([(key, item[key]) for key in shape.others])
        if shape.channel is not None and channel is None and item[shape.channel] is not None:
            lost.append(shape.channel)
        if shape.rate is not None and rate is None and item[shape.rate] is not None:
            lost.append(shape.rate)
        if lost:
            extra = tuple([(key, item[key]) for key in item if key in lost or key in shape.others])
        return Cue(begins, ends, text if isinstance(text, str) else "", channel, rate, extra)

    cues = _each(items, read_one)
    return cues if whole or not cues else None


@record
class _Shape:
    """Which member of a cue says what; all cues of a transcript have the same few shapes."""

    start: str
    end: str
    text: str
    channel: str | None
    rate: str | None
    others: tuple[str, ...]


def _shape(keys: tuple[str, ...]) -> _Shape | None:
    names = {key.casefold(): key for key in reversed(keys)}
    start, end, text = (_first(names, each) for each in (_STARTS, _ENDS, _WORDS))
    if start is None or end is None or text is None:
        return None
    channel, rate = names.get("channelid"), names.get("speechrate")
    used = {start, end, text, channel, rate}
    return _Shape(start, end, text, channel, rate, tuple(key for key in keys if key not in used))


def _first(names: Mapping[str, str], aliases: Sequence[str]) -> str | None:
    return next((names[alias] for alias in aliases if alias in names), None)


# --- IProduction ----------------------------------------------------------------------------------


def covers(value: Json, unit: Unit = "ms") -> Covers | None:
    """Thumbnail candidates: an array of {Score, Time, Url} (api.md 2.3)."""
    found = _each(value, lambda item: _cover(item, unit))
    return Covers(found) if found else None


def _cover(item: Json, unit: Unit) -> Cover | None:
    members = _folded(item)
    url, time, score = members.get("url"), members.get("time"), members.get("score")
    if not isinstance(url, str) or (time is None and score is None):
        return None
    seconds, points = _seconds(time, unit), number(score)
    if (time is not None and seconds is None) or (score is not None and points is None):
        return None
    return Cover(seconds, points, url, "nothing was stored" if unstored(url) else "")


def segments(value: Json, unit: Unit = "s") -> Segments | None:
    """Time ranges: an array of {start, end, title}, or {VideoSummaryList: [{StartTime, EndTime}]}."""
    if isinstance(value, dict):
        value = _folded(value).get("videosummarylist")
        found = _each(value, lambda item: _segment(item, unit))
        return None if found is None else Segments(found)
    found = _each(value, lambda item: _segment(item, unit))
    return Segments(found) if found else None


def _segment(item: Json, unit: Unit) -> Segment | None:
    members = _folded(item)
    if "text" in members or "content" in members:
        return None
    start = _seconds(_one(members, ("starttime", "start")), unit)
    end = _seconds(_one(members, ("endtime", "end")), unit)
    title = members.get("title")
    if start is None or end is None or not (title is None or isinstance(title, str)):
        return None
    return Segment(start, end, title or "")


def track(value: Json) -> Segments | None:
    """The clips of one track of an editing timeline, in seconds: {TimelineIn, TimelineOut, …}.

    A clip without TimelineIn follows the one before, as the service lays it (a timeline may be written
    that shortly); without TimelineOut it is as long as Duration says, or its part of the material, Out
    less In. Where neither is told, the track has no times: None.
    """
    if not isinstance(value, list) or not value:
        return None
    found: list[Segment] = []
    for clip in value:
        if not isinstance(clip, dict):
            return None
        members = _folded(clip)
        start = number(members.get("timelinein"))
        if start is None:
            start = found[-1].end if found else 0.0
        end = number(members.get("timelineout"))
        if end is None and (long := _clip_length(members)) is not None:
            end = start + long
        if end is None:
            return None
        found.append(Segment(start, end, _clip_title(members)))
    return Segments(tuple(found))


def _clip_length(members: Mapping[str, Json]) -> float | None:
    long, end = number(members.get("duration")), number(members.get("out"))
    if long is None and end is not None:
        long = end - (number(members.get("in")) or 0.0)
    return long


def _clip_title(members: Mapping[str, Json]) -> str:
    told = (members.get(name) for name in ("content", "title", "mediaid", "mediaurl", "type"))
    return next((each for each in told if isinstance(each, str) and each), "")


_QUALITIES = frozenset({"Discontinuity", "Loudness", "MOS", "Coloration", "Noisiness"})
_SCORE = re.compile(r"(Worst )?(.+?) ?\(0-5\)\Z")


def grades(value: Json) -> Grades | None:
    """Audio quality: an array of objects, one for a channel, whose keys are labels (api.md 2.5).

    ``X`` is the word, ``X(0-5)`` the score and ``Worst X(0-5)`` the worst score of quality X, known to us
    or not. A score that is no number stays among the figures, as do all other labels.
    """
    if isinstance(value, dict):
        value = [value]
    found = _each(value, _channel)
    return Grades(found) if found else None


def _channel(item: Json) -> Channel | None:
    if not isinstance(item, dict) or any(isinstance(each, (dict, list)) for each in item.values()):
        return None
    words: dict[str, str] = {}
    scores: dict[str, float] = {}
    worst: dict[str, float] = {}
    names: dict[str, None] = {}
    figures: list[tuple[str, str]] = []
    labels = [_SCORE.match(key) for key in item]
    scored = {label[2] for label in labels if label is not None}
    for (key, member), label in zip(item.items(), labels, strict=True):
        points = number(member)
        if label is not None and points is not None:
            names[label[2]] = None
            (worst if label[1] else scores)[label[2]] = points
        elif key in _QUALITIES or key in scored:
            names[key] = None
            words[key] = _words(member)
        elif key not in ("Channel", "Tag"):
            figures.append((key, _words(member)))
    if not names:
        return None
    return Channel(
        _words(item.get("Channel")),
        _words(item.get("Tag")),
        tuple(Grade(name, words.get(name, ""), scores.get(name), worst.get(name)) for name in names),
        tuple(figures),
    )


# --- VOD AI ---------------------------------------------------------------------------------------

_CATEGORIES = ("person", "time", "location", "keyword", "category")


def tags(value: Json, unit: Unit = "ms") -> Tags | None:
    """Labels with times: an object of Person, Time, Location, Keyword, Category (api.md 2.5).

    Each is an array of {Tag, Times, FaceUrl}; Category has no Times in the samples. Other members
    belong to others: OrigASRData is a transcript.
    """
    if not isinstance(value, dict):
        return None
    found: list[Tag] = []
    known = False
    for key, items in value.items():
        if key.casefold() not in _CATEGORIES or items is None:
            continue
        of_category = _each(items, partial(_tag, category=key, unit=unit))
        if of_category is None:
            return None
        known = True
        found.extend(of_category)
    return Tags(tuple(found)) if known else None


def _tag(item: Json, category: str, unit: Unit) -> Tag | None:
    members = _folded(item)
    label, face_url = members.get("tag"), members.get("faceurl")
    times: tuple[float, ...] | None = ()
    if members.get("times") is not None:
        times = _each(members["times"], lambda time: _seconds(time, unit))
    if not isinstance(label, str) or times is None or not (face_url is None or isinstance(face_url, str)):
        return None
    return Tag(category, label, times, face_url or "")


def matches(value: Json, unit: Unit = "s") -> Matches | None:
    """Fingerprint hits: {VideoDNA: [{PrimaryKey, Similarity, Detail}]} (api.md 2.5)."""
    found = _each(_folded(value).get("videodna"), lambda item: _match(item, unit))
    return None if found is None else Matches(found)


def _match(item: Json, unit: Unit) -> Match | None:
    members = _folded(item)
    key, similarity, detail = members.get("primarykey"), members.get("similarity"), members.get("detail")
    alike = number(similarity)
    spans = () if detail is None else _each(detail, lambda each: _span(each, unit))
    if not isinstance(key, str) or spans is None or (similarity is not None and alike is None):
        return None
    return Match(key, alike, spans)


def _span(item: Json, unit: Unit) -> Span | None:
    members = _folded(item)
    ours, other = _folded(members.get("input")), _folded(members.get("duplication"))
    start, duration = _seconds(ours.get("start"), unit), _seconds(ours.get("duration"), unit)
    other_start, other_duration = _seconds(other.get("start"), unit), _seconds(other.get("duration"), unit)
    if start is None or duration is None or other_start is None or other_duration is None:
        return None
    return Span(start, duration, other_start, other_duration)


# --- batch ----------------------------------------------------------------------------------------


def selection(value: Json, unit: Unit = "s") -> Selection | None:
    """Material chosen for sentences: {textMatchMediaOutputList: [...]} of ExtendOutput (api.md 2.4)."""
    outputs = _each(
        _folded(value).get("textmatchmediaoutputlist"),
        lambda output: _each(
            _folded(output).get("textmatchmediasentenceoutputlist"), lambda item: _sentence(item, unit)
        ),
    )
    return None if outputs is None else Selection(outputs)


def _sentence(item: Json, unit: Unit) -> Sentence | None:
    members = _folded(item)
    text, chosen = members.get("text"), members.get("matchcliplist")
    clips = () if chosen is None else _each(chosen, lambda each: _clip(each, unit))
    if not isinstance(text, str) or clips is None or not _fits(members, "duration"):
        return None
    return Sentence(text, _words(members.get("textid")), _seconds(members.get("duration"), unit), clips)


def _clip(item: Json, unit: Unit) -> Clip | None:
    members = _folded(item)
    if not ({"clipid", "mediaid"} & set(members)) or not _fits(members, "starttime", "endtime", "score"):
        return None
    return Clip(
        _words(members.get("clipid")),
        _words(members.get("mediaid")),
        _seconds(members.get("starttime"), unit),
        _seconds(members.get("endtime"), unit),
        number(members.get("score")),
    )


# --- smart ----------------------------------------------------------------------------------------

_BY_LANGUAGE = "videotranslationairesultmap"
_TRANSLATED = ("detext", "speech", "translated", "videotranslation")
_AVATAR = frozenset({"maskurl", "subtitleclips"})


def translations(value: Json) -> Translations | None:
    """Outputs of VideoTranslation: by language, or the same members at the top for one (api.md 2.2).

    Without the map of languages at least one member must be a translation's (SpeechTranslatedSubtitleURL,
    TranslatedAudioMediaURL, DetextVideoURL …): MediaURL alone is anybody's.
    """
    members = _folded(value)
    if _BY_LANGUAGE in members:
        by_language = members[_BY_LANGUAGE]
        if not isinstance(by_language, dict):
            return None
        rest = {key: item for key, item in value.items() if key.casefold() != _BY_LANGUAGE}
        shared = _fields(rest)
        languages: list[Translation] = []
        for language, item in by_language.items():
            fields = _fields({} if item is None else item)
            if fields is None:
                return None
            languages.append(Translation(language, fields))
        return None if shared is None else Translations(tuple(languages), shared)
    if _AVATAR & set(members) or not any(name.startswith(_TRANSLATED) for name in members):
        return None
    fields = _fields(value)
    return None if fields is None else Translations((Translation("", fields),))


def _fields(value: Json) -> tuple[tuple[str, str], ...] | None:
    """(name, value) of an object of plain members, those that are null left out."""
    if not isinstance(value, dict) or any(isinstance(item, (dict, list)) for item in value.values()):
        return None
    return tuple((key, _words(item)) for key, item in value.items() if item is not None)


def texts(value: Json) -> Texts | None:
    """Alternatives: an array of strings (TextGenerate)."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        return None
    return Texts(tuple(value))


# --- members --------------------------------------------------------------------------------------


def _within(path: str, outer: str) -> bool:
    """Whether a path is `outer` or lies inside it."""
    return path == outer or (path.startswith(outer) and path[len(outer)] in ".[")


def _folded(value: Json) -> dict[str, Json]:
    """An object by names without letter case, the first of two alike; {} where it is no object."""
    if not isinstance(value, dict):
        return {}
    return {key.casefold(): value[key] for key in reversed(value)}


def _one(members: Mapping[str, Json], aliases: Sequence[str]) -> Json:
    return next((members[alias] for alias in aliases if alias in members), None)


def _each(items: Json, reader: Callable[[Json], _Item | None]) -> tuple[_Item, ...] | None:
    """Every item of an array read, or None where it is no array or one cannot be read."""
    if not isinstance(items, list):
        return None
    found: list[_Item] = []
    for item in items:
        one = reader(item)
        if one is None:
            return None
        found.append(one)
    return tuple(found)


def _quick_seconds(value: Json, per: int) -> float | None:
    """Seconds of a number of which there are `per` in a second; plain numbers the short way."""
    if type(value) in (float, int) and -1e15 < value < 1e15:
        return float(value / per)
    found = number(value)
    return None if found is None else found / per


def _seconds(value: Json, unit: Unit) -> float | None:
    found = number(value)
    return found / 1000 if found is not None and unit == "ms" else found


def _whole(value: Json) -> int | None:
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def _fits(members: Mapping[str, Json], *names: str) -> bool:
    """Whether each of the members is a number, null or missing."""
    return all(members.get(name) is None or number(members[name]) is not None for name in names)


def _words(value: Json) -> str:
    """A plain member as text: a string as it is, null as "", else as JSON writes it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
