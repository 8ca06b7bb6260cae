"""A profile whose key a command prints: a real `pass` with a throwaway GPG key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from icetui import credentials, settings
from icetui.errors import NoCredentials
from icetui.settings import Profile

KEY = {"access_key_id": "LTAI5tKeptByPass000001", "access_key_secret": "SecretKeptByPass0123456789"}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A password store of one test, encrypted to a key without a passphrase."""
    missing = [name for name in ("pass", "gpg") if shutil.which(name) is None]
    if missing:
        reason = f"no {' and no '.join(missing)} here"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; CI needs it (apt-get install pass gnupg)")
        pytest.skip(reason)
    # A short path: the agent's socket lies in it.
    folder = Path(tempfile.mkdtemp(prefix="gpg"))
    monkeypatch.setenv("GNUPGHOME", str(folder))
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(folder / "store"))
    try:
        _run(
            "gpg",
            "--batch",
            "--passphrase",
            "",
            "--quick-gen-key",
            "icetui test",
            "default",
            "default",
            "never",
        )
        _run("pass", "init", "icetui test")
        yield folder / "store"
    finally:
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str, given: str = "") -> None:
    done = subprocess.run(command, input=given, text=True, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def identity(name: str = "prod") -> credentials.Identity:
    return credentials.resolve(settings.load(), profile=name, region=None, environ=os.environ)


def test_pass_gives_the_key_in_each_form_people_keep(store: Path) -> None:
    lines = "\n".join(
        [
            f"ALIBABA_CLOUD_ACCESS_KEY_ID={KEY['access_key_id']}",
            f'ALIBABA_CLOUD_ACCESS_KEY_SECRET="{KEY["access_key_secret"]}"',
            "note: rotated in May",
        ]
    )
    external = {"mode": "AK", **KEY}
    for name, text in (("json", json.dumps(external, indent=2)), ("lines", lines)):
        _run("pass", "insert", "--multiline", f"icetui/{name}", given=text)
        settings.save_profile(Profile(name, "command", command=("pass", "show", f"icetui/{name}")))
        found = identity(name)
        assert found.line == f"{name} · command · LTAI…0001 · cn-shanghai"
        assert found.key.secret.reveal() == KEY["access_key_secret"]
    for path in store.rglob("*"):
        if path.is_file():
            assert KEY["access_key_secret"].encode() not in path.read_bytes()


def test_an_entry_that_is_not_there_is_said_without_its_words(store: Path) -> None:
    settings.save_profile(Profile("prod", "command", command=("pass", "show", "icetui/none")))
    with pytest.raises(
        NoCredentials, match=r"The command of profile prod \(pass\) ended with status 1\."
    ) as caught:
        identity()
    assert "not in the password store" not in str(caught.value)


def test_a_store_whose_gpg_key_is_gone_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run("pass", "insert", "--multiline", "icetui/prod", given=json.dumps(KEY))
    settings.save_profile(Profile("prod", "command", command=("pass", "show", "icetui/prod")))
    assert identity().key.id == KEY["access_key_id"]
    empty = store.parent / "elsewhere"
    empty.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(empty))
    with pytest.raises(NoCredentials, match="ended with status 2"):
        identity()
