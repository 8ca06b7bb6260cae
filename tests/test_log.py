"""The call log: 500 entries, a file only its owner reads, nothing that could be a secret."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from icetui.errors import Misuse
from icetui.log import CallLog, Entry

NOW = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)


def entry(number: int = 0, code: str = "", request_id: str = "3C6F") -> Entry:
    return Entry(NOW, "ListSmartJobs", number, 200, code, request_id, 1)


@pytest.fixture
def loose_umask() -> object:
    before = os.umask(0)
    yield None
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_last_500_calls_are_kept_oldest_first() -> None:
    log = CallLog()
    for number in range(512):
        log.add(entry(number))
    assert [e.ms for e in log.entries] == list(range(12, 512))


def test_entries_given_out_do_not_change_afterwards() -> None:
    log = CallLog()
    log.add(entry(1))
    seen = log.entries
    log.add(entry(2))
    assert [e.ms for e in seen] == [1]


@pytest.mark.usefixtures("loose_umask")
def test_the_file_is_the_owner_s_alone_before_the_first_call(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    assert mode(path) == 0o600
    assert path.read_bytes() == b""
    log.close()


@pytest.mark.usefixtures("loose_umask")
def test_the_file_is_made_with_its_permissions_not_given_them_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "calls.ndjson"
    first: list[int] = []
    real = os.open

    def watched(name: Path, flags: int, permissions: int = 0o777) -> int:
        file = real(name, flags, permissions)
        first.append(stat.S_IMODE(os.fstat(file).st_mode))
        return file

    monkeypatch.setattr(os, "open", watched)
    CallLog(path).close()
    assert first == [0o600]


def test_an_older_file_is_appended_to_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_text('{"action": "Earlier"}\n')
    path.chmod(0o644)
    log = CallLog(path)
    log.add(entry())
    log.close()
    assert mode(path) == 0o600
    assert [json.loads(line)["action"] for line in path.read_text().splitlines()] == [
        "Earlier",
        "ListSmartJobs",
    ]


def test_a_line_holds_seven_fields_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    log.add(Entry(NOW, "ListAIJob", 812, 400, "Throttling.User", "3C6F0000-08", 2))
    log.close()
    assert json.loads(path.read_text()) == {
        "time": "2026-11-20T10:00:00.123456Z",
        "action": "ListAIJob",
        "ms": 812,
        "status": 400,
        "code": "Throttling.User",
        "request_id": "3C6F0000-08",
        "attempt": 2,
    }


def test_words_of_the_service_stay_on_one_short_ascii_line(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    log.add(entry(code="\x1b]0;owned\x07\n智\u202e" + "x" * 5000, request_id="\ud800\x85" + "y" * 5000))
    log.close()
    raw = path.read_bytes()
    assert raw.count(b"\n") == 1
    assert raw.isascii()
    assert b"\x1b" not in raw
    assert len(raw) < 1500


def test_each_call_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    for number in range(3):
        log.add(entry(number))
        assert len(path.read_text().splitlines()) == number + 1
    log.close()


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "bashrc"
    target.write_text("alias ls=ls\n")
    link = tmp_path / "calls.ndjson"
    link.symlink_to(target)
    with pytest.raises(Misuse, match="symbolic link"):
        CallLog(link)
    assert target.read_text() == "alias ls=ls\n"


def test_a_pipe_nobody_reads_is_refused_and_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Misuse, match="--log"):
        CallLog(pipe)


def test_a_pipe_somebody_reads_is_no_log_file_either(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(Misuse, match="not a plain file"):
            CallLog(pipe)
    finally:
        os.close(reader)


@pytest.mark.parametrize("name", [".", "no/such/folder/calls.ndjson"])
def test_a_place_where_no_file_can_be_is_misuse(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misuse, match="--log") as caught:
        CallLog(tmp_path / name)
    assert caught.value.exit_code == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
def test_a_disk_that_fills_up_ends_the_file_but_not_the_log(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    log = CallLog(path)
    full = os.open("/dev/full", os.O_WRONLY)
    assert log._file is not None
    os.dup2(full, log._file)
    os.close(full)
    log.add(entry(1))
    log.add(entry(2))
    assert log.trouble is not None
    assert "No space left" in log.trouble.message
    assert [e.ms for e in log.entries] == [1, 2]


def test_closing_twice_is_fine_and_memory_stays(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.ndjson")
    log.add(entry(1))
    log.close()
    log.close()
    log.add(entry(2))
    assert [e.ms for e in log.entries] == [1, 2]
