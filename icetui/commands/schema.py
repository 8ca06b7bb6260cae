"""``icetui schema``: the JSON Schema of what ``list`` and ``show`` print."""

from __future__ import annotations

import argparse
from importlib import resources

from icetui.commands.output import put


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:
    """Prints the schema."""
    put(schema())
    return 0


def schema() -> str:
    """The JSON Schema as text; its ``version`` grows when a member is removed or changes its meaning."""
    return resources.files("icetui.commands").joinpath("schema.json").read_text("utf-8")
