"""Waiting for keys ends when it is told to, not when its time is over."""

from __future__ import annotations

import inspect
import os
import selectors
import threading
from importlib.metadata import version

from textual.drivers import linux_driver

from icetui.panes.inlet import Inlet

PATIENCE = 20.0


def test_whoever_waits_is_woken_and_waits_no_more() -> None:
    read, write = os.pipe()
    inlet = Inlet()
    inlet.register(read, selectors.EVENT_READ)
    found: list[object] = []

    def wait() -> None:
        found.append(inlet.select(1000))
        found.append(inlet.select(1000))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    inlet.end()
    waiting.join(PATIENCE)
    assert found == [[], []]
    inlet.close()
    inlet.end()  # nobody is there any more
    os.close(read)
    os.close(write)


def test_what_is_typed_is_found_before_the_end_and_at_it() -> None:
    read, write = os.pipe()
    inlet = Inlet()
    inlet.register(read, selectors.EVENT_READ)
    os.write(write, b"j")
    assert [key.fd for key, _ in inlet.select(1000)] == [read]
    inlet.end()
    assert [key.fd for key, _ in inlet.select(1000)] == [read]
    inlet.close()
    os.close(read)
    os.close(write)


def test_the_driver_still_waits_as_this_expects() -> None:
    """`run_input_thread` is private: another Textual is to be looked at first."""
    assert version("textual").startswith("8."), "see icetui/panes/inlet.py"
    source = inspect.getsource(linux_driver.LinuxDriver.run_input_thread)
    assert "selectors.SelectSelector()" in source
    assert "self.exit_event.is_set()" in source
