"""Job IDs out of pasted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.ids import ids_in, ids_in_log

A, B = "20b48fb04483915d4f2cd8ac4f2cd8ac", "****d718e2ff4f018ccf419a7b71****"


@pytest.mark.parametrize(
    "text",
    [
        f"{A} {B}",
        f"{A},{B}",
        f"{A}\n{B}\r\n\n",
        f"\t{A};{B} ",
        f'["{A}", "{B}"]',
        f'{{"JobIds": ["{A}"], "JobId": "{B}"}}',
        f"'{A}' | `{B}`",
        f"“{A}”，‘{B}’。",
        f"- {A}\n* {B}\n",
        f"• {A}\u3000• {B}\u00a0",
        f"JobId: {A}\njob_id = {B}",
        f"任务ID：{A}、{B}",
        f"│ {A} │ {B} │",
        f"({A})({B}).",
        f"{A} {B} {A}",
        f"\ufeff{A}\u200b{B}",
    ],
)
def test_anything_separates(text: str) -> None:
    assert ids_in(text) == (A, B)


def test_uuids_and_short_ids_are_ids_too() -> None:
    assert ids_in("5c6a2a0d-f228-4a64-af62-20e91b96**** a_1.b x") == (
        "5c6a2a0d-f228-4a64-af62-20e91b96****",
        "a_1.b",
        "x",
    )


def test_nothing_is_found_in_nothing() -> None:
    assert ids_in("") == ids_in(" ,;[]\"' … 任务 --- *** • ") == ()


def test_a_word_that_ends_like_a_name_is_an_id_where_it_names_nothing() -> None:
    assert ids_in("avoid, void") == ("avoid", "void")
    assert ids_in("ids: ") == ("ids",)


@given(st.lists(st.from_regex(r"[0-9a-zA-Z*_][0-9a-zA-Z*_-]*[0-9a-zA-Z]", fullmatch=True)))
def test_every_list_comes_back_each_once(ids: list[str]) -> None:
    assert ids_in("\n".join(ids)) == tuple(dict.fromkeys(ids))


@given(st.text())
def test_any_text_is_read_and_what_is_found_is_found_again(text: str) -> None:
    found = ids_in(text)
    assert ids_in(" ".join(found)) == found
    assert all(each in text for each in found)


ONE, TWO = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


@pytest.mark.parametrize(
    ("log", "ids"),
    [
        (f"2026-11-20T10:00:00Z INFO submitted job {ONE}", (ONE,)),
        (f'{{"RequestId":"5B2E31B8-1C0C-5A0D-8F0E-1C0C5A0D8F0E","JobId":"{ONE}"}}', (ONE,)),
        (f'{{\\"JobId\\":\\"{ONE}\\"}}', (ONE,)),
        (f"JobIds={ONE},{TWO}", (ONE, TWO)),
        (f"MediaId={ONE} JobId={TWO}", (TWO,)),
        (f'"mediaId": "{ONE}", "traceId":"{ONE}", signature={TWO}', ()),
        ("job_id: ab12cd34-ee55 done", ("ab12cd34-ee55",)),
        ("JobId: ****20b48fb04483915d4f2cd8ac****", ("****20b48fb04483915d4f2cd8ac****",)),
        ("job id unknown; jobId=undefined", ()),
        (f"{ONE}{TWO} x{ONE} {ONE}-1", ()),
        (f"{ONE}\n{TWO}\n{ONE}", (ONE, TWO)),
        ("", ()),
    ],
)
def test_job_ids_out_of_a_log(log: str, ids: tuple[str, ...]) -> None:
    assert ids_in_log(log) == ids


@pytest.mark.parametrize("piece", ["a=", "a", "jobid:", "_", "\\", "JobId    ", "0"])
def test_a_log_of_one_long_line_is_read_in_time_that_grows_with_it(piece: str) -> None:
    # Where it grew with the square this would take minutes.
    assert ids_in_log(piece * (400_000 // len(piece))) == ()
