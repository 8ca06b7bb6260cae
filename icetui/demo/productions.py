"""Media producing jobs: the subjobs of the account's batches, each a job of its own (api.md 1.7)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from icetui.demo.dice import Dice
from icetui.demo.stream import Record
from icetui.demo.world import World
from icetui.demo.written import HOST, Json, compact, stamp
from icetui.records import record

STEP = 7.5
"""Seconds of a clip in the timelines here, at most."""


@record
class Production:
    """One subjob.

    Attributes:
        batch: the job it is a part of.
        number: its place in there.
        told: what the batch's lookup tells of it.
        script: what is said in it, line by line.
    """

    batch: Record
    number: int
    told: dict[str, Json]
    script: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its ID."""
        return str(self.told["JobId"])

    @property
    def created(self) -> datetime:
        """One second after the one before it."""
        return self.batch.created + timedelta(seconds=self.number + 1)

    @property
    def word(self) -> str:
        """Its state word."""
        return str(self.told["Status"])

    def row(self, at: datetime) -> dict[str, Json]:
        """What ListMediaProducingJobs tells: times, and the reason under other names than in the batch."""
        out: dict[str, Json] = {
            "JobId": self.id,
            "ProjectId": self.told.get("ProjectId", ""),
            "Status": self.word,
            "CreateTime": stamp(self.created),
            "ModifiedTime": stamp(at if self.word == "Processing" else self.created),
        }
        if self.word in ("Success", "Failed"):
            ended = self.created + timedelta(seconds=20 + Dice("production", self.id, "ran").below(40))
            out["ModifiedTime"] = out["CompleteTime"] = stamp(ended)
        for name, instead in (
            ("MediaId", "MediaId"),
            ("MediaURL", "MediaURL"),
            ("Duration", "Duration"),
            ("ErrorCode", "Code"),
            ("ErrorMessage", "Message"),
        ):
            if name in self.told:
                out[instead] = self.told[name]
        return out

    def body(self, at: datetime) -> dict[str, Json]:
        """What GetMediaProducingJob tells: also the timeline, and how far it has come."""
        job = self.row(at)
        if self.word == "Processing":
            job["Progress"] = 5 + Dice("production", self.id, stamp(at)).below(90)
        if self.word != "Init":
            job["Timeline"] = compact(self._timeline())
        if self.script:
            job["SubJobMaterials"] = compact({"SpeechText": " ".join(self.script)})
        return job

    def _timeline(self) -> Json:
        dice = Dice("production", self.id, "timeline")
        end = float(self.told.get("Duration") or dice.real(8.0, 58.0, 2))
        cuts, at = [0.0], 0.0
        while end - at > STEP:
            at = round(at + dice.real(2.0, STEP, 2), 2)
            cuts.append(at)
        cuts.append(end)
        video = [
            {"MediaId": dice.hexes(32), "In": 0.0, "Out": round(b - a, 4), "TimelineIn": a, "TimelineOut": b}
            for a, b in itertools.pairwise(cuts)
        ]
        music = {"MediaURL": f"http://{HOST}/music/theme.mp3", "TimelineIn": 0.0, "TimelineOut": end}
        timeline: dict[str, Json] = {
            "VideoTracks": [{"VideoTrackClips": video}],
            "AudioTracks": [{"AudioTrackClips": [music]}],
        }
        if self.script:
            share = end / len(self.script)
            said = [
                {
                    "Type": "Text",
                    "Content": line,
                    "TimelineIn": round(n * share, 3),
                    "TimelineOut": round((n + 1) * share, 3),
                }
                for n, line in enumerate(self.script)
            ]
            timeline["SubtitleTracks"] = [{"SubtitleTrackClips": said}]
        return timeline


def productions(world: World, at: datetime, batch_id: str = "") -> Iterator[Production]:
    """The subjobs of one batch, or of all that are listed, in the order of their batches."""
    one = world.find("batch", batch_id, at) if batch_id else None
    for batch in world.window("batch", at) if not batch_id else [one] if one is not None else []:
        whole = batch.body(at)
        told = json.loads(whole) if isinstance(whole, bytes) else whole
        job = told["EditingBatchJob"]
        script = _script(job.get("InputConfig"))
        for number, each in enumerate(job.get("SubJobList") or ()):
            yield Production(batch, number, each, script)


def _script(wanted: Json) -> tuple[str, ...]:
    """What is to be said; of InputConfig that is no JSON, nothing."""
    try:
        lines = json.loads(wanted or "{}").get("SpeechTextArray") or ()
    except ValueError:
        return ()
    return tuple(map(str, lines))
