"""The tree's model: folding is bookkeeping that must never lose a row; finding knows no folds."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from icetui.decode import decode, decode_everywhere
from icetui.panes.json_tree import JsonTree, Root, TreeLines
from icetui.panes.spans import plain
from tests.test_hostile_text import EVERYTHING, unsafe

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4),
    max_leaves=20,
)
moves = st.lists(
    st.tuples(
        st.sampled_from(["fold", "unfold", "fold_deep", "unfold_deep", "show_level", "reveal"]),
        st.integers(0),
    ),
    max_size=12,
)


def tree_of(value: Any) -> JsonTree:
    return JsonTree([Root(value)])


def rows(tree: JsonTree) -> list[str]:
    lines = TreeLines(tree)
    return [plain(lines.line(y)) for y in range(len(lines))]


def seen(tree: JsonTree) -> list[int]:
    """Which rows must be visible, by the plainest way to say so."""
    found = []
    for node in range(len(tree)):
        above = tree.parent[node]
        while above >= 0 and not tree.folded[above]:
            above = tree.parent[above]
        if above < 0:
            found.append(node)
    return found


@given(values, moves)
def test_whatever_is_folded_and_unfolded_the_visible_rows_are_those_nothing_hides(
    value: Any, done: list[tuple[str, int]]
) -> None:
    tree = tree_of(value)
    for what, number in done:
        if what == "show_level":
            tree.show_level(1 if number % 2 else -1)
        else:
            getattr(tree, what)(number % len(tree))
        assert list(tree.visible) == seen(tree)
        assert all(tree.is_foldable(node) for node in range(len(tree)) if tree.folded[node])


@given(values)
def test_every_value_has_its_node_and_its_way(value: Any) -> None:
    tree = tree_of(value)
    for node in range(len(tree)):
        root, keys = tree.keys_to(node)
        there = value
        for key in keys:
            there = there[key]
        assert tree.values[node] is there
        assert tree.nearest(root, keys) == node


@given(values, moves)
def test_folds_are_taken_over_by_path_when_the_value_grows(value: Any, done: list[tuple[str, int]]) -> None:
    old = tree_of({"same": value})
    for what, number in done:
        if what.startswith(("fold", "unfold")):
            getattr(old, what)(number % len(old))
    new = tree_of({"before": [1, 2], "same": value, "after": {}})
    new.carry(old)
    assert list(new.visible) == seen(new)
    for node in range(1, len(old)):
        there = new.nearest(*old.keys_to(node))
        assert new.folded[there] == old.folded[node]


def test_rows_say_key_value_count_and_what_is_folded() -> None:
    tree = tree_of({"a": {"b": [1, None]}, "empty": {}, "text": "x\ny", "": True})
    assert rows(tree) == [
        "▾ {4}",
        "  ▾ a: {1}",
        "    ▾ b: [2]",
        "        [0] 1",
        "        [1] null",
        "    empty: {}",
        '    text: "x\\ny"',
        '    "": true',
    ]
    tree.fold(1)
    assert rows(tree)[1:3] == ["  ▸ a: {1}  b: […]", "    empty: {}"]


def test_levels_open_and_close_the_whole_tree() -> None:
    tree = tree_of({"a": {"b": {"c": 1}}, "d": {"e": 2}})
    assert len(rows(tree)) == 6
    assert tree.show_level(-1)
    assert [row.strip() for row in rows(tree)] == ["▾ {2}", "▾ a: {1}", "▸ b: {1}  c: 1", "▾ d: {1}", "e: 2"]
    assert tree.show_level(-1)
    assert tree.show_level(-1)
    assert rows(tree) == ["▸ {2}  a: {…}, d: {…}"]
    assert not tree.show_level(-1)
    assert tree.show_level(1)
    assert len(rows(tree)) == 3


def test_a_large_tree_opens_by_whole_levels() -> None:
    tree = tree_of({"cues": [{"text": "x", "at": n} for n in range(5_000)], "id": "y"})
    assert len(tree.visible) == 5_003  # all cues, each folded: the level before has three rows
    assert rows(tree)[2] == '    ▸ [0] {2}  text: "x", at: 0'


def test_hits_in_folded_nodes_count_and_are_unfolded_when_gone_to() -> None:
    tree = tree_of({"a": {"Needle": 1}, "b": ["no", "a needle and a needle"], "needles": {"x": 0}})
    tree.fold_deep(0)
    first = tree.find("NEEDLE", 0)
    assert first is not None
    assert tree.keys_to(first)[1] == ("a", "Needle")
    assert tree.found("needle", first) == (1, 3)
    assert tree.reveal(first)
    assert tree.row(first) == 2
    second = tree.find("needle", first)
    assert second is not None
    assert tree.keys_to(second)[1] == ("b", 1)
    third = tree.find("needle", second)
    assert third is not None
    assert tree.found("needle", third) == (3, 3)
    assert tree.find("needle", third) == first
    assert tree.find("needle", first, by=-1) == third
    assert tree.find("needle", third, by=-1) == second
    assert tree.find("nothing", 0) is None
    assert tree.found("needle", 0) == (0, 3)


@given(values, st.text(st.characters(exclude_characters="\x1e\x1f"), min_size=1, max_size=2))
def test_finding_walks_every_node_that_has_the_text_once(value: Any, text: str) -> None:
    tree = tree_of(value)

    def has(node: int) -> bool:
        key, item = tree.keys[node], tree.values[node]
        parts = [str(key)] if key is not None else []
        if isinstance(item, str):
            parts.append(item)
        elif not isinstance(item, (dict, list)):
            parts.append(json.dumps(item))
        return any(text.lower() in part.lower() for part in parts)

    wanted = [node for node in range(len(tree)) if has(node)]
    found = []
    node = tree.find(text, 0, here=True)
    while node is not None and node not in found:
        found.append(node)
        node = tree.find(text, node)
    assert found == wanted
    assert [tree.found(text, node) for node in wanted] == [(n + 1, len(wanted)) for n in range(len(wanted))]


def test_beyond_some_thousand_nodes_hits_are_still_numbered_in_order() -> None:
    tree = tree_of([f"line {n}" for n in range(12_000)])
    assert tree.found("line", 1) == (1, 12_000)
    assert tree.found("line", 12_000) == (12_000, 12_000)
    assert tree.found("line", 0) == (0, 12_000)


def test_the_same_key_is_found_wherever_it_stands_and_no_other() -> None:
    tree = tree_of({"id": 1, "x": {"ID": 0, "id": "id"}, "y": ["id", {"id": 2}], "idle": 3})
    first = tree.nearest(0, ("id",))
    second = tree.same_key(first, 1)
    assert tree.keys_to(second)[1] == ("x", "id")
    third = tree.same_key(second, 1)
    assert tree.keys_to(third)[1] == ("y", 1, "id")
    assert tree.same_key(third, 1) == first
    assert tree.same_key(first, -1) == third
    assert tree.same_key(tree.nearest(0, ("y", 0)), 1) == tree.nearest(0, ("y", 0))
    assert tree.same_key(tree.nearest(0, ("idle",)), 1) == tree.nearest(0, ("idle",))


def test_siblings_are_walked_over_what_stands_below_them() -> None:
    tree = tree_of({"a": {"b": {"c": 1}}, "d": [1], "e": 2})
    a, d, e = (tree.nearest(0, (key,)) for key in "ade")
    assert [tree.sibling(a, 1), tree.sibling(d, 1), tree.sibling(e, 1)] == [d, e, e]
    assert [tree.sibling(e, -1), tree.sibling(d, -1), tree.sibling(a, -1)] == [d, a, a]
    assert tree.sibling(0, 1) == tree.sibling(0, -1) == 0


def test_broken_inner_json_stands_raw_in_its_place_with_the_position() -> None:
    text = '{"a": 1,\n "b": [1, 2\n}'
    decoded = decode({"Result": text, "next": 1}, ["Result"])
    tree = JsonTree([Root(decoded.value)], decoded)
    shown = rows(tree)
    assert shown[1] == "  ▾ Result: ⟪broken⟫ Expecting ',' delimiter, line 3, column 1 (character 21)"
    assert shown[2:5] == ['    │ {"a": 1,', '    │  "b": [1, 2', "    │ }  ← here"]
    assert shown[5] == "    next: 1"
    assert tree.value(3) == text
    assert tree.sent(3) == text


def test_a_repaired_reading_has_what_was_sent_before_it() -> None:
    text = '{"a": 1\n"b": [2]}'
    decoded = decode({"Result": text}, ["Result"])
    tree = JsonTree([Root(decoded.value)], decoded)
    assert rows(tree)[1:4] == [
        "  ▾ Result: ⟪repaired⟫ {2}",
        "    ▸ as sent: ⟪broken⟫ Expecting ',' delimiter, line 2, column 1 (character 8)",
        "      a: 1",
    ]
    assert tree.value(2) == text
    assert tree.found('"b": [2]', 0).many == 0  # found in the reading, not twice


def test_the_string_that_holds_a_node_is_the_nearest_one() -> None:
    inner = json.dumps({"deep": [1]})
    middle = json.dumps({"inner": inner})
    decoded = decode_everywhere({"outer": middle, "plain": "x"})
    tree = JsonTree([Root(decoded.value)], decoded)
    assert tree.sent(tree.nearest(0, ("outer", "inner", "deep", 0))) == inner
    assert tree.sent(tree.nearest(0, ("outer",))) == middle
    assert tree.sent(tree.nearest(0, ("plain",))) is None
    assert rows(tree)[2] == "    ▾ inner: ⟪json⟫ {1}"


def test_a_long_text_is_folded_and_unfolds_to_pieces_that_finding_sees_as_one() -> None:
    text = "x" * 3_998 + "needle" + "y" * 30_000
    tree = tree_of({"text": text, "z": 1})
    assert rows(tree)[1].startswith("  ▸ text: 34,004 characters  ")
    assert len(tree.visible) == 3
    hit = tree.find("needle", 0)
    assert hit is not None
    assert tree.value(hit) == text
    tree.unfold_deep(0)
    assert len(tree.visible) == 3
    tree.unfold(1)
    assert "".join(row.strip().removeprefix("│ ") for row in rows(tree)[2:-1]) == text


def test_no_row_hands_out_anything_a_terminal_would_obey() -> None:
    decoded = decode(
        {"Result": "{" + EVERYTHING, EVERYTHING: [EVERYTHING, {"x": EVERYTHING * 400}]}, ["Result"]
    )
    tree = JsonTree([Root(decoded.value, label=EVERYTHING)], decoded)
    for fold in (False, True):
        for row in rows(tree):
            assert not unsafe(row)
        if fold:
            tree.fold_deep(0)
        else:
            for node in range(len(tree)):
                tree.unfold(node)
