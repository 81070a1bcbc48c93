"""Zones as a library writes them: ``[zones.ID]`` tables of TOML, checked key by key.

A plan is read once and never changes. Every error is a BadConfig that names the file, the line and the remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.errors import BadConfig
from helpdesk.places import TomlText
from helpdesk.tables import Table, nearest
from helpdesk.zones.codes import WORDS, code_key, trouble_of_code
from helpdesk.zones.floors import floor_key
from helpdesk.zones.rooms import RoomRange, room_range

ZONE_ID = re.compile(r"[a-z0-9-]{1,40}")
"""What an id of a zone looks like; it stands in events and exports."""

LONGEST_NAME = 60
MOST_ALIASES = 20


class ZoneKind(StrEnum):
    """How quiet a zone is meant to be."""

    SILENT = "silent"
    QUIET = "quiet"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of a library that staff can walk to.

    ``floor``    as the signs write it: "3", "G", "B1", "Mezzanine"
    ``code``     what the poster tells people to text, "" if there is no poster
    ``aliases``  what people call it besides its name
    ``rooms``    room numbers ("2.59") and ranges of them ("2.50-2.70") that lie in it
    """

    id: str
    site: str
    floor: str
    name: str
    kind: ZoneKind
    code: str = ""
    aliases: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All zones, in the order of the file.

    ``called``  what people call a site, besides its short name: pairs of words and site
    """

    zones: tuple[Zone, ...] = ()
    called: tuple[tuple[str, str], ...] = ()

    def get(self, zone_id: str) -> Zone | None:
        """The zone with this id, None if the plan has none such."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)

    def of_site(self, site: str) -> tuple[Zone, ...]:
        """The zones of one site, in the order of the file."""
        return tuple(zone for zone in self.zones if zone.site == site)

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that have zones, in the order of the file."""
        return tuple(dict.fromkeys(zone.site for zone in self.zones))


_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
"""Kinds of characters that show nothing: they steer a terminal, turn what stands beside them, spoil a poster."""

EMPTY = Plan()
"""A library that wrote no plan: no place is read from its texts."""


def plan_from_toml(source: TomlText) -> Plan:
    """The plan that a text of TOML holds; BadConfig with file, line and remedy where it can't be one."""
    values = source.values()
    try:
        for key in values:
            if key not in {"zones", "sites"}:
                raise BadConfig(f"[{key}] is not known here; {nearest(key, ('zones', 'sites'))}")
        return _plan(values)
    except BadConfig as error:
        raise BadConfig(source.said(error)) from None


def _plan(values: Mapping[str, object]) -> Plan:
    table = Table("zones", values.get("zones", {}))
    tables = [(name, Table(f"zones.{name}", table.value(name), ("zones", name))) for name in table.names()]
    read = [(_zone(name, of_zone), of_zone) for name, of_zone in tables]
    if not read:
        raise BadConfig("there is no zone: write a [zones.ID] table for each, or leave the setting `zones` out")
    _tell_apart(read)
    zones = tuple(zone for zone, _ in read)
    return Plan(zones=zones, called=tuple(_called(Table("sites", values.get("sites", {})), zones)))


def _zone(name: str, table: Table) -> Zone:
    if not ZONE_ID.fullmatch(name):
        raise BadConfig(f"{table.where}: an id has small letters a-z, digits and hyphens, at most 40")
    zone = Zone(
        id=name,
        site=_site(table),
        floor=_floor(table),
        name=_short(table, "name", table.text("name")),
        kind=_kind(table),
        code=_code(table),
        aliases=_aliases(table),
        rooms=_rooms(table),
    )
    table.finish()
    return zone


def _site(table: Table) -> str:
    site = table.text("site").strip()
    if len(site) > LONGEST_NAME:
        raise table.wrong("site", f"write the site's short name, at most {LONGEST_NAME} letters")
    return site


def _floor(table: Table) -> str:
    """The floor as on the signs; a bare whole number is taken too."""
    value = table.value("floor")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _short(table, "floor", table.text("floor"))


def _short(table: Table, key: str, text: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > LONGEST_NAME or not any(letter.isalnum() for letter in clean):
        raise table.wrong(key, f"write a name of letters and digits, at most {LONGEST_NAME} long, not {text!r}")
    if unseen := [letter for letter in clean if unicodedata.category(letter) in _UNSEEN]:
        raise table.wrong(key, f"U+{ord(unseen[0]):04X} can't be seen: it would turn the words about it. Leave it out")
    return clean


def _kind(table: Table) -> ZoneKind:
    word = table.text("kind")
    if word not in list(ZoneKind):
        raise table.wrong("kind", f"{word!r} is not a kind; {nearest(word, list(ZoneKind))}")
    return ZoneKind(word)


def _code(table: Table) -> str:
    code = " ".join(table.text("code", "").split())
    if code and (trouble := trouble_of_code(code)):
        raise table.wrong("code", trouble)
    return code


def _aliases(table: Table) -> tuple[str, ...]:
    aliases = tuple(_short(table, "aliases", alias) for alias in table.texts("aliases"))
    if len(aliases) > MOST_ALIASES:
        raise table.wrong("aliases", f"write at most {MOST_ALIASES}, not {len(aliases)}")
    for alias in aliases:
        if len(words_key(alias)) < 2 or words_key(alias) in WORDS:
            raise table.wrong("aliases", f"{alias!r} can't be told from a word of any text: write more of them")
    return aliases


def _rooms(table: Table) -> tuple[str, ...]:
    rooms = tuple(" ".join(room.split()) for room in table.texts("rooms"))
    for room in rooms:
        try:
            room_range(room)
        except ValueError as error:
            raise table.wrong("rooms", str(error)) from None
    return rooms


def words_key(text: str) -> str:
    """Letters and digits of a name in small letters, one space between words."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _tell_apart(read: list[tuple[Zone, Table]]) -> None:
    """Refuse what two zones share and nobody could tell apart."""
    codes: dict[str, Zone] = {}
    names: dict[tuple[str, str, str], Zone] = {}
    ranges: list[tuple[Zone, RoomRange]] = []
    for zone, table in read:
        _code_of_its_own(zone, table, codes, [other for other, _ in read])
        for name in (zone.name, *zone.aliases):
            key = (zone.site, floor_key(zone.floor), words_key(name))
            other = names.setdefault(key, zone)
            if other is not zone:
                where = "name" if name == zone.name else "aliases"
                raise table.wrong(
                    where, f"{other.id} on the same floor is called {name!r} too: leave it to one of them"
                )
        _rooms_of_its_own(zone, table, ranges)


def _code_of_its_own(zone: Zone, table: Table, codes: dict[str, Zone], zones: list[Zone]) -> None:
    if not zone.code:
        return
    other = codes.setdefault(code_key(zone.code), zone)
    if other is not zone:
        raise table.wrong("code", f"{zone.code!r} can't be told from {other.code!r} of {other.id}: give it another")
    floor = floor_key(zone.code)
    crowd = [one for one in zones if floor_key(one.floor) == floor and one is not zone]
    if crowd:
        remedy = f"{zone.code!r} reads like the floor of {crowd[0].id}: add a letter, such as {zone.code + 'A'!r}"
        raise table.wrong("code", remedy)


def _rooms_of_its_own(zone: Zone, table: Table, ranges: list[tuple[Zone, RoomRange]]) -> None:
    for room in zone.rooms:
        mine = room_range(room)
        for other, theirs in ranges:
            if other.site == zone.site and other is not zone and mine.meets(theirs):
                raise table.wrong("rooms", f"{room} lies in {other.id} too: give each room to one zone")
        ranges.append((zone, mine))


def _called(table: Table, zones: tuple[Zone, ...]) -> Iterator[tuple[str, str]]:
    """What people call the sites: ``[sites.NAME]`` with ``name`` and ``aliases``."""
    known = {zone.site for zone in zones}
    for site in table.names():
        of_site = Table(f"sites.{site}", table.value(site), ("sites", site))
        if site not in known:
            raise BadConfig(f"{of_site.where}: no zone is at this site; {nearest(site, known)}")
        names = (of_site.text("name"), *of_site.texts("aliases"))
        of_site.finish()
        yield from ((_short(of_site, "aliases", name), site) for name in names)
