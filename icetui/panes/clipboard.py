"""Copying that works over SSH and in multiplexers, and says no more than it knows (ux.md rule 7).

The ladder: in tmux its own buffer, which tmux passes on (plain OSC 52 fails in a default tmux); in GNU
screen OSC 52 in DCS pieces that screen hands through; else OSC 52 to the terminal, which never answers
whether it took it. Behind SSH a multiplexer on the near side shows in TERM alone: then what each of them
hands through is sent. Where there is a display a native tool is asked too, because its yes is a yes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from textual.app import App

from icetui import child
from icetui.records import record

Way: TypeAlias = Literal["tmux", "screen", "OSC 52", "wl-copy", "xclip", "pbcopy", "none"]

DCS_PIECE = 250
"""Bytes of one DCS piece, its ends included: GNU screen 4.9 drops a string longer than 256."""

OSC52_MOST = 100_000
"""Bytes of a whole sequence that terminals take: xterm and others drop longer ones in silence."""

TEXT_MOST = (OSC52_MOST - 8) // 4 * 3
"""Bytes of a text that fit such a sequence: 74,994."""

_PATIENCE = 2.0
"""Seconds a tool may take; a clipboard without a server would wait for ever."""


@record
class Copied:
    """What became of a copy.

    Attributes:
        way: by which way it went; "none": there was none.
        length: characters of the text.
        sure: whether the other side has said that it took it.
        also: a native tool that took it besides, or "".
        note: what a person is to know besides, a phrase, or "".
    """

    way: Way
    length: int
    sure: bool
    also: str = ""
    note: str = ""


def said(copied: Copied, name: str, *, about: str = "") -> str:
    """What became of a copy, in a sentence that claims no more than is known.

    Args:
        copied: what became of it.
        name: what was copied: ``the jq path``.
        about: what else is to be said of the text: ``signed, expires in 12 min``.
    """
    facts = [f"{copied.length:,} character{'' if copied.length == 1 else 's'}", about]
    what = f"{name} ({', '.join(fact for fact in facts if fact)})"
    note = f", {copied.note}" if copied.note else ""
    if copied.way == "none":
        return f"Not copied: {what}{note or ', there is no way here'}; P prints it."
    if copied.way == "tmux":
        return f"Copied {what} to the tmux buffer{copied.also and f' and by {copied.also}'}{note}."
    if copied.sure:
        return f"Copied {what} by {copied.way}{note}."
    through = " through screen" if copied.way == "screen" else ""
    return f"Sent {what}{through} to the terminal, unconfirmed{note}; P prints it."


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


def for_tmux(sequence: str) -> str:
    """A sequence as a tmux with ``allow-passthrough`` hands it to the terminal."""
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def sequences(text: str, env: Mapping[str, str]) -> str:
    """What is written to the terminal so that a text reaches its clipboard.

    In GNU screen DCS pieces. Where only TERM tells of a multiplexer it is on the near side of an SSH:
    plain OSC 52, which a tmux with ``set-clipboard on`` takes, and what passes it otherwise. TERM=screen
    may be either: screen shows tmux's form and a long OSC as text (4.09), so that it gets neither.
    """
    plain = osc52(text)
    if env.get("STY"):
        return for_screen(plain)
    term = env.get("TERM", "")
    if term.startswith("tmux"):
        return plain if env.get("TMUX") else plain + for_tmux(plain)
    if term.startswith("screen"):
        if env.get("TMUX"):
            return plain
        return for_screen(plain) + (plain if len(plain) <= DCS_PIECE else "")
    return plain


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
    data = text.encode(errors="replace")
    native = native_tool(env, which)
    tmux = which("tmux") if env.get("TMUX") else None
    took, kept = await asyncio.gather(
        _ran(native[1], data, env) if native is not None else _nothing(),
        _to_tmux(tmux, data, env) if tmux else _nothing(),
    )
    way = native[0] if native is not None and took == 0 else None
    if kept is not None:
        if kept == _OLD and _write(app, osc52(text), data):
            kept = "sent to the terminal"
        return Copied("tmux", len(text), True, also=way or "", note=kept)
    sent = _write(app, sequences(text, env), data)
    if way is not None:
        return Copied(way, len(text), True, note="sent to the terminal" if sent else "")
    if sent:
        return Copied("screen" if env.get("STY") else "OSC 52", len(text), False)
    note = f"it has {len(data):,} bytes and terminals take {TEXT_MOST:,}" if len(data) > TEXT_MOST else ""
    return Copied("none", len(text), False, note=note)


async def _nothing() -> None:
    """What is asked where there is no such tool."""


_OLD = "this tmux keeps it from the terminal"


async def _to_tmux(tmux: str, data: bytes, env: Mapping[str, str]) -> str | None:
    """Gives the text to tmux's buffer: a phrase on the terminal behind it; None if tmux did not take it.

    ``-w`` is of tmux 3.2 (2021), and sends the text to the terminal whatever ``set-clipboard`` says (3.3a);
    an older one refuses it and keeps the text to itself. Whether the terminal takes it nobody says.
    """
    took = await _ran((tmux, "load-buffer", "-w", "-"), data, env)
    if took is None:  # it hangs: it will not do better without -w
        return None
    if took == 0:
        return "sent to the terminal"
    return _OLD if await _ran((tmux, "load-buffer", "-"), data, env) == 0 else None


def _write(app: App[Any], sequence: str, data: bytes) -> bool:
    """Writes between two frames. False without a terminal (headless), or for what none would take."""
    driver = app._driver  # Textual's own copy_to_clipboard does the same
    if driver is None or app.is_headless or len(data) > TEXT_MOST:
        return False
    driver.write(sequence)
    driver.flush()
    return True


async def _ran(argv: Sequence[str], data: bytes, env: Mapping[str, str]) -> int | None:
    """Gives the text to a tool on its stdin: its exit status.

    None if it could not be started or did not end in time, when it is killed with all it has started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            # One that goes on in the background, as those of X do, would keep a pipe open.
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=child.environment(env),
            start_new_session=True,
        )
    except OSError:
        return None
    try:
        await asyncio.wait_for(process.communicate(data), _PATIENCE)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its own session, hence its own group
        await process.wait()
        return None
    except (BrokenPipeError, ConnectionResetError):
        return await process.wait() or 1
    return process.returncode
