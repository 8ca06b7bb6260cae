"""Completion on TAB: what the program answers a shell, and in a real bash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from icetui import settings
from icetui.settings import Profile


def completions(line: str) -> set[str]:
    """What is offered at the end of a line."""
    reading, writing = os.pipe()
    environ = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": f"/proc/{os.getpid()}/fd/{writing}",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "icetui"], env=environ, capture_output=True, text=True, check=False
    )
    os.close(writing)
    with open(reading) as file:
        offered = file.read()
    assert done.stderr == ""
    return {word.strip() for word in offered.split("\n") if word.strip()}


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("icetui ", {"list", "show", "wait", "completion", "demo-gateway"}),
        ("icetui li", {"list"}),
        ("icetui list ", {"smart", "batch", "iproduction", "vod-ai"}),
        ("icetui list smart --out", {"--output"}),
        ("icetui list smart --output ", {"table", "json", "ndjson", "tsv"}),
        ("icetui follow ba", {"batch"}),
        ("icetui --region cn-sh", {"cn-shanghai", "cn-shenzhen"}),
        ("icetui show x --family v", {"vod-ai"}),
        ("icetui completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_words_of_the_command_line(line: str, among: set[str]) -> None:
    offered = completions(line)
    assert among <= offered
    assert not any(word.startswith("_") for word in offered)


def test_names_of_profiles() -> None:
    settings.save_profile(Profile("prod", "env"))
    settings.save_profile(Profile("stage", "env"))
    assert completions("icetui --profile ") == {"prod", "stage"}
    assert completions("icetui list smart --profile st") == {"stage"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_reads_names_the_program(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "icetui", "completion", shell], capture_output=True, text=True, check=True
    )
    assert "icetui" in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


def test_in_a_real_bash(tmp_path: Path) -> None:
    program = tmp_path / "icetui"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m icetui "$@"\n')
    program.chmod(0o755)
    script = """
eval "$(icetui completion bash)"
COMP_WORDS=(icetui li); COMP_CWORD=1; COMP_LINE="icetui li"; COMP_POINT=9; COMP_TYPE=9
_python_argcomplete icetui
echo "${COMPREPLY[@]}"
"""
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PATH": path, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["list"]
