"""The global flags as values, checked."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from icetui.errors import Misuse
from icetui.records import record

if TYPE_CHECKING:
    from icetui.demo.faults import Fault


@record
class Flags:
    """The global flags as typed.

    Attributes:
        log: where each call is written, or None.
        clock: the moment at which the demo's clock stands, or None for one that runs.
        faults: what goes wrong in the demo, as ``NAME`` or ``NAME:ARGS``.
    """

    profile: str | None = None
    region: str | None = None
    demo: bool = False
    ice_endpoint: str | None = None
    vod_endpoint: str | None = None
    log: Path | None = None
    no_color: bool = False
    ascii: bool = False
    clock: datetime | None = None
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, args: argparse.Namespace) -> Flags:
        """From parsed arguments.

        Raises:
            Misuse: a clock that is no time, or flags of the demo without it.
        """
        flags = cls(
            profile=args.profile,
            region=args.region,
            demo=args.demo,
            ice_endpoint=args.ice_endpoint,
            vod_endpoint=args.vod_endpoint,
            log=None if args.log is None else Path(args.log),
            no_color=args.no_color,
            ascii=args.ascii,
            clock=None if args.clock is None else moment(args.clock, "--clock"),
            faults=tuple(args.faults),
        )
        if flags.demo and (flags.ice_endpoint or flags.vod_endpoint):
            raise Misuse("--demo asks no host: it cannot go with --ice-endpoint or --vod-endpoint.")
        if flags.demo and flags.profile:
            raise Misuse("--demo has its own access key: it cannot go with --profile.")
        if (flags.clock or flags.faults) and not (flags.demo or args.command == "demo-gateway"):
            raise Misuse("--clock and --fault go with --demo or demo-gateway only.")
        return flags


def moment(text: str, flag: str) -> datetime:
    """A point in time from ISO 8601 with a zone; a date alone is its first moment in UTC.

    Raises:
        Misuse: it is none, or has no zone.
    """
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Misuse(f"{flag}: {text!r} is no time such as 2026-11-20T10:00:00Z.") from None
    if when.tzinfo is None:
        if len(text.strip()) > len("2026-11-20"):
            raise Misuse(f"{flag}: {text!r} has no zone; write e.g. {text.strip()}Z.")
        when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC)


def faults_of(given: Flags) -> tuple[Fault, ...]:
    """What shall go wrong in the demo.

    Raises:
        Misuse: a fault that is none.
    """
    if not given.faults:
        return ()
    from icetui.demo.faults import Fault

    try:
        return tuple(Fault.parse(text) for text in given.faults)
    except ValueError as error:
        raise Misuse(f"--fault: {error}") from None
