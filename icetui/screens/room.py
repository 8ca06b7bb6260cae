"""What all screens share: keys from the key map, chords, one prompt, copying, saying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from icetui.clean import clean
from icetui.keymap import CHORD_TWINS, Chord, Key, Where, chords_of, keys_of
from icetui.panes.bars import BottomLine, KeyHint, Prompt, StatusLine
from icetui.panes.moves import bound
from icetui.panes.quiet import QuietScreen
from icetui.panes.spans import Span

if TYPE_CHECKING:
    from icetui.app import IcetuiApp


def bindings_of(*where: Where) -> list[BindingType]:
    """The key map's bindings of some places, and the keys that begin a chord there."""
    found: list[BindingType] = bound(*where)
    for place in where:
        for chord in chords_of(place):
            twins = [twin for twin, first in CHORD_TWINS.items() if first == chord.first]
            said = ", ".join(f"{each.shown} {each.description}" for each in chord.seconds)
            found.append(
                Binding(
                    ",".join([chord.first, *twins]),
                    f"chord({chord.id!r})",
                    chord.description,
                    show=False,
                    id=f"chord.{chord.id}",
                    tooltip=f"Then: {said}.",
                )
            )
    return found


def back_bindings() -> list[BindingType]:
    """The keys that go back, for a screen that has no others of its own."""
    back = next(key for key in keys_of("detail") if key.id == "back")
    return [
        Binding(
            ",".join(back.keys), back.action, back.description, show=False, id=back.id, tooltip=back.tooltip
        )
    ]


def _hint(key: Key) -> KeyHint:
    return KeyHint(key.shown.split(" ")[0], key.description)


class Room(QuietScreen):
    """A full screen with a status line and a bottom line.

    While a chord or a prompt is open the screen is `held`: nothing that comes in is shown until it
    closes (ux.md rule 3).
    """

    WHERE: ClassVar[Where]
    AUTO_FOCUS = None

    class Copied(Message):
        """A copy went out, in words for the status line."""

        def __init__(self, said: str, sure: bool) -> None:
            super().__init__()
            self.said = said
            self.sure = sure

    def __init__(self) -> None:
        super().__init__()
        self._chord: Chord | None = None
        self._question: Callable[[], None] | None = None
        self._answers: dict[str, Callable[[str], None]] = {}
        self._edits: dict[str, Callable[[str], None]] = {}
        self._asking = False
        self._answered = False
        self.finding = ""

    @property
    def program(self) -> IcetuiApp:
        """The running program, with its session."""
        return cast("IcetuiApp", self.app)

    @property
    def places(self) -> tuple[Where, ...]:
        """The parts of the key map that hold here besides "everywhere", the nearest first."""
        return (self.WHERE,)

    @property
    def in_chord(self) -> bool:
        """Whether the next key is the second of a chord, or answers yes or no."""
        return self._chord is not None or self._question is not None

    @property
    def asking(self) -> bool:
        """Whether a prompt is open."""
        return self._asking

    @property
    def held(self) -> bool:
        """Whether a chord or a prompt is open."""
        return self._chord is not None or self._question is not None or self._asking

    def release_hold(self) -> None:
        """A chord or a prompt has closed: screens that held something back show it now."""

    # -- saying

    def say(self, message: str | Sequence[Span], style: str = "") -> None:
        """Answers a person: stays on the status line until the next key. Strings are ours or already safe."""
        self._answered = True
        self.status.show(message, self.freshness(), style=style, aside=self.calls())

    def tell(self, message: str | Sequence[Span], style: str = "") -> None:
        """Says how things stand, unless an answer to a person still stands there."""
        if not self._answered:
            self.status.show(message, self.freshness(), style=style, aside=self.calls())

    def freshen(self) -> None:
        """Says anew what stands at the right end of the status line; nothing is painted if it is the same."""
        # A call may end while the screens are taken down.
        if self.is_mounted and not self.held and self.query(StatusLine):
            self.status.freshen(self.freshness(), self.calls())

    def came_back(self) -> None:
        """The terminal has the focus again: what is due by now is asked for."""

    def stop(self) -> bool:
        """Stops what a person waits for here and no worker is named for; False where there is none."""
        return False

    @property
    def status(self) -> StatusLine:
        """The status line."""
        return self.query_one(StatusLine)

    def freshness(self) -> Sequence[Span] | str:
        """What stands at the right end of the status line."""
        return ""

    def calls(self) -> Sequence[Span]:
        """How many calls went in the last minute, where that is said."""
        return ()

    def show_keys(self) -> None:
        """The keys that work here, the nearest first, in the key bar."""
        chords = [KeyHint(f"{chord.first}…", chord.description) for chord in chords_of(*self.places)]
        near: list[KeyHint] = []
        taken: set[str] = set()
        for place in self.places:
            keys = [key for key in keys_of(place) if taken.isdisjoint(key.keys)]
            near += [_hint(key) for key in keys if key.bar]
            taken.update(*(key.keys for key in keys))  # what a nearer place binds means that here
        far = [_hint(key) for key in keys_of("everywhere") if key.bar]
        self.query_one(BottomLine).keys.show([*self.hints(), *near, *chords, *far])

    def hints(self) -> list[KeyHint]:
        """Keys of the focused pane that come before all others."""
        return []

    # -- chords

    def action_chord(self, name: str) -> None:
        """Waits for a second key, with the choices in the key bar and no time-out."""
        self._chord = next(chord for chord in chords_of(*self.places) if chord.id == name)
        hints = [KeyHint(key.shown, key.description) for key in self._chord.seconds]
        self.query_one(BottomLine).keys.show(
            [*hints, KeyHint("Esc", "cancel")], title=self._chord.description
        )

    async def on_key(self, event: events.Key) -> None:
        """Takes the second key of a chord; every other key goes its way. An answer has been read by now."""
        self._answered = False
        if self._question is not None:
            event.stop()
            event.prevent_default()
            self._decided(event.character in ("y", "Y", "ｙ"))
            return
        if self._chord is None:
            return
        event.stop()
        event.prevent_default()
        chord, self._chord = self._chord, None
        self.show_keys()
        self.release_hold()
        chosen = next(
            (key for key in chord.seconds if event.key in key.keys or event.character in key.keys), None
        )
        if chosen is not None:
            await self.run_action(chosen.action)
        elif event.key not in ("escape", "q", "backspace", "ctrl+c"):
            self.say(f"{chord.first} {clean(event.character or event.key)} does nothing here.", "dim")

    # -- yes or no

    def confirm(self, question: str, then: Callable[[], None]) -> None:
        """Asks in the bottom line; `then` is done on y, and any other key means no.

        Args:
            question: safe and short: the keys stand behind it.
            then: what is to be done.
        """
        self._question = then
        keys = self.query_one(BottomLine).keys
        keys.show([KeyHint("y", "yes"), KeyHint("n", "no")], title=question)

    def _decided(self, yes: bool) -> None:
        then, self._question = self._question, None
        self.show_keys()
        self.release_hold()
        if yes and then is not None:
            then()
        else:
            self.say("Not done.", "dim")

    # -- the prompt

    def ask(
        self,
        label: str,
        then: Callable[[str], None],
        *,
        value: str = "",
        edited: Callable[[str], None] | None = None,
    ) -> None:
        """Asks for one line of text; `then` gets it, `edited` each state of it on the way."""
        self._answers[label] = then
        if edited is not None:
            self._edits[label] = edited
        self._asking = True
        self.query_one(BottomLine).prompt.ask(label, label, value)

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        then = self._answers.pop(event.name, None)
        self._prompt_closed(event.name)
        if then is not None:
            then(event.value)

    @on(Prompt.Edited)
    def _edited(self, event: Prompt.Edited) -> None:
        if (edited := self._edits.get(event.name)) is not None:
            edited(event.value)

    @on(Prompt.Cancelled)
    def _cancelled(self, event: Prompt.Cancelled) -> None:
        edited = self._edits.get(event.name)
        self._prompt_closed(event.name)
        if edited is not None:
            edited("")

    def leave_prompt(self) -> bool:
        """Does what Esc does in a prompt; False where nothing is asked."""
        return self.query_one(BottomLine).prompt.pressed("escape", None)

    def _prompt_closed(self, name: str) -> None:
        self._answers.pop(name, None)
        self._edits.pop(name, None)
        self._asking = False
        self.query_one(BottomLine).prompt.close()
        self.release_hold()

    # -- find

    def action_find(self) -> None:
        """Asks for a text to highlight."""
        self.ask("/", self._found, value="", edited=self._find_as_typed)

    def _found(self, text: str) -> None:
        self.finding = text
        found = self.find(text)
        if text:
            self.say_found(found)

    def _find_as_typed(self, text: str) -> None:
        self.finding = text
        self.find(text)

    def action_find_next(self) -> None:
        """Goes to the next hit."""
        self._step_found(1)

    def action_find_previous(self) -> None:
        """Goes to the hit before."""
        self._step_found(-1)

    def _step_found(self, by: int) -> None:
        if not self.finding:
            self.action_find()
            return
        self.say_found(self.find_step(by))

    def find(self, text: str) -> tuple[int, int]:
        """Highlights a text; (which hit, of how many). A screen without text has none."""
        return (0, 0)

    def find_step(self, by: int) -> tuple[int, int]:
        """Goes to another hit; (which hit, of how many)."""
        return (0, 0)

    def say_found(self, found: tuple[int, int]) -> None:
        """``"asr": 3 of 41``."""
        which, many = found
        said = f"{which} of {many}" if many else "not found"
        self.tell([(f'"{clean(self.finding)}": ', "dim"), (said, "" if many else "warn")])

    # -- copying and the plain view

    def copyable(self, what: str) -> tuple[str, str]:
        """The true text to copy and what to call it; ("", why not) where there is none."""
        return "", f"there is no {what} here"

    def plain_text(self) -> str:
        """What the plain view prints."""
        return ""

    def action_copy(self, what: str) -> None:
        """Copies something of the job here, over SSH too."""
        self.copy(*self.copyable(what))

    def copy(self, text: str, name: str) -> None:
        """Copies a text; an empty one says instead why there is none."""
        if text:
            self._copy(text, name)
        else:
            self.say(f"Nothing copied: {name}.", "warn")

    @work(group="copy", exclusive=True)
    async def _copy(self, text: str, name: str) -> None:
        from icetui.panes import clipboard
        from icetui.panes.copying import signed

        copied = await clipboard.copy(text, self.app)
        said = clipboard.said(copied, name, about=signed(text, self.program.session.clock()))
        self.post_message(self.Copied(said, copied.sure))

    @on(Copied)
    def _say_copied(self, event: Copied) -> None:
        self.say(event.said, "good" if event.sure else "")

    def action_plain(self) -> None:
        """Prints what is here on the plain terminal and waits for Enter."""
        self.program.show_plain(self.plain_text())

    def action_close(self) -> None:
        """Goes back."""
        self.app.pop_screen()
