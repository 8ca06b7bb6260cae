"""`x` on an opened job: which file, where, and what is said of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.results import Cue, Result, Transcript
from icetui.screens.detail import Detail
from icetui.subtitles import FORMS
from tests.on_screen import BIG, browse, demo, listed, opened, screen_text, until

ASR = "******042d5e4db6866f6289d1******"
GENERIC = "****20b48fb04483915d4f2cd8ac****"
ANSWERS = Path(__file__).parent / "answers"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with nothing in it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def job_of(pilot: Pilot[Any], job_id: str) -> Detail:
    """A job opened, followed for the purpose."""
    screen = await listed(pilot)
    if not screen.table.choose(job_id):
        screen.feed.follow([job_id])
        await pilot.press("r")
        await until(pilot, lambda: any(job.id == job_id for job in browse(pilot).table.place.latest))
        screen.table.release()
    return await opened(pilot, job_id)


async def wrote(pilot: Pilot[Any]) -> str:
    """What the status line says when a file is written, or is not."""
    await until(pilot, lambda: "Wrote" in status(pilot) or "!" in status(pilot) or "✗" in status(pilot))
    return status(pilot)


def status(pilot: Pilot[Any]) -> str:
    return screen_text(pilot).split("\n")[-2]


@pytest.mark.parametrize(
    ("key", "form"), [("s", "srt"), ("v", "vtt"), ("t", "txt"), ("c", "csv"), ("j", "json")]
)
async def test_each_form_of_the_transcript_is_a_file_with_the_bytes_of_the_command(
    here: Path, key: str, form: str
) -> None:
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        await pilot.press("t", "x", key)
        said = await wrote(pilot)
        (name,) = os.listdir(here)
        assert said.startswith(f"Wrote 5 cues to {name}")
        assert (here / name).read_bytes() == (ANSWERS / f"subtitles_seed000_a_asr.{form}").read_bytes()


async def test_on_other_tabs_j_is_the_decoded_answer_and_r_the_raw_one(here: Path) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await job_of(pilot, GENERIC)
        await pilot.press("x", "j")
        assert "Wrote the decoded answer to" in await wrote(pilot)
        await pilot.press("x", "r")
        await until(pilot, lambda: "raw answer to" in status(pilot))
        assert detail.opened is not None
        decoded, raw = sorted(files(here))
        assert json.loads(decoded.read_text("utf-8")) == detail.opened.decoded.value
        assert raw.name.endswith(".raw.json")
        assert raw.read_text("utf-8") == detail.opened.answer.text


async def test_a_transcript_is_written_from_every_tab_and_one_that_is_not_there_is_said(here: Path) -> None:
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        await pilot.press("x", "s")
        assert "Wrote 5 cues" in await wrote(pilot)
        await pilot.press("escape")
        await job_of(pilot, GENERIC)
        await pilot.press("x", "s")
        assert "this job has no transcript" in await wrote(pilot)
        assert len(os.listdir(here)) == 1


async def test_marked_cues_only_where_there_are_marks(here: Path) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await job_of(pilot, ASR)
        await pilot.press("t", "j", "space", "x", "s")
        assert "Wrote 1 marked cue of 5 to" in await wrote(pilot)
        (name,) = os.listdir(here)
        assert name.endswith(".marked.srt")
        assert detail.opened is not None
        transcript = detail.opened.results[0].value
        assert isinstance(transcript, Transcript)
        assert (here / name).read_text("utf-8") == FORMS["srt"].write(transcript, {1})


async def test_a_name_that_is_taken_is_said_and_left_alone(here: Path) -> None:
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        await pilot.press("x", "t")
        await wrote(pilot)
        (first,) = files(here)
        first.write_bytes(b"mine")
        await pilot.press("x", "t")
        await until(pilot, lambda: "the name without a number was taken" in status(pilot))
        assert first.read_bytes() == b"mine"
        assert len(os.listdir(here)) == 2


async def test_the_path_is_copied_whole(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from icetui.panes import clipboard

    taken: list[str] = []

    async def copy(text: str, *_: object, **__: object) -> clipboard.Copied:
        taken.append(text)
        return clipboard.Copied("tmux", len(text), True)

    monkeypatch.setattr(clipboard, "copy", copy)
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        await pilot.press("y", "f")
        assert "no file was exported yet" in status(pilot)
        await pilot.press("x", "s")
        await wrote(pilot)
        await pilot.press("y", "f")
        await until(pilot, lambda: taken)
        assert taken == [str(here / os.listdir(here)[0])]


async def test_another_folder_is_named_and_kept(here: Path) -> None:
    (here / "sub").mkdir()
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        await pilot.press("x", "d")
        await pilot.pause()
        assert f"export to: {here}" in screen_text(pilot)
        await pilot.press(*"/none", "enter")
        assert "is not there" in status(pilot)
        await pilot.press("x", "d", *"/sub", "enter", "x", "s")
        assert "Wrote 5 cues to" in await wrote(pilot)
        assert len(os.listdir(here / "sub")) == 1
        await pilot.press("escape")
        await job_of(pilot, GENERIC)
        await pilot.press("x", "r")
        await wrote(pilot)
        assert len(os.listdir(here / "sub")) == 2


async def test_a_folder_that_takes_nothing_is_told_with_the_next_step(here: Path) -> None:
    async with demo().run_test(size=BIG) as pilot:
        await job_of(pilot, ASR)
        pilot.app.export_folder = here / "gone"  # type: ignore[attr-defined]
        await pilot.press("x", "s")
        assert (await wrote(pilot)).startswith(
            "✗ There is no such folder: make it, or choose another (x d). /"
        )


async def test_which_of_several_transcripts_stands_in_the_name(here: Path) -> None:
    from dataclasses import replace

    async with demo().run_test(size=BIG) as pilot:
        detail = await job_of(pilot, ASR)
        assert detail.opened is not None
        two = (Result("A", Transcript((Cue(0.0, 1.0, "a"),))), Result("B", Transcript((Cue(0.0, 1.0, "b"),))))
        detail.opened = replace(detail.opened, results=two)
        detail._show()
        await pilot.press("t", "T", "x", "t")
        await wrote(pilot)
        (name,) = os.listdir(here)
        assert name.endswith(".2.txt")
        assert (here / name).read_text("utf-8") == "b\n"
