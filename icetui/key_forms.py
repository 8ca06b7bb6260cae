"""Access keys in the forms in which others write them: pure functions from text to `AccessKey`.

Read are JSON (our own item, and the External and AssumeRole forms of the aliyun CLI), ``KEY=VALUE``
lines, and the profiles of ``~/.aliyun/config.json``. No message here repeats what was read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from icetui.access_key import AccessKey, Secret
from icetui.call import Json
from icetui.records import record

LONGEST = 65_536
"""Characters of a text that may be an access key."""

_ID = ("accesskeyid", "alibabacloudaccesskeyid")
_SECRET = ("accesskeysecret", "alibabacloudaccesskeysecret")
_TOKEN = ("securitytoken", "ststoken", "alibabacloudsecuritytoken", "sessiontoken")
_EXPIRES = ("expires", "expiration", "stsexpiration")


class NoKey(ValueError):
    """A text that is not a usable access key; the words say why without repeating it."""


def made(key_id: str, secret: str, token: str = "", expires: datetime | None = None) -> AccessKey:
    """An access key of parts, white space around them removed.

    Raises:
        NoKey: a part is missing or holds what no access key holds.
    """
    key_id, secret, token = key_id.strip(), secret.strip(), token.strip()
    for name, part in (("ID", key_id), ("secret", secret)):
        if not part:
            raise NoKey(f"the access key {name} is empty")
    for name, part in (("access key ID", key_id), ("access key secret", secret), ("security token", token)):
        # They become headers: a line feed here would be a header of its own.
        if not all("!" <= character <= "~" for character in part):
            raise NoKey(f"the {name} holds blanks or characters outside ASCII")
    if key_id.startswith("STS.") and not token:
        raise NoKey("the access key is a temporary one (STS.…) and its security token is empty")
    return AccessKey(key_id, Secret(secret), Secret(token) if token else None, expires)


def parsed(text: str) -> AccessKey:
    """An access key from JSON or ``KEY=VALUE`` lines.

    Raises:
        NoKey: it is neither, or a part is missing.
    """
    if len(text) > LONGEST:
        raise NoKey(f"it is longer than {LONGEST:,} characters")
    if not text.strip():
        raise NoKey("it is empty")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            value = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise NoKey(f"it is not JSON{where}") from None
        return of_mapping(value)
    return of_mapping(_lines(text))


def of_mapping(value: Json) -> AccessKey:
    """An access key from named parts, as they are or under ``Credentials``; case and ``_`` do not matter.

    Raises:
        NoKey: a part is missing.
    """
    if isinstance(value, dict) and isinstance(value.get("Credentials"), dict):
        value = value["Credentials"]
    if not isinstance(value, dict):
        raise NoKey("it holds no access key")
    parts = {str(name).replace("_", "").lower(): part for name, part in value.items()}
    return made(
        _first(parts, _ID), _first(parts, _SECRET), _first(parts, _TOKEN), when(_first(parts, _EXPIRES))
    )


def _first(parts: Mapping[str, Json], names: tuple[str, ...]) -> str:
    for name in names:
        part = parts.get(name)
        if isinstance(part, str | int) and not isinstance(part, bool) and str(part).strip():
            return str(part)
    return ""


def _lines(text: str) -> dict[str, str]:
    parts = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue  # `pass` keeps notes of people beside the key
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        parts[name.strip()] = value
    return parts


def when(text: str) -> datetime | None:
    """A moment from ISO 8601 with a zone, or from (milli)seconds since 1970; None for anything else."""
    if not text:
        return None
    try:
        if text.isdecimal():
            seconds = int(text)
            # Milliseconds, where seconds would be after the year 5000. Zero: never set.
            return (
                datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
                if seconds
                else None
            )
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def item(key: AccessKey) -> dict[str, str]:
    """What the keyring holds of an access key."""
    parts = {"access_key_id": key.id, "access_key_secret": key.secret.reveal()}
    if key.token:
        parts["security_token"] = key.token.reveal()
    if key.expires:
        parts["expires"] = f"{key.expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return parts


@record
class AliyunProfile:
    """A profile of the aliyun CLI that holds an access key.

    Attributes:
        name: as the CLI calls it.
        key: AK, StsToken, or the cached temporary key of another mode.
        region: its ``region_id``, or "".
    """

    name: str
    key: AccessKey
    region: str


@record
class AliyunConfig:
    """What ``~/.aliyun/config.json`` says.

    Attributes:
        current: name of the profile the CLI uses.
        usable: by name, those whose key can be read.
        unusable: by name, why the others' cannot.
    """

    current: str
    usable: Mapping[str, AliyunProfile]
    unusable: Mapping[str, str]


def aliyun(text: str, now: datetime) -> AliyunConfig:
    """The profiles of the aliyun CLI.

    Args:
        text: the file.
        now: cached temporary keys that run out before are not usable.

    Raises:
        NoKey: it is not such a file.
    """
    try:
        content = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise NoKey("it is not JSON") from None
    profiles = content.get("profiles") if isinstance(content, dict) else None
    if not isinstance(profiles, list):
        raise NoKey("it holds no profiles")
    usable: dict[str, AliyunProfile] = {}
    unusable: dict[str, str] = {}
    for each in profiles:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            continue
        name = each["name"]
        try:
            key = _aliyun_key(each, now)
        except NoKey as error:
            unusable[name] = str(error)
        else:
            region = each.get("region_id")
            usable[name] = AliyunProfile(name, key, region if isinstance(region, str) else "")
    current = content.get("current")
    return AliyunConfig(current if isinstance(current, str) else "", usable, unusable)


def _aliyun_key(profile: Mapping[str, Json], now: datetime) -> AccessKey:
    mode = str(profile.get("mode", ""))
    key = of_mapping({name: part for name, part in profile.items() if mode != "AK" or name != "sts_token"})
    if mode == "AK":
        return key
    if mode == "StsToken":
        if key.token is None:
            raise NoKey("its security token is empty")
        return AccessKey(key.id, key.secret, key.token)
    # Other modes keep a temporary key from their last use; a key without a token is what they start from.
    if key.token is None or key.expires is None or not key.id.startswith("STS."):
        raise NoKey(f"mode {mode[:30]} holds no temporary key")
    if key.expires <= now:
        raise NoKey(f"the temporary key of mode {mode[:30]} has expired")
    return key
