"""The command line: flags, what is imported when, exit codes, pipes, crashes."""

from __future__ import annotations

import argparse
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from icetui import __version__, cli
from icetui.errors import CouldNotAsk, Denied, IcetuiError, Misuse, NoCredentials
from icetui.flags import Flags

CLOCK = "2026-11-20T10:00:00Z"
DEMO = ("--demo", "--clock", CLOCK)
HEAVY = ("httpx", "textual", "rich", "keyring", "pygments", "humanize", "sqlite3", "platformdirs", "asyncio")


def python(*code: str, **how: object) -> subprocess.CompletedProcess[str]:
    """A Python of its own, with the environment of the test."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]  # a test names the arguments it is about
        [sys.executable, *code], capture_output=True, text=True, timeout=60, check=False, **how
    )


def icetui(*words: str, **how: object) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without a terminal."""
    return python("-m", "icetui", *words, **({"stdin": subprocess.DEVNULL} | how))


def imported_by(*code: str) -> set[str]:
    """The top-level modules a piece of code brings in."""
    told = "print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    found = python("-c", "\n".join((*code, "import sys", told)))
    assert found.returncode == 0, found.stderr
    return set(found.stderr.splitlines()[-1].split())


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A command named ``list`` that does what the test says."""
    module = ModuleType("icetui.commands.list")
    module.add_arguments = lambda parser: parser.add_argument("words", nargs="*")  # type: ignore[attr-defined]
    module.run = lambda args: 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "icetui.commands.list", module)
    return module


# --- flags ------------------------------------------------------------------------------------


def given(command: ModuleType, *argv: str) -> argparse.Namespace:
    """The arguments a command gets."""
    kept: list[argparse.Namespace] = []

    def run(args: argparse.Namespace) -> int:
        kept.append(args)
        return 0

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(argv) == 0
    return kept[0]


@pytest.mark.parametrize("argv", [("--region", "cn-beijing", "list"), ("list", "--region", "cn-beijing")])
def test_a_global_flag_stands_before_or_after_the_command(command: ModuleType, argv: tuple[str, ...]) -> None:
    assert given(command, *argv).region == "cn-beijing"


def test_a_flag_after_the_command_leaves_those_before_it(command: ModuleType) -> None:
    args = given(command, "--demo", "--ascii", "--profile", "a", "list", "--no-color", "--profile", "b")
    assert (args.demo, args.ascii, args.no_color, args.profile) == (True, True, True, "b")


def test_faults_add_up_on_both_sides_of_the_command(command: ModuleType) -> None:
    args = given(command, "--demo", "--fault", "throttle:1", "list", "--fault", "slow:2", "--fault", "xml")
    assert args.faults == ["throttle:1", "slow:2", "xml"]


def test_words_after_two_dashes_are_no_flags(command: ModuleType) -> None:
    assert given(command, "list", "--", "--demo").words == ["--demo"]


def flags(**members: object) -> Flags:
    told: dict[str, object] = {
        "profile": None,
        "region": None,
        "demo": False,
        "ice_endpoint": None,
        "vod_endpoint": None,
        "log": None,
        "no_color": False,
        "ascii": False,
        "clock": None,
        "faults": [],
        "command": "list",
    }
    return Flags.of(argparse.Namespace(**(told | members)))


@pytest.mark.parametrize(
    "members",
    [
        {"clock": CLOCK},
        {"faults": ["slow:1"]},
        {"demo": True, "ice_endpoint": "https://ice.cn-shanghai.aliyuncs.com"},
        {"demo": True, "profile": "prod"},
        {"demo": True, "clock": "yesterday"},
        {"demo": True, "clock": "2026-11-20T10:00:00"},
    ],
)
def test_flags_that_contradict_each_other_are_misuse(members: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        flags(**members)


def test_a_clock_is_utc_whatever_zone_it_was_given_in() -> None:
    clock = flags(demo=True, clock="2026-11-20T18:00:00+08:00").clock
    assert clock is not None
    assert clock.isoformat() == "2026-11-20T10:00:00+00:00"


def test_no_flag_takes_a_secret() -> None:
    words = icetui("login", "--help").stdout + icetui("--help").stdout
    assert not re.search(r"--\w*(secret|token|password|key)", words)


# --- what is imported -------------------------------------------------------------------------


def test_help_and_version_import_nothing_heavy() -> None:
    code = "from icetui import cli; cli.main([{!r}])"
    for flag in ("--version", "--help"):
        assert not imported_by(code.format(flag)) & set(HEAVY)


@pytest.mark.parametrize("command", ["list", "show", "follow", "unfollow", "schema", "demo_gateway"])
def test_a_command_is_imported_without_the_screens_and_the_network(command: str) -> None:
    heavy = {"httpx", "textual", "rich", "keyring", "pygments", "humanize", "sqlite3"}
    assert not imported_by(f"import icetui.commands.{command}") & heavy


def test_listing_the_demo_needs_no_screen_and_no_keyring() -> None:
    used = imported_by(
        f"from icetui import cli; assert cli.main([*{DEMO!r}, 'list', 'smart', '--output', 'json']) == 0"
    )
    assert not used & {"textual", "rich", "pygments", "keyring", "humanize"}


def test_help_of_every_command_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    for name in cli.COMMANDS:
        assert cli.main([name, "--help"]) == 0
        told = capsys.readouterr()
        assert told.out.startswith(f"usage: icetui {name}")
        assert "--profile" in told.out
        assert told.err == ""


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"icetui {__version__}\n"


# --- exit codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["--nonsense"],
        ["list"],
        ["list", "nonsense"],
        ["list", "smart", "--limit", "0"],
        ["show"],
    ],
)
def test_wrong_use_is_2_in_one_line_and_a_hint(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    told = capsys.readouterr()
    assert told.out == ""
    first, second = told.err.splitlines()
    assert first.startswith("icetui: ")
    assert "--help" in second


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Misuse("m"), 2),
        (NoCredentials("m"), 3),
        (Denied("m"), 3),
        (CouldNotAsk("m"), 4),
        (IcetuiError("m"), 4),
    ],
)
def test_each_error_has_its_exit_code(
    error: IcetuiError, code: int, command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise error

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["list"]) == code
    assert capsys.readouterr() == ("", "icetui: m\n")


def test_an_error_says_code_request_id_and_the_next_step(
    command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise Denied("not \x1b[31mallowed\n", code="NoPermission", request_id="R-1", hint="Ask\x07 for it.")

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["list"]) == 3
    told = capsys.readouterr().err
    assert re.fullmatch(r"icetui: not .*allowed.*\(NoPermission, RequestId R-1\)\nAsk.* for it\.\n", told)
    assert not set(told) & set("\x1b\x07")


def test_words_of_the_command_line_are_made_safe_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "smart", "\x1b]0;owned\x07"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_interrupted_is_130(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def run(args: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["list"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_crash_is_70_and_tells_no_value(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def deeper(secret: str) -> int:
        raise KeyError(secret)

    def run(args: argparse.Namespace) -> int:
        try:
            return deeper("hunter" + "2")
        except KeyError as error:
            raise ExceptionGroup("sword" + "fish", [ValueError(f"it was {error}")]) from error

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["list", "--log", "/tmp/calls.log"]) == 70
    told = capsys.readouterr()
    assert told.out == ""
    assert "in deeper" in told.err
    assert "KeyError" in told.err
    assert "ValueError" in told.err
    assert "Log: /tmp/calls.log" in told.err
    assert "hunter2" not in told.err
    assert "swordfish" not in told.err


def test_a_crash_without_a_log_says_how_to_keep_one(
    command: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(args: argparse.Namespace) -> int:
        raise ZeroDivisionError

    command.run = run  # type: ignore[attr-defined]
    assert cli.main(["list"]) == 70
    assert "--log FILE" in capsys.readouterr().err


# --- terminal and pipes -----------------------------------------------------------------------


def test_without_a_terminal_the_screens_are_refused_before_anything_heavy_is_imported() -> None:
    found = icetui()
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "icetui: No terminal. Use `ssh -t`, or a command such as `icetui list`.\n"
    assert not imported_by("from icetui import cli; assert cli.main(['--demo']) == 2") & set(HEAVY)


def test_a_dumb_terminal_is_none() -> None:
    code, said = in_terminal([sys.executable, "-m", "icetui", "--demo"], {"TERM": "dumb"})
    assert code == 2
    assert b"No terminal." in said


def in_terminal(argv: list[str], environ: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Runs a program on a terminal of its own; its exit code and what it wrote there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, os.environ | (environ or {}))
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says EIO where the other side has closed
            break
        if not piece:
            break
        said += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said


def test_a_pipe_that_closes_early_is_quiet() -> None:
    program = f"{sys.executable} -m icetui {' '.join(DEMO)} list smart --all --output ndjson"
    found = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | head -1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.count("\n") == 1


def test_a_pipe_nobody_reads_at_all_is_quiet() -> None:
    read, write = os.pipe()
    os.close(read)
    found = subprocess.run(
        [sys.executable, "-m", "icetui", "schema"],
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert (found.returncode, found.stderr) == (0, b"")


def test_words_nobody_reads_do_not_change_the_exit_code() -> None:
    read, write = os.pipe()
    os.close(read)
    found = subprocess.run(
        [sys.executable, "-m", "icetui", "nonsense"], stderr=write, timeout=60, check=False
    )
    os.close(write)
    assert found.returncode == 2


full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


def on_a_full_disk(stream: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """Runs a program whose stdout or stderr cannot be written; what it printed last stays in its buffer."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        return subprocess.run(
            [sys.executable, "-m", "icetui", *argv],
            stdout=full if stream == "stdout" else subprocess.PIPE,
            stderr=full if stream == "stderr" else subprocess.PIPE,
            env=buffered,
            text=True,
            timeout=60,
            check=False,
        )


@full_disk
@pytest.mark.parametrize("argv", [("schema",), ("--version",), ("--help",), (*DEMO, "list", "smart")])
def test_a_full_disk_is_said_and_is_no_crash(argv: tuple[str, ...]) -> None:
    found = on_a_full_disk("stdout", *argv)
    assert found.returncode == 4
    assert found.stderr == "icetui: The output cannot be written: No space left on device.\n"


@full_disk
@pytest.mark.parametrize(
    ("argv", "code"), [(("nonsense",), 2), ((*DEMO, "--region", "cn-beijing", "list", "smart"), 0)]
)
def test_words_that_cannot_be_written_do_not_change_the_exit_code(argv: tuple[str, ...], code: int) -> None:
    assert on_a_full_disk("stderr", *argv).returncode == code


def test_closed_descriptors_are_no_crash() -> None:
    found = python(
        "-c",
        "import subprocess, sys;"
        f"sys.exit(subprocess.call('{sys.executable} -m icetui schema >&-', shell=True))",
    )
    assert (found.returncode, found.stderr) == (0, "")


def test_ctrl_c_ends_a_command_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    argv = ("--demo", "--fault", "never", "list", "smart", "--log", str(log))
    running = subprocess.Popen(
        [sys.executable, "-m", "icetui", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background would hand down an ignored SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    # The log is there once the session is: from then on it waits for an answer that never comes.
    while not log.exists():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "")
