"""A year's material made by hand: the report of :mod:`tests.made_reports` with peers, lines, files of people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helpdesk.clock import MINUTE, plus
from helpdesk.config import LineSettings
from helpdesk.events import Seq
from helpdesk.message import Channel
from helpdesk.reports.benchmark.comparison import compared
from helpdesk.reports.benchmark.ours import ours
from helpdesk.reports.benchmark.peers import Peer, starter
from helpdesk.reports.contents import Report
from helpdesk.reports.evidence.drafts import Draft, drafts
from helpdesk.reports.evidence.elements import catalogue
from helpdesk.reports.evidence.kept import kept_from_text
from helpdesk.reports.evidence.material import Material
from helpdesk.store.verbs.figures import Printed, PublishedFigure
from tests.made_reports import autumn
from tests.report_house import at

LINES = {
    "noise": LineSettings(
        channel=Channel.SMS,
        title="Noiseline",
        policy="sealed",
        kind="noise",
        address="+447700900123",
        calendar="staffed",
    ),
    "help": LineSettings(
        channel=Channel.MAIL,
        title="Enquiries",
        address="help@library.example",
        greeting="Thank you. A member of staff answers within three working days.",
    ),
}

KEPT = """\
format = 1

[[elements]]
year = "2025-26"
element = "5.1.1"
grade = "partially compliant"
by = "assessor"
on = 2026-05-12
notes = "Add a standard for the phone."

[[elements]]
year = "2026-27"
element = "5.1.1"
grade = "compliant"
said = "The phone is answered from one rota since October."
documents = ["Rota of October", "Minutes <of> 12 May"]

[[elements]]
year = "2026-27"
element = "3.4.1"
grade = "compliance plus"
"""

PRINTED = Printed(
    figure=PublishedFigure(
        standard="chat-claimed", promised="80", month="2026-09", met=301, missed=61, pending=0, seq=Seq(9_000)
    ),
    noted_as=Seq(9_001),
    by="mfox",
    noted=at("2026-10-02", "10:00"),
)


def colleagues(report: Report, many: int = 3) -> list[Peer]:
    """Libraries with our promises and other numbers, as they export them."""
    found = []
    for number, peer in ((n, each) for n in range(1, many + 1) for each in ours(report)):
        judged = (peer.judged or 0) * number
        met = (peer.met or 0) * number - 3 * number
        name = f"Library {number}"
        found.append(
            replace(peer, institution=name, judged=judged, met=met, figure=met * 10_000 // judged, source="its export")
        )
    return found


def material(report: Report | None = None, **changes: Any) -> Material:
    """The rich material; ``changes`` replace fields of it."""
    made = autumn() if report is None else report
    full = Material(
        report=made,
        year="2026-27",
        catalogue=catalogue(),
        history=made.standards,
        in_force=made.standards,
        calendars=made.calendars,
        lines=LINES,
        contact="Ask at any desk, or write to help@library.example",
        comparisons=compared(made, [*starter(), *colleagues(made)]),
        printed=(PRINTED,),
        destroyed=tuple(plus(made.now, -n * MINUTE) for n in range(31)),
        kept=kept_from_text(KEPT, "evidence.toml"),
    )
    return replace(full, **changes)


def draft(number: str, given: Material | None = None) -> Draft:
    """The draft of one element."""
    (found,) = (each for each in drafts(material() if given is None else given) if each.element.number == number)
    return found
