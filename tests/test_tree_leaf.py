"""The JSON tabs in the running program: keys, forms, copies, and what a refresh leaves alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.panes import clipboard
from icetui.panes.spans import plain
from icetui.panes.tree_leaf import TreeLeaf
from icetui.screens.detail import Detail
from tests.on_screen import BIG, SMALL, browse, demo, listed, opened, screen_text, until

ASR = "******042d5e4db6866f6289d1******"
BATCH = "****b6b2750d4308892ac3330238****"


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the clipboard."""
    taken: list[str] = []

    async def copy(text: str, *_: object, **__: object) -> clipboard.Copied:
        taken.append(text)
        return clipboard.Copied("tmux", len(text), True)

    monkeypatch.setattr(clipboard, "copy", copy)
    return taken


async def detail_of(pilot: Pilot[Any], job_id: str, title: str) -> tuple[Detail, TreeLeaf]:
    """A job, opened, on one of its tabs."""
    screen = browse(pilot)
    await listed(pilot)
    if not screen.table.choose(job_id):
        screen.feed.follow([job_id])
        await pilot.press("r")
        await until(pilot, lambda: any(job.id == job_id for job in screen.table.place.latest))
        screen.table.release()
    detail = await opened(pilot, job_id)
    while title != detail.leaf.TITLE:
        await pilot.press("]")
    leaf = detail.leaf
    assert isinstance(leaf, TreeLeaf)
    return detail, leaf


def here(leaf: TreeLeaf) -> str:
    return plain(leaf.lines.line(leaf.point)).strip()


def rows(leaf: TreeLeaf) -> list[str]:
    return [plain(leaf.lines.line(y)).strip() for y in range(len(leaf.lines))]


async def test_the_forms_of_an_answer_keep_their_places() -> None:
    async with demo().run_test(size=BIG) as pilot:
        _, leaf = await detail_of(pilot, ASR, "Raw")
        assert any(row.startswith('AiResult: "[') for row in rows(leaf))
        await pilot.press("G")
        last = here(leaf)
        await pilot.press("i")
        assert "▾ AiResult: ⟪json⟫ [5]" in rows(leaf)
        assert leaf.point == 0
        await pilot.press("j", "j", "i")
        assert here(leaf) == last
        await pilot.press("i")
        assert leaf.point == 2


async def test_a_drawn_result_turns_into_its_tree_and_into_what_was_sent() -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, leaf = await detail_of(pilot, ASR, "Result")
        assert "5 cues" in screen_text(pilot)
        assert "tree" not in detail.places
        await pilot.press("i")
        assert rows(leaf)[0].startswith("▾ ")
        assert rows(leaf)[0].endswith(": ⟪json⟫ [5]")
        assert "tree" in detail.places
        assert "h fold" in screen_text(pilot)
        await pilot.press("i")
        assert rows(leaf)[0].endswith('to\\": 15.3}]"') or ': "[{' in rows(leaf)[0]
        await pilot.press("i")
        assert "5 cues" in screen_text(pilot)


async def test_keys_fold_unfold_and_go_back_from_the_root_only() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        detail, leaf = await detail_of(pilot, BATCH, "Raw")
        await pilot.press("i", "j", "j")
        assert here(leaf) == "▾ EditingBatchJob: {14}"
        await pilot.press("l", "h")
        assert here(leaf) == "▾ EditingBatchJob: {14}"
        await pilot.press("h")
        assert here(leaf).startswith("▸ EditingBatchJob: {14}  JobId: ")
        many = len(leaf.lines)
        await pilot.press("right")
        assert len(leaf.lines) > many
        await pilot.press("(", "(", "(", "(", "(", "(", "(", "(", "(")
        assert here(leaf).startswith("▸ {2}")
        await pilot.press(")")
        assert len(leaf.lines) == 3
        await pilot.press("L", "j", "}")
        assert here(leaf) == "▾ EditingBatchJob: {14}"
        await pilot.press("{")
        assert here(leaf).startswith("RequestId")
        await pilot.press("h")
        assert pilot.app.screen is detail
        await pilot.press("h")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))


async def test_the_same_key_is_walked_also_where_it_is_folded() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        _, leaf = await detail_of(pilot, BATCH, "Raw")
        await pilot.press("i", "H", "l", "j", "j", "l", "j")
        assert here(leaf).startswith("JobId: ")
        first = here(leaf)
        await pilot.press("*")
        assert here(leaf).startswith("JobId: ")
        assert here(leaf) != first
        await pilot.press("number_sign")
        assert here(leaf) == first


async def test_a_find_counts_what_is_folded_and_unfolds_the_way_there() -> None:
    async with demo(family="batch").run_test(size=BIG) as pilot:
        _, leaf = await detail_of(pilot, BATCH, "Raw")
        await pilot.press("i", "H")
        assert len(leaf.lines) == 1
        await pilot.press("/", *"MediaGroup", "enter")
        assert '"MediaGroup": 1 of 3' in screen_text(pilot)
        assert here(leaf) == "▾ MediaGroupArray: [2]" or here(leaf).startswith("▸ MediaGroupArray")
        await pilot.press("n")
        assert '"MediaGroup": 2 of 3' in screen_text(pilot)
        await pilot.press("N", "N")
        assert '"MediaGroup": 3 of 3' in screen_text(pilot)


async def test_copies_of_a_node_are_the_true_text_and_the_words_say_what(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail, leaf = await detail_of(pilot, ASR, "Raw")
        await pilot.press("i", "/", *"Speaking of", "enter", "escape")
        assert here(leaf).startswith("content: ")
        said = []
        for second in "yjpqr":
            await pilot.press("y", second)
            await until(pilot, lambda: "Copied" in screen_text(pilot))
            said.append(screen_text(pilot).split("\n")[-2])
        value, text, jsonpath, jq, raw = copies
        assert value == "Speaking of which,"
        assert text == '"Speaking of which,"'
        assert jsonpath.endswith(".AiResult")
        assert "the JSONPath of the string: JSONPath cannot look into it" in said[2]
        assert jq.endswith(".AiResult | fromjson | .[0].content")
        assert "the jq path" in said[3]
        assert json.loads(raw)[0]["content"] == value
        assert "as sent" in said[4]
        assert detail.opened is not None
        assert json.dumps(raw)[1:20] in detail.opened.answer.text


async def test_folds_the_place_and_its_line_stay_over_a_refresh_that_changes_the_value() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        detail, leaf = await detail_of(pilot, ASR, "Raw")
        await pilot.press("i", "/", *"content", "enter", "escape", "h", "h", "j", "h")
        before, top = rows(leaf), leaf._top
        place = here(leaf)
        assert place.startswith("▸ [1]")
        opened_before = detail.opened
        assert opened_before is not None
        value = json.loads(json.dumps(opened_before.decoded.value))
        value["AAA"] = "new"
        newer = replace(
            opened_before,
            decoded=replace(opened_before.decoded, value={"New": 1, **value}),
            answer=replace(opened_before.answer, text=opened_before.answer.text + " "),
        )
        detail.post_message(Detail.Arrived(detail.job.id, newer, None))
        await until(pilot, lambda: detail.opened is newer)
        assert here(leaf) == place
        assert [row for row in rows(leaf) if row not in before] == ["▾ {7}", "New: 1", 'AAA: "new"']
        assert leaf._top.y == top.y + 1


async def test_another_job_begins_anew_in_the_same_form() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        detail, leaf = await detail_of(pilot, ASR, "Raw")
        await pilot.press("i", "G")
        await pilot.press("K")
        await until(pilot, lambda: detail.opened is not None and detail.opened.job.id != ASR)
        assert leaf.point == 0
        assert "decoded" in screen_text(pilot)
