"""Everything a front end needs, made from the global flags in one place.

Making a `Session` reads the configuration and nothing else: no network, no keyring, no store before
somebody wants them, because the screen paints first.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from icetui import settings as settings_room
from icetui.errors import Expired
from icetui.families import FAMILIES, by_name
from icetui.families.base import ListedFamily
from icetui.flags import Flags, faults_of
from icetui.log import CallLog

if TYPE_CHECKING:
    from icetui.call import Answer, Call

    # What asks and what keeps is imported by those who begin to ask: the screen paints first.
    from icetui.credentials import Identity, Kind, Source
    from icetui.endpoints import Endpoints
    from icetui.feed import Feed
    from icetui.lookups import Places
    from icetui.pace import Pace
    from icetui.settings import Settings
    from icetui.store import Scope, Store
    from icetui.traffic import Traffic
    from icetui.wire import Client

Clock = Callable[[], datetime]

EXPIRY_MARGIN = timedelta(seconds=60)
"""So long before a temporary key runs out nothing more is asked with it."""

EXPIRY_NOTICE = timedelta(minutes=10)
"""So long before it the header says until when it may be used."""


class Session:
    """One run of the program: who asks, where, with which settings.

    Attributes:
        given: the global flags as typed.
        settings: profiles and preferences, as far as they could be read.
        clock: UTC; stands still with ``--clock``.
        demo: whether the account is the one inside this program.
        ascii: whether to draw no character beyond ASCII.
        color: whether colours are allowed: no ``--no-color``, no NO_COLOR.
        mouse: whether mouse reporting starts switched on: not over SSH, in tmux or in screen (ux.md rule 9).
        feeds: a lasting feed for each family, made when it is first asked for.
        source: exactly that access key is wanted; None: the one that the order gives.
        expired: when the temporary key ran out; None while it may be used.
        on_expiry: called once, on the loop, when it has.
        places: for lookups under way, of all families.
        away: whether the terminal has said that it lost the focus.
        on_traffic: called, on the loop, when `traffic` may have become another.
    """

    def __init__(
        self,
        given: Flags,
        *,
        environ: Mapping[str, str] | None = None,
        source: Source | None = None,
        root: Session | None = None,
    ) -> None:
        """A run's only session, or with `root` another identity in the same run (`beside`)."""
        self.given = given
        self.environ = os.environ if environ is None else environ
        self.source = source
        self.demo = given.demo
        self.ascii = given.ascii
        self.color = not given.no_color and not self.environ.get("NO_COLOR")
        self.mouse = not any(
            self.environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "TMUX", "STY")
        )
        self.clock: Clock = _standing(given.clock) if given.clock else _now
        self.settings: Settings = settings_room.load()
        self.feeds: Mapping[str, Feed] = _Feeds(self)
        self._root: Session = self if root is None else root
        # Opened here: a log that cannot be written is wrong use, to be said before anything is drawn.
        self.log: CallLog = CallLog(given.log) if root is None else root.log
        self._identity: Identity | None = None
        self._client: Client | None = None
        self._making = threading.Lock()
        self._paces: dict[str, Pace] = {} if root is None else root._paces
        self.places: Places | None = None
        self.away = False
        self.on_traffic: Callable[[], object] | None = None
        self._keeping = threading.Lock()
        self._store: Store | None = None
        self._followed_demo = False
        self.expired: datetime | None = None
        self._refused: Expired | None = None
        self.on_expiry: Callable[[], None] | None = None

    @classmethod
    def of(cls, args: argparse.Namespace) -> Session:
        """From parsed arguments.

        Raises:
            Misuse: flags that contradict each other, or a log that cannot be written.
        """
        return cls(Flags.of(args))

    def beside(self, source: Source | None, region: str) -> Session:
        """Another identity of the same run: a key, a client and feeds of its own; one store, one log.

        Rows, followed IDs and answers of two identities never meet: whatever is kept or shown belongs to a
        feed, and a feed to one session. Settings are read anew.
        """
        profile = source.name if source is not None and source.kind == "profile" else None
        given = replace(self.given, profile=profile, region=region)
        other = Session(given, environ=self.environ, source=source, root=self._root)
        other.clock, other.mouse = self.clock, self.mouse
        return other

    def open(self, *, waiting: Callable[[], None] | None = None) -> Identity:
        """Finds out who asks. It may wait for the keyring (up to 5 s), so not on the UI's loop.

        Args:
            waiting: called once if the keyring takes longer than a second.

        Raises:
            NoCredentials: nobody told us.
            Misuse: half a key pair, an unknown profile, a host that is not allowed.
        """
        if self._identity is None:
            identity = self._demo_identity() if self.demo else self._own_identity(waiting)
            self.endpoints(identity)
            self._identity = identity
        return self._identity

    @property
    def opened(self) -> bool:
        """Whether it is known who asks."""
        return self._identity is not None

    @property
    def identity(self) -> Identity:
        """Who asks; the first time it is found out (`open`)."""
        return self.open()

    @property
    def region(self) -> str:
        """Where is asked; before `open` as far as it is known without a keyring."""
        return self._region() if self._identity is None else self._identity.region

    @property
    def scope(self) -> Scope:
        """Whose rows and followed IDs these are."""
        from icetui.store import Scope

        identity = self.open()
        source = identity.source
        if self.given.clock is not None:
            # Jobs of the demo are a function of its clock: another moment is another account.
            source += f"@{self.given.clock:%Y-%m-%dT%H:%M:%SZ}"
        return Scope(source=source, key=identity.key.digest, region=identity.region)

    @property
    def client(self) -> Client:
        """What asks the service; made by whoever is the first to ask, in whichever thread."""
        with self._making:
            if self._client is None:
                self._client = self._make_client()
            return self._client

    @property
    def connected(self) -> bool:
        """Whether the client is made; the first time it takes a tenth of a second and more."""
        return self._client is not None

    @property
    def store(self) -> Store:
        """What is kept between runs: one for all identities."""
        store = self._opened_store()
        if self.demo and not self._followed_demo:
            self._followed_demo = True
            from icetui.demo import followed

            for family, ids in followed(self.clock).items():
                # The newest last: what is followed last stands first.
                store.follow(self.scope, family, ids[::-1], origin="demo")
        return store

    def _opened_store(self) -> Store:
        root = self._root
        with root._keeping:
            if root._store is None:
                from icetui.store import Store

                root._store = Store(cache=self.settings.cache)
            return root._store

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with configuration, store or log, a sentence each; nothing that stops the program."""
        store = self._root._store
        troubles = (None if store is None else store.trouble, self.log.trouble)
        return (*self.settings.problems, *(each.message for each in troubles if each is not None))

    @property
    def foreign(self) -> tuple[str, ...]:
        """Hosts that are asked and are not Alibaba Cloud's, because the profile allows it."""
        return () if self._identity is None else self.endpoints(self._identity).foreign

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about who asks and where, a sentence each."""
        if self._identity is None:
            return ()
        foreign = [f"{host} is not a host of Alibaba Cloud: the profile allows it" for host in self.foreign]
        return (*foreign, *([self._identity.note] if self._identity.note else []))

    def who(self) -> tuple[str, str, str, str]:
        """Profile, source, key hint and region for a header; the key is "" while nobody knows it yet."""
        if self._identity is None:
            profile = self.settings.profiles.get(self.given.profile or "")
            if self.source is not None and profile is not None:
                # What the profile says of itself, until its key is here.
                return (profile.name, profile.source, profile.key_hint, self.region)
            return (self.given.profile or "", "", "", self.region)
        identity = self._identity
        return (identity.profile, identity.source, identity.key.hint, identity.region)

    def flags(self) -> tuple[str, ...]:
        """The global flags of a command line that asks the same account at the same place."""
        given, words = self.given, []
        if given.demo:
            words.append("--demo")
        if given.clock is not None:
            words += ["--clock", f"{given.clock:%Y-%m-%dT%H:%M:%SZ}"]
        for fault in given.faults:
            words += ["--fault", fault]
        if given.profile:
            words += ["--profile", given.profile]
        if given.region or self.region != settings_room.DEFAULT_REGION:
            words += ["--region", self.region]
        for flag, url in (("--ice-endpoint", given.ice_endpoint), ("--vod-endpoint", given.vod_endpoint)):
            if url:
                words += [flag, url]
        return tuple(words)

    def feed(self, family: str, *, page_size: int = 50) -> Feed:
        """A new feed of one family; `feeds` holds the lasting ones."""
        from icetui.feed import Feed
        from icetui.lookups import Places

        kind = by_name(family)
        if self.places is None:
            self.places = Places()
        return Feed(
            kind,
            _Door(self),
            # What the demo follows is of families without a listing: a listed one does not wait for it.
            self._opened_store() if isinstance(kind, ListedFamily) else self.store,
            self.scope,
            clock=self.clock,
            page_size=page_size,
            interval=self.settings.interval,
        )

    @property
    def traffic(self) -> Traffic | None:
        """How asking goes; None before anything was asked, and where time stands still."""
        client = self._client
        return None if client is None or self.given.clock is not None else client.traffic

    def _heard(self) -> None:
        if self.on_traffic is not None:
            self.on_traffic()

    async def disconnect(self) -> None:
        """Closes connections; they belong to the loop they were made in."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    @property
    def place(self) -> tuple[Source | None, str]:
        """Source and region as a menu names them; opens the session."""
        from icetui.credentials import Source

        kind = self._kind()
        if kind is None or self.demo:
            return (self.source, self.region)
        return (Source(kind[0], kind[1]), self.region)

    def inherit(self, other: Session) -> None:
        """Follows what the identity followed in whose place this one stands: IDs, not rows."""
        if other.scope == self.scope:
            return
        for family in FAMILIES:
            self.store.follow(
                self.scope,
                family.name,
                self.store.followed(other.scope, family.name)[::-1],
                origin="inherited",
            )

    def visit(self) -> None:
        """Notes that somebody looks here, for the menu of those to come. Demo and memory leave no trace."""
        kind = self._kind()
        if kind is not None:
            self.store.visit("demo" if self.demo else kind[0], kind[1], self.region)

    def visited(self) -> list[tuple[Source | None, str]]:
        """Where somebody looked lately, this run or before, newest first: sources and regions."""
        from icetui.credentials import Source

        if self.demo:
            return [(None, region) for _, _, region in self.store.visited("demo")]
        from icetui.credentials import offered

        known = {each.source for each in offered(self.settings, self.environ, self.clock)}
        return [
            (source, region)
            for kind, name, region in self.store.visited()
            if (source := Source(cast("Kind", kind), name)) in known
        ]

    def _kind(self) -> tuple[Kind, str] | None:
        """The source as it can be found again: kind and name."""
        identity = self.open()
        match identity.source:
            case "demo":
                return ("none", "")
            case "memory":
                return None
            case "env" if not identity.profile:
                return ("env", "")
            case "aliyun" if identity.profile not in self.settings.profiles:
                return ("aliyun", identity.profile)
            case _:
                return ("profile", identity.profile)

    def check_expiry(self) -> None:
        """A key that is about to run out is not asked with: an answer would be a refusal.

        Raises:
            Expired: the temporary key has run out, or will within a minute.
        """
        runs_out = self.runs_out
        if self.expired is None and runs_out is not None and self.clock() >= runs_out - EXPIRY_MARGIN:
            self.ran_out(runs_out)
        if self._refused is not None:
            # What the service said once it would say again: every family has the same reason.
            raise self._refused.with_traceback(None)
        if self.expired is not None:
            raise Expired(
                f"The temporary key {self.identity.key.hint} ran out at {self.expired:%H:%M} UTC",
                hint="Rows stay as they are; r asks what to do",
            )

    @property
    def runs_out(self) -> datetime | None:
        """When the temporary key runs out, if that is known."""
        return None if self._identity is None else self._identity.key.expires

    def ran_out(self, when: datetime, refused: Expired | None = None) -> None:
        """The service said (`refused`), or its own date says, that the temporary key is of no more use."""
        if self.expired is None:
            self.expired = when
            self._refused = refused
            if self.on_expiry is not None:
                self.on_expiry()

    def banner(self) -> str:
        """What stands beside the identity for as long as it holds: an end that is near, a foreign host."""
        return self.until() or (f"asks {', '.join(self.foreign)}" if self.foreign else "")

    def until(self) -> str:
        """``until 14:02 UTC`` from ten minutes before a temporary key runs out; then ``expired …``."""
        if self.expired is not None:
            return f"expired {self.expired:%H:%M} UTC"
        runs_out = self.runs_out
        if runs_out is None or self.clock() < runs_out - EXPIRY_NOTICE:
            return ""
        return f"until {runs_out:%H:%M} UTC"

    def close(self) -> None:
        """Lets go of files."""
        if self._root is not self:
            return
        if self._store is not None:
            self._store.close()
        self.log.close()

    def _own_identity(self, waiting: Callable[[], None] | None) -> Identity:
        # Here, not at the top: a command that holds no secret does not pay for it.
        from icetui import credentials
        from icetui.vault_process import guard

        guard()
        return credentials.resolve(
            self.settings,
            profile=self.given.profile,
            region=self.given.region,
            environ=self.environ,
            source=self.source,
            clock=self.clock,
            waiting=waiting,
        )

    def _demo_identity(self) -> Identity:
        from icetui.credentials import Identity
        from icetui.demo import DEMO_KEY

        return Identity(key=DEMO_KEY, source="demo", profile="demo", region=self._region())

    def _region(self) -> str:
        """The region as far as it is known without a key."""
        name = self.given.profile or self.environ.get("ICETUI_PROFILE") or self.settings.default_profile
        profile = None if self.demo else self.settings.profiles.get(name)
        return settings_room.region_for(profile.region if profile else "", self.given.region, self.environ)

    def endpoints(self, identity: Identity | None) -> Endpoints:
        """Which hosts are asked as somebody, or as far as the flags say.

        Raises:
            Misuse: hosts that must not see an access key.
        """
        from icetui.endpoints import endpoints

        return endpoints(
            identity.region if identity is not None else self.region,
            network=identity.network if identity is not None else "public",
            ice=self.given.ice_endpoint,
            vod=self.given.vod_endpoint,
            allow_custom=identity is not None and identity.allow_custom_endpoint,
        )

    def _make_client(self) -> Client:
        from icetui.wire import Client

        identity = self.open()
        where = self.endpoints(identity)
        if not self.demo:
            client = Client(
                key=identity.key,
                region=identity.region,
                endpoints=where,
                clock=self.clock,
                log=self.log,
                pace=self._pace(identity),
                ca_file=identity.ca_file or None,
            )
        else:
            from icetui.demo.transport import demo

            # Where time stands still nobody waits.
            leaps = _Leaps() if self.given.clock else None
            client = Client(
                key=identity.key,
                region=identity.region,
                endpoints=where,
                transport=demo(self.clock if self.given.clock else None, faults_of(self.given)),
                clock=self.clock,
                log=self.log,
                # No ceiling: there is nobody to be polite to.
                ceiling=0,
                sleep=asyncio.sleep if leaps is None else leaps.sleep,
                monotonic=time.monotonic if leaps is None else leaps.monotonic,
            )
        client.changed = self._heard
        return client

    def _pace(self, identity: Identity) -> Pace:
        """The pace of a key: it outlasts a connection, and is one for all regions it is used in."""
        from icetui.pace import Pace

        ceiling = self.settings.calls_per_minute
        pace = self._paces.setdefault(identity.key.digest, Pace(ceiling, time.monotonic, _chance))
        pace.ceiling = ceiling
        return pace


class _Door:
    """The sender of all feeds: the session's client, which is made when the first call goes out.

    Rows of the last session are shown without it, and no key waits for it: what it imports is imported
    in a thread.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def places(self) -> Places | None:
        """For lookups under way."""
        return self._session.places

    @property
    def away(self) -> bool:
        """Whether the terminal has lost the focus."""
        return self._session.away

    @property
    def allowance(self) -> int:
        """Calls that may go now without waiting; a handful before anything could be counted."""
        return self._session.client.allowance if self._session.connected else 10

    @property
    def stretch(self) -> float:
        """By what every refresh interval is to be multiplied."""
        return self._session.client.stretch if self._session.connected else 1.0

    async def send(self, call: Call, *, urgent: bool = False) -> Answer:
        """Asks; see `wire.Client.send`."""
        session = self._session
        session.check_expiry()
        client = session.client if session.connected else await asyncio.to_thread(lambda: session.client)
        try:
            return await client.send(call, urgent=urgent)
        except Expired as refused:
            session.ran_out(session.runs_out or session.clock(), refused)
            raise


class _Feeds(Mapping[str, "Feed"]):
    """One lasting feed for each family, made when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[str, Feed] = {}

    def __getitem__(self, name: str) -> Feed:
        if name not in self._made:
            if name not in set(self):
                raise KeyError(name)
            self._made[name] = self._session.feed(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter([family.name for family in FAMILIES])

    def __len__(self) -> int:
        return len(FAMILIES)


def _now() -> datetime:
    return datetime.now(UTC)


class _Leaps:
    """What waiting is where time stands still: it is over at once, and the time is as if it had passed."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Passes over so many seconds."""
        self._ahead += max(0.0, seconds)


def _chance() -> float:
    import random

    return random.random()


def _standing(when: datetime) -> Clock:
    return lambda: when
