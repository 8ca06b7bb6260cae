"""JSON as lines: what is printed is the value, what is coloured is a line."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from icetui.panes.json_lines import BOUNDARY, BROKEN, REPAIRED, JsonLines
from icetui.panes.spans import plain

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6), below, max_size=4),
    max_leaves=12,
)


@given(values)
def test_the_printed_text_is_what_the_json_module_prints(value: Any) -> None:
    assert JsonLines(value).text() == json.dumps(value, indent=2, ensure_ascii=False)


def test_a_decoded_string_has_a_mark_after_its_key() -> None:
    lines = JsonLines(
        {"a": {"b": 1}, "c": ["x"], "d": "{bad", "e": {}},
        boundaries={"a", "c[0]", "e"},
        repaired={"e"},
        broken={"d", "e"},
    )
    text = lines.text().split("\n")
    assert text[1] == f'  "a": {BOUNDARY} {{'
    assert f"    {BOUNDARY} " + '"x"' in text
    assert f'  "d": {BROKEN} "{{bad",' in text
    assert f'  "e": {REPAIRED} {{}}' in text


def test_keys_strings_numbers_and_constants_have_their_colours() -> None:
    lines = JsonLines({"key": "text", "n": 1.5, "t": True}, boundaries={"n"})
    assert ('"key"', "key") in lines.line(1)
    assert ('"text"', "string") in lines.line(1)
    assert (BOUNDARY, "mark") in lines.line(2)
    assert ("1.5", "number") in lines.line(2)
    assert ("true", "constant") in lines.line(3)


def test_a_mark_inside_somebodys_text_is_text() -> None:
    lines = JsonLines({"note": f"{BOUNDARY} is our mark"})
    assert plain(lines.line(1)) == f'  "note": "{BOUNDARY} is our mark"'
    assert (BOUNDARY, "mark") not in lines.line(1)


def test_control_characters_are_shown_not_sent() -> None:
    drawn = plain(JsonLines({"x": "\x1b[31m\u202e\x9b1m"}).line(1))
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn
    assert "\x9b" not in drawn


def test_ten_thousand_levels_are_printed() -> None:
    value: Any = 1
    for _ in range(10_000):
        value = [value]
    assert len(JsonLines(value)) == 20_001
