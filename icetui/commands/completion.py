"""``icetui completion``: what a shell has to read so that TAB completes icetui's words."""

from __future__ import annotations

import argparse

from icetui.commands.output import put

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``icetui completion``."""
    parser.add_argument("shell", choices=SHELLS, help="which shell is to complete")
    parser.epilog = (
        'bash, zsh: eval "$(icetui completion bash)" in ~/.bashrc or ~/.zshrc (zsh: after compinit); '
        "fish: icetui completion fish > ~/.config/fish/completions/icetui.fish"
    )


def run(args: argparse.Namespace) -> int:
    """Prints it."""
    from argcomplete.shell_integration import shellcode

    put(shellcode(["icetui"], shell="bash" if args.shell == "zsh" else args.shell).strip() + "\n")
    return 0
