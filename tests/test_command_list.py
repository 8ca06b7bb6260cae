"""``icetui list``: on the demo with a clock that stands still, and over HTTP against a served gateway."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from icetui import cli
from icetui.call import Json
from icetui.commands import output
from tests.served import ServedGateway, served

CLOCK = "2026-11-20T10:00:00Z"
DEMO = ("--demo", "--clock", CLOCK)


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

    def jobs(self, *argv: str) -> list[dict[str, Json]]:
        """The jobs a listing prints as JSON."""
        found = json.loads(self("list", *argv, "--output", "json")[0])
        assert isinstance(found, list)
        return found


@pytest.fixture
def icetui(capsys: pytest.CaptureFixture[str]) -> Icetui:
    return Icetui(capsys)


def calls(path: Path) -> list[str]:
    """The operations a log file tells of, in order."""
    return [json.loads(line)["action"] for line in path.read_text().splitlines()]


# --- which jobs -------------------------------------------------------------------------------


def test_fifty_jobs_are_listed_newest_first_unless_asked_otherwise(icetui: Icetui) -> None:
    out, err = icetui("list", "smart", "--output", "ndjson")
    jobs = [json.loads(line) for line in out.splitlines()]
    created = [job["created"] for job in jobs]
    assert len(jobs) == 50
    assert created == sorted(created, reverse=True)
    assert "there are more" in err


def test_a_limit_that_was_asked_for_is_not_explained(icetui: Icetui) -> None:
    out, err = icetui("list", "smart", "--limit", "3", "--output", "ndjson")
    assert out.count("\n") == 3
    assert err == ""


def test_oldest_first_is_the_other_end(icetui: Icetui) -> None:
    oldest = icetui.jobs("smart", "--sort", "oldest", "--limit", "5")
    everything = icetui.jobs("smart", "--all")
    assert [job["id"] for job in oldest] == [job["id"] for job in everything[::-1][:5]]


def test_all_pages_are_read_and_no_job_comes_twice(icetui: Icetui) -> None:
    ids = [job["id"] for job in icetui.jobs("smart", "--all")]
    assert len(ids) == len(set(ids)) > 150


def test_a_repeated_token_is_the_end_and_not_a_loop(icetui: Icetui) -> None:
    out, _ = icetui("--fault", "same-token", "list", "smart", "--all", "--output", "ndjson")
    ids = [json.loads(line)["id"] for line in out.splitlines()]
    assert len(ids) == len(set(ids)) >= 100


def test_a_followed_job_stands_where_it_belongs_and_once(icetui: Icetui) -> None:
    everything = [job["id"] for job in icetui.jobs("smart", "--all")]
    old = everything[-1]
    icetui("follow", "smart", old)
    assert old not in [job["id"] for job in icetui.jobs("smart", "--limit", "100")]
    assert [job["id"] for job in icetui.jobs("smart", "--all")] == everything


@pytest.mark.parametrize("word", ["running", "RUNNING", "Executing", "executing"])
def test_a_state_is_one_of_ours_or_the_services_in_any_case(icetui: Icetui, word: str) -> None:
    jobs = icetui.jobs("smart", "--state", word, "--all")
    assert jobs
    assert {(job["state"], job["state_word"]) for job in jobs} == {("running", "Executing")}


def test_an_unknown_state_names_both_vocabularies(icetui: Icetui) -> None:
    out, err = icetui("list", "batch", "--state", "nonsense", code=2)
    assert out == ""
    for word in ("waiting", "partial", "unknown", "Init", "Processing", "Finished"):
        assert word in err


@pytest.mark.parametrize("word", ["failed", "!"])
def test_failed_means_failed_and_partial_as_lookups_tell(icetui: Icetui, word: str) -> None:
    everything = icetui.jobs("batch", "--all")
    bad = [job["id"] for job in everything if job["state"] in ("failed", "partial")]
    assert {job["state"] for job in everything} >= {"failed", "partial", "done"}
    assert [job["id"] for job in icetui.jobs("batch", "--state", word, "--all")] == bad


def test_partial_is_known_for_every_row_that_is_printed(icetui: Icetui) -> None:
    for job in icetui.jobs("batch", "--limit", "60"):
        shown = json.loads(icetui("show", job["id"], "--family", "batch", "--output", "json")[0])
        assert shown["job"]["state"] == job["state"]


def test_a_type_narrows_on_the_server(icetui: Icetui, tmp_path: Path) -> None:
    jobs = icetui.jobs("smart", "--type", "asr", "--all")
    assert {job["type"] for job in jobs} == {"ASR"}


def test_text_and_times_narrow_here(icetui: Icetui) -> None:
    day = icetui.jobs("smart", "--since", "24h", "--all")
    assert day
    assert all(job["created"] >= "2026-11-19T10:00:00Z" for job in day)
    until = icetui.jobs("smart", "--since", "2026-11-19T10:00:00Z", "--until", "1h", "--all")
    assert [job["id"] for job in until] == [
        job["id"] for job in day if job["created"] < "2026-11-20T09:00:00Z"
    ]
    word = day[0]["title"].split()[0]
    assert all(word.lower() in job["title"].lower() for job in icetui.jobs("smart", "--text", word, "--all"))


@pytest.mark.parametrize("when", ["yesterday", "2026-11-20T10:00:00", "99999999d", "999999w", ""])
def test_a_time_that_is_none_is_misuse(icetui: Icetui, when: str) -> None:
    assert icetui("list", "smart", f"--since={when}", code=2)[0] == ""


# --- empty lists ------------------------------------------------------------------------------


def test_an_empty_list_is_an_answer(icetui: Icetui) -> None:
    out, err = icetui("list", "smart", "--text", "no such title", "--output", "json")
    assert out == "[]\n"
    assert "No Smart jobs that fit in cn-shanghai" in err


def test_another_region_is_empty_and_says_which_was_asked(icetui: Icetui) -> None:
    out, err = icetui("list", "smart", "--region", "cn-beijing", "--output", "ndjson")
    assert out == ""
    assert "cn-beijing" in err


# --- could not ask ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code"), [("status:503", 4), ("deny:ListSmartJobs", 3), ("expired-token", 3)]
)
@pytest.mark.parametrize("form", ["table", "json", "ndjson", "tsv"])
def test_nothing_is_printed_where_nobody_could_be_asked(
    icetui: Icetui, fault: str, code: int, form: str
) -> None:
    out, err = icetui("--fault", fault, "list", "smart", "--output", form, code=code)
    assert out == ""
    assert err.startswith("icetui: ")
    assert "RequestId" in err


@pytest.mark.parametrize(
    ("fault", "code"),
    [("deny:ListSmartJobs,every=2", 3), ("garbage:1,action=ListSmartJobs,every=2", 4)],
)
def test_what_came_before_a_failure_is_printed_and_the_failure_said(
    icetui: Icetui, fault: str, code: int
) -> None:
    whole = icetui.jobs("smart", "--all")
    for form in ("json", "ndjson"):
        out, err = icetui("--fault", fault, "list", "smart", "--all", "--output", form, code=code)
        jobs = json.loads(out) if form == "json" else [json.loads(line) for line in out.splitlines()]
        assert [job["id"] for job in jobs] == [job["id"] for job in whole[:100]]
        assert err.startswith("icetui: ")
        assert "100 jobs came before that" in err


def test_a_family_whose_lookups_are_denied_is_refused(icetui: Icetui) -> None:
    out, err = icetui("--fault", "deny:QueryIProductionJob", "list", "iproduction", code=3)
    assert out == ""
    assert "ice:Query*" in err


def test_batches_that_may_not_be_read_are_listed_and_counted(icetui: Icetui) -> None:
    argv = ("--fault", "deny:GetBatchMediaProducingJob", "list", "batch", "--limit", "20", "--output", "json")
    out, err = icetui(*argv)
    jobs = json.loads(out)
    assert len(jobs) == 20
    unread = sum(job["state"] == "done" for job in jobs)
    assert f"{unread} not yet read" in err


# --- forms ------------------------------------------------------------------------------------


def test_tsv_of_the_whole_account_is_read_by_any_reader(icetui: Icetui) -> None:
    out, _ = icetui("list", "smart", "--all", "--output", "tsv")
    rows = list(csv.DictReader(io.StringIO(out), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["id"] for row in rows] == [job["id"] for job in icetui.jobs("smart", "--all")]
    assert all(None not in row.values() for row in rows)


def test_columns_are_chosen_by_name(icetui: Icetui) -> None:
    out, _ = icetui("list", "smart", "--limit", "2", "--output", "tsv", "--columns", "state, id")
    head, *rows = out.splitlines()
    assert head == "state\tid"
    assert len(rows) == 2


@pytest.mark.parametrize(
    "argv", [("--columns", "nonsense"), ("--columns", "id", "--output", "json"), ("--columns", ",")]
)
def test_columns_that_cannot_be_are_misuse(icetui: Icetui, argv: tuple[str, ...]) -> None:
    assert icetui("list", "smart", *argv, code=2)[0] == ""


def test_a_table_has_a_header_and_shapes_and_ascii_ones_on_request(icetui: Icetui) -> None:
    out, _ = icetui("list", "smart", "--limit", "5")
    head, *rows = out.splitlines()
    assert head.split() == ["STATE", "TYPE", "ID", "CREATED", "DURATION", "TITLE"]
    assert len(rows) == 5
    assert "\x1b" not in out
    plain, _ = icetui("--ascii", "list", "smart", "--limit", "5", "--columns", "state,type,id")
    assert plain.isascii()


def test_a_table_is_as_wide_as_its_rows_although_they_are_not_on_the_first_page(
    icetui: Icetui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "terminal_cells", lambda: 120)
    oldest = str(icetui.jobs("smart", "--all")[-1]["id"])
    header, line = icetui("list", "smart", "--text", oldest, "--all")[0].splitlines()
    assert line[header.index("ID ") :].split()[0] == oldest
    assert header.index("CREATED") == line.index(oldest) + len(oldest) + 2


def test_ascii_cuts_with_a_mark_of_its_own(icetui: Icetui, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "terminal_cells", lambda: 80)
    assert "…" in icetui("list", "batch", "--limit", "40")[0]
    assert "…" not in icetui("--ascii", "list", "batch", "--limit", "40")[0]


def test_hostile_titles_are_harmless_in_every_form(icetui: Icetui) -> None:
    for form in ("table", "json", "ndjson", "tsv"):
        out, _ = icetui("list", "smart", "--all", "--output", form)
        assert all(character.isprintable() or character in "\n\t" for character in out), form


# --- over HTTP --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gateway() -> Iterator[ServedGateway]:
    with served("--clock", CLOCK) as gateway:
        yield gateway


@pytest.mark.parametrize("family", ["smart", "batch"])
def test_a_served_gateway_lists_the_same_as_the_demo(
    family: str, gateway: ServedGateway, icetui: Icetui
) -> None:
    found = gateway.run("list", family, "--limit", "40", "--output", "json")
    assert (found.returncode, found.stderr) == (0, "")
    here = icetui.jobs(family, "--limit", "40")
    assert [job["id"] for job in json.loads(found.stdout)] == [job["id"] for job in here]


def test_filters_go_to_the_server(gateway: ServedGateway) -> None:
    found = gateway.run(
        "list", "smart", "--type", "ASR", "--state", "Finished", "--sort", "oldest", "--limit", "2"
    )
    assert found.returncode == 0, found.stderr
    asked = gateway.log()[-1]
    for words in (
        "ListSmartJobs",
        "JobType='ASR'",
        "JobState='Finished'",
        "SortBy='CreationTime:Asc'",
        "MaxResults=",
    ):
        assert words in asked


def test_followed_jobs_are_listed_over_http_and_kept_between_runs(gateway: ServedGateway) -> None:
    empty = gateway.run("list", "iproduction", "--output", "json")
    assert (empty.returncode, empty.stdout) == (0, "[]\n")
    assert "icetui follow iproduction" in empty.stderr
    finding = gateway.run("list", "vod-ai", "--output", "ndjson")
    assert (finding.returncode, finding.stdout) == (0, "")
    assert "--media MEDIAID" in finding.stderr
    job_id = "5eed0010000000000000000000000001"
    assert gateway.run("follow", "iproduction", "-", stdin=f'["{job_id}"]').stdout == f"{job_id}\n"
    listed = gateway.run("list", "iproduction", "--output", "json")
    assert [(job["id"], job["state"]) for job in json.loads(listed.stdout)] == [(job_id, "done")]
    before = len(gateway.log())
    assert gateway.run("list", "iproduction", "--output", "json").stdout == listed.stdout
    # It has ended: nobody asks for it again.
    assert len(gateway.log()) == before


def test_a_wrong_secret_is_refused_with_3(gateway: ServedGateway) -> None:
    found = gateway.run("list", "smart", environ={"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong"})
    assert (found.returncode, found.stdout) == (3, "")
    assert "SignatureDoesNotMatch" in found.stderr
    assert gateway.secret not in found.stderr


def test_half_a_key_is_2_and_no_key_is_3(gateway: ServedGateway) -> None:
    half = gateway.run("list", "smart", environ={"ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""})
    assert (half.returncode, half.stdout) == (2, "")
    assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty" in half.stderr
    none = {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "", "ALIBABA_CLOUD_ACCESS_KEY_ID": ""}
    assert gateway.run("list", "smart", environ=none).returncode == 3


def test_nobody_there_is_4() -> None:
    with served() as gateway:
        pass
    found = gateway.run("list", "smart")
    assert (found.returncode, found.stdout) == (4, "")
    assert "127.0.0.1" in found.stderr


def test_a_foreign_host_is_refused_before_anything_is_sent(gateway: ServedGateway) -> None:
    found = gateway.run("--ice-endpoint", "https://ice.example.com", "list", "smart")
    assert (found.returncode, found.stdout) == (2, "")
    assert "allow_custom_endpoint" in found.stderr


def test_no_secret_is_in_the_log_file(gateway: ServedGateway, tmp_path: Path) -> None:
    log = tmp_path / "calls"
    found = gateway.run("list", "smart", "--log", str(log), "--limit", "1")
    assert found.returncode == 0
    told = log.read_text()
    assert "ListSmartJobs" in told
    assert gateway.secret not in told
    assert log.stat().st_mode & 0o777 == 0o600


def test_batches_beyond_the_ceiling_are_listed_unread_and_counted(gateway: ServedGateway) -> None:
    config = Path(os.environ["ICETUI_CONFIG_DIR"])
    config.mkdir(mode=0o700)
    (config / "config.toml").write_text("calls_per_minute = 10\n")
    before = len(gateway.log())
    found = gateway.run("list", "batch", "--limit", "40", "--output", "json")
    assert found.returncode == 0, found.stderr
    jobs = json.loads(found.stdout)
    assert len(jobs) == 40
    asked = [line.split()[1] for line in gateway.log()[before:]]
    assert asked[0] == "ListBatchMediaProducingJobs"
    assert 1 < len(asked) <= 10
    told = re.match(r"([0-9]+) not yet read", found.stderr)
    assert told is not None
    finished = [job for job in jobs if job["state"] in ("done", "partial")]
    assert int(told[1]) == len(finished) - asked.count("GetBatchMediaProducingJob")


def test_what_is_wrong_with_the_configuration_is_said_and_stops_nothing(gateway: ServedGateway) -> None:
    config = Path(os.environ["ICETUI_CONFIG_DIR"])
    config.mkdir(mode=0o700)
    (config / "config.toml").write_text("nonsense = 3\n")
    found = gateway.run("list", "smart", "--limit", "1", "--output", "ndjson")
    assert found.returncode == 0
    assert found.stdout.count("\n") == 1
    assert "nonsense" in found.stderr
    assert found.stderr.startswith("icetui: ")


@pytest.mark.parametrize("form", ["table", "ndjson", "tsv", "json"])
def test_rows_are_printed_while_the_next_page_is_still_awaited(form: str) -> None:
    argv = ("--demo", "--fault", "never,every=2", "list", "smart", "--all", "--output", form)
    running = subprocess.Popen(
        [sys.executable, "-m", "icetui", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with running:
        assert running.stdout is not None
        # The second page never comes; the first is here all the same.
        first = [running.stdout.readline() for _ in range(90)]
        running.send_signal(signal.SIGINT)
    assert all(first)
    assert running.returncode == 130
