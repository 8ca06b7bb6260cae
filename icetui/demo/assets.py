"""Media assets of the account: every ID and address that its jobs name is one (api.md 1.7)."""

from __future__ import annotations

import json
import re
from datetime import datetime

from icetui.demo.dice import Dice
from icetui.demo.world import World
from icetui.demo.written import HOST, Json, stamp

LASTS = 3600
"""Seconds for which a URL opens, where the call does not say."""


def known(world: World, families: tuple[str, ...], source: str, at: datetime) -> bool:
    """Whether a job of some families names an asset, by its ID or its address, outside a list of inputs."""
    named = re.compile(rf'(Media\w*|InputFile)\\*": *\\*"{re.escape(source)}\\*"')
    for family in families:
        for record in world.window(family, at):
            told = record.body(at)
            text = told.decode() if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False)
            if record.media == source or named.search(text):
                return True
    return False


def signed(path: str, at: datetime, seconds: int) -> str:
    """A URL of a file in the account's bucket that opens for so long."""
    expires = int(at.timestamp()) + seconds
    sign = Dice("asset", path, expires).hexes(27)
    return f"https://{HOST}/{path}?Expires={expires}&OSSAccessKeyId=STS.NUdemo&Signature={sign}%3D"


def media_info(source: str, at: datetime, seconds: int) -> dict[str, Json]:
    """What GetMediaInfo tells: all of it as strings."""
    dice = Dice("asset", source)
    media_id = source if "/" not in source else dice.hexes(32)
    path = source.split(".aliyuncs.com/", 1)[-1] if "/" in source else f"assets/{source}.mp4"
    file = {
        "FileUrl": signed(path, at, seconds),
        "FileName": path.rsplit("/", 1)[-1],
        "FileType": "source_file",
        "FileStatus": "Normal",
        "FileSize": str(dice.between(400_000, 90_000_000)),
        "FormatName": path.rsplit(".", 1)[-1],
        "Duration": str(dice.real(8.0, 90.0, 3)),
        "Width": "1280",
        "Height": "720",
        "Region": "cn-shanghai",
        "CreateTime": stamp(at),
    }
    basic = {"MediaId": media_id, "InputURL": f"oss://{HOST}/{path}", "Source": "oss", "Status": "Normal"}
    return {"MediaId": media_id, "MediaBasicInfo": basic, "FileInfoList": [{"FileBasicInfo": file}]}


def play_info(media_id: str, at: datetime, seconds: int) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    """What GetPlayInfo tells: the asset, and its streams with a type A signed URL each."""
    dice = Dice("asset", media_id)
    duration = str(dice.real(20.0, 90.0, 3))
    base = {"VideoId": media_id, "Status": "Normal", "MediaType": "video", "Duration": duration}
    streams = []
    for definition, width, height in (("OD", 1920, 1080), ("SD", 848, 478)):
        key = f"{int(at.timestamp()) + seconds}-0-0-{Dice('play', media_id, definition, seconds).hexes(32)}"
        streams.append(
            {
                "PlayURL": f"https://vod.harbour-media.example/{media_id}/{definition}.m3u8?auth_key={key}",
                "Definition": definition,
                "Format": "m3u8",
                "Width": width,
                "Height": height,
                "Duration": duration,
                "Encrypt": 0,
                "Status": "Normal",
            }
        )
    return base, streams
