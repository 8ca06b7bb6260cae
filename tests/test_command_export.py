"""``icetui export``: the seeds' transcripts of the demo as files, and every way not to write one."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from icetui import cli
from icetui.subtitles import FORMS

DEMO = ("--demo", "--clock", "2026-11-20T10:00:00Z")
ASR = "******042d5e4db6866f6289d1******"
BATCH = "****b6b2750d4308892ac3330238****"
VOD = "a718a3a1e8bb42ee3bc88921e94****"
DNA = "88c6ca184c0edj384a5b665e2a12****"
NOBODY = "ffffffffffffffffffffffffffffffff"
ANSWERS = Path(__file__).parent / "answers"


class Export:
    """Runs ``icetui export`` on the demo account in a directory of its own."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes], directory: Path) -> None:
        self._captured = capfdbinary
        self.directory = directory

    def __call__(self, *argv: str, code: int = 0) -> tuple[bytes, str]:
        """What it writes to stdout and stderr; its exit code is `code`."""
        found = cli.main([*DEMO, *argv])
        out, err = self._captured.readouterr()
        assert found == code, err.decode()
        return out, err.decode()

    def files(self) -> list[str]:
        return sorted(os.listdir(self.directory))


@pytest.fixture
def export(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Export:
    directory = tmp_path / "here"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return Export(capfdbinary, directory)


@pytest.mark.parametrize("form", list(FORMS))
def test_each_form_comes_byte_for_byte_on_stdout(export: Export, form: str) -> None:
    out, _err = export("export", ASR, "--format", form, "--output", "-")
    assert out == (ANSWERS / f"subtitles_seed000_a_asr.{form}").read_bytes()
    assert export.files() == []


@pytest.mark.parametrize("form", ["srt", "vtt", "txt"])
def test_show_prints_the_same_bytes(export: Export, form: str) -> None:
    assert (
        export("show", ASR, "--output", form)[0]
        == export("export", ASR, "--format", form, "--output", "-")[0]
    )


def test_without_an_output_it_is_a_file_named_after_the_job_and_its_path_is_told(export: Export) -> None:
    out, _err = export("export", ASR, "--format", "srt")
    (name,) = export.files()
    assert out.decode() == f"{export.directory / name}\n"
    assert name.endswith("042d5e4db6866f6289d1.srt")
    assert (export.directory / name).read_bytes() == (ANSWERS / "subtitles_seed000_a_asr.srt").read_bytes()


def test_a_second_one_gets_a_number_and_force_replaces_the_first(export: Export) -> None:
    export("export", VOD, "--format", "txt")
    (first,) = export.files()
    (export.directory / first).write_bytes(b"mine")
    out, err = export("export", VOD, "--format", "txt")
    assert out.decode().endswith("-2.txt\n")
    assert f"{first} is there already" in err
    assert (export.directory / first).read_bytes() == b"mine"
    export("export", VOD, "--format", "txt", "--force")
    assert (export.directory / first).read_bytes() != b"mine"
    assert len(export.files()) == 2


def test_a_file_or_a_directory_may_be_named(export: Export) -> None:
    (export.directory / "sub").mkdir()
    assert export("export", VOD, "--format", "csv", "--output", "a.csv")[0].decode().endswith("/here/a.csv\n")
    assert "/here/sub/" in export("export", VOD, "--format", "csv", "--output", "sub")[0].decode()
    assert len(list((export.directory / "sub").iterdir())) == 1


def test_a_named_file_is_never_overwritten_without_force(export: Export) -> None:
    (export.directory / "a.srt").write_bytes(b"mine")
    out, err = export("export", VOD, "--format", "srt", "--output", "a.srt", code=2)
    assert out == b""
    assert "a.srt is there already and was not touched" in err
    assert "--force replaces it." in err
    assert (export.directory / "a.srt").read_bytes() == b"mine"
    export("export", VOD, "--format", "srt", "--output", "a.srt", "--force")
    assert (export.directory / "a.srt").read_bytes() != b"mine"


def test_a_folder_that_is_not_there_is_4_and_told(export: Export) -> None:
    _out, err = export("export", VOD, "--format", "srt", "--output", "none/a.srt", code=4)
    assert "There is no such folder" in err


def test_a_job_without_a_transcript_is_1_and_says_what_it_has(export: Export) -> None:
    out, err = export("export", DNA, "--format", "srt", code=1)
    assert out == b""
    assert "has no transcript." in err
    assert "matches at" in err
    assert export.files() == []


def test_a_job_that_nobody_knows_is_1(export: Export) -> None:
    assert "unknown here" in export("export", NOBODY, "--format", "srt", code=1)[1]


def test_wrong_use_is_2(export: Export) -> None:
    export("export", ASR, code=2)
    export("export", ASR, "--format", "doc", code=2)
    export("export", " ", "--format", "srt", code=2)
    export("export", f"{ASR},{VOD}", "--format", "srt", code=2)
    export("export", ASR, "--format", "srt", "--output", "", code=2)
    assert "has 1." in export("export", ASR, "--format", "srt", "--which", "2", code=2)[1]
    assert export.files() == []


def test_the_script_of_a_batch_is_a_transcript_whose_times_add_up(export: Export) -> None:
    out, err = export("export", BATCH, "--format", "json", "--output", "-")
    cues = json.loads(out)["cues"]
    assert cues[0]["start"] == 0
    assert all(one["end"] == other["start"] for one, other in pairwise(cues))
    assert {"textId", "clips"} <= set(cues[0])
    assert "times add up the durations" in err


def test_warnings_are_told_on_stderr_and_the_settings_count(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.setenv("ICETUI_CONFIG_DIR", str(config))
    (config / "config.toml").write_text("[transcript]\nlatin_per_second = 100\n", encoding="utf-8")
    assert export("show", ASR, "--output", "srt")[1] == ""
    (config / "config.toml").write_text("[transcript]\nlatin_per_second = 5\n", encoding="utf-8")
    _out, err = export("show", ASR, "--output", "srt")
    lines = err.splitlines()
    assert lines[0].endswith("too fast.")
    assert lines[1].startswith("cue 1 at 0:00:00.000: too fast to read: 18 Latin characters in 0.85 s")
    assert export("export", ASR, "--format", "srt", "--output", "-")[1] == err
