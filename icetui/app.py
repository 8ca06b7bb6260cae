"""The screen program: one session, one list with a place for each family, screens on top of it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import Region
from textual.message import Message
from textual.worker import WorkerFailed

from icetui import child
from icetui.clean import clean
from icetui.errors import Expired, IcetuiError, Misuse, NoCredentials
from icetui.families import FAMILIES
from icetui.job import Job
from icetui.panes.ascii_only import AsciiOnly
from icetui.panes.bars import Header, Tab, Who
from icetui.panes.net import Net
from icetui.screens.browse import Browse
from icetui.screens.framed import FramedApp
from icetui.screens.room import Room
from icetui.session import EXPIRY_MARGIN, EXPIRY_NOTICE

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.timer import Timer

    from icetui.access_key import AccessKey
    from icetui.credentials import Source
    from icetui.feed import Snapshot
    from icetui.kept_frame import KeptFrame
    from icetui.session import Session

QUIT_AGAIN = 2.0
"""Seconds within which a second Ctrl+C quits."""

STOPPABLE = ("more", "refresh", "find", "copy")
"""Groups of workers that Ctrl+C stops: what a person has asked for, not the beats."""

_LATER = ("icetui.connection", "icetui.screens.detail", "icetui.screens.filters", "icetui.panes.clipboard")
"""Modules that the first frame does without."""

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class IcetuiApp(FramedApp):
    """icetui on a terminal.

    Args:
        session: made from the flags, not yet opened: the first frame waits for nobody.
    """

    CSS_PATH = "icetui.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "icetui"
    # Textual's own Ctrl+Q would quit from a key that terminals use for flow control.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "nothing", show=False, id="nothing", description="nothing", tooltip="Does nothing.")
    ]

    class Opened(Message):
        """It is known who asks, with last session's rows; or why nobody can ask."""

        def __init__(self, session: Session, remembered: Snapshot | None, error: IcetuiError | None) -> None:
            super().__init__()
            self.session = session
            self.remembered = remembered
            self.error = error

    class Waiting(Message):
        """The keyring takes its time: perhaps it asks somebody on a desktop."""

    class Traffic(Message):
        """A call began, waits, is asked again, or ended."""

    class KeyExpired(Message):
        """The temporary key of a session is of no more use."""

        def __init__(self, session: Session) -> None:
            super().__init__()
            self.session = session

        def posted_to(self, app: IcetuiApp) -> Callable[[], None]:
            """What posts it."""

            def post() -> None:
                app.post_message(self)

            return post

    def __init__(self, session: Session, *, family: str = "smart", frame: KeptFrame | None = None) -> None:
        if not session.color:
            # Textual takes it from there, and out of there, when it is made.
            os.environ["NO_COLOR"] = "1"
        super().__init__(frame)
        self.session = self._begun = session
        self._sessions: dict[tuple[Source | None, str], Session] = {}
        self._heirs: dict[Session, Session] = {}
        self._opening: set[Session] = set()
        self._started = False
        self._has_traffic = False
        self._expiry: Timer | None = None
        self.browse = Browse(session, family)
        self._filters_of_ours: tuple[LineFilter, ...] = (AsciiOnly(), Net()) if session.ascii else (Net(),)
        self._interrupted = 0.0
        self.mouse = session.mouse
        self.export_folder = Path()
        """Where exported files go, as a person named it; the current directory until then."""
        self.exported: Path | None = None
        """The file that was exported last."""
        self.crash: BaseException | None = None
        """What nobody foresaw, to be raised once the terminal is given back."""
        if session.ascii:
            self.add_class("-ascii")

    # -- life

    async def live(self) -> None:
        """Runs on the terminal to the end; whoever ends it, the terminal is given back."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Unwaited())
        # Caught before the terminal is changed, so that there is no moment in which a signal leaves it so.
        for number in _ENDING:
            loop.add_signal_handler(number, self._end, 128 + number)
        threading.excepthook = self._thread_broke
        await self.run_async(mouse=self.mouse)

    def get_default_screen(self) -> Browse:
        """The list."""
        return self.browse

    def on_mount(self) -> None:
        """After `fg` everything is painted again; the session opens after the first paint."""
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh(layout=True))
        if not self.is_headless:
            self.set_interval(1.0, self._watch_hang_up)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        """The first frame stands: now what it did without."""
        if not gc.isenabled():
            # Switched off by the command line: what was imported for the first frame stays to the end.
            gc.freeze()
            gc.enable()
        self.open_session()

    async def on_unmount(self) -> None:
        """Connections are let go, they belong to this loop; a keyring's process is not waited for."""
        child.stop()
        for session in {self.session, *self._sessions.values()}:
            await session.disconnect()

    def open_session(self) -> None:
        """Finds out who asks, in a thread of its own: a keyring may take seconds or never answer."""
        session = self.session
        if session in self._opening:
            return
        self._opening.add(session)
        session.on_expiry = self.KeyExpired(session).posted_to(self)
        session.on_traffic = self._heard_traffic
        session.away = not self.app_focus
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

    def _heard_traffic(self) -> None:
        if not self._has_traffic:
            self._has_traffic = True
            self.post_message(self.Traffic())

    @on(Traffic)
    def _show_traffic(self) -> None:
        self._has_traffic = False
        if isinstance(self.screen, Room):
            self.screen.freshen()

    def watch_app_focus(self, focused: bool) -> None:
        """Without the focus is asked less often; a terminal that tells nothing of it never loses it."""
        self.session.away = not focused
        if focused and isinstance(self.screen, Room):
            self.screen.came_back()

    def _tell_waiting(self) -> None:
        self.post_message(self.Waiting())

    @on(Waiting)
    def _waiting(self) -> None:
        words = "waiting for the keyring…"
        if not self.say_on_frame(words):
            self._say(words)

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
        with self.suspend(), _signals_as_elsewhere():
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

    def _end(self, code: int) -> None:
        """A signal ends the program as `q` does."""
        self.exit(return_code=code)

    def _watch_hang_up(self) -> None:
        """A terminal that went without a signal would leave a program that reads nothing for ever."""
        if not os.isatty(0):
            child.stop()
            os._exit(128 + signal.SIGHUP)

    def _thread_broke(self, broken: threading.ExceptHookArgs) -> None:
        """Whatever breaks in a thread is a crash as anywhere else, unless the terminal is gone."""
        self._watch_hang_up()
        if isinstance(broken.exc_value, Exception):
            self.call_later(self._handle_exception, broken.exc_value)

    def _build_driver(self, *given: Any, **named: Any) -> Driver:
        """Textual asks for the mouse in pixels where a terminal can tell, and never takes that back."""
        driver: Any = super()._build_driver(*given, **named)
        driver._enable_mouse_pixels = lambda: None
        return cast("Driver", driver)

    @property
    def home(self) -> tuple[Region, int] | None:
        """The preview is left out of the picture: it is read anew."""
        browse = self.browse
        # A start begins as the first identity: the rows of another are not kept for it.
        if self.screen is not browse or not browse.at_home or self.session is not self._begun:
            return None
        return browse.preview_region, browse.status.region.y

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The last net: no control character of anybody's text reaches the terminal."""
        return [*super().get_line_filters(), *self._filters_of_ours]

    def _handle_exception(self, error: Exception) -> None:
        """A crash ends the screens; `run` raises it and the command line says where, without values."""
        if self.crash is None:
            self.crash = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print what was in the variables, and one of them may be a secret."""
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """Textual would print what it was given; it gives up on its own where it cannot read keys."""
        if self.crash is None:
            self.crash = RuntimeError("the terminal's input could not be read")
        self._close_messages_no_wait()

    # -- what all screens say

    def tabs(self, active: str) -> list[Tab]:
        """The families with their keys."""
        return [
            Tab(str(n), family.title, family.name == active) for n, family in enumerate(FAMILIES, start=1)
        ]

    def who(self) -> Who:
        """Whose key, where; before the session is open, as far as the flags say."""
        profile, source, hint, region = self.session.who()
        return Who("" if profile == source else profile, source, hint, region, self.session.banner())

    def command_for(self, job: Job) -> str:
        """The command line that shows this job, asking the same account."""
        return shlex.join(["icetui", *self.session.flags(), "show", job.id, "--family", job.family])

    # -- keys that work everywhere

    def action_nothing(self) -> None:
        """Takes a key away from the framework."""

    def action_stop(self) -> None:
        """Ctrl+C leaves a prompt, else stops what runs; when nothing runs, twice within two seconds quits."""
        if isinstance(self.screen, Room) and self.screen.leave_prompt():
            return
        running = [each for each in self.workers if each.group in STOPPABLE and each.is_running]
        for worker in running:
            worker.cancel()
        if running or (isinstance(self.screen, Room) and self.screen.stop()):
            self._say("Stopped. What came is kept.")
            return
        before, self._interrupted = self._interrupted, time.monotonic()
        if self._interrupted - before < QUIT_AGAIN:
            self._end(128 + signal.SIGINT)
        else:
            self._say("Ctrl+C again quits.", "warn")

    def _say(self, words: str, style: str = "") -> None:
        if isinstance(self.screen, Room):
            self.screen.say(words, style)

    def action_help(self) -> None:
        """The keys that work here."""
        from icetui.screens.reading import Reading, help_lines

        screen = self.screen
        if isinstance(screen, Room) and not isinstance(screen, Reading):
            self.push_screen(Reading("Keys", help_lines(*screen.places)))

    def action_log(self) -> None:
        """The request log."""
        from icetui.screens.reading import Reading, log_lines

        if not isinstance(self.screen, Reading):
            session = self.session
            ceiling = 0 if session.demo else session.settings.calls_per_minute
            traffic = session.traffic
            # Where time stands still all of it is one minute.
            recent = len(session.log.entries) if traffic is None else traffic.calls
            self.push_screen(Reading("Requests", log_lines(session.log.entries, ceiling, recent)))

    def action_mouse(self) -> None:
        """Mouse reporting on or off."""
        driver: Any = self._driver  # Textual 8.2.8 has no public switch
        self.mouse = not self.mouse
        if not self.is_headless:
            # A driver without the mouse does nothing; one with it switches it on again after `fg`.
            driver._mouse = True
            if self.mouse:
                driver._enable_mouse_support()
            else:
                driver._disable_mouse_support()
            driver._mouse = self.mouse
        self._say(f"Mouse {'on' if self.mouse else 'off'}.")

    def action_repaint(self) -> None:
        """Paints everything anew, whatever stands there."""
        self.forget_terminal()
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def show_plain(self, text: str) -> None:
        """Leaves the alternate screen, prints text unboxed, waits for Enter or Ctrl+C."""
        if self.is_headless:
            return
        # A tab stands between columns here: it is what `cut` and spreadsheets take.
        lines = ["\t".join(clean(cell) for cell in line.split("\t")) for line in text.split("\n")]
        # The loop stands still here, and a terminal that is gone is found out once it goes on.
        with self.suspend(), contextlib.suppress(KeyboardInterrupt, OSError), _signals_as_elsewhere():
            print(*lines, "", "-- Enter goes back --", sep="\n", file=sys.stderr, flush=True)  # noqa: T201  # the plain view is a print
            while (typed := os.read(0, 4096)) and not typed.endswith(b"\n"):
                pass


@contextlib.contextmanager
def _signals_as_elsewhere() -> Iterator[None]:
    """Signals do what they do to any program: the loop stands still and would not hear them."""
    handlers: dict[signal.Signals, Any] = dict.fromkeys(_ENDING, signal.SIG_DFL)
    handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    # The loop would find them in its pipe afterwards, and end the program for them.
    pipe = signal.set_wakeup_fd(-1)
    try:
        yield
    finally:
        signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)
        for number, handler in before.items():
            signal.signal(number, handler)


class Unwaited(ThreadPoolExecutor):
    """A thread for each call, which the end of the program does not wait for.

    The threads of a pool are waited for, and one that asks a name server may take half a minute.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Calls a function in a thread."""
        future: Future[Any] = Future()
        threading.Thread(target=_call, args=(future, fn, args, kwargs), daemon=True).start()
        return future


def _call(future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = fn(*args, **kwargs)
    except BaseException as error:  # not ours: it is raised where the future is awaited
        future.set_exception(error)
    else:
        future.set_result(result)


def run(session: Session, *, family: str = "smart", frame: KeptFrame | None = None) -> int:
    """Runs the screens to their end and gives the exit code.

    Args:
        session: made from the flags.
        family: the list to begin with.
        frame: of the last session, perhaps painted already; it is kept anew at the end.

    Raises:
        BaseException: what crashed them; the terminal has been given back by then.
    """
    app = IcetuiApp(session, family=family, frame=frame)
    try:
        asyncio.run(app.live())
    finally:
        session.close()
        # The process ends: nobody looks through a hundred thousand rows for what could be freed.
        gc.freeze()
    if app.crash is not None:
        raise app.crash
    app.keep_frame(color=session.color, allowed=session.settings.cache != "nothing")
    return app.return_code or 0
