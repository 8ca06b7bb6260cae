"""The keyring's own process: one request as JSON on stdin, one reply as JSON on stdout, then the end.

`icetui.vault` starts it by its path with ``-P``; it imports nothing of icetui. keyring can hang, print,
prompt and choose a plaintext file (credentials.md): here it can be stopped, its output goes to stderr,
it has no terminal, and backends that keep secrets in plain text or not at all are refused.

Request: ``{do, service, username, value}``; `do` is read, write, delete or look.
Reply: ``{backend, value}`` or ``{trouble, detail}``; `trouble` is a key of `icetui.vault.WORDS`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PART = 1200
"""Characters of one entry: Windows takes 1,280, and tokens are longer than 2,000 (credentials.md)."""

MOST_PARTS = 64
"""A number of parts beyond this is no item of ours."""


class Keyring(Protocol):
    """What is needed of a backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The value, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps a value."""

    def delete_password(self, service: str, username: str) -> None:
        """Removes a value that is there."""


class Trouble(Exception):
    """Why the request cannot be met.

    Args:
        kind: a key of `icetui.vault.WORDS`.
        detail: words that hold no secret.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


class Item:
    """One value, kept as one entry, or as parts and a head that counts them and knows their hash.

    Args:
        keyring: where.
        service: of the head; parts have ``:1``, ``:2``, … behind it.
        username: of all of them.
    """

    def __init__(self, keyring: Keyring, service: str, username: str) -> None:
        self._keyring = keyring
        self._service = service
        self._username = username

    def read(self) -> str | None:
        """The value, or None if there is none.

        Raises:
            Trouble: damaged: a part is missing or is not the one that was written.
        """
        head = self._keyring.get_password(self._service, self._username)
        if head is None:
            return None
        try:
            content = json.loads(head)
        except ValueError:
            raise Trouble("damaged") from None
        if not isinstance(content, dict):
            raise Trouble("damaged")
        if "parts" not in content:
            return head
        count = content["parts"]
        if not isinstance(count, int) or not 0 < count <= MOST_PARTS:
            raise Trouble("damaged")
        parts = [self._keyring.get_password(self._part(n), self._username) for n in range(1, count + 1)]
        value = "".join(part or "" for part in parts)
        if None in parts or content.get("sha256") != _hash(value):
            raise Trouble("damaged")
        return value

    def write(self, value: str) -> None:
        """Replaces the value; the head comes last, so that half an item is never taken for a whole one.

        Raises:
            Trouble: lost: what is read afterwards is not what was written; nothing is left of it.
        """
        self.delete()
        try:
            self._set(value)
            kept = self._read_or_none() == value
        except BaseException:  # Ctrl+C too: parts of a key must not stay
            self.delete()
            raise
        if not kept:
            self.delete()
            raise Trouble("lost")

    def delete(self) -> bool:
        """Removes head and parts, also parts that no head counts any more; whether there was a head."""
        found = self._keyring.get_password(self._service, self._username) is not None
        if found:
            self._keyring.delete_password(self._service, self._username)
        count = 0
        while count < MOST_PARTS and self._keyring.get_password(self._part(count + 1), self._username):
            count += 1
        # From the last one: if this is stopped, what remains can still be found from the first.
        for n in range(count, 0, -1):
            self._keyring.delete_password(self._part(n), self._username)
        return found

    def _set(self, value: str) -> None:
        pieces = [value[start : start + PART] for start in range(0, len(value), PART)]
        head = value
        if len(pieces) > 1:
            for n, piece in enumerate(pieces, 1):
                self._keyring.set_password(self._part(n), self._username, piece)
            head = json.dumps({"v": 1, "parts": len(pieces), "sha256": _hash(value)})
        self._keyring.set_password(self._service, self._username, head)

    def _read_or_none(self) -> str | None:
        try:
            return self.read()
        except Trouble:
            return None

    def _part(self, n: int) -> str:
        return f"{self._service}:{n}"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def opened() -> KeyringBackend:
    """The backend keyring chooses, unless it must not be used.

    Raises:
        Trouble: there is none, it is refused, or keyring cannot start.
    """
    try:
        from keyring import core

        # Without the limit keyrings.alt's plaintext file is chosen silently.
        core.init_backend(limit=core.recommended)
        backend = core.get_keyring()
        members = list(walk(backend))
    except Exception as error:  # plugins and configuration of others: whatever they raise
        raise Trouble(kind_of(error, "misconfigured"), f"{type(error).__name__}: {error}"[:300]) from None
    for member in members:
        name = type(member).__name__
        module = type(member).__module__
        if module == "keyring.backends.null":
            raise Trouble("null", "the null backend")
        if any(each.__name__.startswith("Plain") for each in type(member).__mro__):
            raise Trouble("refused", name)
    if type(backend).__module__ == "keyring.backends.fail":
        raise Trouble("none")
    return backend


def walk(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    """A backend and all that it passes secrets on to: members of the chainer, wrapped ones."""
    from keyring.backend import KeyringBackend

    seen: set[int] = set()
    waiting = [backend]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [*getattr(each, "backends", ()), *vars(each).values()]
        waiting += [member for member in inner if isinstance(member, KeyringBackend)]


_KINDS = {
    "NoKeyringError": "none",
    "SecretServiceNotAvailableException": "none",
    # A collection that was never unlocked gives InitError (credentials.md).
    "InitError": "locked",
    "KeyringLocked": "locked",
    "LockedException": "locked",
    "PromptDismissedException": "locked",
}


def kind_of(error: Exception, otherwise: str) -> str:
    """What an exception of a backend means, by its name: the module it comes from may be absent."""
    if "-25308" in str(error):  # errSecInteractionNotAllowed: macOS over SSH
        return "keychain"
    names = (each.__name__ for each in type(error).__mro__)
    return next((_KINDS[name] for name in names if name in _KINDS), otherwise)


_TITLES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "Keychain",
    "keyring.backends.Windows": "Credential Manager",
}


def title(backend: KeyringBackend) -> str:
    """A backend as a person knows it; of the chainer, the one it writes to."""
    members = list(getattr(backend, "backends", ()))
    first = members[0] if members else backend
    return _TITLES.get(type(first).__module__, type(first).__name__)


def answer(request: dict[str, str]) -> dict[str, object]:
    """The reply to one request."""
    try:
        backend = opened()
        item = Item(backend, request["service"], request["username"])
        value: object = None
        try:
            match request["do"]:
                case "read" | "look":
                    value = item.read()
                case "write":
                    item.write(request["value"])
                case "delete":
                    value = item.delete()
        except Trouble:
            raise
        except Exception as error:  # whatever a backend raises; its words might hold the secret
            raise Trouble(kind_of(error, "failed"), type(error).__name__) from None
        return {"backend": title(backend), "value": value}
    except Trouble as trouble:
        return {"trouble": trouble.kind, "detail": trouble.detail}


def guard() -> None:
    """Keeps what this process holds out of core dumps and of other processes' sight."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, OSError, ValueError):  # no such limits on this system; what comes next still holds
        pass
    if sys.platform == "linux":
        import ctypes

        pr_set_dumpable = 4  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)


def main() -> None:
    """Reads the request, writes the reply; nothing else ever reaches stdout."""
    guard()
    reply_to = os.dup(1)
    os.dup2(2, 1)  # keyring's plugins print
    reply = answer(json.loads(sys.stdin.buffer.read()))
    with open(reply_to, "wb") as out:
        out.write(json.dumps(reply).encode("ascii"))


if __name__ == "__main__":
    main()
