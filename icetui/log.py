"""The last calls, in memory and, if a person asked for it, in a file.

An entry tells the action, how long it took and how it ended. URLs hold job IDs and tokens of pages, headers
hold security tokens: neither is ever here (credentials.md, "What must not leak").
"""

from __future__ import annotations

import json
import os
import stat
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from icetui.errors import Misuse, StoreTrouble
from icetui.records import record

KEPT = 500
LONGEST = 200
"""Characters of a code or request ID that are kept: they are the service's words and could be anything."""


@record
class Entry:
    """One request that was sent, retries each on their own.

    Attributes:
        time: when it was sent, UTC.
        action: the operation.
        ms: from sending to the whole answer, milliseconds.
        status: HTTP status; 0 where no answer came.
        code: the service's error code, or the name of our error where it sent none; "" for an answer.
        request_id: the service's RequestId, or "".
        attempt: 1 for the first try, 2 for the first retry.
    """

    time: datetime
    action: str
    ms: int
    status: int
    code: str
    request_id: str
    attempt: int

    def line(self) -> str:
        """The entry as one line of NDJSON, in ASCII: safe for a terminal whatever the service said."""
        return json.dumps(
            {
                "time": self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "action": self.action,
                "ms": self.ms,
                "status": self.status,
                "code": self.code[:LONGEST],
                "request_id": self.request_id[:LONGEST],
                "attempt": self.attempt,
            }
        )


class CallLog:
    """The last 500 calls; with a path also a file that only its owner can read from its first moment.

    Args:
        path: NDJSON is appended to it; None: memory only.
        kept: how many entries stay in memory.

    Attributes:
        trouble: why the file is no longer written (a full disk), or None; the program goes on without it.

    Raises:
        Misuse: the file cannot be opened, is not a plain file, or is reached through a symbolic link.
    """

    def __init__(self, path: Path | None = None, *, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._path = path
        self._file = None if path is None else _open(path)
        self.trouble: StoreTrouble | None = None

    @property
    def entries(self) -> Sequence[Entry]:
        """Oldest first."""
        return tuple(self._entries)

    def add(self, entry: Entry) -> None:
        """Keeps an entry; a file that cannot be written is given up, see `trouble`."""
        self._entries.append(entry)
        if self._file is None:
            return
        try:
            # One write of one line to a file opened for appending: two programs do not mix their lines.
            os.write(self._file, f"{entry.line()}\n".encode("ascii"))
        except OSError as error:
            self.trouble = StoreTrouble(f"{self._path}: {error.strerror}; no longer written")
            self.close()

    def close(self) -> None:
        """Closes the file; entries in memory stay."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open(path: Path) -> int:
    # O_NOFOLLOW: in a directory of others a planted link could append to any file of ours. O_NONBLOCK: a
    # pipe that nobody reads would block for ever; the two have no meaning on Windows and do not exist there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        file = os.open(path, flags, 0o600)
    except OSError as error:
        reason = "is a symbolic link" if path.is_symlink() else error.strerror
        raise Misuse(f"--log {path}: {reason}") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Misuse(f"--log {path}: not a plain file")
    try:
        # A file that is there already has the permissions somebody else chose.
        os.fchmod(file, 0o600)
    except OSError as error:
        os.close(file)
        raise Misuse(f"--log {path}: {error.strerror}") from error
    return file
