"""Media assets: from an ID, or an address in a bucket, to URLs that open (api.md 1.7).

ICE GetMediaInfo and VOD GetPlayInfo answer with URLs signed for about an hour. An ID does not say which
of the two products keeps the asset: the family's own is asked first, the other where it knows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from icetui.call import Answer, Call, Json
from icetui.families import reading
from icetui.families.base import Family
from icetui.families.reading import mapping, objects, text
from icetui.job import Media

_ID = re.compile(r"[0-9A-Za-z_-]{6,64}")


def is_asset(source: str) -> bool:
    """Whether a text can be the ID of a media asset: no mask, no blank, no path."""
    return _ID.fullmatch(source) is not None


def asking(family: Family, source: str) -> tuple[Call, ...]:
    """The calls that may know where an asset opens, the likeliest first; none where nothing can be asked.

    Args:
        family: of the job that names it.
        source: the asset's ID, or the address it was registered with: oss:// or http(s)://.
    """
    source = source.strip()
    if re.match(r"(oss|https?)://", source):
        return (Call.of("ice", "GetMediaInfo", InputURL=source),)
    if not is_asset(source):
        return ()
    ice = Call.of("ice", "GetMediaInfo", MediaId=source)
    vod = Call.of("vod", "GetPlayInfo", VideoId=source)
    return (vod, ice) if family.lookup(["x"]).product == "vod" else (ice, vod)


def read(answer: Answer) -> tuple[Media, ...]:
    """The files or streams of an asset that have a URL, the source file or best stream first as sent.

    Raises:
        errors.Unreadable: the answer holds no such list.
    """
    if answer.call.action == "GetPlayInfo":
        told = objects(mapping(answer.body.get("PlayInfoList")).get("PlayInfo"))
        found = tuple(_stream(each) for each in told if text(each.get("PlayURL")))
        key = "PlayInfoList"
    else:
        info = mapping(answer.body.get("MediaInfo"))
        found = tuple(_files(info))
        key = "MediaInfo"
    if not found and reading.blank(answer.body.get(key)):
        raise reading.unreadable(answer, f"it holds no {key}")
    return found


def _stream(told: dict[str, Json]) -> Media:
    facts = _facts(told, "Definition", "Format", "Width", "Height")
    encrypted = text(told.get("Encrypt")) == "1"
    return Media(facts or "stream", text(told.get("PlayURL")), note="encrypted" if encrypted else "")


def _files(info: dict[str, Json]) -> Iterator[Media]:
    for each in objects(info.get("FileInfoList")):
        told = mapping(each.get("FileBasicInfo"))
        if url := text(told.get("FileUrl")):
            yield Media(_facts(told, "FileType", "FormatName", "Width", "Height") or "file", url)


def _facts(told: dict[str, Json], kind: str, form: str, wide: str, high: str) -> str:
    """``source_file mp4 1920x1080``: what is told of it."""
    size = "x".join(filter(None, (text(told.get(wide)), text(told.get(high)))))
    return " ".join(filter(None, (text(told.get(kind)), text(told.get(form)), size if "x" in size else "")))
