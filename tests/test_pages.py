"""Pages of an opened job and what a list says of itself: values in, lines out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from icetui.errors import Denied
from icetui.families import by_name
from icetui.families.base import Opened
from icetui.job import Job, JobError, Media, Query, State, Subjob
from icetui.panes import pages, telling
from icetui.panes.copying import error_text
from icetui.panes.pages import Sheet
from icetui.panes.spans import Fixed, Span, plain
from icetui.snapshot import Snapshot
from tests.recorded import recorded

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BATCH = "****b6b2750d4308892ac3330238****"


def text(sheet: Sheet) -> str:
    return "\n".join(plain(sheet.lines.line(y)) for y in range(len(sheet.lines)))


def said(spans: list[Span]) -> str:
    return plain(spans)


@pytest.fixture
def batch() -> Opened:
    family = by_name("batch")
    return family.open(recorded(family.lookup([BATCH]), "seed003_get_batch_media_producing_job.json"), BATCH)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0 s"),
        (24.5, "24.5 s"),
        (60, "1 min"),
        (751, "12 min 31 s"),
        (7500, "2 h 5 min"),
        (180_000, "2 d 2 h"),
    ],
)
def test_a_duration_is_told_for_a_person(seconds: float | None, words: str) -> None:
    assert pages.length(seconds) == words


def test_the_tally_says_how_many_of_how_many() -> None:
    states = [State.DONE] * 7 + [State.FAILED] * 2 + [State.RUNNING]
    subjobs = [Subjob(str(n), state, "") for n, state in enumerate(states)]
    assert pages.tally(subjobs) == "7 of 10 done, 1 running, 2 failed"


def test_a_failed_job_without_an_error_says_that_no_reason_was_given() -> None:
    job = Job("smart", "x", state=State.FAILED, whole=True)
    assert "no reason given" in text(pages.summary(job, None, 78, NOW))


def test_a_listed_failure_does_not_claim_that_there_is_no_reason() -> None:
    job = Job("smart", "x", state=State.FAILED, whole=False)
    assert "no reason" not in text(pages.summary(job, None, 78, NOW))


def test_an_error_beside_success_is_reported_not_blamed(batch: Opened) -> None:
    page = text(pages.summary(batch.job, batch, 78, NOW))
    assert "Reported   InvalidMaterial.NotFound" in page
    assert "Error " not in page


def test_a_missing_job_names_the_region_that_was_asked() -> None:
    job = Job("iproduction", "x", state=State.MISSING, region="cn-shanghai")
    assert "unknown here, or in another region (cn-shanghai asked)" in text(pages.summary(job, None, 78, NOW))


def test_times_carry_their_zone_and_a_negative_duration_is_not_told() -> None:
    created = datetime(2022, 7, 7, 7, 16, 11, tzinfo=UTC)
    job = Job("iproduction", "x", state=State.DONE, created=created, finished=created - timedelta(days=200))
    page = text(pages.summary(job, None, 78, NOW))
    assert "2022-07-07 07:16:11 UTC  4y ago" in page
    assert "took" not in page


def test_a_url_belongs_to_the_lines_below_it_until_the_next() -> None:
    sheet = Sheet(Fixed([]), ((2, "first"), (5, "second")))
    assert [sheet.url(y) for y in (0, 2, 4, 5, 9)] == ["first", "first", "first", "second", "second"]
    assert Sheet(Fixed([]), ((2, "first"), (5, ""))).url(7) == "", "the second block has none"
    assert Sheet(Fixed([])).url(3) == ""


def test_the_seed_batch_shows_its_input_raw_with_the_place_then_the_repaired_reading(batch: Opened) -> None:
    page = text(pages.parameters(batch, 78)).split("\n")
    assert page[0] == "EditingBatchJob.InputConfig"
    assert page[1] == "not JSON: Expecting ',' delimiter"
    assert page[2] == "line 18, column 7 (character 542)"
    caret = next(n for n, line in enumerate(page) if line.endswith("^ here"))
    assert page[caret - 1].strip().startswith('18        "There are quite a few people')
    repaired = next(n for n, line in enumerate(page) if line.startswith("repaired reading"))
    assert caret < repaired
    assert any('"Crf": 27' in line for line in page[repaired:])


def test_the_seed_subjob_is_shown_with_state_duration_url_and_what_is_odd(batch: Opened) -> None:
    sheet = pages.media(batch.job, 160)
    page = text(sheet)
    assert "✓ done  (Success)  24.5 s  ****8e81933d44e3ae69e2f81485****" in page
    assert "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4  not a link: one slash" in page
    assert "reported: InvalidMaterial.NotFound The specified clips id not found" in page
    assert sheet.urls[0][1] == "http:/xxx.oss-cn-shanghai.aliyuncs.com/xxx_0.mp4"


def test_the_raw_page_leaves_strings_in_their_strings(batch: Opened) -> None:
    sheet = pages.raw(batch)
    assert '"UserData": "{\\"NotifyAddress\\":\\"http://xx.xx.xxx\\"}"' in text(sheet)
    assert sheet.note == "3.1 kB as sent, laid out"


def test_a_job_that_stored_nothing_says_so_beside_its_media() -> None:
    job = Job(
        "iproduction",
        "x",
        state=State.DONE,
        media=(Media("OutputFiles[0]", "oss fail to save", note="nothing was stored"),),
    )
    assert "nothing was stored" in text(pages.media(job, 78))


def test_an_error_is_copied_with_its_request_id() -> None:
    job = Job("smart", "id", "ASR", State.FAILED, error=JobError("Code", "Words.", "REQ"))
    assert error_text(job) == "smart ASR id\nCode\nWords.\nRequestId REQ"


def snapshot(**facts: object) -> Snapshot:
    made: dict[str, object] = {
        "generation": 0,
        "family": "smart",
        "region": "cn-shanghai",
        "query": Query(),
        "taken": NOW,
        "answered": True,
    }
    return Snapshot(**{**made, **facts})  # type: ignore[arg-type]  # members by name


@pytest.mark.parametrize(
    ("family", "facts", "words"),
    [
        ("smart", {}, "No Smart jobs in cn-shanghai within the past year."),
        ("iproduction", {}, "IProduction has no call that lists jobs, so this list is what you follow."),
        ("smart", {"query": Query(type="ASR")}, "No job fits these filters."),
        ("smart", {"taken": None, "answered": False}, "Asking…"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(family: str, facts: dict[str, object], words: str) -> None:
    assert telling.why_empty(by_name(family), snapshot(**facts), "cn-shanghai")[0] == words


def test_only_vod_ai_offers_to_find_jobs_by_media() -> None:
    offers = {
        name: "media:ID" in telling.why_empty(by_name(name), snapshot(), "r")[1]
        for name in ("iproduction", "vod-ai")
    }
    assert offers == {"iproduction": False, "vod-ai": True}


def test_a_failure_is_told_once_with_code_hint_and_request_id() -> None:
    error = Denied("NoPermission: not allowed.", code="NoPermission", request_id="REQ", hint="Add a policy.")
    assert said(telling.failure(error)) == "NoPermission: not allowed.  Add a policy.  RequestId REQ"
    other = Denied("Not allowed.", code="NoPermission")
    assert said(telling.failure(other)) == "NoPermission: Not allowed."


def test_freshness_does_not_tick_while_nothing_changes() -> None:
    later = snapshot(taken=NOW + timedelta(seconds=10))
    assert telling.freshness(snapshot(), 10, paused=False) == telling.freshness(later, 10, paused=False)
    assert said(telling.freshness(snapshot(stale=True), 10, paused=False)) == "rows of 11-20 10:00:00 UTC"
    assert said(telling.freshness(snapshot(), 10, paused=True)) == "paused, p goes on"


def test_counts_say_what_fits_what_waits_and_what_was_refused() -> None:
    shot = snapshot(
        query=Query(state="failed"),
        loaded=50,
        more=True,
        unread=3,
        refused=(("id\x1b", Denied("No.", code="NoPermission")),),
    )
    line = said(telling.counts(shot, (1, 9), waiting=2, marked=1, problems=()))
    assert line.startswith(
        "1 of 9 that fit, of 50 loaded, more below (> L)  ▲ 2 new, press .  1 marked  3 finished not yet read"
    )
    assert "1 refused: id" in line
    assert "\x1b" not in line
