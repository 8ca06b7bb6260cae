"""A program that begins with the frame of its last session, and takes one for its next."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.geometry import Region, Size

from icetui import kept_frame
from icetui.kept_frame import KeptFrame, Rows
from icetui.screens.orderly import OrderlyApp

if TYPE_CHECKING:
    from textual.driver import Driver

LEAVING = ("q", "f10", "ctrl+c")
"""Keys that do not wait for rows."""


class FramedApp(OrderlyApp):
    """Paints over the frame that stands on the terminal once there are rows, without a blank in between.

    Args:
        frame: of the last session, painted or not; None: none is painted, and none is kept.
    """

    def __init__(self, frame: KeptFrame | None) -> None:
        super().__init__(ansi_color=True)
        self._frame = frame
        self._begins = frame is not None and frame.rows is not None
        self._hold = contextlib.ExitStack()
        self._typed: list[events.Key] = []
        self._home: tuple[Rows, Size, int] | None = None
        if frame is not None and frame.rows is not None:
            self.begin_with(frame.rows, Size(*frame.size))
            # Until the rows are there the frame shows more than an empty list would.
            self._hold.enter_context(self.batch_update())

    @property
    def home(self) -> tuple[Region, int] | None:
        """What is left out of a picture, and the line that says how fresh the rows are.

        None while the program does not look as it will when it starts again.
        """
        return None

    async def let_paint(self) -> None:
        """From here on the screens paint over the frame, and do what was typed at it."""
        if not self._begins:
            return
        self._begins = False
        self._hold.close()
        self.screen.refresh(layout=True)
        typed, self._typed = self._typed, []
        for key in typed:
            await self.on_event(key)

    def say_on_frame(self, words: str) -> bool:
        """Says something in the frame's line for it; False where no frame stands there any more."""
        frame, driver = self._frame, self._driver
        if not self._begins or frame is None or frame.rows is None or driver is None:
            return False
        line, look = frame.said
        frame.rows[line] = [(look, f" {words}"[: frame.size[0]])]
        driver.write(f"\x1b[{line + 1};1H\x1b[0m\x1b[K{kept_frame.painted(line, frame.rows[line])}")
        self.begin_with(frame.rows, Size(*frame.size))
        return True

    async def on_event(self, event: events.Event) -> None:
        """Keys typed at the frame of the last session wait for rows, all but those that leave."""
        if isinstance(event, events.Key):
            if self._begins and event.key not in LEAVING:
                self._typed.append(event)
                return
            self._take_home()
        await super().on_event(event)

    def exit(self, *given: Any, **named: Any) -> None:
        """Ends the program."""
        self._take_home()
        super().exit(*given, **named)

    def _take_home(self) -> None:
        """Takes the picture the next start begins with, each time before it may go away."""
        if self._frame is None or self.is_headless or (home := self.home) is None:
            return
        with contextlib.suppress(ValueError):  # part of the terminal is not known: the one before stays
            self._home = (self.picture(home[0]), self.size, home[1])

    def keep_frame(self, *, color: bool, allowed: bool) -> None:
        """Keeps the picture; to be called when the terminal has been given back.

        Args:
            color: whether colours are allowed.
            allowed: whether anything is to be kept.

        Raises:
            OSError: nothing is to be kept, and what was kept before cannot be removed.
        """
        if self._frame is None:
            return
        if not allowed:
            kept_frame.forget()
        elif self._home is not None:
            rows, size, line = self._home
            self._frame.keep(rows, (size.width, size.height), (line, "1;33" if color else "1"))

    def _build_driver(self, *given: Any, **named: Any) -> Driver:
        """The first time the driver starts it finds the terminal in its modes, with the frame on it."""
        driver: Any = super()._build_driver(*given, **named)
        if self._frame is not None and self._begins:
            _let_take_over(driver, self._frame)
        return cast("Driver", driver)


def _let_take_over(driver: Any, frame: KeptFrame) -> None:
    """The first time the driver starts it finds the terminal in its modes, with the frame on it."""
    start: Callable[[], None] = driver.start_application_mode

    def take_over() -> None:
        del driver.start_application_mode  # the next time, after Ctrl+Z, there is no frame
        write: Callable[[str], None] = driver.write
        # A terminal clears the alternate screen when it is asked for it.
        driver.write = lambda text: None if text == kept_frame.ALTERNATE else write(text)
        try:
            start()
        finally:
            del driver.write
        before = frame.taken()
        if before is not None:
            driver.attrs_before = before

    driver.start_application_mode = take_over
