"""The kinds of result: what a job found, in few shapes. Times are seconds, always.

`readers` recognises them in decoded values; `panes.drawings` has one drawing for each.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import ClassVar, TypeAlias

from icetui.call import Json
from icetui.records import record


@record
class Cue:
    """One timed line of a transcript.

    Attributes:
        start: seconds from the start of the media, negative where the service says so; None where it
            says nothing or something that is no number.
        end: the same; may lie before `start`.
        channel: VOD ChannelId, or None.
        rate: VOD SpeechRate: characters or words a minute, or None.
        extra: members of the cue that have no field here, e.g. word-level data, as sent.
    """

    start: float | None
    end: float | None
    text: str
    channel: int | None = None
    rate: int | None = None
    extra: tuple[tuple[str, Json], ...] = ()


@record
class Transcript:
    """Timed text in the order it came. `duration`: of the media in seconds, where it is said."""

    kind: ClassVar[str] = "transcript"
    cues: tuple[Cue, ...]
    duration: float | None = None


@record
class Cover:
    """A thumbnail candidate. `url` is a path in the output bucket, or an error in words (api.md 2.3)."""

    time: float | None
    score: float | None
    url: str
    note: str = ""


@record
class Covers:
    """Thumbnail candidates of IProduction Cover, best first as sent."""

    kind: ClassVar[str] = "covers"
    covers: tuple[Cover, ...]


@record
class Segment:
    """A time range with a title ("chorus"), or without."""

    start: float
    end: float
    title: str = ""


@record
class Segments:
    """Time ranges: IProduction MusicSegmentDetect and VideoClip."""

    kind: ClassVar[str] = "segments"
    segments: tuple[Segment, ...]


@record
class Grade:
    """One quality: a word (Excellent … Bad), a score of 0 to 5, the worst score; each may be missing."""

    name: str
    word: str = ""
    score: float | None = None
    worst: float | None = None


@record
class Channel:
    """The grades of one audio channel.

    Attributes:
        channel: "1", "2".
        tag: ``Valid``; any other word makes the scores meaningless (api.md 2.5).
        figures: other labels with their values, verbatim, in the order they came.
    """

    channel: str
    tag: str
    grades: tuple[Grade, ...]
    figures: tuple[tuple[str, str], ...] = ()


@record
class Grades:
    """Audio quality, channel by channel: IProduction AudioQualityAssessment."""

    kind: ClassVar[str] = "grades"
    channels: tuple[Channel, ...]


@record
class Tag:
    """A label seen at some times. `category`: Person, Time, Location, Keyword, Category."""

    category: str
    label: str
    times: tuple[float, ...] = ()
    face_url: str = ""


@record
class Tags:
    """Labels of VOD AIVideoTag."""

    kind: ClassVar[str] = "tags"
    tags: tuple[Tag, ...]


@record
class Span:
    """One stretch that two videos share: where in ours, where in the other."""

    input_start: float
    input_duration: float
    other_start: float
    other_duration: float


@record
class Match:
    """A fingerprint hit. `similarity` is 0 to 1, or None."""

    key: str
    similarity: float | None
    spans: tuple[Span, ...] = ()


@record
class Matches:
    """Fingerprint hits of VOD AIMediaDNA."""

    kind: ClassVar[str] = "matches"
    matches: tuple[Match, ...]


@record
class Clip:
    """Material chosen for a sentence. `score` is a plain number, negative too (api.md 2.8 #10)."""

    clip_id: str
    media_id: str
    start: float | None
    end: float | None
    score: float | None


@record
class Sentence:
    """A sentence of the script with the clips chosen for it. `text_id` may repeat."""

    text: str
    text_id: str
    duration: float | None
    clips: tuple[Clip, ...] = ()


@record
class Selection:
    """Material chosen for sentences: one tuple of sentences for each output."""

    kind: ClassVar[str] = "selection"
    outputs: tuple[tuple[Sentence, ...], ...]


@record
class Translation:
    """What one target language got: (name, value) as sent; `language` is "" where none is named."""

    language: str
    fields: tuple[tuple[str, str], ...]


@record
class Translations:
    """Outputs of VideoTranslation; `shared` belongs to all languages."""

    kind: ClassVar[str] = "translations"
    languages: tuple[Translation, ...]
    shared: tuple[tuple[str, str], ...] = ()


@record
class Texts:
    """Alternatives: TextGenerate."""

    kind: ClassVar[str] = "texts"
    texts: tuple[str, ...]


@record
class Tree:
    """JSON of no shape we know."""

    kind: ClassVar[str] = "tree"
    value: Json


@record
class Plain:
    """Text that is not meant to be JSON."""

    kind: ClassVar[str] = "plain"
    text: str


@record
class Broken:
    """Text that should be JSON and is not.

    Attributes:
        text: as it came.
        line: where it broke, from 1.
        column: from 1.
        position: from 0, in characters.
        message: the parser's words.
    """

    kind: ClassVar[str] = "broken"
    text: str
    line: int
    column: int
    position: int
    message: str


Kind: TypeAlias = (
    Transcript
    | Covers
    | Segments
    | Grades
    | Tags
    | Matches
    | Selection
    | Translations
    | Texts
    | Tree
    | Plain
    | Broken
)


@record
class Result:
    """One thing a job found.

    Attributes:
        path: the field's place in the answer, e.g. ``JobResult.AiResult``.
        value: one of the kinds.
        repaired: whether it was read from a repaired reading of broken JSON (api.md 2.8 #1, #2).
    """

    path: str
    value: Kind
    repaired: bool = False


_TIMES = ("start", "end")


def as_json(value: object) -> Json:
    """A kind as plain JSON: its members and ``kind`` first (contracts.md, "JSON").

    `Cue.extra` is merged into the cue, where it does not hide a member. Tuples become lists. NaN and the
    infinities, which JSON has not, become null.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Tree):
        return {"kind": value.kind, "value": value.value}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    out: dict[str, Json] = {}
    if isinstance(kind := getattr(value, "kind", None), str):
        out["kind"] = kind
    for each in fields(value):  # type: ignore[arg-type]  # checked one line above
        member = getattr(value, each.name)
        if each.name == "extra":
            # A time that cannot be read stays null under its own name, whatever was sent.
            out.update({key: item for key, item in member if out.get(key) is None and key not in _TIMES})
        elif each.name in ("shared", "fields", "figures"):
            out[each.name] = dict(member)
        else:
            out[each.name] = as_json(member)
    return out
