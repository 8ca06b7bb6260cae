"""What is remembered between sessions, and that nothing that was promised is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icetui import state_file, store
from icetui.job import Job, JobError, Media, State, Subjob
from icetui.store import QUOTA, Scope, Store

NOON = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
MINE = Scope("keyring", "0123456789abcdef", "cn-shanghai")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "icetui.db"


@pytest.fixture
def kept(path: Path) -> Iterator[Store]:
    it = Store(path)
    yield it
    it.close()


def job(job_id: str, *, state: State = State.DONE, word: str = "Finished", whole: bool = False) -> Job:
    return Job("batch", job_id, "Script", state, word, "标题", NOON, NOON, region=MINE.region, whole=whole)


def ids(jobs: tuple[Job, ...]) -> list[str]:
    return [each.id for each in jobs]


class TestFollowed:
    """Followed IDs: their order, their places, undo."""

    def test_last_added_stands_first_and_each_stands_once(self, kept: Store) -> None:
        assert kept.follow(MINE, "iproduction", ["a", "b", "a"]) == ("a", "b")
        assert kept.follow(MINE, "iproduction", ["c", "a", " c "]) == ("c",)
        assert kept.followed(MINE, "iproduction") == ("c", "b", "a")

    def test_masked_and_odd_ids_are_kept_as_they_are(self, kept: Store) -> None:
        odd = ("****20b48fb04483915d4f2cd8ac****", "a'b\"c%_", "\udc80x")
        kept.follow(MINE, "batch", odd)
        assert kept.followed(MINE, "batch") == ("?x", "a'b\"c%_", "****20b48fb04483915d4f2cd8ac****")

    def test_nothing_is_shared_between_keys_regions_sources_and_families(self, kept: Store) -> None:
        kept.follow(MINE, "batch", ["mine"])
        kept.keep(MINE, "batch", [job("mine")], NOON)
        for other in (
            replace(MINE, source="env"),
            replace(MINE, key="fedcba9876543210"),
            replace(MINE, region="cn-beijing"),
        ):
            assert kept.followed(other, "batch") == ()
            assert kept.rows(other, "batch") == ((), None)
        assert kept.followed(MINE, "vod-ai") == ()
        assert kept.known(MINE, "vod-ai", ["mine"]) == {}

    def test_survives_the_session(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["a", "b"])
        kept.close()
        again = Store(path)
        assert again.followed(MINE, "batch") == ("b", "a")
        assert again.trouble is None
        again.close()

    def test_unfollowing_is_undone_once_and_each_id_gets_its_old_place(self, kept: Store) -> None:
        kept.follow(MINE, "batch", ["a", "b", "c", "d"])
        assert kept.unfollow(MINE, "batch", ["c", "a", "never"]) == ("c", "a")
        assert kept.followed(MINE, "batch") == ("d", "b")
        assert kept.undo(MINE) == {"batch": ("c", "a")}
        assert kept.followed(MINE, "batch") == ("d", "c", "b", "a")
        assert kept.undo(MINE) == {}

    def test_only_the_last_step_is_undone(self, kept: Store) -> None:
        kept.follow(MINE, "batch", ["a", "b"])
        kept.unfollow(MINE, "batch", ["a"])
        kept.unfollow(MINE, "batch", ["b"])
        kept.unfollow(MINE, "batch", ["not followed"])
        assert kept.undo(MINE) == {"batch": ("b",)}
        assert kept.followed(MINE, "batch") == ("b",)

    def test_one_step_may_span_families(self, kept: Store) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.follow(MINE, "vod-ai", ["v"])
        kept.unfollow(MINE, "batch", ["a"])
        kept.unfollow(MINE, "vod-ai", ["v"], joined=True)
        assert kept.undo(MINE) == {"batch": ("a",), "vod-ai": ("v",)}

    def test_undo_is_of_the_same_account(self, kept: Store) -> None:
        other = replace(MINE, key="fedcba9876543210")
        kept.follow(MINE, "batch", ["a"])
        kept.unfollow(MINE, "batch", ["a"])
        assert kept.undo(other) == {}
        assert kept.undo(MINE) == {"batch": ("a",)}

    def test_undo_leaves_alone_what_was_followed_anew(self, kept: Store) -> None:
        kept.follow(MINE, "batch", ["a", "b"])
        kept.unfollow(MINE, "batch", ["a"])
        kept.follow(MINE, "batch", ["a"])
        assert kept.undo(MINE) == {}
        assert kept.followed(MINE, "batch") == ("a", "b")


class TestRows:
    """Last rows: what of them is kept, and which answer wins."""

    def test_a_row_is_what_a_list_shows_and_the_error(self, kept: Store, path: Path) -> None:
        whole = replace(
            job("a", state=State.PARTIAL, whole=True),
            finished=NOON + timedelta(seconds=1.5),
            error=JobError("InvalidMaterial.NotFound", "no such\nfile", "R-1"),
            media_id="m",
            note="1 of 2 subjobs failed",
            subjobs=(Subjob("s", State.FAILED, "Failed", url="http://secret.example/out.mp4"),),
            media=(Media("OutputUrls[0]", "http://secret.example/signed?Signature=x"),),
        )
        kept.keep(MINE, "batch", [whole], NOON)
        (row,), taken = kept.rows(MINE, "batch")
        assert row == replace(whole, subjobs=(), media=())
        assert taken == NOON
        kept.close()
        assert b"secret.example" not in path.read_bytes()

    def test_newest_come_first_and_those_without_a_time_last(self, kept: Store) -> None:
        jobs = [
            replace(job("old"), created=NOON - timedelta(days=1)),
            replace(job("none"), created=None),
            replace(job("new"), created=NOON + timedelta(microseconds=1)),
            replace(job("tie"), created=NOON),
            replace(job("eit"), created=NOON),
        ]
        kept.keep(MINE, "batch", jobs, NOON)
        assert ids(kept.rows(MINE, "batch")[0]) == ["new", "eit", "tie", "old", "none"]

    def test_a_lean_row_does_not_replace_a_whole_one_that_it_agrees_with(self, kept: Store) -> None:
        whole = job("a", state=State.PARTIAL, whole=True)
        kept.keep(MINE, "batch", [whole], NOON)
        kept.keep(MINE, "batch", [job("a", word="finished")], NOON)
        assert kept.rows(MINE, "batch")[0] == (whole,)

    @pytest.mark.parametrize(
        "lean",
        [
            job("a", state=State.RUNNING, word="Processing"),
            replace(job("a"), modified=NOON + timedelta(hours=1)),
        ],
    )
    def test_a_lean_row_that_says_something_new_replaces_a_whole_one(self, kept: Store, lean: Job) -> None:
        kept.keep(MINE, "batch", [job("a", state=State.PARTIAL, whole=True)], NOON)
        kept.keep(MINE, "batch", [lean], NOON)
        assert kept.rows(MINE, "batch")[0] == (lean,)

    def test_the_time_is_that_of_the_last_beat(self, kept: Store) -> None:
        kept.keep(MINE, "batch", [job("a")], NOON)
        kept.keep(MINE, "batch", [job("b")], NOON + timedelta(hours=1), beat=False)
        kept.keep(MINE, "batch", [], NOON - timedelta(hours=1))
        assert kept.rows(MINE, "batch")[1] == NOON

    def test_known_are_those_that_a_lookup_told_to_be_terminal(self, kept: Store) -> None:
        jobs = [
            job("listed"),
            job("read", whole=True),
            job("running", state=State.RUNNING, word="Processing", whole=True),
            job("****x*", state=State.MISSING, word="", whole=True),
        ]
        kept.keep(MINE, "batch", jobs, NOON)
        known = kept.known(MINE, "batch", [*(each.id for each in jobs), "never", *map(str, range(3000))])
        assert known == {"read": jobs[1], "****x*": jobs[3]}

    def test_the_oldest_go_beyond_the_quota_but_no_followed_one(
        self, kept: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "QUOTA", 40)
        kept.follow(MINE, "batch", ["j0"])
        for n in range(100):
            kept.keep(MINE, "batch", [job(f"j{n}")], NOON + timedelta(minutes=n))
        left = ids(kept.rows(MINE, "batch")[0])
        assert 40 <= len(left) <= 43
        assert {"j0", "j99", "j70"} <= set(left)
        assert QUOTA >= 10_000

    def test_text_that_is_not_unicode_is_kept_as_far_as_it_is(self, kept: Store) -> None:
        kept.keep(MINE, "batch", [replace(job("a"), title="x\ud800y\0z")], NOON)
        assert kept.rows(MINE, "batch")[0][0].title == "x?y\0z"

    @settings(max_examples=30, deadline=None)
    @given(
        st.builds(
            Job,
            st.just("batch"),
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.sampled_from(State),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.text(st.characters(exclude_categories=["Cs"])),
            *[st.none() | st.datetimes(timezones=st.just(UTC))] * 3,
            region=st.just(MINE.region),
            error=st.none() | st.builds(JobError, st.sampled_from(["", "E"]), st.just("m"), st.just("r")),
            whole=st.booleans(),
        )
    )
    def test_every_row_comes_back_as_it_went(self, given_job: Job) -> None:
        it = Store(Path(":memory:"))
        it.keep(MINE, "batch", [given_job], NOON)
        assert it.rows(MINE, "batch")[0] == (given_job,)
        assert it.trouble is None
        it.close()


class TestNothing:
    """``cache = "nothing"``."""

    def test_only_followed_ids_are_kept(self, path: Path) -> None:
        it = Store(path, cache="nothing")
        it.follow(MINE, "batch", ["a"])
        it.keep(MINE, "batch", [job("a", whole=True)], NOON)
        assert it.rows(MINE, "batch") == ((), None)
        assert it.known(MINE, "batch", ["a"]) == {}
        assert it.followed(MINE, "batch") == ("a",)
        it.close()

    def test_what_an_earlier_session_kept_is_gone_from_the_file(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["followed"])
        kept.keep(MINE, "batch", [replace(job(f"j{n}"), title="Unmistakable") for n in range(50)], NOON)
        kept.close()
        assert b"Unmistakable" in path.read_bytes()
        it = Store(path, cache="nothing")
        assert it.followed(MINE, "batch") == ("followed",)
        assert it.rows(MINE, "batch") == ((), None)
        for each in path.parent.iterdir():
            assert b"Unmistakable" not in each.read_bytes()
        it.close()


class TestPrivacy:
    """Who may read the file."""

    def test_file_and_directory_are_private_from_their_first_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "a" / "b"
        seen: list[int] = []
        real = sqlite3.connect

        def watched(name: Path, **options: object) -> sqlite3.Connection:
            seen.extend(stat.S_IMODE(each.stat().st_mode) for each in (folder.parent, folder, Path(name)))
            return real(name, **options)  # type: ignore[call-overload,no-any-return]  # as given

        def never(_path: Path, mode: int) -> None:
            raise AssertionError(f"made with another mode than {mode:o}")

        monkeypatch.setattr(sqlite3, "connect", watched)
        monkeypatch.setattr(Path, "chmod", never)
        before = os.umask(0)
        try:
            it = Store(folder / "icetui.db")
            it.follow(MINE, "batch", ["a"])
            it.keep(MINE, "batch", [job("a")], NOON)
        finally:
            os.umask(before)
        assert seen == [0o700, 0o700, 0o600]
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
        assert modes == {"icetui.db": 0o600, "icetui.db-wal": 0o600, "icetui.db-shm": 0o600}
        it.close()

    def test_a_file_that_others_could_read_is_closed_to_them(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.close()
        path.chmod(0o644)
        assert kept.followed(MINE, "batch") == ("a",)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_default_place_is_the_state_directory(self, tmp_path: Path) -> None:
        it = Store()
        it.follow(MINE, "batch", ["a"])
        assert it.path == tmp_path / "state" / "icetui.db"
        assert it.path.exists()
        it.close()


class TestTrouble:
    """A file that cannot be used stops nothing and loses nothing."""

    def test_a_file_of_junk_is_set_aside_and_a_new_one_begun(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700)
        for name in ("icetui.db.damaged-20250301T120000Z", "icetui.db.damaged-20250301T120000Z-2"):
            path.write_bytes(b"this is not a database, " * 500)
            it = Store(path, clock=lambda: NOON)
            assert it.follow(MINE, "batch", ["a"]) == ("a",)
            assert it.trouble is not None
            assert name in it.trouble.message
            assert ".recover" in it.trouble.hint
            assert (path.parent / name).read_bytes() == b"this is not a database, " * 500
            it.close()
            again = Store(path)
            assert again.followed(MINE, "batch") == ("a",)
            assert again.trouble is None
            again.close()

    def test_the_journal_of_a_damaged_file_goes_with_it(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700)
        journal = path.with_name("icetui.db-wal")
        path.write_bytes(b"this is not a database, " * 500)
        journal.write_bytes(b"nor is this")
        it = Store(path, clock=lambda: NOON)
        it.follow(MINE, "batch", ["a"])
        assert (path.parent / "icetui.db.damaged-20250301T120000Z-wal").read_bytes() == b"nor is this"
        it.close()

    def test_what_can_be_read_of_a_damaged_file_is_taken_over(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["a", "b"])
        kept.keep(MINE, "batch", [replace(job(f"j{n}"), title="t" * 500) for n in range(400)], NOON)
        kept.close()
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xff" * 40_000)
        damaged = path.read_bytes()
        it = Store(path)
        it.rows(MINE, "batch")
        it.keep(MINE, "batch", [job(f"j{n}") for n in range(400)], NOON)
        assert it.trouble is not None
        assert it.followed(MINE, "batch") == ("b", "a")
        (aside,) = (
            each for each in path.parent.glob("*.damaged-*") if not each.name.endswith(("-wal", "-shm"))
        )
        assert aside.stat().st_size == len(damaged)
        it.close()

    def test_a_newer_file_is_left_as_it_is(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.close()
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA user_version=99")
        before = path.read_bytes()
        it = Store(path)
        assert it.follow(MINE, "batch", ["b"]) == ("b",)
        it.keep(MINE, "batch", [job("b")], NOON)
        assert it.followed(MINE, "batch") == ("b",)
        assert it.trouble is not None
        assert "newer icetui (schema 99" in it.trouble.message
        assert "Upgrade" in it.trouble.hint
        it.close()
        assert path.read_bytes() == before

    def test_a_database_of_another_program_is_left_as_it_is(self, path: Path) -> None:
        path.parent.mkdir()
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE song (name TEXT)")
        before = path.read_bytes()
        it = Store(path)
        it.follow(MINE, "batch", ["a"])
        assert it.trouble is not None
        assert "another program" in it.trouble.message
        it.close()
        assert path.read_bytes() == before

    def test_a_directory_in_its_place_is_said(self, path: Path) -> None:
        path.mkdir(parents=True)
        it = Store(path)
        it.keep(MINE, "batch", [job("a")], NOON)
        assert ids(it.rows(MINE, "batch")[0]) == ["a"]
        assert it.trouble is not None
        assert "is not a file" in it.trouble.message
        it.close()

    def test_a_file_in_place_of_its_directory_is_said(self, path: Path) -> None:
        path.parent.write_text("")
        it = Store(path)
        assert it.follow(MINE, "batch", ["a"]) == ("a",)
        assert it.trouble is not None
        assert "cannot be made" in it.trouble.message
        it.close()

    def test_in_a_read_only_place_what_is_there_is_shown_and_what_is_new_is_owed(self) -> None:
        with nobody_special(), tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "state"
            path = folder / "icetui.db"
            before = Store(path)
            before.follow(MINE, "batch", ["a"])
            before.keep(MINE, "batch", [job("a")], NOON)
            before.close()
            folder.chmod(0o500)
            it = Store(path)
            assert it.followed(MINE, "batch") == ("a",)
            assert ids(it.rows(MINE, "batch")[0]) == ["a"]
            assert it.follow(MINE, "batch", ["b"]) == ("b",)
            assert it.followed(MINE, "batch") == ("b", "a")
            assert it.trouble is not None
            assert "read-only" in it.trouble.message
            folder.chmod(0o700)
            it.close()
            assert it.trouble is None
            again = Store(path)
            assert again.followed(MINE, "batch") == ("b", "a")
            again.close()

    def test_a_lock_that_is_not_let_go_does_not_lose_what_was_promised(
        self, kept: Store, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(state_file, "BUSY_SECONDS", 0.01)
        kept.follow(MINE, "batch", ["a"])
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert kept.follow(MINE, "batch", ["b"]) == ("b",)
            assert kept.unfollow(MINE, "batch", ["a"]) == ("a",)
            assert kept.followed(MINE, "batch") == ("b",)
            assert kept.trouble is not None
            assert "locked" in kept.trouble.message
            other.execute("ROLLBACK")
        kept.close()
        assert kept.trouble is None
        again = Store(path)
        assert again.followed(MINE, "batch") == ("b",)
        again.close()

    def test_on_a_full_disk_it_goes_on_and_the_file_stays_readable(self, kept: Store, path: Path) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.close()
        told = run(
            """
            import resource
            it = Store(path)
            it.follow(MINE, "batch", ["b"])
            # No file may grow beyond what the database has now: as on a full disk, writes fail.
            resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
            for n in range(40):
                it.keep(MINE, "batch", [Job("batch", f"j{n}-{m}", title="t" * 200) for m in range(50)], NOON)
            it.follow(MINE, "batch", ["c"])
            print(it.followed(MINE, "batch"), len(it.rows(MINE, "batch")[0]) >= 50, it.trouble is not None)
            """,
            path,
        )
        assert told.split("\n")[0] == "('c', 'b', 'a') True True"
        again = Store(path)
        assert again.followed(MINE, "batch")[-2:] == ("b", "a")
        assert again.trouble is None
        again.close()


class TestSeveral:
    """Threads, processes, and processes that die."""

    def test_two_programs_share_one_file(self, path: Path) -> None:
        both = [
            start(
                f"""
                it = Store(path)
                for n in range(150):
                    it.follow(MINE, "batch", [f"{who}-{{n}}", f"both-{{n}}"])
                    it.keep(MINE, "batch", [Job("batch", f"{who}-{{n}}-{{m}}") for m in range(5)], NOON)
                print(it.trouble)
                """,
                path,
            )
            for who in ("one", "two")
        ]
        assert [each.communicate(timeout=60)[0].strip() for each in both] == ["None", "None"]
        it = Store(path)
        assert len(it.followed(MINE, "batch")) == 450
        # None of the followed ones was ever a row; of the others, as many as a first frame can use.
        assert len(it.rows(MINE, "batch")[0]) == store.REMEMBERED
        some = [f"{who}-{n}-4" for who in ("one", "two") for n in (0, 149)]
        assert kept_ids(path) >= set(some)
        it.close()

    def test_threads_share_one_store(self, kept: Store) -> None:
        def work(who: int) -> None:
            for n in range(30):
                kept.follow(MINE, "batch", [f"{who}-{n}"])
                kept.keep(MINE, "batch", [job(f"{who}-{n}")], NOON)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(8)))
        assert len(kept.followed(MINE, "batch")) == 240
        assert len(kept.rows(MINE, "batch")[0]) == 240
        assert kept.trouble is None

    def test_kill_9_at_any_moment_loses_nothing_that_was_promised(self, path: Path) -> None:
        for wait in (1, 17, 60):
            writer = start(
                """
                it = Store(path)
                n = len(it.followed(MINE, "batch"))
                while True:
                    it.keep(MINE, "batch", [Job("batch", f"{n}-{m}", title="t" * 9) for m in range(99)], NOON)
                    it.follow(MINE, "batch", [f"id-{n}"])
                    print(f"id-{n}", flush=True)
                    n += 1
                """,
                path,
            )
            assert writer.stdout is not None
            promised = [writer.stdout.readline().strip() for _ in range(wait)]
            writer.send_signal(signal.SIGKILL)
            promised += writer.stdout.read().split()
            writer.wait()
            writer.stdout.close()
            it = Store(path)
            followed = it.followed(MINE, "batch")
            # What was said last may be cut off with the process; what was read whole is there.
            assert set(promised[:-1]) <= set(followed)
            assert it.trouble is None
            it.close()
            with contextlib.closing(sqlite3.connect(path)) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestSchema:
    """Versions of the tables."""

    def test_an_older_file_is_migrated_with_all_it_holds(
        self, kept: Store, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.close()
        steps = (
            *store.MIGRATIONS,
            ("ALTER TABLE scope ADD COLUMN note TEXT", "CREATE TABLE filter (name TEXT)"),
        )
        monkeypatch.setattr(store, "MIGRATIONS", steps)
        newer = Store(path)
        assert newer.followed(MINE, "batch") == ("a",)
        assert newer.follow(MINE, "batch", ["b"]) == ("b",)
        assert newer.trouble is None
        newer.close()
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(steps),)
            assert db.execute("SELECT count(*) FROM filter").fetchone() == (0,)

    def test_a_migration_that_fails_changes_nothing(
        self, kept: Store, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept.follow(MINE, "batch", ["a"])
        kept.close()
        # Fine on an empty database, not on one with rows.
        step = (
            "CREATE TABLE extra (name TEXT)",
            "ALTER TABLE scope ADD COLUMN note TEXT NOT NULL DEFAULT (abs(1))",
        )
        monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, step))
        failing = Store(path)
        failing.follow(MINE, "batch", ["b"])
        assert failing.trouble is not None
        failing.close()
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(store.MIGRATIONS) - 1,)
            assert db.execute("SELECT id FROM followed").fetchall() == [("a",)]
            assert db.execute("SELECT count(*) FROM sqlite_master WHERE name='extra'").fetchone() == (0,)


def test_importing_store_and_feed_costs_no_heavy_import() -> None:
    heavy = ("httpx", "textual", "rich", "keyring", "pygments", "humanize", "sqlite3")
    code = (
        f"import sys, icetui.feed, icetui.store; print(*[each for each in {heavy!r} if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


@contextlib.contextmanager
def nobody_special() -> Iterator[None]:
    """Without root's power over file modes: as another user, if this one is root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


PRELUDE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from icetui.job import Job
from icetui.store import Scope, Store
path = Path(sys.argv[1])
MINE = Scope("keyring", "0123456789abcdef", "cn-shanghai")
NOON = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
"""


def kept_ids(path: Path) -> set[str]:
    """The IDs of all rows in the file."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {each for (each,) in db.execute("SELECT id FROM job")}


def start(code: str, path: Path) -> subprocess.Popen[str]:
    """Another program that uses the store."""
    whole = PRELUDE + textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", whole, str(path)], stdout=subprocess.PIPE, text=True)


def run(code: str, path: Path) -> str:
    """What another program that uses the store prints."""
    told, _ = start(code, path).communicate(timeout=60)
    return told
