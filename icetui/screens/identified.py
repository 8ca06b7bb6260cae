"""A program that knows who asks: opens sessions, goes from one to another, and sees a key run out.

Each identity is a session with its own client and feeds. Only the one that is shown asks; what another one
still brings is dropped.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from icetui.errors import Expired, IcetuiError, Misuse, NoCredentials
from icetui.panes.bars import Header, Who
from icetui.screens.framed import FramedApp
from icetui.screens.outside import signals_as_elsewhere
from icetui.screens.room import Room
from icetui.session import EXPIRY_MARGIN, EXPIRY_NOTICE

if TYPE_CHECKING:
    from textual.timer import Timer

    from icetui.access_key import AccessKey
    from icetui.credentials import Source
    from icetui.kept_frame import KeptFrame
    from icetui.screens.browse import Browse
    from icetui.session import Session
    from icetui.snapshot import Snapshot

_LATER = ("icetui.connection", "icetui.screens.detail", "icetui.screens.filters", "icetui.panes.clipboard")
"""Modules that the first frame does without."""


class IdentifiedApp(FramedApp):
    """Shows one session at a time.

    Args:
        session: the one to begin with, not yet opened.
        frame: of the last start, or None.

    Attributes:
        session: whose lists are shown.
    """

    browse: Browse
    crash: BaseException | None

    class Opened(Message):
        """It is known who asks, with last session's rows; or why nobody can ask."""

        def __init__(self, session: Session, remembered: Snapshot | None, error: IcetuiError | None) -> None:
            super().__init__()
            self.session = session
            self.remembered = remembered
            self.error = error

    class Waiting(Message):
        """The keyring takes its time: perhaps it asks somebody on a desktop."""

    class KeyExpired(Message):
        """The temporary key of a session is of no more use."""

        def __init__(self, session: Session) -> None:
            super().__init__()
            self.session = session

        def posted_to(self, app: IdentifiedApp) -> Callable[[], None]:
            """What posts it."""

            def post() -> None:
                app.post_message(self)

            return post

    def __init__(self, session: Session, frame: KeptFrame | None) -> None:
        super().__init__(frame)
        self.session = self._begun = session
        self._sessions: dict[tuple[Source | None, str], Session] = {}
        self._heirs: dict[Session, Session] = {}
        self._opening: set[Session] = set()
        self._started = False
        self._expiry: Timer | None = None

    @property
    def is_as_begun(self) -> bool:
        """Whether the identity is the one that a start begins with."""
        return self.session is self._begun

    def begins(self, session: Session) -> None:
        """A session is about to be opened."""

    def say(self, words: str, style: str = "") -> None:
        """Answers a person on the screen that is shown."""

    def who(self) -> Who:
        """Whose key, where; before the session is open, as far as the flags say."""
        profile, source, hint, region = self.session.who()
        return Who("" if profile == source else profile, source, hint, region, self.session.banner())

    async def disconnect(self) -> None:
        """Lets go of the connections of all sessions; they belong to this loop."""
        for session in {self.session, *self._sessions.values()}:
            await session.disconnect()

    def open_session(self) -> None:
        """Finds out who asks, in a thread of its own: a keyring may take seconds or never answer."""
        session = self.session
        if session in self._opening:
            return
        self._opening.add(session)
        session.on_expiry = self.KeyExpired(session).posted_to(self)
        self.begins(session)
        threading.Thread(target=self._open, args=(session,), daemon=True, name="open-session").start()

    def _open(self, session: Session) -> None:
        # Messages are posted, not calls made: they may come from a thread, and after the end they go nowhere.
        try:
            session.open(waiting=self._tell_waiting)
            if (before := self._heirs.pop(session, None)) is not None:
                session.inherit(before)
            snapshot = session.feeds[self.browse.family.name].remembered()
        except IcetuiError as error:
            self.post_message(self.Opened(session, None, error))
            return
        self.post_message(self.Opened(session, snapshot, None))
        session.visit()
        # The client and what is drawn later take as long to import as half of all before: here, not where
        # keys are read. What is wrong with the client is told by the first call.
        with contextlib.suppress(IcetuiError):
            _ = session.client
        for name in _LATER:
            importlib.import_module(name)

    def _tell_waiting(self) -> None:
        self.post_message(self.Waiting())

    @on(Waiting)
    def _waiting(self) -> None:
        words = "waiting for the keyring…"
        if not self.say_on_frame(words):
            self.say(words)

    @on(Opened)
    async def _session_opened(self, event: Opened) -> None:
        self._opening.discard(event.session)
        if event.session is not self.session:
            return  # somebody else asks by now
        first, self._started = not self._started, True
        if event.error is not None:
            self._nobody(event.error, first=first)
        elif event.remembered is not None:
            self._sessions[self.session.place] = self.session
            self.browse.opened(event.remembered)
            self._watch_expiry()
            for note in self.session.notes[:1]:
                # Until a key says that it was read; then it stands behind the counts.
                self.say(note, "warn")
        await self.let_paint()

    def _nobody(self, error: IcetuiError, *, first: bool) -> None:
        """There is nobody to ask as: wrong use ends the program, anything else can be put right here."""
        if first and isinstance(error, Misuse):
            self.crash = error
            self.exit(return_code=error.exit_code)
            return
        if not isinstance(error, NoCredentials):
            self.browse.refused(error)
        else:
            said = error.short or f"{error.message} {error.hint}".strip()
            self.browse.refused(NoCredentials(said, hint="r shows what can be done, c chooses another"))
            from icetui.screens.identity import Identities

            Identities(self).sign_in(error)

    # -- who asks, and where

    def action_identity(self) -> None:
        """Chooses profile and region."""
        from icetui.screens.choose import Choose
        from icetui.screens.identity import Identities

        if not isinstance(self.screen, Choose):
            Identities(self).choose()

    def switch(self, source: Source | None, region: str) -> None:
        """Shows the lists of another identity, where they were left; what the old one asked is dropped."""
        if self.session.opened and (source, region) == self.session.place and self.session.expired is None:
            return
        known = self._sessions.get((source, region))
        if known is None or known.expired is not None:
            known = self.session.beside(source, region)
        self._go_to(known)

    def renew(self, source: Source | None) -> None:
        """Begins anew in the same region: with another key, or with what a source gives by now."""
        old = self.session
        new = old.beside(source, old.region)
        if old.opened:
            self._heirs[new] = old
        self._go_to(new, like=old)

    def _go_to(self, session: Session, like: Session | None = None) -> None:
        old, self.session = self.session, session
        if self._expiry is not None:
            self._expiry.stop()
        # Whatever stands over the lists was asked for by the old identity.
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.browse.show_session(session, like=like)
        self.run_worker(old.disconnect(), group="disconnect")
        self.open_session()

    def _watch_expiry(self) -> None:
        """What the header says of a temporary key changes with time, not with answers."""
        session = self.session
        self._show_who()
        runs_out = session.runs_out
        if runs_out is None or session.expired is not None:
            return
        now = session.clock()
        for at in (runs_out - EXPIRY_NOTICE, runs_out - EXPIRY_MARGIN):
            if now < at:
                self._expiry = self.set_timer((at - now).total_seconds() + 0.01, self._watch_expiry)
                return
        with contextlib.suppress(Expired):
            session.check_expiry()

    @on(KeyExpired)
    def _key_expired(self, event: KeyExpired) -> None:
        if event.session is self.session:
            self._show_who()
            self.ask_about_expiry()

    def ask_about_expiry(self) -> None:
        """Opens the one dialog of a key that has run out; nothing is put over a prompt or a menu."""
        screen = self.screen
        if self.session.expired is None:
            return
        if not isinstance(screen, Room) or screen.held:
            self._expiry = self.set_timer(0.5, self.ask_about_expiry)
            return
        from icetui.screens.identity import Identities

        Identities(self).ran_out()

    def _show_who(self) -> None:
        for screen in self.screen_stack:
            for header in screen.query(Header):
                header.identify(self.who())

    def type_key(self, heading: str) -> AccessKey | None:
        """Asks for an access key on the plain terminal: the framework's own fields leak what is typed.

        Returns:
            the key, or None: Ctrl+C, or there is no terminal.
        """
        if self.is_headless:
            return None
        from icetui import credentials
        from icetui.prompt import dialogue
        from icetui.vault_process import guard

        guard()
        key: AccessKey | None = None
        broken: Exception | None = None
        with self.suspend(), signals_as_elsewhere():
            # Nothing may leave this block by an exception: the screens would never come back.
            try:
                with dialogue() as terminal:
                    terminal.say(heading)
                    key = credentials.ask(terminal)
            except (KeyboardInterrupt, OSError):
                key = None
            except Exception as error:  # a bug: told once the screens are back
                broken = error
        if broken is not None:
            raise broken
        return key
