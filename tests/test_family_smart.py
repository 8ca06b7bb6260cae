"""Smart jobs: calls as values, recorded answers as pages and results."""

from __future__ import annotations

import pytest

from icetui.call import Answer, Call, Json
from icetui.errors import NotFound, Unreadable
from icetui.families.base import Opened
from icetui.families.smart import Smart
from icetui.job import Job, JobError, Media, Page, Query, State
from icetui.results import Broken, Cue, Plain, Texts, Transcript, Translations, Tree
from tests.recorded import answered, body_of, recorded, utc

SMART = Smart()
LISTING = SMART.listing(Query(), "")
MASKED = "******042d5e4db6866f6289d1******"


def looked_up(name: str, job_id: str) -> Job:
    (job,) = SMART.read_lookup(recorded(SMART.lookup([job_id]), name)).jobs
    return job


def opened(name: str, job_id: str = MASKED) -> Opened:
    return SMART.open(recorded(SMART.lookup([job_id]), name), job_id)


def told(**members: Json) -> Answer:
    return answered(SMART.lookup(["j1"]), {"JobId": "j1", "State": "Finished", **members})


def only(**members: Json) -> Job:
    (job,) = SMART.read_lookup(told(**members)).jobs
    return job


class TestCalls:
    """What is asked, as values."""

    def test_listing_is_sent_by_get_and_asks_for_the_newest_first(self) -> None:
        assert SMART.listing(Query(), "") == Call(
            "ice", "ListSmartJobs", "GET", (("MaxResults", "50"), ("SortBy", "CreationTime:Desc"))
        )

    def test_listing_sends_type_state_order_and_token_and_never_a_page_number(self) -> None:
        query = Query(type="ASR", state="failed", newest=False, text="x", since=utc(2026, 1, 1))
        assert SMART.listing(query, "8EqYpQbZ6Eh7+Zz8DxVYoQ==", 100).params == (
            ("NextToken", "8EqYpQbZ6Eh7+Zz8DxVYoQ=="),
            ("MaxResults", "100"),
            ("JobType", "ASR"),
            ("JobState", "Failed"),
            ("SortBy", "CreationTime:Asc"),
        )

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [
            ("waiting", "Created"),
            ("running", "Executing"),
            ("done", "Finished"),
            ("failed", "Failed"),
            ("Executing", "Executing"),
            ("finished", "Finished"),
            ("FAILED", "Failed"),
            ("partial", None),
            ("missing", None),
            ("unknown", None),
            ("Paused", None),
            ("", None),
        ],
    )
    def test_state_is_sent_in_the_words_of_the_service_or_not_at_all(
        self, asked: str, sent: str | None
    ) -> None:
        assert SMART.listing(Query(state=asked), "").get("JobState") == sent

    @pytest.mark.parametrize(
        ("asked", "sent"),
        [("asr", "ASR"), ("TextGenerate", "TextGenerate"), (" ASR ", "ASR"), ("  ", None)],
    )
    def test_type_is_open_and_documented_ones_are_spelled_right(self, asked: str, sent: str | None) -> None:
        assert SMART.listing(Query(type=asked), "").get("JobType") == sent

    @pytest.mark.parametrize(("limit", "sent"), [(0, "1"), (1, "1"), (100, "100"), (1000, "100")])
    def test_a_page_holds_one_to_a_hundred(self, limit: int, sent: str) -> None:
        assert SMART.listing(Query(), "", limit).get("MaxResults") == sent

    def test_lookup_is_one_id_by_post(self) -> None:
        assert SMART.lookup([" ab**\n"]) == Call("ice", "GetSmartHandleJob", "POST", (("JobId", "ab**"),))

    @pytest.mark.parametrize("ids", [[], ["a", "b"]])
    def test_lookup_of_none_or_several_is_refused(self, ids: list[str]) -> None:
        with pytest.raises(ValueError, match="unpack"):
            SMART.lookup(ids)


class TestListing:
    """What a page tells."""

    def test_the_seeds_page_has_its_job_token_and_total_out_of_strings(self) -> None:
        """Samples seed002; api.md 2.8 #16, #21."""
        page = SMART.read_listing(recorded(LISTING, "seed002_list_smart_jobs.json"))
        assert page == Page(
            jobs=(
                Job(
                    family="smart",
                    id="****20b48fb04483915d4f2cd8ac****",
                    type="ASR",
                    state=State.DONE,
                    state_word="Finished",
                    title="example.mp4",
                    created=utc(2020, 12, 26, 4, 11, 10),
                    modified=utc(2020, 12, 26, 4, 11, 10),
                    finished=utc(2020, 12, 26, 4, 11, 10),
                    region="cn-shanghai",
                ),
            ),
            token="CBB6BC61D08",
            total=110,
        )
        assert page.request_id == "****9262E3DA-07FA-4862-FCBB6BC61D08*****"

    def test_the_last_page_has_an_empty_token_and_no_total(self) -> None:
        page = SMART.read_listing(recorded(LISTING, "synth_smart_list_last_page.json"))
        assert (page.token, page.total) == ("", None)
        assert [(job.id, job.title) for job in page.jobs] == [
            ("c0000000000000000000000000000001", "demo VideoTranslation")
        ]

    def test_a_body_without_a_list_is_no_rows(self) -> None:
        page = SMART.read_listing(recorded(LISTING, "synth_smart_list_empty.json"))
        assert page == Page((), "", None)

    @pytest.mark.parametrize("jobs", [None, [], {}, ""])
    def test_null_and_empty_lists_are_no_rows(self, jobs: Json) -> None:
        assert SMART.read_listing(answered(LISTING, {"SmartJobList": jobs, "NextToken": None})) == Page(())

    @pytest.mark.parametrize("jobs", ["oops", 7, True, [None, "x"], [{"Title": "no ID"}]])
    def test_something_that_is_no_list_of_jobs_is_not_taken_for_no_rows(self, jobs: Json) -> None:
        with pytest.raises(Unreadable, match="SmartJobList is no list of jobs") as caught:
            SMART.read_listing(answered(LISTING, {"RequestId": "r", "SmartJobList": jobs}))
        assert (caught.value.action, caught.value.request_id) == ("ListSmartJobs", "r")

    def test_a_refusal_that_came_with_status_200_is_not_taken_for_no_rows(self) -> None:
        """Source: api.md 4.2, the last sentence."""
        with pytest.raises(Unreadable, match=r"it said Throttling\.User: slower") as caught:
            SMART.read_listing(answered(LISTING, {"Code": "Throttling.User", "Message": "slower"}))
        assert caught.value.code == "Throttling.User"

    def test_a_job_that_is_not_an_object_does_not_hide_the_others(self) -> None:
        page = SMART.read_listing(answered(LISTING, {"SmartJobList": [None, {"JobId": "a\n"}, ["b"]]}))
        assert page.jobs == (Job("smart", "a", region="cn-shanghai"),)

    @pytest.mark.parametrize(("total", "read"), [(7, 7), ("7", 7), ("many", None), (-1, None), (True, None)])
    def test_total_is_read_from_numbers_and_strings(self, total: Json, read: int | None) -> None:
        assert SMART.read_listing(answered(LISTING, {"TotalCount": total})).total == read

    @pytest.mark.parametrize(("token", "read"), [(" t\n", "t"), ("", ""), (None, ""), ([], ""), (5, "5")])
    def test_token_is_text_and_empty_at_the_end(self, token: Json, read: str) -> None:
        assert SMART.read_listing(answered(LISTING, {"NextToken": token})).token == read

    def test_what_is_listed_is_all_the_truth_about_its_state(self) -> None:
        page = SMART.read_listing(recorded(LISTING, "seed002_list_smart_jobs.json"))
        assert [SMART.unread(job) for job in page.jobs] == [False]

    def test_media_url_of_output_config_is_named(self) -> None:
        listed = {"JobId": "a", "OutputConfig": {"MediaUrl": "https://b.oss.example/o.mp4"}}
        (job,) = SMART.read_listing(answered(LISTING, {"SmartJobList": [listed]})).jobs
        assert job.media == (Media("OutputConfig.MediaUrl", "https://b.oss.example/o.mp4"),)


class TestLookup:
    """What a lookup tells."""

    def test_the_seeds_asr_job_is_read_whole(self) -> None:
        assert looked_up("seed000_a_asr.json", MASKED) == Job(
            family="smart",
            id=MASKED,
            type="ASR",
            state=State.DONE,
            state_word="Finished",
            title="default_title_2022-01-21T06:15:02Z",
            created=utc(2022, 1, 21, 6, 15, 2),
            modified=utc(2022, 1, 21, 6, 15, 8),
            finished=utc(2022, 1, 21, 6, 15, 8),
            region="cn-shanghai",
            whole=True,
        )

    def test_the_id_is_the_one_asked_for_though_the_body_masks_it(self) -> None:
        """Sample seed000_a; api.md 2.8 #16."""
        assert looked_up("seed000_a_asr.json", "ab042d5e4db6866f6289d1cd").id == "ab042d5e4db6866f6289d1cd"

    def test_a_newline_behind_the_body_id_is_dropped(self) -> None:
        """Source: api.md 2.8 #27."""
        body = {"JobId": "j1\n", "State": "Executing"}
        (job,) = SMART.read_lookup(answered(Call.of("ice", "GetSmartHandleJob"), body)).jobs
        assert (job.id, job.state) == ("j1", State.RUNNING)

    def test_the_state_is_found_under_the_listings_name_too(self) -> None:
        body = {"JobId": "j1", "JobState": "Failed"}
        (job,) = SMART.read_lookup(answered(SMART.lookup(["j1"]), body)).jobs
        assert job.state is State.FAILED

    def test_empty_error_fields_and_media_url_of_a_success_are_absent(self) -> None:
        """Sample seed000_d; api.md 2.8 #17."""
        job = looked_up("seed000_d_generic.json", "j")
        assert (job.error, job.title) == (None, "Test Title")
        assert job.media == (Media("JobResult.MediaId", media_id="****20b48fb04483915d4f2cd8ac****"),)

    def test_a_body_without_input_and_output_is_a_job(self) -> None:
        """Sample seed000_c; api.md 2.8 #18."""
        job = looked_up("seed000_c_textgenerate.json", "j")
        assert (job.type, job.title, job.media) == (
            "TextGenerate",
            "default_title_2024-01-17T08:46:17Z",
            (),
        )

    def test_failed_without_a_reason_has_no_error(self) -> None:
        """Sample synth_smart_asr_failed_null_error; api.md 2.8 #26."""
        job = looked_up("synth_smart_asr_failed_null_error.json", "c0000000000000000000000000000005")
        assert (job.state, job.error, job.duration) == (State.FAILED, None, 751.0)

    def test_failed_with_a_code_keeps_code_message_and_request_id(self) -> None:
        job = looked_up("synth_smart_asr_failed_code.json", "c0000000000000000000000000000006")
        assert job.error == JobError(
            "SpeechTranslationNoValidVocal",
            "No valid vocal in the input.",
            "5B5E4A0C-0000-5B3D-9B5D-000000000001",
        )

    def test_an_error_beside_a_success_is_kept_and_the_state_decides(self) -> None:
        job = only(ErrorCode="X", ErrorMessage="y")
        assert (job.state, job.error) == (State.DONE, JobError("X", "y"))

    def test_a_running_job_has_not_finished_at_its_modified_time(self) -> None:
        job = looked_up("synth_smart_executing_no_result.json", "c0000000000000000000000000000007")
        assert (job.state, job.finished, job.modified) == (
            State.RUNNING,
            None,
            utc(2026, 11, 19, 8, 12, 31),
        )

    def test_media_of_an_avatar_are_named_once_each(self) -> None:
        job = looked_up("synth_smart_avatar_nested_clips.json", "c0000000000000000000000000000003")
        assert job.media == (
            Media(
                "JobResult.MediaUrl",
                "https://demo-bucket.oss-cn-shanghai.aliyuncs.com/out/avatar.mp4",
                "a0000000000000000000000000000aa1",
            ),
            Media(
                "JobResult.AiResult.MaskURL",
                "https://demo-bucket.oss-cn-shanghai.aliyuncs.com/out/avatar_mask.mp4",
            ),
        )

    def test_media_of_a_translation_are_named_by_language_with_their_ids(self) -> None:
        job = looked_up("synth_smart_videotranslation_multi.json", "c0000000000000000000000000000001")
        by_label = {each.label.removeprefix("JobResult.AiResult."): each for each in job.media}
        out = "https://demo-bucket.oss-cn-shanghai.aliyuncs.com/out/"
        assert {label: (each.url.removeprefix(out), each.media_id) for label, each in by_label.items()} == {
            "DetextVideoURL": ("clean.mp4", "a0000000000000000000000000000099"),
            "VideoTranslationAiResultMap.en.MediaURL": ("en.mp4", "a000000000000000000000000000en01"),
            "VideoTranslationAiResultMap.en.TranslatedAudioMediaURL": (
                "en.wav",
                "a000000000000000000000000000en02",
            ),
            "VideoTranslationAiResultMap.en.SpeechTranslatedSubtitleURL": ("en.srt", ""),
            "VideoTranslationAiResultMap.en.SpeechTranslatedSubtitleURLSigned": (
                "en.srt?Expires=1&Signature=x",
                "",
            ),
            "VideoTranslationAiResultMap.en.SpeechTranslatedSubtitleURLForFix": (
                "en-fix.srt",
                "a000000000000000000000000000en03",
            ),
            "VideoTranslationAiResultMap.en.SpeechBilingualSubtitleURL": (
                "en-bi.srt",
                "a000000000000000000000000000en04",
            ),
            "VideoTranslationAiResultMap.es.MediaURL": ("es.mp4", "a0000000000000000000000000000es01"),
            "VideoTranslationAiResultMap.ja.MediaId": ("", "a0000000000000000000000000000ja01"),
        }

    def test_output_that_is_a_url_is_media(self) -> None:
        """Source: api.md 1.2, a subtitle-level translation."""
        assert only(Output="https://b.oss.example/s.srt").media == (
            Media("Output", "https://b.oss.example/s.srt"),
        )

    def test_an_avatar_in_output_in_other_letter_case_is_named(self) -> None:
        """Source: api.md 2.2, the avatar row."""
        job = only(Output='{"mediaUrl": "https://b/a.mp4", "maskUrl": "https://b/m.mp4", "mediaId": "m"}')
        assert job.media == (
            Media("Output.mediaUrl", "https://b/a.mp4", "m"),
            Media("Output.maskUrl", "https://b/m.mp4"),
        )

    def test_cut_off_results_do_not_hide_the_job(self) -> None:
        """Sample synth_smart_avatar_truncated; api.md 2.8 #28."""
        job = looked_up("synth_smart_avatar_truncated.json", "c0000000000000000000000000000004")
        assert (job.state, job.media) == (
            State.RUNNING,
            (Media("JobResult.MediaId", media_id="a0000000000000000000000000000aa2"),),
        )

    @pytest.mark.parametrize(
        ("source", "title"),
        [
            ("oss://b.oss-cn-shanghai.aliyuncs.com/a/清晨 市场.mp4?x=1", "清晨 市场.mp4"),
            ("oss://b.oss-cn-shanghai.aliyuncs.com/a/市场.mp4?x=1", "市场.mp4"),
            ("oss://bucket/", "oss://bucket/"),
            ("see https://example.com/a", "see https://example.com/a"),
            ("a0000000000000000000000000000001", "a0000000000000000000000000000001"),
            ("Speaking of which,\nthey are popular.", "Speaking of which,"),
            ("x" * 300, "x" * 199 + "…"),
            (None, ""),
            (["a"], ""),
        ],
    )
    def test_a_job_without_a_title_is_called_by_its_input(self, source: Json, title: str) -> None:
        assert only(SmartJobInfo={"Title": "", "InputConfig": {"InputFile": source}}).title == title

    def test_two_alternatives_in_one_input_are_text(self) -> None:
        """Sample seed000_d; api.md 2.8 #15."""
        body = body_of("seed000_d_generic.json")
        body["SmartJobInfo"]["Title"] = ""
        (job,) = SMART.read_lookup(answered(SMART.lookup(["j"]), body)).jobs
        assert job.title == (
            "oss://example-bucket.oss-cn-shanghai.aliyuncs.com/example.mp4"
            " or ******11-DB8D-4A9A-875B-275798******"
        )

    def test_spoken_prose_is_not_taken_for_a_path(self) -> None:
        """Sample seed000_b; api.md 2.8 #19."""
        body = body_of("seed000_b_texttospeech.json")
        body["SmartJobInfo"]["Title"] = ""
        (job,) = SMART.read_lookup(answered(SMART.lookup(["j"]), body)).jobs
        assert job.title == body["SmartJobInfo"]["InputConfig"]["InputFile"]

    @pytest.mark.parametrize("user", [0, 1974526429, "1974526429******", None])
    def test_user_id_of_any_type_changes_nothing(self, user: Json) -> None:
        """Samples seed000_d, seed002; api.md 1.8."""
        assert only(SmartJobInfo={"UserId": user}) == only(SmartJobInfo={})

    @pytest.mark.parametrize("body", [{}, {"RequestId": "r"}, {"State": None}, {"SmartJobInfo": "oops"}])
    def test_a_body_without_a_job_is_unreadable(self, body: dict[str, Json]) -> None:
        with pytest.raises(Unreadable, match="holds no job"):
            SMART.read_lookup(answered(SMART.lookup(["j1"]), body))

    def test_a_refusal_with_status_200_that_knows_no_such_job_is_not_found(self) -> None:
        body = {"Code": "InvalidParameter.JobNotFound", "Message": "no", "RequestId": "r"}
        with pytest.raises(NotFound, match="job j1 is unknown here") as caught:
            SMART.read_lookup(answered(SMART.lookup(["j1"]), body))
        assert (caught.value.code, caught.value.request_id) == ("InvalidParameter.JobNotFound", "r")


class TestStates:
    """Their words and ours."""

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("Created", State.WAITING),
            ("Executing", State.RUNNING),
            ("Finished", State.DONE),
            ("Failed", State.FAILED),
            ("FINISHED", State.DONE),
            (" executing\n", State.RUNNING),
            ("Suspended", State.UNKNOWN),
            ("", State.UNKNOWN),
        ],
    )
    def test_words_are_ours_in_any_letter_case(self, word: str, state: State) -> None:
        assert SMART.state(word) is state

    def test_an_unknown_word_is_kept_and_polled_on(self) -> None:
        job = only(State="Suspended")
        assert (job.state_word, job.state.terminal) == ("Suspended", False)


class TestOpened:
    """What was asked of a job and what it found."""

    def test_the_seeds_asr_job_is_a_transcript_in_seconds(self) -> None:
        found = opened("seed000_a_asr.json")
        (result,) = found.results
        assert (result.path, result.repaired) == ("JobResult.AiResult", False)
        assert isinstance(result.value, Transcript)
        assert result.value.cues[0] == Cue(0.0, 0.846, "Speaking of which,")
        assert len(result.value.cues) == 5
        assert result.value.cues[-1].end == 10.33
        assert found.parameters == ("SmartJobInfo.InputConfig",)
        assert found.job == looked_up("seed000_a_asr.json", MASKED)

    def test_parameters_in_strings_are_decoded(self) -> None:
        """Sample seed000_a: JobParameters; request_params in it is a query string and stays text."""
        parameters = opened("seed000_a_asr.json").decoded.value["SmartJobInfo"]["InputConfig"][
            "JobParameters"
        ]
        assert parameters["request_params"] == "&enable_word_level_result=true"

    def test_speech_has_its_text_as_a_transcript_and_its_voice_as_parameters(self) -> None:
        found = opened("seed000_b_texttospeech.json")
        assert [type(each.value) for each in found.results] == [Transcript]
        assert found.parameters == (
            "SmartJobInfo.InputConfig",
            "SmartJobInfo.EditingConfig",
            "SmartJobInfo.OutputConfig",
        )
        assert found.decoded.value["SmartJobInfo"]["EditingConfig"]["voice"] == "Siqi"
        assert found.job.media == (Media("JobResult.MediaId", media_id="******bf47c94e82b3b2014361******"),)

    def test_generated_texts_are_alternatives_beside_their_usage(self) -> None:
        found = opened("seed000_c_textgenerate.json")
        texts, usage = found.results
        assert isinstance(texts.value, Texts)
        assert [text[:11] for text in texts.value.texts] == ["Our new sho", "Explore a n", "For those w"]
        assert (usage.path, usage.value) == ("JobResult.Usage", Tree({"total_tokens": 200}))
        assert found.parameters == ("SmartJobInfo.EditingConfig", "UserData")

    def test_json_in_json_in_json_is_decoded(self) -> None:
        """Sample seed000_c; api.md 2.7, depth 2."""
        editing = opened("seed000_c_textgenerate.json").decoded.value["SmartJobInfo"]["EditingConfig"]
        assert editing["GenerateConfig"]["targetCount"] == 3

    def test_plain_text_is_shown_as_text_and_an_empty_output_not_at_all(self) -> None:
        """Sample seed000_d; api.md 2.2."""
        found = opened("seed000_d_generic.json")
        assert [(each.path, each.value) for each in found.results] == [
            ("JobResult.AiResult", Plain("Clip segmentation or AI taggingInformation")),
            ("JobResult.Usage", Tree({"total_tokens": 100})),
        ]
        assert found.parameters == (
            "SmartJobInfo.InputConfig",
            "SmartJobInfo.OutputConfig",
            "SmartJobInfo.Description",
            "UserData",
        )

    def test_a_translation_is_read_by_language(self) -> None:
        (result,) = opened("synth_smart_videotranslation_multi.json").results
        assert isinstance(result.value, Translations)
        assert [each.language for each in result.value.languages] == ["en", "es", "ja"]

    def test_a_translation_into_one_language_is_one_language(self) -> None:
        (result,) = opened("synth_smart_videotranslation_single.json").results
        assert isinstance(result.value, Translations)
        assert [each.language for each in result.value.languages] == [""]

    def test_an_avatar_has_its_clips_as_a_transcript_and_the_rest_as_a_tree(self) -> None:
        """Sample synth_smart_avatar_nested_clips: SubtitleClips is JSON in JSON."""
        clips, tree = opened("synth_smart_avatar_nested_clips.json").results
        assert clips.path == "JobResult.AiResult.SubtitleClips"
        assert clips.value == Transcript((Cue(0.0, 1.2, "first line"), Cue(1.2, 2.4, "second line")))
        assert tree.path == "JobResult.AiResult"
        assert isinstance(tree.value, Tree)
        assert tree.value.value["MaskURL"].endswith("avatar_mask.mp4")

    def test_an_avatar_in_output_is_read_in_any_letter_case(self) -> None:
        found = SMART.open(
            told(
                Output='{"subtitleClips": [{"text": "hi", "start": 1, "end": 2}], "maskUrl": "https://b/m"}'
            ),
            "j1",
        )
        assert [(each.path, type(each.value)) for each in found.results] == [
            ("Output.subtitleClips", Transcript),
            ("Output", Tree),
        ]

    def test_cut_off_json_is_broken_text_with_its_place(self) -> None:
        """Sample synth_smart_avatar_truncated; api.md 2.8 #28."""
        found = opened("synth_smart_avatar_truncated.json")
        ai_result, output = found.results
        assert isinstance(ai_result.value, Broken)
        assert isinstance(output.value, Broken)
        assert ai_result.value.text.endswith('"SubtitleClips":"not-closed"')
        assert (output.path, output.value.line) == ("Output", 1)

    def test_output_that_is_a_url_is_media_and_no_result(self) -> None:
        assert SMART.open(told(Output="https://b.oss.example/s.srt"), "j1").results == ()

    @pytest.mark.parametrize("ai_result", ["", None, "{}", "[]", {}, "  \n"])
    def test_an_empty_result_is_no_result(self, ai_result: Json) -> None:
        assert SMART.open(told(JobResult={"AiResult": ai_result}), "j1").results == ()

    def test_a_running_job_has_no_results(self) -> None:
        assert opened("synth_smart_executing_no_result.json").results == ()

    def test_the_raw_answer_is_kept_whole(self) -> None:
        answer = recorded(SMART.lookup([MASKED]), "seed000_a_asr.json")
        assert SMART.open(answer, MASKED).answer is answer

    def test_an_answer_about_another_job_is_not_opened(self) -> None:
        with pytest.raises(Unreadable, match="it is about j1, not j2"):
            SMART.open(told(), "j2")
