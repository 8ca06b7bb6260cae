"""The keyring, in a process of its own that can be stopped.

Each operation starts `vault_process.py`, waits at most `LIMIT` seconds for its reply and then kills it
with all its children; whatever goes wrong is a `KeyringTrouble`. A call takes 120 to 250 ms, so it is
never on the way to the first frame. `child.stop` ends what is under way.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from icetui import child
from icetui.call import Json
from icetui.errors import KeyringTrouble

LIMIT = 5.0
"""Seconds after which an operation is stopped."""

UNLOCK = '`read -rs P && printf %s "$P" | gnome-keyring-daemon --replace --unlock; unset P`'
"""The password goes through a pipe: not into a file, not into a process list."""

WAITING = "waiting for the keyring…"

PROCESS = Path(__file__).with_name("vault_process.py")

WORDS: Mapping[str, tuple[str, str]] = {
    "none": ("This host has no keyring.", ""),
    "locked": ("Keyring is locked.", "Unlock: {unlock}."),
    "keychain": (
        "Keychain is locked in this SSH session: `security unlock-keychain`, then try again.",
        "",
    ),
    "refused": ("keyring would use {detail}: refused.", "It keeps secrets in plain text."),
    "null": ("keyring would use {detail}: refused.", "It keeps nothing."),
    "misconfigured": (
        "keyring cannot start: {detail}.",
        "See PYTHON_KEYRING_BACKEND and keyring's keyringrc.cfg.",
    ),
    "lost": ("The access key of profile {profile} could not be read back; not saved.", ""),
    "damaged": (
        "What the keyring holds for profile {profile} is damaged.",
        "`icetui login {profile}` writes it anew.",
    ),
    "failed": ("The keyring failed: {detail}.", ""),
    "silent": (
        "The keyring did not answer within {limit:g} s: it hangs, or a dialog waits on this host's desktop.",
        "",
    ),
    "stopped": ("The keyring was not waited for.", ""),
    "died": ("The keyring's process ended without an answer: {detail}.", ""),
}
"""What can go wrong: one sentence, and the next step where there is one."""


def read(profile: str, *, waiting: Callable[[], None] | None = None) -> dict[str, Json] | None:
    """What the keyring holds for a profile, or None.

    Args:
        profile: its name.
        waiting: called once if it takes longer than `child.PATIENCE`.

    Raises:
        KeyringTrouble: it cannot be known.
    """
    value = _ask(profile, "read", waiting=waiting).get("value")
    if value is None:
        return None
    item = _parsed(value)
    if item is None:
        raise _trouble("damaged", profile)
    return item


def write(profile: str, item: Mapping[str, Json], *, waiting: Callable[[], None] | None = None) -> None:
    """Keeps an item for a profile in the place of the one before, and reads it back.

    Args:
        profile: its name.
        item: access_key_id, access_key_secret, security_token?, expires?; kept as one line of ASCII JSON.
        waiting: called once if it takes longer than `child.PATIENCE`.

    Raises:
        KeyringTrouble: it is not kept.
    """
    line = json.dumps({"v": 1, **item}, separators=(",", ":"))
    _ask(profile, "write", value=line, waiting=waiting)


def delete(profile: str, *, waiting: Callable[[], None] | None = None) -> bool:
    """Removes what the keyring holds for a profile; whether there was something.

    Raises:
        KeyringTrouble: it may still be there.
    """
    return _ask(profile, "delete", waiting=waiting).get("value") is True


def look(*, limit: float = LIMIT, waiting: Callable[[], None] | None = None) -> str:
    """Which keyring there is, e.g. ``Secret Service``, once it has shown that it answers.

    Raises:
        KeyringTrouble: there is none that can be used now.
    """
    # No profile can have this name.
    return str(_ask("", "look", limit=limit, waiting=waiting).get("backend"))


def _ask(
    profile: str,
    do: str,
    *,
    value: str = "",
    limit: float = LIMIT,
    waiting: Callable[[], None] | None = None,
) -> dict[str, Json]:
    request = {"do": do, "service": f"icetui:{profile}", "username": profile or "icetui", "value": value}
    try:
        ended = child.ask(
            # Without -P the directory of the script would stand before the installed packages.
            [sys.executable, "-P", str(PROCESS)],
            given=json.dumps(request).encode("ascii"),
            env=child.environment(os.environ),
            limit=limit,
            waiting=waiting,
        )
    except child.TooLong:
        raise _trouble("silent", profile, limit=limit) from None
    except OSError as error:
        raise _trouble("died", profile, f"it cannot be started, {error.strerror}") from error
    if ended.killed:
        raise _trouble("stopped", profile)
    answer = _parsed(ended.out)
    if answer is None:
        raise _trouble("died", profile, f"status {ended.status}")
    if "trouble" in answer:
        raise _trouble(str(answer["trouble"]), profile, str(answer.get("detail", "")))
    return answer


def _parsed(text: str | bytes) -> dict[str, Json] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _trouble(kind: str, profile: str, detail: str = "", *, limit: float = LIMIT) -> KeyringTrouble:
    words, hint = WORDS.get(kind, WORDS["failed"])
    facts = {
        "detail": detail or kind,
        "profile": profile or "(none)",
        "limit": limit,
        "unlock": _unlocking() if "{unlock}" in hint else "",
    }
    return KeyringTrouble(words.format_map(facts), kind=kind, hint=hint.format_map(facts))


def _unlocking() -> str:
    import shutil

    if shutil.which("gnome-keyring-daemon"):
        return UNLOCK
    return "on this host's desktop"
