"""What stands on a poster (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

from helpdesk.config import LineSettings, Settings
from helpdesk.errors import Refused
from helpdesk.message import Channel
from helpdesk.zones.plan import Zone, ZoneKind

RULES = {
    ZoneKind.SILENT: "This is a silent area: no talking, no calls.",
    ZoneKind.QUIET: "This is a quiet area: low voices, no calls.",
    ZoneKind.GROUP: "You can talk here. Please keep it down for others.",
}
"""What each kind of zone asks of the people in it."""

PROMISES = (
    "Library staff never see or keep your number.",
    "You get an answer by text.",
    "Your network and our text provider know your number.",
    "Numbers in your text are hidden; names are not.",
)
"""What a texter must know beforehand; docs/privacy-notices.md says the same at length."""

DANGER = "In danger? Call 999."

_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One zone's poster.

    ``number``  as it is dialled: "+447700900001"; ``shown``: as people read it, "07700 900001"
    ``more``    the address of a page that says more, "" for none
    """

    library: str
    zone: Zone
    number: str
    shown: str
    more: str = ""

    @property
    def address(self) -> str:
        """What the QR code holds: a text to the line, begun with the zone's code (RFC 5724)."""
        return f"sms:{self.number}?body={quote(self.zone.code + ' ', safe='')}"

    @property
    def place(self) -> str:
        """Where it hangs, in a line."""
        words = self.zone.name.casefold().replace(",", " ").split()
        return self.zone.name if self.zone.floor.casefold() in words else f"{self.zone.name}, {_level(self.zone.floor)}"

    @property
    def rule(self) -> str:
        """What is asked of the people in it."""
        return RULES[self.zone.kind]


def poster_for(zone: Zone, settings: Settings) -> Poster:
    """The poster of ``zone``; Refused where no noise line, or more than one, takes its texts."""
    number = _line(zone, settings).address
    if not _SENDER.fullmatch(number):
        raise Refused(f"{number!r} can't stand on a poster: give the noise line the number that people text.")
    return Poster(
        library=settings.library.name, zone=zone, number=number, shown=_shown(number), more=settings.noise.more
    )


def _level(floor: str) -> str:
    return "ground floor" if floor.casefold() == "g" else f"level {floor}"


def _line(zone: Zone, settings: Settings) -> LineSettings:
    """The noise line of the zone's own site, or the one that is every site's."""
    lines = [line for line in settings.lines_of(Channel.SMS).values() if line.kind == "noise"]
    own = [line for line in lines if line.site == zone.site] or [line for line in lines if not line.site]
    if len(own) == 1:
        return own[0]
    if not own:
        raise Refused(f'No line takes texts about {zone.site}: add an SMS line of kind "noise" for that site.')
    raise Refused(f"{len(own)} noise lines take texts about {zone.site}. Leave one to it, or posters can't name it.")


def _shown(number: str) -> str:
    """As people of its country write it; a short code as it is."""
    if not number.startswith("+"):
        return number
    try:
        parsed = parse(number)
    except NumberParseException:
        return number
    if not is_possible_number(parsed):
        return number
    at_home = PhoneNumberFormat.NATIONAL if parsed.country_code == 44 else PhoneNumberFormat.INTERNATIONAL
    return format_number(parsed, at_home)
