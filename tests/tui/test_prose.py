"""A thread as lines: who, when, how, what became of it; quotes folded; history between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import MINUTE, Instant
from helpdesk.events import PATRON, SYSTEM, Fact, Kind, Seq
from helpdesk.message import Address, Channel, Delivery, EntryId, TicketId
from helpdesk.thread import Entry, EntryKind, File, Moment, Thread
from helpdesk.ticket import Flag, State
from tests.tui.rows import ANA, BEN, EYE, NOON, TICKET
from tests.tui.test_plain import HOSTILE
from tests.tui.test_render import text
from tui.composing import composing_lines
from tui.drafts import Draft
from tui.files import files_of
from tui.history import sentence
from tui.line.shapes import entry_shape
from tui.line.spoken import entry_said
from tui.plain import width
from tui.prose import Unfolded, head_lines, thread_lines, warnings
from tui.words import Tone

NAMES = {"ana": "Ana Pereira", "ben": "Ben Adeyemi"}


def name(staff: str) -> str:
    """A member's full name."""
    return NAMES.get(staff, staff)


def entry(kind: EntryKind = EntryKind.IN, **changes: object) -> Entry:
    """An entry of the patron's, unless changed."""
    made = Entry(id=EntryId("E1"), kind=kind, author="Mina Okafor", text="Can I renew?", written=NOON)
    return replace(made, **changes)  # type: ignore[arg-type]


def moment(kind: Kind, actor: str = PATRON, remark: str = "", **data: Fact) -> Moment:
    """One fact."""
    return Moment(seq=Seq(1), kind=kind, when=NOON, actor=actor, data=dict(data), remark=remark)


def thread(*entries: Entry, **changes: object) -> Thread:
    """A ticket's thread."""
    made = Thread(ticket=TICKET, entries=entries, history=(), clocks=())
    return replace(made, **changes)  # type: ignore[arg-type]


def shown(made: Thread, cells: int = 80, unfolded: Unfolded = Unfolded()) -> list[str]:  # noqa: B008 - frozen
    """The thread's lines without their tones."""
    return [text(line) for line in thread_lines(made, EYE, name, cells, unfolded)]


def test_an_entry_says_who_when_and_how() -> None:
    """Then its text, indented."""
    assert shown(thread(entry())) == [" Mina Okafor  12:00 by mail", "   Can I renew?"]


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (Delivery.WAITING, "waiting to be sent"),
        (Delivery.SENT, "sent"),
        (Delivery.DELIVERED, "delivered"),
        (Delivery.FAILED, "could not be delivered"),
    ],
)
def test_a_reply_says_how_far_it_has_come(delivery: Delivery, words: str) -> None:
    """In words."""
    made = shown(thread(entry(EntryKind.OUT, author="Ana Pereira", delivery=delivery)))
    assert made[0].split(" · ")[1] == words
    assert made[0].startswith(" you") or made[0].startswith(" Ana Pereira")


def test_a_reply_that_failed_says_why() -> None:
    """The reason stands below it."""
    lost = entry(EntryKind.OUT, author="Ben Adeyemi", delivery=Delivery.FAILED, trouble="The number is out of use.")
    assert shown(thread(lost))[-1].strip() == "Not delivered: The number is out of use."


def test_a_note_is_marked_on_every_line() -> None:
    """Nobody takes it for a reply."""
    note = entry(EntryKind.NOTE, author="Ben Adeyemi", text="one\ntwo")
    assert shown(thread(note)) == [" Ben Adeyemi, note for colleagues  12:00", " │ one", " │ two"]


def test_quoted_text_is_folded_and_unfolds() -> None:
    """It is never dropped."""
    mail = entry(text="Yes please.\n\nOn Monday you wrote:\n> Which books?\n> And until when?", quote_from=13)
    assert shown(thread(mail))[1:] == ["   Yes please.", "   … 3 quoted lines"]
    assert shown(thread(mail), unfolded=Unfolded(key="F9"))[-1] == "   … 3 quoted lines (F9 unfolds)"
    assert "   > And until when?" in shown(thread(mail), unfolded=Unfolded(quotes=True))


def test_files_are_listed_by_name_and_size() -> None:
    """What they are, too."""
    file = File(name="list of books.pdf", media_type="application/pdf", size=34_000, digest="d")
    assert shown(thread(entry(files=(file,))))[-1] == "   ▪ file 1: list of books.pdf  34 kB, application/pdf"


def test_files_are_numbered_through_the_ticket_aloud_too() -> None:
    """By these numbers they are opened; one that came twice has one number."""
    one, two = (File(name=f"{each}.txt", media_type="text/plain", size=9, digest=each) for each in "ab")
    made = thread(entry(files=(one,)), entry(files=(two, one)))
    assert [line.split(":")[0] for line in shown(made) if "▪" in line] == [f"   ▪ file {each}" for each in (1, 2, 1)]
    assert [files_of(made)[each - 1] for each in (1, 2)] == [one, two]
    said = entry_said(made.entries[1], made, EYE, name, quotes=False)
    assert said[-2:] == ["File 2: b.txt, 9 B.", "File 1: a.txt, 9 B."]
    told = entry_shape(made.entries[1], made, EYE)["files"]
    assert isinstance(told, list)
    assert [each["number"] for each in told] == [2, 1]


@pytest.mark.parametrize("cells", [40, 80, 160])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_entries_stay_within_the_screen(hostile: str, cells: int) -> None:
    """Name, text, file and trouble of any kind."""
    file = File(name=hostile * 5, media_type=hostile, size=1, digest="d")
    bad = entry(EntryKind.OUT, author=hostile * 4, text=hostile * 30, trouble=hostile, files=(file,))
    made = thread(bad, ticket=replace(TICKET, name=hostile * 5, subject=hostile * 5))
    lines = [*shown(made, cells), *(text(line) for line in head_lines(made, EYE, hostile, name, cells))]
    assert all("\x1b" not in line and "\n" not in line for line in lines)
    assert all(width(line) <= cells for line in shown(made, cells)[:1])


@given(st.text(max_size=300), st.integers(20, 160))
def test_the_text_of_an_entry_is_never_wider_than_the_screen(words: str, cells: int) -> None:
    """Wrapped, by cells."""
    assert all(width(line) <= cells for line in shown(thread(entry(text=words)), cells)[1:])


def test_history_comes_between_the_entries_and_says_why() -> None:
    """The rule that placed the message, who took it, who changed it."""
    told = (
        moment(Kind.OPENED),
        moment(Kind.RECEIVED, rule="new_contact"),
        moment(Kind.REPLIED, "ana"),
        moment(Kind.CLAIMED, "ben", until=NOON + 10 * MINUTE),
    )
    lines = shown(thread(entry(), history=told), unfolded=Unfolded(history=True))
    assert " · 12:00  the patron wrote: opened as a new contact" in lines
    assert " · 12:00  Ben Adeyemi took it until 12:10" in lines
    assert not [line for line in lines if "replied" in line]
    assert shown(thread(entry(), history=told)) == shown(thread(entry()))


def test_a_remark_stands_behind_its_fact() -> None:
    """Until it is erased."""
    told = moment(Kind.ASSIGNED, "ana", remark="She knows the atlas.", to="ben")
    assert sentence(told, name, NOON, EYE.zone) == "Ana Pereira gave it to Ben Adeyemi. She knows the atlas."


@pytest.mark.parametrize("kind", list(Kind))
def test_every_fact_has_words(kind: Kind) -> None:
    """Also one that came later than these words: never an error."""
    made = sentence(moment(kind, SYSTEM, code="30005", rule="r", until=NOON, to="ben"), name, NOON, EYE.zone)
    assert made
    assert "{" not in made


def test_the_head_says_what_it_is_about_and_where_it_stands() -> None:
    """Two lines: number, subject, clock; patron, line, state, owner."""
    first, second = head_lines(thread(entry()), EYE, "Help", name, 80)
    assert text(first).startswith(" 1  Renewal")
    assert text(first).endswith("due in 15 min")
    assert text(second) == " Mina Okafor  mail to Help · open"


def test_a_text_is_called_by_all_of_its_first_message() -> None:
    """Where the subject is but its beginning; it does not change with what comes later."""
    texted = replace(TICKET, channel=Channel.SMS, subject="Loud on level 3,")
    made = thread(entry(text="Loud on level 3, by the windows"), entry(text="Thank you!"), ticket=texted)
    assert "Loud on level 3, by the windows" in text(head_lines(made, EYE, "Noiseline", name, 80)[0])


def test_without_a_subject_the_first_words_are_the_title() -> None:
    """They stay the title when the patron says thank you."""
    texted = thread(entry(text="Loud on level 3"), entry(text="Thank you!"), ticket=replace(TICKET, subject=""))
    assert text(head_lines(texted, EYE, "Noiseline", name, 80)[0]).startswith(" 1  Loud on level 3")


def test_a_colleagues_claim_and_strangers_are_warned_of() -> None:
    """Before one answers."""
    held = replace(TICKET, owner=BEN, held_until=Instant(NOON + 8 * MINUTE), flags=frozenset({Flag.UNDELIVERABLE}))
    eve = Address(channel=Channel.MAIL, value="eve@example.org", name="Eve")
    lines = [
        text(line).strip() for line in warnings(thread(ticket=held, unverified=(eve,), linked=(0, 7)), EYE, name, 120)
    ]
    assert lines == [
        "Ben Adeyemi holds this ticket, 8 min more.",
        "Eve <eve@example.org> wrote here without being on the ticket. Your reply will ask whom to include.",
        "A reply could not be delivered; see below why.",
        "Follows on from 0.",
        "Goes on in 7.",
    ]


def test_whoever_else_gets_the_reply_is_named() -> None:
    """A copy in the dark would be a surprise."""
    mina = Address(channel=Channel.MAIL, value="mina@example.org", name="Mina")
    eve = Address(channel=Channel.MAIL, value="eve@example.org")
    made = replace(thread(ticket=replace(TICKET, channel=Channel.MAIL)), participants=(mina, eve))
    [line] = warnings(made, EYE, name, 120)
    assert text(line).strip() == "Your reply goes to Mina <mina@example.org>, eve@example.org."
    assert warnings(replace(made, participants=(mina,)), EYE, name, 120) == []


def test_what_was_forgotten_is_not_looked_for() -> None:
    """First who wrote, later what was written."""
    made = thread(anonymous=NOON)
    assert [text(line).strip() for line in warnings(made, EYE, name, 120)] == [
        "Who wrote this is forgotten (12:00): it can't be answered."
    ]
    assert [text(line).strip() for line in warnings(replace(made, forgotten=NOON), EYE, name, 120)] == [
        "What was written here is forgotten (12:00). Times stay."
    ]


def test_ones_own_ticket_needs_no_warning() -> None:
    """Nothing is in the way."""
    assert warnings(thread(ticket=replace(TICKET, owner=ANA)), EYE, name, 80) == []


@pytest.mark.parametrize("cells", [60, 80, 160])
def test_the_composing_line_fits(cells: int) -> None:
    """To whom, by what, and what becomes of it."""
    texted = replace(TICKET, channel=Channel.SMS, name="Quiet Heron " * 4)
    lines = [
        text(line) for line in composing_lines(Draft(kind="reply", text="’" * 90), thread(ticket=texted), cells, False)
    ]
    assert all(width(line) <= cells for line in lines)
    assert lines[0].startswith(" Reply to Quiet")
    assert "the ’ makes it 67 a text" in lines[-1]


def test_the_composing_line_says_that_it_is_sending() -> None:
    """So that nobody presses twice."""
    made = composing_lines(Draft(kind="reply", text="x"), thread(), 80, True)
    assert made[0][-1] == ("sending …", Tone.SOON)


@pytest.mark.parametrize("channel", [Channel.MAIL, Channel.SMS])
def test_where_nothing_waits_the_composing_line_says_so_before(channel: Channel) -> None:
    """A library that lets replies go at once says of each that it can't be taken back; else only chat does."""
    made = thread(ticket=replace(TICKET, channel=channel))
    draft = Draft(kind="reply", text="Yes.")
    at_once = " ".join(text(line) for line in composing_lines(draft, made, 160, False, waits=False))
    assert at_once.endswith("goes at once and stays")
    assert "goes at once" not in " ".join(text(line) for line in composing_lines(draft, made, 160, False))


def test_ticket_ids_are_not_shown() -> None:
    """Staff know numbers."""
    assert TicketId("T1") not in " ".join(shown(thread(entry())))


def test_an_answer_that_waits_says_why() -> None:
    """And when it is tried again; what failed for good is told apart."""
    why = "The carrier does not answer. Tried again at 12:05."
    waits = entry(EntryKind.OUT, author="ana", delivery=Delivery.WAITING, trouble=why)
    lines = shown(thread(waits))
    assert lines[-1].strip() == f"waiting to be sent · {why}"
    assert sum("waiting to be sent" in line for line in lines) == 1


def test_a_late_ticket_says_what_was_due_when() -> None:
    """The standard and the time."""
    told = moment(Kind.BREACH_NOTICED, SYSTEM, standard="mail-answered")
    assert sentence(told, name, NOON, EYE.zone, Instant(NOON - 60 * MINUTE)) == "late: mail-answered was due at 11:00"


def test_whose_ticket_it_is_for_how_long() -> None:
    """Held for a while, or theirs for good; nobody is not named; a snooze says until when."""
    until = Instant(NOON + 9 * MINUTE)
    for changes, words in (
        ({"owner": ANA, "held_until": until}, " · held for you, 9 min more"),
        ({"owner": BEN, "held_until": until}, " · held by Ben Adeyemi, 9 min more"),
        ({"owner": BEN}, " · with Ben Adeyemi"),
        ({"state": State.SNOOZED, "snoozed_until": until}, " · snoozed till 12:09"),
    ):
        made = thread(ticket=replace(TICKET, **changes))
        assert text(head_lines(made, EYE, "Help", name, 80)[1]).endswith(words)
    chat = thread(ticket=replace(TICKET, channel=Channel.CHAT))
    assert "chat ·" in text(head_lines(chat, EYE, "Chat", name, 80)[1])
