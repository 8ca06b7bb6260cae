"""Results to files: names made of what the service says, never overwriting, whole or not at all.

A file is written beside its place and put there when it is whole and on the disk. It is 0600 (readable by
its owner only): transcripts are other people's words, and raw answers hold signed URLs, which are keys to
files. Whoever hands a file on widens that.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from pathlib import Path

from icetui.errors import IcetuiError, Misuse
from icetui.job import Job
from icetui.records import record

_MOST = 200
"""Bytes of a file's name: file systems take 255, and a number or a suffix may still be put to it."""

_TITLE = 100
"""Bytes of a name that a title may take; the ID is never cut for it."""

_NUMBERS = 10_000
"""How many files of one name there may be before nobody wants another."""


class Unwritten(IcetuiError):
    """A file could not be written; what stood at its place is as it was."""


class Taken(Misuse):
    """There is a file of this name and nobody said that it may be replaced."""


@record
class Written:
    """A file that was written.

    Attributes:
        path: where, absolute.
        size: in bytes.
        instead: the name that was taken already, so that a number was put to it; else "".
        replaced: whether a file that was there is gone.
    """

    path: Path
    size: int
    instead: str = ""
    replaced: bool = False


@record
class FileName:
    """A name for a file that is to be made, with a place for a number before its ending."""

    stem: str
    ending: str

    def __str__(self) -> str:
        return self.stem + self.ending

    def numbered(self, number: int) -> str:
        """The name with a number put to it; 1 is the name itself."""
        return str(self) if number == 1 else f"{self.stem}-{number}{self.ending}"


def file_name(job_id: str, suffix: str, *, title: str = "", part: str = "") -> FileName:
    """A name such as ``Trailer-autumn_20b48fb04483915d.srt``, made of words that cannot be trusted.

    Letters, their marks and digits of every script stay, ``_`` and single ``.`` inside too; all else is
    ``-``. So a name never begins with ``.`` or ``-``, holds no path and nothing a terminal obeys, and is at
    most `_MOST` bytes long.

    Args:
        job_id: of the job; it may hold ``*`` (api.md 2.8 #16).
        suffix: what the file ends in, without the dot; ours.
        title: what a person calls the job, or "".
        part: which of several, e.g. ``2`` or ``marked``; ours.
    """
    ending = f".{part}.{suffix}" if part else f".{suffix}"
    name = _harmless(job_id, _MOST - _TITLE - 1)
    words = _harmless(title, _TITLE)
    stem = "_".join(each for each in (words, name) if each) if words != name else name
    return FileName(_cut(stem or "job", _MOST - len(ending)), ending)


def transcript_name(job: Job, form: str, *, place: int = 0, marked: bool = False) -> FileName:
    """The name of a job's transcript in a form of `subtitles.FORMS`.

    Args:
        job: the job.
        form: ``srt``, ``json`` …; JSON of a transcript is told from the answer's own by ``transcript.json``.
        place: its number from 1 where the job has several, else 0.
        marked: whether it holds the marked cues only.
    """
    parts = (str(place) if place else "", "marked" if marked else "", "transcript" if form == "json" else "")
    title = job.title if job.title != job.id else ""
    return file_name(job.id, form, title=title, part=".".join(filter(None, parts)))


def answer_name(job: Job, *, raw: bool) -> FileName:
    """The name of a job's answer: decoded, or as it came."""
    return file_name(
        job.id, "json", title=job.title if job.title != job.id else "", part="raw" if raw else ""
    )


_DOTS = re.compile(r"\.{2,}")
_DASHES = re.compile("-{2,}")


def _harmless(text: str, most: int) -> str:
    """Words as a part of a name: composed, odd runs as one ``-``, no sign at either end."""
    composed = unicodedata.normalize("NFC", text[:1000].encode("utf-8", "ignore").decode())
    plain = "".join(
        [each if each in "._" or unicodedata.category(each)[0] in "LMN" else "-" for each in composed]
    )
    plain = _DASHES.sub("-", _DOTS.sub(".", plain)).strip("-._")
    return _cut(plain, most).rstrip("-._")


def _cut(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8, cut between characters."""
    return text.encode()[:most].decode(errors="ignore")


def write_named(directory: Path, name: FileName, data: bytes, *, force: bool = False) -> Written:
    """Writes a file into a directory; where the name is taken ``-2``, ``-3`` … is put to it.

    Args:
        directory: must be there.
        name: what it is to be called.
        data: the whole file.
        force: replace a file of this name instead.

    Raises:
        Unwritten: it cannot be written there.
    """
    directory = directory.expanduser().absolute()
    if force:
        return write_to(directory / str(name), data, force=True)
    fresh = _beside(directory / str(name), data)
    try:
        for number in range(1, _NUMBERS):
            target = directory / name.numbered(number)
            if _placed(fresh, target, data):
                return Written(target, len(data), "" if number == 1 else str(name))
    finally:
        _gone(fresh)
    raise Unwritten(f"{directory} holds {_NUMBERS:,} files named {name}.", hint="Choose another folder.")


def write_to(path: Path, data: bytes, *, force: bool = False) -> Written:
    """Writes one file, named by a person.

    What is no file (a pipe, ``/dev/stdout``) is written to: nothing is lost there.

    Raises:
        Taken: there is one, and `force` is not said.
        Unwritten: it cannot be written there.
    """
    path = path.expanduser().absolute()
    try:
        there: os.stat_result | None = path.stat()
    except FileNotFoundError:
        # A link that leads nowhere is taken too: whoever made it meant something by it.
        there = path.lstat() if path.is_symlink() else None
    except OSError as error:
        raise _unwritten(path, error) from error
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise Misuse(f"{path} is a folder.", hint="Name a file in it.")
    if there is not None and not (stat.S_ISREG(there.st_mode) or stat.S_ISLNK(there.st_mode)):
        try:
            path.write_bytes(data)
        except OSError as error:
            raise _unwritten(path, error) from error
        return Written(path, len(data))
    if there is not None and not force:
        raise _taken(path)
    # A person who keeps the file elsewhere behind a link keeps the link.
    target = path.resolve() if force else path
    fresh = _beside(target, data)
    try:
        if force:
            if there is not None and stat.S_ISREG(there.st_mode):
                fresh.chmod(stat.S_IMODE(there.st_mode))
            fresh.replace(target)
        elif not _placed(fresh, target, data):
            raise _taken(path)
    except OSError as error:
        raise _unwritten(target, error) from error
    finally:
        _gone(fresh)
    return Written(path, len(data), replaced=there is not None)


def _taken(path: Path) -> Taken:
    return Taken(f"{path} is there already and was not touched.", hint="--force replaces it.")


def _beside(path: Path, data: bytes) -> Path:
    """The data in a file of its own in the same directory, on the disk.

    Raises:
        Unwritten: it cannot be written; nothing is left behind.
    """
    import secrets

    fresh = path.parent / f".icetui-{secrets.token_hex(6)}"
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:  # Ctrl+C too: half a file must not stay
            _gone(fresh)
            raise
    except OSError as error:
        raise _unwritten(path, error) from error
    return fresh


def _placed(fresh: Path, target: Path, data: bytes) -> bool:
    """Gives a whole file its name; False where the name is taken, even by what came this very moment.

    Raises:
        Unwritten: the file system takes no such name.
    """
    try:
        os.link(fresh, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES):
            raise _unwritten(target, error) from error
    else:
        return True
    # File systems without links (FAT, some of the network): made under its name, which nobody else has.
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return False
    except OSError as error:
        raise _unwritten(target, error) from error
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        _gone(target)
        if isinstance(error, OSError):
            raise _unwritten(target, error) from error
        raise
    return True


def _gone(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # its directory has gone, or may not be written any more: then it is not ours to tidy


_STEPS = {
    errno.ENOSPC: "The disk is full: make room, or choose another folder.",
    errno.EDQUOT: "Your quota is used up: make room, or choose another folder.",
    errno.EROFS: "Nothing can be written there: choose another folder.",
    errno.EACCES: "You may not write there: choose another folder.",
    errno.EPERM: "You may not write there: choose another folder.",
    errno.ENOENT: "There is no such folder: make it, or choose another.",
    errno.ENOTDIR: "That is no folder: choose another.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def _unwritten(path: Path, error: OSError) -> Unwritten:
    """A refusal of the system as a sentence with the next step."""
    why = (error.strerror or "unknown error").lower()
    hint = _STEPS.get(error.errno or 0, "Choose another folder.")
    return Unwritten(f"{path} cannot be written: {why}.", hint=hint)
