"""What a scripted desk says of the figures of a period, and a table of every call about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from helpdesk.clock import HOUR, MINUTE, Instant, plus
from helpdesk.message import Channel, StaffId
from helpdesk.ports.reports import Figures, Missed, Period, Promised, Said, Written
from helpdesk.sight import HeatMap
from tests.scripted_desk import NOON

ANA = StaffId("ana")
_HOURS = ((0,) * 9 + (3,) + (0,) * 14,) * 7

FIGURES = Figures(
    period=Period(length="term", back=1, begin=date(2026, 9, 21), end=date(2026, 12, 12), name="autumn", over=True),
    made=NOON,
    began=date(2026, 9, 1),
    contacts=(40, 38),
    few=20,
    promises=(
        Promised(
            standard="noise-texts",
            title="We answer Noiseline texts.",
            limit="15 working min",
            promised="90",
            met=30,
            missed=4,
            share=8823,
            interval=(7300, 9540),
            result="not met",
            amber=True,
            median=4 * MINUTE,
            working=True,
            whole=(31, 4),
        ),
    ),
    footnotes=("9 to 13 November 2026: every promise suspended (strike).",),
    heat=HeatMap(
        begin=date(2026, 9, 21),
        end=date(2026, 12, 12),
        calendar="staffed",
        received=_HOURS,
        missed=_HOURS,
        staffed=((HOUR,) * 24,) * 7,
        possible=((HOUR,) * 24,) * 7,
    ),
    effort=(Said(of="", received=40, levels=(5, 4, 3, 2, 1, 0), yes=9, no=1, share=9000, interval=(5900, 9900)),),
    misses=(
        Missed(
            number=412,
            standard="noise-texts",
            channel=Channel.SMS,
            started=Instant(NOON),
            due=plus(NOON, 15 * MINUTE),
            spent=HOUR,
            explained=True,
        ),
    ),
    missed=4,
)


def reports_calls() -> list[tuple[str, dict[str, Any], Any]]:
    """Every call: its name, what is given, what comes back."""
    asked = {"actor": ANA, "length": "term", "back": 1}
    file = Written(name="figures-2026-09-21-to-2026-12-11.csv", text="group,begin\n“autumn”,\n")
    return [
        ("figures", asked, FIGURES),
        ("written", {**asked, "form": "csv", "table": "misses"}, file),
        ("written_briefly", {**asked, "length": "day", "form": "html", "table": "figures"}, file),
    ]
