"""Batch jobs: calls as values, recorded answers as pages, subjobs and results."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from time import perf_counter

import pytest

from icetui.call import Answer, Call, Json
from icetui.errors import NotFound, Unreadable
from icetui.families.base import Opened
from icetui.families.batch import Batch
from icetui.job import Job, JobError, Page, Query, State, Subjob
from icetui.results import Clip, Selection, Sentence, Tree
from tests.recorded import answered, body_of, recorded, utc

BATCH = Batch()
LISTING = BATCH.listing(Query(), "")
SEED = "seed003_get_batch_media_producing_job.json"
MASKED = "****b6b2750d4308892ac3330238****"


def told(**members: Json) -> Answer:
    job = {"JobId": "b1", "Status": "Finished", "JobType": "Script", **members}
    return answered(BATCH.lookup(["b1"]), {"EditingBatchJob": job})


def only(**members: Json) -> Job:
    (job,) = BATCH.read_lookup(told(**members)).jobs
    return job


def with_subjobs(*words: str, status: str = "Finished") -> Job:
    subjobs = [{"JobId": f"s{place}", "Status": word} for place, word in enumerate(words)]
    return only(Status=status, SubJobList=subjobs)


def opened_seed() -> Opened:
    return BATCH.open(recorded(BATCH.lookup([MASKED]), SEED), MASKED)


class TestCalls:
    """What is asked, as values."""

    def test_listing_is_sent_by_post_with_this_operations_order_word(self) -> None:
        assert BATCH.listing(Query(), "") == Call(
            "ice", "ListBatchMediaProducingJobs", "POST", (("MaxResults", "50"), ("SortBy", "desc"))
        )

    def test_listing_sends_all_of_a_query_but_its_text(self) -> None:
        query = Query("Smart_Mix", "Processing", False, "text", utc(2026, 11, 1), utc(2026, 11, 20, 8, 30))
        assert BATCH.listing(query, "t==", 10).params == (
            ("NextToken", "t=="),
            ("MaxResults", "10"),
            ("JobType", "Smart_Mix"),
            ("Status", "Processing"),
            ("SortBy", "asc"),
            ("StartTime", "2026-11-01T00:00:00Z"),
            ("EndTime", "2026-11-20T08:30:00Z"),
        )

    def test_a_job_id_as_text_is_kept_local(self) -> None:
        assert BATCH.listing(Query(text="f0000000000000000000000000000001"), "").get("JobId") is None

    def test_times_are_sent_in_utc_and_never_for_less_than_was_asked(self) -> None:
        shanghai = timezone(timedelta(hours=8))
        query = Query(
            since=datetime(2026, 11, 1, 8, 0, 0, 900_000, tzinfo=shanghai),
            until=datetime(2026, 11, 2, 8, 0, 0, 100_000, tzinfo=shanghai),
        )
        call = BATCH.listing(query, "")
        assert (call.get("StartTime"), call.get("EndTime")) == (
            "2026-11-01T00:00:00Z",
            "2026-11-02T00:00:01Z",
        )

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("waiting", "Init"),
            ("running", "Processing"),
            ("done", "Finished"),
            ("partial", "Finished"),
            ("failed", None),
            ("Failed", "Failed"),
            ("FINISHED", "Finished"),
            ("missing", None),
            ("Paused", None),
        ],
    )
    def test_our_failed_is_two_words_of_theirs_and_sends_none(self, asked: str, sent: str | None) -> None:
        assert BATCH.listing(Query(state=asked), "").get("Status") == sent

    def test_lookup_is_one_id_by_post(self) -> None:
        assert BATCH.lookup(["b1"]) == Call("ice", "GetBatchMediaProducingJob", "POST", (("JobId", "b1"),))


class TestListing:
    """What a page tells."""

    def test_a_page_has_its_jobs_and_token(self) -> None:
        """Sample synth_batch_list: MaxResults is a number, there is no total."""
        page = BATCH.read_listing(recorded(LISTING, "synth_batch_list.json"))
        assert page == Page(
            jobs=(
                Job(
                    family="batch",
                    id="f0000000000000000000000000000001",
                    type="Script",
                    state=State.DONE,
                    state_word="Finished",
                    title="o_{index}.mp4",
                    created=utc(2026, 11, 18, 6, 36, 48),
                    modified=utc(2026, 11, 18, 6, 37, 58),
                    finished=utc(2026, 11, 18, 6, 38, 9),
                    region="cn-shanghai",
                ),
                Job(
                    family="batch",
                    id="f0000000000000000000000000000002",
                    type="Smart_Mix",
                    state=State.FAILED,
                    state_word="Failed",
                    created=utc(2026, 11, 18, 5),
                    modified=utc(2026, 11, 18, 5, 1),
                    region="cn-shanghai",
                    error=JobError(
                        "InvalidMaterial.NotFound",
                        'The specified clips id not found:["x"]',
                        "5B5E4A0C-0000-5B3D-9B5D-000000000005",
                    ),
                ),
            ),
            token="8EqYpQbZ6Eh7+Zz8DxVYoQ==",
            total=None,
        )

    def test_only_the_finished_job_of_a_page_is_yet_to_be_read(self) -> None:
        page = BATCH.read_listing(recorded(LISTING, "synth_batch_list.json"))
        assert [BATCH.unread(job) for job in page.jobs] == [True, False]

    def test_a_finished_job_that_was_looked_up_is_read(self) -> None:
        assert not BATCH.unread(with_subjobs("Success"))

    def test_a_row_with_megabytes_of_input_is_read_without_parsing_it(self) -> None:
        big = '{"MediaGroupArray": [' + ",".join([f'"{7:032d}"'] * 100_000) + '], "TitleArray": ["开业"]}'
        listed = {"JobId": "b", "Status": "Finished", "InputConfig": big, "ExtendOutput": big}
        answer = answered(LISTING, {"EditingBatchJobList": [listed] * 5})
        start = perf_counter()
        page = BATCH.read_listing(answer)
        read = perf_counter()
        for _ in range(5):
            json.loads(big)
        # Searched, not parsed: a seventh of the time on a quiet machine.
        assert read - start < (perf_counter() - read) / 2
        assert {job.title for job in page.jobs} == {"开业"}


class TestLookup:
    """What a lookup tells."""

    def test_the_seeds_job_is_read_whole(self) -> None:
        """Sample seed003; api.md 2.8 #5 (newlines), #6 (one slash), #7, #8 (errors beside success)."""
        told_error = JobError(
            "InvalidMaterial.NotFound",
            'The specified clips id not found:["****30d0b5e871eebb2ff7f6c75a****"]',
            "****36-3C1E-4417-BDB2-1E034F****",
        )
        page = BATCH.read_lookup(recorded(BATCH.lookup([MASKED]), SEED))
        assert page == Page(
            (
                Job(
                    family="batch",
                    id=MASKED,
                    type="Script",
                    state=State.DONE,
                    state_word="Finished",
                    title="Huilongguan Hema Fresh has opened",
                    created=utc(2024, 6, 13, 8, 47, 7),
                    modified=utc(2024, 6, 13, 8, 57, 7),
                    finished=utc(2024, 6, 13, 8, 57, 7),
                    region="cn-shanghai",
                    error=told_error,
                    subjobs=(
                        Subjob(
                            id="****8e81933d44e3ae69e2f81485****",
                            state=State.DONE,
                            state_word="Success",
                            url="http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4",
                            media_id="****1470b11171ee9d19e7e6c66a****",
                            project_id="****7cc47fe04eaa81bd853acb6a****",
                            # Longer than MaxDuration, 15: no cross-check (api.md 2.8 #25).
                            duration=24.5,
                            error=told_error,
                        ),
                    ),
                    whole=True,
                ),
            )
        )

    def test_finished_with_a_failed_subjob_is_partial(self) -> None:
        job = with_subjobs("Success", "Failed", "Success")
        assert (job.state, job.state_word, job.note) == (
            State.PARTIAL,
            "Finished",
            "1 of 3 subjobs failed",
        )

    def test_finished_with_all_subjobs_failed_is_partial_and_says_so(self) -> None:
        job = with_subjobs("Failed", "failed")
        assert (job.state, job.note) == (State.PARTIAL, "all 2 subjobs failed")

    def test_the_note_of_a_partial_job_names_the_codes_each_once(self) -> None:
        subjobs = [{"JobId": str(n), "Status": "Failed", "ErrorCode": code} for n, code in enumerate("ABA")]
        assert only(SubJobList=[*subjobs, {"Status": "Success"}]).note == "3 of 4 subjobs failed: A, B"

    def test_finished_with_subjobs_still_going_is_done_and_says_so(self) -> None:
        job = with_subjobs("Success", "Processing", "Init")
        assert (job.state, job.note) == (State.DONE, "2 of 3 subjobs not ended")
        assert [each.state for each in job.subjobs] == [State.DONE, State.RUNNING, State.WAITING]

    def test_failed_with_good_subjobs_stays_failed_and_says_so(self) -> None:
        job = with_subjobs("Success", "Failed", status="Failed")
        assert (job.state, job.note) == (State.FAILED, "yet 1 of 2 subjobs succeeded")

    def test_a_running_job_with_a_failed_subjob_is_running(self) -> None:
        job = with_subjobs("Failed", "Processing", status="Processing")
        assert (job.state, job.note) == (State.RUNNING, "")

    def test_a_subjob_in_an_unknown_state_does_not_make_its_job_partial(self) -> None:
        job = with_subjobs("Success", "Paused")
        assert (job.state, job.subjobs[1].state, job.subjobs[1].state_word) == (
            State.DONE,
            State.UNKNOWN,
            "Paused",
        )

    @pytest.mark.parametrize("extend", [None, "", "{}", '{"ErrorCode": ""}', '{"ErrorCode":', "Error", 7, []])
    def test_extend_without_an_error_is_no_error(self, extend: Json) -> None:
        assert only(Extend=extend).error is None

    @pytest.mark.parametrize(("duration", "read"), [(24.5, 24.5), ("24.5", 24.5), (-1, None), ("long", None)])
    def test_subjob_duration_is_seconds_or_unknown(self, duration: Json, read: float | None) -> None:
        assert only(SubJobList=[{"Duration": duration}]).subjobs[0].duration == read

    @pytest.mark.parametrize(
        ("members", "title"),
        [
            (
                {"InputConfig": '{"TitleArray": []}', "OutputConfig": '{"MediaURL": "http://b/x_{index}"}'},
                "x_{index}",
            ),
            ({"InputConfig": {"TitleArray": ["one", "two"]}}, "one"),
            ({"InputConfig": {"TitleArray": ["", "two"]}}, "two"),
            ({"InputConfig": '{"TitleArray": [ "", "two"]}'}, "two"),
            ({"InputConfig": '{"TitleArray": [""]}'}, ""),
            ({"InputConfig": '{"TitleArray" :\n [ "with \\"quotes\\" \\u5e97"]}'}, 'with "quotes" 店'),
            ({"InputConfig": '{"SpeechTextArray": ["\\"TitleArray\\": [\\"no\\"]"]}'}, ""),
            ({"InputConfig": '{"TitleArray": ["cut o'}, ""),
            ({"OutputConfig": {"MediaURL": "http://b/y.mp4"}}, "y.mp4"),
            ({"OutputConfig": '{"MediaURL": null}'}, ""),
            ({}, ""),
        ],
    )
    def test_title_is_the_first_asked_for_or_the_name_of_the_output(
        self, members: dict[str, Json], title: str
    ) -> None:
        assert only(**members).title == title

    @pytest.mark.parametrize("job", [None, {}, [], "oops", 7])
    def test_a_body_without_a_job_is_unreadable(self, job: Json) -> None:
        with pytest.raises(Unreadable, match="holds no job"):
            BATCH.read_lookup(answered(BATCH.lookup(["b1"]), {"EditingBatchJob": job}))

    def test_a_refusal_with_status_200_that_knows_no_such_job_is_not_found(self) -> None:
        with pytest.raises(NotFound, match="cn-shanghai asked"):
            BATCH.read_lookup(answered(BATCH.lookup(["b1"]), {"Code": "InvalidParameter.JobNotFound"}))


class TestStates:
    """Their words and ours."""

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("Init", State.WAITING),
            ("Processing", State.RUNNING),
            ("Finished", State.DONE),
            ("Failed", State.FAILED),
            ("PROCESSING", State.RUNNING),
            ("Success", State.UNKNOWN),
        ],
    )
    def test_words_are_ours_in_any_letter_case(self, word: str, state: State) -> None:
        assert BATCH.state(word) is state

    def test_failed_and_failed_are_not_the_same_question(self) -> None:
        partial, failed = with_subjobs("Failed", "Success"), with_subjobs(status="Failed")
        assert [BATCH.matches(job, Query(state="failed")) for job in (partial, failed)] == [True, True]
        assert [BATCH.matches(job, Query(state="Failed")) for job in (partial, failed)] == [False, True]
        assert [BATCH.matches(job, Query(state="Finished")) for job in (partial, failed)] == [True, False]
        assert [BATCH.matches(job, Query(state="partial")) for job in (partial, failed)] == [True, False]


class TestOpened:
    """What was asked of a job and what it found."""

    def test_the_seeds_selection_is_read_with_its_negative_scores(self) -> None:
        """Sample seed003 ExtendOutput, on a Script job; api.md 2.8 #9, #10."""
        (result,) = opened_seed().results
        assert (result.path, result.repaired) == ("EditingBatchJob.ExtendOutput", False)
        media_id = "****a0900f5071efbf1ce7e6c66a****"
        assert result.value == Selection(
            (
                (
                    Sentence(
                        "A new Hema Fresh store has opened in the nearby shopping mall",
                        "0",
                        3.366667,
                        (Clip("null-2", media_id, 8.04, 11.16, -0.253),),
                    ),
                    Sentence(
                        "Today is the first day of opening",
                        "0",
                        1.566667,
                        (Clip("null-1", media_id, 0.0, 1.54, -0.2326),),
                    ),
                ),
            )
        )

    def test_the_seeds_broken_input_is_kept_with_the_place_where_it_broke(self) -> None:
        """Sample seed003 InputConfig; api.md 2.8 #1."""
        found = opened_seed()
        fault = found.decoded.broken["EditingBatchJob.InputConfig"]
        assert (fault.line, fault.column, fault.position) == (18, 7, 542)
        assert fault.text == body_of(SEED)["EditingBatchJob"]["InputConfig"]

    def test_the_seeds_parameters_are_all_that_was_asked(self) -> None:
        found = opened_seed()
        assert found.parameters == (
            "EditingBatchJob.InputConfig",
            "EditingBatchJob.EditingConfig",
            "EditingBatchJob.OutputConfig",
            "EditingBatchJob.ExtendInput",
            "EditingBatchJob.UserData",
        )
        assert found.decoded.value["EditingBatchJob"]["OutputConfig"]["Count"] == 20
        # A template, no link: api.md 2.8 #11.
        assert "{index}" in found.decoded.value["EditingBatchJob"]["OutputConfig"]["MediaURL"]

    def test_the_list_in_an_error_message_stays_text(self) -> None:
        """Sample seed003 Extend; api.md 2.4."""
        extend = opened_seed().decoded.value["EditingBatchJob"]["Extend"]
        assert extend["ErrorMessage"].endswith('found:["****30d0b5e871eebb2ff7f6c75a****"]')

    def test_a_selection_in_the_input_is_read_too(self) -> None:
        """Source: api.md 2.4, the …_Timeline_Organize types."""
        selection = body_of(SEED)["EditingBatchJob"]["ExtendOutput"]
        found = BATCH.open(told(ExtendInput=selection), "b1")
        assert [(each.path, type(each.value)) for each in found.results] == [
            ("EditingBatchJob.ExtendInput", Selection)
        ]

    def test_output_of_no_known_shape_and_further_words_in_extend_are_trees(self) -> None:
        found = BATCH.open(told(ExtendOutput='{"a": 1}', Extend='{"ErrorCode": "X", "Stage": 2}'), "b1")
        assert [(each.path, each.value) for each in found.results] == [
            ("EditingBatchJob.ExtendOutput", Tree({"a": 1})),
            ("EditingBatchJob.Extend", Tree({"ErrorCode": "X", "Stage": 2})),
        ]

    @pytest.mark.parametrize("nothing", ["", None, "{}", "[]", "null", " \n"])
    def test_empty_fields_are_no_results_and_no_parameters(self, nothing: Json) -> None:
        found = BATCH.open(told(ExtendOutput=nothing, ExtendInput=nothing, UserData=nothing), "b1")
        assert (found.results, found.parameters) == ((), ())

    def test_an_answer_about_another_job_is_not_opened(self) -> None:
        with pytest.raises(Unreadable, match="it is about b1, not b2"):
            BATCH.open(told(), "b2")
