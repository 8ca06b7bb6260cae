"""`c`: another profile or region inside the program; a place for each, and no row under the wrong name."""

from __future__ import annotations

import random
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.app import IcetuiApp
from icetui.credentials import Source
from icetui.panes.bars import Header, StatusLine
from icetui.panes.spans import plain
from icetui.screens.choose import Choose
from icetui.screens.detail import Detail
from icetui.screens.identity import SignIn
from tests.accounts import PROFILES, Cloud, cloud, program
from tests.on_screen import BIG, SMALL, browse, demo, lines_of, listed, opened, screen_text, until

PROD, STAGE = Source("profile", "prod"), Source("profile", "stage")


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    return cloud(monkeypatch)


def header(pilot: Pilot[Any]) -> str:
    """What the header says."""
    bar = browse(pilot).query_one(Header)
    return plain(bar.line(bar.size.width))


def app_of(pilot: Pilot[Any]) -> IcetuiApp:
    app = pilot.app
    assert isinstance(app, IcetuiApp)
    return app


def label(pilot: Pilot[Any]) -> str:
    """How rows of the present identity begin."""
    session = app_of(pilot).session
    return f"{session.identity.key.id[-4:]}-{session.region}"


async def shown(pilot: Pilot[Any]) -> None:
    """Live rows of the present identity."""
    app = app_of(pilot)
    await until(pilot, lambda: app.session.opened and browse(pilot).ready)
    await listed(pilot)
    await until(pilot, lambda: bool(browse(pilot).table.shown))


async def menu(pilot: Pilot[Any]) -> str:
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    return screen_text(pilot)


async def test_the_menu_names_here_the_profiles_and_other_regions(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        text = await menu(pilot)
        assert "1 • prod · cn-shanghai" in text
        assert "2   stage · cn-shanghai" in text
        assert "keyring · LTAI…e002" in text
        assert "another region…" in text
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        assert label(pilot) == "0001-cn-shanghai"


async def test_the_header_names_the_new_identity_before_anybody_has_answered(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        before = accounts.last
        accounts.held = True
        await menu(pilot)
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        assert "stage · keyring · LTAI…e002 · cn-shanghai" in header(pilot)
        assert "0001" not in screen_text(pilot)
        assert not browse(pilot).table.shown
        await until(pilot, lambda: len(accounts.made) == 2)
        accounts.last.gate.set()
        await shown(pilot)
        assert browse(pilot).table.shown[0].id == "e002-cn-shanghai-000"
        assert before.closed


async def test_a_digit_goes_back_to_where_one_was_and_finds_the_place(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        await pilot.press("j", "j", "j", "2")
        await listed(pilot)
        await pilot.press("j", "j")
        app_of(pilot).switch(STAGE, "cn-beijing")
        await shown(pilot)
        assert browse(pilot).family.name == "batch"
        assert browse(pilot).table.job is not None
        await pilot.press("1")
        await listed(pilot)
        assert label(pilot) == "e002-cn-beijing"
        text = await menu(pilot)
        assert "1 • stage · cn-beijing" in text
        assert "2   prod · cn-shanghai" in text
        await pilot.press("2")
        await shown(pilot)
        table = browse(pilot).table
        assert table.job is not None
        assert table.job.id == "0001-cn-shanghai-003"
        await pilot.press("2")
        await listed(pilot)
        assert table.job.id == "0001-cn-shanghai-002"


async def test_places_are_remembered_by_the_next_session(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        app_of(pilot).switch(PROD, "cn-beijing")
        await shown(pilot)
        await menu(pilot)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        text = await menu(pilot)
        assert "1 • prod · cn-shanghai" in text
        assert "2   prod · cn-beijing" in text
        await pilot.press("2")
        await shown(pilot)
        assert label(pilot) == "0001-cn-beijing"


async def test_another_region_is_chosen_or_typed(accounts: Cloud) -> None:
    async with program().run_test(size=SMALL) as pilot:
        await shown(pilot)
        await menu(pilot)
        await pilot.press("3")
        await until(pilot, lambda: "cn-hangzhou" in screen_text(pilot))
        await pilot.press("2")
        await shown(pilot)
        assert label(pilot) == "0001-cn-beijing"
        app_of(pilot).switch(PROD, "eu-central-1")
        await shown(pilot)
        assert label(pilot) == "0001-eu-central-1"


async def test_a_region_that_is_none_is_said_and_the_way_back_is_open(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        app_of(pilot).switch(PROD, "evil.example.com/")
        await until(pilot, lambda: "is not a region" in screen_text(pilot))
        assert not browse(pilot).table.shown
        app_of(pilot).switch(PROD, "cn-shanghai")
        await shown(pilot)
        assert label(pilot) == "0001-cn-shanghai"


async def test_an_opened_job_is_left_and_its_late_answer_dropped(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        accounts.last.gate.clear()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Detail))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        old = accounts.last
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        old.gate.set()
        await shown(pilot)
        assert "0001" not in screen_text(pilot)


async def test_the_beats_of_an_identity_that_was_left_end(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        old = accounts.last
        app_of(pilot).switch(STAGE, "cn-shanghai")
        await shown(pilot)
        asked = len(old.calls)
        for _ in range(3):
            browse(pilot).feed.nudge()
            await pilot.pause(0.05)
        assert len(old.calls) == asked


@pytest.mark.parametrize("seed", range(6))
async def test_no_row_of_one_account_ever_stands_under_another(accounts: Cloud, seed: int) -> None:
    """Whatever is pressed while answers come late and in any order."""
    chance = random.Random(seed)
    places = [(source, region) for source in (PROD, STAGE) for region in ("cn-shanghai", "cn-beijing")]
    wrong: list[str] = []

    def look() -> None:
        app = app_of(pilot)
        rows = browse(pilot).table.shown
        if not app.session.opened:
            wrong.extend(job.id for job in rows)
            return
        own = label(pilot)
        wrong.extend(f"{job.id} under {own}" for job in rows if not job.id.startswith(own))
        preview = lines_of(browse(pilot).query_one("#preview"))  # type: ignore[arg-type]  # it is one
        others = {f"{key[-4:]}-{region}" for key in PROFILES.values() for _, region in places} - {own}
        wrong.extend(f"preview {each} under {own}" for each in others if each in preview)

    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        for _ in range(40):
            match chance.choice(["switch", "switch", "hold", "free", "refresh", "family", "move", "late"]):
                case "switch":
                    app_of(pilot).switch(*chance.choice(places))
                case "hold":
                    accounts.held = True
                case "free":
                    accounts.held = False
                    for each in accounts.made:
                        each.gate.set()
                case "refresh":
                    await pilot.press("r")
                case "family":
                    await pilot.press(chance.choice("12"))
                case "move":
                    await pilot.press("j")
                case "late":
                    # An answer of any account that is on its way to the list already.
                    for session in [*app_of(pilot)._sessions.values()]:
                        browse(pilot).post_message(browse(pilot).Arrived(session.feeds["smart"].snapshot))
            look()
            await pilot.pause()
            look()
    assert not wrong


async def test_a_profile_that_is_locked_offers_the_others(
    accounts: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from icetui import vault
    from icetui.errors import KeyringTrouble

    def locked(name: str, **_: object) -> dict[str, Any] | None:
        if name == "stage":
            raise KeyringTrouble("Keyring is locked.", kind="locked", hint="Unlock: so.")
        return accounts.read(name)

    monkeypatch.setattr(vault, "read", locked)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        app_of(pilot).switch(STAGE, "cn-shanghai")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn))
        assert "Keyring is locked. Unlock: so." in screen_text(pilot)
        assert "use prod" in screen_text(pilot)
        await pilot.press("1")
        await shown(pilot)
        assert label(pilot) == "0001-cn-shanghai"


async def test_the_demo_has_regions_too() -> None:
    async with demo().run_test(size=BIG) as pilot:
        await listed(pilot)
        app_of(pilot).switch(None, "cn-beijing")
        await until(pilot, lambda: browse(pilot).ready and not browse(pilot).table.shown)
        assert "cn-beijing" in header(pilot)
        text = await menu(pilot)
        assert "1 • cn-beijing" in text
        await pilot.press("2")
        await listed(pilot)
        await until(pilot, lambda: len(browse(pilot).table.shown) > 20)
        await opened(pilot)


async def test_what_the_old_identity_was_asked_for_is_cancelled(accounts: Cloud) -> None:
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        accounts.last.gate.clear()
        await pilot.press("r")
        await until(pilot, lambda: any(each.group == "refresh" for each in pilot.app.workers))
        app_of(pilot).switch(STAGE, "cn-shanghai")
        await pilot.pause()
        assert not any(each.group == "refresh" and each.is_running for each in pilot.app.workers)
        assert "asking" not in plain(browse(pilot).query_one(StatusLine).line(80))
