"""What is written while nobody reads waits, and whoever writes does not. A pipe stands for the terminal."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from io import TextIOWrapper

from textual.drivers import linux_driver

from icetui.panes.outlet import Outlet, install

LARGE = "x" * 200_000
"""More than a pipe holds."""
PATIENCE = 20.0


@contextmanager
def line() -> Iterator[tuple[Outlet, int]]:
    """An outlet that runs, and where it comes out."""
    read, write = os.pipe()
    with TextIOWrapper(open(write, "wb", buffering=0), "utf-8") as file:
        outlet = Outlet(file)
        outlet.start()
        try:
            yield outlet, read
        finally:
            outlet.stop()
            os.close(read)
            outlet.join(PATIENCE)


def read_all(read: int, count: int) -> bytes:
    got = b""
    while len(got) < count:
        got += os.read(read, count - len(got))
    return got


def until_behind(outlet: Outlet) -> None:
    deadline = time.monotonic() + PATIENCE
    while not outlet.is_behind:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_written_comes_out_in_order_and_nothing_is_left() -> None:
    with line() as (outlet, read):
        for text in ("one ", "", "宽 ", "\udcff\n"):
            outlet.write(text)
        assert read_all(read, 15) == "one 宽 \\udcff\n".encode()
        outlet.stop()
        assert outlet.waiting == 0
        assert not outlet.is_alive()


def test_a_terminal_that_takes_nothing_holds_nobody_up_and_is_said_to_be_behind() -> None:
    with line() as (outlet, read):
        assert not outlet.is_behind
        drained = threading.Event()
        outlet.drained = drained.set
        outlet.write(LARGE)
        for _ in range(100):  # more than Textual's own queue has places for
            outlet.write("y")
        until_behind(outlet)
        assert 0 < outlet.waiting <= len(LARGE) + 100
        assert not drained.is_set()
        assert read_all(read, len(LARGE) + 100).endswith(b"y" * 100)
        assert drained.wait(PATIENCE)
        assert not outlet.is_behind
        assert outlet.waiting == 0


def test_what_comes_out_at_once_is_never_behind_and_nobody_is_called() -> None:
    with line() as (outlet, read):
        drained = threading.Event()
        outlet.drained = drained.set
        for _ in range(200):
            outlet.write("0123456789")
            assert read_all(read, 10) == b"0123456789"
        outlet.stop()
        assert not drained.is_set()


def test_the_end_waits_for_a_terminal_that_is_slow() -> None:
    with line() as (outlet, read):
        outlet.write(LARGE)
        got: list[bytes] = []

        def slowly() -> None:
            while sum(map(len, got)) < len(LARGE):
                got.append(os.read(read, 20_000))
                time.sleep(0.05)

        reader = threading.Thread(target=slowly)
        reader.start()
        outlet.stop()
        reader.join(PATIENCE)
        assert sum(map(len, got)) == len(LARGE)


def test_the_end_does_not_wait_for_one_that_takes_nothing_and_nothing_comes_after_it() -> None:
    with line() as (outlet, read):
        outlet.write(LARGE)
        until_behind(outlet)
        outlet.stop()
        assert outlet.waiting
        held = len(LARGE) - outlet.waiting
        # What the pipe holds, and the piece that was on its way into it.
        read_all(read, held)
        outlet.join(PATIENCE)
        assert not outlet.is_alive()
        assert held < len(LARGE) - 50_000


def test_textual_writes_by_it() -> None:
    """`WriterThread` is private: another Textual is to be looked at first."""
    assert version("textual").startswith("8."), "see icetui/panes/outlet.py"
    install()
    assert linux_driver.LinuxDriver.start_application_mode.__globals__["WriterThread"] is Outlet
