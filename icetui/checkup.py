"""Why access works or does not: source, keyring, key, endpoints, proxy, clock, and one call for each family.

A `Checkup` holds no secret; it is facts and errors. Nothing is written, and nothing is asked but the
keyring (to see whether it answers) and the service (one call for each family).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from icetui.call import Answer, Call
from icetui.credentials import Identity, Source
from icetui.endpoints import Endpoints, host_of, is_loopback
from icetui.errors import IcetuiError, KeyringTrouble, NotFound, Refusal, TimedOut
from icetui.families import FAMILIES
from icetui.families.base import Family, ListedFamily
from icetui.job import Query
from icetui.records import record

PATIENCE = 20.0
"""Seconds that one call may take, with all its retries."""

NOBODY = "0" * 32
"""An ID that no job has: to be told so needs the same permission as to be told about a job."""

_STATES = {
    "none": "none",
    "locked": "locked",
    "keychain": "locked",
    "refused": "refused",
    "null": "refused",
    "silent": "silent",
}


@record
class Keyring:
    """The keyring of this host.

    Attributes:
        title: e.g. ``Secret Service``, or "".
        state: ``open``, ``locked``, ``none``, ``refused`` (it would keep secrets in plain text, or nothing),
            ``silent``, ``failed`` or ``not asked``.
        seconds: how long it took to answer, or None.
        error: what is wrong.
    """

    title: str = ""
    state: str = "not asked"
    seconds: float | None = None
    error: IcetuiError | None = None


@record
class Verified:
    """What one family's call came to.

    Attributes:
        family: its name.
        action: the operation.
        ms: until the last answer, retries included.
        request_id: of an answer; of a refusal it is in `error`.
        error: why there was no answer; None where the key may ask.
    """

    family: str
    action: str
    ms: int
    request_id: str = ""
    error: IcetuiError | None = None


@record
class Checkup:
    """All that was found.

    Attributes:
        source: which key is wanted, and why; None where that cannot be known.
        trouble: why there is no key, or why it must not be sent.
        identity: who asks, if somebody does.
        keyring: whether there is one that answers.
        region: where is asked.
        endpoints: which hosts; None where they are not allowed.
        proxy: host and port, without user and password; "" for the direct way.
        skew: their clock minus ours; None if nobody told the time.
        calls: one for each family, in their order; none without a key.
        now: when this was found.
    """

    source: Source | None
    trouble: IcetuiError | None
    identity: Identity | None
    keyring: Keyring
    region: str
    endpoints: Endpoints | None
    proxy: str
    skew: timedelta | None
    calls: tuple[Verified, ...]
    now: datetime

    @property
    def errors(self) -> list[IcetuiError]:
        """Everything that keeps from working, what comes first first."""
        told = [self.trouble, *(each.error for each in self.calls)]
        return [each for each in told if each is not None]

    @property
    def exit_code(self) -> int:
        """0 if all works; else of the trouble; else 3 where anything was refused, 4 where nobody answered."""
        if self.trouble is not None:
            return self.trouble.exit_code
        codes = {error.exit_code for error in self.errors}
        return next((code for code in (2, 3, 4) if code in codes), 0)


class Sender(Protocol):
    """Who sends: `wire.Client`."""

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        """Asks."""


def looked(look: Callable[[], str]) -> Keyring:
    """Whether the keyring answers; `look` is `vault.look`."""
    begun = time.monotonic()
    try:
        title = look()
    except KeyringTrouble as error:
        return troubled(error)
    return Keyring(title, "open", time.monotonic() - begun)


def troubled(error: KeyringTrouble) -> Keyring:
    """The keyring as an error of it tells."""
    return Keyring(state=_STATES.get(error.kind, "failed"), error=error)


def question(family: Family) -> Call:
    """The smallest question of a family: one job of its list, or a job that is not there."""
    if isinstance(family, ListedFamily):
        return family.listing(Query(), "", 1)
    return family.lookup([NOBODY])


async def verified(sender: Sender, families: Sequence[Family] = FAMILIES) -> tuple[Verified, ...]:
    """One call for each family, all at once."""
    return tuple(await asyncio.gather(*(_verified(sender, family) for family in families)))


async def _verified(sender: Sender, family: Family) -> Verified:
    call, begun = question(family), time.monotonic()
    request_id = ""
    failed: IcetuiError | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            request_id = (await sender.send(call, urgent=True)).request_id
    except NotFound as error:
        # Only who may ask is told that there is no such job.
        request_id = error.request_id
    except TimeoutError:
        failed = TimedOut(f"No answer within {PATIENCE:g} s, retries included", action=call.action)
    except IcetuiError as error:
        failed = error
    return Verified(family.name, call.action, round((time.monotonic() - begun) * 1000), request_id, failed)


def proxy_for(where: Endpoints, proxies: Mapping[str, str], bypassed: Callable[[str], bool]) -> str:
    """Host and port of the proxy that stands between us and the service, "" for none.

    Args:
        where: which hosts are asked; this machine never through a proxy.
        proxies: by scheme, as `urllib.request.getproxies` gives them.
        bypassed: whether a host is asked directly all the same.
    """
    from urllib.parse import urlsplit

    host = host_of(where.ice)
    scheme = urlsplit(where.ice).scheme
    url = proxies.get(scheme) or proxies.get("all") or ""
    if not url or is_loopback(host) or bypassed(host):
        return ""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "a URL that cannot be used"
    return f"{parts.hostname or ''}{port}"


def outcome(call: Verified) -> str:
    """``ok``, ``refused`` or ``could not ask``."""
    if call.error is None:
        return "ok"
    return "refused" if isinstance(call.error, Refusal) else "could not ask"
