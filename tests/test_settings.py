"""Settings: config.toml in, values and problems out; and back without losing a word of the person's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from icetui import settings
from icetui.errors import BadSetting, Misuse
from icetui.setting_checks import is_name, line_of
from icetui.settings import Profile, Settings


def config(text: str) -> Path:
    """config.toml with this content."""
    path = settings.config_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The most careless umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


class TestReading:
    """What config.toml says, and what is wrong with it."""

    def test_warnings_of_transcripts_are_settable(self) -> None:
        config("[transcript]\ncjk_per_second = 6\ngap_seconds = 0.5\n")
        read = settings.load()
        assert read.problems == ()
        assert read.transcript == settings.Reading(6.0, 20.0, 0.5)

    def test_no_file_means_the_defaults(self) -> None:
        assert settings.load() == Settings(interval=10.0, calls_per_minute=60, cache="rows")

    def test_all_that_can_be_said(self) -> None:
        config("""
            default_profile = "prod"
            interval = 2.5
            calls_per_minute = 30
            cache = "answers"
            [profiles.prod]
            source = "keyring"
            region = "cn-beijing"
            key_hint = "LTAI…9QeF"
            network = "vpc"
            allow_custom_endpoint = true
            ca_file = "/etc/ssl/company.pem"
            [profiles.stage]
            source = "command"
            command = ["pass", "show", "icetui/stage"]
        """)
        read = settings.load()
        assert read.problems == ()
        assert (read.default_profile, read.interval, read.calls_per_minute, read.cache) == (
            "prod",
            2.5,
            30,
            "answers",
        )
        assert read.profiles == {
            "prod": Profile(
                "prod", "keyring", "cn-beijing", "LTAI…9QeF", "vpc", True, ca_file="/etc/ssl/company.pem"
            ),
            "stage": Profile("stage", "command", command=("pass", "show", "icetui/stage")),
        }

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("interval = 0", "line 2, interval: 0 is not from 1 to 3600."),
            ("interval = nan", "line 2, interval: a number from 1 to 3600 is expected."),
            ("interval = true", "line 2, interval: a number from 1 to 3600 is expected."),
            ("calls_per_minute = 1.5", "line 2, calls_per_minute: a whole number is expected."),
            (
                'cache = "row"',
                "line 2, cache: 'row' is not one of rows, answers, nothing. Did you mean 'rows'?",
            ),
            ("transcript = 5", "line 2, transcript: tables such as [profiles.prod] are expected."),
            (
                "transcript.gap_seconds = -1",
                "line 2, transcript.gap_seconds: -1 is not from 0 to 3600.",
            ),
            (
                "transcript.cjk_per_secnd = 5",
                "line 2, transcript.cjk_per_secnd: not a setting. Did you mean 'cjk_per_second'?",
            ),
            ("interva = 5", "line 2, interva: not a setting. Did you mean 'interval'?"),
            ("default_profile = 3", "line 2, default_profile: a text in quotes is expected."),
            ('default_profile = "prdo"', "line 2, default_profile: no profile 'prdo'. Did you mean 'prod'?"),
            ("profiles.prod.x = 1", "line 2, profiles.prod.x: not a setting."),
            (
                'profiles.prod.source = "keychain"',
                "line 2, profiles.prod.source: 'keychain' is not one of keyring, env, aliyun, command.",
            ),
            ('profiles."../x".region = "a"', "line 2, profiles.../x: '../x' cannot name a profile"),
            ("profiles.stage = 1", "line 2, profiles.stage: a profile is a table."),
            (
                "profiles.prod.command = 'pass show x'",
                "line 2, profiles.prod.command: a list of texts is expected",
            ),
            ("profiles.prod.allow_custom_endpoint = 1", "allow_custom_endpoint: true or false is expected."),
        ],
    )
    def test_a_bad_value_names_file_line_and_key_and_the_default_is_used(
        self, line: str, problem: str
    ) -> None:
        path = config(f'profiles.prod.region = "cn-beijing"\n{line}\n')
        read = settings.load()
        assert len(read.problems) == 1
        assert read.problems[0].startswith(f"{path} line 2, ")
        assert problem in read.problems[0]
        assert (read.interval, read.calls_per_minute, read.cache) == (10.0, 60, "rows")
        assert read.profiles["prod"] == Profile("prod", region="cn-beijing")
        assert read.broken == ""

    def test_a_default_profile_that_does_not_exist_is_kept_so_that_no_other_account_is_used(self) -> None:
        config('default_profile = "prdo"\n[profiles.prod]\n')
        assert settings.load().default_profile == "prdo"

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"default_profile = \nx", "not TOML"),
            (b"x = 1\ny = \xff", "line 2: not UTF-8"),
            (b"x = " + b"9" * 5000, "not TOML"),
            (b"x = " + b"[" * 5000, "not TOML"),
            (b"#" * 1_000_001, "larger than"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_one_problem(self, content: bytes, why: str) -> None:
        config("").write_bytes(content)
        read = settings.load()
        assert len(read.problems) == 1
        assert why in read.problems[0]
        assert read.broken == read.problems[0]
        assert read.profiles == {}

    def test_a_directory_in_the_place_of_the_file_is_one_problem(self) -> None:
        settings.config_file().mkdir(parents=True)
        assert "cannot be read" in settings.load().broken

    def test_nothing_is_read_from_the_current_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("config.toml").write_text("interval = 1\n", encoding="utf-8")
        assert settings.load() == Settings()

    def test_a_byte_order_mark_is_no_problem(self) -> None:
        config("").write_bytes(b"\xef\xbb\xbfinterval = 3\n")
        assert settings.load() == Settings(interval=3.0)

    def test_the_directories_are_those_of_the_system_unless_the_environment_says_otherwise(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert settings.config_dir() == tmp_path / "config"
        assert settings.state_dir() == tmp_path / "state"
        monkeypatch.delenv("ICETUI_CONFIG_DIR")
        monkeypatch.delenv("ICETUI_STATE_DIR")
        for directory in (settings.config_dir(), settings.state_dir()):
            assert directory.is_relative_to(tmp_path / "home")
            assert "icetui" in directory.parts

    def test_reading_defaults_imports_neither_parser_nor_writer_nor_platformdirs(self) -> None:
        code = (
            "import sys; from icetui import settings; settings.load();"
            "print(sorted({'tomllib', 'tomlkit', 'platformdirs', 'difflib'} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestNames:
    """Which names a profile can have."""

    @pytest.mark.parametrize("name", ["a", "prod", "9", "a.b_c-d", "A" * 64])
    def test_these_name_a_profile(self, name: str) -> None:
        assert is_name(name)

    @pytest.mark.parametrize("name", ["", ".a", "-a", "_a", "a b", "a/b", "A" * 65, "é", "a\n", "a:1", "٣"])
    def test_these_do_not(self, name: str) -> None:
        assert not is_name(name)
        with pytest.raises(Misuse, match="cannot name a profile"):
            settings.save_profile(Profile(name))
        assert not settings.config_file().exists()


class TestWriting:
    """What a login changes in the file, and what it leaves alone."""

    def test_what_is_saved_is_read_back(self) -> None:
        profiles = [
            Profile("prod", "keyring", "cn-beijing", "LTAI…9QeF", "vpc", True, ca_file="/x.pem"),
            Profile("a.b", "command", command=("pass", "show", "a b", "“c”")),
            Profile("bare"),
        ]
        for profile in profiles:
            settings.save_profile(profile, make_default=profile.name == "a.b")
        read = settings.load()
        assert read.problems == ()
        assert list(read.profiles.values()) == profiles
        assert read.default_profile == "a.b"

    def test_comments_order_and_other_values_stay(self) -> None:
        mine = """\
            # mine
            interval = 5 # seconds

            # the old one
            [profiles.old] # o
            source = "env"   # for CI
            region = "cn-shenzhen"
        """
        path = config(mine)
        settings.save_profile(Profile("new", region="cn-beijing"), make_default=True)
        text = path.read_text(encoding="utf-8")
        assert textwrap.dedent(mine) in text
        settings.save_profile(Profile("old", "env", region="cn-hangzhou"))
        assert 'source = "env"   # for CI\nregion = "cn-hangzhou"\n' in path.read_text(encoding="utf-8")
        settings.remove_profile("new")
        assert (
            path.read_text(encoding="utf-8").strip()
            == textwrap.dedent(mine).replace("cn-shenzhen", "cn-hangzhou").strip()
        )

    def test_a_default_profile_goes_above_the_first_table(self) -> None:
        path = config("[profiles.prod]\n")
        settings.use_profile("prod")
        assert path.read_text(encoding="utf-8") == 'default_profile = "prod"\n\n[profiles.prod]\n'
        settings.use_profile("prod")
        assert settings.load().default_profile == "prod"

    @pytest.mark.parametrize(
        "content",
        [
            'profiles.a.source = "env"\n',
            'profiles = {a = {source = "env"}}\n',
            '[profiles]\na = {source = "env"}\n',
            '[profiles.a]\nsource = "env"\n[other]\n[profiles.b]\n',
        ],
    )
    def test_every_way_to_write_a_table_can_be_added_to(self, content: str) -> None:
        config(content)
        settings.save_profile(Profile("new", region="cn-beijing"), make_default=True)
        read = settings.load()
        assert read.profiles["a"] == Profile("a", "env")
        assert read.profiles["new"] == Profile("new", region="cn-beijing")
        assert read.default_profile == "new"
        settings.remove_profile("a")
        assert "a" not in settings.load().profiles

    def test_removing_the_default_profile_leaves_no_default(self) -> None:
        settings.save_profile(Profile("prod"), make_default=True)
        settings.remove_profile("prod")
        assert settings.load() == Settings()

    def test_removing_what_is_not_there_writes_nothing(self) -> None:
        settings.remove_profile("prod")
        assert not settings.config_file().exists()

    def test_a_file_that_is_not_toml_is_never_written_over(self) -> None:
        path = config("profiles = [\n")
        with pytest.raises(BadSetting, match="not TOML"):
            settings.save_profile(Profile("prod"))
        assert path.read_text(encoding="utf-8") == "profiles = [\n"

    def test_a_link_to_a_file_kept_elsewhere_stays_a_link(self, tmp_path: Path) -> None:
        kept = tmp_path / "dotfiles.toml"
        kept.write_text("interval = 4\n", encoding="utf-8")
        path = config("")
        path.unlink()
        path.symlink_to(kept)
        settings.save_profile(Profile("prod"))
        assert path.is_symlink()
        assert "[profiles.prod]" in kept.read_text(encoding="utf-8")

    @pytest.mark.usefixtures("open_umask")
    def test_file_and_directories_are_private_whatever_the_umask(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[int] = []
        real = os.open

        def watched(path: str | Path, flags: int, mode: int = 0o777) -> int:
            descriptor = real(path, flags, mode)
            seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
            return descriptor

        monkeypatch.setenv("ICETUI_CONFIG_DIR", str(tmp_path / "new" / "deeper"))
        monkeypatch.setattr(os, "open", watched)
        settings.save_profile(Profile("prod"))
        assert seen == [0o600]  # at its first existence
        assert stat.S_IMODE(settings.config_file().stat().st_mode) == 0o600
        for directory in (tmp_path / "new", tmp_path / "new" / "deeper"):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700

    def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = config("interval = 5\n")

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(BadSetting, match="No space left on device"):
            settings.save_profile(Profile("prod"))
        assert path.read_text(encoding="utf-8") == "interval = 5\n"
        assert list(path.parent.iterdir()) == [path]


def test_the_line_of_a_key_is_found_in_every_way_to_write_it() -> None:
    text = '# a.b = 1\n\n[a]\nb = 1\n["x.y"] # t\nz = 2\n[p]\nq.r = 3\n"s" = {t = 1}\n'
    assert line_of(text, ("a", "b")) == 4
    assert line_of(text, ("x.y", "z")) == 6
    assert line_of(text, ("p", "q", "r")) == 8
    assert line_of(text, ("p", "s", "t")) == 9
    assert line_of(text, ("nowhere",)) == 0
