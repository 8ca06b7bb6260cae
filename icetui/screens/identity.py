"""Whose access key is used, and where: the menu of `c`, the first sign-in, a key that has run out.

Secrets are never typed here: `IdentifiedApp.type_key` leaves the screens for that.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from icetui import credentials, settings
from icetui.access_key import AccessKey
from icetui.clean import clean
from icetui.credentials import Source
from icetui.endpoints import ICE_REGIONS, VOD_REGIONS
from icetui.errors import IcetuiError, NoCredentials
from icetui.screens.choose import Choice, Choose
from icetui.settings import Profile

if TYPE_CHECKING:
    from icetui.screens.identified import IdentifiedApp

COMMAND, MEMORY, REGION = "command", "memory", "region"
_PLAIN = "Nothing will be written in plain text."
AGAIN, OTHER, OFFLINE, QUIT = "again", "other", "offline", "quit"
"""What a menu gives beside a place or a source."""


def _key(key: str, action: str, words: str, tooltip: str) -> Binding:
    return Binding(key, action, words, show=False, id=f"identity.{words.split()[0]}", tooltip=tooltip)


class Asking(Choose):
    """Words for a situation, and what can be done about it.

    Args:
        title: what it is about.
        words: sentences, each on lines of its own.
        choices: what can be done.
        current: the value the cursor begins on.
        below: one line under the choices.
    """

    MARKS = False

    def __init__(
        self,
        title: str,
        words: Sequence[str],
        choices: Sequence[Choice],
        current: str = "",
        below: str = "",
    ) -> None:
        super().__init__(title, choices, current)
        self._words = tuple(words)
        self._below = below

    def above(self) -> ComposeResult:
        """The words, broken into lines as the box allows."""
        for each in self._words:
            yield Static(Content(clean(each)), markup=False, classes="words")

    def below(self) -> ComposeResult:
        """The other keys."""
        if self._below:
            yield Static(Content(clean(self._below)), markup=False, classes="words below")

    def action_give(self, value: str) -> None:
        """Chooses something that has a key of its own."""
        self.dismiss(value)


class Places(Choose):
    """Profiles and regions; as wide as two names and a hint."""


class SignIn(Asking):
    """There is nobody to ask as."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("q,f10", f"give('{QUIT}')", "quit", "Quit at once."),
        _key("r,f5", f"give('{AGAIN}')", "try again", "Try again, e.g. after the keyring was unlocked."),
    ]


class RanOut(Asking):
    """The temporary key has run out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("r,f5", f"give('{AGAIN}')", "source again", "Ask the source of the key again."),
        _key("p", f"give('{OTHER}')", "profile", "Choose another profile."),
    ]


class Identities:
    """Asks whose key is to be used and where, and has the program use it."""

    def __init__(self, program: IdentifiedApp) -> None:
        self._program = program
        self._session = program.session
        self._places: dict[str, tuple[Source | None, str]] = {}
        self._choices: list[Choice] = []

    # -- the menu of `c`

    def choose(self) -> None:
        """Recent places by their digits, then every source, then another region of this one."""
        session = self._session
        if session.opened:
            self._offer(*session.place, "here")
            for place in session.visited():
                if place != session.place:
                    self._offer(*place, "recent")
        current = next(iter(self._places), "")
        regions = {source for source, _ in self._places.values()}
        if not session.demo:
            for each in credentials.offered(session.settings, session.environ, session.clock):
                if each.source not in regions:
                    region = settings.region_for(each.region, None, session.environ)
                    self._offer(each.source, region, each.note, title=each.title)
        self._choices.append(Choice(REGION, "another region…", f"now {session.region}"))
        if not session.demo:
            self._choices.append(Choice(COMMAND, "a command: pass, vault …", "kept as a profile"))
            self._choices.append(Choice(MEMORY, "another key…", "for this session"))
        self._program.push_screen(Places("Profile and region", self._choices, current), self._chosen)

    def _offer(self, source: Source | None, region: str, note: str, *, title: str = "") -> None:
        value = f"place:{len(self._places)}"
        self._places[value] = (source, region)
        name = title or _titled(source)
        self._choices.append(Choice(value, f"{name} · {region}" if name else region, note))

    def _chosen(self, value: str | None) -> None:
        if value in self._places:
            self._program.switch(*self._places[value])
        elif value == REGION:
            self._program.call_later(self._choose_region)
        elif value == MEMORY:
            self._type_key("")
        elif value == COMMAND:
            self._ask_command()

    def _choose_region(self) -> None:
        """Regions in which one of the products has a host; any other can be typed."""
        known = dict.fromkeys([*ICE_REGIONS, *VOD_REGIONS])
        choices = [Choice(region, region, "" if region in ICE_REGIONS else "VOD only") for region in known]
        choices.append(Choice("", "type another…"))
        self._program.push_screen(Choose("Region", choices, self._session.region), self._region_chosen)

    def _region_chosen(self, region: str | None) -> None:
        if region:
            self._program.switch(self._source(), region)
        elif region == "":
            self._program.browse.ask("region: ", self._region_typed)

    def _region_typed(self, text: str) -> None:
        if text:
            self._program.switch(self._source(), text)

    def _source(self) -> Source | None:
        """The source of now, so that another default tomorrow makes no difference."""
        return self._session.place[0] if self._session.opened else self._session.source

    # -- nobody to ask as

    def sign_in(self, error: IcetuiError) -> None:
        """Says why there is no key, and what can be done."""
        session = self._session
        short = error.short if isinstance(error, NoCredentials) else ""
        said = short or f"{error.message} {error.hint}".strip()
        begins_with_memory = getattr(error, "kind", "") in ("locked", "keychain")
        if begins_with_memory:
            said += " Or Enter: for this session only."
        if _PLAIN not in said:
            said += f" {_PLAIN}"
        failed = session.source
        for each in credentials.offered(session.settings, session.environ, session.clock):
            if each.source == failed or _is_default(each.source, session.settings, failed):
                continue
            region = session.given.region or settings.region_for(each.region, None, session.environ)
            self._offer(each.source, region, each.note, title=f"use {each.title}")
        self._choices += [
            Choice(COMMAND, "a command: pass, vault …", "kept as a profile"),
            Choice(MEMORY, "this session only", "typed now, then forgotten"),
        ]
        begin = MEMORY if begins_with_memory else self._choices[0].value
        self._program.push_screen(
            SignIn("Sign in", [said], self._choices, begin, "r tries again   q quits   Esc closes this"),
            self._signed_in,
        )

    def _signed_in(self, value: str | None) -> None:
        if value == QUIT:
            self._program.exit(0)
        elif value == AGAIN:
            self._program.renew(self._session.source)
        else:
            self._chosen(value)

    def _ask_command(self) -> None:
        self._program.browse.ask("command that prints the key: ", self._command_typed)

    def _command_typed(self, text: str) -> None:
        """Keeps the command as a profile: its words are no secret, what it prints is never kept."""
        browse = self._program.browse
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            browse.say(f"Not a command: {error}.", "warn")
            return
        if not words:
            return
        known = self._session.settings.profiles
        name = next(each for each in _names() if each not in known)
        region = self._session.region
        try:
            settings.save_profile(
                Profile(name, "command", region=region, command=words),
                make_default=not self._session.settings.default_profile,
            )
        except IcetuiError as error:
            browse.say(f"{error.message} {error.hint}".strip(), "bad")
            return
        self._program.switch(Source("profile", name), region)

    # -- a key that has run out

    def ran_out(self) -> None:
        """One dialog; closing it keeps what is here to be looked at."""
        session = self._session
        identity = session.identity
        who = f" of profile {identity.profile}" if identity.profile else ""
        when = session.until().removeprefix("expired ")
        words = [
            f"The temporary key {identity.key.hint}{who} ran out at {when}. "
            "Nothing is asked any more; what is here stays."
        ]
        typed = Choice(MEMORY, "type a new key", "for this session only")
        again = Choice(AGAIN, "r  run the source again", identity.source)
        choices = [
            *([] if session.demo else [typed]),
            *([] if identity.source == "memory" else [again]),
            Choice(OTHER, "p  another profile"),
            Choice(OFFLINE, "Esc  keep looking", "offline"),
        ]
        self._program.push_screen(RanOut("Key expired", words, choices, choices[0].value), self._ran_out)

    def _ran_out(self, value: str | None) -> None:
        session = self._session
        if value == MEMORY:
            self._type_key(session.identity.profile if not session.demo else "")
        elif value == AGAIN:
            self._program.renew(session.source)
        elif value == OTHER:
            self._program.call_later(self._program.action_identity)

    def _type_key(self, profile: str) -> None:
        """Asks for a key outside the screens, and uses it in this session only."""
        heading = f"Access key for {profile or 'this session'}: it is kept in memory only."
        key: AccessKey | None = self._program.type_key(heading)
        if key is None:
            self._program.browse.say("No key was typed.", "warn")
            return
        name = profile if profile in self._session.settings.profiles else ""
        self._program.renew(Source("memory", name, key))


def _titled(source: Source | None) -> str:
    if source is None:
        return ""
    if source.kind == "memory":
        return f"{source.name} memory".strip()
    if source.kind == "env":
        return "environment"
    return f"aliyun {source.name}" if source.kind == "aliyun" else source.name


def _is_default(source: Source, known: settings.Settings, failed: Source | None) -> bool:
    """Whether this is the profile that has just failed as the default one."""
    return failed is None and source == Source("profile", known.default_profile)


def _names() -> Sequence[str]:
    return ("default", "command", *(f"command-{n}" for n in range(2, 1000)))
