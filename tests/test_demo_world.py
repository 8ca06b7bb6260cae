"""The demo account: a function of the clock, with everything in it that a client must cope with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.demo import (
    DEMO_KEY,
    MEDIA,
    MISSING,
    SEED_RESULTS,
    SEED_SPEECH,
    UNTRUSTED,
    fixed,
    followed,
    smart_jobs,
)
from icetui.demo.samples import samples, text
from icetui.demo.stream import Record
from icetui.demo.world import FAMILIES, World

ANSWERS = Path(__file__).parent / "answers"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MOMENTS = (NOW, NOW + timedelta(hours=5, minutes=59, seconds=59), datetime(2027, 6, 1, 3, 30, tzinfo=UTC))
WORLD = World()


def bodies(family: str, at: datetime = NOW) -> Iterator[tuple[Record, dict[str, Any]]]:
    """What lookups tell about everything listed; for VOD AI what ListAIJob does."""
    for record in WORLD.window(family, at):
        body = record.row(at) if family == "vod-ai" else record.body(at)
        yield record, json.loads(body) if isinstance(body, bytes) else body


def results(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("JobResult") or {}
    assert isinstance(found, dict)
    return found


def parsed(value: str | None) -> Any:
    try:
        return json.loads(value or "null")
    except ValueError:
        return None


@pytest.mark.parametrize("family", FAMILIES)
def test_another_process_sees_the_same_account(family: str) -> None:
    program = (
        "import json, sys; from datetime import datetime; from icetui.demo.world import World\n"
        "at = datetime.fromisoformat(sys.argv[1])\n"
        "print(json.dumps([r.row(at) for r in World().window(sys.argv[2], at)], sort_keys=True))"
    )
    command = [sys.executable, "-c", program, NOW.isoformat(), family]
    there = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    here = [record.row(NOW) for record in WORLD.window(family, NOW)]
    assert json.loads(there) == json.loads(json.dumps(here))


@pytest.mark.parametrize("at", MOMENTS)
def test_account_has_a_few_hundred_jobs_at_any_moment(at: datetime) -> None:
    sizes = {family: len(WORLD.window(family, at)) for family in FAMILIES}
    assert 150 <= sizes["smart"] <= 280
    assert 70 <= sizes["batch"] <= 130
    assert 40 <= sizes["iproduction"] <= 70
    assert 40 <= sizes["vod-ai"] <= 70


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_listed_job_can_be_looked_up_and_no_id_is_twice(family: str, at: datetime) -> None:
    listed = WORLD.window(family, at)
    assert len({record.id for record in listed}) == len(listed)
    for record in listed:
        found = WORLD.find(family, record.id, at)
        assert found is not None
        assert found.id == record.id
        assert found.row(at) == record.row(at)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=2**32 - 1), st.integers(min_value=0, max_value=2**128 - 1))
def test_id_tells_its_number_and_any_other_id_none(number: int, other: int) -> None:
    stream = smart_jobs.LIVE
    job_id = stream.id(number)
    assert stream.number(job_id) == number
    assert stream.number(job_id.upper() + "x") is None
    assert stream.number(f"{other:032x}") is None or f"{other:032x}" == job_id


def test_ids_of_one_family_mean_nothing_in_another() -> None:
    for family in FAMILIES:
        strange = [record for other in FAMILIES if other != family for record in WORLD.window(other, NOW)]
        shared = "****20b48fb04483915d4f2cd8ac****"  # the documentation prints one ID for two families
        assert not [r.id for r in strange if r.id != shared and WORLD.find(family, r.id, NOW)]


def test_job_of_eleven_months_ago_is_found_though_it_is_not_listed() -> None:
    stream, make = FAMILIES["smart"][0]
    then = NOW - timedelta(days=330)
    number = next(iter(stream.window(then)))
    job = make(stream, number)
    assert job.id not in {record.id for record in WORLD.window("smart", NOW)}
    assert WORLD.find("smart", job.id, NOW) is job
    assert WORLD.find("smart", job.id, NOW + timedelta(days=60)) is None


def test_job_does_not_exist_before_it_is_made() -> None:
    job = WORLD.window("smart", NOW)[0]
    assert WORLD.find("smart", job.id, job.created - timedelta(seconds=1)) is None
    assert job.id not in {record.id for record in WORLD.window("smart", job.created - timedelta(seconds=1))}


def test_new_smart_job_comes_about_every_forty_seconds() -> None:
    before = {record.id for record in WORLD.window("smart", NOW)}
    after = {record.id for record in WORLD.window("smart", NOW + timedelta(minutes=20))}
    assert 28 <= len(after - before) <= 32
    assert not before - after, "within the hour nothing leaves the list"


def test_smart_job_goes_from_created_over_executing_to_an_end() -> None:
    job = next(r for r in WORLD.window("smart", NOW) if r.type == "ASR" and r.word(NOW) == "Finished")
    words = [job.word(job.created + timedelta(seconds=second)) for second in range(600)]
    assert list(dict.fromkeys(words)) == ["Created", "Executing", "Finished"]
    assert 20 <= words.count("Executing") <= 360
    first, last = job.row(job.created), job.row(NOW)
    assert first["ModifiedTime"] == first["CreateTime"] == last["CreateTime"]
    assert last["ModifiedTime"] > last["CreateTime"]


def test_running_smart_job_tells_no_result_yet() -> None:
    job = next(r for r in WORLD.window("smart", NOW) if r.type == "ASR" and r.word(NOW) == "Executing")
    body = job.body(NOW)
    assert isinstance(body, dict)
    assert not {"JobResult", "Output", "ErrorCode"} & set(body)


def test_subjobs_end_one_after_the_other_and_the_job_with_the_last() -> None:
    job = next(
        r for r in WORLD.window("batch", NOW) if r.type == "Scene_Batch_Editing" and r.word(NOW) == "Finished"
    )
    seen = []
    for second in range(0, 900, 5):
        at = job.created + timedelta(seconds=second)
        body = job.body(at)
        assert isinstance(body, dict)
        states = [each["Status"] for each in body["EditingBatchJob"].get("SubJobList", [])]
        seen.append(sum(state == "Success" for state in states))
        assert (job.word(at) == "Finished") == (bool(states) and set(states) == {"Success"})
    assert seen == sorted(seen)
    assert len(set(seen)) > 2


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("smart", {"Created", "Executing", "Finished", "Failed", "Suspended"}),
        ("batch", {"Init", "Processing", "Finished", "Failed"}),
        (
            "iproduction",
            {"Queuing", "Init", "Analysing", "Analyzing", "Processing", "Success", "Fail", "Cancelling"},
        ),
        ("vod-ai", {"init", "reserved", "Processing", "processing", "analysing", "success", "fail", "1"}),
    ],
)
def test_every_state_word_and_spelling_occurs_within_an_hour(family: str, words: set[str]) -> None:
    seen = {
        record.word(at)
        for minute in range(0, 60, 2)
        for at in (NOW + timedelta(minutes=minute),)
        for record in WORLD.window(family, at)
    }
    assert seen == words


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize(
    ("family", "types"),
    [
        (
            "smart",
            "ASR TextToSpeech TextGenerate VideoTranslation DynamicChart AvatarVideo HighlightExtraction "
            "Segmentation",
        ),
        (
            "batch",
            "Script Smart_Mix Sports_Highlights Screen_Media_Highlights Smart_Mix_Media_Select "
            "Scene_Batch_Editing Smart_Mix_Timeline_Organize Screen_Media_Highlights_Media_Select "
            "Screen_Media_Highlights_Timeline_Organize",
        ),
        (
            "iproduction",
            "Cover VideoClip VideoDelogo VideoDetext CaptionExtraction VideoGreenScreenMatting FaceBeauty "
            "VideoH2V MusicSegmentDetect AudioBeatDetection AudioQualityAssessment SpeechDenoise "
            "AudioMixing MusicDemix",
        ),
        ("vod-ai", "AIVideoTag AIMediaDNA"),
    ],
)
def test_every_type_is_listed_at_any_moment(family: str, types: str, at: datetime) -> None:
    assert {record.type for record in WORLD.window(family, at)} == set(types.split())


def test_most_jobs_go_well_and_about_one_in_twelve_fails() -> None:
    words = Counter(record.word(NOW) for record in WORLD.window("smart", NOW))
    assert words["Finished"] / words.total() > 0.75
    assert 0.04 < words["Failed"] / words.total() < 0.12


@pytest.mark.parametrize("at", MOMENTS)
def test_smart_results_have_every_documented_shape(at: datetime) -> None:
    shapes = set()
    for record, body in bodies("smart", at):
        found = results(body)
        sent = found.get("AiResult")
        value = parsed(sent)
        match value:
            case [{"content": str(), "from": float() | int(), "to": float() | int()}, *rest]:
                shapes.add("long transcript" if len(rest) > 250 else "transcript")
                if any("\u4e00" <= each <= "\u9fff" for each in str(sent)):
                    shapes.add("Chinese transcript")
            case [str(), *_]:
                shapes.add("long texts" if len(str(sent)) > 3000 else "texts")
            case {"VideoTranslationAiResultMap": languages}:
                shapes.add("translations")
                assert len(languages) > 1
            case {"SpeechTranslatedSubtitleURL": _}:
                shapes.add("translation")
            case {"SubtitleClips": list()}:
                shapes.add("clips")
            case {"SubtitleClips": str(clips)}:
                shapes.add("nested clips")
                assert json.loads(clips)[0]["Text"]
            case dict():
                shapes.add("tree")
            case None if sent and sent.startswith("{"):
                shapes.add("cut off" if record.word(at) == "Finished" else "not yet whole")
            case None if sent:
                shapes.add("plain")
            case None if str(body.get("Output")).startswith("https:"):
                shapes.add("Output is a URL")
            case None if "SubtitleClips" in str(body.get("Output")):
                shapes.add("Output holds the result")
            case _:
                shapes.add("nothing")
    assert shapes - {"not yet whole"} == {
        *("transcript", "long transcript", "Chinese transcript", "texts", "long texts", "translation"),
        *("translations", "clips", "nested clips", "tree", "cut off", "plain", "nothing"),
        *("Output is a URL", "Output holds the result"),
    }


def test_smart_jobs_fail_with_several_codes_and_without_any() -> None:
    failed = [body for _, body in bodies("smart") if body["State"] == "Failed"]
    codes = {body["ErrorCode"] for body in failed}
    assert None in codes
    assert len(codes) >= 3
    assert all((body["ErrorCode"] is None) == (body["ErrorMessage"] is None) for body in failed)


def test_smart_answers_differ_from_listings_as_the_service_does() -> None:
    for record, body in bodies("smart"):
        row = record.row(NOW)
        assert isinstance(row["UserId"], int)
        assert isinstance(body["SmartJobInfo"].get("UserId", ""), str)
        assert row["JobState"] == body["State"]
        if record.type == "TextGenerate":
            assert "InputConfig" not in body["SmartJobInfo"]
            config = json.loads(body["SmartJobInfo"]["EditingConfig"])
            assert isinstance(json.loads(config["GenerateConfig"]), dict)
    assert any(body["JobId"].endswith("\n") for _, body in bodies("smart"))


def test_speech_jobs_are_given_prose_and_speak_it() -> None:
    job, body = next(
        (r, b) for r, b in bodies("smart") if r.type == "TextToSpeech" and r.word(NOW) == "Finished"
    )
    spoken = json.loads(results(body)["AiResult"])
    for cue in spoken:
        assert cue["content"] in job.row(NOW)["InputConfig"]["InputFile"]


@pytest.mark.parametrize("at", MOMENTS)
def test_batches_are_whole_partial_empty_failed_and_broken(at: datetime) -> None:
    kinds = set()
    for record, body in bodies("batch", at):
        job = body["EditingBatchJob"]
        states = Counter(each["Status"] for each in job.get("SubJobList", []))
        if job["Status"] == "Failed":
            kinds.add("failed")
            assert json.loads(job["Extend"])["ErrorCode"]
        elif job["Status"] == "Finished" and states["Failed"]:
            kinds.add("partial" if states["Success"] else "empty")
        elif job["Status"] == "Finished" and states["Success"]:
            kinds.add("whole")
        if parsed(job["InputConfig"]) is None:
            kinds.add("broken")
        if str(job.get("CompleteTime", "")).endswith("\n"):
            kinds.add("newline")
        for name in ("ExtendInput", "ExtendOutput"):
            if isinstance(parsed(job.get(name)), dict | list):
                kinds.add(name)
        if record.type.endswith("Media_Select") and job["Status"] == "Finished":
            assert json.loads(job["ExtendOutput"])["textMatchMediaOutputList"]
    assert kinds == {
        "whole",
        "partial",
        "empty",
        "failed",
        "broken",
        "newline",
        "ExtendInput",
        "ExtendOutput",
    }


def test_output_urls_are_signed_for_an_hour_from_the_moment_of_asking() -> None:
    job = next(r for r in WORLD.window("iproduction", NOW) if r.type == "VideoH2V")
    for at in (NOW, NOW + timedelta(hours=3)):
        body = job.body(at)
        assert isinstance(body, dict)
        assert f"Expires={int(at.timestamp()) + 3599}&" in body["OutputUrls"][0]
        assert body["Output"]["OutputUrl"] == body["OutputUrls"][0]


def test_listed_batches_have_no_subjobs() -> None:
    for record in WORLD.window("batch", NOW):
        assert not {"SubJobList", "ExtendInput", "ExtendOutput"} & set(record.row(NOW))


@pytest.mark.parametrize("at", MOMENTS)
def test_production_jobs_end_in_every_odd_way(at: datetime) -> None:
    kinds = set()
    for record, job in bodies("iproduction", at):
        assert not {"ErrorCode", "ErrorMessage"} & set(job)
        if job["Status"] == "Fail":
            kinds.add("fails and says why" if job["Result"] else "fails in silence")
        if "fail to save" in job["Result"]:
            kinds.add("false success")
            assert job["Status"] == "Success"
            assert all("fail to save" in each for each in job["OutputFiles"])
        if (
            job.get("FinishTime", "9") < job["CreateTime"]
            and "5eed" not in record.id
            and "*" not in record.id
        ):
            kinds.add("backwards")
        value = parsed(job["Result"])
        match record.type, value:
            case "Cover", [{"Time": str(), "Score": float()}, *_]:
                kinds.add("gif" if job["JobParams"] == '{"Model":"gif"}' else "covers")
            case "VideoClip", {"VideoSummaryList": [{"StartTime": str()}, *_]}:
                kinds.add("clips")
            case "MusicSegmentDetect", [{"start": float() | int()}, *_]:
                kinds.add("segments")
            case "AudioQualityAssessment", [left, right]:
                kinds |= {"grades"} | ({"invalid tag"} if left["Tag"] != "Valid" else set())
                assert all(isinstance(each, str) for each in (*left.values(), *right.values()))
        for url in job.get("OutputUrls", []):
            if "x-oss-expires" in url:
                kinds.add("signed URLs")
        if any(each.endswith(".wav.wav") for each in job.get("OutputFiles", [])):
            kinds.add("doubled ending")
        if "OutputMediaIds" in job:
            kinds.add("media IDs")
    assert kinds == {
        *("fails and says why", "fails in silence", "false success", "backwards", "covers", "gif", "clips"),
        *("segments", "grades", "invalid tag", "signed URLs", "doubled ending", "media IDs"),
    }


@pytest.mark.parametrize("at", MOMENTS)
def test_vod_jobs_find_tags_speech_both_and_matches(at: datetime) -> None:
    kinds = set()
    for _, job in bodies("vod-ai", at):
        sent = job.get("Data")
        value = parsed(sent)
        match value:
            case {"OrigASRData": dict() | list(), **more}:
                kinds.add("both" if more else "speech")
                kinds.add(f"speech as {type(value['OrigASRData']).__name__}")
                if len(str(sent)) > 20_000:
                    kinds.add("long speech")
            case {"VideoDNA": hits}:
                kinds.add("matches" if hits else "no match")
            case {"Keyword": [{"Times": [str(), *_]}, *_]}:
                kinds.add("tags")
            case None if sent and "\\[" in sent:
                kinds.add("bad escape")
            case None if sent:
                kinds.add("not JSON")
        if job["Status"] == "fail":
            kinds.add("failed")
            assert job["Code"] not in ("", "0")
    assert kinds >= {
        *("both", "speech", "speech as dict", "speech as list", "long speech", "matches", "no match", "tags"),
        *("bad escape", "not JSON", "failed"),
    }


def test_samples_of_the_documentation_are_listed_at_their_own_dates() -> None:
    ids = {family: [record.id for record in WORLD.window(family, NOW)] for family in FAMILIES}
    assert ids["smart"][-1] == "****20b48fb04483915d4f2cd8ac****"
    assert {
        "******042d5e4db6866f6289d1******",
        SEED_SPEECH,
        "******8c784f461db57c99c9d9******",
        UNTRUSTED,
    } <= set(ids["smart"][-5:])
    assert ids["batch"][-1] == "****b6b2750d4308892ac3330238****"
    assert {"****20b48fb04483915d4f2cd8ac****", *SEED_RESULTS.values()} == set(ids["iproduction"][-5:])
    assert "a718a3a1e8bb42ee3bc88921e94****" in ids["vod-ai"][-6:]


@pytest.mark.parametrize("function", SEED_RESULTS)
def test_printed_results_are_results_of_jobs_to_the_letter(function: str) -> None:
    job = WORLD.find("iproduction", SEED_RESULTS[function], NOW)
    assert job is not None
    body = job.body(NOW)
    assert isinstance(body, dict)
    printed = (ANSWERS / f"seed001_result_{function}.json").read_text(encoding="utf-8")
    assert body["Result"] == printed.rstrip("\n")
    assert body["FunctionName"] == function


def test_copies_of_the_samples_are_the_samples() -> None:
    for path in (Path(smart_jobs.__file__).parent / "answers").glob("*.json"):
        if path.name != "untrusted_text.json":
            assert path.read_bytes() == (ANSWERS / path.name).read_bytes(), path.name


def test_untrusted_text_is_really_dangerous() -> None:
    sample = next(each for each in samples("smart") if each.id == UNTRUSTED)
    whole = json.loads(text("untrusted_text.json"))
    assert "\x1b[" in sample.told["Title"]
    assert "\u202e" in sample.told["Title"]
    said = " ".join(cue["content"] for cue in json.loads(whole["JobResult"]["AiResult"]))
    assert all(each in said for each in ("\x1b]0;", "\x9b", "\x00", "\u202e", "-->", "<script>", "\ud800"))


def test_engineer_follows_what_is_listed_the_samples_and_one_id_that_is_not_there() -> None:
    ids = followed(fixed("2026-11-20T10:00:00Z"))
    assert set(ids) == set(MISSING)
    for family, missing in MISSING.items():
        assert ids[family][-1] == missing
        assert WORLD.find(family, missing, NOW) is None
        assert list(ids[family][:-1]) == [record.id for record in WORLD.window(family, NOW)]


@pytest.mark.parametrize("media", MEDIA)
def test_vod_jobs_are_found_by_the_media_they_looked_at(media: str) -> None:
    found = WORLD.of_media(media, NOW)
    assert found
    assert {record.media for record in found} == {media}


def test_media_nobody_has_is_told_apart_from_media_without_jobs() -> None:
    assert WORLD.of_media("0" * 32, NOW) is None
    assert WORLD.of_media(MEDIA[0], datetime(2019, 1, 1, tzinfo=UTC)) == []


def test_before_the_epoch_there_are_only_samples() -> None:
    at = datetime(2019, 1, 1, tzinfo=UTC)
    assert [record.id for record in WORLD.window("vod-ai", at)] == [
        "1236ca184c0e47098a5b665e2xxxxxx",
        "jd83k4184c0e47098a5b665e2aj3****",
        "88c6ca184c0edj384a5b665e2a12****",
    ]
    assert WORLD.window("smart", at) == []


def test_clock_without_zone_is_taken_as_utc() -> None:
    assert fixed("2026-11-20T10:00:00")() == fixed("2026-11-20T18:00:00+08:00")() == NOW
    with pytest.raises(ValueError, match="Invalid isoformat"):
        fixed("yesterday")


def test_demo_key_is_told_only_as_a_hint() -> None:
    assert DEMO_KEY.hint == "LTAI…Id01"
    assert DEMO_KEY.secret.reveal() not in repr(DEMO_KEY)


def test_importing_the_demo_costs_nothing() -> None:
    program = (
        "import sys; import icetui.demo\n"
        "print(sorted({'httpx', 'json', 'asyncio', 'icetui.demo.world'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
