"""What every test stands on: nothing of the person who runs it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every CI run: a new one is found on a developer's machine, not in a release.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

# What a terminal, a shell or a desktop says about the person; none of it may reach a test.
_PERSONAL = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "TMUX",
    "TMUX_PANE",
    "STY",
    "NOTIFY_SOCKET",
)
_DESKTOP = (
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "GNOME_KEYRING_CONTROL",
    "XDG_RUNTIME_DIR",
)
_PREFIXES = ("ALIBABA_CLOUD_", "ICETUI_", "SSH_", "TEXTUAL", "PYTHON_KEYRING_", "KEYRING_PROPERTY_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cuts out the person's own config, keyring and environment; the clock's zone is UTC."""
    for name in list(os.environ):
        if name.startswith("TEXTUAL_SNAPSHOT_"):
            continue  # how the snapshot plugin and its workers find each other
        if name in _PERSONAL or name in _DESKTOP or name.startswith(_PREFIXES) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_CACHE_HOME", ".cache"),
    ):
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("ICETUI_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("ICETUI_STATE_DIR", str(tmp_path / "state"))
    # Without this a test that forgets its own keyring would ask the developer's.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    if (screens := sys.modules.get("tests.on_screen")) is not None:
        screens.close_sessions()
    monkeypatch.undo()
    time.tzset()
