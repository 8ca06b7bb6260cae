"""Everything that can go wrong, as one tree, with the exit code of each.

::

    IcetuiError
    ├── Misuse               2   wrong flags, wrong configuration, no terminal
    │   ├── BadSetting           a value in config.toml: file, line, key
    │   └── HalfKey              one half of an access key pair without the other
    ├── NoCredentials        3   nobody told us who is asking
    │   └── KeyringTrouble       locked, hanging, refused, not read back
    ├── Refusal              3   the service said no
    │   ├── NotFound             InvalidParameter.JobNotFound: not there, or in another region
    │   ├── Denied               the key is valid, this operation is not allowed
    │   ├── BadCredentials       unknown key, wrong secret
    │   │   └── Expired          a security token has run out
    │   └── ClockSkew            our clock and theirs differ by more than 15 minutes
    ├── CouldNotAsk          4   nobody said no: there was no usable answer
    │   ├── Unreachable          no connection, or it broke
    │   ├── TimedOut
    │   ├── Throttled            refused for asking too often, after all retries
    │   ├── ServiceFault         5xx after all retries
    │   ├── Redirected           3xx: never followed, an access key is for one host
    │   └── Unreadable           an answer that is not what was documented
    └── StoreTrouble         4   what is kept on disk cannot be read or written

Exit codes: ``contracts.md``, "Exit codes".
"""

from __future__ import annotations

from typing import ClassVar


class IcetuiError(Exception):
    """Something foreseeable went wrong; `str()` of it is one sentence for a person.

    Args:
        message: what happened, one sentence, possibly with words of the service (not yet cleaned).
        code: the service's error code, verbatim, or "".
        request_id: the service's RequestId, or "".
        status: the HTTP status, or 0 if there was no HTTP answer.
        action: the operation asked for, or "".
        hint: the next step for the person, one sentence, or "".
    """

    exit_code: ClassVar[int] = 4

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        request_id: str = "",
        status: int = 0,
        action: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.request_id = request_id
        self.status = status
        self.action = action
        self.hint = hint


class Misuse(IcetuiError):
    """Wrong flags, wrong configuration, or no terminal."""

    exit_code = 2


class BadSetting(Misuse):
    """A value in config.toml that cannot be used; the message names file, line and key."""


class HalfKey(Misuse):
    """One half of an access key pair is set and the other is not; no other source is tried."""


class NoCredentials(IcetuiError):
    """There is no access key to ask with.

    Args:
        short: message and hint without the choices a person has, for a screen that offers them itself.
    """

    exit_code = 3

    def __init__(self, message: str, *, short: str = "", **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]  # the base names each fact
        self.short = short


class KeyringTrouble(NoCredentials):
    """The keyring is locked, hangs, would keep secrets in plain text, or lost what was written.

    Args:
        kind: which of these, as a key of `vault.WORDS`, e.g. ``locked``.
    """

    def __init__(self, message: str, *, kind: str = "failed", **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]  # the base names each fact
        self.kind = kind


class Refusal(IcetuiError):
    """The service said no."""

    exit_code = 3


class NotFound(Refusal):
    """The service does not know this ID, or knows it in another region (api.md 4.2)."""


class Denied(Refusal):
    """The key is valid but may not do this (403, Forbidden*, NoPermission)."""


class BadCredentials(Refusal):
    """The service does not know the key, or the secret does not belong to it."""


class Expired(BadCredentials):
    """The security token has run out."""


class ClockSkew(Refusal):
    """The request's date is more than 15 minutes away from the service's."""


class CouldNotAsk(IcetuiError):
    """There was no usable answer; nobody said no."""

    exit_code = 4


class Unreachable(CouldNotAsk):
    """No connection, or it broke before the answer was whole."""


class TimedOut(CouldNotAsk):
    """No answer in time."""


class Throttled(CouldNotAsk):
    """Refused for asking too often, after all retries.

    Args:
        retry_after: seconds the service asked us to wait, or None.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]  # the base names each fact
        self.retry_after = retry_after


class ServiceFault(CouldNotAsk):
    """The service failed (5xx) after all retries."""


class Redirected(CouldNotAsk):
    """The service pointed elsewhere; a signed request is for one host and never follows."""


class Unreadable(CouldNotAsk):
    """An answer that is not what was documented; `text` is what came.

    Args:
        text: the body as it came, decoded as far as it could be.
    """

    def __init__(self, message: str, *, text: str = "", **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]  # the base names each fact
        self.text = text


class StoreTrouble(IcetuiError):
    """What is kept on disk cannot be read or written."""
