"""The screen program: one session, one list with a place for each family, screens on top of it."""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import shlex
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message

from icetui import child
from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.families import FAMILIES
from icetui.job import Job
from icetui.panes.bars import Tab, Who
from icetui.panes.net import Net
from icetui.panes.thrift import ThriftyApp
from icetui.screens.browse import Browse
from icetui.screens.room import Room

if TYPE_CHECKING:
    from icetui.feed import Snapshot
    from icetui.session import Session

QUIT_AGAIN = 2.0
"""Seconds within which a second Ctrl+C quits."""


class IcetuiApp(ThriftyApp):
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

        def __init__(self, remembered: Snapshot | None, error: IcetuiError | None) -> None:
            super().__init__()
            self.remembered = remembered
            self.error = error

    class Waiting(Message):
        """The keyring takes its time: perhaps it asks somebody on a desktop."""

    def __init__(self, session: Session, *, family: str = "smart") -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self.browse = Browse(session, family)
        self._net = Net()
        self._interrupted = 0.0
        self._opening = False
        self.mouse = session.mouse
        if session.ascii:
            self.add_class("-ascii")

    # -- life

    def get_default_screen(self) -> Browse:
        """The list."""
        return self.browse

    def on_mount(self) -> None:
        """Signals give the terminal back; the session opens after the first paint."""
        if not self.is_headless:
            self._catch_signals()
            self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh(layout=True))
        self.call_after_refresh(self.open_session)

    async def on_unmount(self) -> None:
        """Connections are let go, they belong to this loop; a keyring's process is not waited for."""
        child.stop()
        await self.session.disconnect()

    def open_session(self) -> None:
        """Finds out who asks, in a thread of its own: a keyring may take seconds or never answer."""
        if self._opening:
            return
        self._opening = True
        threading.Thread(target=self._open, daemon=True, name="open-session").start()

    def _open(self) -> None:
        # Messages are posted, not calls made: they may come from a thread, and after the end they go nowhere.
        try:
            self.session.open(waiting=self._tell_waiting)
            snapshot = self.session.feeds[self.browse.family.name].remembered()
        except IcetuiError as error:
            self.post_message(self.Opened(None, error))
            return
        self.post_message(self.Opened(snapshot, None))
        # The HTTP library takes as long to import as half of all before it: here, not where keys are read.
        importlib.import_module("icetui.connection")

    def _tell_waiting(self) -> None:
        self.post_message(self.Waiting())

    @on(Waiting)
    def _waiting(self) -> None:
        self._say("waiting for the keyring…")

    @on(Opened)
    def _session_opened(self, event: Opened) -> None:
        self._opening = False
        if event.error is not None:
            self.browse.refused(event.error)
        elif event.remembered is not None:
            self.browse.opened(event.remembered)

    def _catch_signals(self) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            loop.add_signal_handler(number, self.exit, 128 + number)
        self.set_interval(1.0, self._watch_hang_up)

    def _watch_hang_up(self) -> None:
        """A terminal that is gone while SIGHUP is ignored would leave a program that burns CPU."""
        poll = select.poll()
        poll.register(0, select.POLLHUP)
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            os._exit(128 + signal.SIGHUP)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The last net: no control character of anybody's text reaches the terminal."""
        return [*super().get_line_filters(), self._net]

    def _fatal_error(self) -> None:
        """A crash shows where, never what was in the variables: one of them may be a secret."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        traceback = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._return_code = 70
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
        return Who("" if profile == source else profile, source, hint, region)

    def command_for(self, job: Job) -> str:
        """The command line that shows this job, asking the same account."""
        return shlex.join(["icetui", *self.session.flags(), "show", job.id, "--family", job.family])

    # -- keys that work everywhere

    def action_nothing(self) -> None:
        """Takes a key away from the framework."""

    def action_stop(self) -> None:
        """Ctrl+C stops what runs; when nothing runs, twice within two seconds quits."""
        screen = self.screen
        running = [
            worker
            for worker in self.workers
            if worker.group in ("more", "refresh", "find") and worker.is_running
        ]
        if running:
            for worker in running:
                worker.cancel()
            self._say("Stopped. What came is kept.")
            return
        now = time.monotonic()
        if now - self._interrupted < QUIT_AGAIN:
            self.exit(130)
            return
        self._interrupted = now
        if isinstance(screen, Room):
            screen.say("Ctrl+C again quits; q too.", "warn")

    def _say(self, words: str) -> None:
        if isinstance(self.screen, Room):
            self.screen.say(words)

    def action_help(self) -> None:
        """The keys that work here."""
        from icetui.screens.reading import Reading, help_lines

        screen = self.screen
        if isinstance(screen, Room) and not isinstance(screen, Reading):
            self.push_screen(Reading("Keys", help_lines(screen.WHERE)))

    def action_log(self) -> None:
        """The request log."""
        from icetui.screens.reading import Reading, log_lines

        if not isinstance(self.screen, Reading):
            log = self.session.log
            self.push_screen(
                Reading("Requests", log_lines(log.entries, self.session.settings.calls_per_minute))
            )

    def action_mouse(self) -> None:
        """Mouse reporting on or off."""
        driver = self._driver
        if driver is None:
            return
        self.mouse = not self.mouse
        if self.mouse:
            driver._enable_mouse_support()  # type: ignore[attr-defined]  # no public switch in 8.2.8
        else:
            driver._disable_mouse_support()  # type: ignore[attr-defined]
        self._say(f"Mouse {'on' if self.mouse else 'off'}.")

    def action_repaint(self) -> None:
        """Paints everything anew, whatever stands there."""
        self.forget_terminal()
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def show_plain(self, text: str) -> None:
        """Leaves the alternate screen, prints text unboxed, waits for Enter."""
        if self.is_headless:
            return
        lines = [clean(line) for line in text.split("\n")]
        with self.suspend():
            print("\n".join(lines), file=sys.stderr)  # noqa: T201  # the plain view is a print
            print("\n-- Enter goes back --", file=sys.stderr, flush=True)  # noqa: T201
            # Ctrl+C is one more way to say that one has read enough.
            with contextlib.suppress(KeyboardInterrupt):
                sys.stdin.readline()
        self.screen.refresh(layout=True)


def run(session: Session, *, family: str = "smart") -> int:
    """Runs the screens to their end and gives the exit code.

    The terminal is given back whatever happens. Threads that wait for a keyring are not waited for.
    """
    app = IcetuiApp(session, family=family)
    code = app.run(mouse=session.mouse)
    session.close()
    return app.return_code or code or 0
