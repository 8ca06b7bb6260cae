"""The difference of two values: nothing lost, nothing made up, items aligned, what is ignored kept apart."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui import alignment
from icetui.alignment import aligned
from icetui.call import Json
from icetui.decode import at
from icetui.diff import (
    ANY,
    MISSING,
    Ignoring,
    Node,
    Side,
    compare,
    difference,
    differences,
    group,
    only,
    pieces,
)

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from([0.5, 1.0]), st.text("ab ", max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6), st.dictionaries(st.text("abi", max_size=2), inner, max_size=4)
    ),
    max_leaves=25,
)


def found(top: Node) -> list[tuple[str, str | None, str | None]]:
    """(change, path on the left, path on the right) of each difference."""
    return [(node.change, node.path("left"), node.path("right")) for node in differences(top)]


def rebuilt(node: Node, side: Side) -> Json:
    """The value of one side, read off the tree to its last leaf."""
    value = node.left if side == "left" else node.right
    if node.leaf or not isinstance(value, (dict, list)):
        assert value is not MISSING
        return value
    at_side = 0 if side == "left" else 1
    nodes = [each for child in node.children for each in (child.run or (child,))]
    parts = [(node.steps[at_side], node) for node in nodes if node.steps[at_side] is not None]
    if isinstance(value, dict):
        return {str(step): rebuilt(each, side) for step, each in parts}
    assert [step for step, _ in parts] == list(range(len(parts)))
    return [rebuilt(each, side) for _, each in parts]


def strict(value: Json) -> object:
    """A value that equals another only where JSON says so: 1 is 1.0 and not true."""
    if isinstance(value, dict):
        return {key: strict(each) for key, each in value.items()}
    if isinstance(value, list):
        return [strict(each) for each in value]
    return (type(value) is bool, value)


@given(left=VALUES, right=VALUES)
def test_both_sides_can_be_read_off_the_tree(left: Json, right: Json) -> None:
    top = compare(left, right)
    assert strict(rebuilt(top, "left")) == strict(left)
    assert strict(rebuilt(top, "right")) == strict(right)


@given(left=VALUES, right=VALUES)
def test_there_is_a_difference_where_json_says_so_and_nowhere_else(left: Json, right: Json) -> None:
    assert (compare(left, right).count > 0) == (strict(left) != strict(right))


@given(left=VALUES, right=VALUES)
def test_every_difference_is_at_its_paths_and_has_its_number(left: Json, right: Json) -> None:
    top = compare(left, right)
    nodes = list(differences(top))
    assert len(nodes) == top.count
    for n, node in enumerate(nodes):
        assert difference(top, n) is node
        assert node.first == n
        for side, value, whole in (("left", node.left, left), ("right", node.right, right)):
            path = node.path(side)  # type: ignore[arg-type]
            assert (path is None) == (value is MISSING)
            if path is not None:
                assert at(whole, path) == value
    with pytest.raises(IndexError):
        difference(top, len(nodes))


@given(value=VALUES)
def test_a_value_does_not_differ_from_itself_or_from_its_copy_in_another_order(value: Json) -> None:
    def turned(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: turned(each) for key, each in reversed(value.items())}
        return [turned(each) for each in value] if isinstance(value, list) else value

    assert compare(value, turned(value)).count == 0


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        (1, 1.0, False),
        ([1], [1.0], False),
        ({"a": {"b": 2}}, {"a": {"b": 2.0}}, False),
        (1, True, True),
        (0, False, True),
        (1, "1", True),
        (None, "", True),
        ([], {}, True),
        (10**400, 10**400 + 1, True),
        (2**53, float(2**53), False),
        (2**53 + 1, float(2**53), True),
        ([1, 2], [2, 1], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": None}, {}, True),
    ],
)
def test_what_is_the_same(left: Json, right: Json, differ: bool) -> None:
    assert bool(compare(left, right).count) == differ


def cues(*texts: str) -> list[Json]:
    return [{"content": text, "from": float(n), "to": n + 0.5} for n, text in enumerate(texts)]


def test_an_inserted_cue_is_one_difference() -> None:
    left = cues(*"abcdefgh")
    right = copy.deepcopy(left)
    right.insert(3, {"content": "new", "from": 2.6, "to": 2.7})
    assert found(compare(left, right)) == [("added", None, "[3]")]
    assert found(compare(right, left)) == [("removed", "[3]", None)]


def test_cues_that_all_moved_are_known_by_their_text() -> None:
    left = cues("one", "two", "three", "four")
    right: list[Json] = [
        {"content": "zero", "from": 0.0, "to": 0.5},
        *(
            {"content": t, "from": n + 1.0, "to": n + 1.5}
            for n, t in enumerate(["one", "two", "three", "four"])
        ),
    ]
    told = found(compare(left, right))
    assert told[0] == ("added", None, "[0]")
    assert told[1:3] == [("changed", "[0].from", "[1].from"), ("changed", "[0].to", "[1].to")]
    assert len(told) == 9
    assert not any(path and path.endswith("content") for _, path, _ in told)


def test_a_reworded_cue_is_a_changed_text() -> None:
    left = cues("one", "two", "three")
    right = copy.deepcopy(left)
    right[1]["content"] = "2"
    assert found(compare(left, right)) == [("changed", "[1].content", "[1].content")]


def test_items_are_known_by_name_before_place() -> None:
    left: Json = [{"name": "a", "v": 1}, {"name": "b", "v": 2}, {"name": "c", "v": 3}]
    right: Json = [{"name": "b", "v": 20}, {"name": "c", "v": 30}]
    assert found(compare(left, right)) == [
        ("removed", "[0]", None),
        ("changed", "[1].v", "[0].v"),
        ("changed", "[2].v", "[1].v"),
    ]


def test_a_name_that_several_items_have_names_none() -> None:
    left: Json = [{"name": "x", "text": "one", "v": 1}, {"name": "x", "text": "two", "v": 1}]
    right: Json = [{"name": "x", "text": "two", "v": 2}]
    assert found(compare(left, right)) == [("removed", "[0]", None), ("changed", "[1].v", "[0].v")]


def test_an_id_that_is_ignored_names_nothing() -> None:
    left: Json = [{"id": "1", "text": "one"}, {"id": "2", "text": "two"}]
    right: Json = [{"id": "2", "text": "one"}, {"id": "3", "text": "two"}]
    ignoring = Ignoring((lambda step, _: step == "id",))
    top = compare(left, right, ignoring)
    assert (top.count, top.ignored) == (0, 2)
    assert compare(left, right).count == 3


def test_a_value_of_another_type_is_one_difference_with_both_values() -> None:
    (node,) = differences(compare({"a": {"b": 1, "c": 2}}, {"a": [1]}))
    assert (node.left, node.right, node.leaf) == ({"b": 1, "c": 2}, [1], True)


def test_an_added_value_counts_once_however_large() -> None:
    top = compare({}, {"a": [{"b": 1}, {"c": 2}]})
    (node,) = differences(top)
    assert (node.change, top.count) == ("added", 1)
    below = node.children[1].children[0]
    assert (below.path("right"), below.path("left"), below.change) == ("a[1].c", None, "added")
    assert list(differences(top)) == [node]


def test_rules_ignore_a_path_and_all_below_it() -> None:
    left: Json = {"a": [{"x": 1, "y": {"z": 1}}, {"x": 2}], "b": 1}
    right: Json = {"a": [{"x": 3, "y": {"z": 2}}, {"x": 4}], "b": 2}
    for rules, count, ignored in (
        ([("a", ANY, "x")], 2, 2),
        ([("a", 0)], 2, 1),
        ([("a",)], 1, 1),
        ([("a", ANY, "y"), ("b",)], 2, 2),
        ([("nothing",)], 4, 0),
        ([()], 0, 1),
    ):
        top = compare(left, right, Ignoring(rules=tuple(rules)))
        assert (top.count, top.ignored) == (count, ignored), rules


def test_what_is_ignored_does_not_hinder_the_alignment() -> None:
    left: list[Json] = [{"t": f"{n}", "when": n} for n in range(20)]
    right: list[Json] = [{"t": f"{n}", "when": n + 100} for n in range(20)]
    del right[7]
    top = compare(left, right, Ignoring(rules=((ANY, "when"),)))
    assert found(top) == [("removed", "[7]", None)]
    assert top.ignored == 19


def test_many_that_are_the_same_are_folded_into_one_line() -> None:
    left: list[Json] = list(range(1000))
    right = [*left[:500], -1, *left[501:]]
    top = compare(left, right)
    before, changed, after = top.children
    assert (len(before.run), changed.change, len(after.run)) == (500, "changed", 499)
    assert after.run[0].path("left") == "[501]"


def test_trees_are_put_under_names() -> None:
    parts: dict[str, Node | dict[str, Node]] = {
        "p": compare({"x": 1}, {"x": 2}, base=("a.b", "a.c")),
        "q": {"r": only([1], "left", base="e[0]")},
    }
    top = group(parts)
    assert found(top) == [("changed", "a.b.x", "a.c.x"), ("removed", "e[0]", None)]
    assert [each.step for each in top.children] == ["p", "q"]
    assert top.children[1].path("left") is None


# --- alignment ------------------------------------------------------------------------------------


NUMBERS = st.lists(st.integers(0, 6), max_size=30)


@given(left=NUMBERS, right=NUMBERS, exact=st.sampled_from([0, 20, 1_000_000]))
def test_pairs_are_equal_and_in_order(left: list[int], right: list[int], exact: int) -> None:
    pairs = aligned(left, right, exact)
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(pairs))


@given(left=NUMBERS, cut=st.sets(st.integers(0, 29)))
def test_what_is_left_of_a_sequence_is_found_in_it(left: list[int], cut: set[int]) -> None:
    part = [each for n, each in enumerate(left) if n not in cut]
    assert len(aligned(left, part)) == len(part)


def test_a_gap_that_is_too_large_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "_longest", lambda *_: pytest.fail("the table would be too large"))
    left = [n % 7 for n in range(60_000)]
    right = [9, *left[:30_000], 8, 8, *left[30_000:], 9]
    pairs = aligned([*left, 5], [*right, 6], 1000)
    assert len(pairs) == 60_000


# --- strings --------------------------------------------------------------------------------------


def marked(parts: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if alone else text for text, alone in parts)


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("the quick fox", "the slow fox", ("the [quick] fox", "the [slow] fox")),
        ("take 12345", "take 12945", ("take [12345]", "take [12945]")),
        ("今天天气很好", "今天天气不错", ("今天天气[很好]", "今天天气[不错]")),
        ("a/b_0.mp4", "a/b_1.mp4", ("a/[b_0].mp4", "a/[b_1].mp4")),
        ("", "x", ("", "[x]")),
        ("one, two.", "three, four!", ("[one, two.]", "[three, four!]")),
        ("one, two three", "one, 2 three", ("one, [two] three", "one, [2] three")),
        ("ab ab", "ab", ("ab[ ab]", "ab")),
        ("same", "same", ("same", "same")),
    ],
)
def test_the_differing_part_of_a_text_is_marked(left: str, right: str, shown: tuple[str, str]) -> None:
    here, there = pieces(left, right)
    assert (marked(here), marked(there)) == shown


@given(left=st.text("ab 1天", max_size=20), right=st.text("ab 1天", max_size=20))
def test_pieces_make_the_texts_again_and_agree(left: str, right: str) -> None:
    here, there = pieces(left, right)
    assert "".join(text for text, _ in here) == left
    assert "".join(text for text, _ in there) == right
    assert "".join(t for t, alone in here if not alone) == "".join(t for t, alone in there if not alone)


def test_megabytes_of_text_are_marked_by_their_ends() -> None:
    left = "word " * 400_000
    here, there = pieces(left, f"{left[:1_000_000]}X{left[1_000_001:]}")
    assert sum(len(text) for text, alone in here if alone) < 10
    assert [text for text, alone in there if alone] == ["Xord"]


def test_a_whole_transcript_of_50_000_cues_is_compared() -> None:
    left = cues(*(f"cue {n}" for n in range(50_000)))
    right: list[Any] = json.loads(json.dumps(left))
    right.insert(10, {"content": "new", "from": 9.6, "to": 9.7})
    right[40_000]["content"] = "other"
    del right[45_000]
    assert found(compare(left, right)) == [
        ("added", None, "[10]"),
        ("changed", "[39999].content", "[40000].content"),
        ("removed", "[44999]", None),
    ]
