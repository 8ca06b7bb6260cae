"""Job IDs out of pasted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.feed import ids_in

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
