"""The vault against the real Secret Service: gnome-keyring on a private bus."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from icetui import credentials, settings, vault
from icetui.errors import KeyringTrouble, NoCredentials
from icetui.settings import Profile
from tests.secret_service import Bus, private_bus

ITEM = {"access_key_id": "LTAI5tExampleAccessKeyId", "access_key_secret": "ExampleSecret0123456789"}
LONG = {**ITEM, "access_key_id": "STS.NUExample", "security_token": "CAIS" + "tOken+/=" * 400}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: the name of a unix socket has at most 107 characters."""
    path = Path(tempfile.mkdtemp(prefix="bus"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def bus(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    """A private bus without a daemon."""
    with private_bus(folder, monkeypatch) as made:
        yield made


def test_round_trip_of_a_short_and_of_a_split_item(bus: Bus) -> None:
    bus.unlocked()
    assert vault.look() == "Secret Service"
    assert vault.read("prod") is None
    for item in (ITEM, LONG, ITEM):
        vault.write("prod", item)
        assert vault.read("prod") == {"v": 1, **item}
    vault.write("stage", LONG)
    assert vault.delete("prod") is True
    assert vault.read("prod") is None
    assert vault.read("stage") == {"v": 1, **LONG}


def test_an_operation_is_over_long_before_its_limit(bus: Bus) -> None:
    bus.unlocked()
    vault.write("prod", LONG)
    begun = time.monotonic()
    vault.read("prod")
    assert time.monotonic() - begun < vault.LIMIT / 2


def test_a_locked_keyring_says_so_at_once_and_keeps_its_item(bus: Bus) -> None:
    bus.unlocked()
    vault.write("prod", ITEM)
    bus.relocked()
    begun = time.monotonic()
    for operation in (lambda: vault.read("prod"), lambda: vault.write("prod", LONG), vault.look):
        with pytest.raises(KeyringTrouble) as caught:
            operation()
        assert str(caught.value) == "Keyring is locked."
        assert caught.value.hint.startswith('Unlock: `read -rs P && printf %s "$P" | gnome-keyring-daemon')
    assert time.monotonic() - begun < 3 * vault.LIMIT / 2
    bus.ended()
    bus.unlocked()
    assert vault.read("prod") == {"v": 1, **ITEM}


def test_one_that_was_never_unlocked_counts_as_locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        private_bus(folder, monkeypatch, activates=True),
        pytest.raises(KeyringTrouble, match=r"Keyring is locked\."),
    ):
        vault.write("prod", ITEM)


def test_a_bus_without_a_daemon_is_no_keyring(bus: Bus) -> None:
    with pytest.raises(KeyringTrouble, match=r"This host has no keyring\."):
        vault.look()


def test_a_daemon_that_was_killed_is_no_keyring(bus: Bus) -> None:
    bus.unlocked()
    vault.write("prod", ITEM)
    bus.ended()
    with pytest.raises(KeyringTrouble, match=r"This host has no keyring\."):
        vault.read("prod")


def test_nothing_of_the_secret_lies_in_a_file(bus: Bus, folder: Path) -> None:
    bus.unlocked()
    vault.write("prod", ITEM)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in files)
    for path in files:
        assert ITEM["access_key_secret"].encode() not in path.read_bytes()


def test_the_key_of_a_profile_comes_from_it(bus: Bus) -> None:
    bus.unlocked()
    vault.write("prod", ITEM)
    settings.save_profile(Profile("prod", region="cn-beijing"), make_default=True)
    identity = credentials.resolve(settings.load(), profile=None, region=None, environ=bus.environ)
    assert identity.line == "prod · keyring · LTAI…eyId · cn-beijing"


def test_a_first_start_beside_it_names_it(bus: Bus) -> None:
    bus.unlocked()
    with pytest.raises(NoCredentials, match="`icetui login` stores them in Secret Service"):
        credentials.resolve(settings.load(), profile=None, region=None, environ=bus.environ)
