"""The library of the year: three sites, its lines, hours and promises, and what its patrons and staff do.

Everything here is a plan drawn from a seed: who comes when and by what, when staff answer, and what goes wrong. The
plan is played on the real store, door and desk by :mod:`tests.year.played`, and counted by :mod:`tests.year.naive`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND, Instant, instant
from helpdesk.config import LineSettings
from helpdesk.message import Channel, LineId

LONDON = ZoneInfo("Europe/London")
FIRST, END = date(2026, 8, 1), date(2027, 8, 1)
MADE = instant(datetime(2027, 8, 3, 9, 0, tzinfo=LONDON).astimezone(UTC))
"""When the report is made: what came in on the last days is still pending then."""

STRIKE = (date(2027, 5, 3), date(2027, 5, 15))
"""The days, half open, in which the promise of the noise line is suspended."""

CALENDARS = """
[calendars.staffed]
zone = "Europe/London"
bank_holidays = "england-and-wales"

[calendars.staffed.week]
mon-thu = ["09:00-13:00", "14:00-19:00"]
fri = "09:00-17:00"
sat = "22:00-26:00"

[[calendars.staffed.periods]]
name = "Autumn term"
from = 2026-09-28
to = 2026-12-11
week = { mon-fri = "08:00-22:00", sat = "22:00-26:00", sun = "12:00-18:00" }

[[calendars.staffed.periods]]
name = "Spring term"
from = 2027-01-11
to = 2027-03-27
week = { mon-fri = "08:00-22:00", sat = "22:00-26:00", sun = "12:00-18:00" }

[[calendars.staffed.periods]]
name = "Exams"
from = 2027-05-10
to = 2027-06-11
week = { daily = "00:00-24:00" }

[[calendars.staffed.closures]]
from = 2026-12-24
to = 2027-01-03
reason = "Winter closure"

[[calendars.staffed.days]]
date = 2026-11-14
hours = "10:00-14:00"
reason = "Open day"
"""

STANDARDS = """
[standards.noise-texts]
title = "We respond to Noiseline texts within 15 minutes, while we are staffed."
measure = "first_response"
limit = "15 working min"
calendar = "staffed"
share = 90
covers = { channels = ["sms"], kinds = ["noise"] }
attended_answers = true
from = 2026-01-01

[standards.mail-answered]
title = "A member of staff answers your e-mail within three working days."
measure = "first_response"
limit = "3 working days"
calendar = "staffed"
share = 95
covers = { channels = ["mail"] }
from = 2026-01-01

[standards.mail-law-day]
title = "The law library answers your e-mail within 24 hours."
measure = "first_response"
limit = "24 h"
share = 80
covers = { channels = ["mail"], sites = ["law"] }
from = 2026-01-01

[standards.chat-claimed]
title = "We answer live chats within one minute."
measure = "claimed"
limit = "60 s"
share = 90
covers = { channels = ["chat"] }
from = 2026-01-01
"""

LINES = {
    LineId(f"noise-{site}"): LineSettings(
        channel=Channel.SMS, title=f"Noiseline {site}", kind="noise", site=site, address=f"+4477009000{n:02}"
    )
    for n, site in enumerate(("main", "law", "medical"))
} | {
    LineId("mail-main"): LineSettings(channel=Channel.MAIL, title="Help", site="main", address="help@main.example"),
    LineId("mail-law"): LineSettings(channel=Channel.MAIL, title="Law", site="law", address="help@law.example"),
    LineId("chat"): LineSettings(channel=Channel.CHAT, title="Web chat", site="main", address="chat"),
}


@dataclass(kw_only=True)
class Plan:
    """One contact: when it comes, and what happens to it. Times are moments, None for what never happens.

    ``bounced``    when the reply turned out undeliverable
    ``corrected``  when staff said that it was answered at ``in_truth``
    """

    number: int
    line: LineId
    comes: Instant
    automatic: bool = False
    claimed: Instant | None = None
    replied: Instant | None = None
    attended: Instant | None = None
    bounced: Instant | None = None
    left: Instant | None = None
    spam: Instant | None = None
    test: Instant | None = None
    corrected: Instant | None = None
    in_truth: Instant | None = None

    @property
    def settings(self) -> LineSettings:
        """Of the line that it came by."""
        return LINES[self.line]


@dataclass
class Chance:
    """Draws a year from a seed."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """The same seed, the same year."""
        self.random = random.Random(self.seed)

    def year(self, contacts: int) -> list[Plan]:
        """So many contacts, in the order in which they come; no two in the same second."""
        seconds = int((midnight(END) - midnight(FIRST)) // SECOND)
        moments = sorted(self.random.sample(range(seconds), contacts))
        begin = midnight(FIRST)
        return [self._plan(number, Instant(begin + at * SECOND)) for number, at in enumerate(moments)]

    def _plan(self, number: int, comes: Instant) -> Plan:
        plan = Plan(number=number, line=self.random.choice(list(LINES)), comes=comes)
        match plan.settings.channel:
            case Channel.SMS:
                self._text(plan)
            case Channel.MAIL:
                self._mail(plan)
            case _:
                self._chat(plan)
        return plan

    def _text(self, plan: Plan) -> None:
        quick = self.random.random() < 0.8
        wait = self._wait(4 * MINUTE, 3) if quick else self._wait(3 * HOUR, 4)
        if self.random.random() < 0.04:
            return
        if self.random.random() < 0.3:
            plan.attended = Instant(plan.comes + wait)
        else:
            plan.replied = Instant(plan.comes + wait)
        self._mishaps(plan)

    def _mail(self, plan: Plan) -> None:
        if self.random.random() < 0.06:
            plan.automatic = True
            return
        if self.random.random() < 0.08:
            plan.spam = Instant(plan.comes + self._wait(HOUR, 2))
            return
        if self.random.random() < 0.05:
            return
        plan.replied = Instant(plan.comes + self._wait(DAY, 3))
        if self.random.random() < 0.05:
            plan.bounced = Instant(plan.replied + 20 * MINUTE)
        self._mishaps(plan)

    def _chat(self, plan: Plan) -> None:
        wait = self._wait(25 * SECOND, 3)
        if self.random.random() < 0.15:
            plan.left = Instant(plan.comes + wait)
        elif self.random.random() < 0.95:
            plan.claimed = Instant(plan.comes + wait)
            plan.left = Instant(plan.claimed + 5 * MINUTE)

    def _mishaps(self, plan: Plan) -> None:
        last = max(each for each in (plan.replied, plan.attended, plan.bounced, plan.comes) if each is not None)
        draw = self.random.random()
        if draw < 0.03:
            plan.test = Instant(last + 2 * HOUR)
        elif draw < 0.08:
            plan.corrected = Instant(last + 3 * DAY)
            plan.in_truth = Instant(plan.comes + (last - plan.comes) // 4 // SECOND * SECOND)

    def _wait(self, middle: int, spread: int) -> int:
        """A wait in whole seconds: half are under ``middle``; few take ``spread`` squared times as long."""
        return max(1, int(middle * float(spread) ** self.random.gauss(0, 1)) // SECOND) * SECOND


def midnight(day: date) -> Instant:
    """Where a day of the library begins."""
    return instant(datetime.combine(day, time(), LONDON).astimezone(UTC))
