"""The program on the demo with one more screen on it: `Y` copies the text of a file.

python -m tests.copying_app FILE
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from icetui import app
from icetui.flags import Flags
from icetui.panes.spans import Fixed
from icetui.screens.reading import Reading
from icetui.session import Session


class Copying(Reading):
    """Shows that it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [*Reading.BINDINGS, Binding("Y", "copy_it", "copy", id="copy.it")]

    def __init__(self, text: str) -> None:
        super().__init__("Copying", Fixed.of("ready to copy"))
        self.text = text

    def action_copy_it(self) -> None:
        """Copies the text of the file."""
        self.copy(self.text, "the text")

    def plain_text(self) -> str:
        """The text of the file."""
        return self.text


class Program(app.IcetuiApp):
    """The program, one screen further."""

    CSS_PATH = str(Path(app.__file__).with_name("icetui.tcss"))

    def on_ready(self) -> None:
        """The list is below."""
        self.push_screen(Copying(Path(sys.argv[1]).read_text("utf-8")))


if __name__ == "__main__":
    app.IcetuiApp = Program  # type: ignore[misc]
    app.run(Session(Flags(demo=True)))
