"""What is remembered between sessions: followed IDs and the last rows, apart for each key, region and family.

Rows are what a list shows and the error of a failure; never an answer (contracts.md, "What is kept").
Nothing here raises: see `Store.trouble`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from icetui.database import Database
from icetui.errors import StoreTrouble
from icetui.job import Job, JobError, State
from icetui.records import record

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

MIGRATIONS: Final = (
    (
        "CREATE TABLE scope (n INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL,"
        " region TEXT NOT NULL, family TEXT NOT NULL, taken TEXT, UNIQUE (source, key, region, family))",
        # n grows with each addition and is never given twice: it is the order of addition.
        "CREATE TABLE followed (n INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER NOT NULL,"
        " id TEXT NOT NULL, origin TEXT NOT NULL, added TEXT NOT NULL, UNIQUE (scope, id))",
        "CREATE TABLE unfollowed (n INTEGER PRIMARY KEY, scope INTEGER NOT NULL, id TEXT NOT NULL,"
        " origin TEXT NOT NULL, added TEXT NOT NULL)",
        "CREATE TABLE job (scope INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL,"
        " state_word TEXT NOT NULL, title TEXT NOT NULL, created TEXT, modified TEXT, finished TEXT,"
        " media_id TEXT NOT NULL, note TEXT NOT NULL, code TEXT, message TEXT, request_id TEXT,"
        " whole INTEGER NOT NULL, seen TEXT NOT NULL, PRIMARY KEY (scope, id)) WITHOUT ROWID",
        "CREATE INDEX job_created ON job (scope, created)",
    ),
    (
        # Where somebody looked: a kind of source, its name, a region; n grows with each visit.
        "CREATE TABLE place (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL,"
        " region TEXT NOT NULL, UNIQUE (kind, name, region))",
    ),
)
"""What leads from one version of the schema to the next. An entry, once released, is never changed."""

REMEMBERED: Final = 300
"""How many rows of a listing `Store.rows` brings back; the followed ones come in any number."""

QUOTA: Final = 20_000
"""How many rows are kept of one family in one region; those kept longest ago go, but no followed one."""

VISITED: Final = 9
"""How many places somebody looked at are remembered: one for each digit of a menu."""

_AT_ONCE: Final = 500
"""IDs in one statement; SQLite was once limited to 999."""

_COLUMNS: Final = (
    "id, type, state, state_word, title, created, modified, finished, media_id, note, code, message,"
    " request_id, whole"
)
_TERMINAL: Final = ",".join(f"'{each.value}'" for each in State if each.terminal)
# Two programs keep the same job: a listing's row does not replace what a lookup told, unless the job
# has changed.
_KEEP: Final = f"""
INSERT INTO job (scope, seen, {_COLUMNS}) VALUES ({",".join("?" * 16)})
ON CONFLICT (scope, id) DO UPDATE SET seen=excluded.seen, type=excluded.type, state=excluded.state,
  state_word=excluded.state_word, title=excluded.title, created=excluded.created, modified=excluded.modified,
  finished=excluded.finished, media_id=excluded.media_id, note=excluded.note, code=excluded.code,
  message=excluded.message, request_id=excluded.request_id, whole=excluded.whole
WHERE excluded.whole OR NOT job.whole OR lower(excluded.state_word) <> lower(job.state_word)
  OR (excluded.modified IS NOT NULL AND job.modified IS NOT NULL AND excluded.modified <> job.modified)
"""


@record
class Scope:
    """Whose jobs: one account's rows never show under another.

    Attributes:
        source: where the key comes from: ``env``, ``keyring``, ``demo`` …
        key: `AccessKey.digest`; the key ID itself is not kept.
        region: e.g. ``cn-shanghai``.
    """

    source: str
    key: str
    region: str


@record
class Kept:
    """How much is kept of one family of one account in one region.

    Attributes:
        source: where the key comes from.
        region: where.
        family: its name.
        rows: how many jobs.
        followed: how many followed IDs.
        taken: when the last beat was that kept some.
    """

    source: str
    region: str
    family: str
    rows: int
    followed: int
    taken: datetime | None


class Store:
    """The state file. Every method may be called from any thread and takes milliseconds.

    Args:
        path: of the file; ``:memory:`` keeps nothing; None: the state directory (``ICETUI_STATE_DIR``).
        cache: ``nothing`` keeps only followed IDs, and forgets rows that an earlier session kept.
        clock: aware time.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        cache: Literal["rows", "answers", "nothing"] = "rows",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = Database(path, MIGRATIONS, clock=clock)
        self._cache = cache
        self._clock = clock
        # How many rows may come before they are counted, by scope.
        self._room: dict[int, int] = {}
        self._is_swept = cache != "nothing"

    @property
    def trouble(self) -> StoreTrouble | None:
        """What is wrong with the file, and the next step; None before the first use."""
        return self._database.trouble

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        return self._database.file.path

    def visit(self, kind: str, name: str, region: str) -> None:
        """Notes where somebody looked: a kind of source of keys, its name, and a region."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT OR REPLACE INTO place (kind, name, region) VALUES (?, ?, ?)", (kind, name, region)
            )

        self._write(work)

    def visited(self, kind: str = "") -> tuple[tuple[str, str, str], ...]:
        """Kind, name and region of the places somebody looked at last, the newest first."""

        def work(db: sqlite3.Connection) -> tuple[tuple[str, str, str], ...]:
            found = db.execute(
                "SELECT kind, name, region FROM place WHERE kind=? OR ?='' ORDER BY n DESC LIMIT ?",
                (kind, kind, VISITED),
            )
            return tuple(found)

        return self._read(work)

    def followed(self, scope: Scope, family: str) -> tuple[str, ...]:
        """The followed IDs, the one added last first."""

        def work(db: sqlite3.Connection) -> tuple[str, ...]:
            number = _number(db, scope, family)
            found = db.execute("SELECT id FROM followed WHERE scope=? ORDER BY n DESC", (number,))
            return tuple(each for (each,) in found)

        return self._read(work)

    def follow(
        self, scope: Scope, family: str, ids: Sequence[str], *, origin: str = "person"
    ) -> tuple[str, ...]:
        """Adds IDs in the order given, so that the last of them becomes the first of `followed`.

        Returns:
            those that are new; an ID that is followed already keeps its place.
        """
        wanted = tuple(dict.fromkeys(filter(None, (_text(each.strip()) for each in ids))))
        added = _stamp(self._clock())

        def work(db: sqlite3.Connection) -> tuple[str, ...]:
            number = _made_number(db, scope, family)
            add = "INSERT OR IGNORE INTO followed (scope, id, origin, added) VALUES (?, ?, ?, ?)"
            return tuple(
                each for each in wanted if db.execute(add, (number, each, _text(origin), added)).rowcount == 1
            )

        return self._write(work, lasting=True)

    def unfollow(
        self, scope: Scope, family: str, ids: Sequence[str], *, joined: bool = False
    ) -> tuple[str, ...]:
        """Forgets that IDs are followed; the last such step can be undone.

        Args:
            scope: whose.
            family: of which family.
            ids: those that are not followed are passed over.
            joined: part of the same step as the call before, e.g. the same command for another family.

        Returns:
            those that were followed.
        """
        wanted = tuple(dict.fromkeys(_text(each.strip()) for each in ids))

        def work(db: sqlite3.Connection) -> tuple[str, ...]:
            number = _number(db, scope, family)
            find = "SELECT n, scope, id, origin, added FROM followed WHERE scope=? AND id=?"
            gone = [row for each in wanted if (row := db.execute(find, (number, each)).fetchone())]
            if gone and not joined:
                _forget_step(db, scope)
            db.executemany("INSERT OR REPLACE INTO unfollowed VALUES (?, ?, ?, ?, ?)", gone)
            db.executemany("DELETE FROM followed WHERE n=?", [row[:1] for row in gone])
            return tuple(row[2] for row in gone)

        return self._write(work, lasting=True)

    def undo(self, scope: Scope) -> Mapping[str, tuple[str, ...]]:
        """Takes back the last unfollowing in a scope, each ID to its old place; once.

        Returns:
            family -> IDs that are followed again, the one added last first; empty if there is no step.
        """

        def work(db: sqlite3.Connection) -> Mapping[str, tuple[str, ...]]:
            back: dict[str, tuple[str, ...]] = {}
            find = (
                "SELECT u.n, u.scope, u.id, u.origin, u.added, s.family"
                " FROM unfollowed u JOIN scope s ON s.n=u.scope"
                " WHERE s.source=? AND s.key=? AND s.region=? ORDER BY u.n DESC"
            )
            for *row, family in db.execute(find, _names(scope)).fetchall():
                # Followed anew meanwhile: then it has its new place.
                if db.execute("INSERT OR IGNORE INTO followed VALUES (?, ?, ?, ?, ?)", row).rowcount == 1:
                    back[family] = (*back.get(family, ()), row[2])
            _forget_step(db, scope)
            return back

        return self._write(work, lasting=True)

    def rows(self, scope: Scope, family: str) -> tuple[tuple[Job, ...], datetime | None]:
        """The last rows, newest first, and when the last beat was that kept some.

        All followed jobs that were ever read, and up to `REMEMBERED` others.
        """

        def work(db: sqlite3.Connection) -> tuple[tuple[Job, ...], datetime | None]:
            number = _number(db, scope, family)
            taken = db.execute("SELECT taken FROM scope WHERE n=?", (number,)).fetchone()
            find = (
                f"SELECT {_COLUMNS} FROM job WHERE scope=:scope"
                " AND id IN (SELECT id FROM followed WHERE scope=:scope)"
                f" UNION SELECT * FROM (SELECT {_COLUMNS} FROM job WHERE scope=:scope"
                " ORDER BY created DESC LIMIT :most) ORDER BY created DESC, id"
            )
            found = db.execute(find, {"scope": number, "most": REMEMBERED})
            jobs = tuple(_job(row, family, scope.region) for row in found)
            return jobs, _moment(taken[0]) if taken else None

        return self._read(work)

    def keep(
        self, scope: Scope, family: str, jobs: Sequence[Job], taken: datetime, *, beat: bool = True
    ) -> None:
        """Keeps rows: adds them, or puts them in the place of older ones with the same ID.

        Args:
            scope: whose.
            family: of which family.
            jobs: those that changed; none is fine.
            taken: when they were told.
            beat: whether a whole beat told them, so that `rows` says this time; a job opened alone does not.
        """
        if self._cache == "nothing":
            return
        seen = _stamp(taken)

        def work(db: sqlite3.Connection) -> None:
            number = _made_number(db, scope, family)
            if beat:
                db.execute(
                    "UPDATE scope SET taken=? WHERE n=? AND ifnull(taken, '') < ?", (seen, number, seen)
                )
            db.executemany(_KEEP, [(number, seen, *_row(each)) for each in jobs])
            # Counted when so many have been kept that there may be too many: counting takes longer than
            # keeping.
            left = self._room.get(number, 0) - len(jobs)
            if left < 0:
                left = _drop_oldest(db, number)
            self._room[number] = left

        self._write(work)

    def known(self, scope: Scope, family: str, ids: Iterable[str]) -> dict[str, Job]:
        """Those of the jobs that a lookup has told to be terminal: they need not be asked again.

        Without subjobs and media, which are not kept.
        """
        wanted = [_text(each) for each in ids]

        def work(db: sqlite3.Connection) -> dict[str, Job]:
            found: dict[str, Job] = {}
            number = _number(db, scope, family)
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                find = (
                    f"SELECT {_COLUMNS} FROM job WHERE scope=? AND whole AND state IN ({_TERMINAL})"
                    f" AND id IN ({','.join('?' * len(some))})"
                )
                for row in db.execute(find, (number, *some)):
                    found[row[0]] = _job(row, family, scope.region)
            return found

        return self._read(work)

    def kept(self) -> tuple[Kept, ...]:
        """What there is of each family, by source and region; those of which nothing is kept are left out."""

        def work(db: sqlite3.Connection) -> tuple[Kept, ...]:
            found = db.execute(
                "SELECT source, region, family, (SELECT count(*) FROM job WHERE scope=n),"
                " (SELECT count(*) FROM followed WHERE followed.scope=scope.n), taken FROM scope"
                " ORDER BY source, region, n"
            )
            return tuple(
                Kept(str(source), str(region), str(family), rows, followed, _moment(taken))
                for source, region, family, rows, followed, taken in found
                if rows or followed
            )

        return self._read(work)

    def clear(self, *, followed: bool = False) -> tuple[int, int]:
        """Forgets all rows, and the places somebody looked at; no byte of them stays in the file.

        Args:
            followed: whether the followed IDs, which nothing can bring back, are forgotten too.

        Returns:
            how many rows and how many followed IDs.
        """

        def work(db: sqlite3.Connection) -> tuple[int, int]:
            (rows,) = db.execute("SELECT count(*) FROM job").fetchone()
            (ids,) = db.execute("SELECT count(*) FROM followed").fetchone()
            _erase(db)
            db.execute("DELETE FROM place")
            if followed:
                db.execute("DELETE FROM followed")
                db.execute("DELETE FROM unfollowed")
            return rows, ids if followed else 0

        removed = self._write(work, lasting=True)
        self._database.run(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        return removed

    def close(self) -> None:
        """Closes the file. A later use opens it again."""
        self._database.close()

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._sweep()
        return self._database.run(work)

    def _write(self, work: Callable[[sqlite3.Connection], T], *, lasting: bool = False) -> T:
        self._sweep()
        return self._database.run(work, write=True, lasting=lasting)

    def _sweep(self) -> None:
        """With ``cache = "nothing"``: forgets what an earlier session kept, so that no byte of it stays."""
        if self._is_swept:
            return
        self._is_swept = True
        self._database.run(_erase, write=True)
        self._database.run(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())


def _erase(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA secure_delete=ON").fetchall()
    db.execute("DELETE FROM job")
    db.execute("UPDATE scope SET taken=NULL")


def _names(scope: Scope) -> tuple[str, str, str]:
    return _text(scope.source), _text(scope.key), _text(scope.region)


def _number(db: sqlite3.Connection, scope: Scope, family: str) -> int | None:
    """What stands for a scope and family in the tables; None, which equals nothing there, if nothing does."""
    find = "SELECT n FROM scope WHERE source=? AND key=? AND region=? AND family=?"
    found = db.execute(find, (*_names(scope), family)).fetchone()
    return int(found[0]) if found else None


def _made_number(db: sqlite3.Connection, scope: Scope, family: str) -> int:
    add = "INSERT OR IGNORE INTO scope (source, key, region, family) VALUES (?, ?, ?, ?)"
    db.execute(add, (*_names(scope), family))
    number = _number(db, scope, family)
    assert number is not None  # added one statement above, in the same transaction
    return number


def _forget_step(db: sqlite3.Connection, scope: Scope) -> None:
    db.execute(
        "DELETE FROM unfollowed WHERE scope IN (SELECT n FROM scope WHERE source=? AND key=? AND region=?)",
        _names(scope),
    )


def _drop_oldest(db: sqlite3.Connection, number: int) -> int:
    """Keeps the newest; how many more may come before it is to be looked at again."""
    (count,) = db.execute("SELECT count(*) FROM job WHERE scope=?", (number,)).fetchone()
    # Some more are allowed, so that this is not done at every beat.
    most = QUOTA + QUOTA // 20
    if count <= most:
        return int(most - count)
    db.execute(
        "DELETE FROM job WHERE scope=:scope AND id IN (SELECT id FROM job WHERE scope=:scope"
        " AND id NOT IN (SELECT id FROM followed WHERE scope=:scope) ORDER BY seen, created LIMIT :surplus)",
        {"scope": number, "surplus": count - QUOTA},
    )
    return most - QUOTA


def _row(job: Job) -> tuple[object, ...]:
    error = job.error
    return (
        _text(job.id),
        _text(job.type),
        job.state.value,
        _text(job.state_word),
        _text(job.title),
        _stamp(job.created),
        _stamp(job.modified),
        _stamp(job.finished),
        _text(job.media_id),
        _text(job.note),
        None if error is None else _text(error.code),
        None if error is None else _text(error.message),
        None if error is None else _text(error.request_id),
        job.whole,
    )


def _job(row: Sequence[Any], family: str, region: str) -> Job:
    """A row as a job; what stands in a file may be anything."""
    (
        job_id,
        type_,
        state,
        word,
        title,
        created,
        modified,
        finished,
        media_id,
        note,
        code,
        message,
        request,
        whole,
    ) = row
    return Job(
        family=family,
        id=str(job_id),
        type=str(type_),
        state=_STATES.get(state, State.UNKNOWN),
        state_word=str(word),
        title=str(title),
        created=_moment(created),
        modified=_moment(modified),
        finished=_moment(finished),
        region=region,
        error=None if code is None else JobError(str(code), str(message or ""), str(request or "")),
        media_id=str(media_id),
        note=str(note),
        whole=bool(whole),
    )


_STATES: Final[dict[str, State]] = {each.value: each for each in State}


def _text(text: str) -> str:
    """Text that UTF-8 can hold: JSON of the service, and arguments, may bring lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def _stamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC; sorts as time does."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
