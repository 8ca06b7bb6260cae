"""One SQLite file that several programs use at once, and what happens when it cannot be used.

Whatever is wrong with the file (damaged, newer, read-only, full disk, locked), work goes on in memory,
`Database.trouble` says what is wrong, and no byte of the file is thrown away. sqlite3 is imported when
the file is first needed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from icetui.errors import StoreTrouble
from icetui.state_file import StateFile, Unusable, blames_file, in_memory, roll_back

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

AGAIN_SECONDS: Final = 15.0
"""After how long a file that could not be used is tried once more."""


class Database:
    """The file, opened at the first `run`; safe from several threads and processes.

    One connection behind a lock: one for each thread would stay open in every thread of a pool.

    Args:
        path: of the file; ``:memory:`` keeps nothing; None: ``icetui.db`` in the state directory.
        migrations: the statements that lead from schema version n to n + 1, for n from 0.
        clock: aware time, for the name of a damaged file.
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        path: Path | None,
        migrations: Sequence[Sequence[str]],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._migrations = migrations
        self._clock = clock
        self._file: StateFile | None = None
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._why: StoreTrouble | None = None
        # Set while work goes on in memory: when to try the file again, or None for never.
        self._in_memory = False
        self._again_at: float | None = None
        self._owed: list[Callable[[sqlite3.Connection], object]] = []

    @property
    def trouble(self) -> StoreTrouble | None:
        """Why the file is not used, or what became of it; None if all is well or nothing was done yet."""
        return self._why or (self._file.loss if self._file is not None else None)

    @property
    def file(self) -> StateFile:
        """The file, which may not be there yet."""
        if self._file is None:
            if self._path is None:
                from icetui.settings import state_dir

                self._path = state_dir() / "icetui.db"
            self._file = StateFile(self._path, self._migrations, clock=self._clock)
        return self._file

    def run(
        self, work: Callable[[sqlite3.Connection], T], *, write: bool = False, lasting: bool = False
    ) -> T:
        """Does something with the tables and returns what it returns.

        Args:
            work: gets the connection; if the file fails under it, it is run once more elsewhere.
            write: in one transaction, all or nothing.
            lasting: a write that was promised to a person: flushed to the disk, and owed to the file
                while it cannot be used.
        """
        import sqlite3

        with self._lock:
            db = self._ready()
            try:
                done = _transact(db, work, write=write, lasting=lasting)
            except sqlite3.DatabaseError as error:
                if self._in_memory or not blames_file(error):
                    raise
                db = self._fall(error)
                done = _transact(db, work, write=write, lasting=lasting)
            if lasting and self._in_memory and self._again_at is not None:
                self._owed.append(work)
            return done

    def close(self) -> None:
        """Closes the file; what is owed to it is tried once more. A later `run` opens it again."""
        with self._lock:
            if self._db is None:
                return
            if self._owed:
                self._try_again()
            self._db.close()
            self._db, self._in_memory, self._again_at = None, False, None

    def _ready(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                self._db = self.file.open()
            except Unusable as why:
                self._db = self._go_without(why)
        elif self._in_memory and self._again_at is not None and self._monotonic() >= self._again_at:
            self._try_again()
        return self._db

    def _try_again(self) -> None:
        """Goes back to the file if it can be used again, and does there what was promised meanwhile."""
        import sqlite3

        self._again_at = self._monotonic() + AGAIN_SECONDS
        try:
            db = self.file.open()
        except Unusable as why:
            self._why = StoreTrouble(why.message, hint=why.hint)
            return
        try:
            while self._owed:
                _transact(db, self._owed[0], write=True, lasting=True)
                del self._owed[0]
        except sqlite3.DatabaseError:
            db.close()
            return
        if self._db is not None:
            self._db.close()
        self._why = None
        self._db, self._in_memory, self._again_at = db, False, None

    def _fall(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """What to go on with after the file failed under a piece of work."""
        if self._db is not None:
            self._db.close()
            self._db = None
        try:
            self._db = self.file.open_after(error)
        except Unusable as why:
            self._db = self._go_without(why)
        return self._db

    def _go_without(self, why: Unusable) -> sqlite3.Connection:
        """A database in memory, with what can still be read of the file."""
        self._why = StoreTrouble(why.message, hint=why.hint)
        self._in_memory = True
        self._again_at = self._monotonic() + AGAIN_SECONDS if why.passes else None
        db = in_memory(self._migrations)
        if why.passes:
            self.file.copy_to(db)
        return db


def _transact(
    db: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], *, write: bool, lasting: bool
) -> T:
    if not write:
        return work(db)
    # With a write-ahead log NORMAL survives kill -9, and FULL a power cut too.
    db.execute(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
    db.execute("BEGIN IMMEDIATE")
    try:
        done = work(db)
        db.execute("COMMIT")
    except BaseException:  # Ctrl+C too: half a transaction must not stay open; it goes on to whoever asked
        roll_back(db)
        raise
    return done
