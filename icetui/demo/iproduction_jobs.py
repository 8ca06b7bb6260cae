"""The demo's IProduction jobs: one function each, fourteen of them (api.md 1.5, 2.3)."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

from icetui.demo.dice import Dice
from icetui.demo.stream import Course, Stream
from icetui.demo.texts import Piece, piece
from icetui.demo.written import HOST, Json, compact, stamp
from icetui.records import record

LIVE = Stream(
    family="iproduction",
    name="live",
    period=240,
    keep=3600,
    tick=1800,
    cards=(
        *["Cover", "Cover gif", "Cover unstored", "VideoClip"],
        *["CaptionExtraction", "AudioQualityAssessment", "MusicSegmentDetect", "VideoDelogo"],
    ),
)
"""A job about every four minutes: the last hour."""

ARCHIVE = Stream(
    family="iproduction",
    name="archive",
    period=8 * 3600,
    keep=9 * 86400,
    tick=86400,
    cards=(
        *["VideoDetext", "VideoGreenScreenMatting", "FaceBeauty", "VideoH2V", "AudioBeatDetection"],
        *["SpeechDenoise", "AudioMixing", "MusicDemix", "AudioQualityAssessment invalid", "Cover failed"],
        *["VideoClip says", "CaptionExtraction odd", "Cover backwards", "MusicSegmentDetect"],
    ),
)
"""A job about every eight hours: the last nine to ten days, with the rarer functions and ends."""

ENDINGS = {
    "Cover": ("png",),
    "Cover gif": ("gif",),
    "VideoGreenScreenMatting": ("webm",),
    "CaptionExtraction": ("srt",),
    "MusicSegmentDetect": ("json",),
    "AudioBeatDetection": ("json",),
    "AudioQualityAssessment": (),
    "SpeechDenoise": ("wav",),
    "AudioMixing": ("wav",),
    # The service doubles the ending (api.md 2.3).
    "MusicDemix": ("vocals.wav.wav", "accompaniment.wav.wav"),
}
"""What a function writes; mp4 where it is not named."""

PARAMETERS: dict[str, Json] = {
    "Cover": {"Model": ""},
    "Cover gif": {"Model": "gif"},
    "VideoDelogo": {"LogoModel": "tv,internet", "Boxes": "[[0.78,0.05,0.18,0.09]]"},
    "VideoDetext": {"LimitRegion": [[0, 0.72, 1, 0.2]], "Time": [0, 90]},
    "CaptionExtraction": {"fps": 5, "roi": [[0.7, 1], [0, 1]], "lang": "ch", "track": "main"},
    "VideoGreenScreenMatting": {"bgimage": f"oss://{HOST}/backgrounds/studio-blue.png"},
    "FaceBeauty": {"beauty_params": "whiten=20,smooth=50,face_thin=30"},
    "AudioMixing": {"inputs": {"file": f"oss://{HOST}/music/bed-04.wav"}},
}
"""JobParams; none where it is not named."""

UNSTORED = "oss fail to save the image in the given bucket"
"""What the service writes instead of a path when the bucket is in another region (api.md 2.3)."""

QUALITIES = ("Discontinuity", "Loudness", "MOS", "Coloration", "Noisiness")
WORDS = ("Bad", "Poor", "Fair", "Good", "Excellent")


@record
class ProductionJob:
    """One IProduction job."""

    id: str
    type: str
    flaw: str
    course: Course
    piece: Piece
    media: str = ""

    @property
    def created(self) -> datetime:
        """Its place among those followed."""
        return self.course.created

    def word(self, at: datetime) -> str:
        """Its state word at a moment."""
        return self.course.word(at)

    def _dice(self, *about: object) -> Dice:
        return Dice("iproduction", self.id, *about)

    def _key(self) -> str:
        return f"{self.type} {self.flaw}" if self.flaw == "gif" else self.type

    def row(self, at: datetime) -> dict[str, Json]:
        """The family has no listing: the same as `body`."""
        return self.body(at)

    def body(self, at: datetime) -> dict[str, Json]:
        """What QueryIProductionJob tells: flat, and without any error field."""
        dice = self._dice("body")
        by_id = dice.below(3) == 0
        source = self.media if by_id else f"oss://{HOST}/{self.piece.path}.mp4"
        output: dict[str, Json] = {
            "Type": "OSS",
            "Media": f"oss://{HOST}/ip/{self.piece.path}-{{sequenceId}}",
        }
        if self._lasting():
            output = {
                "Type": "Media",
                "Media": "",
                "Biz": dice.pick(("IMS", "VOD")),
                "OutputUrl": self._urls(at)[0],
            }
        parameters = PARAMETERS.get(self._key())
        out: dict[str, Json] = {
            "JobId": self.id,
            "Name": self.piece.title if dice.below(6) else "",
            "FunctionName": self.type,
            "Input": {"Type": "Media" if by_id else "OSS", "Media": source},
            "Output": output,
            "TemplateId": dice.hexes(32) if dice.below(2) else "",
            "JobParams": compact(parameters) if parameters else "",
            "ScheduleConfig": {"PipelineId": "a54fdc9c9aab413caef0d1150f565e86", "Priority": 6},
            "UserData": dice.pick(("", compact({"desk": self.piece.genre}), self.piece.genre)),
            "Result": "{}",
            "CreateTime": stamp(self.created),
            "Status": self.course.word(at),
        }
        if not self.course.over(at):
            return out
        finished = self.course.end
        if self.flaw == "backwards":
            # As in QueryIProductionJob's sample: it ended before it was made (api.md 2.8 #12).
            finished = self.created - timedelta(days=221, hours=16)
        out["FinishTime"] = stamp(finished)
        if self.course.word(at) == "Fail":
            # The only place left to say why is Result (api.md 1.5).
            out["Result"] = "Input resolution is not supported: 96x54." if self.flaw == "says" else ""
            return out
        out["Result"] = self._result()
        out["OutputFiles"] = [UNSTORED] * len(self._files()) if self.flaw == "unstored" else self._files()
        out["OutputUrls"] = self._urls(at)
        if self._lasting():
            out["OutputMediaIds"] = [
                self._dice("made", place).hexes(32) for place in range(len(self._files()))
            ]
        return out

    def _lasting(self) -> bool:
        """Whether its output is kept as a media asset: then it has OutputUrl and OutputMediaIds."""
        return self.type in ("VideoH2V", "FaceBeauty", "VideoDetext")

    def _files(self) -> list[str]:
        path = f"ip/{self.piece.path}"
        endings = ENDINGS.get(self._key(), ("mp4",))
        if self.type == "Cover":
            return [
                f"{path}-{place:05d}.{endings[0]}" for place in range(1, 1 + (1 if self.flaw == "gif" else 5))
            ]
        return [f"{path}.{ending}" if len(endings) == 1 else f"{path}_{ending}" for ending in endings]

    def _urls(self, at: datetime) -> list[str]:
        """Signed when they are asked for: whoever asks again has another hour."""
        host = "demo-bucket.oss-cn-beijing.aliyuncs.com" if self.flaw == "unstored" else HOST
        expires = int(at.timestamp()) + 3599
        sign = self._dice("sign", expires).hexes(27)
        query = f"x-oss-expires=3599&Expires={expires}&OSSAccessKeyId=STS.NUdemo&Signature={sign}%3D"
        return [f"http://{host}/{path}?{query}" for path in self._files()]

    def _result(self) -> str:
        dice = self._dice("result")
        match self.type:
            case "Cover":
                seconds = sorted(dice.real(1, 180, 6) for _ in self._files())
                scores = sorted((dice.real(5.5, 9.8, 14) for _ in seconds), reverse=True)
                paths = [UNSTORED] * len(seconds) if self.flaw == "unstored" else self._files()
                found = zip(scores, dice.order(seconds), paths, strict=True)
                return compact(
                    [
                        {"Score": score, "Time": str(round(at * 1000, 6)), "Url": path}
                        for score, at, path in found
                    ]
                )
            case "VideoClip":
                start, parts = 0.28, []
                for _ in range(dice.between(1, 5)):
                    end = round(start + dice.real(3, 9, 2), 2)
                    parts.append({"EndTime": str(end), "StartTime": str(start)})
                    start = round(end + dice.real(5, 40, 2), 2)
                return compact({"VideoSummaryList": parts})
            case "MusicSegmentDetect":
                end, found_parts = 0.0, []
                for title in ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus")[
                    : dice.between(3, 7)
                ]:
                    start = round(end + dice.real(0, 9, 2), 2)
                    end = round(start + dice.real(14, 32, 2), 2)
                    found_parts.append({"start": start, "end": end, "title": title})
                return compact(found_parts)
            case "AudioQualityAssessment":
                return compact([self._quality(channel) for channel in ("1", "2")])
            case _:
                return "{}"

    def _quality(self, channel: str) -> dict[str, str]:
        dice = self._dice("quality", channel)
        length = self._dice("length").real(20, 400, 2)
        tag = "Valid"
        if self.flaw == "invalid":
            tag = "Mute" if channel == "1" else "Voice too Short"
        heard: dict[str, str] = {}
        for quality in QUALITIES:
            score = dice.real(0.4, 4.95, 2)
            heard[quality] = WORDS[min(4, int(score))]
            heard[f"{quality}(0-5)"] = str(score)
            if quality != "Loudness":
                heard[f"Worst {quality}(0-5)"] = str(round(score * dice.real(0.2, 0.9), 2))
        heard |= {
            "Loudness(-90dB-0dB)": str(dice.real(-38, -0.5, 2)),
            "Speech Ratio": str(dice.real(20, 80, 2)),
            "Double Talk Ratio(%)": str(dice.real(0, 30, 2)),
            "Bad Mute Ratio(%)": "0.0",
            "Saturated Ratio(%)": str(dice.real(0, 40, 2)),
            "Total Duration": str(length),
            "Channel": channel,
            "Input": "/home/admin/algo/quality/source.wav",
            # No zone, and a blank for the T (api.md 2.5).
            "Time": f"{self.course.end:%Y-%m-%d %H:%M:%S}",
            "Tag": tag,
        }
        # The members come in no order at all, as in the documentation.
        return {key: heard[key] for key in dice.order(tuple(heard))}


@functools.lru_cache(maxsize=1024)
def make(stream: Stream, number: int) -> ProductionJob:
    """The IProduction job with a number: pure."""
    card, created = stream.card(number), stream.created(number)
    kind, _, flaw = card.partition(" ")
    dice = Dice("iproduction", stream.name, number)
    music = kind in ("MusicSegmentDetect", "AudioBeatDetection", "MusicDemix", "AudioMixing", "SpeechDenoise")
    waits, runs = dice.between(40, 200), dice.between(300, 700)
    # Three spellings of one state (api.md 1.5).
    runs_word = ("Analysing", "Analyzing", "Processing")[number % 3]
    last = "Fail" if flaw in ("failed", "says") else "Success"
    steps = ((0, "Queuing" if number % 4 else "Init"), (waits, runs_word), (waits + runs, last))
    if flaw == "odd":
        steps = (*steps[:2], (waits + runs, "Cancelling"))
    return ProductionJob(
        id=stream.id(number),
        type=kind,
        flaw=flaw,
        course=Course(created, steps, ends=flaw != "odd"),
        piece=piece(dice, created, *(("podcast",) if music else ())),
        media=dice.hexes(32),
    )
