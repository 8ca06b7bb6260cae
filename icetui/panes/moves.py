"""Keys of panes: those of the key map, and one set that moves in every list and text."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from icetui.keymap import Where, keys_of


def bound(*where: Where) -> list[BindingType]:
    """The key map's bindings of some places."""
    return [
        Binding(",".join(key.keys), key.action, key.description, show=False, id=key.id, tooltip=key.tooltip)
        for key in keys_of(*where)
    ]


def moves(action: str, thing: str) -> list[BindingType]:
    """Bindings for lines, ends, pages and half pages.

    Args:
        action: the action that moves by a number of things, without the ``action_`` in front.
        thing: what is moved over, for the tooltips: ``job``, ``line``.
    """
    keys = (
        ("j,down", f"{action}(1)", "down", "move.down", f"Go to the next {thing}."),
        ("k,up", f"{action}(-1)", "up", "move.up", f"Go to the {thing} before."),
        ("g,home", "first", "first", "move.first", f"Go to the first {thing}."),
        ("G,end", "last", "last", "move.last", f"Go to the last {thing}."),
        ("pagedown", "page(1)", "page down", "page.down", "Scroll a page down."),
        ("pageup", "page(-1)", "page up", "page.up", "Scroll a page up."),
        ("ctrl+d", "page(0.5)", "half down", "half.down", "Scroll half a page."),
        ("ctrl+u", "page(-0.5)", "half up", "half.up", "Scroll back half a page."),
    )
    return [Binding(key, act, words, id=name, show=False, tooltip=tip) for key, act, words, name, tip in keys]
