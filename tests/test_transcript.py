"""The transcript's pane: marks, ranges, warnings, times, several transcripts, and what it gives away."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from icetui.call import Answer, Call
from icetui.decode import Decoded
from icetui.families.base import Opened
from icetui.job import Job, State
from icetui.panes.leaf import Leaf, Told
from icetui.panes.quiet import QuietScreen
from icetui.panes.transcript import AT_ONCE, TranscriptLeaf
from icetui.results import Cue, Result, Selection, Sentence, Transcript
from icetui.settings import Reading
from tests.on_screen import screen_text, until

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
JOB = Job(family="smart", id="20b4", type="ASR", state=State.DONE, state_word="Finished")
LONG = "a sentence that goes on and on, " * 6
CUES = (
    Cue(0.0, 10.0, "first"),
    Cue(10.0, 20.0, LONG),
    Cue(19.0, 30.0, "overlaps"),
    Cue(40.0, 41.0, "after a gap"),
    Cue(41.0, 60.0, "last"),
)


def told(*transcripts: Transcript, job_id: str = "20b4") -> Told:
    results = tuple(Result(f"Result[{n}]", each) for n, each in enumerate(transcripts))
    return told_of(results, job_id)


def told_of(results: tuple[Result, ...], job_id: str = "20b4") -> Told:
    answer = Answer(Call.of("ice", "GetSmartHandleJob"), "cn-shanghai", 200, "{}", {}, NOW)
    job = replace(JOB, id=job_id)
    return Told(job, Opened(job, answer, Decoded({}, {}), (), results), NOW)


class Stage(App[None]):
    """The pane alone, and what it asks and says."""

    def __init__(self, shown: Told | None = None, limits: Reading | None = None) -> None:
        super().__init__()
        self.shown = told(Transcript(CUES, 50.0)) if shown is None else shown
        self.limits = limits
        self.asked: list[Leaf.Asked] = []
        self.said: list[str] = []

    def get_default_screen(self) -> QuietScreen:
        return StageScreen(self.limits)

    @property
    def leaf(self) -> TranscriptLeaf:
        return self.screen.query_one(TranscriptLeaf)

    def on_ready(self) -> None:
        self.leaf.take(self.shown, keep=False)
        self.leaf.enter()

    def on_leaf_asked(self, event: Leaf.Asked) -> None:
        self.asked.append(event)

    def on_leaf_said(self, event: Leaf.Said) -> None:
        words = event.words
        self.said.append(words if isinstance(words, str) else "".join(text for text, _ in words))


class StageScreen(QuietScreen):
    """One pane."""

    def __init__(self, limits: Reading | None) -> None:
        super().__init__()
        self.limits = limits

    def compose(self) -> ComposeResult:
        yield TranscriptLeaf(self.limits)


async def checked(pilot: Pilot[None], stage: Stage) -> TranscriptLeaf:
    """The pane when it is known what is wrong."""
    await until(pilot, lambda: note(stage.leaf) and "checking" not in note(stage.leaf))
    return stage.leaf


def place(leaf: TranscriptLeaf) -> tuple[int, set[int]]:
    return leaf.view.point, set(leaf.view.marks)


def note(leaf: TranscriptLeaf) -> str:
    return "".join(text for text, _ in leaf.note) if isinstance(leaf.note, list) else leaf.note


async def test_it_says_what_it_is_how_much_there_is_and_what_is_wrong() -> None:
    stage = Stage()
    async with stage.run_test(size=(100, 20)) as pilot:
        leaf = await checked(pilot, stage)
        head = screen_text(pilot).split("\n")[0]
        assert head == "transcript  5 cues, to 0:01:00.000, media 0:00:50.000  Result[0]"
        assert note(leaf) == "cue 1 of 5  3 warnings: 1 overlap, 1 gap, 1 beyond the media"


async def test_only_the_chosen_cue_is_whole() -> None:
    stage = Stage()
    async with stage.run_test(size=(60, 20)) as pilot:
        await checked(pilot, stage)
        cut = screen_text(pilot).split("\n")
        assert cut[3].endswith("…")
        assert len([line for line in cut if line.strip()]) == 7
        await pilot.press("j")
        whole = screen_text(pilot).split("\n")
        assert "…" not in "".join(whole[1:])
        assert " ".join(line[30:].strip() for line in whole[3:]).startswith(LONG.strip())
        await pilot.press("j")
        assert screen_text(pilot).split("\n")[3].endswith("…")
        assert "! overlaps cue 2 by 1.00 s" in screen_text(pilot)


async def test_the_cursor_sees_every_cue_on_its_way_down_and_up() -> None:
    cues = tuple(Cue(n, n + 1.0, f"cue {n} " + "long text " * (n % 7) * 6) for n in range(60))
    stage = Stage(told(Transcript(cues)))
    async with stage.run_test(size=(60, 12)) as pilot:
        leaf = await checked(pilot, stage)
        for key, places in (("j", range(1, 60)), ("k", range(58, -1, -1))):
            for place in places:
                await pilot.press(key)
                while leaf.view.point != place:  # a cue taller than the pane is scrolled through
                    await pilot.press(key)
                assert re.search(rf"▸.* cue {place}\b", screen_text(pilot))


async def test_warnings_are_walked_both_ways_and_round() -> None:
    stage = Stage()
    async with stage.run_test(size=(100, 20)) as pilot:
        leaf = await checked(pilot, stage)
        places = []
        for key in ("e", "e", "e", "e", "E", "E"):
            await pilot.press(key)
            places.append(leaf.view.point)
        assert places == [2, 3, 4, 2, 4, 3]
        await pilot.pause()
        assert stage.said[0] == "warned cue 1 of 3  3 warnings: 1 overlap, 1 gap, 1 beyond the media"
        assert stage.said[3].startswith("warned cue 1 of 3, from the other end  3 warnings")


async def test_many_cues_are_read_while_they_are_checked() -> None:
    cues = (*(Cue(float(n), n + 1.0, f"cue {n}") for n in range(AT_ONCE)), Cue(5.0, 4.0, "wrong"))
    stage = Stage()
    async with stage.run_test(size=(100, 20)) as pilot:
        leaf = await checked(pilot, stage)
        leaf.take(told(Transcript(cues), job_id="long"), keep=False)
        assert note(leaf) == "cue 1 of 1,001  checking…"
        leaf.action_warning(1)
        await pilot.press("j", "space")
        await until(pilot, lambda: "checking" not in note(leaf))
        assert place(leaf) == (1, {1})
        assert "3 warnings: 1 negative length, 1 out of order, 1 overlap" in note(leaf)
        assert stage.said == ["Still checking the cues…"]


async def test_nothing_wrong_is_said_so() -> None:
    stage = Stage(told(Transcript(CUES[:1])))
    async with stage.run_test() as pilot:
        leaf = await checked(pilot, stage)
        assert note(leaf) == "cue 1 of 1"
        await pilot.press("e")
        await pilot.pause()
        assert stage.said == ["Nothing is wrong with these cues."]


async def test_limits_of_the_person_count() -> None:
    stage = Stage(told(Transcript(CUES[3:])), Reading(latin_per_second=5.0))
    async with stage.run_test() as pilot:
        assert "1 too fast" in note(await checked(pilot, stage))


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ("15", 1, "0:00:15.000 is in cue 2 of 5."),
        ("０：３５", 3, "Nothing is said at 0:00:35.000: cue 4 of 5 is next."),
        ("1:30", 4, "Nothing is said at 0:01:30.000 any more: cue 5 of 5 is the last."),
        ("+12", 1, "0:00:12.000 is in cue 2 of 5."),
        ("-1:00", 0, "0:00:00.000 is in cue 1 of 5."),
    ],
)
async def test_a_time_is_asked_for_and_gone_to(typed: str, place: int, said: str) -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        leaf = await checked(pilot, stage)
        await pilot.press("t")
        await pilot.pause()
        assert stage.asked[0].label == "to a time, from 0:00:00.000: "
        stage.asked[0].then(typed)
        await pilot.pause()
        assert leaf.view.point == place
        assert stage.said == [said]


async def test_a_time_that_is_none_moves_nothing_and_says_what_is_taken() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        leaf = await checked(pilot, stage)
        await pilot.press("j", "t")
        await pilot.pause()
        stage.asked[0].then("half past")
        stage.asked[0].then("")
        await pilot.pause()
        assert leaf.view.point == 1
        assert stage.said == [
            "'half past' is no time. A time is 83, 1:23, 01:23.5, 1:02:03, or +10 or -1:00 from here."
        ]


async def test_ten_seconds_on_and_back_and_the_full_width_keys() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        leaf = await checked(pilot, stage)
        places = []
        for key in (")", ")", "）", "(", "（"):
            await pilot.press(key)
            places.append(leaf.view.point)
        assert places == [1, 2, 3, 2, 0]
        await pilot.press("(", "G", ")")
        await pilot.pause()
        assert stage.said == ["That is the first cue.", "That is the last cue."]


class TestMarks:
    """One, a range, none."""

    async def test_space_marks_one(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("space", "j", "j", "space")
            assert leaf.view.marks == {0, 2}
            assert note(leaf).endswith("2 marked")
            await pilot.press("space")
            assert leaf.view.marks == {0}

    @pytest.mark.parametrize("end", ["v", "space"])
    async def test_a_range_grows_with_the_cursor_and_is_marked(self, end: str) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("space", "j", "j", "v")
            assert "range from cue 3" in note(leaf)
            await pilot.press("j", "j")
            assert leaf.view.marks == {0, 2, 3, 4}
            await pilot.press("k", "k", "k")
            assert leaf.view.marks == {0, 1, 2}
            await pilot.press(end)
            assert leaf.view.marks == {0, 1, 2}
            await pilot.press("G")
            assert leaf.view.marks == {0, 1, 2}

    async def test_a_range_that_was_marked_whole_is_unmarked(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("v", "G", "v", "k", "v", "k", "v")
            assert leaf.view.marks == {0, 1, 4}

    async def test_escape_drops_the_range_then_the_marks_then_is_anyones(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("space", "v", "j")
            assert leaf.cancel()
            assert leaf.view.marks == {0}
            assert leaf.cancel()
            assert leaf.view.marks == frozenset()
            assert not leaf.cancel()

    async def test_what_is_meant_is_the_marked_cues_or_all(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            meant = leaf.meant()
            assert meant is not None
            assert (meant.marked, meant.words, meant.place) == (None, "5 cues", 0)
            await pilot.press("space", "v", "j")  # a range that has not ended is not meant
            meant = leaf.meant()
            assert meant is not None
            assert (set(meant.marked or ()), meant.words) == ({0}, "1 marked cue of 5")
            assert leaf.copyable("transcript") == ("first\n", "1 marked cue of 5")


class TestSeveral:
    """A job with several transcripts."""

    TWO = (Transcript(CUES), Transcript((Cue(0.0, 1.0, "other"), Cue(1.0, 2.0, "words")), 2.0))

    async def test_each_keeps_its_place_and_marks(self) -> None:
        stage = Stage(told(*self.TWO))
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            assert "transcript 1 of 2, T: next  5 cues, to 0:01:00.000  Result[0]" in screen_text(pilot)
            await pilot.press("j", "space", "T")
            assert "transcript 2 of 2, T: next  2 cues, to 0:00:02.000, media 0:00:02.000  Re" in screen_text(
                pilot
            )
            assert place(leaf) == (0, set())
            meant = leaf.meant()
            assert meant is not None
            assert meant.place == 2
            await pilot.press("j", "T")
            assert place(leaf) == (1, {1})
            await pilot.press("T")
            assert leaf.view.point == 1

    def test_the_tab_says_how_many(self) -> None:
        assert TranscriptLeaf.title(told(*self.TWO)) == "Transcript (2)"
        assert TranscriptLeaf.title(told(self.TWO[0])) == "Transcript"
        assert not TranscriptLeaf.offered(told())

    async def test_of_one_there_is_no_other(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            await checked(pilot, stage)
            await pilot.press("T")
            await pilot.pause()
            assert stage.said == ["This job has one transcript."]

    async def test_outputs_of_a_selection_are_transcripts(self) -> None:
        outputs = ((Sentence("one", "0", 1.0),), (Sentence("two", "0", 1.0),))
        stage = Stage(told_of((Result("ExtendOutput", Selection(outputs)),)))
        async with stage.run_test(size=(140, 20)) as pilot:
            await checked(pilot, stage)
            text = screen_text(pilot)
            assert (
                "transcript 1 of 2, T: next  1 cue, to 0:00:01.000  ExtendOutput.textMatchMediaOutputList[0]"
                in text
            )
            assert "times add up the durations" in text
            assert "textId: 0" in text


class TestRefresh:
    """The same job, told again."""

    async def test_the_same_transcript_moves_nothing(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("j", "space", "v")
            lines = leaf.view.lines
            leaf.take(told(Transcript(CUES, 50.0)), keep=True)
            assert leaf.view.lines is lines
            assert place(leaf) == (1, {1})

    async def test_a_transcript_that_has_grown_keeps_place_and_marks(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("j", "space", "j")
            leaf.take(told(Transcript((*CUES, Cue(60.0, 61.0, "new")), 50.0)), keep=True)
            assert place(leaf) == (2, {1})
            assert leaf.view.position == (3, 6)

    async def test_another_job_begins_at_its_first_cue(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            await pilot.press("j", "space")
            leaf.take(told(Transcript(CUES), job_id="other"), keep=False)
            assert place(leaf) == (0, set())

    async def test_a_job_that_is_not_open_yet_says_so(self) -> None:
        stage = Stage()
        async with stage.run_test() as pilot:
            leaf = await checked(pilot, stage)
            leaf.take(Told(JOB, None, NOW, why="asking…"), keep=False)
            await pilot.pause()
            assert screen_text(pilot).split("\n")[0] == "asking…"
            assert leaf.meant() is None
            await pilot.press("j", "space", "v", "t", "e", ")", "T")  # none of which breaks


async def test_find_goes_to_what_is_said_and_lights_nothing_else() -> None:
    stage = Stage()
    async with stage.run_test(size=(100, 20)) as pilot:
        leaf = await checked(pilot, stage)
        assert leaf.find("A") == (1, 4)
        assert leaf.view.point == 1
        assert leaf.find_next() == (2, 4)
        assert leaf.view.point == 2
        assert leaf.find("0:00") == (0, 0)


async def test_the_words_here_are_those_of_the_service() -> None:
    stage = Stage(told(Transcript((Cue(0.0, 1.0, "a\x1b[31m\nb"), Cue(1.0, 2.0, "")))))
    async with stage.run_test() as pilot:
        leaf = await checked(pilot, stage)
        assert leaf.copyable("here") == ("a\x1b[31m\nb", "cue 1")
        await pilot.press("j")
        assert leaf.copyable("here") == ("", "this cue has no text")
        assert leaf.copyable("json") is None


async def test_the_plain_view_has_every_cue_uncut() -> None:
    stage = Stage()
    async with stage.run_test(size=(60, 20)) as pilot:
        leaf = await checked(pilot, stage)
        lines = leaf.plain_text().split("\n")
        assert len(lines) == 1 + len(CUES)
        assert lines[2].endswith(LONG)
