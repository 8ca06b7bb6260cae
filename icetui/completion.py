"""Completion on TAB: argcomplete asks the program itself, with the words typed so far in its environment."""

from __future__ import annotations

import argparse
from typing import Any

from icetui import cli

ASKED = "_ARGCOMPLETE"
"""Stands in the environment when a shell asks for completions."""


def complete() -> None:
    """Answers the shell that asks, and ends the program; returns where nobody asks."""
    import argcomplete

    top = cli.parser(whole=True)
    for each in _parsers(top):
        for action in each._actions:
            _name(action)
    # Every word is one of ours or a file: nothing of the service is asked for.
    argcomplete.autocomplete(top, always_complete_options="long")


def _parsers(top: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    found = [top]
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                found += _parsers(each)
    return found


def _name(action: argparse.Action) -> None:
    """Gives an argument the words that argparse does not know."""
    words = {"profile": _profiles, "region": _regions, "family": _families, "words": _families}
    if action.choices is None and action.dest in words:
        action.completer = words[action.dest]  # type: ignore[attr-defined]  # argcomplete looks for it there


def _profiles(**_told: Any) -> list[str]:
    from icetui.settings import load

    return sorted(load().profiles)


def _regions(**_told: Any) -> list[str]:
    from icetui.endpoints import ICE_REGIONS, VOD_REGIONS

    return sorted({*ICE_REGIONS, *VOD_REGIONS})


def _families(**_told: Any) -> list[str]:
    from icetui.families import FAMILIES

    return [family.name for family in FAMILIES]
