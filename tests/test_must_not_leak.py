"""What must not leak (credentials.md) where no other test shows it: argv, same user, children, pictures.

The other rows: files 0600 in test_login, test_log, test_store; crash in test_terminal_life; logs, redirect
and TLS in test_connection; foreign endpoints in test_endpoints; the tools of copying in test_clipboard.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from icetui import cli, vault
from icetui.credentials import KEY_ID, KEY_SECRET, TOKEN
from tests.secret_service import silent

ID, SECRET = "LTAI5tOfSomebodyHere01", "SomebodysSecret0123456789"
KEY = {KEY_ID: ID, KEY_SECRET: SECRET}
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def parsers() -> list[tuple[str, argparse.ArgumentParser]]:
    """Of every command, with its own arguments."""
    found: list[tuple[str, argparse.ArgumentParser]] = [("", cli.parser())]
    for name, (module, _) in cli.COMMANDS.items():
        parser = argparse.ArgumentParser()
        cli._command(module).add_arguments(parser)
        found.append((name, parser))
    return found


def test_no_flag_takes_a_secret() -> None:
    suspicious = re.compile(r"secret|token|password|access-?key|key-?id|credential", re.IGNORECASE)
    for name, parser in parsers():
        for action in parser._actions:
            assert not any(suspicious.search(flag) for flag in action.option_strings), (name, action)


WRITER = """
import json, sys
from icetui import vault
vault.write("prod", json.loads(sys.stdin.read()))
"""


@linux
def test_no_process_of_keeping_a_key_shows_it_in_its_argv(tmp_path: Path) -> None:
    """The keyring's process is held up by a bus that never answers, so that there is time to look."""
    with silent(tmp_path / "bus") as bus:
        env = {
            **os.environ,
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
        }
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER], env=env, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert writer.stdin is not None
        writer.stdin.write(json.dumps({"access_key_id": ID, "access_key_secret": SECRET}).encode())
        writer.stdin.close()
        seen: set[bytes] = set()
        while not any(b"vault_process" in each for each in seen):
            assert writer.poll() is None
            seen |= {_argv(pid) for pid in [writer.pid, *_children(writer.pid)]}
            time.sleep(0.01)
        assert writer.wait() != 0
    assert not any(SECRET.encode() in each or ID.encode() in each for each in seen)


def _argv(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


DROPPED = """
import ctypes, os, sys
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    # Whoever changes its user is closed already: opened again, as a program that somebody starts is.
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
"""
HOLDER = (
    """
import resource
from icetui import credentials, vault_process
from icetui.flags import Flags
from icetui.session import Session
"""
    + DROPPED
    + """
session = Session(Flags())
if sys.argv[1] == "open":
    session.open()
print("ready", flush=True)
sys.stdin.read()
"""
)
READER = f"{DROPPED}\nsys.stdout.buffer.write(open('/proc/' + sys.argv[1] + '/environ', 'rb').read())"


@linux
@pytest.mark.parametrize(("state", "readable"), [("new", True), ("open", False)])
def test_the_same_user_cannot_read_the_environment_of_who_holds_a_key(state: str, readable: bool) -> None:
    """Root may read everything: holder and reader are somebody without rights."""
    roots = {"ICETUI_CONFIG_DIR": "/nonexistent", "ICETUI_STATE_DIR": "/nonexistent", "HOME": "/nonexistent"}
    env = {**os.environ, **KEY, **roots, "PYTHONDONTWRITEBYTECODE": "1"}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, state],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == b"ready\n"
        reader = subprocess.run(
            [sys.executable, "-c", READER, str(holder.pid)], capture_output=True, check=False
        )
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait()
    assert (SECRET.encode() in reader.stdout) is readable
    if not readable:
        assert b"PermissionError" in reader.stderr


def test_the_process_of_the_keyring_gets_no_access_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEY, TOKEN: "CAISExample"}.items():
        monkeypatch.setenv(name, value)
    script = tmp_path / "process.py"
    script.write_text(
        "import json, os, sys\nsys.stdin.read()\nprint(json.dumps({'backend': ' '.join(sorted(os.environ))}))"
    )
    monkeypatch.setattr(vault, "PROCESS", script)
    told = vault.look()
    assert "PATH" in told
    assert "ALIBABA_CLOUD" not in told


PICTURES = [
    path
    for folder in ("__snapshots__", "../screenshots")
    for path in sorted((Path(__file__).parent / folder).resolve().rglob("*.svg"))
]


def test_no_picture_holds_more_than_a_hint() -> None:
    assert len(PICTURES) > 50
    whole = re.compile(
        r"LTAI[0-9A-Za-z]{12,}|STS\.[0-9A-Za-z]{4,}|CAIS[0-9A-Za-z+/=]{8,}|Signature=[0-9A-Za-z]{12,}"
    )
    for path in PICTURES:
        found = whole.search(path.read_text("utf-8"))
        assert found is None, f"{path.name}: {found}"
