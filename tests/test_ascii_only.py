"""`--ascii` and `--no-color` on the screens: our own signs are ASCII, and no colour is sent."""

from __future__ import annotations

import pytest

from icetui.screens.choose import Choose
from tests.on_screen import BIG, demo, listed, opened, screen_text, until


def ours(text: str) -> set[str]:
    """Characters beyond ASCII that are no letter: titles keep their own script and its punctuation."""
    return {
        char
        for char in text
        if not char.isascii() and not char.isalnum() and char not in "《》、：，。！？（）“”’—–"
    }


@pytest.mark.parametrize("family", ["smart", "batch", "iproduction"])
async def test_ascii_draws_none_of_our_signs(family: str) -> None:
    async with demo(ascii=True, family=family).run_test(size=BIG) as pilot:
        await listed(pilot)
        assert not ours(screen_text(pilot))
        await pilot.press("f", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        assert not ours(screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Choose))
        await opened(pilot)
        for _ in range(5):
            await pilot.press("]")
            await pilot.pause()
            assert not ours(screen_text(pilot))


async def test_no_color_is_a_flag_too() -> None:
    async with demo(no_color=True).run_test(size=BIG) as pilot:
        await listed(pilot)
        assert pilot.app.no_color
        colours = {
            segment.style.color
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.color is not None
        }
        assert {colour.name for colour in colours} <= {"default"}
