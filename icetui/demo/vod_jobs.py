"""The demo's VOD AI jobs: smart tagging, speech, video fingerprints (api.md 1.6, 2.5)."""

from __future__ import annotations

import functools
from datetime import datetime

from icetui.demo import MEDIA
from icetui.demo.dice import Dice
from icetui.demo.stream import Course, Stream
from icetui.demo.texts import TAGS, Piece, piece, speech
from icetui.demo.written import HOST, Json, compact, stamp
from icetui.records import record

LIVE = Stream(
    family="vod-ai",
    name="live",
    period=240,
    keep=4500,
    tick=1800,
    cards=(
        *["AIVideoTag tags"] * 3,
        *["AIVideoTag speech"] * 2,
        *["AIVideoTag both"] * 2,
        *["AIMediaDNA"] * 2,
        "AIVideoTag failed",
    ),
)
"""A job about every four minutes: the last hour and a quarter."""

ARCHIVE = Stream(
    family="vod-ai",
    name="archive",
    period=10 * 3600,
    keep=9 * 86400,
    tick=86400,
    cards=(
        *["AIVideoTag tags", "AIVideoTag both", "AIMediaDNA", "AIMediaDNA none"],
        *["AIVideoTag speech long", "AIVideoTag speech escaped", "AIMediaDNA failed", "AIVideoTag reserved"],
    ),
)
"""A job about every ten hours: the last nine to ten days."""

ERRORS = (
    ("InternalError", "The request processing has failed due to some unknown error."),
    ("InvalidMaterial.NotFound", "The media file does not exist or has been deleted."),
)


@record
class VodJob:
    """One VOD AI job."""

    id: str
    type: str
    finds: str
    course: Course
    media: str
    piece: Piece

    @property
    def created(self) -> datetime:
        """Its place among those followed and in ListJobInfo."""
        return self.course.created

    def word(self, at: datetime) -> str:
        """Its state word at a moment."""
        return self.course.word(at)

    def _dice(self, *about: object) -> Dice:
        return Dice("vod-ai", self.id, *about)

    def row(self, at: datetime) -> dict[str, Json]:
        """What ListAIJob tells about it."""
        out: dict[str, Json] = {
            "JobId": self.id,
            "MediaId": self.media,
            "Type": self.type,
            "Status": self.course.word(at),
            "CreationTime": stamp(self.created),
        }
        if not self.course.over(at):
            return out
        out["CompleteTime"] = stamp(self.course.end)
        if self.course.word(at) == "fail":
            code, message = self._dice("error").pick(ERRORS)
            return {**out, "Code": code, "Message": message}
        return {**out, "Code": "0", "Message": "OK", "Data": self._data()}

    def body(self, at: datetime) -> dict[str, Json]:
        """What GetJobDetail tells: what was asked for, not what was found."""
        out: dict[str, Json] = {
            "JobId": self.id,
            "JobType": self.type,
            "MediaId": self.media,
            "Status": self.course.word(at),
            "CreateTime": stamp(self.created),
            "TemplateConfig": compact(
                {"AnalyseTypes": "ASR,OCR,Face", "OrigASRData": "speech" in self.finds}
            ),
            "Trigger": self._dice("trigger").pick(("Auto", "Manual")),
            "UserId": 0,
        }
        if self.course.over(at):
            out["CompleteTime"] = stamp(self.course.end)
        return {"AIJobDetail": out}

    def _data(self) -> str:
        if self.type == "AIMediaDNA":
            return compact({"VideoDNA": [] if self.finds == "none" else self._matches()})
        found: dict[str, Json] = {}
        if self.finds in ("tags", "both"):
            found |= self._tags()
        if self.finds != "tags":
            found["OrigASRData"] = self._speech()
        text = compact(found)
        if self.finds == "speech escaped":
            # What S004 prints: an escape that JSON does not have, and a line end behind it.
            text = text.replace('"AsrTextList":[', '"AsrTextList":\\[') + "\n"
        return text

    def _tags(self) -> dict[str, Json]:
        dice, out = self._dice("tags"), dict[str, Json]()
        for category, labels in TAGS.items():
            found = []
            for label in dice.order(labels)[: dice.between(0 if category == "Time" else 1, 5)]:
                tag: dict[str, Json] = {"Tag": label}
                if category != "Category":
                    times = sorted(dice.below(1800) * 100 for _ in range(dice.between(1, 9)))
                    tag["Times"] = [str(time) for time in times]
                if category == "Person":
                    tag["FaceUrl"] = f"http://{HOST}/aivideotag/{self.id}/Index_{dice.between(1, 90):05d}.jpg"
                found.append(tag)
            if found:
                out[category] = found
        return out

    def _speech(self) -> Json:
        dice = self._dice("speech")
        count = dice.between(260, 380) if "long" in self.finds else dice.between(5, 40)
        said = speech(dice, self.piece, count)
        cues = [
            {
                "EndTime": int(end * 1000),
                "StartTime": int(start * 1000),
                "Text": text,
                "ChannelId": 0 if dice.below(8) else 1,
                "SpeechRate": dice.between(60, 260),
            }
            for start, end, text in said
        ]
        heard = {"AsrTextList": cues, "Duration": str(int(said[-1][1] * 1000) + 16)}
        # The table says array, the samples show an object (api.md 2.5).
        return [heard] if dice.below(4) == 0 else heard

    def _matches(self) -> list[Json]:
        dice = self._dice("matches")
        out = []
        for _ in range(dice.between(1, 3)):
            start, length = dice.real(0, 90, 1), dice.real(6, 40, 1)
            detail = {
                "Input": {"Start": str(start), "Duration": str(length)},
                "Duplication": {"Start": str(dice.real(0, 60, 1)), "Duration": str(round(length + 0.1, 1))},
            }
            hit = {
                "PrimaryKey": dice.hexes(32),
                "Similarity": str(dice.real(0.61, 0.99, 2)),
                "Detail": [detail],
            }
            out.append(hit)
        return out


@functools.lru_cache(maxsize=1024)
def make(stream: Stream, number: int) -> VodJob:
    """The VOD AI job with a number: pure."""
    card, created = stream.card(number), stream.created(number)
    kind, _, finds = card.partition(" ")
    dice = Dice("vod-ai", stream.name, number)
    waits, runs = dice.between(10, 90), dice.between(60, 480)
    # Spellings of one state (api.md 1.6, 1.8).
    runs_word = ("Processing", "processing", "analysing")[number % 3]
    last = "fail" if finds == "failed" else "success"
    steps: tuple[tuple[int, str], ...] = ((0, "init"), (waits, runs_word), (waits + runs, last))
    if finds == "reserved":
        steps = ((0, "reserved"),)
    return VodJob(
        id=stream.id(number),
        type=kind,
        finds=finds,
        course=Course(created, steps, ends=finds != "reserved"),
        media=dice.pick(MEDIA) if dice.below(3) else dice.hexes(32),
        piece=piece(dice, created, language="zh" if "long" in finds else dice.pick(("en", "zh"))),
    )
