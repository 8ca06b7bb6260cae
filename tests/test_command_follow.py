"""``icetui follow`` and ``unfollow``: what is kept, where it comes from, what is said."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from icetui import cli
from tests.terminal import Terminal

DEMO = ("--demo", "--clock", "2026-11-20T10:00:00Z")
ASR = "******042d5e4db6866f6289d1******"
IN_TWO_FAMILIES = "****20b48fb04483915d4f2cd8ac****"
MEDIA = "3f0a1c5e7b9d42868ac4e60d2b7f9135"
NOBODY = "ffffffffffffffffffffffffffffffff"


class Icetui:
    """Runs command lines on the demo account."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str, code: int = 0) -> tuple[str, str]:
        """What one command line writes to stdout and stderr; its exit code is `code`."""
        found = cli.main([*DEMO, *argv])
        told = self._capsys.readouterr()
        assert found == code, told.err
        return told.out, told.err

    def listed(self, family: str) -> dict[str, str]:
        """ID -> state of everything a family lists."""
        lines = self("list", family, "--all", "--output", "ndjson")[0].splitlines()
        return {job["id"]: job["state"] for job in map(json.loads, lines)}


@pytest.fixture
def icetui(capsys: pytest.CaptureFixture[str]) -> Icetui:
    return Icetui(capsys)


def test_ids_of_a_named_family_are_followed_without_asking(icetui: Icetui) -> None:
    # Nobody answers, and nobody needs to.
    out, err = icetui("--fault", "status:503", "follow", "iproduction", "aaa111", "bbb222")
    assert out == "aaa111\nbbb222\n"
    assert "2 jobs of iproduction now followed." in err
    listed = icetui.listed("iproduction")
    assert (listed["aaa111"], listed["bbb222"]) == ("missing", "missing")


def test_what_is_followed_already_is_said_and_printed(icetui: Icetui) -> None:
    icetui("follow", "vod-ai", "aaa111")
    out, err = icetui("follow", "vod-ai", "aaa111", "bbb222")
    assert out == "aaa111\nbbb222\n"
    assert "1 job of vod-ai now followed, 1 already were." in err


@pytest.mark.parametrize(
    "text", ["aaa111,bbb222", '["aaa111", "bbb222"]', "aaa111\n\nbbb222\naaa111\n", "aaa111；bbb222"]
)
def test_stdin_brings_ids_with_any_separators_each_once(
    icetui: Icetui, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert icetui("follow", "iproduction", "-")[0] == "aaa111\nbbb222\n"


def test_an_empty_stdin_is_nothing_to_do(icetui: Icetui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    out, err = icetui("follow", "iproduction", "-")
    assert out == ""
    assert "nothing to follow" in err


@pytest.mark.parametrize("argv", [("follow", "-"), ("follow", "smart", "-"), ("unfollow", "-")])
def test_ctrl_c_ends_the_reading_of_ids(argv: tuple[str, ...]) -> None:
    with Terminal([sys.executable, "-m", "icetui", *DEMO, *argv]) as terminal:
        terminal.wait("Ctrl+D ends")
        terminal.send("\x03")
        assert terminal.end() == 130


def test_the_family_of_an_id_is_looked_up(icetui: Icetui) -> None:
    out, err = icetui("follow", ASR, IN_TWO_FAMILIES)
    assert out == f"{ASR}\n{IN_TWO_FAMILIES}\n"
    assert "also one of iproduction" in err


def test_an_id_of_no_family_is_not_followed_and_the_others_are(icetui: Icetui) -> None:
    out, err = icetui("follow", NOBODY, ASR, code=1)
    assert out == f"{ASR}\n"
    assert f"{NOBODY}: unknown here" in err


@pytest.mark.parametrize(
    ("fault", "code"), [("deny:GetSmartHandleJob", 3), ("status:503,action=ListAIJob", 4)]
)
def test_a_family_that_does_not_answer_is_told_apart_from_no(icetui: Icetui, fault: str, code: int) -> None:
    assert icetui("--fault", fault, "follow", NOBODY, code=code)[0] == ""


def test_vod_jobs_are_found_by_the_media_they_looked_at(icetui: Icetui) -> None:
    out, _ = icetui("follow", "vod-ai", "--media", MEDIA)
    ids = out.splitlines()
    assert ids
    assert set(ids) <= set(icetui.listed("vod-ai"))


def test_a_media_asset_nobody_knows_is_refused(icetui: Icetui) -> None:
    out, err = icetui("follow", "vod-ai", "--media", "nosuchmedia", code=3)
    assert out == ""
    assert "RequestId" in err


def test_unfollowing_is_undone_once_over_all_families(icetui: Icetui) -> None:
    icetui("follow", "iproduction", "aaa111")
    icetui("follow", "vod-ai", "bbb222")
    out, err = icetui("unfollow", "aaa111", "bbb222")
    assert out == "aaa111\nbbb222\n"
    assert "--undo" in err
    assert "aaa111" not in icetui.listed("iproduction")
    assert set(icetui("follow", "--undo")[0].splitlines()) == {"aaa111", "bbb222"}
    assert "aaa111" in icetui.listed("iproduction")
    assert "bbb222" in icetui.listed("vod-ai")
    assert "Nothing to undo." in icetui("follow", "--undo", code=1)[1]


def test_unfollowing_what_is_not_followed_is_no(icetui: Icetui) -> None:
    icetui("follow", "iproduction", "aaa111")
    out, err = icetui("unfollow", "vod-ai", "aaa111", code=1)
    assert out == ""
    assert "aaa111: was not followed." in err


@pytest.mark.parametrize(
    "argv",
    [
        ["follow"],
        ["follow", "smart"],
        ["follow", "smart", ""],
        ["follow", " , "],
        ["unfollow"],
        ["unfollow", ""],
        ["follow", "--undo", "x"],
        ["follow", "--media", "x"],
        ["follow", "smart", "--media", "x"],
        ["follow", "vod-ai", "--media", " "],
        ["follow", "vod-ai", "x", "--media", "y"],
    ],
)
def test_what_cannot_be_meant_is_misuse(icetui: Icetui, argv: list[str]) -> None:
    assert icetui(*argv, code=2)[0] == ""


def test_another_region_follows_other_jobs(icetui: Icetui) -> None:
    icetui("--region", "cn-beijing", "follow", "iproduction", "aaa111")
    assert "aaa111" not in icetui.listed("iproduction")


def test_a_job_that_cannot_be_kept_is_not_called_followed(icetui: Icetui) -> None:
    Path(os.environ["ICETUI_STATE_DIR"]).write_text("a file where a directory should be")
    out, err = icetui("follow", "iproduction", "aaa111", code=4)
    assert out == ""
    assert "Not kept" in err


def test_a_list_is_printed_although_nothing_can_be_kept(icetui: Icetui) -> None:
    Path(os.environ["ICETUI_STATE_DIR"]).write_text("a file where a directory should be")
    out, err = icetui("list", "smart", "--limit", "2", "--output", "ndjson")
    assert out.count("\n") == 2
    assert err.count("icetui: ") == 1


def test_ids_of_a_file_and_out_of_a_log(icetui: Icetui, tmp_path: Path) -> None:
    one, two, three = "1" * 32, "2" * 32, "3" * 32
    ids, log = tmp_path / "ids", tmp_path / "app.log"
    ids.write_text(f"{one}\n{two}\n")
    log.write_text(f"10:00 INFO JobId={three} MediaId={'4' * 32}\n10:01 job {two} again\n")
    out, _ = icetui("follow", "vod-ai", "--file", str(ids), "--from-log", str(log))
    assert out.split() == [one, two, three]


def test_a_file_that_is_not_there_is_wrong_use(icetui: Icetui, tmp_path: Path) -> None:
    _, err = icetui("follow", "vod-ai", "--file", str(tmp_path / "none"), code=2)
    assert "cannot be read: No such file" in err
