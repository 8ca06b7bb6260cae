"""The screens of ``icetui json``: the same program without an account, on one document."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from typing import cast

from icetui.app import IcetuiApp
from icetui.decode import Decoded
from icetui.errors import Misuse
from icetui.screens.browse import Browse
from icetui.screens.document import Document
from icetui.session import Session


class Viewer(IcetuiApp):
    """Shows a document; asks nobody anything."""

    def __init__(self, session: Session, document: Document) -> None:
        super().__init__(session)
        self._document = document

    def get_default_screen(self) -> Browse:
        """The document stands where the list does elsewhere."""
        return cast(Browse, self._document)

    def open_session(self) -> None:
        """No account is needed."""


def run(session: Session, name: str, text: str, decoded: Decoded, *, as_sent: bool) -> int:
    """Shows a document to its end; keys come from the terminal, whatever stdin was.

    Raises:
        Misuse: there is no terminal to read keys from.
        BaseException: what crashed it; the terminal has been given back by then.
    """
    _keys_from_the_terminal()
    viewer = Viewer(session, Document(name, text, decoded, as_sent=as_sent, ascii_only=session.ascii))
    try:
        asyncio.run(viewer.live())
    finally:
        session.close()
        gc.freeze()
    if viewer.crash is not None:
        raise viewer.crash
    return viewer.return_code or 0


def _keys_from_the_terminal() -> None:
    """Textual reads keys from descriptor 0, where the document came in."""
    if os.isatty(0):
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        raise Misuse(f"There is no terminal to read keys from: {error.strerror}.") from None
    os.dup2(terminal, 0)
    os.close(terminal)
    sys.stdin = os.fdopen(0, "r", closefd=False)
