"""The families of jobs, in the order of their keys. A new one is a file here and a name below."""

from __future__ import annotations

from icetui.errors import Misuse
from icetui.families.base import Family
from icetui.families.batch import Batch
from icetui.families.iproduction import IProduction
from icetui.families.reading import missing
from icetui.families.smart import Smart
from icetui.families.vod_ai import VodAi

__all__ = ["FAMILIES", "by_name", "missing"]

FAMILIES: tuple[Family, ...] = (Smart(), Batch(), IProduction(), VodAi())


def by_name(name: str) -> Family:
    """The family of a name.

    Raises:
        errors.Misuse: there is none of this name.
    """
    for family in FAMILIES:
        if family.name == name:
            return family
    names = ", ".join(family.name for family in FAMILIES)
    raise Misuse(f"there is no family {name!r}", hint=f"the families are {names}")
