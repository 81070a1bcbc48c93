"""A table of every call that a desk takes, and of every error that it can raise."""

from __future__ import annotations

from datetime import date
from typing import Any

from helpdesk.clock import Instant
from helpdesk.errors import (
    BadConfig,
    HelpdeskError,
    KeyUsed,
    LinePaused,
    NeverOpen,
    NotAllowed,
    NotFound,
    Refused,
    SignedOut,
    Stale,
    TryLater,
    Unclear,
    Undeliverable,
    Unparseable,
)
from helpdesk.events import Kind, Seq
from helpdesk.message import Address, Channel, Delivery, EntryId, LineId, PersonId, StaffId, TicketId
from helpdesk.sight import (
    Found,
    HeatMap,
    Hello,
    Kept,
    Member,
    Nearing,
    Notice,
    Presence,
    PromiseNow,
    Standing,
    Told,
)
from helpdesk.standards import Measure
from helpdesk.store.verbs.figures import PublishedFigure
from helpdesk.thread import Entry, EntryKind, File, Moment, Thread
from helpdesk.ticket import Flag, State, Ticket
from helpdesk.worklist import Anchor, Page, Row, View

ANA = StaffId("ana")
NOON = Instant(1_780_000_000_000)
MINA = Address(channel=Channel.MAIL, value="mina@example.org", name="Mína “M.” Ó")

TICKET = Ticket(
    id=TicketId("T1"),
    number=7,
    channel=Channel.MAIL,
    line=LineId("help"),
    subject="Renewal",
    name="Mína",
    person=PersonId("P1"),
    state=State.OPEN,
    owner=ANA,
    opened=NOON,
    updated=NOON,
    flags=frozenset({Flag.UNVERIFIED, Flag.TEST}),
    version=3,
    tags=("lost-card", "refund"),
    merged_into=TicketId("T2"),
)
ROW = Row(
    id=TICKET.id,
    number=7,
    channel=Channel.MAIL,
    line="help",
    name="Mína",
    subject="Renewal",
    preview="Can I renew?",
    state=State.OPEN,
    owner=None,
    held_until=None,
    opened=NOON,
    updated=NOON,
    unanswered=NOON,
    snoozed_until=None,
    due=Instant(NOON + 1),
    due_standard="reply in 3 days",
    flags=frozenset({Flag.UNDELIVERABLE}),
    version=3,
)
ANCHOR = Anchor(index=0, order=-5, id=TICKET.id)
THREAD = Thread(
    ticket=TICKET,
    entries=(
        Entry(id=EntryId("E1"), kind=EntryKind.IN, author="Mína", text="Can I renew?\r\n\u2028\x00✓", written=NOON),
        Entry(
            id=EntryId("E2"),
            kind=EntryKind.OUT,
            author="ana",
            text="Yes",
            written=NOON,
            delivery=Delivery.DELIVERED,
            files=(File(name="a.pdf", media_type="application/pdf", size=9, digest="00"),),
        ),
    ),
    history=(
        Moment(
            seq=Seq(1),
            kind=Kind.REPLIED,
            when=NOON,
            actor="ana",
            data={"entry": "1", "automatic": True, "count": 1, "nothing": None},
            remark="“by phone”",
            other=8,
        ),
    ),
    clocks=(),
    participants=(MINA,),
    linked=(3, 4),
    merged_in=(5,),
    merged_into=9,
    promised=NOON,
)
KEPT = Kept(met=9, missed=1, pending=2, suspended=3, share=9000, result="not met", amber=True)
WEEK = tuple(tuple(range(24)) for _ in range(7))
CLOCK = Nearing(
    ticket=TICKET.id,
    number=7,
    channel=Channel.SMS,
    standard="noise-texts",
    measure=Measure.FIRST_RESPONSE,
    due=NOON,
    lapses=Instant(NOON + 1),
    owner=None,
    name="Quiet Heron",
    subject="“loud”",
)
STANDING = Standing(
    now=NOON,
    today=date(2026, 5, 28),
    promises=(
        PromiseNow(
            standard="noise-texts",
            title="We come.",
            measure=Measure.ATTENDED,
            limit="15 working min",
            promised="97.5",
            today=Kept(),
            week=KEPT,
            month=KEPT,
        ),
    ),
    nearing=(CLOCK,),
    late=(CLOCK, CLOCK),
    heat=HeatMap(
        begin=date(2026, 5, 1),
        end=date(2026, 5, 29),
        calendar="staffed",
        received=WEEK,
        missed=WEEK,
        staffed=WEEK,
        possible=WEEK,
    ),
)
TOLD = Told(seq=Seq(1), kind=Kind.REPLIED, ticket=TICKET.id, actor="ana")

CALLS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "hello",
        {},
        Hello(
            library="main",
            version="0.1",
            zone="Europe/London",
            now=NOON,
            pace=60.0,
            said="a second is a minute",
            seq=Seq(9),
            lines={"help": "Enquiries"},
            undo_seconds=10,
        ),
    ),
    ("members", {}, (Member(id=ANA, name="Ana", has_pin=True), Member(id=StaffId("ben"), name="Ben", disabled=True))),
    ("sign_in", {"actor": ANA, "name": "Ana", "pin": "1234"}, Member(id=ANA, name="Ana")),
    ("set_pin", {"actor": ANA, "old": "", "new": "1234"}, Member(id=ANA, name="Ana", has_pin=True)),
    ("set_presence", {"actor": ANA, "channel": Channel.CHAT, "available": True}, None),
    ("presence", {}, (Presence(staff=ANA, channel=Channel.CHAT, available=False, seen=NOON),)),
    (
        "worklist",
        {"actor": ANA, "view": View.BREACHING, "start": 5, "count": 2, "near": ANCHOR},
        Page(view=View.BREACHING, start=5, rows=(ROW, ROW), total=99, anchors=(ANCHOR,)),
    ),
    ("counts", {"actor": ANA}, {View.MINE: 2, View.OPEN: 1000}),
    ("numbered", {"actor": ANA, "number": 7}, ROW),
    ("thread", {"actor": ANA, "ticket": TICKET.id}, THREAD),
    ("attachment", {"actor": ANA, "digest": "00"}, bytes(range(256)) * 4096),
    ("take_next", {"actor": ANA}, None),
    ("take_next", {"actor": ANA}, TICKET),
    ("claim", {"actor": ANA, "ticket": TICKET.id}, TICKET),
    ("release", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    (
        "reply",
        {
            "actor": ANA,
            "ticket": TICKET.id,
            "version": 3,
            "text": "On our way. “Ça va?” \U0001f4da",
            "then": "solved",
            "include": (MINA,),
            "exclude": (),
            "key": "k",
        },
        TICKET,
    ),
    ("note", {"actor": ANA, "ticket": TICKET.id, "text": "rang", "key": ""}, TICKET),
    ("assign", {"actor": ANA, "ticket": TICKET.id, "version": 3, "to": StaffId("ben")}, TICKET),
    ("wait", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    ("snooze", {"actor": ANA, "ticket": TICKET.id, "version": 3, "until": NOON}, TICKET),
    ("solve", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    ("reopen", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    ("spam", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    ("attended", {"actor": ANA, "ticket": TICKET.id, "version": 3, "when": NOON}, TICKET),
    ("correct", {"actor": ANA, "ticket": TICKET.id, "version": 3, "answered": NOON, "why": "“rang”"}, TICKET),
    ("explain", {"actor": ANA, "ticket": TICKET.id, "version": 3, "why": "ill"}, TICKET),
    ("promise", {"actor": ANA, "ticket": TICKET.id, "version": 3, "by": NOON}, TICKET),
    ("test", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    ("tag", {"actor": ANA, "ticket": TICKET.id, "version": 3, "tags": ("lost-card", "refund")}, TICKET),
    ("merge", {"actor": ANA, "ticket": TICKET.id, "version": 3, "into": 8}, TICKET),
    ("undo", {"actor": ANA, "ticket": TICKET.id, "version": 3}, TICKET),
    (
        "log_contact",
        {
            "actor": ANA,
            "channel": Channel.PHONE,
            "text": "“card”",
            "kind": "card",
            "site": "Main",
            "waited": None,
            "key": "k",
        },
        TICKET,
    ),
    ("search", {"actor": ANA, "words": "renew", "limit": 3}, (Found(row=ROW, excerpt="can I renew", written=NOON),)),
    ("typing", {"actor": ANA, "ticket": TICKET.id}, None),
    ("standing", {"actor": ANA}, STANDING),
    ("notices", {}, (Notice(key="store", level="error", text="The disk is full.", since=NOON),)),
]

ERRORS = [
    TryLater("Not now.", retry_after=2.5),
    TryLater("Not now."),
    Stale("Ben has ticket 7.", by="ben"),
    Refused("Waiting already."),
    NotFound("No such ticket."),
    KeyUsed("Another key."),
    NotAllowed("This is for leads."),
    SignedOut("Sign in first."),
    Undeliverable("Nobody is there.", code="30005"),
    LinePaused("The account is closed.", code="20003"),
    Unclear("Sent or not."),
    NeverOpen("No hours."),
    Unparseable("No mail."),
    BadConfig("store.path is wrong."),
    HelpdeskError("Something else."),
]


KEEPER_CALLS: list[tuple[str, dict[str, Any]]] = [
    (
        "publish",
        {"kinds": ("standard",), "actor": "lead", "restate_from": date(2026, 9, 1), "why": "the strike"},
    ),
    ("rebuild", {}),
    ("noiseline", {}),
    ("retain", {"actor": ANA, "dry_run": True}),
    ("forget", {"actor": ANA, "person": "#1042", "why": "“asked”", "dry_run": False}),
    ("export_person", {"actor": ANA, "person": "ana@example.org"}),
    (
        "suspend",
        {"actor": ANA, "standard": "", "begin": date(2026, 5, 3), "end": date(2026, 5, 15), "why": "“strike”"},
    ),
    ("unsuspend", {"actor": ANA, "suspension": Seq(7)}),
    (
        "account",
        {"actor": ANA, "standard": "mail", "month": "2026-11", "explanation": "few", "action": "more"},
    ),
    (
        "published_figures",
        {
            "actor": ANA,
            "figures": (
                PublishedFigure(
                    standard="mail", promised="97.5", month="2026-11", met=9, missed=1, pending=0, seq=Seq(8)
                ),
            ),
        },
    ),
    ("reload", {"actor": ANA}),
    ("take_history", {"actor": ANA, "batch": "import-01J00000000000000000000000.batch"}),
    ("looked", {"actor": ANA, "what": "explain", "ticket": 1042}),
]
"""Every call that a keeper takes."""
