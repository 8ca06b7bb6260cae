"""Profiles and preferences: read, checked, saved as ``config.toml``.

The file is the person's own: it is written so that comments and order stay, and a value that cannot
be used never stops the program. It never holds a secret (credentials.md, "Config").
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

from icetui import setting_checks as checks
from icetui.errors import BadSetting, Misuse
from icetui.places import config_path, state_path
from icetui.records import field, record
from icetui.setting_checks import Unusable, is_name, line_of, nearest

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Cache = Literal["rows", "answers", "nothing"]

SOURCES = ("keyring", "env", "aliyun", "command")
"""Where the access key of a profile can come from."""

NETWORKS = ("public", "vpc")
CACHES: tuple[Cache, ...] = ("rows", "answers", "nothing")

FILE = "config.toml"
LONGEST_FILE = 1_000_000
"""Bytes of config.toml that are read."""

DEFAULT_REGION = "cn-shanghai"


@record
class Profile:
    """A named set: where its access key comes from, and where it asks.

    Attributes:
        name: as the person calls it; see `is_name`.
        source: one of `SOURCES`.
        region: e.g. ``cn-shanghai``; "" if the profile does not say.
        key_hint: first and last four characters of the access key ID, or "" if not known.
        network: ``public``, or ``vpc`` for the VPC hosts (api.md 3.5).
        allow_custom_endpoint: whether hosts that are not Alibaba Cloud's may be asked.
        command: source ``command``: program and arguments, run without a shell.
        ca_file: certificates to trust besides the system's; "" for none.
    """

    name: str
    source: str = "keyring"
    region: str = ""
    key_hint: str = ""
    network: str = "public"
    allow_custom_endpoint: bool = False
    command: tuple[str, ...] = ()
    ca_file: str = ""


@record
class Reading:
    """When a cue of a transcript is worth a warning: the table ``[transcript]``.

    Attributes:
        cjk_per_second: Chinese, Japanese and Korean characters a person reads in a second, 1 to 100.
        latin_per_second: characters of all other scripts, blanks and punctuation, 1 to 100.
        gap_seconds: the longest time without a cue that is not warned of, 0 to 3600.
    """

    cjk_per_second: float = 9.0
    latin_per_second: float = 20.0
    gap_seconds: float = 3.0


@record
class Settings:
    """What config.toml says, with defaults for what it does not say or says wrongly.

    Attributes:
        profiles: by name, in the order of the file.
        default_profile: name of the profile that is used unless another is asked for, or "". It may
            name a profile that does not exist: to use another account instead would be worse.
        interval: seconds between two beats, 1 to 3600.
        calls_per_minute: ceiling per profile, 1 to 6000.
        cache: what is kept of jobs (contracts.md, "What is kept").
        transcript: when a cue is worth a warning.
        problems: what could not be used, one sentence each, with file, line and key.
        broken: the problem for which nothing at all could be read, or "".
    """

    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    default_profile: str = ""
    interval: float = 10.0
    calls_per_minute: int = 60
    cache: Cache = "rows"
    transcript: Reading = Reading()
    problems: tuple[str, ...] = ()
    broken: str = ""


def region_for(own: str, asked: str | None, environ: Mapping[str, str]) -> str:
    """The region by the order of contracts.md; `own` is what the profile says, or ""."""
    return (
        (asked or "").strip()
        or environ.get("ICETUI_REGION", "").strip()
        or own
        or environ.get("ALIBABA_CLOUD_REGION_ID", "").strip()
        or DEFAULT_REGION
    )


def config_dir() -> Path:
    """The directory of config.toml: ICETUI_CONFIG_DIR, else the one this system has for it."""
    return Path(config_path())


def state_dir() -> Path:
    """The directory of what is kept between runs: ICETUI_STATE_DIR, else the one this system has for it."""
    return Path(state_path())


def config_file() -> Path:
    """Where config.toml is, or would be."""
    return config_dir() / FILE


def load() -> Settings:
    """Reads config.toml; whatever is wrong with it is in `Settings.problems`."""
    path = config_file()
    try:
        text = _read(path)
    except BadSetting as error:
        return Settings(problems=(error.message,), broken=error.message)
    if not text.strip():
        return Settings()
    import tomllib

    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers and nesting beyond what Python takes
        problem = f"{path} is not TOML: {error}."
        return Settings(problems=(problem,), broken=problem)
    return _FileCheck(path, text).settings(content)


def _read(path: Path) -> str:
    """The text of the file; "" if there is none.

    Raises:
        BadSetting: it cannot be read, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > LONGEST_FILE:
        raise BadSetting(f"{path} cannot be read: it is larger than {LONGEST_FILE:,} bytes.")
    try:
        # As some editors leave it: a byte order mark, which TOML does not allow.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSetting(f"{path} line {line}: not UTF-8.") from error


_READING: Mapping[str, Callable[[Any], Any]] = {
    "cjk_per_second": lambda value: float(checks.number(value, 1, 100)),
    "latin_per_second": lambda value: float(checks.number(value, 1, 100)),
    "gap_seconds": lambda value: float(checks.number(value, 0, 3600)),
}


class _FileCheck:
    """One file being checked; collects what cannot be used.

    Args:
        path: for the messages.
        text: to find the line a key stands in.
    """

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._problems: list[str] = []

    def settings(self, content: Mapping[str, Any]) -> Settings:
        allowed: dict[str, Callable[[Any], Any]] = {
            "default_profile": checks.name,
            "profiles": checks.table,
            "interval": lambda value: float(checks.number(value, 1, 3600)),
            "calls_per_minute": lambda value: checks.whole(value, 1, 6000),
            "cache": lambda value: checks.one_of(value, CACHES),
            "transcript": lambda value: Reading(
                **self._table(("transcript",), checks.table(value), _READING)
            ),
        }
        found = self._table((), content, allowed)
        tables: Mapping[str, Any] = found.pop("profiles", {})
        profiles = dict(each for name in tables if (each := self._profile(name, tables[name])))
        default = found.get("default_profile", "")
        if default and default not in profiles:
            self._problem(("default_profile",), f"no profile {default!r}", nearest(default, profiles))
        return Settings(profiles=MappingProxyType(profiles), problems=tuple(self._problems), **found)

    def _profile(self, name: str, content: object) -> tuple[str, Profile] | None:
        where = ("profiles", name)
        if not is_name(name):
            self._problem(
                where, f"{name[:70]!r} cannot name a profile: letters, digits, '.', '_', '-', at most 64"
            )
            return None
        if not isinstance(content, dict):
            self._problem(where, "a profile is a table")
            return None
        allowed: dict[str, Callable[[Any], Any]] = {
            "source": lambda value: checks.one_of(value, SOURCES),
            "region": checks.text,
            "key_hint": checks.text,
            "network": lambda value: checks.one_of(value, NETWORKS),
            "allow_custom_endpoint": checks.switch,
            "command": checks.words,
            "ca_file": checks.text,
        }
        return name, Profile(name=name, **self._table(where, content, allowed))

    def _table(
        self, where: tuple[str, ...], content: Mapping[str, Any], allowed: Mapping[str, Callable[[Any], Any]]
    ) -> dict[str, Any]:
        """The values that can be used; a problem for each of the others."""
        good = {}
        for key, value in content.items():
            check = allowed.get(key)
            if check is None:
                self._problem((*where, key), "not a setting", nearest(key, allowed))
                continue
            try:
                good[key] = check(value)
            except Unusable as error:
                self._problem((*where, key), error.args[0], error.nearest)
        return good

    def _problem(self, where: tuple[str, ...], words: str, near: str = "") -> None:
        line = line_of(self._text, where)
        place = f"{self._path} line {line}" if line else str(self._path)
        hint = f" Did you mean {near!r}?" if near else ""
        self._problems.append(f"{place}, {'.'.join(where)}: {words}.{hint}")


def save_profile(profile: Profile, make_default: bool = False) -> None:
    """Writes a profile; comments and everything else in the file stay. Values that are defaults are left out.

    Args:
        profile: what to write.
        make_default: whether it becomes `Settings.default_profile`.

    Raises:
        Misuse: a name that cannot name a profile.
        BadSetting: the file cannot be read or written; it is then as it was.
    """
    if not is_name(profile.name):
        raise Misuse(
            f"{profile.name[:70]!r} cannot name a profile.",
            hint="Letters, digits, '.', '_', '-', at most 64, the first a letter or digit.",
        )
    document = _document()
    tables = _tables(document)
    import tomlkit

    table = tables.get(profile.name)
    if not isinstance(table, dict):
        inline = isinstance(tables, tomlkit.items.InlineTable)
        tables[profile.name] = tomlkit.inline_table() if inline else tomlkit.table()
        table = cast("dict[str, Any]", tables[profile.name])
    table["source"] = profile.source
    default = Profile(profile.name)
    for key in ("region", "key_hint", "network", "allow_custom_endpoint", "command", "ca_file"):
        value = getattr(profile, key)
        if value != getattr(default, key):
            table[key] = list(value) if isinstance(value, tuple) else value
        elif key in table:
            del table[key]
    if make_default:
        document = _with_default(document, profile.name)
    _write(document)


def use_profile(name: str) -> None:
    """Makes a profile the default one.

    Raises:
        BadSetting: the file cannot be read or written; it is then as it was.
    """
    _write(_with_default(_document(), name))


def remove_profile(name: str) -> None:
    """Removes a profile, and `default_profile` if it names it; nothing happens if there is none.

    Raises:
        BadSetting: the file cannot be read or written; it is then as it was.
    """
    document = _document()
    profiles = document.get("profiles")
    changed = False
    if isinstance(profiles, dict) and name in profiles:
        del profiles[name]
        changed = True
        if not profiles:
            del document["profiles"]
    if document.get("default_profile") == name:
        del document["default_profile"]
        changed = True
    if changed:
        _write(document)


def _document() -> TOMLDocument:
    """The file as it stands, with its comments.

    Raises:
        BadSetting: it is not TOML: it is the person's, and is not written over.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = config_file()
    try:
        return tomlkit.parse(_read(path))
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise BadSetting(f"{path} is not TOML: {error}.", hint="Nothing was changed.") from error


def _tables(document: TOMLDocument) -> dict[str, Any]:
    import tomlkit

    if "profiles" not in document:
        document["profiles"] = tomlkit.table(is_super_table=True)
    profiles = document["profiles"]
    if not isinstance(profiles, dict):
        raise BadSetting(f"{config_file()}, profiles: tables are expected.", hint="Nothing was changed.")
    return profiles


def _with_default(document: TOMLDocument, name: str) -> TOMLDocument:
    import tomlkit

    if "default_profile" in document:
        document["default_profile"] = name
        return document
    # A key after the first table would be a part of that table: it goes to the very top.
    text = tomlkit.dumps(document)
    gap = "\n" if text.startswith(("[", "#")) else ""
    return tomlkit.parse(f'default_profile = "{name}"\n{gap}{text}')


def _write(document: TOMLDocument) -> None:
    """Replaces the file at once or not at all; 0600 from its creation, its directory 0700.

    Raises:
        BadSetting: it cannot be written.
    """
    import secrets

    import tomlkit

    path = config_file()
    try:
        make_private(path.parent)
        # A person who keeps the file elsewhere behind a link keeps the link.
        target = path.resolve()
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(tomlkit.dumps(document).encode())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
        except BaseException:  # Ctrl+C too: half a file must not stay
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadSetting(f"{path} cannot be written: {error.strerror}.") from error


def make_private(directory: Path) -> None:
    """Makes a directory and those above it that are missing, each 0700 whatever the umask allows.

    Raises:
        OSError: it cannot be made.
    """
    missing = []
    each = directory
    while not each.exists():
        missing.append(each)
        each = each.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
