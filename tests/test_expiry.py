"""A temporary key that runs out while one looks: asking stops, rows stay, the same job afterwards."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui.credentials import KEY_ID, KEY_SECRET, TOKEN
from icetui.errors import Expired
from icetui.flags import Flags
from icetui.panes.bars import Header
from icetui.panes.spans import plain
from icetui.screens.choose import Choose
from icetui.screens.detail import Detail
from icetui.screens.identity import RanOut, SignIn
from icetui.session import EXPIRY_MARGIN, Session
from tests.accounts import Cloud, cloud, program
from tests.on_screen import BIG, SMALL, browse, screen_text, until
from tests.served import ServedGateway, served
from tests.terminal import ENTER, Terminal
from tests.test_identity import app_of, shown

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
TOLD = Expired("InvalidSecurityToken.Expired: it has run out", code="InvalidSecurityToken.Expired")


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = cloud(monkeypatch)
    made.keys["prod"] = "STS.NUAccountOfProd0001"
    return made


def temporary(accounts: Cloud, until: datetime | None = None, key_id: str = "") -> None:
    """The keyring holds a temporary key for prod from now on."""
    expires = {} if until is None else {"expires": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
    accounts.items["prod"] = {"security_token": "CAISExampleToken", **expires}
    if key_id:
        accounts.keys["prod"] = key_id


def header(pilot: Pilot[Any]) -> str:
    bar = browse(pilot).query_one(Header)
    return plain(bar.line(bar.size.width))


async def run_out(pilot: Pilot[Any], accounts: Cloud) -> None:
    """The service says that the token has run out, and the dialog is there."""
    accounts.last.wrong = TOLD
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))


async def test_the_service_says_so_and_nothing_is_asked_any_more(accounts: Cloud) -> None:
    temporary(accounts)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        rows = browse(pilot).table.shown
        await run_out(pilot, accounts)
        app_of(pilot).session.clock = lambda: NOW
        assert "expired " in header(pilot)
        assert "The temporary key STS.…0001 of profile prod ran out at" in screen_text(pilot)
        assert "r  run the source again  keyring" in screen_text(pilot)
        asked = len(accounts.last.calls)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        assert browse(pilot).table.shown == rows
        for key in ("2", "1", "j", "enter"):
            await pilot.press(key)
            await pilot.pause(0.05)
        assert isinstance(pilot.app.screen, Detail)
        assert "expired " in screen_text(pilot).splitlines()[0]
        assert len(accounts.last.calls) == asked


async def test_r_in_the_list_opens_the_dialog_again_and_p_the_profiles(accounts: Cloud) -> None:
    temporary(accounts)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        await run_out(pilot, accounts)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))
        await pilot.press("p")
        await until(pilot, lambda: "Profile and region" in screen_text(pilot))
        await pilot.press("2")
        await shown(pilot)
        assert "stage" in header(pilot)
        assert "expired" not in header(pilot)


async def test_the_source_run_again_gives_a_new_key_and_the_same_job_is_chosen(accounts: Cloud) -> None:
    temporary(accounts)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        app = app_of(pilot)
        await pilot.press("j", "j", "j", "j")
        app.session.store.follow(app.session.scope, "vod-ai", ["aaa", "bbb"])
        await run_out(pilot, accounts)
        temporary(accounts, key_id="STS.NUAnotherOfProd0001")
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        await shown(pilot)
        job = browse(pilot).table.job
        assert job is not None
        assert job.id == "0001-cn-shanghai-004"
        assert "expired" not in header(pilot)
        assert app.session.store.followed(app.session.scope, "vod-ai") == ("bbb", "aaa")


async def test_nothing_is_asked_from_a_minute_before_the_end(accounts: Cloud) -> None:
    now = NOW
    temporary(accounts, NOW + timedelta(minutes=5))
    app = program()
    app.session.clock = lambda: now
    async with app.run_test(size=SMALL) as pilot:
        await shown(pilot)
        assert header(pilot).endswith("until 14:05 UTC")
        asked = len(accounts.last.calls)
        now = NOW + timedelta(minutes=5, seconds=-60)
        browse(pilot).feed.nudge()
        await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))
        assert header(pilot).endswith("expired 14:05 UTC")
        assert len(accounts.last.calls) == asked


@pytest.mark.parametrize(
    ("left", "said"), [(3600, ""), (601, ""), (600, "until 14:10 UTC"), (61, "until 14:01 UTC")]
)
def test_the_header_says_until_when_from_ten_minutes_before(accounts: Cloud, left: int, said: str) -> None:
    temporary(accounts, NOW + timedelta(seconds=left))
    session = Session(Flags())
    session.clock = lambda: NOW
    session.open()
    assert session.until() == said
    session.check_expiry()
    session.close()


async def test_time_alone_brings_the_dialog(accounts: Cloud) -> None:
    """No beat is needed: the list may be paused."""
    temporary(accounts, datetime.now(UTC) + EXPIRY_MARGIN + timedelta(seconds=2))
    async with program().run_test(size=BIG) as pilot:
        await until(pilot, lambda: browse(pilot).ready)
        browse(pilot).feed.pause()
        await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))


async def test_the_dialog_waits_for_the_end_of_a_prompt(accounts: Cloud) -> None:
    temporary(accounts)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        await pilot.press("slash", "a")
        app_of(pilot).session.ran_out(NOW)
        await until(pilot, lambda: "expired 14:00 UTC" in header(pilot))
        await pilot.press("b")
        assert pilot.app.screen is browse(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))


async def test_a_source_that_still_gives_the_old_key_is_said(accounts: Cloud) -> None:
    temporary(accounts, datetime.now(UTC) + timedelta(minutes=30))
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        await run_out(pilot, accounts)
        temporary(accounts, datetime.now(UTC) - timedelta(minutes=1))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignIn))
        assert "The temporary key of profile prod ran out at" in screen_text(pilot)


async def test_no_second_dialog_is_put_over_a_menu(accounts: Cloud) -> None:
    temporary(accounts)
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        app_of(pilot).session.ran_out(NOW)
        await pilot.pause(0.7)
        assert not isinstance(pilot.app.screen, RanOut)
        await pilot.press("2")
        await shown(pilot)
        await pilot.pause(0.7)
        assert pilot.app.screen is browse(pilot)


STS = ("STS.NUDemoAccessKeyId01", "DemoTemporarySecret0123456789Efgh", "CAISDemoSecurityToken0123456789+/==")


def on_terminal(gateway: ServedGateway) -> Terminal:
    """The screens with a temporary key of the environment."""
    where = ["--ice-endpoint", gateway.url, "--vod-endpoint", gateway.url]
    kept = {name: os.environ[name] for name in ("ICETUI_CONFIG_DIR", "ICETUI_STATE_DIR")}
    key = dict(zip((KEY_ID, KEY_SECRET, TOKEN), STS, strict=True))
    return Terminal([sys.executable, "-m", "icetui", *where], env={**key, **kept})


def chosen(terminal: Terminal) -> str:
    """The ID in the row the cursor is on, as far as it is shown."""
    head = next(row for row in terminal.rows if " type " in row)
    row = next(row for row in terminal.rows if row.startswith("▸ "))
    return row[head.index("ID") :][:12]


def test_a_key_typed_anew_outside_the_screens_goes_on_with_the_same_job() -> None:
    """The whole of it on a terminal: nothing of the secret is ever written to it."""
    faults = ("--fault", "expired-token,every=3,times=1,action=ListSmartJobs")
    with served(*faults) as gateway, on_terminal(gateway) as terminal:
        terminal.wait("live, every")
        terminal.quiet(0.2)
        terminal.send("jjj")
        terminal.wait(lambda: "4 of" in terminal.text)
        job = chosen(terminal)
        for _ in range(3):
            terminal.send("r")
            terminal.quiet(0.4)
            if "Key expired" in terminal.text:
                break
        terminal.wait("Key expired")
        assert "expired" in terminal.rows[0]
        terminal.send(ENTER)
        terminal.wait("AccessKey ID:")
        for question, word in zip(("AccessKey ID", "secret (hidden)", "token (hidden"), STS, strict=True):
            terminal.wait(question)
            terminal.send(word + ENTER)
        terminal.wait("memory · STS.…Id01")
        terminal.wait("live, every")
        terminal.quiet(0.3)
        assert chosen(terminal) == job
        terminal.send("c")
        terminal.wait("Profile and region")
        terminal.send("q")
        terminal.quiet(0.2)
        terminal.send("q")
        assert terminal.end() == 0
        for secret in STS[1:]:
            assert secret.encode() not in bytes(terminal.raw)


def test_ctrl_c_while_typing_brings_the_screens_back() -> None:
    faults = ("--fault", "expired-token,action=ListSmartJobs")
    with served(*faults) as gateway, on_terminal(gateway) as terminal:
        terminal.wait("Key expired")
        terminal.send(ENTER)
        terminal.wait("AccessKey ID:")
        terminal.send("LTAI\x03")
        terminal.wait("No key was typed.")
        terminal.send("q")
        assert terminal.end() == 0
