"""What is said of a place besides the zone: why, what to ask, what is protected, what is shown."""

from __future__ import annotations

import pytest

from helpdesk.masking import mask
from helpdesk.zones import EMPTY, ZoneKind
from helpdesk.zones.reading import read_place
from tests.zones.plans import plan

DEMO = plan("demo")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("L3A", "poster code L3A"),
        ("lvl 3 silent", "level 3 and silent: there is one such zone"),
        ("rm 2.59", "room 2.59: there is one such zone"),
        ("the reading room", "“reading room”: there is one such zone"),
        ("level 3", "level 3: 2 zones are possible"),
        ("level 2 or 3", "two places: level 2, level 3"),
        ("level 9", "level 9: no zone is there"),
        ("L3A and L3B", "two codes: L3A, L3B"),
        ("so loud", "no place in the text"),
        ("reading room level 2", "“reading room” and level 2: they do not go together"),
    ],
)
def test_it_says_why(text: str, why: str) -> None:
    """In words that staff can check against the text."""
    assert read_place(text, DEMO, "main").why == why


def test_what_is_still_possible_is_there_to_be_asked() -> None:
    """On a floor of two zones, those two; where nothing is told, none: the question is open."""
    asked = read_place("level 3 is so loud", DEMO, "main")
    assert [zone.id for zone in asked.choices] == ["main-3-silent", "main-3-group"]
    assert read_place("so loud", DEMO, "main").choices == ()


@pytest.mark.parametrize(
    ("first", "answer", "zone"),
    [
        ("level 3 so loud", "the silent one", "main-3-silent"),
        ("level 3 so loud", "group", "main-3-group"),
        ("2nd floor", "south", "main-2-quiet-south"),
        ("2nd floor", "windows", "main-2-quiet-south"),
        ("silent study", "4", "main-4-silent"),
    ],
)
def test_an_answer_of_one_word_chooses_among_what_was_asked(first: str, answer: str, zone: str) -> None:
    """It is not sure enough to go by; but what it leaves possible has one zone in common with the question."""
    asked, answered = (set(read_place(text, DEMO, "main").choices) for text in (first, answer))
    assert [one.id for one in asked & answered] == [zone]


def test_the_line_has_a_likely_site_and_the_text_the_last_word() -> None:
    """A floor is the line's; one with another site's name is that site's."""
    here, there = (read_place(text, DEMO, "law").zone for text in ("ground floor", "main library, ground floor"))
    assert here
    assert there
    assert (here.site, there.site) == ("law", "main")


def test_a_code_stands_against_all_else_and_says_so() -> None:
    """The poster is in front of the texter; the floor may be a slip."""
    placed = read_place("L3A on level 2", DEMO, "main")
    assert placed.zone
    assert (placed.zone.id, placed.sure) == ("main-3-silent", 80)
    assert placed.why == "poster code L3A, although level 2 is mentioned"


def test_what_is_less_plain_is_less_sure() -> None:
    """A code above a floor with its kind, above a bare number, above a kind alone."""
    texts = ("L4P", "4th floor silent", "its loud on 4")
    sure = [read_place(text, DEMO, "main").sure for text in texts]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == len(texts)


def test_without_a_plan_no_place_is_read_and_times_are_kept() -> None:
    """A library that wrote none is asked nothing of."""
    placed = read_place("L3A since 10.30", EMPTY)
    assert (placed.zone, placed.choices, placed.spans) == (None, (), ((10, 15),))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Hi! lvl 3, sth wing pls", "lvl 3, sth wing"),
        ("RM 2.59 is loud", "RM 2.59"),
        ("l-3-a", "l-3-a"),
        ("not level 2, level 3 silent", "level 3 silent"),
        ("so loud", ""),
        ("room 9.99 is loud", "room 9.99"),
        ("room 794 6012", ""),
    ],
)
def test_the_place_is_shown_as_it_was_written(text: str, written: str) -> None:
    """Cut out of the text, without what was shut out."""
    assert read_place(text, DEMO, "main").written == written


@pytest.mark.parametrize(
    "text",
    [
        "rm 2.59.114 since 10.30 til 11.45",
        "level 3 from 10.30-11.45",
        "room 2-59, half past 3",
        "3rd floor silent for 20 mins",
        "L3A 9am",
    ],
)
def test_places_and_times_survive_the_mask(text: str) -> None:
    """As they were written."""
    assert mask(text, keep=read_place(text, DEMO, "main").spans) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("level 3 07700 900123", "level 3 [number]"),
        ("L3A 07700900123", "L3A [number]"),
        ("rm 2.59 call 07700 900314", "rm 2.59 call [number]"),
        ("room 07700900123", "room [number]"),
        ("room 07.700.900.123", "room [number]"),
        ("room 077 009 00123", "room [number]"),
        ("rm 0770-0900-123", "rm [number]"),
        ("room 7700 900123", "room [number]"),
        ("level 07700 900 123", "level [number]"),
        ("since 0770 0900123", "since [number]"),
        ("room 794 6012", "room [number]"),
        ("at 794 6012", "at [number]"),
    ],
)
def test_no_telephone_number_hides_in_a_place(text: str, masked: str) -> None:
    """Beside one, or in the form of one."""
    assert mask(text, keep=read_place(text, DEMO, "main").spans) == masked


def test_every_kind_is_in_the_demo() -> None:
    """So that posters, maps and training show all of them."""
    assert {zone.kind for zone in DEMO.zones} == set(ZoneKind)
    assert len(DEMO.sites) == 3
