"""IProduction jobs: calls as values, recorded answers as jobs and results."""

from __future__ import annotations

import json

import pytest

from icetui.call import Answer, Call, Json
from icetui.errors import NotFound, Unreadable
from icetui.families.base import ListedFamily, Opened
from icetui.families.iproduction import IProduction
from icetui.job import Job, JobError, Media, Page, Query, State
from icetui.results import Broken, Cover, Covers, Grade, Grades, Segment, Segments, Tree
from tests.recorded import ANSWERS, answered, recorded, utc

IPRODUCTION = IProduction()
DEMO = "d0000000000000000000000000000001"
LOST = "oss fail to save the image in the given bucket"


def looked_up(name: str, job_id: str = DEMO) -> Job:
    (job,) = IPRODUCTION.read_lookup(recorded(IPRODUCTION.lookup([job_id]), name)).jobs
    return job


def told(**members: Json) -> Answer:
    return answered(IPRODUCTION.lookup(["i1"]), {"JobId": "i1", "Status": "Success", **members})


def only(**members: Json) -> Job:
    (job,) = IPRODUCTION.read_lookup(told(**members)).jobs
    return job


def opened(function: str, result: Json = None) -> Opened:
    if result is None:
        result = (ANSWERS / f"seed001_result_{function}.json").read_text(encoding="utf-8")
    return IPRODUCTION.open(told(FunctionName=function, Result=result), "i1")


class TestCalls:
    """What is asked, as values."""

    def test_lookup_is_one_id_by_post_without_a_client_token(self) -> None:
        assert IPRODUCTION.lookup(["i1"]) == Call("ice", "QueryIProductionJob", "POST", (("JobId", "i1"),))

    def test_it_has_no_listing(self) -> None:
        """Source: api.md 1.5, List operation: none."""
        assert not isinstance(IPRODUCTION, ListedFamily)


class TestLookup:
    """What a lookup tells."""

    def test_the_seeds_job_is_read_with_its_nonsense(self) -> None:
        """Sample seed001; api.md 2.8 #12 (finished before created), #13 (placeholders)."""
        job_id = "****20b48fb04483915d4f2cd8ac****"
        answer = recorded(IPRODUCTION.lookup([job_id]), "seed001_query_iproduction_job.json")
        assert IPRODUCTION.read_lookup(answer) == Page(
            (
                Job(
                    family="iproduction",
                    id=job_id,
                    type="Cover",
                    state=State.DONE,
                    state_word="Success",
                    title="object",
                    created=utc(2022, 7, 7, 7, 16, 11),
                    finished=utc(2021, 11, 26, 14, 50, 25),
                    region="cn-shanghai",
                    media=(Media("OutputUrls[0]", "http://xxx"), Media("OutputFiles[0]", "output/xxx.mp4")),
                    whole=True,
                ),
            )
        )
        assert looked_up("seed001_query_iproduction_job.json", job_id).duration is None

    @pytest.mark.parametrize(
        ("sample", "state", "word"),
        [
            ("synth_iproduction_queuing.json", State.WAITING, "Queuing"),
            ("synth_iproduction_analysing.json", State.RUNNING, "Analysing"),
            ("synth_iproduction_analyzing.json", State.RUNNING, "Analyzing"),
            ("synth_iproduction_demix.json", State.DONE, "Success"),
            ("synth_iproduction_fail.json", State.FAILED, "Fail"),
        ],
    )
    def test_states_of_the_samples_are_ours_and_keep_their_word(
        self, sample: str, state: State, word: str
    ) -> None:
        job = looked_up(sample)
        assert (job.state, job.state_word, job.title) == (state, word, "cover")

    def test_a_job_that_waits_has_no_end_and_no_media(self) -> None:
        job = looked_up("synth_iproduction_queuing.json")
        assert (job.finished, job.media, job.error, job.note) == (None, (), None, "")

    def test_urls_are_paired_with_the_files_they_contain(self) -> None:
        """Sample synth_iproduction_demix: a function that seed 001 does not name, and doubled names."""
        job = looked_up("synth_iproduction_demix.json")
        out = "http://demo-bucket.oss-cn-shanghai.aliyuncs.com/ip/"
        assert job.type == "MusicDemix"
        assert job.media == (
            Media("OutputUrls[0]", f"{out}demix_vocals.wav.wav?x-oss-expires=3599"),
            Media("OutputUrls[1]", f"{out}demix_accompaniment.wav.wav?x-oss-expires=3599"),
        )

    def test_outputs_are_paired_by_place_as_far_as_each_goes(self) -> None:
        job = only(
            OutputUrls=["http://b/p/%E5%B0%81%E9%9D%A2.jpg", ""],
            OutputFiles=["p/封面.jpg", "p/b.jpg"],
            OutputMediaIds=["m0", "m1", "m2"],
        )
        assert job.media == (
            Media("OutputUrls[0]", "http://b/p/%E5%B0%81%E9%9D%A2.jpg", "m0"),
            Media("OutputFiles[1]", "p/b.jpg", "m1"),
            Media("OutputMediaIds[2]", media_id="m2"),
        )

    def test_an_output_into_a_media_asset_is_named(self) -> None:
        job = only(Output={"Type": "Media", "Media": "m1", "Biz": "IMS", "OutputUrl": "http://b/o.mp4"})
        assert job.media == (Media("Output.OutputUrl", "http://b/o.mp4", "m1"),)

    def test_a_success_that_stored_nothing_says_so(self) -> None:
        """Sample synth_iproduction_false_success; api.md 2.3."""
        job = looked_up("synth_iproduction_false_success.json")
        url = "http://demo-bucket.oss-cn-beijing.aliyuncs.com/x?x-oss-expires=3599"
        assert (job.state, job.note) == (State.DONE, f"Success, but nothing was stored: {LOST}")
        assert job.media == (
            Media("OutputUrls[0]", url, note=f"nothing was stored: {LOST}"),
            Media("OutputUrls[1]", url, note=f"nothing was stored: {LOST}"),
        )

    def test_a_success_that_stored_some_says_how_many_it_did_not(self) -> None:
        job = only(OutputFiles=["a/b.jpg", "bucket forbidden"])
        assert job.note == "Success, but 1 of 2 were not stored: bucket forbidden"
        assert job.media[1] == Media(
            "OutputFiles[1]", "bucket forbidden", note="nothing was stored: bucket forbidden"
        )

    def test_a_success_whose_result_alone_tells_of_the_loss_says_so(self) -> None:
        job = only(FunctionName="Cover", Result=json.dumps([{"Score": 1, "Time": "1.0", "Url": LOST}]))
        assert job.note == f"Success, but nothing was stored: {LOST}"

    def test_only_a_success_can_be_a_false_one(self) -> None:
        job = only(Status="Analysing", OutputFiles=["pending"])
        assert (job.note, job.media) == ("", (Media("OutputFiles[0]", "pending"),))

    def test_a_failure_without_a_result_gives_no_reason(self) -> None:
        """Sample synth_iproduction_fail: the operation has no error fields."""
        assert looked_up("synth_iproduction_fail.json").error is None

    @pytest.mark.parametrize(
        ("result", "error"),
        [
            ("input has no audio track", JobError("", "input has no audio track", "r")),
            ('{"ErrorCode": "X", "ErrorMessage": "y"}', JobError("X", "y", "r")),
            ({"Code": "X", "Message": "y"}, JobError("X", "y", "r")),
            ('{"reason": 1}', JobError("", '{"reason": 1}', "r")),
            ("{}", None),
            ("[]", None),
            (None, None),
        ],
    )
    def test_a_failure_falls_back_to_what_its_result_says(self, result: Json, error: JobError | None) -> None:
        """Source: api.md 1.5, on Fail a public client falls back to Result."""
        body = {"Status": "Fail", "FunctionName": "Cover", "Result": result, "RequestId": "r"}
        (job,) = IPRODUCTION.read_lookup(answered(IPRODUCTION.lookup(["i1"]), body)).jobs
        assert job.error == error

    def test_the_result_of_a_success_is_no_error(self) -> None:
        assert only(Result="input has no audio track").error is None

    @pytest.mark.parametrize(
        "body", [{}, {"RequestId": ""}, {"Status": None, "JobId": [], "FunctionName": {}}]
    )
    def test_a_body_without_a_job_is_unreadable(self, body: dict[str, Json]) -> None:
        with pytest.raises(Unreadable, match="holds no job"):
            IPRODUCTION.read_lookup(answered(IPRODUCTION.lookup(["i1"]), body))

    def test_a_refusal_with_status_200_that_knows_no_such_job_is_not_found(self) -> None:
        with pytest.raises(NotFound, match="job i1 is unknown here"):
            IPRODUCTION.read_lookup(
                answered(IPRODUCTION.lookup(["i1"]), {"Code": "InvalidParameter.JobNotFound"})
            )


class TestStates:
    """Their words and ours."""

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("Queuing", State.WAITING),
            ("Init", State.WAITING),
            ("Analysing", State.RUNNING),
            ("analyzing", State.RUNNING),
            ("Processing", State.RUNNING),
            ("Success", State.DONE),
            ("Fail", State.FAILED),
            ("Failed", State.FAILED),
            ("Cancelled", State.UNKNOWN),
        ],
    )
    def test_words_are_ours_in_both_spellings(self, word: str, state: State) -> None:
        assert IPRODUCTION.state(word) is state

    @pytest.mark.parametrize("asked", ["Analysing", "Analyzing", "analysing", "running"])
    def test_a_question_in_one_spelling_finds_the_other(self, asked: str) -> None:
        for sample in ("synth_iproduction_analysing.json", "synth_iproduction_analyzing.json"):
            assert IPRODUCTION.matches(looked_up(sample), Query(state=asked))


class TestOpened:
    """What was asked of a job and what it found."""

    def test_cover_times_are_milliseconds(self) -> None:
        """Sample seed001_result_Cover; api.md 2.6."""
        (result,) = opened("Cover").results
        assert result.path == "Result"
        assert isinstance(result.value, Covers)
        first, second = result.value.covers
        assert first == Cover(28.27825, 8.270855992569906, "cover/test-00001.jpg")
        assert second.time == pytest.approx(25.942583333)

    def test_clips_are_seconds_in_strings(self) -> None:
        (result,) = opened("VideoClip").results
        assert result.value == Segments((Segment(0.28, 5.28),))

    def test_music_segments_are_seconds_with_titles(self) -> None:
        (result,) = opened("MusicSegmentDetect").results
        assert isinstance(result.value, Segments)
        assert result.value.segments[0] == Segment(39.32, 63.85, "chorus")
        assert len(result.value.segments) == 3

    def test_audio_quality_is_graded_by_channel(self) -> None:
        """Sample seed001_result_AudioQualityAssessment; api.md 2.8 #14."""
        (result,) = opened("AudioQualityAssessment").results
        assert isinstance(result.value, Grades)
        assert [(each.channel, each.tag) for each in result.value.channels] == [
            ("1", "Valid"),
            ("2", "Valid"),
        ]
        assert Grade("MOS", "Poor", 1.01, 0.38) in result.value.channels[0].grades

    @pytest.mark.parametrize(
        "function",
        [
            "VideoDelogo",
            "VideoDetext",
            "CaptionExtraction",
            "VideoGreenScreenMatting",
            "FaceBeauty",
            "VideoH2V",
            "AudioBeatDetection",
            "SpeechDenoise",
            "AudioMixing",
        ],
    )
    def test_functions_that_make_files_have_no_result(self, function: str) -> None:
        assert opened(function).results == ()

    def test_covers_that_were_not_stored_are_covers_still(self) -> None:
        answer = recorded(IPRODUCTION.lookup([DEMO]), "synth_iproduction_false_success.json")
        (result,) = IPRODUCTION.open(answer, DEMO).results
        assert isinstance(result.value, Covers)
        assert [each.time for each in result.value.covers] == [4.64, 12.0]

    def test_a_function_never_met_is_a_tree_and_broken_text_is_broken(self) -> None:
        (tree,) = opened("NewFunction", '{"a": {"b": 1}}').results
        assert tree.value == Tree({"a": {"b": 1}})
        (broken,) = opened("NewFunction", '{"a": ').results
        assert isinstance(broken.value, Broken)

    def test_parameters_of_the_seed_are_decoded(self) -> None:
        job_id = "****20b48fb04483915d4f2cd8ac****"
        answer = recorded(IPRODUCTION.lookup([job_id]), "seed001_query_iproduction_job.json")
        found = IPRODUCTION.open(answer, job_id)
        assert found.parameters == (
            "Input",
            "Output",
            "TemplateId",
            "JobParams",
            "ScheduleConfig",
            "UserData",
        )
        assert (found.decoded.value["JobParams"], found.decoded.value["UserData"]) == (
            {"Model": "gif"},
            {"test": 1},
        )
        assert found.results == ()

    def test_boxes_in_job_params_are_decoded(self) -> None:
        """Source: api.md 2.3, VideoDelogo."""
        params = json.dumps({"LogoModel": "tv,internet", "Boxes": "[[0.1,0.2,0.3,0.4]]"})
        decoded = IPRODUCTION.open(told(JobParams=params), "i1").decoded
        assert decoded.value["JobParams"]["Boxes"] == [[0.1, 0.2, 0.3, 0.4]]

    def test_an_answer_about_another_job_is_not_opened(self) -> None:
        with pytest.raises(Unreadable, match="it is about i1, not i2"):
            IPRODUCTION.open(told(), "i2")
