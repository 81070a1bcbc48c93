"""Incidents as text: straight columns at every width, words beside every colour, danger before all else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import DAY, HOUR, MINUTE, Instant, plus
from helpdesk.events import Kind
from helpdesk.message import IncidentId, LineId, TicketId
from helpdesk.noise.concerns import Concern
from helpdesk.noise.incidents import (
    Incident,
    IncidentSight,
    IncidentState,
    NoiseMap,
    NoiseOutcome,
    Remarked,
    Reporter,
    Step,
)
from helpdesk.noise.kinds import NoiseKind
from helpdesk.worklist import View
from helpdesk.zones.plan import Zone, ZoneKind
from tests.tui.rows import ANA, BEN, EYE, NOON, row
from tests.tui.test_plain import HOSTILE
from tests.tui.test_render import text
from tui.columns import layout
from tui.incident import Choosing, concern_lines, incident_head, incident_page, note_lines
from tui.incidents import blank, columns, incident_heads, incident_line, page_of, title_line
from tui.noise_map import map_head, map_lines
from tui.plain import width
from tui.render import row_line
from tui.tabs import tabs
from tui.words import OUTCOMES, Tone, danger

SILENT = Zone(id="l3-silent", site="main", floor="3", name="Level 3 silent study", kind=ZoneKind.SILENT, code="L3A")
PLACED = replace(EYE, places={"l3-silent": SILENT.name, "cafe": "Café"})

INCIDENT = Incident(
    id=IncidentId("I1"),
    number=12,
    line=LineId("noise"),
    zone="l3-silent",
    noise=NoiseKind.TALKING,
    began=plus(NOON, -4 * MINUTE),
    latest=plus(NOON, -MINUTE),
    reporters=3,
    due=plus(NOON, 11 * MINUTE),
)
GONE = replace(INCIDENT, state=IncidentState.DISPATCHED, goes=BEN, dispatched=plus(NOON, -MINUTE))
SEEN = replace(GONE, state=IncidentState.ATTENDED, attended=plus(NOON, -MINUTE), due=None)
OVER = replace(SEEN, state=IncidentState.OVER, outcome=NoiseOutcome.SPOKEN_TO, ended=NOON)
DANGER = replace(INCIDENT, concern=Concern.MEDICAL)


def heron(**changes: Any) -> Reporter:
    """A texter."""
    reporter = Reporter(
        ticket=TicketId("T1"), number=41, version=1, name="Quiet Heron", text="so loud", wrote=plus(NOON, -4 * MINUTE)
    )
    return replace(reporter, **changes)


def sight(incident: Incident = INCIDENT, **changes: Any) -> IncidentSight:
    """The incident with one texter."""
    return replace(IncidentSight(incident=incident, place=SILENT, reporters=(heron(),)), **changes)


def line(incident: Incident, cells: int = 80, **how: bool) -> str:
    """A row as it is read."""
    return text(incident_line(incident, PLACED, columns(cells), **how))


def page(found: IncidentSight, cells: int = 80, choosing: Choosing | None = None) -> list[str]:
    """The lines below the head."""
    return [text(each).rstrip() for each in incident_page(found, PLACED, cells, choosing or Choosing()).lines]


def test_a_row_reads_from_left_to_right_at_80_cells() -> None:
    """Clock, age, place, kind of noise, how many told of it, and where it stands."""
    assert text(incident_heads(columns(80))).split() == ["DUE", "AGE", "PLACE", "NOISE", "BY", "STATE"]
    assert (
        line(INCIDENT, selected=True).split() == "▌ ● due in 11 min 4 min Level 3 silent study talking 3 open".split()
    )


@pytest.mark.parametrize(
    ("incident", "words"),
    [
        (INCIDENT, "open"),
        (GONE, "on the way: Ben"),
        (replace(GONE, goes=ANA), "on the way: you"),
        (replace(GONE, goes="security"), "on the way: security"),
        (SEEN, "attended 11:59"),
        (OVER, "over: spoken to"),
    ],
)
def test_where_it_stands_is_said_in_words(incident: Incident, words: str) -> None:
    """Who goes, when somebody was there, what came of it."""
    assert words in line(incident, 120)


@pytest.mark.parametrize("cells", [70, 80])
@pytest.mark.parametrize(
    ("incident", "words"),
    [
        (GONE, "Ben"),
        (replace(GONE, goes="security"), "security goes"),
        (replace(GONE, goes="the night porters"), "goes"),
        (replace(SEEN, attended=plus(NOON, -3 * DAY)), "there Fri 12:00"),
        *((replace(OVER, outcome=each), words) for each, words in OUTCOMES.items() if width(words) <= 15),
        (replace(OVER, outcome=NoiseOutcome.QUIET), "quiet"),
        (replace(OVER, outcome=NoiseOutcome.SECURITY), "by security"),
    ],
)
def test_where_it_stands_is_whole_where_it_is_narrow(incident: Incident, words: str, cells: int) -> None:
    """In fewer words, not in cut ones; only a long name loses its end."""
    made = line(incident, cells)
    assert words in made
    assert width(made) == cells


def test_what_is_over_says_when_and_how_long_it_took() -> None:
    """In the columns of the clock and of the age."""
    assert line(OVER, 120).split()[:3] == ["12:00", "4", "min"]
    assert text(incident_heads(columns(120), over=True)).split()[:3] == ["ENDED", "TOOK", "NO."]


def test_danger_stands_before_the_place_in_words_and_colour() -> None:
    """And needs no colour to be seen."""
    made = incident_line(DANGER, PLACED, columns(80))
    assert "DANGER: medical  Level 3 si" in text(made)
    assert text(made).startswith("  ! ")
    assert ("DANGER: medical  ", Tone.LATE) in made


def test_a_place_that_nobody_knows_and_a_zone_that_is_no_more() -> None:
    """Both are said."""
    assert "place unknown" in line(replace(INCIDENT, zone=""))
    assert "old-annexe" in line(replace(INCIDENT, zone="old-annexe"))


def test_an_unstaffed_hour_is_marked() -> None:
    """Nobody was there to answer; the place keeps room."""
    assert "·unstaffed" in line(replace(INCIDENT, staffed=False), 80)
    assert "Level 3 silent study ·unstaffed" in " ".join(line(replace(INCIDENT, staffed=False), 120).split())


def test_no_clock_is_said_until_somebody_was_there() -> None:
    """After that there is nothing to wait for."""
    assert "no clock" in line(replace(INCIDENT, due=None))
    assert "no clock" not in line(SEEN)


@given(
    st.text(max_size=30),
    st.sampled_from(IncidentState),
    st.sampled_from([None, *Concern]),
    st.sampled_from(NoiseKind),
    st.booleans(),
    st.integers(56, 210),
)
def test_every_row_is_as_wide_as_its_list(
    zone: str, state: IncidentState, concern: Concern | None, noise: NoiseKind, staffed: bool, cells: int
) -> None:
    """Whatever the plan calls a place, and whoever goes."""
    shape = replace(SEEN, zone=zone, state=state, concern=concern, noise=noise, staffed=staffed, goes=zone)
    found = columns(cells)
    assert width(line(shape, cells)) == cells == width(text(incident_heads(found))) == width(text(blank(found)))


def test_a_full_page_has_more_behind_it() -> None:
    """The list reads on where it may."""
    assert page_of([INCIDENT], 0, 1).total == 2
    assert page_of([INCIDENT], 50, 9).total == 51


def test_the_heading_counts_what_goes_on() -> None:
    """And what of it nobody has gone to, and what is dangerous."""
    made = text(title_line([INCIDENT, DANGER, GONE], over=False, more=False, cells=80))
    assert made == " Noise now   3 going on, 1 with danger, 2 nobody goes to yet"
    assert "nothing is going on" in text(title_line([], over=False, more=False, cells=80))


# One incident


def test_the_head_says_what_it_is_and_where_it_stands() -> None:
    """Number, place and deadline; kind of zone, floor, noise, reporters, and when it began."""
    made = [text(each).rstrip() for each in incident_head(sight(GONE), PLACED, 80)]
    assert made[0].split() == "Incident 12 Level 3 silent study due in 11 min".split()
    assert made[1] == " on the way: Ben · since 11:59 · silent, floor 3 · talking · 3 reporters"
    assert made[2] == " " * 19 + "began 11:56"


def test_the_head_of_an_over_one_says_what_came_of_it() -> None:
    """With when somebody was there, and the site where there are several."""
    made = " ".join(text(each).strip() for each in incident_head(sight(OVER), PLACED, 120, sites=True))
    assert "over: spoken to · attended 11:59 · silent, floor 3, main" in made


def test_the_banner_names_the_danger_and_what_to_do_first() -> None:
    """Each line in words; nothing where nothing is dangerous."""
    made = [text(each) for each in concern_lines(Concern.FIRE, 80)]
    assert made[:2] == [
        " ! DANGER: fire",
        "   Go by the fire procedure: raise the alarm, then look only if it is safe. Do",
    ]
    assert any("Call 999 for the fire service" in each for each in made)
    assert "Nobody can trace the texter" in " ".join(made)
    assert "Nobody can trace" not in " ".join(text(each) for each in concern_lines(Concern.FIRE, 80, brief=True))
    assert concern_lines("new", 80) == [((" ! DANGER: new", Tone.LATE),)]
    assert concern_lines("", 80) == concern_lines(None, 80) == []


def test_notes_stand_on_top_the_latest_first_and_older_ones_below() -> None:
    """Four notes: three above, the fourth at the end of the page."""
    notes = tuple(Remarked(by=BEN, text=f"note {at}", written=plus(NOON, -at * MINUTE)) for at in range(4))
    made = [text(each) for each in note_lines(notes, PLACED, 80)]
    assert made == [
        " │ 12:00 Ben: note 0",
        " │ 11:59 Ben: note 1",
        " │ 11:58 Ben: note 2",
        " │ and 1 older note, below",
    ]
    assert page(sight(notes=notes))[-1] == " │ 11:57 Ben: note 3"


def test_each_reporter_says_whether_they_have_heard_back() -> None:
    """By friendly name, with the ticket, their text and when they were told."""
    made = page(sight(reporters=(heron(), heron(told=NOON), heron(reachable=False))))
    assert made[1] == "   Quiet Heron  ticket 41 · wrote 11:56 · not told yet"
    assert made[2] == "   so loud"
    assert made[4].endswith("told 12:00")
    assert made[7].endswith("can't be reached")


def test_the_bar_and_the_chosen_are_marked_without_colour() -> None:
    """A bar at the left of every line, a plus before the name."""
    choosing = Choosing(at=TicketId("T1"), chosen=frozenset({TicketId("T1")}))
    assert page(sight(), choosing=choosing)[1:3] == [
        "▌+ Quiet Heron  ticket 41 · wrote 11:56 · not told yet",
        "▌  so loud",
    ]


def test_the_trail_says_who_did_what_when() -> None:
    """In the order in which it happened."""
    trail = (
        Step(what=Kind.RECEIVED, when=plus(NOON, -4 * MINUTE), by="patron", ticket=TicketId("T1")),
        Step(what=Kind.PLACED, when=plus(NOON, -4 * MINUTE), by="patron", ticket=TicketId("T1"), told="cafe"),
        Step(what=Kind.JOINED, when=plus(NOON, -4 * MINUTE), by="patron", ticket=TicketId("T1")),
        Step(what=Kind.JOINED, when=NOON, by=ANA, ticket=TicketId("T1")),
        Step(what=Kind.PLACED, when=NOON, by=ANA, told="cafe"),
        Step(what=Kind.DISPATCHED, when=NOON, by=ANA, told=BEN),
        Step(what=Kind.DISPATCHED, when=NOON, by=BEN, told=BEN),
        Step(what=Kind.CONCERN, when=NOON, by="system", told="medical"),
        Step(what=Kind.CONCLUDED, when=NOON, by=BEN, told="spoken_to"),
        Step(what=Kind.CONCLUDED, when=NOON, by="system", told=""),
        Step(what=Kind.PUBLISHED, when=NOON, by="system"),
    )
    assert page(sight(trail=trail))[5:] == [
        " · 11:56  Quiet Heron texted",
        " · 12:00  you put Quiet Heron here",
        " · 12:00  you placed it: Café",
        " · 12:00  you sent Ben",
        " · 12:00  Ben goes",
        " · 12:00  words of danger: medical",
        " · 12:00  Ben ended it: spoken to",
        " · 12:00  the desk ended it: nothing said of it",
        " · 12:00  published",
    ]


def test_reporters_who_all_went_on_are_told_of() -> None:
    """An incident without anybody is not a broken page."""
    assert page(sight(reporters=()))[1].strip().startswith("Nobody any more")


@pytest.mark.parametrize("cells", [60, 80, 160, 200])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_push_no_line(hostile: str, cells: int) -> None:
    """Whatever somebody texts, is called, or writes in a note."""
    found = sight(
        replace(DANGER, zone=hostile, goes=hostile, state=IncidentState.DISPATCHED),
        place=replace(SILENT, name=hostile, floor=hostile[:9]),
        reporters=(heron(name=hostile, text=hostile * 3),),
        notes=(Remarked(by=hostile, text=hostile, written=NOON),),
        trail=(Step(what=Kind.DISPATCHED, when=NOON, by=hostile, told=hostile),),
    )
    made = [*incident_page(found, PLACED, cells, Choosing()).lines, *note_lines(found.notes, PLACED, cells)]
    made += incident_head(found, PLACED, cells)
    assert max(width(text(each)) for each in made) <= cells
    assert not any(char in text(each) for each in made for char in "\x1b\x07\u202e")


# In the worklist


def test_a_ticket_of_a_noise_shows_danger_first_then_the_place() -> None:
    """Before the texter's words."""
    made = text(row_line(row(zone="l3-silent", concern="fire"), PLACED, layout(112)))
    assert "DANGER: fire  Level 3 silent study  l" in made or "DANGER: fire  Level 3 s" in made
    assert "  Level 3 silent study      " in text(row_line(row(zone="l3-silent"), PLACED, layout(80)))
    assert "  Café  loud on level 3 " in text(row_line(row(zone="cafe"), PLACED, layout(80)))
    assert danger("a new one") == "DANGER: a new one"


@pytest.mark.parametrize("cells", [56, 60, 80, 120, 200])
@pytest.mark.parametrize("concern", ["", "medical", "self_harm"])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_such_a_row_is_as_wide_as_the_list(cells: int, concern: str, hostile: str) -> None:
    """Whatever the zone is called."""
    eye = replace(EYE, places={"z": hostile})
    made = text(row_line(row(zone="z", concern=concern, preview=hostile), eye, layout(cells)))
    assert width(made) == cells


def test_the_muted_folder_has_a_tab_only_while_something_is_in_it() -> None:
    """Nothing is added to nine tabs that stand there every day."""
    assert "Muted" not in text(tabs({}, View.OPEN, 120)[0])
    assert "0 Muted 3" in text(tabs({View.MUTED: 3}, View.OPEN, 120)[0])
    assert "0 Muted" in text(tabs({}, View.MUTED, 120)[0])


# The map

QUIET_DAY = (0,) * 24
LOUD_DAY = (0,) * 14 + (8, 4, 1) + (0,) * 7
NIGHT = (0,) * 23 + (1,)
MAP = NoiseMap(
    begin=date(2026, 10, 26),
    end=date(2026, 11, 23),
    zones={"cafe": (NIGHT, *[QUIET_DAY] * 6), "l3-silent": (LOUD_DAY, LOUD_DAY, *[QUIET_DAY] * 5)},
    unplaced=(*[QUIET_DAY] * 6, LOUD_DAY),
)


def mapped(cells: int = 100, day: int | None = None) -> list[str]:
    """The map as it is read."""
    return [text(each).rstrip() for each in map_lines(MAP, PLACED, cells, day)]


def test_the_map_has_the_loudest_zone_on_top_and_a_number_in_every_cell() -> None:
    """A block beside each number: nothing rests on colour."""
    made = mapped()
    assert [each.strip().split("  ")[0] for each in made[1:4]] == ["Level 3 silent study", "place unknown", "Café"]
    assert "16█  8▄  2▁" in made[1]
    assert made[1].endswith("26")
    assert made[-1] == " 40 texts about noise; the highest block is 16 texts in an hour."


def test_the_map_of_one_weekday() -> None:
    """Mondays only: the texts of Tuesday are not in it."""
    made = mapped(day=0)
    assert made[1].endswith("13")
    assert not any("place unknown" in each for each in made)
    assert "Mondays" in text(map_head(MAP, 0)[0])
    assert "26 Oct to 22 Nov, every day of the week" in text(map_head(MAP, None)[0])


def test_the_map_says_that_small_numbers_are_shown() -> None:
    """To staff; what is published leaves them out."""
    assert "Small numbers are shown" in text(map_head(MAP, None)[1])


@pytest.mark.parametrize("cells", [78, 80, 100, 160])
def test_the_map_fits_and_its_columns_are_straight(cells: int) -> None:
    """A zone's name has a line of its own where there is no room beside the hours."""
    made = [text(each) for each in map_lines(MAP, PLACED, cells)]
    assert max(width(each) for each in made) <= cells
    rows = [each for each in made if "·" in each]
    assert len({width(each) for each in [made[0], *rows]}) == 1


def test_an_empty_map_says_so() -> None:
    """With no zones, and with no texts."""
    empty = replace(MAP, zones={}, unplaced=())
    assert "No text told of noise then." in " ".join(text(each) for each in map_lines(empty, PLACED, 80))


def test_the_age_grows_in_words() -> None:
    """Minutes, then hours."""
    assert "2 h" in line(replace(INCIDENT, began=Instant(NOON - 2 * HOUR)))
