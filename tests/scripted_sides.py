"""A house that says what a test wrote down, and a table of every call that each of its sides takes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from helpdesk.api.routes import Offered
from helpdesk.api.table import OF_THE_DESK, TABLE
from helpdesk.clock import Instant
from helpdesk.drafts import KeptDraft, Tried, Written
from helpdesk.events import Event, Kind, Seq
from helpdesk.hours.ahead import Moment, ToCome
from helpdesk.macros import Macro
from helpdesk.message import Address, Channel, IncidentId, LineId, OutboxId, StaffId, TicketId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.permissions import Role
from helpdesk.ports import Desk, EventPage, Issued, Look, PublishedText, TicketPage, Token
from helpdesk.ports.company import Near
from helpdesk.ports.hooks import Hook, HookSecret, HookState, HookTry
from helpdesk.ports.probes import Probe, ProbeState
from helpdesk.ports.sending import Held, TakenBack
from helpdesk.ports.views import Ahead, Listing, SavedView
from helpdesk.sight import Member, OnDuty, OwnChat, Told
from helpdesk.standards import Closing
from helpdesk.ticket import State
from helpdesk.worklist import Anchor
from tests.scripted_desk import ANA, CALLS, KEEPER_CALLS, NOON, ROW, TICKET
from tests.scripted_noise import noise_calls
from tests.scripted_reports import reports_calls
from tests.scripted_sorting import sorting_calls
from tests.scripted_ties import ties_calls

MIA = Member(id=StaffId("mia"), name="Mía", role=Role.LEAD)
TOKEN = Token(id="abcd01234567", staff=MIA.id, name="laptop", created=NOON, expires=Instant(NOON + 1), used=None)
LOOK = Look(seq=3, noted=NOON, actor="mia", token=TOKEN.id, act="desk.thread", ticket=TicketId("T1"), n=2)
TEXT = PublishedText(name="mail", published=NOON, digest="ab" * 32, text="limit = '3 days'", in_force=True)
BETWEEN = {"begin": NOON, "end": Instant(NOON + 5), "of": MIA.id, "ticket": 7, "after": 2, "count": 9}

ROSTER_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("everyone", {"actor": ANA}, (MIA,)),
    ("add", {"actor": ANA, "member": StaffId("a/b c%"), "name": "Mía", "role": Role.REPORTER}, MIA),
    ("set_role", {"actor": ANA, "member": StaffId("mía.jones"), "role": Role.ADMIN}, MIA),
    ("disable", {"actor": ANA, "member": MIA.id}, MIA),
    ("enable", {"actor": ANA, "member": MIA.id}, MIA),
    ("drop_pin", {"actor": ANA, "member": MIA.id}, MIA),
    ("issue", {"actor": ANA, "member": MIA.id, "name": "laptop", "days": 30}, Issued(token=TOKEN, text="hd_secret")),
    ("tokens", {"actor": ANA, "member": MIA.id}, (TOKEN, TOKEN)),
    ("revoke", {"actor": ANA, "token": TOKEN.id}, TOKEN),
    ("trail", {"actor": ANA, **BETWEEN}, (LOOK,)),
    ("deeds", {"actor": ANA, **BETWEEN, "begin": None, "of": None, "ticket": None}, ()),
]
"""Every call that a roster takes: its name, what is given, what comes back."""

RECORDS_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "tickets",
        {
            "actor": ANA,
            "cursor": "c",
            "limit": 2,
            "state": State.OPEN,
            "channel": Channel.SMS,
            "line": "help",
            "site": "Main & North",
            "updated_since": NOON,
        },
        TicketPage(tickets=(TICKET, TICKET), next="d"),
    ),
    (
        "events",
        {"actor": ANA, "after": Seq(0), "limit": 3},
        EventPage(
            events=(
                Event(
                    seq=Seq(1), kind=Kind.OPENED, ticket=TICKET.id, when=NOON, noted=NOON, actor="patron", data={"n": 1}
                ),
            ),
            next=Seq(1),
        ),
    ),
    ("standards", {"actor": ANA}, (TEXT,)),
    ("calendars", {"actor": ANA}, ()),
    (
        "report",
        {"actor": ANA, "begin": date(2026, 9, 1), "end": None, "by": "term", "as_of": None},
        {"format": 2, "groups": [{"share_hundredths": None}]},
    ),
]
"""The same of what other systems read."""


HOOK = Hook(
    name="desk",
    url="https://hooks.example/in",
    events=("ticket.opened",),
    state=HookState.STOPPED,
    created=NOON,
    waiting=3,
    failing=NOON,
    trouble="its certificate is not trusted.",
)
TRIED = HookTry(message="msg_1", event="hook.test", made=NOON, tried=NOON, taken=True, status=204, took=12, tries=1)

HOOK_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("overview", {"actor": ANA}, (HOOK,)),
    (
        "add",
        {"actor": ANA, "name": "desk", "url": HOOK.url, "events": HOOK.events, "secret": ""},
        HookSecret(hook=HOOK, secret="whsec_x"),
    ),
    ("test", {"actor": ANA, "name": "desk"}, TRIED),
    ("log", {"actor": ANA, "name": "desk", "count": 2}, (TRIED, TRIED)),
    ("enable", {"actor": ANA, "name": "desk", "skip": True}, HOOK),
    ("disable", {"actor": ANA, "name": "desk"}, HOOK),
    ("rotate", {"actor": ANA, "name": "desk", "secret": "", "hours": 3}, HookSecret(hook=HOOK, secret="whsec_x")),
    ("remove", {"actor": ANA, "name": "desk"}, None),
]
"""The same of outgoing webhooks."""

PROBE = Probe(
    id="01JD0000000000000000000000",
    line=LineId("mail"),
    channel=Channel.MAIL,
    state=ProbeState.PASSED,
    begun=NOON,
    until=NOON,
    sent=NOON,
    came=NOON,
    said="It came back.",
)

PROBE_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("latest", {"actor": ANA}, (PROBE,)),
    ("begin", {"actor": ANA, "lines": ("mail",), "texts": False}, (PROBE,)),
]
"""The same of probes."""

CLOSING = Closing(
    seq=Seq(9),
    channel="chat",
    begins=Instant(1),
    ends=Instant(2),
    planned=Instant(2),
    reason="Fire alarm.",
    by="ana",
    noted=Instant(1),
)

DUTY_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "now",
        {"actor": ANA},
        (OnDuty(staff=ANA, name="Ana", channels=(Channel.CHAT,), chats=1, most=3, seen=NOON),),
    ),
    ("chats", {"actor": ANA}, (OwnChat(ticket=TICKET.id, number=7, name="Mina", fresh=2, writing=True, left=True),)),
    ("take_at_once", {"actor": ANA, "chats": 4}, 4),
]
"""The same of who is on."""

CHATTING_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("in_a_moment", {"actor": ANA, "ticket": TICKET.id}, (TICKET.id,)),
    (
        "go_by_mail",
        {"actor": ANA, "ticket": TICKET.id, "version": 3, "address": "mina@example.org", "transcript": True},
        TICKET,
    ),
]
"""The same of chats."""

TO_COME = ToCome(
    lines=("", "help"),
    moments=(Moment("when we open next", NOON), Moment("next term", None, "No term begins.")),
    spans=((NOON, Instant(NOON + 5)),),
    known=Instant(NOON + 9),
)

OPENING_CALLS: list[tuple[str, dict[str, Any], Any]] = [("ahead", {"actor": ANA}, (TO_COME,))]
"""The same of what lies ahead."""

CLOSING_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("current", {"actor": ANA}, (CLOSING,)),
    ("close", {"actor": ANA, "what": "chat", "until": Instant(2), "why": "Fire alarm."}, CLOSING),
    ("open", {"actor": ANA, "closing": Seq(9), "undo": True}, CLOSING),
]
"""The same of closing by hand."""

WRITTEN = Written(
    text="We are ab",
    then="waiting",
    include=(Address(channel=Channel.MAIL, value="eve@example.org", name="Eve"),),
    outcome=NoiseOutcome.QUIET,
    key="k1",
    tried=Tried(when=NOON, version=3, entries=2),
)

COMPANY_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "at",
        {"actor": ANA, "ticket": TICKET.id, "doing": "writes"},
        (Near(staff=MIA.id, ticket=TICKET.id, doing="reads"),),
    ),
]
"""The same of who is where."""

DRAFT_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("mine", {"actor": ANA}, (KeptDraft(on=TICKET.id, kind="reply", number=7, kept=NOON, written=WRITTEN),)),
    ("keep", {"actor": ANA, "on": TICKET.id, "kind": "reply", "written": WRITTEN}, True),
    ("drop", {"actor": ANA, "on": TICKET.id, "kind": "note"}, None),
]
"""The same of drafts."""

SAVED = SavedView(name="Printers / floor 2", query="tag:printer", digit="7", shared=True, count=3, whole=False)

NEAR = Anchor(index=2, order=1_795_435_200_000, id=ROW.id)

VIEWS_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("saved", {"actor": ANA}, (SAVED, SAVED)),
    (
        "rows",
        {"actor": ANA, "query": 'tag:printer "Mína"', "start": 2, "count": 3, "near": NEAR},
        Listing(start=2, rows=(ROW, ROW), total=9, whole=False, anchors=(NEAR, NEAR)),
    ),
    ("ahead", {"actor": ANA, "query": "", "ticket": TICKET.id, "back": True}, Ahead(row=ROW, steps=-4)),
    ("known", {"actor": ANA}, {"tag": ("printer", "refund"), "kind": (), "site": ("Main & North",)}),
    ("keep", {"actor": ANA, "name": "Mine / ours", "query": "a:b c", "digit": "0", "was": ""}, SAVED),
    ("drop", {"actor": ANA, "name": "Mine / ours"}, None),
    ("share", {"actor": ANA, "name": SAVED.name, "query": SAVED.query, "digit": "", "was": "Old"}, SAVED),
    ("withdraw", {"actor": ANA, "name": SAVED.name}, None),
]
"""The same of queries and saved views."""

_SAID: dict[str, Any] = {"export_person": b"PK", "looked": None}
KEEPER_TABLE = [(name, given, _SAID.get(name, ("done",))) for name, given in KEEPER_CALLS]

_MACRO = {"text": "Dear {first_name},", "becomes": "solved", "tags": ("hours",), "opener": True}
MACRO_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    ("known", {"actor": ANA}, (Macro(name="Opening times", text="We open at nine.", shared=True),)),
    ("save", {"actor": ANA, "name": "Opening/times %", **_MACRO}, Macro(name="Opening times", text="x")),
    ("drop", {"actor": ANA, "name": "Öffnung"}, None),
    ("share", {"actor": ANA, "name": "Printer", **_MACRO}, Macro(name="Printer", text="x", shared=True)),
    ("unshare", {"actor": ANA, "name": "Printer"}, None),
]
"""The same of macros."""

SENDING_CALLS: list[tuple[str, dict[str, Any], Any]] = [
    (
        "held",
        {"actor": ANA},
        (Held(act=OutboxId("O1"), actor=ANA, ticket=TICKET.id, number=7, incident=None, goes=Instant(NOON), texts=1),),
    ),
    (
        "take_back",
        {"actor": ANA, "act": OutboxId("O1")},
        TakenBack(
            act=OutboxId("O1"), ticket=TICKET.id, number=7, incident=IncidentId("I1"), text="Soon.", then="solved"
        ),
    ),
]
"""The same of replies that wait."""

TABLES: dict[str, list[tuple[str, dict[str, Any], Any]]] = {
    "desk": CALLS,
    "noise": noise_calls(TICKET),
    "sending": SENDING_CALLS,
    "closings": CLOSING_CALLS,
    "openings": OPENING_CALLS,
    "macros": MACRO_CALLS,
    "company": COMPANY_CALLS,
    "duty": DUTY_CALLS,
    "chatting": CHATTING_CALLS,
    "drafts": DRAFT_CALLS,
    "views": VIEWS_CALLS,
    "sorting": sorting_calls(TICKET),
    "ties": ties_calls(TICKET),
    "reports": reports_calls(),
    "records": RECORDS_CALLS,
    "roster": ROSTER_CALLS,
    "keeper": KEEPER_TABLE,
    "hooks": HOOK_CALLS,
    "probes": PROBE_CALLS,
}
"""Every call of every protocol, by the protocol's name in the table of routes."""


class ScriptedSide:
    """Satisfies a protocol by saying what the test wrote down; remembers how it was asked."""

    def __init__(self, protocol: type) -> None:
        self._protocol = protocol
        self.says: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        signature = inspect.signature(getattr(self._protocol, name))

        async def answer(**given: Any) -> Any:
            signature.bind(None, **given)
            self.asked.append((name, given))
            if isinstance(self.says[name], BaseException):
                raise self.says[name]
            return self.says[name]

        return answer


class Scripted(ScriptedSide):
    """A desk that does so, with all other sides of its house; things happen there when the test tells them."""

    def __init__(self) -> None:
        super().__init__(Desk)
        self.says["hello"] = CALLS[0][2]
        self.log: list[Told] = []
        self.more = asyncio.Event()
        self.watchers = 0
        self.sides = {"desk": self} | {
            name: ScriptedSide(protocol) for name, (protocol, _) in TABLE.items() if name != "desk"
        }
        for name in OF_THE_DESK:
            setattr(self, name, self.sides[name])

    @property
    def offered(self) -> Offered:
        """All that its house offers to whoever asks."""
        sides: dict[str, Any] = {name: side for name, side in self.sides.items() if name not in OF_THE_DESK}
        return Offered(**sides)

    def tell(self, *told: Told) -> None:
        """Something happens."""
        self.log += told
        self.more.set()

    async def changes(self, after: Seq) -> AsyncIterator[Told]:
        """The log, as it grows."""
        self.watchers += 1
        try:
            while True:
                self.more.clear()
                for told in [told for told in self.log if told.seq > after]:
                    yield told
                    after = told.seq
                await self.more.wait()
        finally:
            self.watchers -= 1


def happens(seq: int) -> Told:
    """Something that happened, at a place in the log."""
    return Told(seq=Seq(seq), kind=Kind.NOTED, ticket=TICKET.id, actor="ana")
