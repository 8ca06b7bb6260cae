"""Results of an opened job to files: made and written in a thread, told in the status line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from icetui.clean import clean
from icetui.errors import IcetuiError
from icetui.exports import FileName, Written, answer_name, transcript_name, write_named
from icetui.panes.copying import copied
from icetui.panes.spans import Span
from icetui.panes.transcript import Meant
from icetui.subtitles import FORMS

if TYPE_CHECKING:
    from icetui.families.base import Opened
    from icetui.screens.detail import Detail


class Exported(Message):
    """A file was written, or could not be."""

    def __init__(self, what: str, written: Written | None, error: IcetuiError | None) -> None:
        super().__init__()
        self.what = what
        self.written = written
        self.error = error


class Exporting:
    """Writes what a key asks for.

    Args:
        detail: the opened job's screen.
    """

    def __init__(self, detail: Detail) -> None:
        self._detail = detail
        self._program = detail.program

    def export(self, form: str) -> None:
        """One file: a form of `subtitles.FORMS`, ``answer`` (decoded) or ``raw``."""
        opened = self._detail.opened
        if opened is None:
            self._detail.say("Nothing exported: the job is not open yet.", "warn")
            return
        if form in ("answer", "raw"):
            name = answer_name(opened.job, raw=form == "raw")
            self._write(
                "the raw answer" if form == "raw" else "the decoded answer", name, _answer(opened, form)
            )
            return
        meant = self._detail.meant()
        if meant is None:
            self._detail.say("Nothing exported: this job has no transcript (x j: its JSON).", "warn")
            return
        name = transcript_name(opened.job, form, place=meant.place, marked=meant.marked is not None)
        self._write(meant.words, name, _transcript(meant, form))

    def ask_folder(self) -> None:
        """Asks where files are to go."""
        self._detail.ask("export to: ", self._named, value=str(self._program.export_folder.absolute()))

    def _named(self, typed: str) -> None:
        path = Path(typed.strip() or ".").expanduser()
        if not path.is_dir():
            said = "is no folder" if path.exists() else "is not there: make it, or name another"
            self._detail.say(f"{path} {said}. Files go to {self._program.export_folder.absolute()}.", "warn")
            return
        self._program.export_folder = path
        self._detail.say(f"Files go to {path.absolute()}: x, then what.")

    def told(self, event: Exported) -> None:
        """Says what became of it."""
        if event.error is not None:
            # The next step first: the path is long, and may be cut.
            step = (event.error.hint or "Choose another folder.").removesuffix(".")
            self._detail.say(f"{step} (x d). {event.error.message}", "bad")
            return
        written = event.written
        assert written is not None
        self._program.exported = written.path
        where = written.path
        if where.parent == Path().absolute():
            where = Path(where.name)
        said: list[Span] = [(f"Wrote {event.what} to ", "good"), (clean(str(where)), "title")]
        if written.instead:
            said.append((", the name without a number was taken", "good"))
        said.append((" (y f copies the path)", "dim"))
        self._detail.say(said)

    def _write(self, what: str, name: FileName, made: Callable[[], bytes]) -> None:
        folder, detail = self._program.export_folder, self._detail
        detail.say(f"Writing {what}…", "dim")

        def work() -> None:
            try:
                detail.post_message(Exported(what, write_named(folder, name, made()), None))
            except IcetuiError as error:
                detail.post_message(Exported(what, None, error))

        # A daemon thread, not a worker: quitting waits for workers, and a disk may hang.
        threading.Thread(target=work, daemon=True, name="export").start()


def _answer(opened: Opened, form: str) -> Callable[[], bytes]:
    def made() -> bytes:
        text, _ = copied(opened, "raw" if form == "raw" else "json")
        return text.encode("utf-8", "surrogateescape") if form == "raw" else f"{text}\n".encode()

    return made


def _transcript(meant: Meant, form: str) -> Callable[[], bytes]:
    return lambda: FORMS[form].write(meant.text.transcript, meant.marked).encode()
