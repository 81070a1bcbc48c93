"""Calling whoever looks elsewhere: what is said, by which bytes, when not; and that a real terminal gets them."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from helpdesk.clock import HOUR, MINUTE, SECOND, plus
from helpdesk.events import Kind, Seq
from helpdesk.message import Channel, TicketId
from helpdesk.quiet_spans import quiet_span
from helpdesk.sight import Told
from tests.tui.house import ANA, BEN, House
from tests.tui.rows import NOON, row
from tests.tui.seat import Seat, seat
from tests.tui.terminal import terminal
from tui.alerts import Bell, Wanted, told_of_followed
from tui.calling import Caller
from tui.likes import Likes
from tui.signals import LONGEST, called, way_of

DEMO = (sys.executable, "-m", "helpdesk.cli", "demo", "--pace", "600")


def told(kind: Kind, ticket: str = "T1", actor: str = "patron") -> Told:
    """Something that happened."""
    return Told(seq=Seq(1), kind=kind, ticket=TicketId(ticket), actor=actor)


# What is said


def test_a_call_names_the_gravest_and_how_many_more() -> None:
    """No word of a patron's, no name."""
    said = Bell().rings([told(Kind.OPENED), told(Kind.CONCERN, "T2")], NOON)
    assert said == "Somebody may be in danger, and 1 more"
    assert Bell().rings([told(Kind.RECEIVED)], NOON, frozenset({TicketId("T1")})).endswith("on a ticket of yours")


def test_who_wants_to_hear_only_of_their_own_is_called_for_those() -> None:
    """And for what is grave."""
    bell = Bell(wanted=Wanted(new=False))
    assert bell.rings([told(Kind.OPENED)], NOON) == ""
    assert bell.rings([told(Kind.RECEIVED)], NOON, frozenset({TicketId("T1")}))
    assert bell.rings([told(Kind.UNDELIVERABLE)], plus(NOON, MINUTE))


def test_do_not_disturb_lets_danger_through() -> None:
    """And nothing else."""
    bell = Bell()
    assert bell.rings([told(Kind.OPENED)], NOON, quiet=True) == ""
    assert bell.rings([told(Kind.CONCERN)], NOON, quiet=True)


def test_what_comes_too_soon_after_a_call_is_said_with_the_next() -> None:
    """A standard that was missed two seconds after somebody wrote is not lost; what is quiet is not said later."""
    bell = Bell()
    assert bell.rings([told(Kind.OPENED)], NOON)
    assert bell.rings([told(Kind.BREACH_NOTICED, "T2")], plus(NOON, 2 * SECOND)) == ""
    assert bell.rings([], plus(NOON, 4 * SECOND)) == ""
    assert bell.rings([], plus(NOON, 5 * SECOND)) == "A standard was missed"
    assert bell.rings([], plus(NOON, 11 * SECOND)) == ""
    assert bell.rings([told(Kind.OPENED)], plus(NOON, MINUTE), quiet=True) == ""
    assert bell.rings([], plus(NOON, 2 * MINUTE)) == ""


def near(number: int, minutes: int, **changes: Any) -> Any:
    """A row that is due in so many minutes."""
    return row(number, due=plus(NOON, minutes * MINUTE), **changes)


def test_a_deadline_is_called_once_and_by_number_and_channel() -> None:
    """Of one's own tickets, and of those that nobody has; never of a colleague's."""
    rows = [near(412, 2, owner=ANA, channel=Channel.SMS), near(413, 3, owner=None), near(414, 1, owner=BEN)]
    bell = Bell()
    assert bell.soon(rows, ANA, NOON, NOON) == "Ticket 412, your text, is due in 2 min, and 1 other"
    assert bell.soon(rows, ANA, plus(NOON, MINUTE), plus(NOON, MINUTE)) == ""
    assert bell.soon([*rows, near(415, 9, owner=ANA)], ANA, plus(NOON, 2 * MINUTE), NOON).startswith("Ticket 415")
    assert Bell(wanted=Wanted(soon=False)).soon(rows, ANA, NOON, NOON) == ""


def test_a_late_ticket_is_not_called_as_close() -> None:
    """That it was missed is said when it is noticed."""
    assert Bell().soon([near(1, -1, owner=ANA)], ANA, NOON, NOON) == ""


def test_two_calls_are_apart() -> None:
    """Also a deadline after a patron; it is said the next time that is looked."""
    bell = Bell()
    assert bell.rings([told(Kind.OPENED)], NOON)
    assert bell.soon([near(1, 2, owner=ANA)], ANA, plus(NOON, SECOND), NOON) == ""
    assert bell.soon([near(1, 2, owner=ANA)], ANA, plus(NOON, MINUTE), NOON)


# By which bytes


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, "osc99"),
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc9"),
        ({"WT_SESSION": "0b"}, "osc9"),
        ({"ConEmuANSI": "ON"}, "osc9"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "osc777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "old"}, "none"),
        ({"TERM": "linux"}, "none"),
        ({}, "none"),
    ],
)
def test_a_terminal_gets_the_notice_that_it_understands(environ: dict[str, str], way: str) -> None:
    """By what it says of itself; what says nothing is sent none."""
    assert way_of(environ) == way


def test_the_bytes_of_each_way() -> None:
    """As their terminals document them."""
    assert called("Due", "osc9", {}) == "\x1b]9;Due\x1b\\"
    assert called("Due", "osc777", {}) == "\x1b]777;notify;helpdesk;Due\x1b\\"
    assert called("Due", "osc99", {}) == (
        "\x1b]99;i=helpdesk:d=0;helpdesk\x1b\\" + "\x1b]99;i=helpdesk:p=body;Due\x1b\\"
    )
    assert called("Due", "none", {"TERM": "xterm-kitty"}) == ""


def test_inside_tmux_and_screen_they_are_wrapped() -> None:
    """tmux: every escape twice; screen: its own envelope, with no end of string inside."""
    assert called("Due", "osc9", {"TMUX": "/t,1,0"}) == "\x1bPtmux;\x1b\x1b]9;Due\x1b\x1b\\\x1b\\"
    assert called("Due", "osc9", {"STY": "1.x"}) == "\x1bP\x1b]9;Due\a\x1b\\"


@pytest.mark.parametrize("words", ["a\x1b]0;x\x07b", "a\nb\x9cb", "a\u202eb", "a;b;c", "x" * 500])
@pytest.mark.parametrize("way", ["osc9", "osc777", "osc99"])
def test_no_control_character_gets_into_a_notice(words: str, way: str) -> None:
    """Nothing that ends the notice early, begins another one, or turns the text round; and never too much."""
    inside = called(words, way, {}).split(";")[-1].removesuffix("\x1b\\")
    assert inside.isprintable()
    assert len(inside) <= LONGEST


# When


class Spy:
    """Keeps what would go to the terminal."""

    def __init__(self, desk: Seat, likes: Likes, library: House) -> None:
        self.sent: list[str] = []
        desk.app.caller = Caller(desk.app, likes, library.clock)
        desk.app.caller.signal = self.sent.append  # type: ignore[method-assign,assignment]


async def test_nobody_is_called_who_looks(library: House) -> None:
    """Once the terminal says that it is looked at; when it is not, it gets the bell and the notice."""
    async with seat(library) as desk:
        spy = Spy(desk, Likes(notices="osc9"), library)
        desk.app.caller.looked()
        await library.texts("loud on level 3")
        await desk.sees("loud on level 3")
        assert spy.sent == []
        desk.app.app_focus = False
        library.clock.passes(minutes=1)
        await library.texts("so loud", who="+447700900102")
        await desk.until(lambda: spy.sent)
        assert spy.sent == ["\a\x1b]9;Somebody wrote\x1b\\"]


async def test_quiet_spans_are_kept_and_can_be_ended(library: House) -> None:
    """Noon lies in one; :quiet calls again until it is over, and the first line says so."""
    likes = Likes(bell=False, quiet=(quiet_span("11:30-13:30"), quiet_span("18:00-08:00")))
    async with seat(library, size=(132, 30), likes=likes) as desk:
        await desk.sees("quiet till 13:30")
        sitting = desk.app.sitting
        assert sitting is not None
        assert desk.app.caller.quiet(sitting)
        await desk.press("colon", *"quiet", "enter")
        await desk.told("You are called again.")
        assert sitting.quiet_till is None
        library.clock.passes(hours=7)
        assert sitting.quiet_till == plus(NOON, 20 * HOUR)


async def test_do_not_disturb_is_a_command(library: House) -> None:
    """Until a time, an hour by itself; it stands in the first line."""
    async with seat(library, size=(132, 30)) as desk:
        await desk.press("colon", *"quiet 14:00", "enter")
        await desk.told("Nobody is called here until 14:00, but for danger.")
        await desk.sees("quiet till 14:00")
        assert desk.app.sitting is not None
        assert desk.app.caller.quiet(desk.app.sitting)
        await desk.press("colon", *"quiet", "enter")
        await desk.told("You are called again.")
        assert not desk.app.caller.quiet(desk.app.sitting)


async def test_a_real_terminal_is_called_while_it_is_not_looked_at() -> None:
    """It says that it lost the focus; then the notice comes through the desk's own stream, whole."""
    async with terminal(DEMO, env={"TERM_PROGRAM": "iTerm.app"}) as screen:
        await screen.sees("? keys")
        screen.press("\x1b[O")
        await screen.until(lambda: b"\x1b]9;" in screen.written, "no notice came")
        await screen.until(lambda: b"\x1b\\" in screen.written.partition(b"\x1b]9;")[2], "it has no end")
        notice = bytes(screen.written.partition(b"\x1b]9;")[2].partition(b"\x1b\\")[0]).decode()
        assert notice.isprintable()
        assert notice.startswith(("Somebody", "A ", "Ticket ", "Nobody"))


def test_who_follows_a_ticket_is_called_for_what_others_do_there() -> None:
    """A colleague's answer as well as the patron's words; one's own deeds and other tickets never ring."""
    deeds = [told(Kind.SOLVED, actor="ben"), told(Kind.SOLVED, "T2", actor="ben")]
    theirs = [Told(seq=Seq(at), kind=each.kind, ticket=each.ticket, actor=each.actor) for at, each in enumerate(deeds)]
    followed = told_of_followed(theirs, frozenset({TicketId("T1")}), ANA)
    assert Bell().rings(theirs, NOON, followed=followed) == "A ticket that you follow: a colleague solved it"
    assert Bell().rings(theirs, NOON) == ""
    assert told_of_followed(theirs, frozenset({TicketId("T1")}), BEN) == frozenset()
