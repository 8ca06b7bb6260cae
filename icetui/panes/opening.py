"""Opening a link outside this program: by the desktop's own opener, never by a shell, never over SSH.

Whoever calls has asked the person. The opener gets one argument, a checked http(s) URL, runs in a session
of its own and writes nowhere: what it has to say must not reach our terminal.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence

from icetui import child
from icetui.media_urls import media_url

_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")

_PATIENCE = 3.0
"""Seconds after which an opener that still runs is left alone: it may be the browser itself."""


def opener(
    env: Mapping[str, str], which: Callable[[str], str | None] = shutil.which, platform: str = sys.platform
) -> tuple[Sequence[str], str]:
    """(the command that opens a link, "") or ((), why there is none).

    Args:
        env: the environment.
        which: finds a program.
        platform: as in `sys.platform`.
    """
    if any(env.get(name) for name in _REMOTE):
        return (), "this host is remote"
    if platform == "darwin":
        return (("/usr/bin/open",), "") if which("/usr/bin/open") else ((), "there is no open here")
    if not (env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")):
        return (), "there is no display here"
    found = which("xdg-open")
    return ((found,), "") if found else ((), "there is no xdg-open here")


async def open_link(url: str, command: Sequence[str], env: Mapping[str, str]) -> str:
    """Hands a link to an opener.

    Returns:
        "" if the opener took it (whether a window came cannot be known), else what went wrong.

    Raises:
        ValueError: it is no link: nothing else is ever handed on.
    """
    if not media_url(url).opens:
        raise ValueError("not a link")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            url,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env=child.environment(env),
            start_new_session=True,
        )
    except OSError as error:
        return error.strerror or "it cannot be started"
    try:
        status = await asyncio.wait_for(process.wait(), _PATIENCE)
    except TimeoutError:
        return ""
    return f"it ended with status {status}" if status else ""
