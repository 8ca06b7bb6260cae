"""Where an access key comes from, and what to say when there is none.

The order is always the same and always shown (credentials.md, "The order, always shown")::

    --profile, ICETUI_PROFILE     exactly that profile, nothing else is tried
    the environment pair          complete, or it is an error
    default_profile               of config.toml
    the aliyun CLI                its current profile, where config.toml has none
    nothing                       NoCredentials, with the next steps

Nothing is asked over the network and nothing is written.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from icetui import key_forms
from icetui.access_key import AccessKey
from icetui.errors import BadSetting, HalfKey, KeyringTrouble, Misuse, NoCredentials
from icetui.key_forms import AliyunConfig, NoKey
from icetui.records import field, record
from icetui.setting_checks import is_name
from icetui.settings import Profile, Settings, config_file, region_for

if TYPE_CHECKING:
    from icetui.prompt import Dialogue

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"

COMMAND_LIMIT = 30.0
"""Seconds for the command of a profile: it may ask a person for a passphrase."""

LOOK_LIMIT = 2.0
"""Seconds to find out whether there is a keyring, only to say the right words on a first start."""

Clock = Callable[[], datetime]
Waiting = Callable[[], None] | None
Kind = Literal["profile", "env", "aliyun", "memory", "none"]


@record
class Source:
    """Which access key is wanted.

    Attributes:
        kind: ``profile`` of config.toml, ``env``, ``aliyun``: a profile of its CLI, ``memory``: a key that
            was typed for this session only, ``none``: nobody told us.
        name: of the profile; for ``memory`` of the one whose other settings hold, or "".
        key: for ``memory`` alone.
        why: how it came to be wanted, e.g. ``default_profile``; makes no difference.
    """

    kind: Kind
    name: str = ""
    key: AccessKey | None = None
    why: str = field(default="", compare=False)


@record
class Offered:
    """A source that a person can choose.

    Attributes:
        source: what is chosen.
        title: its name.
        note: what is known of it without asking anybody, e.g. ``keyring · LTAI…9QeF``.
        region: its own, or "".
    """

    source: Source
    title: str
    note: str = ""
    region: str = ""


@record
class Identity:
    """Who asks, and where.

    Attributes:
        key: what requests are signed with.
        source: ``env``, ``keyring``, ``aliyun``, ``command``, ``memory`` or ``demo``.
        profile: of config.toml or of the aliyun CLI; "" for the environment.
        region: where it asks.
        network: ``public`` or ``vpc``.
        allow_custom_endpoint: whether hosts that are not Alibaba Cloud's may be asked.
        note: one sentence the person should know, or "".
        ca_file: certificates to trust besides the system's, or "".
    """

    key: AccessKey
    source: str
    profile: str
    region: str
    network: str = "public"
    allow_custom_endpoint: bool = False
    note: str = ""
    ca_file: str = ""

    @property
    def line(self) -> str:
        """For the header: ``prod · keyring · LTAI…9QeF · cn-shanghai``."""
        return " · ".join(part for part in (self.profile, self.source, self.key.hint, self.region) if part)


def resolve(
    settings: Settings,
    *,
    profile: str | None,
    region: str | None,
    environ: Mapping[str, str],
    source: Source | None = None,
    clock: Clock = lambda: datetime.now(UTC),
    waiting: Waiting = None,
) -> Identity:
    """Finds the access key to ask with; it may wait for the keyring, so never on a UI's loop.

    Args:
        settings: of config.toml.
        profile: of ``--profile``, or None.
        region: of ``--region``, or None.
        environ: the environment.
        source: exactly that one, instead of what the order gives.
        clock: UTC, to see whether a temporary key has run out.
        waiting: called once if the keyring takes longer than a second.

    Raises:
        HalfKey: a part of the environment pair is missing.
        Misuse: no such profile, or one whose command must not run.
        NoCredentials: there is no access key.
        KeyringTrouble: the keyring cannot be used.
    """
    try:
        wanted = source or planned(settings, profile=profile, environ=environ, clock=clock)
        found = _of(wanted, settings, environ, clock, waiting)
    except KeyringTrouble as trouble:
        trouble.short = f"{trouble.message} {trouble.hint}".strip()
        trouble.hint = f"{trouble.hint} {choices(environ, clock)}".strip()
        raise
    return replace(found, region=region_for(found.region, region, environ))


def planned(
    settings: Settings,
    *,
    profile: str | None,
    environ: Mapping[str, str],
    clock: Clock = lambda: datetime.now(UTC),
) -> Source:
    """Which source the order gives; neither a keyring nor a command is asked.

    Raises:
        HalfKey: a part of the environment pair is missing.
        Misuse: no such profile.
        NoCredentials: there are profiles, and none is the default.
    """
    asked = profile if profile is not None else environ.get("ICETUI_PROFILE") or None
    if asked is not None:
        why = "--profile" if profile is not None else "ICETUI_PROFILE"
        return Source("profile", named(settings, asked).name, why=why)
    if environment_key(environ):
        return Source("env", why="the environment comes before any default")
    if settings.default_profile or settings.profiles or settings.broken:
        return Source("profile", named(settings, default_name(settings)).name, why="default_profile")
    if own := of_aliyun(environ, clock):
        return Source("aliyun", own.profile, why="current profile of the aliyun CLI")
    return Source("none")


def _of(
    source: Source, settings: Settings, environ: Mapping[str, str], clock: Clock, waiting: Waiting
) -> Identity:
    match source.kind:
        case "profile":
            return _of_profile(named(settings, source.name), environ, clock, waiting)
        case "env":
            if (key := environment_key(environ)) is None:
                raise HalfKey(f"{KEY_ID} and {KEY_SECRET} are empty.")
            return Identity(key, "env", "", "", note=_overridden(settings))
        case "aliyun":
            return _of_aliyun(source.name, environ, clock)
        case "memory" if source.key is not None:
            like = settings.profiles.get(source.name) or Profile(source.name)
            return _with(like, source.key, "memory")
        case _:
            raise _nobody(environ, clock)


def offered(
    settings: Settings, environ: Mapping[str, str], clock: Clock = lambda: datetime.now(UTC)
) -> list[Offered]:
    """All sources there are, in the order in which they are tried; nobody is asked for a key."""
    found = [
        Offered(
            Source("profile", each.name),
            each.name,
            " · ".join(part for part in (each.source, each.key_hint) if part),
            each.region,
        )
        for each in settings.profiles.values()
    ]
    try:
        if key := environment_key(environ):
            found.insert(0, Offered(Source("env"), "environment", f"env · {key.hint}"))
    except Misuse:
        pass  # half a pair is no choice; whoever asks for it is told
    config = _aliyun(environ, clock)
    known = {each.name for each in settings.profiles.values() if each.source == "aliyun"}
    for own in config.usable.values() if config is not None else ():
        if own.name not in known:
            note = own.key.hint
            found.append(Offered(Source("aliyun", own.name), f"aliyun profile {own.name}", note, own.region))
    return found


def named(settings: Settings, name: str) -> Profile:
    """A profile by its name.

    Raises:
        BadSetting: nothing of config.toml could be read.
        Misuse: there is none of this name.
    """
    profile = settings.profiles.get(name)
    if profile is not None:
        return profile
    if settings.broken:
        raise BadSetting(settings.broken, hint="No other source of access keys is tried.")
    known = ", ".join(settings.profiles)
    if not known:
        hint = f"`icetui login {name}` makes it." if is_name(name) else ""
        raise Misuse(f"No profile {name!r}, nor any other.", hint=hint)
    raise Misuse(f"No profile {name!r}. Known: {known}.")


def default_name(settings: Settings) -> str:
    """The name of the profile to use unless another is asked for.

    Raises:
        NoCredentials: there are profiles, and none is the default: which account is meant is not guessed.
    """
    if settings.default_profile or settings.broken:
        return settings.default_profile
    raise NoCredentials(
        f"No default profile. Known: {', '.join(settings.profiles)}.",
        hint="`icetui profiles use NAME`, or --profile NAME.",
    )


def environment_key(environ: Mapping[str, str]) -> AccessKey | None:
    """The access key of the environment; None if no part of one is there.

    Raises:
        HalfKey: a part is missing; no other account is used instead.
        Misuse: a part holds what no access key holds.
    """
    key_id, secret, token = (environ.get(name, "").strip() for name in (KEY_ID, KEY_SECRET, TOKEN))
    if not (key_id or secret or token):
        return None
    missing = [name for name, part in ((KEY_ID, key_id), (KEY_SECRET, secret)) if not part]
    if key_id.startswith("STS.") and not token:
        missing.append(TOKEN)
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise HalfKey(f"{' and '.join(missing)} {verb} empty. Not trying other sources.")
    try:
        return key_forms.made(key_id, secret, token)
    except NoKey as error:
        raise Misuse(f"The access key of the environment cannot be used: {error}.") from None


def _overridden(settings: Settings) -> str:
    name = settings.default_profile
    return f"environment overrides profile {name}; use --profile" if name else ""


def _of_profile(profile: Profile, environ: Mapping[str, str], clock: Clock, waiting: Waiting) -> Identity:
    match profile.source:
        case "env":
            found = environment_key(environ)
            if found is None:
                raise HalfKey(f"Profile {profile.name}: {KEY_ID} and {KEY_SECRET} are empty.")
            key = found
        case "aliyun":
            own = _of_aliyun(profile.name, environ, clock)
            key, profile = own.key, replace(profile, region=profile.region or own.region)
        case "command":
            key = _of_command(profile, environ, waiting)
        case _:
            key = _of_keyring(profile.name, waiting)
    if key.expires is not None and key.expires <= clock():
        raise NoCredentials(
            f"The temporary key of profile {profile.name} ran out at {key.expires:%Y-%m-%d %H:%M} UTC.",
            hint=f"`icetui login {profile.name}` stores another." if profile.source == "keyring" else "",
        )
    return _with(profile, key, profile.source)


def _with(profile: Profile, key: AccessKey, source: str) -> Identity:
    """An access key with everything else a profile says."""
    return Identity(
        key=key,
        source=source,
        profile=profile.name,
        region=profile.region,
        network=profile.network,
        allow_custom_endpoint=profile.allow_custom_endpoint,
        ca_file=profile.ca_file,
    )


def _of_aliyun(name: str, environ: Mapping[str, str], clock: Clock) -> Identity:
    config = _aliyun(environ, clock)
    if config is None or name not in config.usable:
        raise NoCredentials(_no_aliyun(name, config))
    own = config.usable[name]
    return Identity(own.key, "aliyun", own.name, own.region)


def _of_keyring(name: str, waiting: Waiting) -> AccessKey:
    from icetui import vault  # here, because an environment pair needs neither it nor a process

    item = vault.read(name, waiting=waiting)
    if item is None:
        raise NoCredentials(
            f"The keyring holds no access key for profile {name}.", hint=f"`icetui login {name}` stores one."
        )
    try:
        return key_forms.of_mapping(item)
    except NoKey as error:
        raise KeyringTrouble(
            f"What the keyring holds for profile {name} cannot be used: {error}.",
            hint=f"`icetui login {name}` writes it anew.",
        ) from None


def aliyun_file(environ: Mapping[str, str]) -> Path:
    """Where the aliyun CLI keeps its profiles."""
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".aliyun" / "config.json"


def _aliyun(environ: Mapping[str, str], clock: Clock) -> AliyunConfig | None:
    """What the aliyun CLI's file says; None if there is none or it is no such file."""
    try:
        text = aliyun_file(environ).read_text("utf-8")
        return key_forms.aliyun(text, clock())
    except (OSError, ValueError):  # not there, not readable, not UTF-8, not JSON
        return None


def of_aliyun(environ: Mapping[str, str], clock: Clock = lambda: datetime.now(UTC)) -> Identity | None:
    """The current profile of the aliyun CLI; None if there is none that can be used."""
    config = _aliyun(environ, clock)
    if config is None or config.current not in config.usable:
        return None
    own = config.usable[config.current]
    return Identity(own.key, "aliyun", own.name, own.region)


def _no_aliyun(name: str, config: AliyunConfig | None) -> str:
    if config is None:
        return f"Profile {name}: the aliyun CLI has no profiles that can be read (~/.aliyun/config.json)."
    if name in config.unusable:
        return f"The aliyun profile {name} cannot be used: {config.unusable[name]}."
    known = ", ".join(config.usable) or "none that can be used"
    return f"The aliyun CLI has no profile {name}. Known: {known}."


def _of_command(profile: Profile, environ: Mapping[str, str], waiting: Waiting) -> AccessKey:
    """What the command of a profile prints.

    Its own output is never repeated: it holds the secret.

    Raises:
        Misuse: there is no command, or others could have written it.
        NoCredentials: it failed, or printed no access key.
    """
    from icetui import child

    if not profile.command:
        raise BadSetting(
            f"{config_file()}, profiles.{profile.name}: source is command, but command is missing.",
            hint='E.g. command = ["pass", "show", "icetui/prod"].',
        )
    _check_owner()
    who = f"The command of profile {profile.name} ({profile.command[0]})"
    try:
        ended = child.ask(profile.command, env=environ, limit=COMMAND_LIMIT, waiting=waiting)
    except child.TooLong:
        raise NoCredentials(f"{who} did not end within {COMMAND_LIMIT:g} s.") from None
    except OSError as error:
        raise NoCredentials(f"{who} cannot be started: {error.strerror}.") from error
    hint = "Run it by hand to see why; what it says is not repeated here, it may hold the secret."
    if ended.status:
        raise NoCredentials(f"{who} ended with status {ended.status}.", hint=hint)
    try:
        return key_forms.parsed(ended.out.decode("utf-8", "replace"))
    except NoKey as error:
        raise NoCredentials(f"{who} printed no access key: {error}.", hint=hint) from None


def _check_owner() -> None:
    """Whoever can write config.toml decides what runs.

    Raises:
        Misuse: it or its directory is somebody else's or can be written by others.
    """
    if not hasattr(os, "geteuid"):
        return
    path = config_file().resolve()
    for each in (path, path.parent):
        facts = each.stat()
        if facts.st_uid != os.geteuid():
            raise Misuse(f"The command of a profile is not run: {each} belongs to somebody else.")
        if stat.S_IMODE(facts.st_mode) & 0o022:
            raise Misuse(
                f"The command of a profile is not run: others can write {each}.",
                hint=f"`chmod go-w {each}`",
            )


def _nobody(environ: Mapping[str, str], clock: Clock) -> NoCredentials:
    """The words for a person who has no access key yet."""
    keyring = _keyring_title(environ)
    if keyring:
        return NoCredentials(
            f"No credentials yet. `icetui login` stores them in {keyring}; `icetui --demo` needs none."
        )
    return NoCredentials(
        f"This host has no keyring. {choices(environ, clock)}",
        hint="`icetui --demo` needs no account.",
        short="This host has no keyring. Nothing will be written in plain text. `icetui --demo` needs no "
        "account.",
    )


def _keyring_title(environ: Mapping[str, str]) -> str:
    """The keyring of this host as a person knows it, "" if there is none that can be used."""
    if sys.platform == "linux" and not _has_bus(environ):
        return ""  # a plain SSH session: known without starting a process
    from icetui import vault

    try:
        return vault.look(limit=LOOK_LIMIT)
    except KeyringTrouble:
        return ""


def _has_bus(environ: Mapping[str, str]) -> bool:
    runtime = environ.get("XDG_RUNTIME_DIR")
    return bool(environ.get("DBUS_SESSION_BUS_ADDRESS") or (runtime and (Path(runtime) / "bus").exists()))


def ask(terminal: Dialogue) -> AccessKey:
    """Asks for an access key until what is typed is one; secret and token are hidden.

    Raises:
        KeyboardInterrupt: Ctrl+C.
    """
    while True:
        key_id = terminal.ask("AccessKey ID: ")
        secret = terminal.ask("AccessKey secret (hidden): ", hidden=True)
        token = terminal.ask("Security token (hidden, Enter if there is none): ", hidden=True)
        try:
            return key_forms.made(key_id, secret, token)
        except NoKey as error:
            terminal.say(f"This cannot be used: {error}. Once more, or Ctrl+C.")


def choices(environ: Mapping[str, str], clock: Clock = lambda: datetime.now(UTC)) -> str:
    """What a person can do on a host whose keyring cannot be used, in the order of credentials.md."""
    ways = []
    config = _aliyun(environ, clock)
    if config is not None and config.usable:
        name = config.current if config.current in config.usable else next(iter(config.usable))
        ways.append(f"use aliyun profile *{name}*")
    ways += ["a command: pass, vault", f"this session only: {KEY_ID} and _SECRET"]
    numbered = " ".join(f"({n}) {way}" for n, way in enumerate(ways, 1))
    return f"{numbered}. Nothing will be written in plain text."
