"""The demo's smart jobs: transcripts, speech, texts, translations, avatars, charts (api.md 2.1, 2.2)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from datetime import datetime

from icetui.demo import USER_ID
from icetui.demo.dice import Dice
from icetui.demo.stream import Course, Json, Stream, stamp
from icetui.demo.texts import COPY, Piece, lines, piece, speech

BUCKET = "demo-bucket"
HOST = "demo-bucket.oss-cn-shanghai.aliyuncs.com"

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

ERRORS = {
    "asr": (
        ("SpeechTranslationNoValidVocal", "No valid vocal in the input."),
        ("InvalidMaterial.NotFound", "The specified input does not exist: {input}"),
        ("InvalidParameter", "SentenceMaxLength must be between 4 and 50."),
    ),
    "translation": (
        ("SpeechTranslationNoValidVocal", "No valid vocal in the input."),
        ("InvalidStorage.NotFound", "The specified storage location does not exist: demo-bucket-archive"),
    ),
    "chart": (("InvalidMaterial.NotFound", 'The specified clips id not found:["{media}"]'),),
}
"""Why jobs fail, as they report it (api.md 4.2, last row)."""

LANGUAGES = ("en", "ja", "es", "th", "de")


def compact(value: Json) -> str:
    """JSON as the service puts it into strings."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
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

    def _dice(self, *about: object) -> Dice:
        return Dice("smart", self.id, *about)

    def _input(self) -> str:
        if self.type == "TextToSpeech":
            spoken = lines(self._dice("spoken"), self.piece.language, self._cues())
            return ("" if self.piece.language == "zh" else " ").join(spoken)
        # An OSS URL, or a media asset ID (api.md 1.2).
        return self.media if self._dice("input").below(4) == 0 else f"oss://{HOST}/{self.piece.path}.mp4"

    def _cues(self) -> int:
        dice = self._dice("cues")
        if "long" in self.card:
            return dice.between(280, 420)
        return dice.between(4, 9) if self.type in ("TextToSpeech", "AvatarVideo") else dice.between(6, 60)

    def _editing(self) -> str:
        dice = self._dice("editing")
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
                        "TargetLanguage": ",".join(self._targets()),
                        "DetextArea": "Auto",
                        "NeedSpeechTranslate": True,
                    }
                )
            case "ASR":
                return compact({"SentenceMaxLength": dice.pick((16, 24, 50))})
            case _:
                return compact({"AudioConfig": {}, "InputConfig": ""})

    def _targets(self) -> list[str]:
        wanted = [each for each in LANGUAGES if each != self.piece.language]
        return self._dice("targets").order(wanted)[: 3 if "many" in self.card else 1]

    def _output(self) -> dict[str, Json]:
        ending = {"ASR": "json", "TextToSpeech": "mp3", "TextGenerate": "txt"}.get(self.type, "mp4")
        return {"Bucket": BUCKET, "Object": f"out/{self.piece.path}.{ending}"}

    def _user_data(self) -> str:
        match self._dice("user data").below(5):
            case 0:
                return ""
            case 1:
                return f"desk={self.piece.genre}"
            case 2:
                return compact({"NotifyAddress": "https://hooks.harbour-media.example/ice"})
            case _:
                return compact(
                    {"desk": self.piece.genre, "ticket": f"VOD-{self._dice('ticket').between(1200, 9800)}"}
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
            return {**body, **self._unfinished()} if self.course.started(at) else body
        body["UserData"] = self._user_data()
        body["Output"] = "{}"
        if self.course.word(at) == "Failed":
            return {**body, **self._failure()}
        body["JobResult"] = {}
        body.update(self._found())
        # Empty on success (api.md 2.8 #17), or not there at all.
        if self._dice("errors").below(2):
            body.update({"ErrorCode": "", "ErrorMessage": ""})
        if self.card == "segments":
            body["JobId"] = f"{self.id}\n"  # as the splitter's help page prints it (api.md 2.8 #27)
        return body

    def _unfinished(self) -> dict[str, Json]:
        if self.type != "AvatarVideo":
            return {}
        url = f"https://{HOST}/out/{self.piece.path}"
        return {
            "Output": f'{{"MaskURL":"{url}_mask.mp4"',
            "JobResult": {"AiResult": f'{{"MediaURL":"{url}.mp4","SubtitleClips":"['},
        }

    def _failure(self) -> dict[str, Json]:
        if self.card == "asr silent":
            return {"JobResult": None, "ErrorCode": None, "ErrorMessage": None}
        code, message = self._dice("error").pick(ERRORS[self.card.split(maxsplit=1)[0]])
        message = message.format(input=f"oss://{HOST}/{self.piece.path}.mp4", media=self.media)
        return {"JobResult": {}, "ErrorCode": code, "ErrorMessage": message}

    def _found(self) -> dict[str, Json]:
        """Output and JobResult of a job that went well: what tells the cards apart."""
        url = f"https://{HOST}/out/{self.piece.path}"
        made = {"MediaId": self._dice("made").hexes(32)}
        match self.card.split():
            case ["asr", *_]:
                return {"JobResult": {"AiResult": compact(self._cue_list())}}
            case ["speech"]:
                return {
                    "JobResult": {**made, "MediaUrl": f"{url}.mp3", "AiResult": compact(self._cue_list())}
                }
            case ["texts", *rest]:
                return {"JobResult": self._texts(long=bool(rest))}
            case ["translation", "one"]:
                [language] = self._targets()
                return {"JobResult": {"AiResult": compact(self._translation(language, whole=True))}}
            case ["translation", "many"]:
                languages = {
                    language: self._translation(language, whole=place == 0)
                    for place, language in enumerate(self._targets())
                }
                result = {
                    "DetextVideoURL": f"{url}.clean.mp4",
                    "DetextVideoMediaId": self._dice("clean").hexes(32),
                    "VideoTranslationAiResultMap": languages,
                }
                return {"JobResult": {"AiResult": compact(result)}}
            case ["translation", *_]:
                return {"Output": f"{url}.{self._targets()[0]}.srt", "JobResult": {**made, "AiResult": ""}}
            case ["avatar", how]:
                return self._avatar(how, made, url)
            case ["plain"]:
                return {
                    "JobResult": {
                        **made,
                        "AiResult": "Clip segmentation done: 14 shots, 3 scenes, no faces above threshold.",
                        "Usage": compact({"total_tokens": 100}),
                        "MediaUrl": "",
                    }
                }
            case ["highlights"] | ["segments"]:
                return {"JobResult": {**made, "AiResult": compact(self._parts(url))}}
            case _:
                return {"JobResult": {**made, "MediaUrl": f"{url}.mp4"}}

    def _cue_list(self) -> list[Json]:
        said = speech(
            self._dice("said" if self.type == "ASR" else "spoken"), self.piece.language, self._cues()
        )
        return [{"content": text, "from": start, "to": end} for start, end, text in said]

    def _texts(self, *, long: bool) -> dict[str, Json]:
        dice = self._dice("texts")
        texts = dice.order(COPY[self.piece.language])[:3]
        if long:
            glue = "" if self.piece.language == "zh" else " "
            texts = [glue.join([text, *lines(dice, self.piece.language, 60)]) for text in texts]
        return {"AiResult": compact(texts), "Usage": compact({"total_tokens": sum(map(len, texts)) // 2})}

    def _translation(self, language: str, *, whole: bool) -> dict[str, Json]:
        url = f"https://{HOST}/out/{self.piece.path}.{language}"
        dice = self._dice("translation", language)
        if not whole:
            # A language may lack most of it (api.md 2.2).
            return (
                {"MediaURL": f"{url}.mp4", "MediaId": dice.hexes(32)}
                if dice.below(2)
                else {"MediaId": dice.hexes(32)}
            )
        expires = int(self.course.end.timestamp()) + 3600
        signed = f"Expires={expires}&OSSAccessKeyId=STS.NUdemo&Signature={dice.hexes(27)}%3D"
        return {
            "MediaURL": f"{url}.mp4",
            "MediaId": dice.hexes(32),
            "TranslatedAudioMediaURL": f"{url}.wav",
            "TranslatedAudioMediaId": dice.hexes(32),
            "SpeechTranslatedSubtitleURL": f"{url}.srt",
            "SpeechTranslatedSubtitleURLSigned": f"{url}.srt?{signed}",
            "SpeechTranslatedSubtitleURLForFix": f"{url}-fix.srt",
            "SpeechTranslatedSubtitleMediaIdForFix": dice.hexes(32),
            "SpeechBilingualSubtitleURL": f"{url}-bilingual.srt",
            "SpeechBilingualSubtitleMediaId": dice.hexes(32),
            "SpeechTranslationJobId": dice.hexes(32),
        }

    def _avatar(self, how: str, made: dict[str, Json], url: str) -> dict[str, Json]:
        said = speech(self._dice("spoken"), self.piece.language, self._cues())
        clips = [{"Text": text, "Start": start, "End": end} for start, end, text in said]
        result: dict[str, Json] = {"MediaURL": f"{url}.mp4", "MaskURL": f"{url}_mask.mp4"}
        result["SubtitleClips"] = clips if how == "list" else compact(clips)
        text = compact(result)
        if how == "output":
            return {"Output": text, "JobResult": {**made, "MediaUrl": f"{url}.mp4", "AiResult": None}}
        if how == "cut":
            text = text[: len(text) * 2 // 3]
        return {"JobResult": {**made, "MediaUrl": f"{url}.mp4", "AiResult": text}}

    def _parts(self, url: str) -> dict[str, Json]:
        dice, at, parts = self._dice("parts"), 0.0, []
        for number in range(dice.between(3, 8)):
            start = round(at + dice.real(1, 60), 2)
            at = round(start + dice.real(4, 25), 2)
            title = dice.pick(lines(dice, self.piece.language, 8))
            parts.append(
                {"Index": number, "In": start, "Out": at, "Score": dice.real(0.4, 0.99), "Title": title}
            )
        name = "Highlights" if self.card == "highlights" else "Segments"
        return {"MediaURL": f"{url}.mp4", name: parts, "Model": "hl-v2"}


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
