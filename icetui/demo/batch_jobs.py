"""The demo's batch jobs: one brief, several videos, each with a state of its own (api.md 1.3, 1.4, 2.4)."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

from icetui.demo.dice import Dice
from icetui.demo.stream import Course, Stream
from icetui.demo.texts import COPY, Piece, lines, piece
from icetui.demo.written import HOST, Json, compact, pretty, stamp
from icetui.records import record

LIVE = Stream(
    family="batch",
    name="live",
    period=120,
    keep=5400,
    tick=3600,
    cards=(
        *["Script"] * 4,
        *["Script partial"] * 2,
        *["Smart_Mix"] * 3,
        *["Smart_Mix partial", "Smart_Mix failed"],
        *["Sports_Highlights"] * 2,
        *["Screen_Media_Highlights", "Smart_Mix_Media_Select", "Smart_Mix_Timeline_Organize"],
        *["Screen_Media_Highlights_Media_Select", "Screen_Media_Highlights_Timeline_Organize"],
        *["Scene_Batch_Editing"] * 2,
    ),
)
"""A job about every two minutes: the last one and a half to two and a half hours."""

ARCHIVE = Stream(
    family="batch",
    name="archive",
    period=6 * 3600,
    keep=10 * 86400,
    tick=86400,
    cards=(
        *["Script"] * 4,
        *["Script newline", "Script broken", "Script empty", "Script failed", "Script hangs"],
        *["Smart_Mix"] * 3,
        *["Smart_Mix partial", "Sports_Highlights partial"],
        *["Sports_Highlights", "Smart_Mix_Media_Select", "Scene_Batch_Editing", "Screen_Media_Highlights"],
    ),
)
"""A job about every six hours: the last ten to eleven days, with broken and empty ones."""

ERRORS = (
    ("InvalidMaterial.NotFound", 'The specified clips id not found:["{media}"]'),
    ("InvalidStorage.NotFound", "The specified storage location does not exist: demo-bucket-archive"),
    ("InternalError", "The request processing has failed due to some unknown error."),
)


@record
class BatchJob:
    """One batch job."""

    id: str
    type: str
    flaw: str
    course: Course
    piece: Piece
    count: int
    media: str = ""

    @property
    def created(self) -> datetime:
        """Its place in listings."""
        return self.course.created

    def word(self, at: datetime) -> str:
        """Its state word at a moment."""
        return self.course.word(at)

    def _dice(self, *about: object) -> Dice:
        return Dice("batch", self.id, *about)

    def input(self) -> str:
        """InputConfig: material, titles, script; other members for other types."""
        dice = self._dice("input")
        titles = [self.piece.title, *dice.order(COPY[self.piece.language])[:1]]
        if self.type.startswith("Screen_Media") or self.type == "Sports_Highlights":
            clips = [f"oss://{HOST}/{self.piece.path}-{number}.mp4" for number in range(dice.between(1, 4))]
            return compact({"Sources": clips, "Title": self.piece.title})
        if self.type == "Scene_Batch_Editing":
            return compact({"ProjectCount": self.count})
        groups = [
            {"GroupName": name, "MediaArray": [dice.hexes(32) for _ in range(dice.between(2, 5))]}
            for name in ("opening", "product", "closing")[: dice.between(1, 3)]
        ]
        wanted = {"MediaGroupArray": groups, "TitleArray": titles, "SpeechTextArray": self._script()}
        text = pretty(wanted)
        if self.flaw == "broken":
            # A comma gets lost between two strings on two lines, as in S003.
            text = text.replace('",\n    "', '"\n    "')
        return text if dice.below(2) or self.flaw == "broken" else compact(wanted)

    def _script(self) -> list[str]:
        return lines(self._dice("script"), self.piece, self._dice("script lines").between(3, 7))

    def editing(self) -> str:
        """EditingConfig: how loud, and from which parts."""
        volume = self._dice("volume").pick((0.2, 0.3, 0.5))
        wanted: dict[str, Json] = {"MediaConfig": {"Volume": 0}, "SpeechConfig": {"Volume": 1}}
        wanted["BackgroundMusicConfig"] = {"Volume": volume}
        if self.type.startswith("Smart_Mix"):
            part = {"GroupName": "opening", "Media": self.media, "TimeRangeList": [{"In": 2.4, "Out": 9.0}]}
            wanted["MediaConfig"] = {"Volume": 0, "MediaMetaDataArray": [part]}
        return pretty(wanted)

    def output(self) -> str:
        """OutputConfig: where to, how many, how large."""
        upright = self.piece.genre in ("ad", "drama")
        return compact(
            {
                "MediaURL": f"http://{HOST}/out/{self.piece.path}_{{index}}.mp4",
                "Count": self.count,
                "MaxDuration": 15 if upright else 60,
                "Width": 1080 if upright else 1920,
                "Height": 1920 if upright else 1080,
                "Video": {"Crf": 27},
            }
        )

    def user_data(self) -> str:
        """UserData: whom to tell."""
        address = self._dice("address").pick(("https://hooks.harbour-media.example/batch", "ice-batch-queue"))
        return compact({"NotifyAddress": address, "campaign": self.piece.title})

    def _error(self, *about: object) -> tuple[str, str]:
        dice = self._dice("error", *about)
        code, message = dice.pick(ERRORS)
        return code, message.format(media=dice.hexes(32))

    def _extend(self, at: datetime) -> str:
        if self.course.word(at) != "Failed":
            return "{}"
        code, message = self._error()
        return pretty({"ErrorCode": code, "ErrorMessage": message}, "\t")

    def row(self, at: datetime) -> dict[str, Json]:
        """What ListBatchMediaProducingJobs tells: no subjobs, no ExtendInput, no ExtendOutput."""
        end = "\n" if self.flaw == "newline" else ""
        out: dict[str, Json] = {
            "JobId": self.id,
            "JobType": self.type,
            "Status": self.course.word(at),
            "CreateTime": stamp(self.created),
            "ModifiedTime": stamp(self.course.since(at)) + end,
        }
        if self.course.over(at):
            out["CompleteTime"] = stamp(self.course.end) + end
        if self.course.word(at) == "Failed":
            return {**out, "Extend": self._extend(at)}
        return {
            **out,
            **_brief(self),
            "Extend": self._extend(at),
        }

    def body(self, at: datetime) -> dict[str, Json]:
        """What GetBatchMediaProducingJob tells."""
        job = {
            **self.row(at),
            **_brief(self),
        }
        if self.course.started(at) and not self.type.endswith("_Media_Select"):
            job["SubJobList"] = [self._subjob(number, at) for number in range(self.count)]
        if self.type.endswith("_Timeline_Organize"):
            job["ExtendInput"] = self._selection()
        if self.type == "Scene_Batch_Editing":
            job["ExtendInput"] = compact([self._subjob_id("project", number) for number in range(self.count)])
        if self.type.endswith("_Media_Select") and self.course.over(at):
            job["ExtendOutput"] = self._selection()
        return {"EditingBatchJob": job}

    def _subjob_id(self, what: str, number: int) -> str:
        return self._dice(what, number).hexes(32)

    def _subjob(self, number: int, at: datetime) -> dict[str, Json]:
        out: dict[str, Json] = {
            "JobId": self._subjob_id("subjob", number),
            "ProjectId": self._subjob_id("project", number),
        }
        # They end one after the other, the last with the job.
        begin = self.created + timedelta(seconds=self.course.steps[1][0])
        whole = (self.course.end - begin).total_seconds() or 600.0
        share = (at - begin).total_seconds() / whole * self.count
        if share < number or (not self.course.ends and number == self.count - 1):
            return {**out, "Status": "Init" if share < number else "Processing"}
        if share < number + 1 and not self.course.over(at):
            return {**out, "Status": "Processing"}
        if self._fails(number):
            code, message = self._error(number)
            return {**out, "Status": "Failed", "ErrorCode": code, "ErrorMessage": message}
        dice = self._dice("output", number)
        return {
            **out,
            "Status": "Success",
            "MediaId": self._subjob_id("media", number),
            "MediaURL": f"http://{HOST}/out/{self.piece.path}_{number}.mp4",
            "Duration": dice.real(8.0, 58.0, 4),
        }

    def _fails(self, number: int) -> bool:
        if self.flaw in ("failed", "empty"):
            return True
        if self.flaw != "partial":
            return False
        order = self._dice("fails").order(range(self.count))
        return number in order[: 1 + self._dice("fails how many").below(self.count // 2)]

    def _selection(self) -> str:
        def sentences(output: int) -> list[Json]:
            out = []
            for place, text in enumerate(self._script()):
                dice = self._dice("selection", output, place)
                length, start = dice.real(1.2, 5.0, 6), dice.real(0, 40, 2)
                clip = {
                    "clipId": f"null-{place + 1}",
                    "mediaId": dice.hexes(32),
                    "startTime": start,
                    "endTime": round(start + length, 2),
                    "score": dice.real(-0.3, 0.4, 4),
                }
                found = {"duration": length, "matchClipList": [clip], "text": text, "textId": str(place // 2)}
                out.append(found)
            return out

        outputs = [
            {"textMatchMediaSentenceOutputList": sentences(output)} for output in range(min(self.count, 3))
        ]
        return pretty({"textMatchMediaOutputList": outputs}, "\t")


@functools.lru_cache(maxsize=1024)
def _brief(job: BatchJob) -> dict[str, str]:
    """What was asked for: the larger part of a row, and it never changes."""
    return {
        "InputConfig": job.input(),
        "EditingConfig": job.editing(),
        "OutputConfig": job.output(),
        "UserData": job.user_data(),
    }


@functools.lru_cache(maxsize=1024)
def make(stream: Stream, number: int) -> BatchJob:
    """The batch job with a number: pure."""
    card, created = stream.card(number), stream.created(number)
    kind, _, flaw = card.partition(" ")
    dice = Dice("batch", stream.name, number)
    genres = ("sport",) if kind == "Sports_Highlights" else ("ad", "drama", "news")
    count = dice.between(2, 8)
    waits = dice.between(5, 30)
    runs = dice.between(15, 50) * count
    last = "Failed" if flaw == "failed" else "Finished"
    steps: tuple[tuple[int, str], ...] = ((0, "Init"), (waits, "Processing"), (waits + runs, last))
    if flaw == "hangs":
        steps = steps[:2]
    return BatchJob(
        id=stream.id(number),
        type=kind,
        flaw=flaw,
        course=Course(created, steps, ends=flaw != "hangs"),
        piece=piece(dice, created, *genres),
        count=count,
        media=dice.hexes(32),
    )
