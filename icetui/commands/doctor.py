"""``icetui doctor``: why access works or does not, in ten lines; no secret is among them."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, timedelta

from icetui import checkup, credentials, vault
from icetui.call import Json
from icetui.checkup import Checkup, Keyring, Verified
from icetui.clean import clean
from icetui.commands.output import alike, json_text, put, say, stamp
from icetui.credentials import Identity, Source
from icetui.endpoints import Endpoints, host_of
from icetui.errors import IcetuiError, KeyringTrouble
from icetui.families import FAMILIES
from icetui.session import Session
from icetui.vault_process import guard

SKEW_ALLOWED = timedelta(minutes=15)
"""By what the service lets a request's date be wrong (api.md 4.2)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``doctor [--output text|json]``."""
    parser.add_argument("--output", choices=("text", "json"), default="text", help="form of what is found")


def run(args: argparse.Namespace) -> int:
    """Looks, asks once for each family, says what was found; the exit code is that of what is wrong."""
    session = Session.of(args)
    try:
        for problem in session.problems:
            say(f"icetui: {problem}")
        found = asyncio.run(_called(session, *_looked(session)))
    finally:
        session.close()
    if args.output == "json":
        put(json_text(as_json(found), indent=2) + "\n")
    else:
        put(as_text(found))
        _say_what_to_do(found)
    return found.exit_code


Looked = tuple[Source | None, IcetuiError | None, Keyring]


def _looked(session: Session) -> Looked:
    """What can be known without the service: before the loop, because a keyring may keep us waiting."""
    guard()
    source, trouble = None, None
    try:
        if not session.demo:
            source = credentials.planned(
                session.settings, profile=session.given.profile, environ=session.environ
            )
        session.open(waiting=_waiting)
    except IcetuiError as error:
        trouble = error
    if session.demo:
        return None, trouble, Keyring()
    if isinstance(trouble, KeyringTrouble):
        return source, trouble, checkup.troubled(trouble)
    return source, trouble, checkup.looked(lambda: vault.look(waiting=_waiting))


async def _called(
    session: Session, source: Source | None, trouble: IcetuiError | None, keyring: Keyring
) -> Checkup:
    calls: tuple[Verified, ...] = ()
    skew = None
    identity = session.identity if session.opened else None
    if identity is not None:
        try:
            client = session.client
            calls = await checkup.verified(client)
            skew = client.skew
        except IcetuiError as error:
            trouble = error
        finally:
            await session.disconnect()
    where = _endpoints(session, identity)
    return Checkup(
        source=source,
        trouble=trouble,
        identity=identity,
        keyring=keyring,
        region=session.region,
        endpoints=where,
        proxy=_proxy(where) if where is not None and not session.demo else "",
        skew=skew,
        calls=calls,
        now=session.clock(),
    )


def _endpoints(session: Session, identity: Identity | None) -> Endpoints | None:
    """Which hosts are asked, or would be; None where they must not be."""
    try:
        return session.endpoints(identity)
    except IcetuiError:
        return None


def _proxy(where: Endpoints) -> str:
    from urllib.request import getproxies, proxy_bypass  # 30 ms

    return checkup.proxy_for(where, getproxies(), lambda host: bool(proxy_bypass(host)))


def _waiting() -> None:
    say(vault.WAITING)


# --- as text ------------------------------------------------------------------------------------


def as_text(found: Checkup) -> str:
    """Ten lines: a name and what was found."""
    lines = [
        ("source", _source(found)),
        ("keyring", _keyring(found.keyring)),
        ("key", _key(found)),
        ("asks", _asks(found)),
        ("proxy", found.proxy or "none"),
        ("clock", _clock(found.skew)),
        *((call.family, _call(call)) for call in found.calls),
        *((family.name, "not asked") for family in FAMILIES if not found.calls),
    ]
    return "".join(f"{name:<12}{clean(words)}\n" for name, words in lines)


def _source(found: Checkup) -> str:
    if found.identity is not None:
        parts = [found.identity.profile, found.identity.source]
    elif found.source is None:
        parts = ["cannot be known"]
    else:
        parts = ["none" if found.source.kind == "none" else found.source.name or found.source.kind]
    words = " · ".join(dict.fromkeys(part for part in parts if part))
    why = found.source.why if found.source is not None else ""
    note = found.identity.note if found.identity is not None else ""
    return words + (f" ({why})" if why else "") + (f"; {note}" if note else "")


def _keyring(keyring: Keyring) -> str:
    if keyring.error is not None:
        return f"{keyring.state}: {keyring.error.message}"
    if keyring.seconds is None:
        return keyring.state
    return f"{keyring.title}, {keyring.state}, answered in {keyring.seconds:.1f} s"


def _key(found: Checkup) -> str:
    if found.identity is None:
        return f"none: {found.trouble.message}" if found.trouble is not None else "none"
    key = found.identity.key
    if key.token is None:
        return f"{key.hint}, long-lived"
    if key.expires is None:
        return f"{key.hint}, temporary; nobody said until when"
    minutes = round((key.expires - found.now).total_seconds() / 60)
    return f"{key.hint}, temporary until {key.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({minutes} min)"


def _asks(found: Checkup) -> str:
    if found.endpoints is None:
        return f"{found.region}: none of the hosts asked for may see an access key"
    where = found.endpoints
    hosts = [f"{_short(url)}" for url in (where.ice, where.vod) if url]
    banner = f"; not Alibaba Cloud's: {', '.join(where.foreign)}" if where.foreign else ""
    return f"{found.region}: {', '.join(dict.fromkeys(hosts))}{banner}"


def _short(url: str) -> str:
    return url if url.startswith("http://") else host_of(url)


def _clock(skew: timedelta | None) -> str:
    if skew is None:
        return "not known: nobody answered"
    seconds = abs(skew.total_seconds())
    if seconds < 2:
        return "as the server's"
    words = f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
    side = "behind" if skew > timedelta() else "ahead of"
    more = ": more than 15 min, every request is refused" if abs(skew) > SKEW_ALLOWED else ""
    return f"{words} {side} the server's{more}"


def _call(call: Verified) -> str:
    request = f", RequestId {call.request_id}" if call.request_id else ""
    if call.error is None:
        return f"ok: {call.action}, {call.ms} ms{request}"
    error = call.error
    code = error.code or type(error).__name__
    status = f"HTTP {error.status}, " if error.status else ""
    request = f", RequestId {error.request_id}" if error.request_id else ""
    return f"{checkup.outcome(call)}: {call.action}, {status}{code}{request}"


def _say_what_to_do(found: Checkup) -> None:
    """Each thing that is wrong once, in a whole sentence with its next step."""
    named = [
        *([("", found.trouble)] if found.trouble is not None else []),
        *((call.family, call.error) for call in found.calls if call.error is not None),
    ]
    for error, families in alike(named):
        where = f"{', '.join(families)}: " if families != [""] else ""
        say(f"{where}{error.message}")
        if error.hint:
            say(error.hint)


# --- as JSON ------------------------------------------------------------------------------------


def as_json(found: Checkup) -> dict[str, Json]:
    """The same as values."""
    identity, where, keyring = found.identity, found.endpoints, found.keyring
    key = identity.key if identity is not None else None
    return {
        "source": {
            "kind": identity.source if identity is not None else found.source and found.source.kind,
            "profile": identity.profile if identity is not None else found.source and found.source.name,
            "why": found.source.why if found.source is not None else "",
            "note": identity.note if identity is not None else "",
        },
        "keyring": {
            "backend": keyring.title,
            "state": keyring.state,
            "error": _error(keyring.error),
        },
        "key": key and {"hint": key.hint, "temporary": key.token is not None, "expires": stamp(key.expires)},
        "region": found.region,
        "endpoints": where and {"ice": where.ice, "vod": where.vod, "foreign": list(where.foreign)},
        "proxy": found.proxy or None,
        "clock_difference_s": None if found.skew is None else round(found.skew.total_seconds()),
        "calls": [
            {
                "family": call.family,
                "action": call.action,
                "outcome": checkup.outcome(call),
                "ms": call.ms,
                "request_id": call.error.request_id if call.error is not None else call.request_id,
                "error": _error(call.error),
            }
            for call in found.calls
        ],
        "trouble": _error(found.trouble),
        "exit_code": found.exit_code,
    }


def _error(error: IcetuiError | None) -> Json:
    if error is None:
        return None
    return {
        "type": type(error).__name__,
        "status": error.status,
        "code": error.code,
        "message": error.message,
        "request_id": error.request_id,
        "hint": error.hint,
    }
