"""Rows, heads and tabs: straight columns at every width, words beside every colour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from helpdesk.clock import DAY, HOUR, MINUTE, Instant
from helpdesk.message import Channel
from helpdesk.ports.views import SavedView
from helpdesk.ticket import Flag, State
from helpdesk.worklist import View
from tests.hostile import HOSTILE as SAMPLES
from tests.hostile import Hostile, harmless
from tests.tui.rows import ANA, BEN, EYE, NOON, row
from tui.columns import CLOCK, COLUMNS, layout
from tui.line.spoken import row_said
from tui.plain import width
from tui.render import LABELS, blank_line, clock, heads, row_line
from tui.tabs import tabs
from tui.words import Line, Tone, age


def text(line: Line) -> str:
    """A line without its tones."""
    return "".join(part for part, _ in line)


def test_a_row_reads_from_left_to_right_at_80_cells() -> None:
    """Clock, channel, who, what, and who has it."""
    made = text(row_line(row(), EYE, layout(80), selected=True))
    assert made == "▌  ● due in 15 min  text  Quiet Heron      loud on level 3            new       "


def test_a_wide_row_has_owner_and_state_apart() -> None:
    """Nothing shares a column; with less room the owner's says the state where nobody has it, or it waits."""
    waits = row(owner=BEN, state=State.WAITING, unanswered=None, due=None)
    assert text(row_line(waits, EYE, layout(110))).split()[-3:] == ["Ben", "waiting", "now"]
    assert text(row_line(waits, EYE, layout(80))).split()[-1] == "waiting"


@pytest.mark.parametrize("cells", [60, 80, 100, 130, 200])
@pytest.mark.parametrize("hostile", SAMPLES, ids=[each.what for each in SAMPLES])
def test_hostile_words_push_no_column(hostile: Hostile, cells: int) -> None:
    """Subject, name, words, place, kind and a colleague's name of any kind: each column where its head says."""
    made, columns = hostile_row(hostile.text, cells), layout(cells)
    harmless(made, cells=cells)
    assert width(made) == wcswidth(made) == cells
    for name, words in (("clock", "due in 15 min"), ("via", "text"), ("state", "waiting"), ("age", "now")):
        if columns[name]:
            at = width(made[: made.index(words)]) if made.count(words) == 1 else columns.at(name)
            assert at == columns.at(name), name
            assert _from_cell(made, at).startswith(words)


def hostile_row(said: str, cells: int) -> str:
    """A row in which somebody else says all that can be said."""
    eye = replace(EYE, names={ANA: "Ana", BEN: said}, places={"z": said}, writers={row().id: BEN})
    rude = row(name=said, subject=said[::-1], preview=said * 2, zone="z", kind=said, owner=BEN, state=State.WAITING)
    return text(row_line(rude, eye, layout(cells)))


def _from_cell(made: str, cell: int) -> str:
    """What stands in a line from a cell on."""
    for at in range(len(made) + 1):
        if width(made[:at]) >= cell:
            return made[at:]
    return ""


NASTY = st.lists(
    st.one_of(
        st.sampled_from([each.rest[:300] for each in SAMPLES]),
        st.text(max_size=30),
        st.text("\u200d\u202e\u0301\x1b\x9b\ufe0f\U0001f468\U0001f1ec\u05d0\u4e2d", max_size=30),
    ),
    max_size=4,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(NASTY, st.integers(40, 210))
def test_whatever_is_written_columns_stay_straight(said: str, cells: int) -> None:
    """In the list; and what line mode reads of the same row is one harmless line."""
    made, columns = hostile_row(said, cells), layout(cells)
    harmless(made)
    assert width(made) == cells
    assert _from_cell(made, columns.at("clock")).startswith("due in 15 min")
    assert made.endswith("now  " if columns["age"] else " ")
    heard = row_said(row(name=said, subject=said, preview=said, zone="z", kind=said), replace(EYE, places={"z": said}))
    assert "\n" not in harmless(heard)


@given(NASTY, NASTY, st.sampled_from([40, 80, 132]))
def test_whatever_a_view_is_called_its_tab_stays_on_its_line(name: str, tag: str, cells: int) -> None:
    """Its name and its query; the tags of a row that is read out, too."""
    view = SavedView(name=name[:24] or "x", query="channel:sms", count=3)
    lines = [text(line) for line in tabs(COUNTS, view, cells, None, (view,))]
    for line in lines:
        harmless(line)
        assert width(line) <= cells
    assert "\n" not in harmless(row_said(row(tags=(tag,)), EYE))


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
    assert ("Quiet Heron    ", Tone.STRONG) in waiting
    assert ("Quiet Heron    ", Tone.PLAIN) in answered


def test_columns_go_by_their_rank_as_the_list_narrows() -> None:
    """What is hidden is the end of one list, whatever the width; the words keep room beside what is optional."""
    ranked = [each.name for each in sorted(COLUMNS, key=lambda each: each.rank)]
    for cells in range(30, 260):
        columns = layout(cells)
        assert {each.name for each in columns.shown} == set(ranked[: len(columns.shown)])
        if columns["state"]:
            assert columns["about"] >= 20
    assert [len(layout(cells).shown) for cells in (40, 79, 92, 119, 130)] == [3, 5, 7, 8, 9]


def test_a_wide_row_has_every_column_under_its_head() -> None:
    """Place, kind, owner, state and age where the heads say so."""
    columns = layout(130)
    long_ago = row(zone="l3", kind="complaint", owner=BEN, state=State.WAITING, opened=Instant(NOON - 50 * HOUR))
    made, head = text(row_line(long_ago, replace(EYE, places={"l3": "Level 3"}), columns)), text(heads(columns))
    for title, words in {
        "PLACE": "Level 3",
        "KIND": "complaint",
        "WITH": "Ben",
        "STATE": "waiting",
        "AGE": "2d",
    }.items():
        assert made[head.index(title) :].startswith(words)
    assert made.count("Level 3") == 1


def test_what_changed_has_a_sign_in_a_column_of_its_own() -> None:
    """Never by colour alone, and nothing else moves."""
    plain, marked = (
        text(row_line(row(), EYE, layout(80))),
        text(row_line(row(), replace(EYE, changed=frozenset({row().id})), layout(80))),
    )
    assert marked == f"{plain[:2]}*{plain[3:]}"


def test_a_chat_says_how_much_is_new() -> None:
    """In the words of the strip of one's own chats."""
    eye = replace(EYE, fresh={row().id: 2})
    assert "·2 new" in text(row_line(row(channel=Channel.CHAT), eye, layout(80)))
    assert "new  " not in text(row_line(row(2, state=State.OPEN, owner=ANA), eye, layout(80)))


@pytest.mark.parametrize(
    ("millis", "words"),
    [(-5, "now"), (59_999, "now"), (MINUTE, "1m"), (59 * MINUTE, "59m"), (HOUR, "1h"), (47 * HOUR, "47h"),
     (48 * HOUR, "2d"), (99 * DAY, "99d"), (100 * DAY, "14w"), (727 * DAY, "103w"), (731 * DAY, "2y")],
)  # fmt: skip
def test_an_age_is_told_in_four_cells(millis: int, words: str) -> None:
    """In its largest whole unit."""
    assert age(millis) == words
    assert len(words) <= 4


def test_flags_are_words() -> None:
    """Staff see at a glance what is wrong: behind the patron's words, not before them."""
    made = row_line(row(flags=frozenset({Flag.UNDELIVERABLE, Flag.AUTOMATIC})), EYE, layout(80))
    assert (" ·failed", Tone.LATE) in made
    assert "loud on le… ·failed ·auto  new" in text(made)


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


def test_the_bar_is_broken_where_nothing_is_selected() -> None:
    """No key would hit that row; it is told by the sign, not by its colour."""
    assert ("┆", Tone.FAINT) in row_line(row(), EYE, layout(80), selected=True, armed=False)
    assert ("▌", Tone.ACCENT) in row_line(row(), EYE, layout(80), selected=True)


WHEN = st.one_of(st.none(), st.integers(-2, 30).map(lambda hours: Instant(NOON + hours * HOUR // 2)))
LIVES = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State),
        "owner": st.sampled_from([None, ANA, BEN]),
        "held_until": st.sampled_from([None, Instant(NOON - 1), Instant(NOON + HOUR)]),
        "due": WHEN,
        "unanswered": st.sampled_from([None, NOON]),
        "snoozed_until": st.just(Instant(NOON + HOUR)),
        "flags": st.sets(st.sampled_from(Flag)).map(frozenset),
        "concern": st.sampled_from(["", "fire", "medical"]),
        "zone": st.sampled_from(["", "l3"]),
        "channel": st.sampled_from(Channel),
        "preview": st.sampled_from(["loud here", "the scanner jams on every second page of my thesis"]),
    }
)
MARK = st.booleans().map(lambda yes: frozenset({row().id} if yes else ()))
MARKED = st.fixed_dictionaries({"drafts": MARK, "chosen": MARK, "changed": MARK})


@settings(max_examples=300, deadline=None)
@given(LIVES, LIVES, MARKED, MARKED, st.sampled_from([80, 100, 130]), st.booleans(), st.booleans())
def test_rows_that_read_alike_are_coloured_alike(
    one: dict[str, Any],
    other: dict[str, Any],
    eyes: dict[str, Any],
    others: dict[str, Any],
    cells: int,
    armed: bool,
    selected: bool,
) -> None:
    """Nothing is told by colour alone: where two rows differ in a tone they differ in a word or a sign."""
    made = row_line(row(**one), replace(EYE, **eyes), layout(cells), selected=True, armed=armed)
    else_ = row_line(row(**other), replace(EYE, **others), layout(cells), selected=selected)
    if text(made) == text(else_):
        assert _toned(made) == _toned(else_)
    assert _toned(made) == _toned(row_line(row(**one), replace(EYE, **eyes), layout(cells), selected=True, armed=armed))


def _toned(line: Line) -> list[tuple[str, Tone]]:
    """Each sign with its tone; a blank has none."""
    return [(char, tone) for part, tone in line for char in part if char != " "]


TELLS = {Tone.LATE: "late", Tone.SOON: "left", Tone.PLAIN: "due in", Tone.DIM: "no clock"}


@pytest.mark.parametrize("hours", [-2, 0, 1])
def test_each_tone_of_a_clock_has_a_word_of_its_own(hours: int) -> None:
    """How grave it is stands there in words."""
    words, tone = clock(row(due=Instant(NOON + hours * HOUR + MINUTE)), EYE)
    assert TELLS[tone] in words
    assert not any(said in words for each, said in TELLS.items() if each is not tone)


def test_a_text_shows_how_it_began_and_the_latest() -> None:
    """Both where there is room, what it is about where there is little."""
    chat = row(subject="Hello, is the printer on level 2 working", preview="Great, thank you! And the scanner?")
    assert "Hello, is the prin…  Great, thank" in text(row_line(chat, EYE, layout(105)))
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
