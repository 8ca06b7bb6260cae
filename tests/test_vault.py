"""The vault: keyring in a process of its own, with backends that do what real ones were seen to do."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icetui import child, vault
from icetui.errors import KeyringTrouble
from icetui.vault_process import PART, Item, Trouble
from tests.secret_service import silent

BACKENDS = Path(__file__).with_name("backends")
ITEM = {"access_key_id": "LTAI5tExampleAccessKeyId", "access_key_secret": "ExampleSecret0123456789"}
LONG = {**ITEM, "security_token": "CAIS" + "tOken+/=" * 400}


class Use(Protocol):
    """Chooses a double; returns the file it keeps things in."""

    def __call__(self, name: str) -> Path:
        """By the name of its class."""


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Use:
    """A keyring of this test."""

    def chosen(name: str) -> Path:
        file = tmp_path / "double.json"
        monkeypatch.setenv("KEYRING_DOUBLE", str(file))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name if "." in name else f"keyring_double.{name}")
        monkeypatch.setenv("PYTHONPATH", str(BACKENDS))
        return file

    return chosen


class Entries(dict[tuple[str, str], str]):
    """A keyring in memory."""

    def get_password(self, service: str, username: str) -> str | None:
        return self.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self[service, username]


class TestItem:
    """One value as entries of a keyring, without a process."""

    @given(
        st.lists(st.integers(0, 4 * PART).map(lambda size: "{" + "x" * size + "}"), min_size=1, max_size=4)
    )
    def test_what_was_written_last_is_read_and_nothing_else_is_left(self, sizes: list[str]) -> None:
        entries = Entries()
        item = Item(entries, "icetui:prod", "prod")
        for text in sizes:
            value = json.dumps({"value": text})
            item.write(value)
            assert item.read() == value
            assert all(len(entry) <= PART for entry in entries.values())
            assert len(entries) == (1 if len(value) <= PART else -(-len(value) // PART) + 1)
        assert item.delete() is True
        assert entries == {}
        assert item.delete() is False
        assert item.read() is None

    def test_a_short_value_is_one_entry_under_the_documented_name(self) -> None:
        entries = Entries()
        Item(entries, "icetui:prod", "prod").write('{"v":1}')
        assert entries == {("icetui:prod", "prod"): '{"v":1}'}

    @pytest.mark.parametrize("gone", ["icetui:prod:1", "icetui:prod:2"])
    def test_a_missing_part_is_damage(self, gone: str) -> None:
        entries = Entries()
        item = Item(entries, "icetui:prod", "prod")
        item.write(json.dumps({"value": "x" * 2 * PART}))
        del entries[gone, "prod"]
        with pytest.raises(Trouble, match="damaged"):
            item.read()

    def test_a_part_of_another_value_is_damage(self) -> None:
        entries = Entries()
        item = Item(entries, "icetui:prod", "prod")
        item.write(json.dumps({"value": "x" * 2 * PART}))
        entries["icetui:prod:2", "prod"] = "y"
        with pytest.raises(Trouble, match="damaged"):
            item.read()

    @pytest.mark.parametrize(
        "head", ["", "x", "[]", "3", '{"parts": 0}', '{"parts": 999999}', '{"parts": "2"}']
    )
    def test_a_head_that_is_none_is_damage_and_can_be_written_over(self, head: str) -> None:
        entries = Entries({("icetui:prod", "prod"): head})
        item = Item(entries, "icetui:prod", "prod")
        with pytest.raises(Trouble, match="damaged"):
            item.read()
        item.write('{"v":1}')
        assert item.read() == '{"v":1}'

    def test_parts_that_no_head_counts_any_more_are_removed(self) -> None:
        entries = Entries({(f"icetui:prod:{n}", "prod"): "old" for n in (1, 2, 3)})
        Item(entries, "icetui:prod", "prod").write('{"v":1}')
        assert list(entries) == [("icetui:prod", "prod")]

    def test_of_two_profiles_neither_touches_the_other(self) -> None:
        entries = Entries()
        first, second = Item(entries, "icetui:a", "a"), Item(entries, "icetui:a.1", "a.1")
        first.write(json.dumps("x" * 2000).join(['{"v":', "}"]))
        second.write('{"v":1}')
        first.delete()
        assert second.read() == '{"v":1}'


class TestProcess:
    """What `vault` does with one process an operation."""

    def test_round_trip(self, use: Use) -> None:
        file = use("Kept")
        assert vault.look() == "Kept"
        assert vault.read("prod") is None
        vault.write("prod", ITEM)
        assert vault.read("prod") == {"v": 1, **ITEM}
        assert json.loads(file.read_text()) == {
            "icetui:prod prod": json.dumps({"v": 1, **ITEM}, separators=(",", ":"))
        }
        assert vault.delete("prod") is True
        assert vault.delete("prod") is False

    def test_a_token_beyond_two_kilobytes_fits_a_keyring_that_holds_1280_characters(self, use: Use) -> None:
        file = use("WindowsLimit")
        vault.write("prod", LONG)
        assert vault.read("prod") == {"v": 1, **LONG}
        assert len(json.loads(file.read_text())) == 4
        vault.write("prod", ITEM)
        assert vault.read("prod") == {"v": 1, **ITEM}
        assert len(json.loads(file.read_text())) == 1

    @pytest.mark.parametrize("name", ["Forgets", "Alters"])
    @pytest.mark.parametrize("item", [ITEM, LONG])
    def test_what_cannot_be_read_back_is_not_saved(self, name: str, item: dict[str, str], use: Use) -> None:
        file = use(name)
        with pytest.raises(KeyringTrouble, match="profile prod could not be read back; not saved"):
            vault.write("prod", item)
        assert not file.exists() or json.loads(file.read_text()) == {}

    def test_a_write_that_fails_midway_leaves_nothing_and_tells_no_secret(self, use: Use) -> None:
        file = use("BreaksAtHead")
        with pytest.raises(KeyringTrouble) as caught:
            vault.write("prod", LONG)
        assert str(caught.value) == "The keyring failed: PasswordSetError."
        assert json.loads(file.read_text()) == {}

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("PlaintextKeyring", "keyring would use PlaintextKeyring: refused."),
            ("EncodedKeyring", "keyring would use EncodedKeyring: refused."),
            ("Chain", "keyring would use PlaintextKeyring: refused."),
            ("Wraps", "keyring would use PlaintextKeyring: refused."),
            ("keyring.backends.null.Keyring", "keyring would use the null backend: refused."),
            ("keyring.backends.fail.Keyring", "This host has no keyring."),
            ("Locked", "Keyring is locked."),
            (
                "OverSsh",
                "Keychain is locked in this SSH session: `security unlock-keychain`, then try again.",
            ),
            ("Dies", "The keyring's process ended without an answer: status 7."),
            ("no.such.Backend", "keyring cannot start: ModuleNotFoundError: No module named 'no'."),
            ("NoSuchClass", "keyring cannot start: AttributeError: "),
            ("nodots.", "keyring cannot start: ModuleNotFoundError: "),
            (".X", "keyring cannot start: ValueError: Empty module name."),
            ("keyring.backends.Windows.WinVaultKeyring", "keyring cannot start: RuntimeError: "),
        ],
    )
    def test_every_trouble_has_its_words(self, name: str, words: str, use: Use) -> None:
        file = use(name)
        for operation in (lambda: vault.write("prod", ITEM), lambda: vault.read("prod"), vault.look):
            with pytest.raises(KeyringTrouble) as caught:
                operation()
            assert str(caught.value).startswith(words)
            assert caught.value.exit_code == 3
        assert not file.exists()

    def test_a_bad_keyringrc_is_trouble_in_words(
        self, use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use("Kept")
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        folder = tmp_path / "home" / ".config" / "python_keyring"
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=nowhere.Keyring\n")
        with pytest.raises(KeyringTrouble, match="keyring cannot start: ModuleNotFoundError"):
            vault.look()

    def test_what_plugins_print_reaches_neither_the_reply_nor_the_terminal(
        self, use: Use, capfd: pytest.CaptureFixture[str]
    ) -> None:
        use("Prints")
        assert vault.read("prod") is None
        assert capfd.readouterr() == ("", "")

    def test_a_keyring_py_in_the_current_directory_is_never_run(
        self, use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use("Kept")
        trap = tmp_path / "here"
        trap.mkdir()
        for name in ("keyring.py", "json.py", "sitecustomize.py", "child.py"):
            (trap / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
        monkeypatch.chdir(trap)
        # An empty entry, as a careless `PYTHONPATH=$PYTHONPATH:…` leaves it, means the current directory.
        monkeypatch.setenv("PYTHONPATH", f"{os.pathsep}{BACKENDS}{os.pathsep}.")
        assert vault.read("prod") is None
        assert not (tmp_path / "ran").exists()

    def test_its_process_has_no_access_key_no_terminal_and_no_secret_in_its_arguments(
        self, use: Use, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use("Tells")
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "x")
        monkeypatch.setenv("PYTHONINSPECT", "1")
        told = vault.read("prod")
        assert told is not None
        assert not [name for name in told["environ"] if name.startswith("ALIBABA_CLOUD_")]
        assert "PYTHONINSPECT" not in told["environ"]
        assert told["cmdline"].split("\0") == [sys.executable, "-P", str(vault.PROCESS), ""]
        assert (told["leads"], told["terminal"], told["cwd"]) == (True, False, "/")

    def test_one_that_hangs_is_killed_with_its_children_and_waiting_is_told_once(
        self, use: Use, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = use("Hangs")
        monkeypatch.setattr(child, "PATIENCE", 0.1)
        told: list[float] = []
        begun = time.monotonic()
        with pytest.raises(KeyringTrouble, match=r"did not answer within 2\.5 s"):
            vault.look(limit=2.5, waiting=lambda: told.append(time.monotonic() - begun))
        assert 2.5 <= time.monotonic() - begun < 4.5
        assert len(told) == 1
        assert is_gone(int(file.read_text()))

    def test_it_is_stopped_from_another_thread_at_once(self, use: Use) -> None:
        file = use("Hangs")
        caught: list[KeyringTrouble] = []

        def ask() -> None:
            try:
                vault.read("prod")
            except KeyringTrouble as error:
                caught.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        wait_for(lambda: file.exists() and file.read_text() != "")
        begun = time.monotonic()
        child.stop()
        thread.join(3)
        assert not thread.is_alive()
        assert time.monotonic() - begun < 1
        assert [str(error) for error in caught] == ["The keyring was not waited for."]
        assert is_gone(int(file.read_text()))


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[str]:
    """The address of a session bus that authenticates and never answers `Hello`."""
    with silent(tmp_path / "bus") as address:
        yield address


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux reaches its keyring")
def test_a_bus_that_never_answers_hello_is_given_up(silent_bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", silent_bus)
    begun = time.monotonic()
    with pytest.raises(KeyringTrouble, match="did not answer within 2 s"):
        vault.look(limit=2.0)
    assert time.monotonic() - begun < 4


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux reaches its keyring")
def test_without_a_bus_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    with pytest.raises(KeyringTrouble, match="This host has no keyring"):
        vault.look()


def wait_for(condition: object, seconds: float = 10) -> None:
    """Until a condition holds; an error if it never does."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        wait_for(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z"), 3)
    except FileNotFoundError:
        return True
    return True
