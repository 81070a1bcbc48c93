"""Rows, heads and tabs: straight columns at every width, words beside every colour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.message import Channel
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.tui.rows import ANA, BEN, EYE, NOON, row
from tests.tui.test_plain import HOSTILE
from tui.plain import width
from tui.render import CLOCK, LABELS, blank_line, clock, heads, layout, row_line
from tui.tabs import tabs
from tui.words import Line, Tone


def text(line: Line) -> str:
    """A line without its tones."""
    return "".join(part for part, _ in line)


def test_a_row_reads_from_left_to_right_at_80_cells() -> None:
    """Clock, channel, who, what, and who has it."""
    made = text(row_line(row(), EYE, layout(80), selected=True))
    assert made == "▌ ● due in 15 min  text  Quiet Heron      loud on level 3             new       "


def test_a_wide_row_has_owner_and_state_apart() -> None:
    """From 96 cells on nothing shares a column."""
    made = text(row_line(row(owner=BEN, state=State.WAITING, unanswered=None, due=None), EYE, layout(110)))
    assert made.split()[-2:] == ["Ben", "waiting"]


@pytest.mark.parametrize("cells", [60, 80, 96, 160, 200])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_push_no_column(hostile: str, cells: int) -> None:
    """Subject, name and preview of any kind make a line of exactly the width."""
    columns = layout(cells)
    made = row_line(row(name=hostile, subject=hostile, preview=hostile * 9), EYE, columns)
    assert width(text(made)) == cells
    start = text(made).index("due in")
    assert width(text(made)[:start]) == columns.clock_at


@given(
    st.text(max_size=40), st.text(max_size=40), st.sampled_from(Channel), st.sampled_from(State), st.integers(60, 210)
)
def test_every_row_is_as_wide_as_its_list(name: str, words: str, channel: Channel, state: State, cells: int) -> None:
    """Whatever the patron wrote."""
    made = row_line(row(name=name, preview=words, channel=channel, state=state), EYE, layout(cells))
    assert width(text(made)) == cells == width(text(heads(layout(cells)))) == width(text(blank_line(layout(cells))))


def test_a_patron_who_waits_is_marked_and_strong() -> None:
    """A dot and bold: never colour alone."""
    waiting, answered = row_line(row(), EYE, layout(80)), row_line(row(unanswered=None), EYE, layout(80))
    assert "●" in text(waiting)
    assert "●" not in text(answered)
    assert ("Quiet Heron      ", Tone.STRONG) in waiting
    assert ("Quiet Heron      ", Tone.PLAIN) in answered


def test_flags_are_words() -> None:
    """Staff see at a glance what is wrong: behind the patron's words, not before them."""
    made = row_line(row(flags=frozenset({Flag.UNDELIVERABLE, Flag.AUTOMATIC})), EYE, layout(80))
    assert (" ·failed", Tone.LATE) in made
    assert "loud on lev… ·failed ·auto  new" in text(made)


def test_a_draft_is_marked() -> None:
    """Where the one who looks has begun to write."""
    eye = replace(EYE, drafts=frozenset({row().id}))
    assert " ·draft" in text(row_line(row(), eye, layout(80)))
    assert " ·draft" not in text(row_line(row(2), eye, layout(80)))


def test_a_visitor_who_left_has_no_clock_and_is_said_to_have_left() -> None:
    """Once, in the clock's column."""
    made = text(row_line(row(channel=Channel.CHAT, due=None, flags=frozenset({Flag.LEFT})), EYE, layout(80)))
    assert made.split()[:3] == ["●", "left", "chat"]
    assert "·left" not in made


def test_the_bar_is_dim_where_nothing_is_selected() -> None:
    """No key would hit that row."""
    assert ("▌", Tone.FAINT) in row_line(row(), EYE, layout(80), selected=True, armed=False)
    assert ("▌", Tone.ACCENT) in row_line(row(), EYE, layout(80), selected=True)


def test_a_text_shows_how_it_began_and_the_latest() -> None:
    """Both where there is room, what it is about where there is little."""
    chat = row(subject="Hello, is the printer on level 2 working", preview="Great, thank you! And the scanner?")
    assert "Hello, is the print…  Great, thank yo…" in text(row_line(chat, EYE, layout(92)))
    assert "Great" not in text(row_line(chat, EYE, layout(80)))


def test_the_subject_comes_before_the_first_words() -> None:
    """The first words are dimmer, and left out where they only repeat."""
    made = row_line(row(subject="Fine", preview="My account shows a fine"), EYE, layout(110))
    assert ("Fine  ", Tone.PLAIN) in made
    assert text(row_line(row(subject="Fine", preview="Fine"), EYE, layout(110))).count("Fine") == 1


def test_the_clock_column_is_empty_once_nobody_waits() -> None:
    """Answered and without a running clock: nothing to say. Unanswered without one: "no clock"."""
    assert clock(row(due=None, unanswered=None), EYE)[0] == ""
    assert clock(row(due=None), EYE)[0] == "no clock"
    assert clock(row(due=None, state=State.SOLVED), EYE)[0] == ""
    asleep = row(state=State.SNOOZED, snoozed_until=Instant(NOON + 30 * HOUR))
    assert clock(asleep, EYE) == ("till Tue 18:00", Tone.DIM) or len(clock(asleep, EYE)[0]) <= CLOCK


def test_a_claim_that_ran_out_shows_nobody() -> None:
    """The owner's name goes with the claim."""
    held = row(owner=BEN, state=State.OPEN, held_until=Instant(NOON + MINUTE))
    over = row(owner=BEN, state=State.OPEN, held_until=NOON)
    assert text(row_line(held, EYE, layout(80))).split()[-1] == "Ben"
    assert text(row_line(over, EYE, layout(80))).split()[-1] == "open"
    assert text(row_line(row(owner=ANA, state=State.OPEN), EYE, layout(80))).split()[-1] == "you"


COUNTS = {View.MINE: 3, View.UNANSWERED: 12, View.OPEN: 40, View.SMS: 8, View.BREACHING: 5, View.SNOOZED: 2,
          View.FINISHED: 4000}  # fmt: skip


@pytest.mark.parametrize("cells", [24, 40, 72, 80, 100, 132, 200])
@pytest.mark.parametrize("active", View)
def test_tabs_show_every_view_with_its_key_and_count_at_every_width(cells: int, active: View) -> None:
    """On more lines where one is too narrow; the names are the same everywhere."""
    made = [text(line) for line in tabs(COUNTS, active, cells)]
    assert all(width(line) <= cells for line in made)
    words = " ".join(made).replace(":", " ")
    for key, view in enumerate(View, start=1):
        shown = view is not View.MUTED or active is View.MUTED
        assert (f"{key % 10} {LABELS[view]}" in words) is shown
    assert all(part in words for part in ("New 12", "Open 40", "Later 2", "Done 99"))


def test_a_quiet_desk_has_its_tabs_on_one_line_at_80_cells() -> None:
    """With all nine keys; the tenth folder is empty on most days."""
    counts = dict.fromkeys(set(View) - {View.MUTED}, 4)
    assert len(tabs(counts, View.UNANSWERED, 80)) == 1


def test_wide_tabs_have_room_and_capped_counts() -> None:
    """1 to 9, and 999+ for the view that only grows."""
    made = text(tabs(COUNTS, View.MINE, 140)[0])
    assert made.startswith(" 1 Mine 3   2 New 12")
    assert made.endswith("8 Later 2   9 Done 999+")
