"""Timed things on one axis: which there are, in what order, in which cells."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.demo import SEED_RESULTS
from icetui.demo.samples import samples
from icetui.families import by_name
from icetui.results import (
    Clip,
    Cover,
    Covers,
    Cue,
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
    Transcript,
    Tree,
)
from icetui.timeline import Axis, Item, has_times, timeline
from tests.recorded import answered, recorded

times = st.floats(0, 100_000, allow_nan=False)
items = st.builds(
    lambda lane, start, length, label: Item(lane, start, start + length, label),
    st.sampled_from(["cues", "covers", "tags"]),
    times,
    st.floats(0, 500, allow_nan=False),
    st.just(""),
)


def of(*values: Kind) -> tuple[Item, ...]:
    return timeline([Result(f"R{n}", value) for n, value in enumerate(values)]).items


def seed(function: str) -> list[Result]:
    """The results of an IProduction sample of the documentation."""
    family = by_name("iproduction")
    body = next(each.answer for each in samples("iproduction") if each.id == SEED_RESULTS[function])
    assert isinstance(body, dict)
    return list(
        family.open(answered(family.lookup([SEED_RESULTS[function]]), body), SEED_RESULTS[function]).results
    )


@given(times, st.integers(1, 400))
def test_a_cell_and_the_time_where_it_begins_are_one(duration: float, cells: int) -> None:
    axis = Axis(duration, cells)
    assert [axis.cell(axis.time(cell)) for cell in range(cells)] == list(range(cells))


@given(times, st.integers(1, 400), st.lists(times, min_size=2))
def test_later_times_are_never_in_earlier_cells(duration: float, cells: int, some: list[float]) -> None:
    axis = Axis(duration, cells)
    places = [axis.cell(time) for time in sorted(some)]
    assert places == sorted(places)
    assert all(0 <= place < cells for place in places)


@given(times, st.integers(1, 400), st.lists(items))
def test_every_item_covers_a_cell_that_it_is_in_and_order_is_kept(
    duration: float, cells: int, some: list[Item]
) -> None:
    axis = Axis(duration, cells)
    some.sort(key=lambda item: (item.start, item.end))
    spans = [axis.span(item) for item in some]
    for item, (first, last) in zip(some, spans, strict=True):
        assert 0 <= first <= last < cells
        assert first == axis.cell(item.start)
        # A cell that begins where the item has ended is not its own: items that touch do not overlap.
        assert last == first or axis.time(last) < item.end
        assert last == cells - 1 or axis.time(last + 1) >= item.end
    assert [first for first, _ in spans] == sorted(first for first, _ in spans)


@given(times, st.integers(1, 200), st.lists(items, max_size=30))
def test_what_a_cell_means_stands_there_and_every_item_alone_in_a_cell_is_meant(
    duration: float, cells: int, some: list[Item]
) -> None:
    axis = Axis(duration, cells)
    under = axis.under(some)
    for cell, n in enumerate(under):
        there = [k for k, item in enumerate(some) if axis.span(item)[0] <= cell <= axis.span(item)[1]]
        assert (n is None) == (not there)
        if n is not None:
            assert n in there
            assert all(some[n].end - some[n].start <= some[k].end - some[k].start for k in there)


def test_items_that_touch_have_cells_of_their_own() -> None:
    axis = Axis(10, 10)
    assert [axis.span(Item("cues", n, n + 1)) for n in range(10)] == [(n, n) for n in range(10)]


def test_times_outside_the_media_are_at_its_ends() -> None:
    axis = Axis(10, 10)
    assert axis.span(Item("cues", -3, -1)) == (0, 0)
    assert axis.span(Item("cues", 12, 15)) == (9, 9)
    assert axis.span(Item("cues", -3, 15)) == (0, 9)


def test_the_covers_of_the_documentation_are_where_it_says() -> None:
    line = timeline(seed("Cover"))
    assert [round(item.start, 3) for item in line.items] == [25.943, 28.278]
    assert all(item.moment for item in line.items)
    # The latest cover is the end that is known.
    assert line.duration == 28.27825
    assert not line.told
    axis = Axis(line.duration, 100)
    assert [axis.span(item) for item in line.items] == [(91, 91), (99, 99)]


def test_the_songs_segments_of_the_documentation_are_where_it_says() -> None:
    line = timeline(seed("MusicSegmentDetect"))
    assert line.lanes == ("segments",)
    for item in line.items:
        first, last = Axis(line.duration, 80).span(item)
        assert first == int(item.start / line.duration * 80)
        assert last == math.ceil(item.end / line.duration * 80) - 1


def test_the_vod_transcript_of_the_documentation_has_its_own_duration() -> None:
    family = by_name("vod-ai")
    job_id = "a718a3a1e8bb42ee3bc88921e94****"
    opened = family.open(recorded(family.lookup([job_id]), "seed004_list_ai_job.json"), job_id)
    line = timeline(opened.results)
    assert line.told
    assert (line.duration, line.items[-1].end) == (30.016, 30.0)


def test_all_kinds_are_sorted_by_time_into_lanes() -> None:
    found = of(
        Transcript((Cue(5, 9, "b"), Cue(1, 5, "a"), Cue(None, 7, "no time")), duration=60),
        Segments((Segment(1, 30, "chorus"),)),
        Covers((Cover(12.5, 9.1, "c.jpg"), Cover(None, 1, "no time"))),
        Matches((Match("key", 0.99, (Span(3, 4, 100, 4),)),)),
        Tags((Tag("Person", "Ann", (2.0, 40.0)), Tag("Category", "news"))),
        Selection(
            ((Sentence("s", "0", 2.0, (Clip("c1", "m1", 6, 7, -0.1), Clip("c2", "m2", None, 1, 1))),),)
        ),
        Tree({"start": 1}),
        Plain("1"),
    )
    assert [(item.lane, item.start, item.end, item.label, item.score) for item in found] == [
        ("cues", 1, 5, "a", None),
        ("segments", 1, 30, "chorus", None),
        ("tags", 2.0, 2.0, "Person: Ann", None),
        ("matches", 3, 7, "key", 0.99),
        ("cues", 5, 9, "b", None),
        ("clips", 6, 7, "s (m1)", -0.1),
        ("covers", 12.5, 12.5, "c.jpg", 9.1),
        ("tags", 40.0, 40.0, "Person: Ann", None),
    ]


def test_lanes_stand_in_one_order_and_several_of_a_kind_are_told_apart() -> None:
    line = timeline(
        [
            Result("Data", Tags((Tag("Person", "Ann", (2.0,)),))),
            Result("Data.OrigASRData", Transcript((Cue(1, 2, "a", 1), Cue(1, 3, "b", 0)))),
            Result("J.Timeline.VideoTracks[0].VideoTrackClips", Segments((Segment(0, 1),))),
            Result("J.Timeline.AudioTracks[1].AudioTrackClips", Segments((Segment(0, 1),))),
        ]
    )
    assert line.lanes == ("video 1", "audio 2", "tags", "cues ch 0", "cues ch 1")


def test_nonsense_times_are_left_out_or_made_moments() -> None:
    inf = math.inf
    found = of(
        Segments((Segment(5, 2, "back"), Segment(1, inf), Segment(math.nan, 2), Segment(0, 0, "zero")))
    )
    assert [(item.start, item.end, item.label) for item in found] == [(0, 0, "zero"), (5, 5, "back")]


@pytest.mark.parametrize(
    ("duration", "whole", "told"),
    [(60.0, 60.0, True), (3.0, 9, False), (None, 9, False), (math.inf, 9, False)],
)
def test_the_duration_is_what_is_told_unless_something_ends_later(
    duration: float | None, whole: float, told: bool
) -> None:
    line = timeline([Result("R", Transcript((Cue(5, 9, "b"),), duration))])
    assert (line.duration, line.told) == (whole, told)


def test_whether_there_are_times_is_known_without_all_items() -> None:
    assert not has_times([Result("R", Tree(1)), Result("R", Covers((Cover(None, 1, ""),)))])
    assert has_times([Result("R", Tree(1)), Result("R", Covers((Cover(1, 1, ""),)))])
