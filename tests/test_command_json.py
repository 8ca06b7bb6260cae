"""``icetui json``: text in a pipe, a tree on a terminal, nobody asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import ENTER, Terminal

NESTED = {"id": 7, "data": json.dumps({"b": [1, {"c": json.dumps(["x", "中"])}]}), "title": "[not json"}
TREE = {"id": 7, "data": {"b": [1, {"c": ["x", "中"]}]}, "title": "[not json"}


def icetui(*args: str, given: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "icetui", *args]
    return subprocess.run(argv, input=given, capture_output=True, text=True, timeout=60, check=False)


def test_strings_that_hold_json_are_decoded_or_left_as_they_came(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(NESTED))
    assert json.loads(icetui("json", str(file)).stdout) == TREE
    assert json.loads(icetui("json", given=json.dumps(NESTED)).stdout) == TREE
    assert json.loads(icetui("json", "--as-sent", "-", given=json.dumps(NESTED)).stdout) == NESTED


def test_each_path_that_is_listed_leads_to_its_value() -> None:
    given = json.dumps(NESTED)
    paths = icetui("json", "--paths", given=given).stdout.splitlines()
    assert paths == [
        ".id",
        ".data | fromjson | .b[0]",
        ".data | fromjson | .b[1].c | fromjson | .[0]",
        ".data | fromjson | .b[1].c | fromjson | .[1]",
        ".title",
    ]
    found = [json.loads(icetui("json", "--path", path, given=given).stdout) for path in paths]
    assert found == [7, 1, "x", "中", "[not json"]


@pytest.mark.parametrize(
    ("args", "given", "code", "words"),
    [
        (("--path", ".nothing"), "{}", 1, "Nothing stands at .nothing."),
        (("/no/such/file",), "", 2, "/no/such/file cannot be read"),
        (("--output", "screen"), "{}", 2, "No terminal"),
        (("--paths", "--path", "."), "{}", 2, "not allowed with"),
        ((), '{"a": 1,\n}', 4, "line 2, column 1"),
        ((), "", 4, "This is not JSON"),
    ],
)
def test_the_exit_code_says_what_was_wrong(args: tuple[str, ...], given: str, code: int, words: str) -> None:
    done = icetui("json", *args, given=given)
    assert done.returncode == code
    assert words in done.stderr
    assert done.stdout == ""


def test_no_control_character_of_a_document_is_printed() -> None:
    odd = "\x1b[31m\u202e\x9b"
    done = icetui("json", given=json.dumps({odd: odd}))
    assert json.loads(done.stdout) == {odd: odd}
    assert done.stdout.replace("\n", "").isprintable()
    assert icetui("json", "--paths", given=json.dumps({odd: 1})).stdout.strip().isprintable()


def test_what_is_piped_in_is_a_tree_on_the_terminal_and_keys_come_from_there(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(NESTED))
    argv = ["sh", "-c", f"cat {file} | {sys.executable} -m icetui json; echo ended with $?; read line"]
    env = {"ICETUI_CONFIG_DIR": str(tmp_path / "c"), "ICETUI_STATE_DIR": str(tmp_path / "s")}
    with Terminal(argv, columns=80, lines=24, env=env) as terminal:
        terminal.wait("▾ data: ⟪json⟫ {1}")
        terminal.send("/中" + ENTER)
        terminal.wait('"中": 1 of 1')
        terminal.wait('[1] "中"')
        terminal.send("\x1b")
        terminal.wait(".data | fromjson | .b[1].c | fromjson | .[1]")
        terminal.send("i")
        terminal.wait("as sent")
        terminal.send("q")
        terminal.wait("ended with 0")


def test_a_file_is_a_tree_too(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(NESTED))
    argv = [sys.executable, "-m", "icetui", "json", str(file), "--as-sent"]
    env = {"ICETUI_CONFIG_DIR": str(tmp_path / "c"), "ICETUI_STATE_DIR": str(tmp_path / "s")}
    with Terminal(argv, columns=80, lines=24, env=env) as terminal:
        terminal.wait("as sent")
        terminal.send("H")
        terminal.wait("▸ {3}  id: 7")
        terminal.send("q")
        terminal.wait(lambda: terminal.ended)
        assert terminal.end() == 0
