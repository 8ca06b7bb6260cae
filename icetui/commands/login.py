"""``icetui login``: store an access key in the keyring.

No flag takes a secret: other users would see it in the list of processes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable

from icetui import credentials, key_forms, vault
from icetui.access_key import AccessKey
from icetui.call import Call
from icetui.commands.output import say
from icetui.credentials import Identity
from icetui.errors import BadSetting, CouldNotAsk, Denied, KeyringTrouble, Misuse, Refusal
from icetui.families import FAMILIES
from icetui.families.base import ListedFamily
from icetui.flags import Flags
from icetui.job import Query
from icetui.key_forms import NoKey
from icetui.log import CallLog
from icetui.prompt import dialogue, require_terminal
from icetui.setting_checks import is_name
from icetui.settings import Profile, Settings, load, region_for, save_profile
from icetui.vault_process import guard
from icetui.wire import Client, endpoints

STS_LIMIT = 5.0
"""Seconds to learn whose key it is; the list call tells whether it works."""

Verify = Callable[[Identity], None]
"""Asks the service whether a key is valid; raises what it says."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``login [NAME] [--stdin] [--rotate] [--no-verify]``."""
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="profile to store it as; default: the default profile",
    )
    parser.add_argument(
        "--stdin", action="store_true", help="read the key as JSON or KEY=VALUE lines from a pipe"
    )
    parser.add_argument(
        "--rotate", action="store_true", help="replace the key of a profile that is already there"
    )
    parser.add_argument("--no-verify", action="store_true", help="store it without asking the service")


def run(args: argparse.Namespace) -> int:
    """Asks for a key, verifies it, stores it; the exit code."""
    return login(args, Flags.of(args), None)


def login(args: argparse.Namespace, flags: Flags, verify: Verify | None) -> int:
    """`run` with its parts given.

    Args:
        args: parsed arguments.
        flags: the global ones.
        verify: asks the service; None: `verified_by` those flags.

    Raises:
        IcetuiError: it is not stored; why.
    """
    if flags.demo:
        raise Misuse("--demo has its own access key: there is nothing to log in to.")
    if args.rotate and args.no_verify:
        raise Misuse("--rotate verifies the new key before it replaces the old one: not with --no-verify.")
    settings = load()
    if settings.broken:
        raise BadSetting(settings.broken, hint="Repair it first: the profile is written there.")
    profile = _profile(args, flags, settings)
    guard()
    given = _read_stdin() if args.stdin else None
    if given is None:
        require_terminal()
    try:
        # Before anybody types anything: there must be a place to keep it.
        keyring = vault.look(waiting=_waiting)
        key = given or _ask(profile.name, keyring)
        region = region_for(profile.region, flags.region, os.environ)
        identity = Identity(
            key=key,
            source="keyring",
            profile=profile.name,
            region=region,
            network=profile.network,
            allow_custom_endpoint=profile.allow_custom_endpoint,
            ca_file=profile.ca_file,
        )
        if not args.no_verify:
            _say_verified(identity, verify or verified_by(flags, settings))
        vault.write(profile.name, key_forms.item(key), waiting=_waiting)
    except KeyringTrouble as trouble:
        trouble.hint = f"{trouble.hint} {credentials.choices(os.environ)}".strip()
        raise
    kept = Profile(
        name=profile.name,
        source="keyring",
        region=region,
        key_hint=key.hint,
        network=profile.network,
        allow_custom_endpoint=profile.allow_custom_endpoint,
        ca_file=profile.ca_file,
    )
    save_profile(kept, make_default=not settings.default_profile)
    say(f"Saved in {keyring}: {identity.line}")
    _say_what_is_used(profile.name, settings)
    return 0


def _profile(args: argparse.Namespace, flags: Flags, settings: Settings) -> Profile:
    """The profile as it is so far; a new one if there is none.

    Raises:
        Misuse: no name, two names, or no such profile to rotate.
    """
    if args.name is not None and flags.profile is not None and args.name != flags.profile:
        raise Misuse(f"Which profile: {args.name} or {flags.profile}?")
    given = args.name if args.name is not None else flags.profile
    name = given if given is not None else settings.default_profile or "default"
    if not is_name(name):
        raise Misuse(
            f"{name[:70]!r} cannot name a profile.",
            hint="Letters, digits, '.', '_', '-', at most 64, the first a letter or digit.",
        )
    if args.rotate and credentials.named(settings, name).source != "keyring":
        raise Misuse(
            f"The key of profile {name} is not kept in the keyring (source {settings.profiles[name].source})."
        )
    return settings.profiles.get(name) or Profile(name)


def _ask(name: str, keyring: str) -> AccessKey:
    with dialogue() as terminal:
        terminal.say(f"Profile {name}: the access key is kept in {keyring}, never in a file.")
        return credentials.ask(terminal)


def _read_stdin() -> AccessKey:
    """The key from a pipe.

    Raises:
        Misuse: stdin is a terminal, where the secret would be seen, or holds no key.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise Misuse(
            "--stdin reads a pipe, not a terminal.",
            hint="Without --stdin you are asked, and the secret is hidden.",
        )
    text = sys.stdin.buffer.read(key_forms.LONGEST + 1).decode("utf-8", "replace")
    try:
        return key_forms.parsed(text)
    except NoKey as error:
        raise Misuse(f"stdin holds no access key: {error}.") from None


def _say_verified(identity: Identity, verify: Verify) -> None:
    try:
        verify(identity)
    except Denied as denied:
        # The service knows the key: what it may do can be changed without another login.
        request = f" (RequestId {denied.request_id})" if denied.request_id else ""
        action, is_denied, _ = denied.message.partition(" is denied")
        say(f"Signed in, but {action}{is_denied}{request}.")
        if denied.hint:
            say(denied.hint)
    except (Refusal, CouldNotAsk) as error:
        advice = "Nothing was saved."
        if isinstance(error, CouldNotAsk):
            advice += " `--no-verify` saves without asking."
        error.hint = f"{advice} {error.hint}".strip()
        raise
    else:
        say(f"Signed in as {identity.key.hint}.")


def verified_by(flags: Flags, settings: Settings) -> Verify:
    """Asks the service for one job, and before that, where it is asked at its own hosts, who we are."""

    def verify(identity: Identity) -> None:
        asyncio.run(_verify(identity, flags, settings))

    return verify


async def _verify(identity: Identity, flags: Flags, settings: Settings) -> None:
    where = endpoints(
        identity.region,
        network=identity.network,
        ice=flags.ice_endpoint,
        vod=flags.vod_endpoint,
        allow_custom=identity.allow_custom_endpoint,
    )
    for host in where.foreign:
        say(f"{host} is not a host of Alibaba Cloud: the profile allows it.")
    log = CallLog(flags.log)
    client = Client(
        key=identity.key,
        region=identity.region,
        endpoints=where,
        log=log,
        ceiling=settings.calls_per_minute,
        ca_file=identity.ca_file or None,
    )
    try:
        if where.sts:
            await _say_account(client)
        listed = next(family for family in FAMILIES if isinstance(family, ListedFamily))
        await client.send(listed.listing(Query(), "", 1), urgent=True)
    finally:
        await client.close()
        log.close()


async def _say_account(client: Client) -> None:
    """Says whose key it is; where STS cannot be reached the list call decides alone.

    Raises:
        Refusal: the key is not valid.
    """
    try:
        async with asyncio.timeout(STS_LIMIT):
            answer = await client.send(Call.of("sts", "GetCallerIdentity"), urgent=True)
    except (CouldNotAsk, Denied, TimeoutError):
        return
    if arn := answer.body.get("Arn"):
        say(f"This is {arn}.")


def _say_what_is_used(name: str, settings: Settings) -> None:
    """Where the next command would ask as somebody else, the person is told now."""
    if os.environ.get(credentials.KEY_ID):
        say(f"environment overrides profile {name}; use --profile")
    elif settings.default_profile not in ("", name):
        say(f"The default profile is {settings.default_profile}; `icetui profiles use {name}` changes it.")


def _waiting() -> None:
    say(vault.WAITING)
