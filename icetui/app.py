"""The screen program: one session, one list with a place for each family, screens on top of it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
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
from icetui.families import FAMILIES
from icetui.job import Job
from icetui.panes.ascii_only import AsciiOnly
from icetui.panes.bars import Tab
from icetui.panes.net import Net
from icetui.screens.browse import Browse
from icetui.screens.identified import IdentifiedApp
from icetui.screens.outside import ENDING, signals_as_elsewhere
from icetui.screens.room import Room

if TYPE_CHECKING:
    from textual.driver import Driver

    from icetui.kept_frame import KeptFrame
    from icetui.session import Session

QUIT_AGAIN = 2.0
"""Seconds within which a second Ctrl+C quits."""

STOPPABLE = ("more", "refresh", "find", "copy")
"""Groups of workers that Ctrl+C stops: what a person has asked for, not the beats."""


class IcetuiApp(IdentifiedApp):
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

    class Traffic(Message):
        """A call began, waits, is asked again, or ended."""

    def __init__(self, session: Session, *, family: str = "smart", frame: KeptFrame | None = None) -> None:
        if not session.color:
            # Textual takes it from there, and out of there, when it is made.
            os.environ["NO_COLOR"] = "1"
        super().__init__(session, frame)
        self._has_traffic = False
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
        for number in ENDING:
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
        await self.disconnect()

    def begins(self, session: Session) -> None:
        """Its calls are heard, and it asks as often as the focus allows."""
        session.on_traffic = self._heard_traffic
        session.away = not self.app_focus

    def _heard_traffic(self) -> None:
        if not self._has_traffic:
            self._has_traffic = True
            self.post_message(self.Traffic())

    @on(Traffic)
    def _show_traffic(self) -> None:
        self._has_traffic = False
        # A call may end when the screens have ended.
        if self.screen_stack and isinstance(self.screen, Room):
            self.screen.freshen()

    def watch_app_focus(self, focused: bool) -> None:
        """Without the focus is asked less often; a terminal that tells nothing of it never loses it."""
        self.session.away = not focused
        if focused and self.screen_stack and isinstance(self.screen, Room):
            self.screen.came_back()

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
        if self.screen is not browse or not browse.at_home or not self.is_as_begun:
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
        """The families with their keys; one that the service will not tell about is greyed."""
        return [
            Tab(str(n), family.title, family.name == active, self.browse.is_denied(family.name))
            for n, family in enumerate(FAMILIES, start=1)
        ]

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
            self.say("Stopped. What came is kept.")
            return
        before, self._interrupted = self._interrupted, time.monotonic()
        if self._interrupted - before < QUIT_AGAIN:
            self._end(128 + signal.SIGINT)
        else:
            self.say("Ctrl+C again quits.", "warn")

    def say(self, words: str, style: str = "") -> None:
        """Answers a person on the screen that is shown."""
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
        self.say(f"Mouse {'on' if self.mouse else 'off'}.")

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
        with self.suspend(), contextlib.suppress(KeyboardInterrupt, OSError), signals_as_elsewhere():
            print(*lines, "", "-- Enter goes back --", sep="\n", file=sys.stderr, flush=True)  # noqa: T201  # the plain view is a print
            while (typed := os.read(0, 4096)) and not typed.endswith(b"\n"):
                pass


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
