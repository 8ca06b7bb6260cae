"""Paths as text: the real jq is the judge of every one that is written."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui.call import Json
from icetui.decode import Decoded, at, decode, decode_everywhere, join, parse
from icetui.families import batch, iproduction, smart, vod_ai
from icetui.panes.json_tree import JsonTree, Root
from icetui.paths import Border, jq, jsonpath, stepped
from tests.recorded import ANSWERS

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


def ask_jq(document: str, paths: Sequence[str]) -> list[Any]:
    """What jq finds in a document at some paths, in one process; a failure is its words."""
    tries = [f"[(try ({path}) catch {{jq_said: .}})]" for path in paths]
    found: list[Any] = []
    for start in range(0, len(tries), 300):
        some = tries[start : start + 300]
        done = subprocess.run(
            ["jq", "-c", ", ".join(some)], input=document.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        values = [json.loads(line)[0] for line in done.stdout.decode().removesuffix("\n").split("\n")]
        assert len(values) == len(some)
        found += values
    return found


def as_jq_reads(value: Json) -> Json:
    """A value with numbers as doubles and half characters replaced, as jq has them."""
    if isinstance(value, dict):
        return {as_jq_reads(key): as_jq_reads(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_jq_reads(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


CONTAINERS = frozenset().union(*(each._CONTAINERS for each in (batch, iproduction, smart, vod_ai)))
SAMPLES = sorted(
    file.name for file in ANSWERS.glob("*.json") if not file.name.startswith(("INDEX", "subtitles"))
)


def check(document: str, decoded: Decoded) -> int:
    """Holds every path of a document against what jq finds there; how many there were."""
    tree = JsonTree([Root(decoded.value)], decoded)
    nodes = [node for node in range(len(tree)) if not tree.is_text(node) or tree.owner(node) == node]
    ways = [tree.steps(node) for node in nodes]
    found = ask_jq(document, [jq(way).text for way in ways])
    for node, way, there in zip(nodes, ways, found, strict=True):
        sent = tree.sent(node)
        if jq(way).whole:
            expected = still_encoded(decoded, tree.value(node), path_of(way))
        else:
            expected = at_outermost_closed(decoded, way)
        assert as_jq_reads(there) == as_jq_reads(expected), (jq(way).text, node)
        pointed = at(decoded.as_sent, jsonpath(way).text.removeprefix("$").removeprefix("."))
        if jsonpath(way).whole:
            assert pointed == still_encoded(decoded, tree.value(node), path_of(way))
            assert sent is None or tree.fault(node) is not None
        else:
            assert isinstance(pointed, str)
            assert sent is not None
    return len(nodes)


def path_of(way: Sequence[Any]) -> str:
    path = ""
    for step in way:
        path = path if isinstance(step, Border) else join(path, step)
    return path


def still_encoded(decoded: Decoded, value: Json, path: str) -> Json:
    """A decoded value with the strings in it as they came: jq decodes only those on its way."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = {
        key: decoded.texts.get(join(path, key)) or still_encoded(decoded, item, join(path, key))
        for key, item in items
    }
    return below if isinstance(value, dict) else list(below.values()) if isinstance(value, list) else value


def at_outermost_closed(decoded: Decoded, way: Sequence[Any]) -> str:
    """The text behind the first closed border of a way."""
    before = way[: list(way).index(Border.CLOSED)]
    path = next(
        path for path in decoded.closed if stepped(path, decoded.boundaries, decoded.closed)[:-1] == before
    )
    return decoded.texts[path]


@needs_jq
@pytest.mark.parametrize("name", SAMPLES)
def test_every_node_of_every_sample_is_where_its_copied_path_leads_the_real_jq(name: str) -> None:
    text = (ANSWERS / name).read_text("utf-8")
    decoded = decode(parse(text), CONTAINERS)
    assert check(text, decoded) >= 1
    assert check(text, Decoded(decoded.as_sent, decoded.as_sent)) >= 1


odd_text = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["", "a.b", 'q"', "\\(x)", "it's", "MOS(0-5)", "中文", "\u202e", "\x1b[0m", "if", "$x", " "]
    ),
)
numbers = st.one_of(
    st.integers(-(10**6), 10**6), st.sampled_from([2**53 + 1, 10**30, 0.1, -0.0, 1e-7, 1.5e300])
)
leaves = st.one_of(st.none(), st.booleans(), numbers, odd_text)


def nested(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    held = st.one_of(st.lists(below, max_size=3), st.dictionaries(odd_text, below, max_size=3))
    return st.one_of(held, held.map(lambda value: json.dumps(value, ensure_ascii=False)))


@needs_jq
@settings(max_examples=60, deadline=None)
@given(st.lists(st.recursive(leaves, nested, max_leaves=8), min_size=1, max_size=8))
def test_any_key_and_any_nesting_is_found_by_the_real_jq(documents: list[Any]) -> None:
    text = json.dumps(documents)
    decoded = decode_everywhere(parse(text))
    check(text, decoded)


def test_a_path_crosses_each_border_in_jq_and_ends_at_the_first_in_jsonpath() -> None:
    way = ("Job", "Data", Border.DECODED, 0, "MOS(0-5)", Border.DECODED, "x y")
    assert jq(way) == ('.Job.Data | fromjson | .[0]["MOS(0-5)"] | fromjson | .["x y"]', True)
    assert jsonpath(way) == ("$.Job.Data", False)
    assert jq(("a", Border.CLOSED, "b")) == (".a", False)
    assert jq(()) == (".", True)
    assert jsonpath(()) == ("$", True)


@needs_jq
@pytest.mark.parametrize(
    ("inner", "is_closed"),
    [
        ('{"a": NaN}', True),
        ('{"a": [-Infinity]}', True),
        ('\u00a0{"a": 1}', True),
        ('\ufeff{"a": 1}\u3000', True),
        ('{"a": "\\ud83d"}', True),
        ('{"a": "\\ude00\\ud83d"}', True),
        ('{"a": "\\ud83d\\ude00"}', False),
        ('{"a": "\\\\ud83d"}', False),
        ('{"a": "NaN"}', False),
    ],
)
def test_what_we_read_more_kindly_than_jq_is_closed_to_it(inner: str, is_closed: bool) -> None:
    text = json.dumps({"Result": inner})
    decoded = decode(parse(text), ["Result"])
    assert ("Result" in decoded.closed) is is_closed
    check(text, decoded)


def test_a_repaired_text_ends_both_paths() -> None:
    inner = '{"a": 1\n"b": [2]}'
    decoded = decode({"Result": inner}, ["Result"])
    tree = JsonTree([Root(decoded.value)], decoded)
    node = tree.nearest(0, ("Result", "b", 0))
    assert tree.value(node) == 2
    assert jq(tree.steps(node)) == (".Result", False)
    assert jsonpath(tree.steps(node)) == ("$.Result", False)
    assert tree.sent(node) == inner


def test_what_cannot_be_seen_in_a_key_is_escaped_in_a_path() -> None:
    assert jq(("\u202e\x1b",)).text == '.["\\u202e\\u001b"]'
