"""Small pure rules: snooze, what is allowed, drafts, segments, names, colours, the bell, the masthead."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from textual.color import Color
from textual.theme import Theme

from helpdesk.clock import HOUR, MINUTE, SECOND, instant, plus
from helpdesk.events import PATRON, Kind, Seq
from helpdesk.message import Channel, StaffId, TicketId
from helpdesk.sight import Member, Told
from helpdesk.ticket import Flag, State
from tests.tui.rows import ANA, BEN, EYE, LONDON, NOON, TICKET
from tests.tui.test_render import text
from tui.alerts import Bell, worth_ringing
from tui.allowed import target, why_not
from tui.drafts import Draft, Drafts, next_then
from tui.masthead import masthead, who_span
from tui.naming import staff_id
from tui.noise import mutes
from tui.plain import width
from tui.segments import segment_words
from tui.sitting import short_names
from tui.snooze import choices
from tui.themes import THEMES
from tui.words import Tone

# Snooze, and muting


def test_the_hours_that_the_library_mutes_for_are_offered_first() -> None:
    """Each span once, the way back last."""
    assert [hours for _, _, hours in mutes(NOON, LONDON, usual=4)] == [4, 1, 24, 168, 0]
    words = [words for words, _, _ in mutes(NOON, LONDON, usual=36)]
    assert words == ["for 36 hours", "for an hour", "for 4 hours", "for a day", "for a week", "no more"]


def test_the_snooze_menu_is_in_words_and_in_order() -> None:
    """Monday noon: what is past is not offered."""
    menu = choices(NOON, LONDON)
    assert [choice.words for choice in menu] == [
        "in 1 hour",
        "in 2 hours",
        "this afternoon",
        "this evening",
        "tomorrow 9:00",
        "tomorrow afternoon",
        "in 2 days, Wednesday 9:00",
        "next Monday 9:00",
        "in 2 weeks, Monday 9:00",
    ]
    assert menu[0].until == plus(NOON, HOUR)
    assert menu[4].shown == "Tue 24 Nov 09:00"
    assert menu[4].until == instant(datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_no_two_choices_are_the_same_time_and_each_says_its_day() -> None:
    """Also at 11:00 on a Sunday, when tomorrow is Monday and three hours on is the afternoon."""
    sunday = instant(datetime(2026, 11, 22, 11, tzinfo=UTC))
    menu = choices(sunday, LONDON)
    assert len({choice.until for choice in menu}) == len(menu)
    assert "Mon 7 Dec 09:00" in [choice.shown for choice in choices(NOON, LONDON)]


def test_in_the_evening_there_is_no_afternoon() -> None:
    """Every choice lies ahead."""
    evening = plus(NOON, 9 * HOUR)
    assert all(choice.until > evening for choice in choices(evening, LONDON))
    assert "this afternoon" not in [choice.words for choice in choices(evening, LONDON)]


def test_tomorrow_nine_is_nine_on_the_wall_after_a_clock_change() -> None:
    """The night of 28 March 2027 has 23 hours in London."""
    saturday = instant(datetime(2027, 3, 27, 12, tzinfo=UTC))
    nine = next(choice.until for choice in choices(saturday, LONDON) if choice.words == "tomorrow 9:00")
    assert nine == instant(datetime(2027, 3, 28, 8, tzinfo=UTC))


# What is allowed


@pytest.mark.parametrize(
    ("command", "changes", "words"),
    [
        ("reply", {"state": State.CLOSED}, "Reopen it first ({key:reopen})"),
        ("solve", {"state": State.SPAM}, "out of spam first ({key:spam})"),
        ("reply", {"state": State.MUTED}, "Take it out first ({key:reopen})"),
        ("read", {"state": State.SPAM}, "Take it out first ({key:spam})"),
        ("reply", {"channel": Channel.PHONE}, "Write a note instead ({key:note})"),
        ("reply", {"channel": Channel.CHAT, "flags": frozenset({Flag.LEFT})}, "has left this chat"),
        ("editor", {"flags": frozenset({Flag.QUARANTINED})}, "nobody to reply to"),
        ("wait", {"state": State.WAITING}, "waiting on the patron already"),
        ("solve", {"state": State.SOLVED}, "solved already"),
        ("reopen", {}, "not solved or closed"),
        ("release", {}, "Nobody has ticket 1"),
        ("mine", {"owner": ANA}, "yours already"),
        ("explain", {}, "has missed no standard"),
    ],
)
def test_a_refusal_says_what_to_do(command: str, changes: dict[str, object], words: str) -> None:
    """Before the store is asked."""
    assert words in why_not(command, target(replace(TICKET, **changes)), ANA, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["reply", "note", "assign", "mine", "claim", "wait", "snooze", "solve", "spam"])
def test_an_open_ticket_can_be_worked_on(command: str) -> None:
    """Nothing stands in the way."""
    assert why_not(command, target(TICKET), ANA, NOON) == ""


def test_what_is_muted_can_be_taken_out() -> None:
    """By the command that reopens."""
    assert why_not("reopen", target(replace(TICKET, state=State.MUTED)), ANA, NOON) == ""


def test_without_a_ticket_only_the_rest_works() -> None:
    """Moving and looking need none."""
    assert why_not("reply", None, ANA, NOON) != ""
    assert why_not("take", None, ANA, NOON) == why_not("search", None, ANA, NOON) == ""


# Drafts


def test_drafts_belong_to_their_writer_ticket_and_kind() -> None:
    """Ben does not see what Ana has half written."""
    drafts, one = Drafts(), TicketId("T1")
    drafts.keep(ANA, one, Draft(kind="reply", text="On our"))
    assert drafts.get(ANA, one, "reply").text == "On our"
    assert drafts.get(BEN, one, "reply").text == drafts.get(ANA, one, "note").text == ""
    assert drafts.count == 1
    drafts.keep(ANA, one, Draft(kind="reply", text="  "))
    assert drafts.count == 0


def test_a_compositions_key_stays_with_it() -> None:
    """So that sending it again can't send it twice; another composition has another key."""
    draft = Draft(kind="reply", text="a")
    assert replace(draft, text="b").key == draft.key != Draft(kind="reply").key


def test_what_becomes_of_the_ticket_goes_round() -> None:
    """Open, waiting, solved, open."""
    draft = Draft(kind="reply")
    seen = [(draft := next_then(draft)).then for _ in range(3)]
    assert seen == ["waiting", "solved", "open"]


# Segments


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "1 text, 0 of 160"),
        ("x" * 43, "1 text, 43 of 160"),
        ("x" * 161, "2 texts, 145 left"),
        ("We’re on our way", "1 text, 16 of 70; the ’ makes it 70 a text"),
        ("’" * 71, "2 texts, 63 left; the ’ makes it 67 a text"),
    ],
)
def test_segments_in_words(words: str, said: str) -> None:
    """How many texts, how much room, and which character is to blame."""
    assert segment_words(words)[0] == said


# People


def test_short_names_are_first_names_unless_shared() -> None:
    """Two Anas keep their full names."""
    people = [Member(id=StaffId(name), name=name) for name in ("Ana Pereira", "Ana Novak", "Ben Adeyemi")]
    assert list(short_names({each.id: each for each in people}).values()) == ["Ana Pereira", "Ana Novak", "Ben"]


def test_a_new_member_gets_a_plain_id() -> None:
    """From the name, or "member" where no letter is left."""
    assert staff_id("Ana  Pereira-Sá") == "ana.pereira.s"
    assert staff_id("李") == "member"


# The bell


def told(kind: Kind, actor: str = PATRON) -> Told:
    """Something that happened."""
    return Told(seq=Seq(1), kind=kind, ticket=TicketId("T1"), actor=actor)


def test_the_bell_rings_for_patrons_and_trouble() -> None:
    """Not for what colleagues do."""
    assert worth_ringing(told(Kind.OPENED))
    assert worth_ringing(told(Kind.BREACH_NOTICED, "system"))
    assert not worth_ringing(told(Kind.SOLVED, "ben"))


def test_the_bell_rings_once_for_a_crowd() -> None:
    """And not at all when it is off."""
    bell = Bell()
    assert bell.rings([told(Kind.OPENED)], NOON)
    assert not bell.rings([told(Kind.OPENED)], plus(NOON, SECOND))
    assert bell.rings([told(Kind.OPENED)], plus(NOON, MINUTE))
    assert not Bell(on=False).rings([told(Kind.OPENED)], NOON)


# The first line, and trouble


@pytest.mark.parametrize("cells", [60, 80, 132])
def test_what_the_clock_is_stands_on_the_screen_in_full(cells: int) -> None:
    """Beside the library where it fits, below it where it does not."""
    said = "demo: one second is one minute, always open"
    lines = masthead("Moor Street Library", said, who_span("Ana Pereira", True), EYE, "", cells)
    assert said in " ".join(text(line).strip() for line in lines)
    assert all(width(text(line)) <= cells for line in lines)
    assert text(lines[0]).endswith("Mon 12:00 ")


def test_a_broken_connection_is_said_in_the_first_line() -> None:
    """In words, and in the colour of trouble."""
    lines = masthead("Library", "", who_span("Ana", True), EYE, "no connection, trying again", 80)
    assert any(span == ("no connection, trying again", Tone.LATE) for line in lines for span in line)


# Colours


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2."""

    def light(colour: str) -> float:
        parts = [part / 255 for part in Color.parse(colour).rgb]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


OWN = [theme for theme in THEMES if not theme.ansi]
"""The themes whose colours are ours; the terminal's own are its user's choice."""


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: str(theme.name))
def test_every_word_can_be_read(theme: Theme) -> None:
    """4.5 to 1 on every ground that text stands on, 7 to 1 where high contrast is promised."""
    inks = [theme.foreground, theme.accent, theme.warning, theme.error, theme.success]
    inks += [theme.variables[name] for name in ("dim", "faint", "strong")]
    least = 7 if "contrast" in theme.name else 4.5
    pairs = itertools.product(inks, (theme.background, theme.surface, theme.panel, theme.variables["row"]))
    found = {(ink, ground): _contrast(str(ink), str(ground)) for ink, ground in pairs}
    assert {pair: round(much, 2) for pair, much in found.items() if much < least} == {}


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: str(theme.name))
def test_grounds_stay_apart_on_a_terminal_of_256_colours(theme: Theme) -> None:
    """Background, first line and selected row have a grey each, and none becomes blue."""
    from rich.color import Color as RichColor
    from rich.color import ColorSystem

    grounds = (theme.background, theme.surface, theme.variables["row"])
    numbers = [RichColor.parse(str(ground)).downgrade(ColorSystem.EIGHT_BIT).number for ground in grounds]
    assert len(set(numbers)) == 3
    assert all(number is not None and (number >= 231 or number == 15) for number in numbers)
