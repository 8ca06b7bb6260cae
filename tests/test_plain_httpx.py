"""httpx as a library: what its import leaves out, and that nothing else of it is changed."""

from __future__ import annotations

import subprocess
import sys

import pytest


def told(code: str) -> str:
    """What a program prints in a Python of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_httpx_comes_without_what_its_command_line_draws_with() -> None:
    pytest.importorskip("click", reason="httpx imports its command line only where click is installed")
    loaded = "; print(*sorted({'click', 'rich', 'pygments'} & set(sys.modules)))"
    assert told("import sys, httpx" + loaded).split() == ["click", "pygments", "rich"]
    assert told("import sys, icetui.plain_httpx" + loaded).split() == []


def test_the_command_line_of_httpx_can_still_be_imported_by_others() -> None:
    pytest.importorskip("click")
    code = "import icetui.plain_httpx; from httpx._main import main; print(main.name)"
    assert told(code).strip() == "main"


def test_an_httpx_that_is_there_already_is_left_as_it_is() -> None:
    code = (
        "import sys, httpx; before = dict(sys.modules); from icetui import plain_httpx;"
        "print(plain_httpx.httpx is httpx, {n for n in before if sys.modules.get(n) is not before[n]})"
    )
    assert told(code).strip() == "True set()"
