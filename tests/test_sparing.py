"""Work beside somebody who types: what is changed for it is put back, whoever ends last."""

from __future__ import annotations

import gc
import sys

import pytest

from icetui.sparing import sparing


def test_the_collector_and_the_turns_are_as_before_when_the_last_one_is_done() -> None:
    turn = sys.getswitchinterval()
    assert gc.isenabled()
    with sparing():
        assert not gc.isenabled()
        assert sys.getswitchinterval() < turn
        with pytest.raises(ValueError, match="inner"), sparing():
            raise ValueError("inner")
        assert not gc.isenabled()
    assert gc.isenabled()
    assert sys.getswitchinterval() == turn


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with sparing():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
