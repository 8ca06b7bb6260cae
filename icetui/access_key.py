"""An access key as a value that does not tell its secret."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NoReturn

from icetui.records import record


class Secret:
    """A string that shows itself as ``***`` everywhere but in `reveal`.

    It does not pickle, has no value in `repr`, `str`, `format` or a traceback that prints locals.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: only for signing and for the keyring."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")


@record
class AccessKey:
    """What a request is signed with.

    Attributes:
        id: AccessKey ID; ``LTAI…`` for a long-lived key, ``STS.…`` for a temporary one.
        secret: AccessKey secret.
        token: security token, only with a temporary key.
        expires: when the token runs out, if whoever gave it said so.
    """

    id: str
    secret: Secret
    token: Secret | None = None
    expires: datetime | None = None

    def __repr__(self) -> str:
        # Crash reports and failed assertions print values: a hint is all they may hold.
        return f"<AccessKey {self.hint}{' with a token' if self.token else ''}>"

    @property
    def hint(self) -> str:
        """First four and last four characters of the ID: enough to recognise, not to use."""
        return self.id if len(self.id) < 9 else f"{self.id[:4]}…{self.id[-4:]}"

    @property
    def digest(self) -> str:
        """Sixteen hex digits that stand for the ID in file names and in the store."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:16]
