"""login, logout and profiles: typed on a terminal, piped in, verified, kept in the keyring only."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from icetui import cli, kept_frame, settings, vault
from icetui.commands import login
from icetui.credentials import Identity
from icetui.demo import DEMO_KEY, DEMO_STS
from icetui.errors import BadCredentials, Denied, IcetuiError, Unreachable
from icetui.kept_frame import KeptFrame
from icetui.prompt import Dialogue
from icetui.settings import Profile
from tests.terminal import Terminal

BACKENDS = Path(__file__).with_name("backends")
ID, SECRET, TOKEN = "LTAI5tExampleAccessKeyId", "ExampleSecret0123456789", "CAISExampleToken+/=="
PAIR = json.dumps({"access_key_id": ID, "access_key_secret": SECRET})
ICETUI = [sys.executable, "-m", "icetui"]


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A keyring of this test that keeps things in a file; the file."""
    file = tmp_path / "keyring.json"
    path = [str(BACKENDS), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("KEYRING_DOUBLE", str(file))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_double.Kept")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
    # A process that is not dumpable can no longer look at itself under /proc: not this one.
    monkeypatch.setattr(login, "guard", lambda: None)
    return file


Pipe = Callable[[str], None]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    """Puts a text into a pipe that is stdin."""

    def put(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return put


Said = Callable[[IcetuiError | None], list[Identity]]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Decides what the service says to the next key; gives the identities it was asked about."""

    def says(error: IcetuiError | None) -> list[Identity]:
        asked: list[Identity] = []

        def verify(identity: Identity) -> None:
            asked.append(identity)
            if error is not None:
                raise error

        monkeypatch.setattr(login, "verified_by", lambda flags, given: verify)
        return asked

    return says


def run(*words: str) -> int:
    """One command line of icetui, in this process."""
    return cli.main(list(words))


class TestPipe:
    """``--stdin``, for scripts."""

    def test_a_verified_key_is_kept_and_the_first_profile_is_the_default(
        self, pipe: Pipe, service: Said, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = service(None)
        pipe(PAIR)
        assert run("login", "prod", "--stdin", "--region", "cn-beijing") == 0
        assert [identity.key.id for identity in asked] == [ID]
        assert vault.read("prod") == {"v": 1, "access_key_id": ID, "access_key_secret": SECRET}
        read = settings.load()
        assert read.default_profile == "prod"
        assert read.profiles["prod"] == Profile("prod", "keyring", "cn-beijing", "LTAI…eyId")
        out, words = capsys.readouterr()
        assert out == ""
        assert words.splitlines() == [
            "Signed in as LTAI…eyId.",
            "Saved in Kept: prod · keyring · LTAI…eyId · cn-beijing",
        ]

    def test_key_value_lines_and_a_token_are_taken(self, pipe: Pipe, service: Said) -> None:
        service(None)
        pipe(
            f"ALIBABA_CLOUD_ACCESS_KEY_ID=STS.x\nALIBABA_CLOUD_ACCESS_KEY_SECRET={SECRET}\n"
            f"ALIBABA_CLOUD_SECURITY_TOKEN={TOKEN * 200}\n"
        )
        assert run("login", "--stdin") == 0
        item = vault.read("default")
        assert item is not None
        assert item["security_token"] == TOKEN * 200

    def test_a_wrong_secret_is_not_saved(
        self, pipe: Pipe, service: Said, keyring: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service(
            BadCredentials(
                "SignatureDoesNotMatch: the secret does not belong to LTAI…eyId", code="SignatureDoesNotMatch"
            )
        )
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 3
        assert not keyring.exists()
        assert not settings.config_file().exists()
        assert capsys.readouterr().err.splitlines() == [
            "icetui: SignatureDoesNotMatch: the secret does not belong to LTAI…eyId",
            "Nothing was saved.",
        ]

    def test_a_valid_key_that_may_do_nothing_is_saved_and_says_so(
        self, pipe: Pipe, service: Said, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service(
            Denied(
                "ice:ListSmartJobs is denied. NoPermission: no", request_id="4E84-AB", hint="Allow it: {…}"
            )
        )
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 0
        assert vault.read("prod") is not None
        assert capsys.readouterr().err.splitlines()[:2] == [
            "Signed in, but ice:ListSmartJobs is denied (RequestId 4E84-AB).",
            "Allow it: {…}",
        ]

    def test_without_an_answer_nothing_is_saved_and_the_way_out_is_named(
        self, pipe: Pipe, service: Said, keyring: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service(Unreachable("ice.cn-shanghai.aliyuncs.com could not be reached"))
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 4
        assert not keyring.exists()
        assert "`--no-verify` saves without asking" in capsys.readouterr().err

    def test_no_verify_asks_nobody(self, pipe: Pipe, service: Said) -> None:
        asked = service(Unreachable("nobody there"))
        pipe(PAIR)
        assert run("login", "prod", "--stdin", "--no-verify") == 0
        assert asked == []
        assert vault.read("prod") is not None

    def test_a_second_profile_does_not_become_the_default(
        self, pipe: Pipe, service: Said, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service(None)
        for name in ("prod", "stage"):
            pipe(PAIR)
            assert run("login", name, "--stdin") == 0
        assert settings.load().default_profile == "prod"
        assert capsys.readouterr().err.splitlines()[-1] == (
            "The default profile is prod; `icetui profiles use stage` changes it."
        )

    def test_another_login_keeps_what_the_person_wrote_into_the_profile(
        self, pipe: Pipe, service: Said
    ) -> None:
        service(None)
        settings.save_profile(Profile("prod", region="cn-beijing", network="vpc", allow_custom_endpoint=True))
        pipe(PAIR)
        assert run("login", "prod", "--stdin", "--rotate") == 0
        kept = Profile("prod", "keyring", "cn-beijing", "LTAI…eyId", "vpc", True)
        assert settings.load().profiles == {"prod": kept}

    def test_an_environment_that_would_win_is_named(
        self,
        pipe: Pipe,
        service: Said,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        service(None)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", ID)
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 0
        assert "environment overrides profile prod; use --profile" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("words", "text", "code", "said"),
        [
            (["login", "prod", "--stdin"], "", 2, "stdin holds no access key: it is empty."),
            (["login", "prod", "--stdin"], f"{ID}\n{SECRET}\n", 2, "stdin holds no access key: "),
            (["login", "a b", "--stdin"], PAIR, 2, "'a b' cannot name a profile."),
            (["login", "a", "--profile", "b"], PAIR, 2, "Which profile: a or b?"),
            (["login", "--demo"], PAIR, 2, "--demo has its own access key"),
            (["login", "prod", "--rotate", "--stdin"], PAIR, 2, "No profile 'prod'"),
            (["login", "prod", "--rotate", "--no-verify"], PAIR, 2, "--rotate verifies the new key"),
            (["login", "prod", "--secret", SECRET], "", 2, "Unrecognized arguments"),
            (["logout"], "", 2, "The following arguments are required: NAME"),
            (["logout", "prod"], "", 2, "No profile 'prod'"),
            (["logout", "a b"], "", 2, "No profile 'a b'"),
            (["profiles", "use"], "", 2, "Which profile?"),
            (["profiles", "drop", "prod"], "", 2, "Neither `icetui profiles`"),
            (["profiles", "use", "prod"], "", 2, "No profile 'prod'"),
        ],
    )
    def test_wrong_use_is_said_in_one_line_and_changes_nothing(
        self,
        words: list[str],
        text: str,
        code: int,
        said: str,
        pipe: Pipe,
        service: Said,
        keyring: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        service(None)
        pipe(text)
        assert run(*words) == code
        err = capsys.readouterr().err
        assert err.startswith(f"icetui: {said}")
        assert SECRET not in err or "--secret" in words
        assert not keyring.exists()
        assert not settings.config_file().exists()

    def test_a_config_that_is_not_toml_is_told_before_anything_is_kept(
        self, pipe: Pipe, service: Said, keyring: Path
    ) -> None:
        service(None)
        settings.config_file().parent.mkdir()
        settings.config_file().write_text("[", encoding="utf-8")
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 2
        assert not keyring.exists()

    def test_without_a_keyring_the_other_ways_are_named_and_nothing_is_written(
        self,
        pipe: Pipe,
        service: Said,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        asked = service(None)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_double.PlaintextKeyring")
        pipe(PAIR)
        assert run("login", "prod", "--stdin") == 3
        assert asked == []
        err = capsys.readouterr().err
        assert err.startswith("icetui: keyring would use PlaintextKeyring: refused.\n")
        assert "(1) a command: pass, vault (2) this session only" in err
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert not [path for path in files if SECRET.encode() in path.read_bytes()]

    def test_umask_000_makes_no_file_others_can_read(self, pipe: Pipe, service: Said) -> None:
        service(None)
        pipe(PAIR)
        before = os.umask(0)
        try:
            assert run("login", "prod", "--stdin") == 0
        finally:
            os.umask(before)
        file = settings.config_file()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert SECRET not in file.read_text(encoding="utf-8")


class TestLogout:
    """Key and profile go together."""

    def test_it_removes_the_key_and_the_profile(
        self, pipe: Pipe, service: Said, keyring: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service(None)
        for name in ("prod", "stage"):
            pipe(PAIR)
            run("login", name, "--stdin")
        capsys.readouterr()
        assert run("logout", "prod") == 0
        assert vault.read("prod") is None
        assert vault.read("stage") is not None
        read = settings.load()
        assert (list(read.profiles), read.default_profile) == (["stage"], "")
        assert capsys.readouterr().err.splitlines() == [
            "Removed profile prod and its access key.",
            "There is no default profile now; `icetui profiles use NAME` sets one. Known: stage.",
        ]
        assert "prod" not in keyring.read_text()

    def test_a_key_whose_profile_was_lost_can_be_removed(self) -> None:
        vault.write("prod", {"access_key_id": ID, "access_key_secret": SECRET})
        assert run("logout", "prod") == 0
        assert vault.read("prod") is None

    def test_a_keyring_in_trouble_keeps_the_profile(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings.save_profile(Profile("prod"), make_default=True)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_double.Locked")
        assert run("logout", "prod") == 3
        assert "prod" in settings.load().profiles
        assert "The profile stays until its key can be removed." in capsys.readouterr().err

    def test_a_profile_without_a_keyring_needs_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.save_profile(Profile("ci", "env"))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_double.Locked")
        assert run("logout", "ci") == 0
        assert settings.load().profiles == {}

    def test_no_picture_of_its_list_is_left(self, capsys: pytest.CaptureFixture[str]) -> None:
        settings.save_profile(Profile("ci", "env"))
        settings.save_profile(Profile("cd", "env"))
        folder = settings.state_dir() / kept_frame.FOLDER
        KeptFrame([], os.environ).keep([[("", "a title")]], (80, 1), (0, ""))
        assert [*folder.iterdir()]
        assert run("logout", "ci") == 0
        assert not [*folder.iterdir()]
        (folder / "a folder").mkdir()
        assert run("logout", "cd") == 0
        assert "picture of the lists could not be removed" in capsys.readouterr().err


class TestProfiles:
    """Which there are, and which is used."""

    @pytest.fixture(autouse=True)
    def two(self) -> None:
        settings.save_profile(Profile("prod", region="cn-beijing", key_hint="LTAI…9QeF"), make_default=True)
        settings.save_profile(Profile("stage", "command", command=("pass", "show", "x")))

    def test_the_table_marks_what_is_used(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("profiles") == 0
        out, words = capsys.readouterr()
        assert out.splitlines() == [
            "   NAME   SOURCE   KEY        REGION",
            "*  prod   keyring  LTAI…9QeF  cn-beijing  default",
            "   stage  command  -          -",
        ]
        assert words == ""

    def test_json_says_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--profile", "stage", "profiles", "--output", "json") == 0
        first, second = json.loads(capsys.readouterr().out)
        assert first == {
            "name": "prod", "source": "keyring", "key_hint": "LTAI…9QeF", "region": "cn-beijing",
            "default": True, "used": False,
        }  # fmt: skip
        assert (second["name"], second["default"], second["used"]) == ("stage", False, True)

    def test_ndjson_and_tsv_have_a_line_for_each(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("profiles", "--output", "ndjson") == 0
        assert [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()] == [
            "prod",
            "stage",
        ]
        assert run("profiles", "--output", "tsv") == 0
        assert capsys.readouterr().out.splitlines()[1] == "prod\tkeyring\tLTAI…9QeF\tcn-beijing\ttrue\ttrue"

    def test_an_environment_pair_is_named_as_what_is_used(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", ID)
        monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
        assert run("profiles") == 0
        out, words = capsys.readouterr()
        assert "*" not in out
        assert words == "Used is the environment: env · LTAI…eyId. --profile NAME uses a profile.\n"

    def test_use_changes_the_default(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("profiles", "use", "stage") == 0
        assert settings.load().default_profile == "stage"
        assert run("profiles", "use", "sage") == 2
        assert "No profile 'sage'. Known: prod, stage." in capsys.readouterr().err

    def test_the_keyring_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring_double.Hangs")
        assert run("profiles") == 0


class TestNoProfiles:
    """What is used all the same, and what is missing."""

    def test_without_any_key_the_next_step_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("profiles") == 0
        out, words = capsys.readouterr()
        assert (out, words.startswith("No profiles yet.")) == ("", True)

    def test_the_profile_of_the_aliyun_cli_is_named_as_what_is_used(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        key = {"access_key_id": ID, "access_key_secret": SECRET, "region_id": "cn-hangzhou"}
        file = tmp_path / ".aliyun" / "config.json"
        file.parent.mkdir()
        profiles = [{"name": "work", "mode": "AK", **key}]
        file.write_text(json.dumps({"current": "work", "profiles": profiles}))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert run("profiles") == 0
        words = capsys.readouterr().err
        assert words == (
            "Used is the current profile of the aliyun CLI: work · aliyun · LTAI…eyId · cn-hangzhou.\n"
        )

    def test_a_default_that_does_not_exist_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        settings.save_profile(Profile("prod"), make_default=True)
        file = settings.config_file()
        file.write_text('default_profile = "prdo"\n')
        assert run("profiles") == 0
        assert "No profile 'prdo', nor any other." in capsys.readouterr().err


def typed(*pieces: bytes) -> tuple[Dialogue, bytearray]:
    """A dialogue in which these bytes are typed, and what it shows."""
    waiting = list(pieces)
    shown = bytearray()
    return Dialogue(lambda: waiting.pop(0) if waiting else b"", shown.extend), shown


class TestDialogue:
    """The line editor of the prompts, without a terminal."""

    def test_a_paste_of_all_answers_shows_the_visible_one_only(self) -> None:
        terminal, shown = typed(f"{ID}\n{SECRET}\n\n".encode())
        answers = (
            terminal.ask("id "),
            terminal.ask("secret ", hidden=True),
            terminal.ask("token ", hidden=True),
        )
        assert answers == (ID, SECRET, "")
        assert shown.decode() == f"id {ID}\nsecret \ntoken \n"

    @pytest.mark.parametrize(
        ("keys", "answer", "shown"),
        [
            (b"abx\x7fc\r", "abc", b"abx\b \bc\n"),
            (b"\x7f\x08abc\r", "abc", b"abc\n"),
            (b"wrong\x15abc\r", "abc", b"wrong" + b"\b \b" * 5 + b"abc\n"),
            (b"a\x1b[Db\x1b[3~c\x1bOP\r", "abc", b"abc\n"),
            (b"\x1b[200~abc\x1b[201~\r", "abc", b"abc\n"),
            (b"  a\x00b\x07c \r", "abc", b"  abc \n"),
            (b"abc\x04\r", "abc", b"abc\n"),
        ],
    )
    def test_keys(self, keys: bytes, answer: str, shown: bytes) -> None:
        terminal, written = typed(keys)
        assert terminal.ask("") == answer
        assert bytes(written) == shown

    def test_keys_come_in_pieces(self) -> None:
        terminal, _ = typed(b"a", b"b", b"\x1b", b"c", b"\n")
        assert terminal.ask("") == "abc"

    @pytest.mark.parametrize("keys", [b"\x04", b"", b"abc"])
    def test_the_end_of_input_is_an_interruption(self, keys: bytes) -> None:
        terminal, _ = typed(keys) if keys else typed()
        with pytest.raises(KeyboardInterrupt):
            terminal.ask("")


@pytest.fixture
def gateway() -> Iterator[Callable[..., str]]:
    """Starts the demo's gateway on loopback, with faults; its URL."""
    started: list[subprocess.Popen[str]] = []

    def start(*faults: str) -> str:
        words = [word for fault in faults for word in ("--fault", fault)]
        process = subprocess.Popen([*ICETUI, "demo-gateway", *words], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return str(json.loads(process.stdout.readline())["url"])

    yield start
    for process in started:
        process.kill()
        process.communicate()


def terminal_for(*words: str, umask: str = "") -> Terminal:
    """Icetui on a pty, with the directories of this test."""
    names = ("ICETUI_CONFIG_DIR", "ICETUI_STATE_DIR")
    command = [*ICETUI, *words]
    if umask:
        command = ["sh", "-c", f'umask {umask}; exec "$@"', "sh", *command]
    return Terminal(command, env={name: os.environ[name] for name in names})


def modes(terminal: Terminal) -> list[object]:
    """How the terminal is set, as `stty` would tell."""
    return termios.tcgetattr(terminal._master)


class TestTerminal:
    """A login typed by a person, on a real pty, against the gateway over HTTP."""

    def test_a_key_is_typed_verified_and_kept_and_its_secret_is_seen_nowhere(
        self, gateway: Callable[..., str], keyring: Path
    ) -> None:
        url = gateway()
        secret = DEMO_KEY.secret.reveal()
        with terminal_for(
            "login", "prod", "--ice-endpoint", url, "--vod-endpoint", url, umask="000"
        ) as terminal:
            before = modes(terminal)
            terminal.wait("AccessKey ID:")
            terminal.send(f"{DEMO_KEY.id}\r")
            terminal.wait("AccessKey secret (hidden):")
            assert DEMO_KEY.id in terminal.text
            terminal.send(f"{secret}\r")
            terminal.wait("Security token")
            cmdline = Path(f"/proc/{terminal.process.pid}/cmdline").read_bytes()
            terminal.send("\r")
            assert terminal.end() == 0
            terminal.pump()
            assert "Signed in as LTAI…Id01." in terminal.text
            assert "Saved in Kept: prod · keyring · LTAI…Id01 · cn-shanghai" in terminal.text
            assert modes(terminal) == before
            assert secret.encode() not in bytes(terminal.raw) + cmdline
        assert vault.read("prod") == {"v": 1, "access_key_id": DEMO_KEY.id, "access_key_secret": secret}
        assert secret not in settings.config_file().read_text(encoding="utf-8")
        assert stat.S_IMODE(settings.config_file().stat().st_mode) == 0o600

    def test_a_wrong_secret_is_told_in_words_and_not_kept(
        self, gateway: Callable[..., str], keyring: Path
    ) -> None:
        url = gateway()
        with terminal_for("login", "--ice-endpoint", url, "--vod-endpoint", url) as terminal:
            terminal.wait("AccessKey ID:")
            terminal.send(f"{DEMO_KEY.id}\rwrong-secret\r\r")
            assert terminal.end() == 3
            terminal.pump()
            assert "SignatureDoesNotMatch: the secret does not belong to LTAI…Id01" in terminal.text
            assert "Nothing was saved." in terminal.text
            assert b"wrong-secret" not in terminal.raw
        assert not keyring.exists()

    def test_a_token_of_more_than_4095_characters_is_taken_whole(self) -> None:
        token = "CAIS" + "0123456789" * 700
        with terminal_for("login", "prod", "--no-verify") as terminal:
            terminal.wait("AccessKey ID:")
            terminal.send("STS.NUExampleAccessKeyId\r")
            terminal.wait("secret (hidden):")
            terminal.send(f"{SECRET}\r")
            terminal.wait("Security token")
            for start in range(0, len(token), 1000):
                terminal.send(token[start : start + 1000])
            terminal.send("\r")
            assert terminal.end() == 0
        item = vault.read("prod")
        assert item is not None
        assert item["security_token"] == token

    def test_a_temporary_key_is_verified_with_its_token(self, gateway: Callable[..., str]) -> None:
        url = gateway()
        assert DEMO_STS.token is not None
        with terminal_for("login", "--ice-endpoint", url, "--vod-endpoint", url) as terminal:
            terminal.wait("AccessKey ID:")
            terminal.send(f"{DEMO_STS.id}\r{DEMO_STS.secret.reveal()}\r{DEMO_STS.token.reveal()}\r")
            assert terminal.end() == 0

    def test_an_answer_that_cannot_be_a_key_is_asked_again(self) -> None:
        with terminal_for("login", "--no-verify") as terminal:
            terminal.wait("AccessKey ID:")
            terminal.send(f"\r{SECRET}\r\r")
            terminal.wait("This cannot be used: the access key ID is empty. Once more, or Ctrl+C.")
            terminal.send(f"{ID}\r{SECRET}\r\r")
            assert terminal.end() == 0

    @pytest.mark.parametrize(
        ("end", "status"),
        [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
    )
    def test_the_terminal_is_as_it_was_however_it_ends(
        self, end: signal.Signals, status: int, keyring: Path
    ) -> None:
        with terminal_for("login") as terminal:
            before = modes(terminal)
            terminal.wait("AccessKey ID:")
            terminal.send(f"{ID}\r")
            terminal.wait("secret (hidden):")
            assert modes(terminal) != before
            terminal.send("half a sec")
            if end is signal.SIGINT:
                terminal.send("\x03")
            else:
                os.kill(terminal.process.pid, end)
            assert terminal.end() == status
            assert modes(terminal) == before
            assert b"half a sec" not in terminal.raw
        assert not keyring.exists()

    def test_ctrl_z_does_nothing_because_a_shell_would_show_what_is_typed_after_it(self) -> None:
        with terminal_for("login", "--no-verify") as terminal:
            terminal.wait("AccessKey ID:")
            *_, characters = termios.tcgetattr(terminal._master)
            assert characters[termios.VSUSP] == b"\0"
            terminal.send(f"{ID}\r\x1a{SECRET}\r\r")
            assert terminal.end() == 0
            assert SECRET.encode() not in terminal.raw
        item = vault.read("default")
        assert item is not None
        assert item["access_key_secret"] == SECRET

    def test_stdin_refuses_a_terminal(self) -> None:
        with terminal_for("login", "--stdin") as terminal:
            assert terminal.end() == 2
            terminal.pump()
            assert "--stdin reads a pipe, not a terminal." in terminal.text

    def test_without_a_terminal_it_says_how_to_get_one(self) -> None:
        done = subprocess.run(
            [*ICETUI, "login"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "icetui: No terminal to ask on. Use `ssh -t`, or --stdin.\n"


def test_a_denied_key_is_kept_and_the_policy_line_is_shown(gateway: Callable[..., str]) -> None:
    url = gateway("deny:ListSmartJobs")
    done = subprocess.run(
        [*ICETUI, "login", "prod", "--stdin", "--ice-endpoint", url, "--vod-endpoint", url],
        input=json.dumps({"access_key_id": DEMO_KEY.id, "access_key_secret": DEMO_KEY.secret.reveal()}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr.startswith("Signed in, but ice:ListSmartJobs is denied (RequestId ")
    assert '"Action":"ice:ListSmartJobs"' in done.stderr
    assert vault.read("prod") is not None
    assert DEMO_KEY.secret.reveal() not in done.stderr + done.stdout
