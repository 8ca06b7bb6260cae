"""The one-line bars above and below a pane: they repaint only when what they say changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from icetui.panes.spans import Span


@dataclass(frozen=True, slots=True)
class Tab:
    """A family in the header: the key that goes there, its title."""

    key: str
    title: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and where: `prod · env · LTAI…9QeF · cn-shanghai`. Empty members are left out."""

    profile: str = ""
    source: str = ""
    key_hint: str = ""
    region: str = ""


class Header(Widget):
    """App name, families with their keys, identity."""

    def show(self, tabs: Sequence[Tab], who: Who) -> None:
        """Says something else; nothing is painted where it is the same."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: the family's own word, its value, whether it narrows."""

    label: str
    value: str
    active: bool = False


class FilterBar(Widget):
    """The filters in force: `JobType all · JobState all · SortBy CreationTime:Desc · find "x"`."""

    def show(self, filters: Sequence[Filter]) -> None:
        """Says something else; nothing is painted where it is the same."""


class StatusLine(Widget):
    """A message on the left, how fresh the rows are on the right."""

    def show(self, message: str | Sequence[Span], fresh: str | Sequence[Span] = "", *, style: str = "") -> None:
        """Says something else; `style` colours a message given as a string ("bad", "warn", "good", "dim")."""


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key and what it does here."""

    key: str
    words: str


class KeyBar(Widget):
    """The keys that work here, or the second keys of a chord; a Prompt takes its place when asked."""

    def show(self, hints: Sequence[KeyHint], *, title: str = "") -> None:
        """Shows keys; `title` names the chord whose second keys they are."""


class Prompt(Widget):
    """One line to type in, in the place of the key bar."""

    class Submitted(Message):
        """Enter: `value` as typed, stripped; `name` as asked."""

        def __init__(self, prompt: Prompt, name: str, value: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.name = name
            self.value = value

        @property
        def control(self) -> Prompt:
            """The prompt, for `@on` selectors."""
            return self.prompt

    class Edited(Message):
        """The text changed (find as one types)."""

        def __init__(self, prompt: Prompt, name: str, value: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.name = name
            self.value = value

        @property
        def control(self) -> Prompt:
            """The prompt, for `@on` selectors."""
            return self.prompt

    class Cancelled(Message):
        """Esc: nothing is to be done."""

        def __init__(self, prompt: Prompt, name: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.name = name

        @property
        def control(self) -> Prompt:
            """The prompt, for `@on` selectors."""
            return self.prompt

    def ask(self, name: str, label: str, value: str = "") -> None:
        """Shows itself with a label, takes the focus, remembers who had it."""

    def close(self) -> None:
        """Hides itself and gives the focus back."""


class BottomLine(Widget):
    """The last line: a KeyBar, or a Prompt while something is asked. Members `keys` and `prompt`."""

    keys: KeyBar
    prompt: Prompt
