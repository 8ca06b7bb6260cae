"""Where a media asset opens: asked when a person wants it, never by itself."""

from __future__ import annotations

from icetui.errors import Denied, IcetuiError, NotFound, Refusal
from icetui.families import assets
from icetui.families.base import Family
from icetui.job import Media
from icetui.lookups import Sender
from icetui.records import record


@record
class Found:
    """Where an asset opens.

    Attributes:
        source: what was asked for: an ID or an address.
        action: the operation that knew it: ``GetMediaInfo`` or ``GetPlayInfo``.
        media: its files or streams, each with a URL; none where it has no file that can be opened.
    """

    source: str
    action: str
    media: tuple[Media, ...]


async def find(sender: Sender, family: Family, source: str) -> Found:
    """Where an asset opens, asked of the product the family's jobs belong to, then of the other.

    Args:
        sender: asks.
        family: of the job that names the asset.
        source: its ID, or the address it was registered with.

    Raises:
        NotFound: neither knows it, or the text can name no asset.
        IcetuiError: nobody could be asked, or who knows it refused.
    """
    calls = assets.asking(family, source)
    if not calls:
        raise NotFound(f"{source[:80]!r} is no media asset's ID")
    refused: list[IcetuiError] = []
    for call in calls:
        try:
            answer = await sender.send(call, urgent=True)
        except Refusal as error:
            # Both products write of an unknown asset …NotFound; what is not allowed here may be there.
            if not (isinstance(error, Denied) or "notfound" in error.code.lower()):
                raise
            refused.append(error)
        else:
            return Found(source, call.action, assets.read(answer))
    denied = next((error for error in refused if isinstance(error, Denied)), None)
    if denied is not None:
        raise denied
    asked = " and ".join(f"{call.product.upper()} {call.action}" for call in calls)
    raise NotFound(
        f"media asset {source} is unknown here: {asked} asked",
        code=getattr(refused[0], "code", ""),
        request_id=getattr(refused[0], "request_id", ""),
    )
