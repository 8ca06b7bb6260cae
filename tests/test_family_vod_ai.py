"""VOD AI jobs: calls as values, recorded answers as pages, findings and results."""

from __future__ import annotations

import json

import pytest

from icetui.call import Answer, Call, Json
from icetui.errors import NotFound, Unreadable
from icetui.families.base import FoundFamily, ListedFamily, Opened
from icetui.families.vod_ai import VodAi
from icetui.job import Job, JobError, Page, Query, State
from icetui.results import Broken, Cue, Match, Matches, Plain, Span, Tag, Tags, Transcript, Tree
from tests.recorded import ANSWERS, answered, body_of, recorded, utc

VOD = VodAi()
SEED_JOB = "a718a3a1e8bb42ee3bc88921e94****"
LOST = ("aasdcsfg782740asd3****", "k2l3ibaskod98wrns9d****")
DNA, PROCESSING, FAILED, UNKNOWN = (f"1000000000000000000000000000000{n}" for n in (1, 2, 3, 9))


def told(*jobs: Json, asked: str = "v1", lost: Json = None) -> Answer:
    body = {"AIJobList": {"AIJob": list(jobs)}, "NonExistAIJobIds": lost, "RequestId": "r"}
    return answered(VOD.lookup(asked.split()), body)


def opened(data: Json, kind: str = "AIVideoTag") -> Opened:
    return VOD.open(told({"JobId": "v1", "Type": kind, "Status": "success", "Data": data}), "v1")


def row(job_id: str, state: State) -> tuple[str, State]:
    return job_id, state


def rows(answer: Answer) -> list[tuple[str, State]]:
    return [(job.id, job.state) for job in VOD.read_lookup(answer).jobs]


class TestCalls:
    """What is asked, as values."""

    def test_lookup_names_up_to_ten_ids_in_one_call(self) -> None:
        assert VOD.lookup(["a", " b\n", "a"]) == Call("vod", "ListAIJob", "POST", (("JobIds", "a,b"),))
        assert VOD.lookup([str(n) for n in range(10)]).get("JobIds") == "0,1,2,3,4,5,6,7,8,9"

    @pytest.mark.parametrize("count", [0, 11])
    def test_lookup_of_none_or_more_than_ten_is_refused(self, count: int) -> None:
        with pytest.raises(ValueError, match="1 to 10"):
            VOD.lookup(["x"] * count)

    def test_finding_asks_for_ai_jobs_of_a_media_asset(self) -> None:
        assert VOD.finding(" m1\n") == Call(
            "vod", "ListJobInfo", "POST", (("MediaId", "m1"), ("JobType", "ai"))
        )

    def test_it_has_a_finder_and_no_listing(self) -> None:
        assert isinstance(VOD, FoundFamily)
        assert not isinstance(VOD, ListedFamily)


class TestLookup:
    """What a lookup tells."""

    def test_the_seeds_answer_has_its_job_and_its_missing_ids(self) -> None:
        """Sample seed004; api.md 2.8 #4 (a list in a list), #22 (0 and OK are no error), #24."""
        page = VOD.read_lookup(recorded(VOD.lookup([SEED_JOB, *LOST]), "seed004_list_ai_job.json"))
        assert page.jobs[0] == Job(
            family="vod-ai",
            id=SEED_JOB,
            type="AIVideoTag",
            state=State.DONE,
            state_word="success",
            title="3D3D12340d9401fab46a0b847****",
            created=utc(2020, 6, 28, 2, 4, 32),
            finished=utc(2020, 6, 28, 2, 4, 47),
            region="cn-shanghai",
            media_id="3D3D12340d9401fab46a0b847****",
            whole=True,
        )
        assert page.jobs[1:] == tuple(
            Job(
                family="vod-ai",
                id=job_id,
                state=State.MISSING,
                region="cn-shanghai",
                note="unknown here, or in another region (cn-shanghai asked)",
                whole=True,
            )
            for job_id in LOST
        )
        assert page == Page(page.jobs)

    def test_a_mixed_answer_is_matched_by_id_and_not_by_order(self) -> None:
        """Sample synth_vod_list_ai_job_mixed; api.md 1.6."""
        asked = VOD.lookup([UNKNOWN, FAILED, DNA, PROCESSING])
        page = VOD.read_lookup(recorded(asked, "synth_vod_list_ai_job_mixed.json"))
        assert {job.id: (job.type, job.state, job.state_word) for job in page.jobs} == {
            DNA: ("AIMediaDNA", State.DONE, "success"),
            PROCESSING: ("AIVideoTag", State.RUNNING, "processing"),
            FAILED: ("AIVideoTag", State.FAILED, "fail"),
            UNKNOWN: ("", State.MISSING, ""),
        }
        assert {job.id: job.error for job in page.jobs if job.error} == {
            FAILED: JobError(
                "InternalError",
                "The request processing has failed due to some unknown error.",
                "25818875-0000-4A13-BEF6-000000000006",
            )
        }

    @pytest.mark.parametrize(
        "lost",
        [
            {"String": ["a", "b"]},
            ["a", "b"],
            {"String": '["a", "b"]'},
            {"String": ['["a", "b"]']},
            {"String": ['[\\"a\\", \\"b\\"]\n']},
            {"string": ["a", "b"]},
            '["a", "b"]',
            "a,b",
        ],
    )
    def test_ids_that_do_not_exist_are_missing_in_each_shape_they_come_in(self, lost: Json) -> None:
        answer = answered(Call.of("vod", "ListAIJob"), {"NonExistAIJobIds": lost})
        assert rows(answer) == [("a", State.MISSING), ("b", State.MISSING)]

    @pytest.mark.parametrize("lost", [{"String": []}, {"String": ""}, {}, [], "", None, {"String": None}])
    def test_no_id_that_does_not_exist_is_no_missing_row(self, lost: Json) -> None:
        assert rows(told({"JobId": "v1", "Status": "init"}, lost=lost)) == [("v1", State.WAITING)]

    def test_an_older_answer_with_a_text_for_a_list_is_read(self) -> None:
        """Sample vod2021_list_ai_job_cn: NonExistAIJobIds.String is a string."""
        job = "53d4a9c7b00c*****cdcb4b0c2c854c7"
        answer = recorded(
            VOD.lookup([job, "aasdcsfg*****782740asd", "k2l3ibask*****od98wrns9"]),
            "vod2021_list_ai_job_cn.json",
        )
        assert rows(answer) == [
            (job, State.DONE),
            ("aasdcsfg*****782740asd", State.MISSING),
            ("k2l3ibask*****od98wrns9", State.MISSING),
        ]

    def test_an_older_answer_with_an_empty_list_is_read(self) -> None:
        """Sample vod2019_list_ai_job_cn_placeholder."""
        job = "1236ca184c0e47098a5b665e2xxxxxx"
        answer = recorded(VOD.lookup([job]), "vod2019_list_ai_job_cn_placeholder.json")
        assert rows(answer) == [(job, State.DONE)]
        (result,) = VOD.open(answer, job).results
        assert result.value == Plain("XXXXXXXXXXXXXXXXX")

    def test_an_id_that_the_answer_passes_over_is_missing_too(self) -> None:
        answer = told({"JobId": "v1", "Status": "init"}, asked="v2 v1 v3 v2", lost={"String": ["v3"]})
        assert rows(answer) == [("v1", State.WAITING), ("v2", State.MISSING), ("v3", State.MISSING)]

    def test_a_job_that_was_not_asked_for_is_no_row(self) -> None:
        assert rows(told({"JobId": "v9"}, {"JobId": "v1"})) == [("v1", State.UNKNOWN)]

    def test_a_job_told_twice_is_one_row(self) -> None:
        assert rows(told({"JobId": "v1", "Status": "fail"}, {"JobId": "v1"})) == [("v1", State.FAILED)]

    @pytest.mark.parametrize(
        ("masked", "asked"),
        [("ab****yz", "ab1234yz"), ("****yz", "ab12yz"), ("ab****", "ab12yz"), ("a**1**z", "ab12yz")],
    )
    def test_a_masked_id_counts_as_the_one_asked_for(self, masked: str, asked: str) -> None:
        assert rows(told({"JobId": masked, "Status": "init"}, asked=f"{asked} zz")) == [
            (asked, State.WAITING),
            ("zz", State.MISSING),
        ]

    @pytest.mark.parametrize(("masked", "asked"), [("a***", "ab ac"), ("ab*ba", "aba zz"), ("*x*", "ab zz")])
    def test_a_mask_that_fits_none_or_several_counts_as_none(self, masked: str, asked: str) -> None:
        assert {state for _id, state in rows(told({"JobId": masked}, asked=asked))} == {State.MISSING}

    @pytest.mark.parametrize(
        "listed",
        [
            {"AIJob": {"JobId": "v1\n", "Status": "fail"}},
            [{"JobId": "v1", "Status": "fail"}],
            {"JobId": "v1", "Status": "fail"},
            {"AIJob": [None, "x", {"JobId": "v1", "Status": "fail"}]},
        ],
    )
    def test_jobs_are_found_in_each_shape_their_list_comes_in(self, listed: Json) -> None:
        answer = answered(VOD.lookup(["v1"]), {"AIJobList": listed})
        assert rows(answer) == [("v1", State.FAILED)]
        assert VOD.open(answer, "v1").job == VOD.read_lookup(answer).jobs[0]

    @pytest.mark.parametrize("listed", [None, {}, [], "", {"AIJob": None}, {"AIJob": []}, {"AIJob": ""}])
    def test_without_a_list_every_id_is_missing(self, listed: Json) -> None:
        assert rows(answered(VOD.lookup(["v1"]), {"AIJobList": listed})) == [("v1", State.MISSING)]
        assert rows(answered(VOD.lookup(["v1"]), {})) == [("v1", State.MISSING)]

    @pytest.mark.parametrize("listed", ["oops", 7, {"AIJob": "oops"}, {"AIJob": [None]}, ["x"]])
    def test_something_that_is_no_list_of_jobs_makes_no_id_missing(self, listed: Json) -> None:
        with pytest.raises(Unreadable, match="AIJobList"):
            VOD.read_lookup(answered(VOD.lookup(["v1"]), {"AIJobList": listed}))

    def test_a_refusal_that_came_with_status_200_makes_no_id_missing(self) -> None:
        with pytest.raises(Unreadable, match="it said Throttling"):
            VOD.read_lookup(answered(VOD.lookup(["v1"]), {"Code": "Throttling", "Message": "slower"}))

    def test_an_answer_to_nothing_about_nothing_is_unreadable(self) -> None:
        with pytest.raises(Unreadable, match="holds no job"):
            VOD.read_lookup(answered(Call.of("vod", "ListAIJob"), {}))

    def test_placeholders_are_shown_as_they_are(self) -> None:
        """Sample vod2021_submit_ai_job: Status, Code, Message, CreationTime and Data are "1"."""
        job_id = "9e82640c85114bf5af23edfaf****"
        answer = recorded(VOD.lookup([job_id]), "vod2021_submit_ai_job.json")
        found = VOD.open(answer, job_id)
        assert (found.job.state, found.job.state_word, found.job.created) == (State.UNKNOWN, "1", None)
        assert [each.value for each in found.results] == [Plain("1")]


class TestFinding:
    """Which jobs looked at a media asset."""

    def test_the_ids_of_a_media_asset_are_found(self) -> None:
        answer = recorded(VOD.finding("20000000000000000000000000000001"), "synth_vod_list_job_info.json")
        assert VOD.read_finding(answer) == (DNA,)

    def test_ids_are_newest_first_each_once_and_undated_ones_last(self) -> None:
        listed = [
            {"JobId": "undated"},
            {"JobId": "old", "CreateTime": "2026-01-01T00:00:00Z"},
            {"JobId": "new\n", "CreateTime": "2026-02-01T00:00:00Z\n"},
            {"JobId": "old", "CreateTime": "2026-01-01T00:00:00Z"},
            {"Status": "success"},
        ]
        answer = answered(VOD.finding("m"), {"JobInfoList": listed})
        assert VOD.read_finding(answer) == ("new", "old", "undated")

    @pytest.mark.parametrize("listed", [None, [], ""])
    def test_no_jobs_is_no_ids(self, listed: Json) -> None:
        assert VOD.read_finding(answered(VOD.finding("m"), {"JobInfoList": listed})) == ()


class TestStates:
    """Their words and ours."""

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("init", State.WAITING),
            ("reserved", State.WAITING),
            ("Processing", State.RUNNING),
            ("processing", State.RUNNING),
            ("analysing", State.RUNNING),
            ("success", State.DONE),
            ("fail", State.FAILED),
            ("queued", State.UNKNOWN),
        ],
    )
    def test_words_are_ours_in_any_letter_case(self, word: str, state: State) -> None:
        assert VOD.state(word) is state

    def test_one_of_several_types_in_a_word_is_found(self) -> None:
        (job,) = VOD.read_lookup(told({"JobId": "v1", "Type": "AIVideoTag, AIMediaDNA"})).jobs
        assert VOD.matches(job, Query(type="AIMediaDNA"))
        assert not VOD.matches(job, Query(type="AIMedia"))


class TestOpened:
    """What was asked of a job and what it found."""

    def test_the_seeds_transcript_is_repaired_and_its_times_are_milliseconds(self) -> None:
        r"""Sample seed004; api.md 2.8 #2 (the `\[`), #3 (the newline), #23 (Duration in a string)."""
        answer = recorded(VOD.lookup([SEED_JOB]), "seed004_list_ai_job.json")
        found = VOD.open(answer, SEED_JOB)
        (result,) = found.results
        assert (result.path, result.repaired) == ("AIJobList.AIJob[0].Data.OrigASRData", True)
        assert isinstance(result.value, Transcript)
        assert len(result.value.cues) == 6
        assert result.value.cues[0] == Cue(0.0, 0.7, "Yes.", channel=0, rate=85)
        assert result.value.cues[4].text == "Hello, good afternoon."
        assert result.value.duration == 30.016
        assert found.parameters == ("AIJobList.AIJob[0].MediaId", "AIJobList.AIJob[0].Type")
        assert found.answer is answer

    def test_the_same_transcript_in_sound_json_is_not_marked_repaired(self) -> None:
        """Sample vod2021_list_ai_job_cn."""
        job = "53d4a9c7b00c*****cdcb4b0c2c854c7"
        (result,) = VOD.open(recorded(VOD.lookup([job]), "vod2021_list_ai_job_cn.json"), job).results
        assert not result.repaired
        assert isinstance(result.value, Transcript)
        assert [cue.text for cue in result.value.cues][2:5] == ["听不厌。", "留言。", "hello，中午好。"]

    def test_fingerprints_are_matches_in_seconds(self) -> None:
        answer = recorded(VOD.lookup([DNA]), "synth_vod_list_ai_job_mixed.json")
        (result,) = VOD.open(answer, DNA).results
        assert result.path == "AIJobList.AIJob[0].Data"
        assert result.value == Matches(
            (Match("20000000000000000000000000000009", 0.98, (Span(2.0, 12.0, 2.0, 12.1),)),)
        )

    def test_tags_have_their_times_in_seconds(self) -> None:
        """Sample vod2021_event_AIVideoTagComplete_inner_Data."""
        data = (ANSWERS / "vod2021_event_AIVideoTagComplete_inner_Data.json").read_text(encoding="utf-8")
        (result,) = opened(data).results
        assert isinstance(result.value, Tags)
        assert Tag("Location", "亚洲", (8.41,)) in result.value.tags
        assert {tag.category for tag in result.value.tags} == {"Keyword", "Person", "Location"}

    def test_tags_and_transcript_in_one_data_are_two_results(self) -> None:
        asr = body_of("vod2021_list_ai_job_cn_inner_Data.json")["OrigASRData"]
        data = json.dumps({"Category": [{"Tag": "美容"}], "OrigASRData": asr})
        found = opened(data)
        assert [(each.path, type(each.value)) for each in found.results] == [
            ("AIJobList.AIJob[0].Data", Tags),
            ("AIJobList.AIJob[0].Data.OrigASRData", Transcript),
        ]

    def test_a_transcript_in_a_bare_array_is_read(self) -> None:
        """Source: api.md 2.5: the table says array, the samples show an object."""
        cues = [{"StartTime": 0, "EndTime": 700, "Text": "Yes."}]
        (result,) = opened(json.dumps({"OrigASRData": cues})).results
        assert result.value == Transcript((Cue(0.0, 0.7, "Yes."),))

    def test_the_path_is_that_of_the_job_that_is_opened(self) -> None:
        data = json.dumps({"VideoDNA": [], "x": 1})
        answer = told({"JobId": "v1", "Data": data}, {"JobId": "v2", "Data": data}, asked="v1 v2")
        assert [each.path for each in VOD.open(answer, "v2").results] == ["AIJobList.AIJob[1].Data"]
        single = answered(VOD.lookup(["v1"]), {"AIJobList": {"AIJob": {"JobId": "v1", "Data": "x"}}})
        assert [each.path for each in VOD.open(single, "v1").results] == ["AIJobList.AIJob.Data"]

    def test_data_of_no_known_shape_is_a_tree_and_broken_data_is_broken(self) -> None:
        (tree,) = opened('{"Other": 1}').results
        assert tree.value == Tree({"Other": 1})
        (broken,) = opened('{"Person": [').results
        assert isinstance(broken.value, Broken)

    @pytest.mark.parametrize("data", [None, "", "{}", {}, '{"OrigASRData": {}}', "\n"])
    def test_empty_data_is_no_result(self, data: Json) -> None:
        assert opened(data).results == ()

    def test_an_id_that_does_not_exist_is_not_found(self) -> None:
        answer = recorded(VOD.lookup([SEED_JOB, *LOST]), "seed004_list_ai_job.json")
        with pytest.raises(NotFound, match="cn-shanghai asked") as caught:
            VOD.open(answer, LOST[0])
        assert caught.value.request_id == "8233A0E4-E112-44*****58-2BCED1B88173"

    def test_an_answer_about_other_jobs_is_not_opened(self) -> None:
        with pytest.raises(Unreadable, match="no job v2"):
            VOD.open(told({"JobId": "v1"}), "v2")
