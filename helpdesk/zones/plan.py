"""The zones of a library: what stands on its posters and signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ZoneKind(StrEnum):
    """What a zone is for."""

    SILENT = "silent"
    QUIET = "quiet"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A place that can be noisy.

    ``id``     [a-z0-9-], its name for ever
    ``floor``  as on the signs: "3", "G", "B1"
    ``code``   what stands on its posters: "L3A"
    ``rooms``  room numbers that lie in it, "2.59", or from one to another, "2.50-2.70"
    """

    id: str
    site: str
    floor: str
    name: str
    kind: ZoneKind
    code: str
    aliases: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
