"""The house: who may import whom at run time, and that every binding is one a person can read."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from textual.binding import Binding
from textual.screen import Screen

from icetui.app import IcetuiApp
from icetui.keymap import CHORDS, KEYS
from icetui.panes.axis import TimelineTable
from icetui.panes.media import MediaLeaf
from icetui.panes.transcript import TranscriptLeaf
from icetui.panes.tree_leaf import TreeLeaf
from icetui.screens.browse import Browse
from icetui.screens.choose import Choose
from icetui.screens.compare import Compare, DiffView
from icetui.screens.detail import Detail
from icetui.screens.document import Document
from icetui.screens.reading import Reading

HEAVY = {"textual", "rich", "httpx", "keyring", "pygments", "humanize", "sqlite3"}


def loaded(code: str) -> set[str]:
    """Top-level modules in `sys.modules` after some code ran in a new interpreter."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["icetui.feed", "icetui.commands.list", "icetui.commands.show", "icetui.cli"]
)
def test_headless_rooms_import_nothing_heavy(module: str) -> None:
    assert not loaded(f"import {module}") & HEAVY


def test_the_screens_import_no_network_keyring_lexer_or_store_before_they_are_wanted() -> None:
    assert not loaded("import icetui.app") & (HEAVY - {"textual", "rich"})


def test_version_and_help_answer_without_anything_heavy() -> None:
    for flag in ("--version", "--help"):
        code = (
            "import io, sys\nfrom icetui import cli\n"
            f"out, sys.stdout = sys.stdout, io.StringIO()\ncli.main([{flag!r}])\nsys.stdout = out"
        )
        assert not loaded(code) & (HEAVY | {"asyncio", "platformdirs"})


def test_every_binding_of_the_map_has_an_id_words_and_an_action_that_exists() -> None:
    every = [*KEYS, *(second for chord in CHORDS for second in chord.seconds)]
    assert not [key for key, n in Counter(key.id for key in every).items() if n > 1]
    for key in every:
        assert key.description
        assert key.tooltip.endswith((".", "quits."))
        assert key.shown
        namespace, _, name = key.action.partition("(")[0].rpartition(".")
        places: dict[str, list[type]] = {
            "list": [Browse],
            "detail": [Detail],
            "tree": [TreeLeaf],
            "document": [Document],
            "timeline": [TimelineTable],
            "transcript": [TranscriptLeaf],
            "media": [MediaLeaf],
            "app": [IcetuiApp],
        }
        if key.where == "compare":
            # What folds is the pane's, all else the screen's.
            assert any(hasattr(target, f"action_{name}") for target in (Compare, DiffView)), (key.id, name)
            continue
        if name == "copy" and key.where == "tree":
            namespace = "detail"
        for target in places.get(namespace or key.where, [Browse, Detail]):
            assert hasattr(target, f"action_{name}"), (key.id, name)


def test_no_key_is_bound_twice_in_one_place() -> None:
    for where in ("list", "detail", "transcript", "compare"):
        used = Counter(name for key in KEYS if key.where in ("everywhere", where) for name in key.keys)
        used.update(chord.first for chord in CHORDS if where in chord.where)
        assert not [name for name, n in used.items() if n > 1]


@pytest.mark.parametrize("screen", [Browse, Detail, Compare, Reading, Choose])
def test_every_binding_of_a_screen_can_be_remapped_and_explains_itself(screen: type[Screen[object]]) -> None:
    for binding in screen.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.description
        assert binding.tooltip
