"""Text made safe to show: nothing a terminal obeys gets through, and every string has one width."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from icetui.clean import MARK, clean, clean_block, cut, width

# Characters that make trouble, often beside each other.
TROUBLE = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(
            "ab 汉字가ก\t\n\r\x1b\x9b\x85\x00\x7f\u0301\u0308\u200b\u200d\u202e\u2066\u2028\ufe0f\u20e3"
        ),
        st.sampled_from("👍👨🇨\U0001f3fd\ud800\udfff\ufeff\u00ad\u1160\u11a8\u3164\u302e\u2630\u0e33\u093f"),
    ),
    max_size=30,
)

OBEYED = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGk=\x07",
    "\x1b[6n",
    "\x1b[?1049l",
    "\x9b31m",
    "\x9d0;title\x9c",
    "a\x00b",
    "a\x7fb",
    "a\x0eb",
    "a\u2028b",
    "a\u2029b",
    "a\x85b",
    "a\u202eb",
    "a\u2066b\u2069",
    "a\u200bb",
    "a\u200cb",
    "a\u200eb",
    "\ufeffa",
    "a\u00adb",
    "a\u2060b",
    "a\ud800b",
    "a\u3164b",
    "a\u115fb",
    "a\U000e0041b",
    "a\u061cb",
    "a\ufffeb",
]


def harmless(line: str) -> bool:
    """Whether no terminal obeys any of it, and nothing in it is invisible on purpose."""
    kinds = {unicodedata.category(char) for char in line}
    return not kinds & {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"} and not set(line) & set("\u200d\ufe0f\u20e3")


class TestClean:
    """One line."""

    @pytest.mark.parametrize("text", OBEYED)
    def test_what_a_terminal_obeys_becomes_a_visible_mark(self, text: str) -> None:
        shown = clean(text)
        assert harmless(shown)
        assert width(shown) == len(shown)
        assert set(shown) & {MARK, *map(chr, range(0x2400, 0x2422))}

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("\x1b[31m", "␛[31m"),
            ("\x00\x07\x7f", "␀␇␡"),
            ("a\nb", "a⏎b"),
            ("a\r\nb", "a⏎b"),
            ("a\rb", "a␍b"),
            ("a\tb", "a b"),
            ("\u202eabc\u202c", f"{MARK}abc{MARK}"),
            ("\ud800", MARK),
        ],
    )
    def test_marks_say_what_was_there(self, text: str, shown: str) -> None:
        assert clean(text) == shown

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("👨\u200d👩\u200d👧", "👨👩👧"),
            ("❤\ufe0f", "❤"),
            ("1\ufe0f\u20e3", "1"),
            ("👍\U0001f3fd", "👍"),
            ("葛\U000e0100", "葛"),
        ],
    )
    def test_what_terminals_measure_differently_is_dropped(self, text: str, shown: str) -> None:
        assert clean(text) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "Speaking of which,",
            "汇龙观盒马鲜生开业啦，第一天营业。",
            "カバー画像 ①",
            "커버 이미지",
            "Обложка — «тест»",
            "Größe 5 € … naïve",
            "ปกวิดีโอ",
            "हिन्दी में",
            "العربية",
            "🎬🇨🇳👍",
            "[red]$x[/] \\[ {curly}",
            "✓ ✗ ▸ ▾ ⋮ ─│",
            "e\u0301",
            "\U00020bb7野家",
        ],
    )
    def test_what_people_write_is_left_as_it_is(self, text: str) -> None:
        assert clean(text) == text

    def test_of_a_flood_of_combining_marks_three_are_kept(self) -> None:
        assert clean("a" + "\u0301" * 100 + "b" + "\u0302" * 2) == "a" + "\u0301" * 3 + "b" + "\u0302" * 2

    def test_dropped_characters_do_not_split_a_flood(self) -> None:
        assert clean("a" + "\u0301\u200d" * 10) == "a" + "\u0301" * 3

    def test_mark_without_a_base_gets_one(self) -> None:
        assert clean("\u0301a") == "◌\u0301a"
        assert clean("\ufe0f\u0301") == "◌\u0301"

    @given(TROUBLE)
    @settings(max_examples=300, deadline=None)
    @example("\u200d\u0301\u0301\u0301\u0301")
    @example("\r\r\n\n")
    @example("\u1160\u11a8\u11a8\u11a8\u11a8")
    def test_nothing_obeyed_or_invisible_is_left_and_cleaning_twice_is_cleaning_once(self, text: str) -> None:
        shown = clean(text)
        assert harmless(shown)
        assert clean(shown) == shown
        shown.encode("utf-8")

    @given(TROUBLE)
    @settings(max_examples=300, deadline=None)
    def test_width_is_that_of_the_library_that_draws(self, text: str) -> None:
        shown = clean(text)
        assert width(shown) == cell_len(shown)

    def test_width_is_that_of_the_library_that_draws_for_every_character(self) -> None:
        # Planes 4 to 13 and the rest of 14 hold nothing, 15 and 16 are private.
        codes = (*range(0x40000), *range(0xE0000, 0xE1000), *range(0xF0000, 0xF0100), sys.maxunicode)
        shown = {clean("a" + chr(code)) for code in codes}
        assert [each for each in shown if width(each) != cell_len(each) or not harmless(each)] == []


class TestCleanBlock:
    """Several lines."""

    def test_line_breaks_split_and_tabs_become_blanks(self) -> None:
        assert clean_block('{\n\t\t"a": 1,\r\n\tb\x1b\n}') == ["{", '        "a": 1,', "    b␛", "}"]

    def test_line_break_at_the_end_begins_no_line(self) -> None:
        assert clean_block("a\n") == ["a"]
        assert clean_block("a\n\n") == ["a", ""]

    def test_there_is_always_a_line(self) -> None:
        assert clean_block("") == [""]

    @given(TROUBLE)
    @settings(max_examples=200, deadline=None)
    def test_every_line_is_clean(self, text: str) -> None:
        lines = clean_block(text)
        assert [clean(line) for line in lines] == lines
        assert "".join(lines).count("⏎") == text.count("⏎")


class TestCut:
    """Text in so many cells."""

    @pytest.mark.parametrize(
        ("text", "cells", "shown"),
        [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
            ("abc", -1, ""),
            ("", 0, ""),
            ("汉字", 4, "汉字"),
            ("汉字", 3, "汉…"),
            ("汉字", 2, "…"),
            ("a汉字", 4, "a汉…"),
            ("a汉字", 3, "a…"),
            ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
            ("e\u0301e\u0301e", 2, "e\u0301…"),
        ],
    )
    def test_is_cut_at_a_border_of_cells_and_says_so(self, text: str, cells: int, shown: str) -> None:
        assert cut(text, cells) == shown

    @given(TROUBLE, st.integers(min_value=-2, max_value=40))
    @settings(max_examples=300, deadline=None)
    def test_fits_and_is_a_beginning_of_the_text(self, text: str, cells: int) -> None:
        line = clean(text)
        shown = cut(line, cells)
        assert width(shown) <= max(0, cells)
        if width(line) <= cells:
            assert shown == line
        elif cells > 0:
            assert shown[-1] == "…"
            assert line.startswith(shown[:-1])
            assert width(shown) >= cells - 1


class TestSpeed:
    """Generous bounds: a tenth of a second where milliseconds were measured."""

    def test_a_line_of_a_megabyte_is_clean_and_cut_at_once(self) -> None:
        for text in ("x" * 1_000_000, "汉" * 1_000_000):
            began = time.perf_counter()
            assert cut(clean(text), 40).endswith("…")
            assert time.perf_counter() - began < 0.5

    def test_fifty_thousand_titles_are_clean_in_a_blink(self) -> None:
        titles = [f"default_title_{place}" for place in range(25_000)] + [
            f"盒马开业 {n}" for n in range(25_000)
        ]
        began = time.perf_counter()
        assert [clean(title) for title in titles] == titles
        assert time.perf_counter() - began < 1.0
