"""Rows of a comparison: what is unfolded at first, folding, where differences stand, what is drawn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui.call import Json
from icetui.diff import Ignoring, compare, group
from icetui.panes.diff_rows import DiffRows, Form
from icetui.panes.spans import plain, window
from tests.test_diff import VALUES

FORMS: tuple[Form, ...] = ("sides", "unified")


def rows_of(left: Json, right: Json, form: Form = "unified", cells: int = 120, **kept: Any) -> DiffRows:
    top = group({"root": compare(left, right, kept.pop("ignoring", None), base=("", ""))})
    return DiffRows(top, form, cells, **kept)


def drawn(rows: DiffRows) -> list[str]:
    return [plain(rows.line(y)).rstrip() for y in range(len(rows))]


def test_only_what_differs_is_unfolded() -> None:
    left: Json = {"a": {"x": [1, 2]}, "b": {"y": 1, "z": {"q": 1}}, "c": 5}
    right: Json = {"a": {"x": [1, 2]}, "b": {"y": 2, "z": {"q": 1}}, "c": 5}
    assert drawn(rows_of(left, right)) == [
        "  ▾ root {3}",
        "    ▸ a: {1}  the same",
        "    ▾ b: {2}",
        "-       y: 1",
        "+       y: 2",
        "      ▸ z: {1}  the same",
        "      c: 5",
    ]
    assert drawn(rows_of(left, right, "sides", 63)) == [
        "▾ root {3}                     │ ▾ root {3}",
        "  ▸ a: {1}  the same           │   ▸ a: {1}",
        "  ▾ b: {2}                     │   ▾ b: {2}",
        "      y: 1                     ~       y: 2",
        "    ▸ z: {1}  the same         │     ▸ z: {1}",
        "    c: 5                       │     c: 5",
    ]


def test_added_and_removed_stand_on_their_side() -> None:
    left: Json = {"gone": {"a": 1}, "x": None}
    right: Json = {"x": None, "new": "text"}
    assert drawn(rows_of(left, right, "sides", 63)) == [
        "▾ root {2}                     │ ▾ root {2}",
        "  ▸ gone: {1}  only on the le… -",
        "    x: null                    │     x: null",
        '                               +     new: "text"',
    ]
    assert drawn(rows_of(left, right))[1::2] == ["-   ▸ gone: {1}  only on the left", '+     new: "text"']


def test_many_the_same_are_one_row_that_unfolds() -> None:
    left: list[Json] = list(range(100))
    rows = rows_of(left, [*left[:50], -1, *left[51:]])
    assert drawn(rows)[1] == "    ▸ … 50 the same"
    assert rows.unfold(1)
    assert len(rows) == 1 + 1 + 50 + 2 + 1
    assert drawn(rows)[2] == "        [0] 0"
    assert rows.fold(1)
    assert len(rows) == 5


def test_what_is_ignored_is_shown_dim_and_not_counted() -> None:
    rows = rows_of({"id": 1, "v": 1}, {"id": 2, "v": 2}, ignoring=Ignoring(rules=(("id",),)))
    assert drawn(rows)[1:3] == ["≈     id: 1", "≈     id: 2"]
    assert rows.top.count == 1
    assert {style for _, style in rows.line(1)[1:] if style} <= {"dim", "key"}


def test_what_holds_nothing_that_counts_unfolds_to_its_parts() -> None:
    left: Json = {"a": {"w": 1, "x": 1, "y": 1, "z": 1}, "b": 1}
    right: Json = {"a": {"w": 2, "x": 1, "y": 1, "z": 1}, "b": 2}
    rows = rows_of(left, right, ignoring=Ignoring(rules=(("a", "w"),)))
    assert drawn(rows)[1] == "    ▸ a: {4}  1 difference ignored"
    assert rows.unfold(1)
    assert [line.split()[-2:] for line in drawn(rows)[2:7]] == [
        ["w:", "1"],
        ["w:", "2"],
        ["x:", "1"],
        ["y:", "1"],
        ["z:", "1"],
    ]


def test_an_item_that_moved_has_both_its_places() -> None:
    rows = rows_of([{"name": "a", "v": 1}], [{"name": "b"}, {"name": "a", "v": 2}])
    assert "    ▾ [0→1] {2}" in drawn(rows)
    assert "  ▾ [0] {2}                    │   ▾ [1] {2}" in drawn(
        rows_of([{"name": "a", "v": 1}], [{"name": "b"}, {"name": "a", "v": 2}], "sides", 63)
    )


def test_the_differing_part_of_a_text_is_seen_where_the_row_is_cut() -> None:
    left, right = "x" * 300 + " one", "x" * 300 + " two"
    rows = rows_of({"t": left}, {"t": right}, "sides", 63)
    shown = "".join(text for text, _ in window(rows.line(1), 0, 63))
    assert "one" in shown
    assert "two" in shown
    styles = {text: style for text, style in rows.line(1) if text in ("one", "two")}
    assert styles == {"one": "gone", "two": "come"}
    whole = rows_of({"t": left}, {"t": right}, whole=True)
    assert "x" * 300 in drawn(whole)[1]


def test_text_of_others_is_cleaned() -> None:
    rows = rows_of({"k\x1b[2J": "a\x1b]0;x\x07"}, {"k\x1b[2J": "b\u202e"})
    assert not [char for line in drawn(rows) for char in line if char < " " or char in "\x7f\u202e"]


def test_differences_are_stepped_through_and_unfolded() -> None:
    left: Json = {"a": {"x": 1}, "b": {"y": {"z": 1}}, "c": [1, 2, 3]}
    right: Json = {"a": {"x": 2}, "b": {"y": {"z": 2}}, "c": [1, 3]}
    rows = rows_of(left, right)
    rows.fold(0, deep=True)
    assert len(rows) == 1
    y, seen = 0, []
    while (n := rows.step(y, 1)) is not None:
        y = rows.reveal(n)
        assert rows.number(y) == n + 1
        seen.append(rows.node(y).path("left"))
    assert [path and path.rpartition(".")[2] for path in seen] == ["x", "z", "c[1]"]
    back = 0
    while (n := rows.step(y, -1)) is not None:
        y, back = rows.reveal(n), back + 1
    assert back == 2


def test_below_a_removed_value_the_next_difference_is_the_one_after_it() -> None:
    rows = rows_of({"a": {"x": {"y": 1}}, "b": 1}, {"b": 2})
    assert rows.unfold(1, deep=True)
    inner = next(y for y in range(len(rows)) if rows.node(y).step == "y")
    assert rows.step(inner, 1) == 1
    assert rows.step(inner, -1) == 0


@given(left=VALUES, right=VALUES, keys=st.lists(st.tuples(st.sampled_from("hlHL)("), st.integers(0, 40))))
def test_rows_are_always_those_of_what_is_unfolded(
    left: Json, right: Json, keys: list[tuple[str, int]]
) -> None:
    for form in FORMS:
        rows = rows_of(left, right, form)
        for key, at in keys:
            if not len(rows):
                break
            y = at % len(rows)
            if key in "hH":
                rows.fold(y, deep=key == "H")
            elif key in "lL":
                rows.unfold(y, deep=key == "L")
            else:
                rows.level(1 if key == ")" else -1)
            fresh = DiffRows(rows.top, form, 120)
            fresh.carry(rows)
            assert [fresh.node(n) for n in range(len(fresh))] == [rows.node(n) for n in range(len(rows))]
        for y in range(len(rows)):
            rows.line(y)
            assert rows.node(rows.y(rows.node(y))) is rows.node(y)
            above = rows.parent(y)
            assert above is None or above < y
        for n in range(rows.top.count):
            assert rows.number(rows.reveal(n)) == n + 1


@pytest.mark.parametrize("form", FORMS)
def test_equal_values_have_no_difference_to_go_to(form: Form) -> None:
    rows = rows_of({"a": [1]}, {"a": [1]}, form)
    assert rows.step(0, 1) is None
    assert rows.step(0, -1) is None
