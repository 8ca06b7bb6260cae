"""Where this system keeps a program's configuration and state: the rules of platformdirs, read off for Linux.

Every start asks twice, and importing platformdirs costs more than Python itself takes to start.
"""

from __future__ import annotations

import os
import sys

_XDG = sys.platform.startswith(("linux", "freebsd", "openbsd", "netbsd"))


def config_path() -> str:
    """The directory of config.toml: ICETUI_CONFIG_DIR, else the one this system has for it."""
    given = os.environ.get("ICETUI_CONFIG_DIR")
    if given:
        return os.path.abspath(os.path.expanduser(given))
    if _XDG:
        return _xdg("XDG_CONFIG_HOME", "~/.config")
    import platformdirs

    return platformdirs.user_config_dir("icetui", appauthor=False)


def state_path() -> str:
    """The directory of what is kept between runs: ICETUI_STATE_DIR, else the one this system has for it."""
    given = os.environ.get("ICETUI_STATE_DIR")
    if given:
        return os.path.abspath(os.path.expanduser(given))
    if _XDG:
        return _xdg("XDG_STATE_HOME", "~/.local/state")
    import platformdirs

    return platformdirs.user_state_dir("icetui", appauthor=False)


def _xdg(name: str, otherwise: str) -> str:
    """A directory as the XDG Base Directory Specification has it: a relative one is ignored."""
    given = os.environ.get(name, "").strip()
    base = given if os.path.isabs(given) else os.path.expanduser(otherwise)
    return os.path.join(base, "icetui")
