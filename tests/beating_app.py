"""The program on the demo, with beats at the press of a key: `python -m tests.beating_app`.

F9 is a beat that tells the same, F11 one in which one job has changed, F12 one in which ten have; the
next one takes it back.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from icetui import app
from icetui.flags import Flags
from icetui.job import Job, State
from icetui.kept_frame import KeptFrame
from icetui.session import Session
from tests.on_screen import CLOCK


class BeatingApp(app.IcetuiApp):
    """Beats come from a person."""

    CSS_PATH = str(Path(app.__file__).with_name("icetui.tcss"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "beat(0)"),
        Binding("f11", "beat(1)"),
        Binding("f12", "beat(10)"),
    ]

    def __init__(self, session: Session, *, family: str = "smart", frame: KeptFrame | None = None) -> None:
        super().__init__(session, family=family, frame=frame)
        self.was: dict[int, Job] = {}

    def action_beat(self, changed: int) -> None:
        """A snapshot in which so many jobs in view, the chosen one not among them, fail, or never did."""
        snapshot = self.browse.shelf.snapshot
        assert snapshot is not None
        jobs = snapshot.jobs
        for n in range(5, 5 + changed):
            old = self.was.pop(n, None)
            if old is None:
                self.was[n] = jobs[n]
            jobs = jobs.replaced({n: old or replace(jobs[n], state=State.FAILED)})
        self.browse.post_message(self.browse.Arrived(replace(snapshot, jobs=jobs)))


if __name__ == "__main__":
    app.IcetuiApp = BeatingApp  # type: ignore[misc]  # `run` starts this one
    sys.exit(app.run(Session(Flags(demo=True, clock=CLOCK))))
