"""``icetui unfollow``: take followed jobs out of the lists."""

from __future__ import annotations

from icetui.commands.follow import add_unfollow_arguments as add_arguments
from icetui.commands.follow import run_unfollow as run

__all__ = ["add_arguments", "run"]
