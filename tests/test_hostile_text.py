"""Other people's text in every field: no byte of it is obeyed, no markup of it is parsed, copies are true."""

from __future__ import annotations

import ast
import base64
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from icetui import results as kinds
from icetui.clean import clean, width
from icetui.demo import UNTRUSTED, transport
from icetui.errors import Refusal
from icetui.families import FAMILIES
from icetui.families.base import Opened
from icetui.job import Job, JobError, Media, State, Subjob
from icetui.log import Entry
from icetui.panes import clipboard, copying, pages
from icetui.panes.bars import BottomLine
from icetui.panes.job_line import columns_for
from icetui.panes.spans import Lines, plain
from icetui.panes.telling import failure
from icetui.screens.choose import Choice, Choose
from icetui.screens.detail import Detail
from icetui.screens.reading import log_lines
from tests.hostile import CORPUS, POISONS, Poison, poisoned
from tests.on_screen import BIG, browse, demo, listed, opened, screen_text, until
from tests.terminal import ENTER, Terminal

ROOMS = Path(__file__).parents[1] / "icetui"

SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b[PX^_].*?\x1b\\"  # DCS, SOS, PM, APC
    r"|\x1b.",
    re.DOTALL,
)
EVERYTHING = "\n".join(CORPUS.values())


def unsafe(text: str) -> set[str]:
    """The characters that a terminal may obey or not show, and that must not come as they are."""
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def sequences(text: str) -> set[str]:
    """The kinds of escape sequences in what a program wrote: places and copied texts left out."""
    found = set()
    for sequence in SEQUENCE.findall(text):
        if re.fullmatch(r"\x1b\[\d+;\d+H", sequence):
            found.add("to a place")
        elif sequence.startswith("\x1b]52;c;"):
            found.add("copy")
        elif re.fullmatch(r"\x1b\[[0-9;]*m", sequence):
            found |= {f"look {part}" for part in sequence[2:-1].split(";")}
        else:
            found.add(sequence)
    return found


# --- on a terminal --------------------------------------------------------------------------------


class Tour:
    """Somebody who looks at everything there is, on a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.copied: list[str] = []

    def key(self, keys: str, seen: str = "") -> None:
        """Types, and looks until something is seen and the screen stands still."""
        before = len(self.terminal.raw)
        self.terminal.send(keys)
        self.terminal.wait(lambda: (seen or len(self.terminal.raw) > before) and seen in self.terminal.text)
        self.terminal.quiet(0.06)

    def copy(self, second: str) -> None:
        """Copies, and remembers what the terminal was asked to keep."""
        self.key("y", "copy:")
        before = len(self.terminal.raw)
        self.terminal.send(second)
        self.terminal.wait(lambda: re.search(rb"\]52;c;[^\x07]*\x07", self.terminal.raw[before:]) is not None)
        [sent] = re.findall(rb"\]52;c;([^\x07]*)\x07", self.terminal.raw[before:])
        self.copied.append(base64.b64decode(sent).decode())
        self.terminal.quiet(0.06)

    def tabs(self) -> None:
        """Every tab of the chosen job."""
        self.key(ENTER, "[Summary]")
        for tab in pages.TABS[1:]:
            self.key("]", f"[{tab}")
        self.key("w", "[Raw]")

    def everything(self, pasted: str) -> None:
        """Lists, previews, tabs, prompts, menus, help, requests, the plain view, copies."""
        self.key("1", "SortBy")
        self.tabs()
        self.copy("r")
        self.key("P", "Enter goes back")
        self.key(ENTER, "[Raw]")
        self.key("q", " of ")
        self.copy("i")
        self.key("D", "requests kept")
        self.key("q", " of ")
        self.key("/")
        self.key(f"\x1b[200~{pasted}\x1b[201~")
        self.key(ENTER, '": ')
        self.key("\x1b", " loaded")
        for digit in "234":
            self.key(digit, f"▸{digit}")
            self.tabs()
            self.key("q", " of ")
        self.key("a", "IDs to follow")
        self.key(f"\x1b[200~{pasted}\x1b[201~")
        self.key(ENTER, "followed")
        self.key("g", " of ")
        self.key("P", "Enter goes back")
        self.key(ENTER, "▸4")


@contextmanager
def touring(*argv: str) -> Iterator[Tour]:
    """Icetui on the poisoned demo, at its first list, and somebody in front of it."""
    with Terminal([sys.executable, "-m", "tests.hostile", *argv], columns=132) as terminal:
        terminal.wait("live, every")
        terminal.quiet(0.2)
        yield Tour(terminal)


@pytest.fixture(scope="module")
def harmless() -> tuple[str, set[str]]:
    """What the program writes on a tour through harmless text, and which sequences are in it."""
    with touring("harmless", "--fault", "deny:GetBatchMediaProducingJob") as tour:
        tour.everything("harmless words")
        written = tour.terminal.raw.decode()
        return written, sequences(written)


def test_no_byte_of_hostile_text_reaches_the_terminal_that_harmless_text_does_not_bring(
    harmless: tuple[str, set[str]],
) -> None:
    with touring("hostile", "--fault", "deny:GetBatchMediaProducingJob") as tour:
        tour.everything(CORPUS["bidi"] + CORPUS["C1"] + CORPUS["markup"] + CORPUS["a surrogate"][:5])
        written = tour.terminal.raw.decode()
        assert sequences(written) <= harmless[1]
        assert unsafe(SEQUENCE.sub("", written)) <= {"\r", "\n", "\t"}
        raw, first = tour.copied
        assert json.loads(raw)["JobId"] == first
        assert any(json.dumps(text)[1:-1] in raw for text in CORPUS.values()), "copied as it was sent"
        assert not tour.terminal.ended
        tour.terminal.send("qq")
        assert tour.terminal.end() == 0


def test_columns_stay_where_they_are_in_another_terminal_s_eyes() -> None:
    with touring("hostile") as tour:
        for keys in ("", "\x1b[6~", "\x1b[6~"):
            if keys:
                tour.key(keys)
            head, *rows = tour.terminal.screen.display[2:37]
            bar = head.index("│")
            starts = [match.start() for match in re.finditer(r"\S+", head[:bar])]
            for row in rows:
                # pyte keeps a wide character in one place of its text and an empty one after it.
                cells = _cells(row)
                assert cells[bar] == "│", row
                assert {cells[at - 1] for at in starts[2:]} == {" "}, row


def _cells(row: str) -> list[str]:
    cells: list[str] = []
    for char in row:
        size = width(char)
        if size:
            cells += [char, *[""] * (size - 1)]
    return cells


def test_the_net_holds_what_nobody_has_cleaned() -> None:
    with touring("hostile", "unclean") as tour:
        tour.tabs()
        tour.key("q", " of ")
        tour.key("j")
        tour.tabs()
        written = tour.terminal.raw.decode()
        assert unsafe(SEQUENCE.sub("", written)) <= {"\r", "\n"}
        assert not {"look 201", "\x1b[2J", "\x1b[6n", "\x1b[c"} & sequences(written)
        assert not re.search(r"\x1b[\]P_^X]", written.replace("\x1b]22;", ""))


def test_titles_of_a_megabyte_are_drawn_like_any_other() -> None:
    with touring("long") as tour:
        before = len(tour.terminal.raw)
        tour.tabs()
        tour.key("q", " of ")
        assert len(tour.terminal.raw) - before < 60_000


# --- as values ------------------------------------------------------------------------------------


def hostile_job(text: str, state: State) -> Job:
    """A job with a text in every field that takes one."""
    error = JobError(text, text, text)
    words = {each.name: text for each in fields(Job) if each.type in ("str", str)}
    subjob = Subjob(text, state, text, text, text, text, 1.5, error)
    media = Media(text, text, text, text)
    return replace(
        Job("smart", "x"),
        **{**words, "family": "smart"},  # type: ignore[arg-type]  # all of them are texts
        state=state,
        error=error,
        subjobs=(subjob,),
        media=(media,),
        whole=True,
    )


def assert_safe(lines: Lines, whence: object) -> None:
    """Fails on a line that a terminal would not show as it is."""
    for y in range(len(lines)):
        text = plain(lines.line(y))
        assert clean(text) == text, (whence, y)
        assert not unsafe(text), (whence, y)


@pytest.mark.parametrize("name", CORPUS)
def test_every_page_of_a_job_whose_every_field_is_hostile_is_safe(name: str) -> None:
    now = demo().session.clock()
    for state in State:
        job = hostile_job(CORPUS[name], state)
        assert_safe(pages.summary(job, None, 60, now, why=CORPUS[name]).lines, state)
        assert_safe(pages.media(job, 60).lines, state)
        assert CORPUS[name] in copying.error_text(job), "what is copied is true"


@pytest.mark.parametrize("name", CORPUS)
def test_every_cell_of_a_hostile_row_is_safe_and_as_wide_as_its_column(name: str) -> None:
    now = demo().session.clock()
    for cells in (40, 80, 140):
        columns = columns_for(cells)
        for state in State:
            row = columns.row(hostile_job(CORPUS[name], state), now)
            assert [width(cell) for cell in row] == [column.cells for column in columns.columns]
            assert not unsafe("".join(row))


@pytest.mark.parametrize("name", CORPUS)
def test_the_request_log_and_refusals_are_safe(name: str) -> None:
    text = CORPUS[name]
    entry = Entry(demo().session.clock(), text, 1, 403, text, text, 1)
    assert_safe(log_lines([entry], 60, 1), name)
    for message in (text, "no"):
        error = Refusal(message, hint=text, code=text, request_id=text, status=403)
        assert not unsafe(plain(failure(error)))


@pytest.mark.parametrize("family", [each.name for each in FAMILIES])
async def test_every_result_of_every_family_is_drawn_safely_however_it_is_called(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "demo", poisoned(POISONS["hostile"]))
    session = demo().session
    feed = session.feeds[family]
    jobs = (await feed.refresh()).jobs
    drawn: set[str] = set()
    poison = Poison(POISONS["hostile"], everything=True)
    for job in jobs[:40]:
        told = await feed.open(job.id)
        for found in (told, _renamed(told, poison)):
            drawn |= {type(result.value).__name__ for result in found.results}
            for page in (
                pages.summary(found.job, found, 70, session.clock()),
                pages.result(found, 70),
                pages.media(found.job, 70),
                pages.parameters(found, 70),
                pages.raw(found),
            ):
                assert_safe(page.lines, (family, job.id))
    assert drawn or family == "batch"
    await session.disconnect()
    session.close()


def _renamed(told: Opened, poison: Poison) -> Opened:
    """The same with hostile names of fields, which the service may send too."""
    results = tuple(
        replace(result, path=f"{result.path}.{EVERYTHING}", value=kinds.Tree({EVERYTHING: poison.into("x")}))
        for result in told.results
    )
    return replace(told, results=results)


# --- on the screens -------------------------------------------------------------------------------


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the clipboard."""
    taken: list[str] = []

    async def copy(text: str, *_: object, **__: object) -> clipboard.Copied:
        taken.append(text)
        return clipboard.Copied("tmux", len(text), True)

    monkeypatch.setattr(clipboard, "copy", copy)
    return taken


async def _untrusted(pilot: Pilot[Any]) -> Detail:
    """The demo's hostile job, open."""
    screen = await listed(pilot)
    told = await screen.feed.open(UNTRUSTED)
    screen.table.show([told.job], screen.session.clock(), anew=True)
    assert screen.table.job is not None
    screen.table.choose(UNTRUSTED)
    return await opened(pilot, UNTRUSTED)


async def test_the_untrusted_job_is_shown_and_its_true_text_copied(copies: list[str]) -> None:
    async with demo().run_test(size=BIG) as pilot:
        detail = await _untrusted(pilot)
        assert "[b]Untrusted[/b] ␛[7m title" in screen_text(pilot)
        shown: list[str] = []
        while detail.leaf.TITLE not in shown:
            shown.append(detail.leaf.TITLE)
            assert unsafe(screen_text(pilot)) <= {"\n"}
            await pilot.press("i")
            assert unsafe(screen_text(pilot)) <= {"\n"}
            await pilot.press("]")
        assert {"Summary", "Result", "Raw"} <= set(shown)
        assert detail.opened is not None
        for what, inside in (
            ("raw", "\\u001b[7m title"),
            ("json", "\\u001b]0;owned"),
            ("transcript", "[b]bold[/b]"),
        ):
            detail.action_copy(what)
            await until(pilot, lambda: bool(copies))
            [text] = copies
            copies.clear()
            assert text == detail.copyable(what)[0]
            assert inside in text
        assert unsafe(detail.plain_text()) <= {"\n"}


@pytest.mark.parametrize("text", [EVERYTHING, "[/b]", "[", "[@click=app.exit]x[/]", "\\[", "]"])
async def test_menus_prompts_and_messages_take_any_text(text: str) -> None:
    async with demo().run_test(size=BIG) as pilot:
        screen = await listed(pilot)
        pilot.app.push_screen(Choose(text, [Choice("a", text, text)], "a"))
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        assert unsafe(screen_text(pilot)) <= {"\n"}
        shown = clean(text)[:20]
        assert screen_text(pilot).count(shown) >= 2
        await pilot.press("escape")
        screen.say(text)
        await pilot.pause()
        assert clean(text)[:40] in screen_text(pilot)
        screen.ask(text[:30], lambda _: None, value=text)
        await until(pilot, lambda: screen.query_one(BottomLine).prompt.open)
        assert unsafe(screen_text(pilot)) <= {"\n"}
        await pilot.press("escape")
        await pilot.press(*"!", "escape")
        assert browse(pilot) is screen


# --- in the source --------------------------------------------------------------------------------

SAFE_MAKERS = frozenset({"Content", "Text"})
SINKS = {
    "Static": 0,
    "Label": 0,
    "Button": 0,
    "Checkbox": 0,
    "Collapsible": 0,
    "Placeholder": 0,
    "Option": 0,
    "OptionList": None,
    "SelectionList": None,
    "Select": None,
    "DataTable": None,
    "Tree": None,
    "Markdown": None,
    "RichLog": None,
    "Log": None,
    "TextArea": None,
    "notify": 0,
    "panic": None,
    "from_markup": None,
    "markup": None,
}
"""What parses markup or shows text as it is: which argument it is in; None: it is not to be used at all."""
SET_BY_NAME = frozenset({"border_title", "border_subtitle", "tooltip", "sub_title"})


def offences(source: str) -> list[str]:
    """Places at which something else than Content, Text or a literal is handed to a sink of text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = _name(node.func)
            if name in SINKS:
                at = SINKS[name]
                given = node.args[:1] + [each.value for each in node.keywords if each.arg != "markup"]
                if at is None or not all(map(_is_safe, given)):
                    found.append(f"line {node.lineno}: {name}")
            if name == "update" and node.args and _is_text(node.args[0]):
                found.append(f"line {node.lineno}: update")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [
                f"line {node.lineno}: {target.attr}"
                for target in targets
                if isinstance(target, ast.Attribute) and target.attr in SET_BY_NAME
            ]
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_safe(node: ast.expr) -> bool:
    """A call of Content or Text, or no text at all."""
    if isinstance(node, ast.Call):
        return _name(node.func) in SAFE_MAKERS
    return isinstance(node, ast.Constant) and (not isinstance(node.value, str) or "[" not in node.value)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


SOURCES = sorted([*(ROOMS / "screens").glob("*.py"), *(ROOMS / "panes").glob("*.py"), ROOMS / "app.py"])


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: f"{file.parent.name}.{file.stem}")
def test_no_widget_is_handed_a_text_that_it_would_parse(file: Path) -> None:
    assert not offences(file.read_text("utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "Static(title)",
        "yield Label(f'{job.title}')",
        "self.notify(str(error))",
        "self.app.notify(message=words)",
        "widgets.Static(content=job.title)",
        "widget.border_title = job.title",
        "self.sub_title = title",
        "DataTable()",
        "Tree('x')",
        "Static('[b]' + title)",
        "self.query_one(Static).update(f'{title}')",
    ],
)
def test_the_search_for_such_places_finds_them(source: str) -> None:
    assert offences(source)


def test_the_search_lets_content_pass() -> None:
    assert not offences("Static(Content(f' {clean(title)}'), markup=False)\nLabel('all')\nseen.update(names)")
