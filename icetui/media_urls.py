"""Media URLs: what a text that should be one is, until when it opens, and how it is shown. Pure.

The service's URLs are signed for an hour, unsigned, templates, masked, or no URLs at all (api.md 2.3,
2.8 #6, #11, #20). Only what is certainly a link is ever opened or handed to another program.
"""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, parse_qsl, urlsplit

from icetui.clean import clean, cut, width
from icetui.records import record

Kind: TypeAlias = Literal["link", "template", "masked", "bucket", "path", "other"]

_SIGNED = frozenset(
    {
        "signature",
        "ossaccesskeyid",
        "security-token",
        "auth_key",
        "x-oss-signature",
        "x-oss-credential",
        "x-oss-security-token",
        "x-oss-expires",
    }
)
"""Names in a query that make its URL a key to the file, in lower case."""

_KEY = re.compile(rf"\?(.*&)?({'|'.join(map(re.escape, sorted(_SIGNED)))})=", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_MASK = re.compile(r"\*{2,}")


@record
class MediaUrl:
    """A text that should be a media URL.

    Attributes:
        text: as sent.
        kind: ``link``: http or https with a host; ``template``: with a placeholder like ``{index}``;
            ``masked``: the service wrote ``**`` in it; ``bucket``: an oss:// address; ``path``: in a
            bucket that is not named; ``other``: no link at all.
        why: of ``other``, why it is none, in words.
        signed: whether its query is a key to the file.
        until: when the signature ends, UTC, or None where it does not say.
        exact: whether `until` is the end; else it ends then or a while later (auth_key, whose
            timestamp a domain's own validity is added to).
        in_bucket: whether it is an object in a bucket: unsigned, it opens only if the bucket is public.
    """

    text: str
    kind: Kind
    why: str = ""
    signed: bool = False
    until: datetime | None = None
    exact: bool = True
    in_bucket: bool = False

    @property
    def opens(self) -> bool:
        """Whether it may be handed to a browser or player: nothing but a link ever is."""
        return self.kind == "link"

    def expired(self, now: datetime) -> bool:
        """Whether its signature has ended, or may have."""
        return self.until is not None and now >= self.until

    def said(self, now: datetime | None = None) -> str:
        """What is to be said beside it, or "": what is odd about it, or until when it opens."""
        match self.kind:
            case "link" if self.signed:
                return "signed" if self.until is None or now is None else self._end(self.until, now)
            case "link":
                return "not signed: opens only if the bucket is public" if self.in_bucket else ""
            case "template":
                return "template"
            case "masked":
                return "masked"
            case "bucket":
                return "in a bucket"
            case "path":
                return ""
        return f"not a link{self.why and ': ' + self.why}"

    def _end(self, until: datetime, now: datetime) -> str:
        if now >= until:
            return "expired" if self.exact else "expired, or soon will be"
        return f"expires in {left(until - now)}" + ("" if self.exact else " or later")

    def shown(self) -> str:
        """Safe for a screen; the query of a signed one, a broken one too, is left out: it opens the file."""
        if _KEY.search(self.text):
            return clean(self.text.split("?", 1)[0]) + "?…"
        return clean(self.text)


def media_url(text: str) -> MediaUrl:
    """What a text is that stands where a media URL should."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return MediaUrl(text, "other", "its host is none")
    if "{" in text and "}" in text:
        return MediaUrl(text, "template")
    scheme = parts.scheme.lower()
    if scheme == "oss" and host:
        return MediaUrl(text, "masked" if _MASK.search(text) else "bucket")
    if scheme not in ("http", "https"):
        if not scheme and "/" in text and not re.search(r"\s", text):
            return MediaUrl(text, "path")
        return MediaUrl(text, "other", f"{cut(clean(scheme), 20)}:" if scheme else "")
    if _MASK.search(text):
        return MediaUrl(text, "masked")
    if why := _wrong(text, parts, host, port):
        return MediaUrl(text, "other", why)
    return _link(text, parts, host.lower())


def _wrong(text: str, parts: SplitResult, host: str, port: int | None) -> str:
    """Why a text with a scheme of the web is no link: two readers could read it differently. Or ""."""
    if not host:
        return "one slash" if re.match(r"https?:/[^/]", text, re.IGNORECASE) else "no host"
    if not text.isprintable() or clean(text) != text or re.search(r'[\s\\"<>^`|]', text):
        return "characters that no URL has"
    if "@" in parts.netloc:
        return "it holds a user name"
    if not _HOST.fullmatch(host if ":" not in host else f"[{host}]") or port == 0:
        return "its host is none"
    return ""


def _link(text: str, parts: SplitResult, host: str) -> MediaUrl:
    fields: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        # One that stands there twice with two values says nothing.
        fields[name.lower()] = value if fields.setdefault(name.lower(), value) == value else ""
    if not _SIGNED & fields.keys():
        return MediaUrl(text, "link", in_bucket=host.endswith(".aliyuncs.com"))
    until, exact = _until(fields)
    return MediaUrl(text, "link", signed=True, until=until, exact=exact)


def _until(fields: dict[str, str]) -> tuple[datetime | None, bool]:
    """When a signature ends, and whether that is the end exactly; None where its query does not say.

    OSS: ``Expires`` in epoch seconds, or ``x-oss-date`` and ``x-oss-expires`` seconds later. CDN and VOD:
    ``auth_key`` begins with epoch seconds, and the domain's own validity counts from then.
    """
    if end := _epoch(fields.get("expires", "")):
        return end, True
    begin, seconds = fields.get("x-oss-date", ""), fields.get("x-oss-expires", "")
    if re.fullmatch(r"\d{8}T\d{6}Z", begin) and re.fullmatch(r"[0-9]{1,8}", seconds):
        try:
            start = datetime.strptime(begin, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return start + timedelta(seconds=int(seconds)), True
        except (ValueError, OverflowError):
            return None, True
    return _epoch(fields.get("auth_key", "").partition("-")[0]), False


def _epoch(digits: str) -> datetime | None:
    """A time out of whole seconds since 1970; None for anything that is no date of our century."""
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        return None
    return datetime.fromtimestamp(int(digits), UTC)


def shown_url(text: str, now: datetime | None = None) -> tuple[str, str]:
    """A URL as a screen may show it, and what is to be said beside it, or ""."""
    url = media_url(text)
    return url.shown(), url.said(now)


def left(time: timedelta) -> str:
    """How long something lasts yet, roughly and never more than it does: ``12 min``, ``3 h``, ``2 days``."""
    minutes = int(time.total_seconds()) // 60
    if minutes < 1:
        return "less than 1 min"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def tail(text: str, cells: int) -> str:
    """A URL's host and the end of its path in at most `cells` cells: what tells one from the other."""
    shown = media_url(text).shown()
    if width(shown) <= cells:
        return shown
    half = max(1, (cells - 1) // 2)
    end = shown
    while width(end) > cells - 1 - half:
        end = end[1:]
    return cut(shown, half + 1) + end


def player_line(url: str, start: float) -> str:
    """A command line that plays a link from a time on: ``mpv --start=28.278 'https://…'``.

    Args:
        url: the media.
        start: seconds.

    Raises:
        ValueError: it is no link; the message says what it is.
    """
    said = media_url(url)
    if not said.opens:
        raise ValueError(said.said() or "a path in a bucket")
    return shlex.join(["mpv", f"--start={max(0.0, start):.3f}", url])
