"""The settings by which contacts are sorted and logged: a part of :mod:`helpdesk.config`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from helpdesk.section import Section


class PresetSettings(Section):
    """A contact that one digit logs."""

    title: str = Field(pattern=r"^[^\x00-\x1f]{1,40}$", description="What staff call it; its subject, too.")
    channel: Literal["desk", "phone"] = Field("desk", description="Whether they came or rang.")
    kind: str = Field("enquiry", description="What it was about.")
    site: str = Field("", description="Where.")
    read: int | None = Field(None, ge=1, le=6, description="Its READ level.")
    first_contact: bool | None = Field(None, description="Whether this one contact is enough.")
    tags: tuple[Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,30}$")], ...] = ()


_PRESETS = {
    "1": PresetSettings(title="Directions, at the desk", read=1, first_contact=True, tags=("directions",)),
    "2": PresetSettings(title="Printer or copier, at the desk", read=1, first_contact=True, tags=("printer",)),
    "3": PresetSettings(title="Enquiry, at the desk", read=2, first_contact=True),
    "4": PresetSettings(title="Enquiry by phone", channel="phone", read=2, first_contact=True),
    "5": PresetSettings(title="Opening hours, by phone", channel="phone", read=1, first_contact=True, tags=("hours",)),
}


class ContactSettings(Section):
    """How contacts are sorted at the desk, and logged by a digit."""

    kinds: tuple[str, ...] = Field(
        ("enquiry", "request", "fault", "suggestion", "compliment", "complaint"),
        description="Kinds to pick from, besides those of lines, standards and presets.",
    )
    sites: tuple[str, ...] = Field((), description="Sites to pick from, besides those of lines, standards and zones.")
    ask: bool = Field(False, description="Ask for READ level and first contact, by one key, when one is solved.")
    presets: dict[Annotated[str, Field(pattern="^[1-9]$")], PresetSettings] = Field(
        _PRESETS,
        description="What p and a digit log, by the digit: title, channel (desk, phone), kind, site, read (1 to 6), "
        "first_contact, tags. They replace the program's own five.",
    )
