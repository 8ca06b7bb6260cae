"""The state file itself: private from its first moment, checked, migrated, and set aside when damaged.

`database` decides what to do when it cannot be used.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from icetui.errors import StoreTrouble

if TYPE_CHECKING:
    import sqlite3

APPLICATION: Final = 0x69636574
"""``icet`` in the header of the file: so that a database of another program is not taken for ours."""

BUSY_SECONDS: Final = 2.0
"""How long to wait for another program's write; theirs take milliseconds."""


class Unusable(Exception):
    """The file cannot be used now.

    Args:
        message: what is wrong, one sentence.
        hint: what the person may do.
        passes: whether it may pass by itself, so that the file is tried again later.
    """

    def __init__(self, message: str, hint: str, *, passes: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.passes = passes


class _Damaged(Exception):
    """SQLite says that the file is no database or is broken.

    Args:
        message: its words.
        file: the inode it says it of.
        db: the connection, still open: closing it deletes the journal beside the file.
    """

    def __init__(self, message: str, file: int, db: sqlite3.Connection | None) -> None:
        super().__init__(message)
        self.file = file
        self.db = db

    def close(self) -> None:
        if self.db is not None:
            self.db.close()


class StateFile:
    """A SQLite file in a directory of its own.

    Args:
        path: of the file; ``:memory:`` for none.
        migrations: the statements that lead from schema version n to n + 1, for n from 0.
        clock: aware time, for the name of a damaged file.

    Attributes:
        path: as given.
        loss: what became of a damaged file; None if there was none.
    """

    def __init__(
        self, path: Path, migrations: Sequence[Sequence[str]], *, clock: Callable[[], datetime]
    ) -> None:
        self.path = path
        self.loss: StoreTrouble | None = None
        self._migrations = migrations
        self._clock = clock

    def open(self, *, thorough: bool = False) -> sqlite3.Connection:
        """A connection to the file, made and migrated where necessary; a damaged file is set aside.

        Args:
            thorough: whether every page is looked at.

        Raises:
            Unusable: there is none.
        """
        if str(self.path) == ":memory:":
            return in_memory(self._migrations)
        try:
            return self._connect(thorough=thorough)
        except _Damaged as damage:
            try:
                aside = self._set_aside(damage)
            finally:
                damage.close()
        try:
            db = self._connect(thorough=False)
        except _Damaged as damage:
            damage.close()
            raise Unusable(f"{self.path} cannot be used: {damage}.", "Look at the disk.") from damage
        if aside is not None:
            self._say_what_was_saved(aside, db)
        return db

    def open_after(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """As `open`, after a connection has failed.

        Raises:
            Unusable: the error is one that opening again does not heal, or there is no connection.
        """
        if not _is_damage(error):
            raise self._unusable(error) from error
        return self.open(thorough=True)

    def copy_to(self, db: sqlite3.Connection) -> None:
        """Copies what can be read of the file without writing to it or its directory."""
        import sqlite3

        for how in ("mode=ro", "immutable=1"):
            with contextlib.suppress(sqlite3.DatabaseError):
                kept = sqlite3.connect(f"{self.path.absolute().as_uri()}?{how}", uri=True)
                try:
                    if _number(kept, "user_version") == len(self._migrations):
                        _salvage(kept, db)
                        return
                finally:
                    kept.close()

    def _connect(self, *, thorough: bool) -> sqlite3.Connection:
        import sqlite3

        self._make_private()
        # Taken first: what is judged damaged must be what is set aside, and not another program's new file.
        file = _inode(self.path)
        db: sqlite3.Connection | None = None
        try:
            db = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._check(db)
            if thorough:
                _check_pages(db, file)
            if _number(db, "user_version") < len(self._migrations):
                with _alone(self.path.parent):
                    # SQLite does not wait for its turn to change the journal's mode.
                    db.execute("PRAGMA journal_mode=WAL")
                    migrate(db, self._migrations)
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise _Damaged(str(error), file, db) from error
            if db is not None:
                db.close()
            raise self._unusable(error) from error
        except Unusable:
            if db is not None:
                db.close()
            raise
        return db

    def _check(self, db: sqlite3.Connection) -> None:
        """Leaves a file that is not ours, or is newer than we are, as it is."""
        version, application = _number(db, "user_version"), _number(db, "application_id")
        is_empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if application not in (0, APPLICATION) or (application == 0 and not is_empty):
            raise Unusable(
                f"{self.path} is a database of another program; nothing is kept.",
                "Move it away, or set ICETUI_STATE_DIR to another directory.",
                passes=False,
            )
        if version > len(self._migrations):
            raise Unusable(
                f"{self.path} was written by a newer icetui (schema {version}, this one knows "
                f"{len(self._migrations)}); nothing is kept.",
                "Upgrade icetui, or set ICETUI_STATE_DIR to another directory.",
                passes=False,
            )

    def _make_private(self) -> None:
        """The directory 0700 and the file 0600 before the first byte; SQLite's side files get its mode.

        A file that is there is not opened: closing it would drop the locks that another connection of
        this process holds.
        """
        path = self.path
        try:
            for folder in reversed([path.parent, *path.parent.parents]):
                if not folder.exists():
                    folder.mkdir(mode=0o700, exist_ok=True)
            if not path.exists():
                with contextlib.suppress(FileExistsError):
                    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            found = path.stat()
            if stat.S_ISREG(found.st_mode) and found.st_mode & 0o077 and found.st_uid == os.geteuid():
                path.chmod(0o600)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unusable(
                f"{path} cannot be made: {reason}; nothing is kept.",
                "Make its directory writable, or set ICETUI_STATE_DIR to one that is.",
            ) from error
        if not stat.S_ISREG(found.st_mode):
            raise Unusable(
                f"{path} is not a file; nothing is kept.",
                "Move it away, or set ICETUI_STATE_DIR to another directory.",
            )
        # Said now rather than at the first write. Both: the journal stands beside the file.
        locked = next((each for each in (path.parent, path) if not os.access(each, os.W_OK)), None)
        if locked is not None:
            raise Unusable(
                f"{locked} is read-only; nothing new is kept.",
                "Make it writable, or set ICETUI_STATE_DIR to a directory that is.",
            )

    def _set_aside(self, damage: _Damaged) -> Path | None:
        """Renames the damaged file with its journal; None if another program has done so meanwhile."""
        path = self.path
        name = f"{path.name}.damaged-{self._clock():%Y%m%dT%H%M%SZ}"
        try:
            with _alone(path.parent):
                if _inode(path) != damage.file:
                    return None
                aside = next(
                    each
                    for each in (
                        path.with_name(name + end) for end in ("", *(f"-{n}" for n in range(2, 1000)))
                    )
                    if not each.exists() and not Path(f"{each}-wal").exists()
                )
                # The journal first: SQLite deletes one that it finds beside an empty file.
                for end in ("-wal", "-shm", ""):
                    with contextlib.suppress(FileNotFoundError):
                        Path(f"{path}{end}").rename(f"{aside}{end}")
                return aside
        except OSError as error:
            raise Unusable(
                f"{path} is damaged ({damage}) and cannot be moved: {error.strerror}; nothing is kept.",
                "Move it away, or set ICETUI_STATE_DIR to another directory.",
            ) from error

    def _say_what_was_saved(self, aside: Path, db: sqlite3.Connection) -> None:
        import sqlite3

        saved = 0
        with contextlib.suppress(sqlite3.DatabaseError):
            kept = sqlite3.connect(f"{aside.absolute().as_uri()}?mode=ro", uri=True)
            try:
                saved = _salvage(kept, db)
            finally:
                kept.close()
        what = f"{saved} of its entries were read" if saved else "nothing in it could be read"
        self.loss = StoreTrouble(
            f"The store was damaged: it is kept as {aside} and a new one was begun; {what}.",
            hint=f"More may be had with: sqlite3 {aside} .recover",
        )

    def _unusable(self, error: sqlite3.DatabaseError) -> Unusable:
        import sqlite3

        code = _code(error)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Unusable(
                f"{self.path} is locked by another program.", "It is tried again; end the other program."
            )
        if code == sqlite3.SQLITE_FULL:
            return Unusable(
                f"The disk of {self.path} is full; nothing new is kept.",
                "Free some space; it is tried again.",
            )
        if code == sqlite3.SQLITE_READONLY:
            return Unusable(f"{self.path} is read-only; nothing new is kept.", "Make it writable.")
        return Unusable(
            f"{self.path} cannot be used: {error}; nothing new is kept.",
            "Look at the disk, or set ICETUI_STATE_DIR to another directory.",
        )


def in_memory(migrations: Sequence[Sequence[str]]) -> sqlite3.Connection:
    """A connection to an empty database that is nowhere."""
    import sqlite3

    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrate(db, migrations)
    return db


def migrate(db: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    """Brings the schema to the newest version, all or nothing; a newer one is left alone."""
    db.execute("BEGIN IMMEDIATE")
    try:
        # Read inside the transaction: another program may have been faster.
        version = _number(db, "user_version")
        for statement in (each for step in migrations[version:] for each in step):
            db.execute(statement)
        db.execute(f"PRAGMA application_id={APPLICATION}")
        db.execute(f"PRAGMA user_version={max(version, len(migrations))}")
        db.execute("COMMIT")
    except BaseException:  # Ctrl+C too: a schema is migrated whole or not at all
        roll_back(db)
        raise


def roll_back(db: sqlite3.Connection) -> None:
    """Ends a transaction that failed."""
    import sqlite3

    # Some failures, a full disk for one, have already rolled back.
    with contextlib.suppress(sqlite3.DatabaseError):
        db.execute("ROLLBACK")


def _check_pages(db: sqlite3.Connection, file: int) -> None:
    found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise _Damaged(found, file, db)


def _salvage(kept: sqlite3.Connection, db: sqlite3.Connection) -> int:
    """Copies every row that can be read, table by table; how many."""
    import sqlite3

    copied = 0
    tables = db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'")
    db.execute("BEGIN IMMEDIATE")
    for (table,) in tables.fetchall():
        # A damaged table is read up to the damage; one that an older schema lacks is passed over.
        with contextlib.suppress(sqlite3.DatabaseError):
            there = _columns(kept, table)
            columns = [each for each in _columns(db, table) if each in there]
            into = (
                f"INSERT OR IGNORE INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"
            )
            for row in kept.execute(f"SELECT {','.join(columns)} FROM {table}"):
                copied += db.execute(into, row).rowcount
    db.execute("COMMIT")
    return copied


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [each[1] for each in db.execute(f"PRAGMA table_info({table})")]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other icetui makes, migrates or sets aside a file in this directory meanwhile.

    Where the file system has no such locks, or somebody holds it for too long, we go on without.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for _ in range(40):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(BUSY_SECONDS / 40)
            except OSError:
                break
        yield
    finally:
        os.close(handle)


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _code(error: sqlite3.DatabaseError) -> int:
    """The primary result code of SQLite, or 0 where Python has found the fault itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    import sqlite3

    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def blames_file(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is to blame, and not the one who asked."""
    import sqlite3

    return not isinstance(
        error,
        (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.DataError, sqlite3.NotSupportedError),
    )
