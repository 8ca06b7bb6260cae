"""Backends of keyring for tests: each does one thing that real ones were seen to do (credentials.md).

This folder is put on PYTHONPATH of the keyring's process and is chosen by PYTHON_KEYRING_BACKEND; what is
kept goes to the file KEYRING_DOUBLE names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.compat import properties
from keyring.errors import KeyringError, KeyringLocked, PasswordSetError


class Kept(KeyringBackend):
    """Keeps what it is given, as JSON in a file of the test."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring does not type it

    @properties.classproperty
    def priority(cls) -> float:
        """Recommended."""
        return 5

    def _file(self) -> Path:
        return Path(os.environ["KEYRING_DOUBLE"])

    def _all(self) -> dict[str, str]:
        return dict(json.loads(self._file().read_text())) if self._file().exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        """What was set."""
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps it."""
        self._file().write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        """Removes it; an error if it is not there, as with real ones."""
        rest = self._all()
        del rest[f"{service} {username}"]
        self._file().write_text(json.dumps(rest))


class WindowsLimit(Kept):
    """Credential Manager holds 1,280 characters an entry."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuses what is too long, as CredWrite does."""
        if len(password) > 1280:
            raise PasswordSetError("(1783, 'CredWrite', 'The stub received bad data')")
        super().set_password(service, username, password)


class BreaksAtHead(Kept):
    """Fails when the last entry of an item is written."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Takes parts, fails at the head; its words hold the secret."""
        if service.count(":") == 1:
            raise PasswordSetError(f"no room for {password}")
        super().set_password(service, username, password)


class Forgets(Kept):
    """Says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing."""


class Alters(Kept):
    """Keeps something else."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Cuts the end off."""
        super().set_password(service, username, password[:-2] + "x}")


class Prints(Kept):
    """Writes on the terminal."""

    def get_password(self, service: str, username: str) -> str | None:
        """Prints, then answers."""
        print("hello from a plugin", flush=True)  # noqa: T201 - it is what this double is for
        os.write(1, b"and from C\n")
        return super().get_password(service, username)


class Locked(Kept):
    """Locked, and nobody can be asked."""

    def get_password(self, service: str, username: str) -> str | None:
        """An error."""
        raise KeyringLocked("Failed to unlock the collection!")


class OverSsh(Kept):
    """The Keychain of macOS in an SSH session."""

    def get_password(self, service: str, username: str) -> str | None:
        """ErrSecInteractionNotAllowed."""
        raise KeyringError("Can't get password from keychain: (-25308, 'Unknown Error')")


class Dies(Kept):
    """Takes its process down."""

    def get_password(self, service: str, username: str) -> str | None:
        """Ends the process without a reply."""
        os._exit(7)


class Hangs(Kept):
    """Never answers, and neither does a child it started."""

    def get_password(self, service: str, username: str) -> str | None:
        """Leaves the child's process ID in the test's file, then sleeps."""
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(os.environ["KEYRING_DOUBLE"]).write_text(str(child.pid))
        time.sleep(600)
        return None


class PlaintextKeyring(Kept):
    """As keyrings.alt has it: recommended here, so that the limit alone does not keep it out."""


class EncodedKeyring(PlaintextKeyring):
    """A plaintext backend under another name."""


class Chain(ChainerBackend):
    """A chainer with a plaintext backend in second place."""

    backends = (Kept(), PlaintextKeyring())


class Wraps(Kept):
    """Passes on to a plaintext backend it holds."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = PlaintextKeyring()


class Tells(Kept):
    """Answers what its process was started with."""

    def get_password(self, service: str, username: str) -> str | None:
        """Environment, arguments, session, terminal and current directory as an item."""
        try:
            os.close(os.open("/dev/tty", os.O_RDWR))
            terminal = True
        except OSError:
            terminal = False
        return json.dumps(
            {
                "environ": sorted(os.environ),
                "cmdline": Path("/proc/self/cmdline").read_bytes().decode(),
                "leads": os.getsid(0) == os.getpid(),
                "terminal": terminal,
                "cwd": os.getcwd(),
            }
        )
