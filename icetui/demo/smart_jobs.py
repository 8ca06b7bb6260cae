"""The demo's smart jobs: transcripts, speech, texts, translations, avatars, charts (api.md 2.1, 2.2)."""

from __future__ import annotations

import functools
from datetime import datetime

from icetui.demo import USER_ID
from icetui.demo.dice import Dice
from icetui.demo.smart_results import failure, found, unfinished
from icetui.demo.stream import Course, Stream
from icetui.demo.texts import Piece, lines, piece
from icetui.demo.written import BUCKET, HOST, Json, compact, stamp
from icetui.records import record

LIVE = Stream(
    family="smart",
    name="live",
    period=40,
    keep=3600,
    tick=3600,
    cards=(
        *["asr"] * 11,
        *["asr long zh", "asr long en", "asr failed", "asr silent"],
        *["speech"] * 5,
        *["texts"] * 4,
        "texts long",
        *["translation one"] * 2,
        *["translation many"] * 3,
        *["translation url", "translation failed"],
        *["chart"] * 3,
        *["avatar nested", "avatar list", "avatar cut", "plain", "highlights"],
    ),
)
"""A job about every 40 s: the last one to two hours."""

ARCHIVE = Stream(
    family="smart",
    name="archive",
    period=3 * 3600,
    keep=9 * 86400,
    tick=86400,
    cards=(
        *["asr"] * 7,
        *["asr long zh", "asr failed"],
        *["speech"] * 3,
        *["texts"] * 2,
        *["translation many"] * 2,
        *[
            "translation one",
            "chart",
            "chart failed",
            "avatar nested",
            "avatar output",
            "segments",
            "hangs",
            "odd word",
        ],
    ),
)
"""A job about every three hours: the last nine to ten days, with some that hang."""

TYPES = {
    "asr": "ASR",
    "speech": "TextToSpeech",
    "texts": "TextGenerate",
    "translation": "VideoTranslation",
    "chart": "DynamicChart",
    # The words of these three are not documented (api.md 2.1): the vocabulary is open.
    "avatar": "AvatarVideo",
    "highlights": "HighlightExtraction",
    "segments": "Segmentation",
}

LANGUAGES = ("en", "ja", "es", "th", "de")


@record
class SmartJob:
    """One smart job."""

    id: str
    type: str
    card: str
    course: Course
    piece: Piece
    title: str
    media: str = ""

    @property
    def created(self) -> datetime:
        """Its place in listings."""
        return self.course.created

    def word(self, at: datetime) -> str:
        """Its state word at a moment."""
        return self.course.word(at)

    def dice(self, *about: object) -> Dice:
        """Throws of its own for each question."""
        return Dice("smart", self.id, *about)

    def _input(self) -> str:
        if self.type == "TextToSpeech":
            spoken = lines(self.dice("spoken"), self.piece, self.cues())
            return ("" if self.piece.language == "zh" else " ").join(spoken)
        # An OSS URL, or a media asset ID (api.md 1.2).
        return self.media if self.dice("input").below(4) == 0 else f"oss://{HOST}/{self.piece.path}.mp4"

    def cues(self) -> int:
        """How many lines are spoken in it."""
        dice = self.dice("cues")
        if "long" in self.card:
            return dice.between(280, 420)
        return dice.between(4, 9) if self.type in ("TextToSpeech", "AvatarVideo") else dice.between(6, 60)

    def _editing(self) -> str:
        dice = self.dice("editing")
        match self.type:
            case "TextToSpeech":
                voice = dice.pick(("Siqi", "Aiqi", "Kenny", "Zhimiao"))
                return compact(
                    {
                        "format": "MP3",
                        "pitch_rate": 0,
                        "sample_rate": 16000,
                        "speech_rate": dice.pick((-50, 0, 120)),
                        "voice": voice,
                        "volume": 50,
                    }
                )
            case "TextGenerate":
                wanted = {"keywords": self.title, "textLength": 100, "targetCount": 3}
                kind = dice.pick(("MarketingCopy", "Title", "StoryboardScript"))
                return compact({"Type": kind, "GenerateConfig": compact(wanted)})
            case "VideoTranslation":
                return compact(
                    {
                        "SourceLanguage": self.piece.language,
                        "TargetLanguage": ",".join(self.targets()),
                        "DetextArea": "Auto",
                        "NeedSpeechTranslate": True,
                    }
                )
            case "ASR":
                return compact({"SentenceMaxLength": dice.pick((16, 24, 50))})
            case _:
                return compact({"AudioConfig": {}, "InputConfig": ""})

    def targets(self) -> list[str]:
        """Languages it is translated to."""
        wanted = [each for each in LANGUAGES if each != self.piece.language]
        return self.dice("targets").order(wanted)[: 3 if "many" in self.card else 1]

    def _output(self) -> dict[str, Json]:
        ending = {"ASR": "json", "TextToSpeech": "mp3", "TextGenerate": "txt"}.get(self.type, "mp4")
        return {"Bucket": BUCKET, "Object": f"out/{self.piece.path}.{ending}"}

    def _user_data(self) -> str:
        match self.dice("user data").below(5):
            case 0:
                return ""
            case 1:
                return f"desk={self.piece.genre}"
            case 2:
                return compact({"NotifyAddress": "https://hooks.harbour-media.example/ice"})
            case _:
                return compact(
                    {"desk": self.piece.genre, "ticket": f"VOD-{self.dice('ticket').between(1200, 9800)}"}
                )

    def row(self, at: datetime) -> dict[str, Json]:
        """What ListSmartJobs tells."""
        bare = self.type == "TextGenerate"
        return {
            "JobId": self.id,
            "Title": self.title,
            "Description": "",
            "UserId": USER_ID,
            "JobType": self.type,
            "EditingConfig": self._editing(),
            "UserData": self._user_data(),
            "JobState": self.course.word(at),
            "CreateTime": stamp(self.created),
            "ModifiedTime": stamp(self.course.since(at)),
            "InputConfig": {"InputFile": "" if bare else self._input(), "Keyword": ""},
            "OutputConfig": {"Bucket": "", "Object": ""} if bare else self._output(),
        }

    def body(self, at: datetime) -> dict[str, Json]:
        """What GetSmartHandleJob tells."""
        info: dict[str, Json] = {
            "Title": self.title,
            "Description": "",
            "UserId": str(USER_ID),
            "JobType": self.type,
        }
        if self.type != "TextGenerate":
            info["InputConfig"] = {"InputFile": self._input()}
            info["OutputConfig"] = self._output()
        if self.type == "ASR":
            parameters = {
                "duration": "00:30:00",
                "start_time": "00:00:00",
                "request_params": "&enable_word_level_result=true",
            }
            info["InputConfig"]["JobParameters"] = compact(parameters)
        else:
            info["EditingConfig"] = self._editing()
        info["CreateTime"] = stamp(self.created)
        info["ModifiedTime"] = stamp(self.course.since(at))
        body: dict[str, Json] = {"JobId": self.id, "State": self.course.word(at), "SmartJobInfo": info}
        if not self.course.over(at):
            # A sparse answer while it runs; the avatar service writes its result before it is whole.
            return {**body, **unfinished(self)} if self.course.started(at) else body
        body["UserData"] = self._user_data()
        body["Output"] = "{}"
        if self.course.word(at) == "Failed":
            return {**body, **failure(self)}
        body["JobResult"] = {}
        body.update(found(self))
        # Empty on success (api.md 2.8 #17), or not there at all.
        if self.dice("errors").below(2):
            body.update({"ErrorCode": "", "ErrorMessage": ""})
        if self.card == "segments":
            body["JobId"] = f"{self.id}\n"  # as the splitter's help page prints it (api.md 2.8 #27)
        return body


@functools.lru_cache(maxsize=2048)
def make(stream: Stream, number: int) -> SmartJob:
    """The smart job with a number: pure."""
    card, created = stream.card(number), stream.created(number)
    dice = Dice("smart", stream.name, number)
    kind = card.split(maxsplit=1)[0]
    genres = {"speech": ("ad", "podcast", "news"), "texts": ("ad",), "asr": ("news", "podcast", "drama")}
    told = card[-2:] if kind == "asr" and "long" in card else ""
    about = piece(dice, created, *genres.get(kind, ()), language=told)
    match dice.below(12):
        case 0:
            title = f"default_title_{stamp(created)}"
        case 1:
            title = ""
        case _:
            title = about.title
    waits, runs = dice.between(2, 14), dice.between(20, 90)
    if kind in ("translation", "avatar", "chart"):
        runs *= 4
    last = "Failed" if card.endswith(("failed", "silent")) else "Finished"
    steps: tuple[tuple[int, str], ...] = ((0, "Created"), (waits, "Executing"), (waits + runs, last))
    if card == "hangs":
        steps = steps[:2]
    if card == "odd word":
        steps = (*steps[:2], (waits + runs, "Suspended"))
    return SmartJob(
        id=stream.id(number),
        type=TYPES.get(kind, "ASR"),
        card=card,
        course=Course(created, steps, ends=card not in ("hangs", "odd word")),
        piece=about,
        title=title,
        media=dice.hexes(32),
    )
