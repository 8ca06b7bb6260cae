"""The first start and every other time nobody can be asked as: words by situation, and what can be done."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from icetui import settings, vault
from icetui.app import IcetuiApp
from icetui.credentials import KEY_ID, KEY_SECRET, Source
from icetui.errors import KeyringTrouble
from icetui.flags import Flags
from icetui.panes.bars import Header
from icetui.panes.spans import plain
from icetui.screens.identity import RanOut, SignIn
from icetui.session import Session
from icetui.settings import Profile
from tests.accounts import cloud, program
from tests.on_screen import BIG, CLOCK, SMALL, browse, screen_text, until
from tests.secret_service import silent
from tests.terminal import Terminal
from tests.test_expiry import TOLD, run_out, temporary
from tests.test_identity import app_of, label, shown

Snap = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [BIG, SMALL], ids=["120x36", "80x24"])
OWN = {
    "mode": "AK",
    "access_key_id": "LTAI5tOfTheAliyunCli01",
    "access_key_secret": "AliyunCliSecret0123456789",
}


@pytest.fixture
def aliyun() -> None:
    """The aliyun CLI has a profile."""
    folder = Path(os.environ["HOME"], ".aliyun")
    folder.mkdir()
    content = {"current": "default", "profiles": [{"name": "default", "region_id": "cn-beijing", **OWN}]}
    (folder / "config.json").write_text(json.dumps(content))


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[str]:
    """The address of a session bus that authenticates and never answers `Hello`."""
    with silent(tmp_path / "bus") as address:
        yield address


def troubled(monkeypatch: pytest.MonkeyPatch, kind: str, detail: str = "") -> None:
    """A default profile in a keyring that is in trouble."""
    settings.save_profile(Profile("prod", region="cn-shanghai"), make_default=True)

    def fail(name: str, **_: object) -> None:
        raise vault._trouble(kind, name, detail)

    monkeypatch.setattr(vault, "read", fail)


def nobody() -> IcetuiApp:
    from tests import on_screen

    session = Session(Flags())
    session.clock = lambda: CLOCK
    on_screen._sessions.append(session)
    return IcetuiApp(session)


async def signing_in(pilot: Any) -> str:
    await until(pilot, lambda: isinstance(pilot.app.screen, SignIn))
    return screen_text(pilot)


# --- words by situation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("locked", "", "Keyring is locked. Unlock: "),
        ("keychain", "", "Keychain is locked in this SSH session: `security unlock-keychain`"),
        ("refused", "PlaintextKeyring", "keyring would use PlaintextKeyring: refused."),
        ("null", "the null backend", "keyring would use the null backend: refused."),
        ("silent", "", "The keyring did not answer within 5 s"),
        ("none", "", "This host has no keyring."),
    ],
)
async def test_each_trouble_of_the_keyring_has_its_words_and_the_same_choices(
    aliyun: None, monkeypatch: pytest.MonkeyPatch, kind: str, detail: str, words: str
) -> None:
    troubled(monkeypatch, kind, detail)
    async with nobody().run_test(size=SMALL) as pilot:
        text = " ".join((await signing_in(pilot)).replace("│", " ").split())
        assert words in text
        for choice in ("1 use aliyun profile default", "2 a command", "3 this session only"):
            assert choice in text
        # Said once, by the screen that offers them.
        assert "(1)" not in text


async def test_without_a_keyring_the_choices_stand_in_their_order(aliyun: None) -> None:
    """The aliyun CLI's profile is used at once on a first start; here another one is the default."""
    settings.save_profile(Profile("prod", "aliyun"), make_default=True)
    async with nobody().run_test(size=SMALL) as pilot:
        text = await signing_in(pilot)
        assert "The aliyun CLI has no profile prod. Known: default." in text
        await pilot.press("1")
        await until(pilot, lambda: app_of(pilot).session.opened)
        assert app_of(pilot).session.identity.line == "default · aliyun · LTAI…li01 · cn-beijing"


async def test_a_command_is_kept_as_a_profile_and_used(tmp_path: Path) -> None:
    settings.make_private(settings.config_dir())
    printed = tmp_path / "key.json"
    printed.write_text(json.dumps({"access_key_id": OWN["access_key_id"], "access_key_secret": "S" * 20}))
    async with nobody().run_test(size=BIG) as pilot:
        await signing_in(pilot)
        await pilot.press("1")
        await until(pilot, lambda: browse(pilot).asking)
        await pilot.press(*f"cat {printed}", "enter")
        await until(pilot, lambda: app_of(pilot).session.opened)
        assert app_of(pilot).session.identity.line == "default · command · LTAI…li01 · cn-shanghai"
        kept = settings.load()
        assert kept.profiles["default"].command == ("cat", str(printed))
        assert kept.default_profile == "default"
        assert "S" * 20 not in settings.config_file().read_text()


async def test_a_command_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with nobody().run_test(size=BIG) as pilot:
        await signing_in(pilot)
        await pilot.press("1")
        await until(pilot, lambda: browse(pilot).asking)
        await pilot.press(*"pass 'x", "enter")
        await until(pilot, lambda: "Not a command" in screen_text(pilot))
        await pilot.press("r")
        await signing_in(pilot)


async def test_r_tries_again_once_the_keyring_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = cloud(monkeypatch)
    open_ = accounts.read
    is_locked = True

    def read(name: str, **more: object) -> dict[str, Any] | None:
        if is_locked:
            raise KeyringTrouble("Keyring is locked.", kind="locked")
        return open_(name, **more)

    monkeypatch.setattr(vault, "read", read)
    async with program().run_test(size=BIG) as pilot:
        await signing_in(pilot)
        is_locked = False
        await pilot.press("r")
        await shown(pilot)
        assert label(pilot) == "0001-cn-shanghai"


async def test_escape_leaves_the_reason_and_the_ways_on(
    aliyun: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubled(monkeypatch, "locked")
    async with nobody().run_test(size=BIG) as pilot:
        await signing_in(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is browse(pilot))
        assert "Keyring is locked." in screen_text(pilot)
        assert "r shows what can be done, c chooses another" in screen_text(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "Profile and region" in screen_text(pilot))
        assert "aliyun profile default" in screen_text(pilot)


async def test_q_quits_at_once() -> None:
    app = nobody()
    async with app.run_test(size=SMALL) as pilot:
        await signing_in(pilot)
        await pilot.press("q")
        await until(pilot, lambda: app.return_code == 0)


async def test_profiles_without_a_default_are_offered_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud(monkeypatch)
    path = settings.config_file()
    path.write_text(path.read_text().replace('default_profile = "prod"\n', ""))
    async with program().run_test(size=BIG) as pilot:
        text = await signing_in(pilot)
        assert "No default profile. Known: prod, stage." in text
        await pilot.press("2")
        await shown(pilot)
        assert app_of(pilot).session.place == (Source("profile", "stage"), "cn-shanghai")


async def test_the_environment_beside_a_profile_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud(monkeypatch)
    monkeypatch.setenv(KEY_ID, OWN["access_key_id"])
    monkeypatch.setenv(KEY_SECRET, OWN["access_key_secret"])
    async with program().run_test(size=BIG) as pilot:
        await shown(pilot)
        header = browse(pilot).query_one(Header)
        assert "env · LTAI…li01" in plain(header.line(120))
        assert "environment overrides profile prod; use --profile" in screen_text(pilot)


# --- on a terminal, with a keyring's process that does what real ones do --------------------------


def on_terminal(**env: str) -> Terminal:
    kept = {name: os.environ[name] for name in ("ICETUI_CONFIG_DIR", "ICETUI_STATE_DIR")}
    return Terminal([sys.executable, "-m", "icetui"], columns=80, lines=24, env={**kept, **env})


def test_a_silent_keyring_is_waited_for_in_words_and_q_quits_meanwhile(silent_bus: str) -> None:
    """A bus that lets one in and never says hello: keyring alone would hang for ever."""
    settings.save_profile(Profile("prod"), make_default=True)
    real = {"PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
    with on_terminal(DBUS_SESSION_BUS_ADDRESS=silent_bus, **real) as terminal:
        terminal.wait("waiting for the keyring…")
        begun = time.monotonic()
        terminal.send("q")
        assert terminal.end() == 0
        assert time.monotonic() - begun < vault.LIMIT - 1  # it did not wait for the end of the wait
    with on_terminal(DBUS_SESSION_BUS_ADDRESS=silent_bus, **real) as terminal:
        terminal.wait("Sign in")
        assert "The keyring did not answer within 5 s" in terminal.text
        assert "this session only" in terminal.text
        terminal.send("q")
        assert terminal.end() == 0


def test_words_for_half_a_key_stand_on_the_terminal_afterwards() -> None:
    with on_terminal(**{KEY_ID: OWN["access_key_id"]}) as terminal:
        assert terminal.end() == 2
        terminal.pump(0.2)
        assert "ALIBABA_CLOUD_ACCESS_KEY_SECRET is empty. Not trying other sources." in terminal.text


def test_an_unknown_profile_names_those_there_are() -> None:
    for name in ("prod", "stage"):
        settings.save_profile(Profile(name))
    with on_terminal(ICETUI_PROFILE="prdo") as terminal:
        # tests.terminal drops ICETUI_* of the caller, not what is given.
        assert terminal.end() == 2
        terminal.pump(0.2)
        assert "No profile 'prdo'. Known: prod, stage." in terminal.text


# --- pictures -------------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize("kind", ["headless", "locked"])
def test_sign_in(
    snap_compare: Snap, size: tuple[int, int], kind: str, monkeypatch: pytest.MonkeyPatch, aliyun: None
) -> None:
    troubled(monkeypatch, "none" if kind == "headless" else kind)
    monkeypatch.setattr(vault, "_unlocking", lambda: vault.UNLOCK)
    assert snap_compare(nobody(), terminal_size=size, run_before=signing_in)


@SIZES
def test_profile_and_region(
    snap_compare: Snap, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch, aliyun: None
) -> None:
    cloud(monkeypatch)
    app = program()
    app.session.clock = lambda: CLOCK

    async def before(pilot: Any) -> None:
        await shown(pilot)
        app_of(pilot).switch(Source("profile", "prod"), "cn-beijing")
        await shown(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "Profile and region" in screen_text(pilot))

    assert snap_compare(app, terminal_size=size, run_before=before)


@SIZES
def test_key_expired(snap_compare: Snap, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = cloud(monkeypatch)
    accounts.keys["prod"] = "STS.NUAccountOfProd0001"
    temporary(accounts)
    app = program()
    app.session.clock = lambda: CLOCK

    async def before(pilot: Any) -> None:
        await shown(pilot)
        await run_out(pilot, accounts)
        await until(pilot, lambda: isinstance(pilot.app.screen, RanOut))
        assert TOLD.code

    assert snap_compare(app, terminal_size=size, run_before=before)
