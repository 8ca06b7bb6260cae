"""No network before a person's key is known to be wanted, and never a question to a metadata service.

Every Python process of a run, the keyring's too, notes each host that it asks a name server for or
connects to, and is refused both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from icetui import settings
from icetui.credentials import KEY_ID, KEY_SECRET
from icetui.settings import Profile
from tests.terminal import Terminal

WATCH = """
import os, sys

def note(event, given):
    if event == "socket.getaddrinfo":
        host = given[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(given[1], tuple):
        host = given[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    with open(os.environ["ICETUI_TEST_WATCH"], "a") as file:
        file.write(f"{event} {host}\\n")
    raise OSError(101, "the test allows no network")

sys.addaudithook(note)
with open(os.environ["ICETUI_TEST_WATCH"], "a") as file:
    file.write("process\\n")
"""
KEY = {KEY_ID: "LTAI5tOfTheEnvironment", KEY_SECRET: "EnvironmentSecret0123456789"}
METADATA = ("100.100.100.200", "169.254.169.254")


class Watched:
    """Runs of the program in which nothing reaches the network."""

    def __init__(self, folder: Path) -> None:
        self._noted = folder / "noted"
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(WATCH)
        paths = [str(folder / "site"), str(Path(__file__).parents[1])]
        self.env = {
            "PYTHONPATH": os.pathsep.join(paths),
            "ICETUI_TEST_WATCH": str(self._noted),
            **{name: os.environ[name] for name in ("ICETUI_CONFIG_DIR", "ICETUI_STATE_DIR")},
        }

    def run(self, *argv: str, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """One command."""
        return subprocess.run(
            [sys.executable, "-m", "icetui", *argv],
            input=given,
            env={**os.environ, **self.env, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def screens(self, *argv: str, **env: str) -> Terminal:
        """The screens."""
        return Terminal([sys.executable, "-m", "icetui", *argv], env={**self.env, **env})

    @property
    def noted(self) -> list[str]:
        """What was tried, and how many processes were watched."""
        return self._noted.read_text().splitlines()

    @property
    def hosts(self) -> set[str]:
        return {line.split()[1] for line in self.noted if line != "process"}


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_watch_sees_what_goes_out(watched: Watched) -> None:
    """Without this the tests below would pass on a watch that is blind."""
    code = "import socket; socket.create_connection(('100.100.100.200', 80), 0.1)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **watched.env}, capture_output=True, check=False
    )
    assert done.returncode
    assert watched.hosts == {"100.100.100.200"}


def keyring() -> dict[str, str]:
    settings.save_profile(Profile("prod"), make_default=True)
    return {}


def command() -> dict[str, str]:
    settings.save_profile(Profile("prod", "command", command=("false",)), make_default=True)
    return {}


def aliyun_role() -> dict[str, str]:
    """A mode of the aliyun CLI that gets its key from the metadata service: ours does not."""
    folder = Path(os.environ["HOME"], ".aliyun")
    folder.mkdir()
    profile = {"name": "default", "mode": "EcsRamRole", "ram_role_name": "reader", "region_id": "cn-beijing"}
    (folder / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}))
    return {}


SITUATIONS: list[Callable[[], dict[str, str]]] = [
    dict,
    keyring,
    command,
    aliyun_role,
    lambda: {KEY_ID: "LTAI5tOnlyHalf"},
    lambda: {"ALIBABA_CLOUD_ECS_METADATA": "reader", "ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1:9/"},
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=["none", "keyring", "command", "role", "half", "ecs"])
def test_who_has_no_key_asks_nobody(watched: Watched, situation: Callable[[], dict[str, str]]) -> None:
    env = situation()
    for argv in (["list"], ["doctor"], ["profiles"]):
        done = watched.run(*argv, **env)
        assert argv == ["profiles"] or done.returncode in (2, 3), done.stderr
    assert not watched.hosts
    assert len(watched.noted) >= 3


def test_the_screens_ask_nobody_before_there_is_a_key(watched: Watched) -> None:
    keyring()
    with watched.screens() as terminal:
        terminal.wait("Sign in")
        terminal.send("\x1b")
        terminal.quiet(0.2)
        for key in ("2", "3", "r"):
            terminal.send(key)
        terminal.wait("Sign in")
        terminal.send("q")
        assert terminal.end() == 0
    assert not watched.hosts
    assert watched.noted.count("process") >= 2  # the keyring's own was watched too


def test_keeping_a_key_without_verifying_asks_nobody(watched: Watched) -> None:
    done = watched.run("login", "--stdin", "--no-verify", given="\n".join(f"{k}={v}" for k, v in KEY.items()))
    assert done.returncode == 3  # there is no keyring to keep it
    assert watched.run("logout", "prod").returncode in (2, 3)
    assert watched.run("profiles", "use", "prod").returncode == 2
    assert not watched.hosts


def test_who_has_a_key_asks_the_service_and_nobody_else(watched: Watched) -> None:
    assert watched.run("doctor", **KEY).returncode == 4
    assert watched.hosts == {"ice.cn-shanghai.aliyuncs.com", "vod.cn-shanghai.aliyuncs.com"}
    assert not watched.hosts & set(METADATA)


def test_the_demo_asks_nobody_at_all(watched: Watched) -> None:
    assert watched.run("--demo", "doctor").returncode == 0
    with watched.screens("--demo", "--clock", "2026-11-20T10:00:00Z") as terminal:
        terminal.wait("live, every")
        terminal.send("\r")
        terminal.wait("Summary")
        terminal.send("qq")
        terminal.quiet(0.2)
    assert not watched.hosts
