"""Copying that works over SSH and in multiplexers, and says no more than it knows (ux.md rule 7).

The ladder: in tmux its own buffer, which tmux passes on (plain OSC 52 fails in a default tmux); in GNU
screen OSC 52 in DCS pieces that screen hands through; else OSC 52 to the terminal, which never answers
whether it took it. Where there is a display a native tool is asked too, because its yes is a yes.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from textual.app import App

from icetui import child
from icetui.records import record

Way: TypeAlias = Literal["tmux", "screen", "OSC 52", "wl-copy", "xclip", "pbcopy", "none"]

DCS_PIECE = 250
"""Bytes of one DCS piece, its ends included: GNU screen 4.9 drops a string longer than 256."""

OSC52_MOST = 100_000
"""Base64 bytes that terminals take: xterm and others drop longer sequences in silence."""

_PATIENCE = 2.0
"""Seconds a tool may take; a clipboard without a server would wait for ever."""


@record
class Copied:
    """What became of a copy.

    Attributes:
        way: by which way it went; "none": there was none.
        length: characters of the text.
        sure: whether the other side has said that it took it.
    """

    way: Way
    length: int
    sure: bool


def osc52(text: str) -> str:
    """The sequence that asks a terminal to set its clipboard."""
    return f"\x1b]52;c;{base64.b64encode(text.encode(errors='replace')).decode()}\x07"


def for_screen(sequence: str, piece: int = DCS_PIECE) -> str:
    """A sequence in DCS pieces, which GNU screen hands to the terminal behind it one after the other.

    A piece never ends in ESC: screen would take it for the end of the string.
    """
    room = piece - len("\x1bP\x1b\\")
    pieces: list[str] = []
    at = 0
    while at < len(sequence):
        end = min(len(sequence), at + room)
        if end < len(sequence) and sequence[end - 1] == "\x1b":
            end -= 1
        pieces.append(f"\x1bP{sequence[at:end]}\x1b\\")
        at = end
    return "".join(pieces)


def native_tool(
    env: Mapping[str, str], which: Callable[[str], str | None]
) -> tuple[Way, Sequence[str]] | None:
    """The tool that sets the clipboard of the display here, if there is a display and a tool."""
    if env.get("WAYLAND_DISPLAY") and (tool := which("wl-copy")):
        return "wl-copy", (tool,)
    if env.get("DISPLAY") and (tool := which("xclip")):
        return "xclip", (tool, "-selection", "clipboard", "-in")
    if not env.get("SSH_CONNECTION") and (tool := which("pbcopy")):
        return "pbcopy", (tool,)
    return None


async def copy(
    text: str,
    app: App[Any],
    *,
    env: Mapping[str, str] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> Copied:
    """Copies a text by the best way there is.

    Never waits longer than two seconds for a tool, and never blocks the loop.

    Args:
        text: true text, not what is drawn of it.
        app: through which the terminal is written to.
        env: the environment; None is this process's.
        which: finds a program.
    """
    env = os.environ if env is None else env
    length = len(text)
    if (
        env.get("TMUX")
        and (tmux := which("tmux"))
        and await _fed((tmux, "load-buffer", "-w", "-"), text, env)
    ):
        return Copied("tmux", length, sure=True)
    sequence = osc52(text)
    sent = len(sequence) <= OSC52_MOST and _write(app, for_screen(sequence) if env.get("STY") else sequence)
    native = native_tool(env, which)
    if native is not None and await _fed(native[1], text, env):
        return Copied(native[0], length, sure=True)
    if not sent:
        return Copied("none", length, sure=False)
    return Copied("screen" if env.get("STY") else "OSC 52", length, sure=False)


def _write(app: App[Any], sequence: str) -> bool:
    """Writes between two frames. False without a terminal (headless)."""
    driver = app._driver  # Textual's own copy_to_clipboard does the same
    if driver is None or app.is_headless:
        return False
    driver.write(sequence)
    driver.flush()
    return True


async def _fed(argv: Sequence[str], text: str, env: Mapping[str, str]) -> bool:
    """Gives the text to a tool on its stdin. Whether it ended well in time."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=child.environment(env),
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode(errors="replace")), _PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    except (BrokenPipeError, ConnectionResetError):
        await process.wait()
        return False
    return process.returncode == 0
