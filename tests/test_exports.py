"""Files: named safely, whole or not at all, never in the place of another."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui import exports
from icetui.errors import IcetuiError, Misuse
from icetui.exports import (
    FileName,
    Taken,
    Unwritten,
    answer_name,
    file_name,
    transcript_name,
    write_named,
    write_to,
)
from icetui.job import Job, State

NAME = FileName("talk", ".srt")
JOB = Job(
    family="smart",
    id="20b48fb04483915d",
    type="ASR",
    state=State.DONE,
    state_word="Finished",
    title="秋季 / 第一集",
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


class TestNames:
    """What a file is called."""

    @pytest.mark.parametrize(
        ("job_id", "title", "name"),
        [
            ("20b48fb0", "", "20b48fb0.srt"),
            ("20b48fb0", "Trailer for the autumn", "Trailer-for-the-autumn_20b48fb0.srt"),
            ("20b48fb0", "20b48fb0", "20b48fb0.srt"),
            ("****20b4****8a", "", "20b4-8a.srt"),
            ("20b48fb0", "秋季宣传片第一集", "秋季宣传片第一集_20b48fb0.srt"),
            ("20b48fb0", "../../etc/passwd", "etc-passwd_20b48fb0.srt"),
            ("20b48fb0", "..", "20b48fb0.srt"),
            ("20b48fb0", "-rf *", "rf_20b48fb0.srt"),
            ("20b48fb0", ".hidden", "hidden_20b48fb0.srt"),
            ("20b48fb0", "a\x1b[31m\u202eb\0c\nd", "a-31m-b-c-d_20b48fb0.srt"),
            ("20b48fb0", "clip.mp4", "clip.mp4_20b48fb0.srt"),
            ("20b48fb0", "e\u0301te\u0301 ไทยที่", "été-ไทยที่_20b48fb0.srt"),
            ("20b48fb0", "lone \ud800", "lone_20b48fb0.srt"),
            ("****", "", "job.srt"),
            ("****", "title", "title.srt"),
        ],
    )
    def test_words_of_the_service_become_a_name(self, job_id: str, title: str, name: str) -> None:
        assert str(file_name(job_id, "srt", title=title)) == name

    @given(st.text(), st.text(), st.sampled_from(["", "2.marked"]))
    def test_a_name_is_always_one_a_file_can_have(self, job_id: str, title: str, part: str) -> None:
        name = file_name(job_id * 30, "srt", title=title * 30, part=part)
        assert len(os.fsencode(name.numbered(9_999))) <= 255
        assert str(name)[0] not in ".-"
        assert "/" not in str(name)
        assert "\0" not in str(name)
        assert str(name).isprintable()
        assert str(name).endswith(".srt")

    def test_a_long_title_leaves_the_id_whole(self) -> None:
        name = str(file_name("2" * 32, "srt", title="第" * 400))
        assert name.endswith("_" + "2" * 32 + ".srt")

    def test_what_is_in_it_is_told_by_its_end(self) -> None:
        assert str(transcript_name(JOB, "srt")) == "秋季-第一集_20b48fb04483915d.srt"
        assert str(transcript_name(JOB, "vtt", place=2, marked=True)).endswith("d.2.marked.vtt")
        assert str(transcript_name(JOB, "json")).endswith("d.transcript.json")
        assert str(answer_name(JOB, raw=False)).endswith("d.json")
        assert str(answer_name(JOB, raw=True)).endswith("d.raw.json")


class TestNamed:
    """Files that we name."""

    def test_a_file_is_there_whole_and_its_owners_alone(self, here: Path) -> None:
        written = write_named(here, NAME, b"words")
        assert written == exports.Written(here / "talk.srt", 5)
        assert written.path.read_bytes() == b"words"
        assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
        assert os.listdir(here) == ["talk.srt"]

    def test_a_name_that_is_taken_gets_a_number_and_that_is_told(self, here: Path) -> None:
        (here / "talk.srt").write_bytes(b"mine")
        (here / "talk-2.srt").symlink_to("nowhere")
        written = write_named(here, NAME, b"words")
        assert (written.path.name, written.instead) == ("talk-3.srt", "talk.srt")
        assert (here / "talk.srt").read_bytes() == b"mine"
        assert not (here / "nowhere").exists()

    def test_force_replaces_the_name_itself(self, here: Path) -> None:
        (here / "talk.srt").write_bytes(b"old")
        written = write_named(here, NAME, b"words", force=True)
        assert (written.path.name, written.replaced) == ("talk.srt", True)
        assert (here / "talk.srt").read_bytes() == b"words"
        assert os.listdir(here) == ["talk.srt"]

    def test_the_path_is_absolute_and_a_tilde_is_home(
        self, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(here))
        monkeypatch.chdir(here)
        assert write_named(Path("~"), NAME, b"").path == here / "talk.srt"
        assert write_named(Path("."), NAME, b"").path == here / "talk-2.srt"

    def test_without_links_a_file_is_made_under_its_name(
        self, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_links(*_args: object, **_named: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
        (here / "talk.srt").write_bytes(b"mine")
        written = write_named(here, NAME, b"words")
        assert written.path.read_bytes() == b"words"
        assert sorted(os.listdir(here)) == ["talk-2.srt", "talk.srt"]
        assert (here / "talk.srt").read_bytes() == b"mine"


class TestTo:
    """Files that a person names."""

    def test_a_file_that_is_there_is_not_touched(self, here: Path) -> None:
        target = here / "a.srt"
        target.write_bytes(b"mine")
        with pytest.raises(Taken) as told:
            write_to(target, b"words")
        assert (told.value.exit_code, told.value.hint) == (2, "--force replaces it.")
        assert target.read_bytes() == b"mine"
        assert os.listdir(here) == ["a.srt"]

    def test_a_link_that_leads_nowhere_is_taken_too(self, here: Path) -> None:
        (here / "a.srt").symlink_to(here / "b")
        with pytest.raises(Taken):
            write_to(here / "a.srt", b"words")
        assert not (here / "b").exists()

    def test_force_replaces_and_keeps_the_mode_and_the_link(self, here: Path) -> None:
        (here / "real.srt").write_bytes(b"old")
        (here / "real.srt").chmod(0o644)
        (here / "a.srt").symlink_to("real.srt")
        assert write_to(here / "a.srt", b"words", force=True).replaced
        assert (here / "a.srt").is_symlink()
        assert (here / "real.srt").read_bytes() == b"words"
        assert stat.S_IMODE((here / "real.srt").stat().st_mode) == 0o644

    def test_a_folder_is_no_file(self, here: Path) -> None:
        with pytest.raises(Misuse, match="is a folder"):
            write_to(here, b"words", force=True)

    def test_a_pipe_is_written_to(self, here: Path) -> None:
        pipe = here / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
            write_to(pipe, b"words")
            assert reader.communicate()[0] == b"words"
        assert stat.S_ISFIFO(pipe.stat().st_mode)


class TestTrouble:
    """What cannot be written is told with the next step, and nothing is left behind."""

    def test_a_folder_that_is_not_there(self, here: Path) -> None:
        with pytest.raises(Unwritten, match="no such file") as told:
            write_named(here / "none", NAME, b"words")
        assert told.value.hint == "There is no such folder: make it, or choose another."
        with pytest.raises(Unwritten):
            write_to(here / "none" / "a.srt", b"words")

    def test_a_file_where_a_folder_should_be(self, here: Path) -> None:
        (here / "file").touch()
        with pytest.raises(Unwritten) as told:
            write_named(here / "file", NAME, b"words")
        assert told.value.hint == "That is no folder: choose another."
        with pytest.raises(Unwritten):
            write_to(here / "file" / "a.srt", b"words")

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that takes no files")
    def test_a_folder_that_takes_no_files(self) -> None:
        with pytest.raises(Unwritten) as told:
            write_named(Path("/proc"), NAME, b"words")
        assert "choose another" in told.value.hint

    @pytest.mark.parametrize("force", [False, True])
    def test_a_full_disk_leaves_everything_as_it_was(self, here: Path, force: bool) -> None:
        # A limit on the size of files stands in for it: the system refuses in the middle of the writing.
        (here / "talk.srt").write_bytes(b"mine")
        code = (
            "import resource, signal, sys; from pathlib import Path\n"
            "from icetui.exports import FileName, Unwritten, write_named\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
            f"try: write_named(Path(sys.argv[1]), FileName('talk', '.srt'), b'w' * 100_000, force={force})\n"
            "except Unwritten as error: print(error.message, error.hint)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, str(here)], capture_output=True, text=True, check=True
        )
        assert "cannot be written: file too large" in run.stdout
        assert os.listdir(here) == ["talk.srt"]
        assert (here / "talk.srt").read_bytes() == b"mine"

    @pytest.mark.parametrize(
        ("number", "step"),
        [
            (28, "The disk is full: make room"),
            (30, "Nothing can be written there"),
            (13, "You may not write there"),
        ],
    )
    def test_each_refusal_has_its_step(
        self, here: Path, monkeypatch: pytest.MonkeyPatch, number: int, step: str
    ) -> None:
        def refuse(_descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(Unwritten) as told:
            write_named(here, NAME, b"words")
        assert told.value.hint.startswith(step)
        assert os.listdir(here) == []

    def test_it_is_an_error_of_ours(self) -> None:
        assert issubclass(Unwritten, IcetuiError)
