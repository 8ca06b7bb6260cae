"""``icetui logout``: remove a stored access key and its profile."""

from __future__ import annotations

import argparse

from icetui import credentials, kept_frame, vault
from icetui.commands.output import say
from icetui.errors import BadSetting, KeyringTrouble, Misuse
from icetui.setting_checks import is_name
from icetui.settings import Settings, load, remove_profile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``logout NAME``."""
    parser.add_argument("name", metavar="NAME", help="the profile to remove")


def run(args: argparse.Namespace) -> int:
    """Removes the key from the keyring, then the profile from config.toml; the exit code.

    Raises:
        Misuse: neither keyring nor config.toml knows the name.
        KeyringTrouble: the key may still be there; the profile stays.
    """
    name: str = args.name
    settings = load()
    if settings.broken:
        raise BadSetting(settings.broken, hint="Repair it first: the profile is removed there.")
    if not is_name(name):
        credentials.named(settings, name)
        raise Misuse(f"{name[:70]!r} cannot name a profile.")
    profile = settings.profiles.get(name)
    removed = False
    if profile is None or profile.source == "keyring":
        removed = _removed_from_keyring(name, settings)
    remove_profile(name)
    try:
        kept_frame.forget()
    except OSError as error:
        say(f"The last picture of the lists could not be removed: {error.filename}: {error.strerror}.")
    say(f"Removed profile {name}{' and its access key' if removed else ''}.")
    if name == settings.default_profile:
        others = ", ".join(each for each in settings.profiles if each != name)
        if others:
            say(f"There is no default profile now; `icetui profiles use NAME` sets one. Known: {others}.")
    return 0


def _removed_from_keyring(name: str, settings: Settings) -> bool:
    """Whether the keyring held a key; a key whose profile was lost from config.toml is found too."""
    try:
        removed = vault.delete(name, waiting=lambda: say(vault.WAITING))
    except KeyringTrouble as trouble:
        if name not in settings.profiles:
            credentials.named(settings, name)
        trouble.hint = f"{trouble.hint} The profile stays until its key can be removed.".strip()
        raise
    if not removed and name not in settings.profiles:
        credentials.named(settings, name)
    return removed
