"""Links handed to the desktop's opener: one argument, no shell, no terminal, nothing over SSH."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from icetui.panes.opening import open_link, opener

URL = "https://b.oss-cn-shanghai.aliyuncs.com/a.mp4?x=$(touch%20evil)&Signature=';rm%20-rf;'"


def fake(folder: Path, script: str, name: str = "xdg-open") -> tuple[str]:
    """An opener that does what a shell script says."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


@pytest.mark.parametrize(
    ("env", "why"),
    [
        ({"DISPLAY": ":0"}, ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ""),
        ({}, "there is no display here"),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, "this host is remote"),
        ({"DISPLAY": ":10", "SSH_TTY": "/dev/pts/1"}, "this host is remote"),
        ({"DISPLAY": ":10", "SSH_CLIENT": "1.2.3.4 5 22"}, "this host is remote"),
    ],
)
def test_there_is_an_opener_only_where_the_person_sits(env: Mapping[str, str], why: str) -> None:
    command, said = opener(env, lambda name: f"/usr/bin/{name}", "linux")
    assert (command, said) == ((), why) if why else (("/usr/bin/xdg-open",), "")


def test_a_mac_needs_no_display_and_a_desktop_without_an_opener_is_said_to_have_none() -> None:
    assert opener({}, lambda name: name, "darwin") == (("/usr/bin/open",), "")
    assert opener({"SSH_TTY": "x"}, lambda name: name, "darwin") == ((), "this host is remote")
    assert opener({"DISPLAY": ":0"}, lambda _: None, "linux") == ((), "there is no xdg-open here")


async def test_the_opener_gets_the_link_as_one_argument_no_terminal_and_no_key(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    command = fake(
        tmp_path,
        f'exec > {seen}; echo "$#"; echo "$1"; pwd; env | grep -c ALIBABA_CLOUD\n'
        "[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo no tty\n"
        "echo to our terminal; echo and this >&2",
    )
    env = {**os.environ, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s3cr3t"}
    assert await open_link(URL, command, env) == ""
    assert seen.read_text().split("\n")[:5] == ["1", URL, "/", "0", "no tty"]
    assert not (tmp_path / "evil").exists()


async def test_the_opener_runs_in_a_session_of_its_own(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    await open_link(
        URL, fake(tmp_path, f"exec {sys.executable} -c 'import os; print(os.getsid(0))' > {seen}"), os.environ
    )
    assert int(seen.read_text()) != os.getsid(0)


async def test_what_the_opener_prints_reaches_nobody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await open_link(URL, fake(tmp_path, "echo out; echo err >&2"), os.environ)
    assert capfd.readouterr() == ("", "")


async def test_an_opener_that_fails_is_said_to(tmp_path: Path) -> None:
    assert await open_link(URL, fake(tmp_path, "exit 3"), os.environ) == "it ended with status 3"
    assert await open_link(URL, (str(tmp_path / "nobody"),), os.environ) == "No such file or directory"


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "file:///etc/passwd", "--help", "oss://b/a", "http:/b/a", "http://b/{index}", ""],
)
async def test_nothing_but_a_link_is_ever_handed_on(text: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    with pytest.raises(ValueError, match="not a link"):
        await open_link(text, fake(tmp_path, f"touch {seen}"), os.environ)
    assert not seen.exists()


def test_opening_brings_no_browser_module() -> None:
    assert "webbrowser" not in Path(sys.modules["icetui.panes.opening"].__file__ or "").read_text()
