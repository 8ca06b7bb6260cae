"""The one-line bars above and below a pane: they repaint only when what they say changes."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from icetui.clean import clean, cut, width
from icetui.panes.entry import Entry
from icetui.panes.palette import palette, strip
from icetui.panes.quiet import Quiet
from icetui.panes.spans import Span, SpanLine, extent, plain, window
from icetui.records import record

_DOT: Span = (" · ", "dim")


class Bar(Quiet):
    """One line of spans."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._painted: SpanLine = ()

    def line(self, cells: int) -> list[Span]:
        """What it says in so many cells; nothing, unless a kind of bar says something."""
        return []

    def render_line(self, y: int) -> Strip:
        """The bar as a strip."""
        cells = self.size.width
        self._painted = window(self.line(cells), 0, cells)
        return strip(self._painted, cells, palette(not self.app.no_color))

    def repaint(self) -> None:
        """Paints what differs from what is on the screen, from the left to the last difference."""
        cells = self.size.width
        if not cells:
            return
        new = window(self.line(cells), 0, cells)
        until = extent(_filled(self._painted, cells), _filled(new, cells))
        if until:
            self.refresh(Region(0, 0, until, 1))


def _filled(line: SpanLine, cells: int) -> list[Span]:
    """The line with blanks up to its end, as it stands on the screen."""
    return [*line, (" " * (cells - width(plain(line))), "")]


def _apart(left: Sequence[Span], right: Sequence[Span], cells: int) -> list[Span] | None:
    """Left and right in one line with at least two blanks between; None where they do not fit."""
    gap = cells - width(plain(left)) - width(plain(right))
    if gap < (2 if left and right else 0):
        return None
    return [*left, (" " * gap, ""), *right]


def _joined(parts: Sequence[Sequence[Span]], between: Span) -> list[Span]:
    out: list[Span] = []
    for part in parts:
        if out:
            out.append(between)
        out += part
    return out


@record
class Tab:
    """A view in the header: the key that goes there, its title, whether it is shown, whether it is denied."""

    key: str
    title: str
    active: bool = False
    denied: bool = False


@record
class Who:
    """Who asks, and where: `prod · env · LTAI…9QeF · cn-shanghai`. Empty members are left out.

    `banner` is what must not be overlooked: `expired 14:02 UTC`, `asks gateway.example.com`; it goes last.
    """

    profile: str = ""
    source: str = ""
    key_hint: str = ""
    region: str = ""
    banner: str = ""


def header_line(tabs: Sequence[Tab], who: Who, cells: int, name: str = "icetui") -> list[Span]:
    """App name, tabs with their keys, identity; sheds what matters least until it fits.

    First to go are the program's name, then the source of the key where a profile says whose it is, then the
    titles of the tabs one is not on, then whose key it is; key hint and region go last.
    """
    titled = _tabs(tabs, titles=True)
    short = _tabs(tabs, titles=False)
    app: list[Span] = [(name, "title"), ("  ", "")]
    whose = who.profile or who.source
    steps: tuple[tuple[list[Span], tuple[str, ...]], ...] = (
        ([*app, *titled], (who.profile, who.source, who.key_hint, who.region)),
        (titled, (who.profile, who.source, who.key_hint, who.region)),
        (titled, (whose, who.key_hint, who.region)),
        (short, (whose, who.key_hint, who.region)),
        (_keys(tabs), (whose, who.key_hint, who.region)),
        (_keys(tabs), (who.key_hint, who.region)),
        (_keys(tabs), (who.region,)),
        ([], (who.region,)),
    )
    for left, words in steps:
        identity = _joined([[(clean(word), "")] for word in words if word], _DOT)
        if who.banner:
            identity += [_DOT, (clean(who.banner), "warn")]
        if fits := _apart(left, identity, cells):
            return fits
    return window([(clean(who.banner or who.region), "warn" if who.banner else "")], 0, cells)


def _tabs(tabs: Sequence[Tab], *, titles: bool) -> list[Span]:
    """`▸2 Batch` for the active one; the others with or without their titles."""
    parts: list[Span] = []
    for tab in tabs:
        if tab.active:
            parts.append((f"▸{tab.key} {tab.title} ", "active"))
        else:
            grey = "dim" if tab.denied else ""
            parts += [(f" {tab.key}", grey or "key"), (f" {tab.title} " if titles else " ", grey)]
    return parts


def _keys(tabs: Sequence[Tab]) -> list[Span]:
    looks = ["active" if tab.active else "dim" if tab.denied else "key" for tab in tabs]
    return [
        (f"▸{tab.key} " if tab.active else f" {tab.key} ", look)
        for tab, look in zip(tabs, looks, strict=True)
    ]


class Header(Bar):
    """App name, families with their keys, identity."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._says: tuple[tuple[Tab, ...], Who] = ((), Who())

    def show(self, tabs: Sequence[Tab], who: Who) -> None:
        """Says something else; nothing is painted where it is the same."""
        if self._says != (says := (tuple(tabs), who)):
            self._says = says
            self.repaint()

    def identify(self, who: Who) -> None:
        """Names another identity."""
        self.show(self._says[0], who)

    def line(self, cells: int) -> list[Span]:
        """What it says in so many cells."""
        return header_line(*self._says, cells)


@record
class Filter:
    """One filter: the family's own word, its value, whether it narrows."""

    label: str
    value: str
    active: bool = False


def filter_line(filters: Sequence[Filter], cells: int) -> list[Span]:
    """`JobType all · JobState Failed`; where there is no room the filters that do not narrow go first."""
    kept = list(filters)
    while True:
        line = _joined([_filter(each) for each in kept], _DOT)
        idle = [each for each in kept if not each.active]
        if width(plain(line)) <= cells or not idle:
            return line
        kept.remove(idle[-1])


def _filter(each: Filter) -> list[Span]:
    label: list[Span] = [(clean(each.label), "" if each.active else "dim"), (" ", "")] if each.label else []
    return [*label, (clean(each.value), "title" if each.active else "dim")]


class FilterBar(Bar):
    """The filters in force: `JobType all · JobState all · SortBy CreationTime:Desc · find "x"`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._says: tuple[Filter, ...] = ()

    def show(self, filters: Sequence[Filter]) -> None:
        """Says something else; nothing is painted where it is the same."""
        if self._says != (says := tuple(filters)):
            self._says = says
            self.repaint()

    def line(self, cells: int) -> list[Span]:
        """What it says in so many cells."""
        return filter_line(self._says, cells)


_SIGNS = {"bad": "✗ ", "warn": "! "}
"""What says how grave a message is where there is no colour."""


def status_line(message: SpanLine, fresh: SpanLine, cells: int, aside: SpanLine = ()) -> list[Span]:
    """The message on the left, cut with `…` where it must be; how fresh the rows are on the right.

    Last comes the `aside`, if there is room for all of it and for all else.
    """
    if fresh and aside and (fits := _apart(message, [*fresh, _DOT, *aside], cells)):
        return fits
    if fits := _apart(message, fresh, cells):
        return fits
    room = cells - width(plain(fresh)) - 2
    if room < cells // 2:
        return window(message or fresh, 0, cells)
    left = window(message, 0, room)
    return [*left, (" " * (room - width(plain(left)) + 2), ""), *fresh]


class StatusLine(Bar):
    """A message on the left, how fresh the rows are on the right."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._says: tuple[SpanLine, SpanLine, SpanLine] = ((), (), ())

    def show(
        self,
        message: str | Sequence[Span],
        fresh: str | Sequence[Span] = "",
        *,
        style: str = "",
        aside: Sequence[Span] = (),
    ) -> None:
        """Says something else; nothing is painted where it is the same.

        Args:
            message: a string is cleaned here; spans are clean already.
            fresh: the right side, the same.
            style: of a message given as a string: "bad", "warn", "good", "busy", "dim". The first two
                also put a sign in front of it.
            aside: what may be left out, at the right end.
        """
        left = (
            ((_SIGNS.get(style, "") + clean(message), style),) if isinstance(message, str) else tuple(message)
        )
        right = ((clean(fresh), "dim"),) if isinstance(fresh, str) else tuple(fresh)
        self._say((left, right, tuple(aside)))

    def freshen(self, fresh: str | Sequence[Span], aside: Sequence[Span] = ()) -> None:
        """Says something else on the right; the message stays."""
        right = ((clean(fresh), "dim"),) if isinstance(fresh, str) else tuple(fresh)
        self._say((self._says[0], right, tuple(aside)))

    def _say(self, says: tuple[SpanLine, SpanLine, SpanLine]) -> None:
        if self._says != says:
            self._says = says
            self.repaint()

    def line(self, cells: int) -> list[Span]:
        """What it says in so many cells."""
        message, fresh, aside = self._says
        return status_line(message, fresh, cells, aside)


@record
class KeyHint:
    """A key and what it does here."""

    key: str
    words: str


def key_line(hints: Sequence[KeyHint], title: str, cells: int) -> list[Span]:
    """`Enter open  / find  …`: as many whole hints as fit; of a chord, which has a title, all of them."""
    if title and (whole := _all_of(hints, title, cells)) is not None:
        return whole
    line: list[Span] = [(f"{title}: ", "title")] if title else []
    used = width(plain(line))
    for n, hint in enumerate(hints):
        each: list[Span] = [(hint.key, "key"), (f" {hint.words}", "")]
        cost = width(plain(each)) + (2 if n else 0)
        more = 0 if n == len(hints) - 1 else 3
        if used + cost + more > cells:
            line.append(("  …" if n else "…", "dim"))
            break
        if n:
            line.append(("  ", ""))
        line += each
        used += cost
    return line


def _all_of(hints: Sequence[KeyHint], title: str, cells: int) -> list[Span] | None:
    """Every choice of a chord, its words as long as there is room for; None where not even the keys fit."""
    for gap, most in ((2, 99), (1, 99), (1, 98), (1, 8), (1, 6), (1, 5), (1, 4), (1, 3), (1, 2), (1, 0)):
        line: list[Span] = [(f"{title}: ", "title")]
        for n, hint in enumerate(hints):
            # The last one leaves the menu, which Esc says by itself.
            words = "" if most < 99 and n == len(hints) - 1 else hint.words[:most].rstrip()
            line += [(" " * gap, "")] if n else []
            line += [(hint.key, "key"), (f" {words}" if words else "", "")]
        if width(plain(line)) <= cells:
            return line
    return None


def prompt_line(label: str, entry: Entry, cells: int) -> tuple[list[Span], int]:
    """The label, the text around the insertion point, and the cell the insertion point is in."""
    head = cut(clean(label), max(0, cells // 2))
    shown, at = entry.window(max(1, cells - width(head)))
    before, here, after = shown[:at], shown[at : at + 1] or " ", shown[at + 1 :]
    return [(head, "title"), (before, ""), (here, "active"), (after, "")], width(head) + width(before)


class KeyBar:
    """What the bottom line says while nothing is asked: the keys that work here, or a chord's."""

    def __init__(self, bottom: BottomLine) -> None:
        self._bottom = bottom
        self._says: tuple[tuple[KeyHint, ...], str] = ((), "")

    def show(self, hints: Sequence[KeyHint], *, title: str = "") -> None:
        """Shows keys; `title` names the chord whose second keys they are. Seen when nothing is asked."""
        if self._says != (says := (tuple(hints), title)):
            self._says = says
            self._bottom.repaint()

    def line(self, cells: int) -> list[Span]:
        """The keys in so many cells."""
        return key_line(*self._says, cells)


class Prompt:
    """What the bottom line asks: a label and a line of text being typed."""

    class Said(Message):
        """Something about what is asked; `name` says which question it is, `value` what is typed."""

        def __init__(self, bottom: BottomLine, name: str, value: str) -> None:
            super().__init__()
            self.bottom = bottom
            self.name = name
            self.value = value

        @property
        def control(self) -> BottomLine:
            """The bottom line, for `@on` selectors."""
            return self.bottom

    class Submitted(Said, namespace="prompt"):
        """Enter: `value` is stripped of blanks around it. The prompt is closed already."""

    class Edited(Said, namespace="prompt"):
        """The text changed (to find while one types)."""

    class Cancelled(Said, namespace="prompt"):
        """Esc: nothing is to be done. The prompt is closed already."""

    def __init__(self, bottom: BottomLine) -> None:
        self._bottom = bottom
        self._name = ""
        self._label = ""
        self._entry: Entry | None = None
        self._before: Widget | None = None

    @property
    def asking(self) -> str:
        """The name of the question that is open, or ""."""
        return self._name if self._entry is not None else ""

    @property
    def open(self) -> bool:
        """Whether something is asked."""
        return self._entry is not None

    def ask(self, name: str, label: str, value: str = "") -> None:
        """Asks for a line of text, takes the focus and remembers who had it.

        Args:
            name: comes back in the messages.
            label: stands before the text, e.g. ``find: ``.
            value: stands there to be changed.
        """
        if self._entry is None:
            self._before = self._bottom.screen.focused
        self._name, self._label, self._entry = name, label, Entry(value, len(value))
        self._bottom.can_focus = True
        # At once: the next keys are text already. And once more after those who asked before us.
        self._bottom.screen.set_focus(self._bottom, scroll_visible=False)
        self._bottom.focus(scroll_visible=False)
        self._painted()

    def close(self) -> None:
        """Asks no longer: the keys are shown and the focus goes back."""
        if self._entry is None:
            return
        self._entry = None
        before, self._before = self._before, None
        self._bottom.screen.set_focus(before if before is not None and before.is_attached else None)
        self._bottom.can_focus = False
        self._bottom.repaint()

    def line(self, cells: int) -> list[Span]:
        """Label and text in so many cells."""
        return prompt_line(self._label, self._entry or Entry(), cells)[0]

    def pressed(self, key: str, character: str | None) -> bool:
        """Takes a key. False where it means nothing here: then it is anyone's."""
        if self._entry is None:
            return False
        name, value = self._name, self._entry.text
        if key == "enter":
            self.close()
            self._bottom.post_message(self.Submitted(self._bottom, name, value.strip()))
        elif key == "escape":
            self.close()
            self._bottom.post_message(self.Cancelled(self._bottom, name, value))
        elif (new := self._entry.key(key, character)) is not None:
            self._edit(new)
        else:
            return False
        return True

    def pasted(self, text: str) -> bool:
        """Takes a paste. False where nothing is asked."""
        if self._entry is None:
            return False
        self._edit(self._entry.pasted(text))
        return True

    def _edit(self, new: Entry) -> None:
        old, self._entry = self._entry, new
        if old == new:
            return
        self._painted()
        if old is None or old.text != new.text:
            self._bottom.post_message(self.Edited(self._bottom, self._name, new.text))

    def _painted(self) -> None:
        """Paints, and puts the terminal's own cursor where the text goes: an input method draws there."""
        self._bottom.repaint()
        _, at = prompt_line(self._label, self._entry or Entry(), self._bottom.size.width)
        self._bottom.app.cursor_position = self._bottom.region.offset + Offset(at, 0)


class BottomLine(Bar, can_focus=True):
    """The last line: a KeyBar, or a Prompt while something is asked.

    It is one widget so that asking costs one line of bytes and no new layout (5 kB and more at
    120x40). It takes the focus only while it asks.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys = KeyBar(self)
        self.prompt = Prompt(self)
        self.can_focus = False

    def line(self, cells: int) -> list[Span]:
        """What it says in so many cells."""
        return self.prompt.line(cells) if self.prompt.open else self.keys.line(cells)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While it asks, every printable key is text and no binding elsewhere sees it."""
        return self.prompt.open and character is not None and character.isprintable()

    async def _on_key(self, event: events.Key) -> None:
        if self.prompt.pressed(event.key, event.character if event.is_printable else None):
            event.stop()
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        if self.prompt.pasted(event.text):
            event.stop()
            event.prevent_default()
