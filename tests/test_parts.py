"""Subjobs as jobs of their own, and media assets as URLs: calls as values, answers read, senders faked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from icetui.assets import Found, find
from icetui.call import Answer, Call, Json
from icetui.errors import Denied, IcetuiError, NotFound, Refusal, Throttled, Unreadable
from icetui.families import assets, by_name
from icetui.families.base import PartedFamily
from icetui.families.batch import Batch
from icetui.families.production import Production
from icetui.job import JobError, Media, State, Subjob
from icetui.parts import Parts, explained, unexplained
from icetui.pulse import Rhythm
from icetui.results import Segment, Segments, Tree
from tests.recorded import answered, recorded, utc

PART = Production()
TIMELINE = {
    "VideoTracks": [
        {
            "VideoTrackClips": [
                {"MediaId": "a", "In": 2.0, "Out": 5.5},
                {"MediaId": "b", "TimelineIn": 3.5, "TimelineOut": "8.25"},
                {"MediaURL": "http://b/c.mp4", "Duration": 1.75},
            ]
        },
        {"VideoTrackClips": [{"MediaId": "a"}]},
    ],
    "SubtitleTracks": [{"SubtitleTrackClips": [{"Content": "你好", "TimelineIn": 0, "TimelineOut": 2}]}],
}


class Sender:
    """Answers calls by action, or refuses them."""

    def __init__(self, **answers: Json | IcetuiError | Callable[[Call], Json]) -> None:
        self.answers = answers
        self.asked: list[Call] = []

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        self.asked.append(call)
        told = self.answers[call.action]
        if isinstance(told, IcetuiError):
            raise told
        return answered(call, told(call) if callable(told) else told)


def told(**members: Json) -> Answer:
    return answered(PART.lookup(["s1"]), {"MediaProducingJob": {"JobId": "s1", **members}})


class TestProduction:
    """One subjob: GetMediaProducingJob."""

    def test_it_is_asked_for_by_id(self) -> None:
        assert PART.lookup([" s1\n"]) == Call("ice", "GetMediaProducingJob", "POST", (("JobId", "s1"),))

    def test_a_failed_one_says_why(self) -> None:
        answer = told(
            Status="Failed", Code="InvalidMaterial", Message="not there", CreateTime="2026-11-20T07:00:00Z\n"
        )
        job = PART.open(answer, "s1").job
        assert (job.family, job.state, job.state_word) == ("subjob", State.FAILED, "Failed")
        assert job.error == JobError("InvalidMaterial", "not there")
        assert job.created == utc(2026, 11, 20, 7)
        assert PART.open(answer, "s1").timed is None

    @pytest.mark.parametrize(
        ("word", "state"),
        [("Init", State.WAITING), ("Queuing", State.WAITING), ("processing", State.RUNNING)],
    )
    def test_one_that_runs_says_how_far_it_is(self, word: str, state: State) -> None:
        job = PART.open(told(Status=word, Progress=42), "s1").job
        assert (job.state, job.note) == (state, "42 % done")

    def test_its_timeline_is_read_track_by_track_and_whole(self) -> None:
        opened = PART.open(told(Status="Success", Timeline=json.dumps(TIMELINE)), "s1")
        place = "MediaProducingJob.Timeline"
        assert [(each.path, type(each.value)) for each in opened.results] == [
            (f"{place}.VideoTracks[0].VideoTrackClips", Segments),
            (f"{place}.SubtitleTracks[0].SubtitleTrackClips", Segments),
            (place, Tree),
        ]
        assert opened.results[0].value == Segments(
            (Segment(0.0, 3.5, "a"), Segment(3.5, 8.25, "b"), Segment(8.25, 10.0, "http://b/c.mp4"))
        )
        assert opened.results[1].value == Segments((Segment(0.0, 2.0, "你好"),))

    def test_a_broken_timeline_is_shown_as_it_came(self) -> None:
        (result,) = PART.open(told(Status="Success", Timeline='{"VideoTracks": [}'), "s1").results
        assert result.value.kind == "broken"

    def test_its_output_is_what_times_are_of_and_vod_keeps_another(self) -> None:
        opened = PART.open(
            told(Status="Success", MediaURL="http://b/x.mp4", MediaId="m1", VodMediaId="v1"), "s1"
        )
        assert opened.timed == Media("MediaProducingJob.MediaURL", "http://b/x.mp4", "m1")
        assert [(each.url, each.media_id) for each in opened.job.media] == [
            ("http://b/x.mp4", "m1"),
            ("", "v1"),
        ]

    @pytest.mark.parametrize("body", [{}, {"MediaProducingJob": {}}, {"MediaProducingJob": []}])
    def test_an_answer_without_a_job_is_unreadable(self, body: Json) -> None:
        with pytest.raises(Unreadable):
            PART.open(answered(PART.lookup(["s1"]), body), "s1")


class TestParts:
    """The subjobs of a batch: ListMediaProducingJobs."""

    def test_batches_have_parts_and_no_other_family_has(self) -> None:
        assert isinstance(Batch(), PartedFamily)
        assert not [
            name for name in ("smart", "iproduction", "vod-ai") if isinstance(by_name(name), PartedFamily)
        ]

    def parts(self, sender: Sender) -> Parts:
        return Parts(
            PART,
            sender,
            "cn-shanghai",
            lambda failures, error, asked: 10.0 * (failures + 1),
            lambda job, moved: Rhythm(10.0),
        )

    def test_they_are_listed_to_the_end_with_their_reasons(self) -> None:
        pages = {
            None: {"MediaProducingJobList": [{"JobId": "s1", "Status": "Success"}], "NextToken": "t"},
            "t": {
                "MediaProducingJobList": [
                    {"JobId": "s2", "Status": "Failed", "Code": "C", "Message": "M", "Duration": "4.5"}
                ],
                "NextToken": "t",
            },
        }
        sender = Sender(ListMediaProducingJobs=lambda call: pages[call.get("NextToken")])
        found = asyncio.run(self.parts(sender).listed("b1"))
        assert [(each.id, each.state, each.error) for each in found] == [
            ("s1", State.DONE, None),
            ("s2", State.FAILED, JobError("C", "M")),
        ]
        assert found[1].duration == 4.5
        assert [call.get("MasterJobId") for call in sender.asked] == ["b1", "b1"], (
            "a token that repeats ends it"
        )

    def test_a_finished_one_is_asked_for_once_unless_a_person_asks_again(self) -> None:
        sender = Sender(GetMediaProducingJob={"MediaProducingJob": {"JobId": "s1", "Status": "Success"}})
        parts = self.parts(sender)

        async def twice() -> None:
            await parts.open("s1")
            await parts.open("s1")
            assert len(sender.asked) == 1
            await parts.open("s1", again=True)

        asyncio.run(twice())
        assert len(sender.asked) == 2
        assert parts.pause_after(1, None) == 20.0

    def test_what_only_the_listing_told_is_added_and_nothing_is_overwritten(self) -> None:
        bare = Subjob("s1", State.FAILED, "Failed")
        said = Subjob("s2", State.FAILED, "Failed", error=JobError("A", ""))
        assert unexplained([bare, said])
        listed = [Subjob(name, State.DONE, "x", "u", error=JobError("B", "")) for name in ("s1", "s2", "s3")]
        one, two = explained([bare, said], listed)
        assert (one.error, one.url, one.state, one.state_word) == (
            JobError("B", ""),
            "u",
            State.FAILED,
            "Failed",
        )
        assert two.error == JobError("A", "")
        assert not unexplained([one, two])


FILE = {"FileUrl": "https://b/x.mp4?Signature=1", "FileType": "source_file", "FormatName": "mp4"}
INFO = {
    "MediaInfo": {
        "MediaId": "m1",
        "FileInfoList": [{"FileBasicInfo": {**FILE, "Width": "1280", "Height": "720"}}],
    }
}
PLAY = {"PlayInfoList": {"PlayInfo": [{"PlayURL": "https://v/x.m3u8", "Definition": "OD", "Encrypt": 1}]}}
UNKNOWN = Refusal("no", code="InvalidParameter.MediaNotFound", request_id="R")


class TestAssets:
    """Media asset -> URL: ICE GetMediaInfo, VOD GetPlayInfo."""

    def find(self, sender: Sender, source: str = "media0001", family: str = "batch") -> Found:
        return asyncio.run(find(sender, by_name(family), source))

    def test_the_product_of_the_family_is_asked_first(self) -> None:
        sender = Sender(GetMediaInfo=INFO, GetPlayInfo=PLAY)
        assert self.find(sender) == Found(
            "media0001", "GetMediaInfo", (Media("source_file mp4 1280x720", FILE["FileUrl"]),)
        )
        assert self.find(sender, family="vod-ai") == Found(
            "media0001", "GetPlayInfo", (Media("OD", "https://v/x.m3u8", note="encrypted"),)
        )
        assert [call.params for call in sender.asked] == [
            (("MediaId", "media0001"),),
            (("VideoId", "media0001"),),
        ]

    def test_the_other_product_is_asked_where_the_first_knows_nothing_or_may_not_say(self) -> None:
        for error in (UNKNOWN, Denied("no", code="Forbidden.RAM")):
            assert self.find(Sender(GetMediaInfo=error, GetPlayInfo=PLAY)).action == "GetPlayInfo"

    def test_an_asset_that_nobody_knows_is_said_to_be_unknown_and_a_denial_to_be_one(self) -> None:
        with pytest.raises(NotFound, match=r"ICE GetMediaInfo and VOD GetPlayInfo asked") as caught:
            self.find(Sender(GetMediaInfo=UNKNOWN, GetPlayInfo=UNKNOWN))
        assert caught.value.request_id == "R"
        with pytest.raises(Denied):
            self.find(Sender(GetMediaInfo=Denied("no"), GetPlayInfo=UNKNOWN))

    def test_other_failures_are_not_taken_for_an_answer(self) -> None:
        sender = Sender(GetMediaInfo=Throttled("slow down"), GetPlayInfo=PLAY)
        with pytest.raises(Throttled):
            self.find(sender)
        assert len(sender.asked) == 1

    def test_an_address_is_asked_of_ice_as_such(self) -> None:
        sender = Sender(GetMediaInfo=INFO)
        self.find(sender, "oss://b.oss-cn-shanghai.aliyuncs.com/x.mp4")
        assert sender.asked[0].params == (("InputURL", "oss://b.oss-cn-shanghai.aliyuncs.com/x.mp4"),)

    @pytest.mark.parametrize("source", ["", "****0cc6ba49eab379332c5b****", "a b", "some/path.mp4"])
    def test_what_can_name_no_asset_is_never_asked_for(self, source: str) -> None:
        sender = Sender()
        with pytest.raises(NotFound):
            self.find(sender, source)
        assert not sender.asked

    @pytest.mark.parametrize("body", [{}, {"MediaInfo": None}, {"Code": "x"}])
    def test_an_answer_without_files_is_not_an_asset_without_files(self, body: Json) -> None:
        with pytest.raises(Unreadable):
            self.find(Sender(GetMediaInfo=body))
        assert self.find(Sender(GetMediaInfo={"MediaInfo": {"MediaId": "m"}})).media == ()


@pytest.mark.parametrize(
    ("family", "sample", "job_id", "timed"),
    [
        (
            "smart",
            "seed000_a_asr.json",
            "******042d5e4db6866f6289d1******",
            Media(
                "SmartJobInfo.InputConfig.InputFile",
                "oss://your-bucket.oss-cn-shanghai.aliyuncs.com/your-video.mp4",
            ),
        ),
        (
            "smart",
            "seed000_d_generic.json",
            "****20b48fb04483915d4f2cd8ac****",
            Media("JobResult.MediaId", media_id="****20b48fb04483915d4f2cd8ac****"),
        ),
        # No input at all (api.md 2.8 #18).
        ("smart", "seed000_c_textgenerate.json", "******8c784f461db57c99c9d9******", None),
        (
            "vod-ai",
            "seed004_list_ai_job.json",
            "a718a3a1e8bb42ee3bc88921e94****",
            Media("AIJobList.AIJob[0].MediaId", media_id="3D3D12340d9401fab46a0b847****"),
        ),
    ],
)
def test_families_say_what_the_times_are_of(
    family: str, sample: str, job_id: str, timed: Media | None
) -> None:
    it = by_name(family)
    assert it.open(recorded(it.lookup([job_id]), sample), job_id).timed == timed


@pytest.mark.parametrize("source", ["oss://b/x.mp4 or ******11-DB8D-4A9A", "Speaking of which, they are", ""])
def test_two_alternatives_in_one_text_or_prose_are_no_media(source: str) -> None:
    it = by_name("smart")
    body = {"JobId": "j1", "State": "Finished", "SmartJobInfo": {"InputConfig": {"InputFile": source}}}
    assert it.open(answered(it.lookup(["j1"]), body), "j1").timed is None


def test_an_iproduction_job_listened_to_its_input() -> None:
    it = by_name("iproduction")
    for kind, timed in (
        ("OSS", Media("Input.Media", "oss://b/x.mp4")),
        ("Media", Media("Input.Media", media_id="oss://b/x.mp4")),
    ):
        body = {"JobId": "p1", "Status": "Success", "Input": {"Type": kind, "Media": "oss://b/x.mp4"}}
        assert it.open(answered(it.lookup(["p1"]), body), "p1").timed == timed


def test_speech_that_was_made_is_what_its_times_are_of() -> None:
    it = by_name("smart")
    body = {
        "JobId": "j1",
        "State": "Finished",
        "JobResult": {"MediaId": "m1", "MediaUrl": ""},
        "SmartJobInfo": {"JobType": "TextToSpeech", "InputConfig": {"InputFile": "Speaking of which"}},
    }
    assert it.open(answered(it.lookup(["j1"]), body), "j1").timed == Media("JobResult.MediaId", media_id="m1")


def test_the_policy_allows_what_is_asked_about_subjobs_and_assets() -> None:
    policy = json.loads((Path(__file__).parent.parent / "assets" / "ram-policy.json").read_text())
    calls = [PART.lookup(["x"]), PART.listing_of("x"), *assets.asking(by_name("batch"), "media0001")]
    assert {f"{call.product}:{call.action}" for call in calls} <= set(policy["Statement"][0]["Action"])
