"""``icetui cache``: what is kept is told and removed without asking anybody."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from icetui import cli, settings
from icetui.kept_frame import KeptFrame

DEMO = ("--demo", "--clock", "2026-11-20T10:00:00Z")


def icetui(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> tuple[str, str]:
    """What a command line writes."""
    assert cli.main(argv) == code
    told = capsys.readouterr()
    return told.out, told.err


def fill(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, followed IDs and a picture."""
    icetui(capsys, *DEMO, "list", "smart", "--limit", "5")
    icetui(capsys, *DEMO, "follow", "vod-ai", "1" * 32)
    KeptFrame([], os.environ).keep([[("", "a secret title")]], (80, 1), (0, ""))


def test_nothing_is_kept_at_first(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = icetui(capsys, "cache", "status")
    assert 'cache = "rows"' in out
    assert "pictures  0 of lists" in out
    assert len(out.splitlines()) == 3


def test_what_is_kept_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    fill(capsys)
    told = json.loads(icetui(capsys, "cache", "status", "--output", "json")[0])
    smart = next(each for each in told["lists"] if each["family"] == "smart")
    assert smart["rows"] >= 5
    assert smart["region"] == "cn-shanghai"
    assert smart["taken"] == "2026-11-20T10:00:00Z"
    assert told["pictures"] == 1
    assert told["bytes"] > 0
    out, _ = icetui(capsys, "cache", "status")
    assert f"{smart['rows']} rows, 0 followed, last 2026-11-20T10:00:00Z" in out


def test_rows_and_pictures_go_and_followed_ids_stay(capsys: pytest.CaptureFixture[str]) -> None:
    fill(capsys)
    _, err = icetui(capsys, "cache", "clear")
    assert "Followed IDs stay: --followed removes them too." in err
    told = json.loads(icetui(capsys, "cache", "status", "--output", "json")[0])
    assert told["pictures"] == 0
    assert {each["rows"] for each in told["lists"]} == {0}
    assert sum(each["followed"] for each in told["lists"]) > 0
    titles = [path.read_bytes() for path in Path(settings.state_dir()).rglob("*") if path.is_file()]
    assert not any(b"default_title" in each or b"a secret title" in each for each in titles)


def test_followed_ids_go_when_it_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    fill(capsys)
    icetui(capsys, "cache", "clear", "--followed")
    assert json.loads(icetui(capsys, "cache", "status", "--output", "json")[0])["lists"] == []


def test_a_store_that_cannot_be_used_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "file"))
    _, err = icetui(capsys, "cache", "clear", code=4)
    assert "icetui: " in err
