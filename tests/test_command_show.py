"""``icetui show``: the seeds' jobs of the demo in each form, and every way not to find one."""

from __future__ import annotations

import json
import re

import pytest

from icetui import cli
from icetui.call import Json
from tests.recorded import ANSWERS
from tests.served import served

DEMO = ("--demo", "--clock", "2026-11-20T10:00:00Z")
ASR = "******042d5e4db6866f6289d1******"
BATCH = "****b6b2750d4308892ac3330238****"
VOD = "a718a3a1e8bb42ee3bc88921e94****"
DNA = "88c6ca184c0edj384a5b665e2a12****"
COVER = "5eed0010000000000000000000000001"
IN_TWO_FAMILIES = "****20b48fb04483915d4f2cd8ac****"
UNTRUSTED = "0ddba11000000000000000000000e5c0"
NOBODY = "ffffffffffffffffffffffffffffffff"


class Show:
    """Runs ``icetui show`` on the demo account."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str, code: int = 0, faults: tuple[str, ...] = ()) -> tuple[str, str]:
        """What it writes to stdout and stderr; its exit code is `code`."""
        flags = [word for fault in faults for word in ("--fault", fault)]
        found = cli.main([*DEMO, *flags, "show", *argv])
        told = self._capsys.readouterr()
        assert found == code, told.err
        return told.out, told.err

    def json(self, *argv: str) -> dict[str, Json]:
        """What it prints as JSON."""
        found = json.loads(self(*argv, "--output", "json")[0])
        assert isinstance(found, dict)
        return found


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    return Show(capsys)


# --- finding ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job_id", "family"), [(ASR, "smart"), (BATCH, "batch"), (COVER, "iproduction"), (VOD, "vod-ai")]
)
def test_the_family_of_an_id_is_found_by_asking(show: Show, job_id: str, family: str) -> None:
    out, err = show(job_id, "--output", "json")
    assert json.loads(out)["job"]["family"] == family
    assert err == ""


def test_an_id_of_two_families_is_shown_from_the_first_and_the_other_said(show: Show) -> None:
    out, err = show(IN_TWO_FAMILIES, "--output", "json")
    assert json.loads(out)["job"]["family"] == "smart"
    assert "iproduction" in err
    chosen = show.json(IN_TWO_FAMILIES, "--family", "iproduction")
    assert chosen["job"]["family"] == "iproduction"


def test_an_id_that_nobody_knows_is_1_and_names_the_region(show: Show) -> None:
    out, err = show(NOBODY, code=1)
    assert out == ""
    assert "unknown here, or in another region (cn-shanghai asked)" in err


def test_not_found_is_3_while_a_family_refused(show: Show) -> None:
    out, err = show(NOBODY, code=3, faults=("deny:GetSmartHandleJob",))
    assert out == ""
    assert "smart: " in err
    assert "NoPermission" in err


def test_not_found_is_4_while_a_family_could_not_be_asked(show: Show) -> None:
    _, err = show(NOBODY, code=4, faults=("status:503,action=ListAIJob",))
    assert "vod-ai: " in err


def test_a_refusal_is_told_once_for_all_the_families_that_share_it(show: Show) -> None:
    _, err = show(NOBODY, code=3, faults=("expired-token",))
    assert err.startswith("icetui: InvalidSecurityToken.Expired: ")
    assert err.count("RequestId") == 1


def test_families_with_the_same_reason_share_a_line(show: Show) -> None:
    faults = ("status:503,action=GetSmartHandleJob", "status:503,action=QueryIProductionJob")
    _, err = show(NOBODY, code=4, faults=faults)
    assert "smart, iproduction: ServiceUnavailable" in err


def test_found_is_0_whatever_the_other_families_say(show: Show) -> None:
    faults = ("deny:ListAIJob", "status:503,action=QueryIProductionJob")
    assert show(ASR, faults=faults)[1] == ""


def test_only_the_named_family_is_asked(show: Show) -> None:
    show(ASR, "--family", "batch", code=1)
    show(ASR, "--family", "smart", faults=("deny:GetBatchMediaProducingJob",))


@pytest.mark.parametrize("ids", [f"{NOBODY},{VOD}", f"{VOD} {NOBODY}", "a,"])
def test_several_ids_are_misuse_and_nobody_is_asked(show: Show, ids: str) -> None:
    out, err = show(ids, "--family", "vod-ai", code=2)
    assert out == ""
    assert "more than one ID" in err


@pytest.mark.parametrize("job_id", ["", " "])
def test_an_empty_id_is_misuse_and_nobody_is_asked(show: Show, job_id: str) -> None:
    out, err = show(job_id, code=2)
    assert (out, err) == ("", "icetui: Which job? Its ID is empty.\n")


def test_white_space_around_an_id_is_no_part_of_it(show: Show) -> None:
    assert show.json(f"  {ASR}\n")["job"]["id"] == ASR


# --- json -------------------------------------------------------------------------------------


def test_a_transcript_is_cues_in_seconds(show: Show) -> None:
    told = show.json(ASR)
    result = told["results"]["JobResult.AiResult"]
    assert result["kind"] == "transcript"
    assert result["cues"][0]["text"] == "Speaking of which,"
    assert (result["cues"][1]["start"], result["cues"][1]["end"]) == (0.846, 3.386)
    assert told["raw"]["JobResult"]["AiResult"].startswith("[{")
    assert told["decoded"]["JobResult"]["AiResult"][0]["content"] == "Speaking of which,"


def test_broken_input_is_told_with_its_place_and_the_subjob_with_its_url(show: Show) -> None:
    told = show.json(BATCH)
    (broken,) = told["broken"]
    assert (broken["path"], broken["line"], broken["column"]) == ("EditingBatchJob.InputConfig", 18, 7)
    assert broken["text"] == told["raw"]["EditingBatchJob"]["InputConfig"]
    (subjob,) = told["subjobs"]
    assert subjob["url"] == "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4"
    assert (subjob["state"], subjob["duration_s"]) == ("done", 24.5)
    assert subjob["error"]["code"] == "InvalidMaterial.NotFound"


def test_six_sentences_of_vod_are_marked_repaired(show: Show) -> None:
    told = show.json(VOD)
    assert told["repaired"] == ["AIJobList.AIJob[0].Data"]
    (result,) = told["results"].values()
    assert [cue["text"] for cue in result["cues"]][:2] == ["Yes.", "No."]
    assert len(result["cues"]) == 6


def test_two_thumbnails_of_a_cover_are_at_their_seconds(show: Show) -> None:
    (result,) = show.json(COVER)["results"].values()
    assert [round(cover["time"], 3) for cover in result["covers"]] == [28.278, 25.943]


# --- raw --------------------------------------------------------------------------------------


def test_raw_is_the_answer_byte_for_byte(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main([*DEMO, "show", ASR, "--output", "raw"]) == 0
    assert capfdbinary.readouterr().out.rstrip() == (ANSWERS / "seed000_a_asr.json").read_bytes().rstrip()


def test_an_answer_that_is_no_json_is_shown_as_it_came_and_is_4(show: Show) -> None:
    faults = ("garbage,action=GetSmartHandleJob",)
    raw, err = show(ASR, "--family", "smart", "--output", "raw", code=4, faults=faults)
    assert raw.startswith("{")
    assert "not JSON" in err
    told = json.loads(show(ASR, "--family", "smart", "--output", "json", code=4, faults=faults)[0])
    assert told["job"] is None
    assert told["raw"] == raw
    assert told["broken"][0]["line"] >= 1
    assert show(ASR, "--family", "smart", code=4, faults=faults)[0] == ""


# --- text -------------------------------------------------------------------------------------


def test_text_shows_job_transcript_and_decoded_parameters(show: Show) -> None:
    out, _ = show(ASR)
    assert "done  (Finished)" in out
    assert re.search(r"0:00:00\.846 +0:00:03\.386 +they are incredibly popular right now\.", out)
    assert '"JobParameters": ⟪json⟫ {' in out


def test_text_shows_broken_json_with_a_caret_under_the_place(show: Show) -> None:
    out, _ = show(BATCH)
    assert "line 18, column 7" in out
    lines = out.splitlines()
    caret = next(n for n, line in enumerate(lines) if line.strip().startswith("^"))
    assert lines[caret - 1][lines[caret].index("^")] == '"'
    assert "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4" in out


def test_text_shows_signed_urls_whole(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*DEMO, "list", "iproduction", "--state", "done", "--output", "ndjson"]) == 0
    ids = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    signed = [
        (job_id, url)
        for job_id in ids
        for url in show.json(job_id, "--family", "iproduction")["raw"].get("OutputUrls") or []
        if "?" in url
    ]
    assert signed
    job_id, url = signed[0]
    assert url in show(job_id, "--family", "iproduction")[0]


def test_text_in_ascii_draws_nothing_else(show: Show) -> None:
    assert show("--ascii", BATCH)[0].isascii()


def test_text_for_a_pipe_has_no_colour(show: Show) -> None:
    assert "\x1b" not in show(BATCH)[0]


@pytest.mark.parametrize("form", ["text", "json", "txt", "vtt", "srt"])
def test_hostile_text_is_harmless_in_every_form(show: Show, form: str) -> None:
    out, err = show(UNTRUSTED, "--output", form)
    assert out
    assert not set(out + err) & set("\x1b\x07\x9b\x00")
    if form in ("text", "json"):
        assert all(character.isprintable() or character == "\n" for character in out)


# --- subtitles --------------------------------------------------------------------------------


def test_a_transcript_comes_as_srt_vtt_and_text(show: Show) -> None:
    assert show(ASR, "--output", "srt")[0].startswith(
        "1\n00:00:00,000 --> 00:00:00,846\nSpeaking of which,\n"
    )
    assert show(ASR, "--output", "vtt")[0].startswith("WEBVTT\n\n00:00:00.000 --> 00:00:00.846\n")
    assert show(ASR, "--output", "txt")[0].splitlines()[0] == "Speaking of which,"


def test_a_job_without_a_transcript_says_what_it_has(show: Show) -> None:
    out, err = show(DNA, "--output", "srt", code=1)
    assert out == ""
    assert "matches at AIJobList.AIJob[0].Data" in err


# --- over HTTP --------------------------------------------------------------------------------


def test_a_job_is_shown_over_http_as_on_the_demo(show: Show) -> None:
    with served(*DEMO[1:]) as gateway:
        found = gateway.run("show", BATCH, "--output", "json")
        missing = gateway.run("show", NOBODY)
        asked = "\n".join(gateway.log())
    assert (found.returncode, found.stderr) == (0, "")
    there, here = json.loads(found.stdout), show.json(BATCH)
    assert there["job"] == here["job"]
    assert there["raw"] == here["raw"]
    assert missing.returncode == 1
    for action in ("GetSmartHandleJob", "GetBatchMediaProducingJob", "QueryIProductionJob", "ListAIJob"):
        assert action in asked
