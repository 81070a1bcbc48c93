"""A plan as a library writes it, and what is said of one that can't be right."""

from __future__ import annotations

import pytest

from helpdesk.errors import BadConfig
from helpdesk.places import TomlText
from helpdesk.zones import EMPTY, Plan, ZoneKind, plan_from_toml

GOOD = """\
[sites.main]
name = "Main Library"
aliases = ["Hollins"]

[zones.main-3-silent]
site = "main"
floor = "3"
name = "Silent study"
kind = "silent"
code = "L3A"
aliases = ["reading room"]
rooms = ["3.01-3.20", "3.40"]

[zones.main-3-group]
site = "main"
floor = 3
name = "Group study"
kind = "group"
code = "L3B"
rooms = "3.21-3.39"

[zones.law-g]
site = "law"
floor = "G"
name = "Gallery"
kind = "quiet"
"""


def _plan(text: str) -> Plan:
    return plan_from_toml(TomlText("zones.toml", text))


def test_a_plan_is_read() -> None:
    """Zones in the order of the file; a floor may be a bare number, a list of one bare text, and a code missing."""
    plan = _plan(GOOD)
    assert [zone.id for zone in plan.zones] == ["main-3-silent", "main-3-group", "law-g"]
    assert plan.sites == ("main", "law")
    assert [zone.id for zone in plan.of_site("law")] == ["law-g"]
    assert plan.called == (("Main Library", "main"), ("Hollins", "main"))
    group = plan.get("main-3-group")
    assert group
    assert (group.floor, group.kind, group.rooms, group.aliases) == ("3", ZoneKind.GROUP, ("3.21-3.39",), ())
    assert plan.get("nowhere") is None
    assert EMPTY.zones == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "L3B"', 'code = "l3-a"', "zones.toml:19: zones.main-3-group.code: 'l3-a' can't be told from 'L3A'"),
        ('code = "L3B"', 'code = "L3"', "zones.toml:19: zones.main-3-group.code: 'L3' reads like the floor of"),
        ('code = "L3B"', 'code = "3"', "reads like a floor or a count: put a letter in front"),
        ('code = "L3B"', 'code = "10.30"', "reads like a time or a count: put a letter in front"),
        ('code = "L3B"', 'code = "3pm"', "reads like a time or a count"),
        ('code = "L3B"', 'code = "loud"', "is a word that people text: add a digit, such as 'loud1'"),
        ('code = "L3B"', 'code = "Q"', "'Q' is no code: write two to 12 letters and digits"),
        ('code = "L3B"', 'code = "077009001"', "looks like a telephone number: write at most 8 digits"),
        ('code = "L3B"', "code = 3", "zones.main-3-group.code: write some text in quotes, not 3"),
        (
            'kind = "group"',
            'kind = "grup"',
            "zones.toml:18: zones.main-3-group.kind: 'grup' is not a kind; did you mean",
        ),
        (
            'rooms = "3.21-3.39"',
            'rooms = "3.39-3.21"',
            "zones.toml:20: zones.main-3-group.rooms: '3.39-3.21' is the wrong",
        ),
        ('rooms = "3.21-3.39"', 'rooms = "3.21-4.39"', "both ends of a range differ in their last number only"),
        ('rooms = "3.21-3.39"', 'rooms = "downstairs"', 'write a room such as "2.59" or a range such as'),
        ('rooms = "3.21-3.39"', 'rooms = "3.15"', "zones.main-3-group.rooms: 3.15 lies in main-3-silent too"),
        (
            'name = "Group study"',
            'name = "Reading  Room"',
            "main-3-silent on the same floor is called 'Reading Room' too",
        ),
        ('name = "Group study"', 'name = "?"', "zones.main-3-group.name: write a name of letters and digits"),
        ('aliases = ["reading room"]', 'aliases = ["it"]', "'it' can't be told from a word of any text"),
        ('aliases = ["reading room"]', "aliases = [7]", "write text in quotes or a list of such"),
        ('aliases = ["reading room"]', 'alias = "reading room"', "is not a known key; did you mean 'aliases'?"),
        ('floor = "G"', "", "zones.toml:22: zones.law-g.floor: is missing; add it"),
        ('floor = "G"', "floor = true", "zones.law-g.floor: write some text in quotes"),
        ("[zones.law-g]", "[zones.Law_G]", "an id has small letters a-z, digits and hyphens"),
        ("[sites.main]", "[sites.mian]", "sites.mian: no zone is at this site; did you mean 'main'?"),
        ("[sites.main]", "[buildings.main]", "[buildings] is not known here"),
        ("[zones.main-3-group]", "[zones.main-3-silent]", "is written twice"),
        ('site = "law"', 'site = " "', "zones.law-g.site: write some text in quotes"),
    ],
)
def test_what_can_not_be_right_is_refused(old: str, new: str, said: str) -> None:
    """With the file, the line where one can be told, the key and what to do."""
    assert old in GOOD
    with pytest.raises(BadConfig) as refused:
        _plan(GOOD.replace(old, new, 1))
    assert said in str(refused.value)
    assert str(refused.value).startswith("zones.toml:")


@pytest.mark.parametrize("unseen", ["\\u202E", "\\u200B", "\\u001B[31m", "\\u2066"])
def test_a_name_has_no_letter_that_shows_nothing(unseen: str) -> None:
    """It would turn a duty phone's text or a poster, or steer a terminal."""
    with pytest.raises(BadConfig, match="can't be seen"):
        _plan(GOOD.replace('"Silent study"', f'"Silent {unseen}study"'))


def test_a_file_without_zones_is_refused() -> None:
    """Whoever wants none leaves the setting out."""
    with pytest.raises(BadConfig, match="there is no zone"):
        _plan("")


def test_one_name_may_stand_on_two_floors() -> None:
    """The floor tells them apart, and so does the site."""
    twin = GOOD.replace('floor = 3\nname = "Group study"', 'floor = 2\nname = "Silent study"')
    assert len(_plan(twin).zones) == 3
