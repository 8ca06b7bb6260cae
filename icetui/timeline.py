"""Timed things of a job on one axis of media time: what stands when, and in which cell. Pure.

Segments, clips, covers, matches, tags and cues come in results of their own; here each is an `Item` with
a start and an end in seconds, and an `Axis` maps times to the cells of a line and back, exactly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from icetui.results import (
    Covers,
    Matches,
    Result,
    Segments,
    Selection,
    Tags,
    Transcript,
)

LANES = (
    *("video", "image", "effect", "audio", "subtitle"),
    *("segments", "clips", "covers", "matches", "tags", "cues"),
)
"""The kinds of timed things, in the order of their lanes: tracks of a timeline, then what was found."""

_SHORTEST = 0.001


@dataclass(frozen=True, slots=True)
class Item:
    """One timed thing.

    Attributes:
        lane: one of `LANES`, or such a word with what tells it from its like: ``cues ch 1``, ``video 2``.
        start: seconds.
        end: seconds, not before `start`; the same for a moment.
        label: what it is, as sent, not cleaned.
        score: as sent, or None.
    """

    lane: str
    start: float
    end: float
    label: str = ""
    score: float | None = None

    @property
    def moment(self) -> bool:
        """Whether it has no length: a cover, the time of a tag."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """All timed things of a job.

    Attributes:
        items: by start, then by end, then in the order of the lanes.
        duration: seconds of the media: what is told, or the latest end where that is later or nothing is.
        told: whether the duration was told by the service.
    """

    items: tuple[Item, ...]
    duration: float
    told: bool = False

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes that have something, from top to bottom."""
        return tuple(sorted({item.lane for item in self.items}, key=_rank))


def timeline(results: Sequence[Result]) -> Timeline:
    """The timed things in some results. Times that are no numbers of seconds are left out."""
    found = [item for item in _items(results) if math.isfinite(item.start) and math.isfinite(item.end)]
    found.sort(key=lambda item: (item.start, item.end, _rank(item.lane)))
    latest = max((item.end for item in found), default=0.0)
    told = max(
        (
            each.value.duration
            for each in results
            if isinstance(each.value, Transcript)
            and each.value.duration is not None
            and math.isfinite(each.value.duration)
        ),
        default=0.0,
    )
    return Timeline(tuple(found), max(told, latest), told=told >= latest and told > 0)


def has_times(results: Sequence[Result]) -> bool:
    """Whether there is anything timed, without making it."""
    return next(_items(results), None) is not None


def _rank(lane: str) -> tuple[int, str]:
    kind = lane.partition(" ")[0]
    return (LANES.index(kind) if kind in LANES else len(LANES)), lane


def _items(results: Sequence[Result]) -> Iterator[Item]:
    several = sum(isinstance(each.value, Segments) for each in results) > 1
    for result in results:
        value = result.value
        match value:
            case Transcript():
                yield from _cues(value)
            case Segments():
                lane = _track(result.path) if several else "segments"
                for segment in value.segments:
                    yield _item(lane, segment.start, segment.end, segment.title)
            case Covers():
                for cover in value.covers:
                    if cover.time is not None:
                        yield _item("covers", cover.time, cover.time, cover.note or cover.url, cover.score)
            case Matches():
                for hit in value.matches:
                    for span in hit.spans:
                        end = span.input_start + span.input_duration
                        yield _item("matches", span.input_start, end, hit.key, hit.similarity)
            case Tags():
                for tag in value.tags:
                    for time in tag.times:
                        yield _item("tags", time, time, f"{tag.category}: {tag.label}")
            case Selection():
                yield from _clips(value)
            case _:
                pass


def _item(lane: str, start: float, end: float, label: str, score: float | None = None) -> Item:
    """One thing; an end before its start, which the service sends in places, makes it a moment."""
    return Item(lane, start, max(start, end), label, score)


def _cues(value: Transcript) -> Iterator[Item]:
    channels = len({cue.channel for cue in value.cues}) > 1
    for cue in value.cues:
        lane = f"cues ch {'–' if cue.channel is None else cue.channel}" if channels else "cues"
        if cue.start is not None:
            yield _item(lane, cue.start, cue.start if cue.end is None else cue.end, cue.text)


def _clips(value: Selection) -> Iterator[Item]:
    """Clips at their place in their own material: where it goes in the output is not told (api.md 2.4)."""
    for n, output in enumerate(value.outputs, start=1):
        lane = f"clips of {n}" if len(value.outputs) > 1 else "clips"
        for sentence in output:
            for clip in sentence.clips:
                if clip.start is not None and clip.end is not None:
                    label = f"{sentence.text} ({clip.media_id})"
                    yield _item(lane, clip.start, clip.end, label, clip.score)


def _track(path: str) -> str:
    """The track of a path: ``video 1`` of ``….Timeline.VideoTracks[0].VideoTrackClips``."""
    tracks = re.findall(r"(\w+)Tracks\[(\d+)\]", path)
    return (
        f"{tracks[-1][0].lower()} {int(tracks[-1][1]) + 1}"
        if tracks
        else f"segments {path.rsplit('.', 1)[-1]}"
    )


class Axis:
    """A line of cells from 0 to the end of the media.

    Cell `c` stands for the times from `time(c)` up to `time(c + 1)`; `cell(time(c)) == c` for each.

    Args:
        duration: seconds; less than a millisecond counts as one.
        cells: at least 1.
    """

    def __init__(self, duration: float, cells: int) -> None:
        self.duration = max(duration, _SHORTEST)
        self.cells = max(1, cells)

    def time(self, cell: int) -> float:
        """Where a cell begins, in seconds."""
        return self.duration * cell / self.cells

    def cell(self, time: float) -> int:
        """The cell of a time; times before and after the media are in the first and last one."""
        if not 0 < time < self.duration:
            return 0 if time <= 0 else self.cells - 1
        cell = min(self.cells - 1, int(time / self.duration * self.cells))
        # Division rounds: the cell is the one that `time` says it is.
        while cell + 1 < self.cells and self.time(cell + 1) <= time:
            cell += 1
        while cell > 0 and self.time(cell) > time:
            cell -= 1
        return cell

    def span(self, item: Item) -> tuple[int, int]:
        """The first and last cell of an item: at least one, and none that begins where it has ended."""
        first, last = self.cell(item.start), self.cell(item.end)
        if last > first and self.time(last) >= item.end:
            last -= 1
        return first, last

    def under(self, items: Sequence[Item]) -> list[int | None]:
        """For each cell the item that is meant by it: of those that stand there the shortest, then first."""
        best: list[int | None] = [None] * self.cells
        lengths = [math.inf] * self.cells
        for n, item in enumerate(items):
            length = item.end - item.start
            first, last = self.span(item)
            for cell in range(first, last + 1):
                if length < lengths[cell]:
                    best[cell], lengths[cell] = n, length
        return best
