"""The year's figures by another road: plain datetimes, a walk from day to day, fractions. Slow, and easy to believe.

Nothing of the project's arithmetic is used: not its calendars, clocks, roll-ups or statistics. Bank holidays are those
that gov.uk lists for England and Wales.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from helpdesk.message import Channel
from tests.year.library import LONDON, MADE, STRIKE, Plan

BANK_HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2026-08-31 2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30"
    ).split()
}

Stretch = tuple[datetime, datetime]
NOW = datetime.fromtimestamp(MADE / 1000, UTC)


def hours_of(day: date) -> list[tuple[float, float]]:
    """The day's spans in hours of its wall clock, as the library's page says them."""
    if day == date(2026, 11, 14):
        return [(10, 14)]
    if date(2026, 12, 24) <= day <= date(2027, 1, 3) or day in BANK_HOLIDAYS:
        return []
    if date(2027, 5, 10) <= day <= date(2027, 6, 11):
        return [(0, 24)]
    weekday = day.weekday()
    term = date(2026, 9, 28) <= day <= date(2026, 12, 11) or date(2027, 1, 11) <= day <= date(2027, 3, 27)
    if weekday == 5:
        return [(22, 26)]
    if weekday == 6:
        return [(12, 18)] if term else []
    if term:
        return [(8, 22)]
    return [(9, 17)] if weekday == 4 else [(9, 13), (14, 19)]


def wall(day: date, hour: float) -> datetime:
    """A wall hour of a day as a moment; 26 is two o'clock of the day after."""
    later = day + timedelta(days=int(hour // 24))
    return datetime(later.year, later.month, later.day, int(hour % 24), tzinfo=LONDON).astimezone(UTC)


SPANS: list[tuple[date, Stretch]] = [
    (day, (wall(day, opens), wall(day, closes)))
    for day in (date(2026, 7, 25) + timedelta(days=n) for n in range(400))
    for opens, closes in hours_of(day)
]


def open_seconds(begin: datetime, end: datetime) -> int:
    """Seconds of opening hours between two moments."""
    total = 0.0
    for _, (opens, closes) in SPANS:
        total += max(0.0, (min(end, closes) - max(begin, opens)).total_seconds())
    return round(total)


def third_working_day(begin: datetime) -> datetime:
    """The last closing of the third open day after that of ``begin``; Sunday at one belongs to Saturday's night."""
    running = [day for day, (opens, closes) in SPANS if opens <= begin < closes]
    came = running[0] if running else begin.astimezone(LONDON).date()
    later = sorted({day for day, _ in SPANS if day > came})
    return max(closes for day, (_, closes) in SPANS if day == later[2])


@dataclass
class Sums:
    """What one standard came to in one month."""

    counts: Counter[str] = field(default_factory=Counter)
    recorded: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    corrected: int = 0
    answered: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Judged:
    """One contact under one standard: how it ended, and how long it took, or has taken without an answer."""

    outcome: str
    seconds: int
    answered: bool


def moment_of(millis: int | None) -> datetime | None:
    """A plan's time as a datetime."""
    return None if millis is None else datetime.fromtimestamp(millis / 1000, UTC)


def judge(plan: Plan, standard: str, *, corrected: bool) -> Judged:
    """How a contact stands at the time of the report, with or without the late correction."""
    begin = moment_of(plan.comes)
    assert begin is not None
    answers = [] if plan.bounced is not None else [plan.replied]
    answers += [plan.attended] if standard == "noise-texts" else []
    answers += [plan.claimed] if standard == "chat-claimed" else []
    answers += [plan.in_truth] if corrected else []
    answer = min((found for each in answers if (found := moment_of(each)) and found <= NOW), default=None)
    left = moment_of(plan.left)
    end = answer or (left if left and left <= NOW else NOW)
    working = standard in {"noise-texts", "mail-answered"}
    seconds = open_seconds(begin, end) if working else round((end - begin).total_seconds())
    if standard == "mail-answered":
        late = end > third_working_day(begin)
    else:
        late = seconds > {"noise-texts": 900, "mail-law-day": 86_400, "chat-claimed": 60}[standard]
    if late:
        return Judged("missed", seconds, answer is not None)
    if answer is not None:
        return Judged("met", seconds, True)
    return Judged("left early" if left else "pending", seconds, False)


def standards_of(plan: Plan) -> list[str]:
    """The promises that a contact stands under."""
    if plan.settings.channel is Channel.SMS:
        return ["noise-texts"]
    if plan.settings.channel is Channel.CHAT:
        return ["chat-claimed"]
    return ["mail-answered", *(["mail-law-day"] if plan.settings.site == "law" else [])]


def fold(plans: list[Plan]) -> dict[tuple[str, str], Sums]:
    """Every standard's month."""
    found: dict[tuple[str, str], Sums] = {}
    for plan in plans:
        day = moment_of(plan.comes).astimezone(LONDON).date()  # type: ignore[union-attr]
        for standard in standards_of(plan):
            _count(found.setdefault((standard, f"{day:%Y-%m}"), Sums()), plan, standard, day)
    return found


def _count(sums: Sums, plan: Plan, standard: str, day: date) -> None:
    apart = plan.automatic or any(each is not None and each <= MADE for each in (plan.spam, plan.test))
    if standard == "noise-texts" and STRIKE[0] <= day < STRIKE[1]:
        sums.counts["suspended"] += 1
        sums.whole[judge(plan, standard, corrected=_corrected(plan)).outcome if not apart else "left out"] += 1
        return
    if apart:
        sums.counts["left out"] += 1
        return
    now = judge(plan, standard, corrected=_corrected(plan))
    sums.counts[now.outcome] += 1
    sums.whole[now.outcome] += 1
    sums.recorded[judge(plan, standard, corrected=False).outcome] += 1
    sums.corrected += _corrected(plan)
    (sums.answered if now.answered else sums.waiting).append(now.seconds)


def _corrected(plan: Plan) -> bool:
    return plan.corrected is not None and plan.corrected <= MADE


def kaplan_meier(answered: list[int], waiting: list[int], percent: int) -> int | None:
    """The time within which ``percent`` of contacts are answered, those that still wait taken into account."""
    unanswered = Fraction(1)
    for seconds in sorted(set(answered)):
        at_risk = sum(each >= seconds for each in (*answered, *waiting))
        unanswered *= 1 - Fraction(answered.count(seconds), at_risk)
        if 1 - unanswered >= Fraction(percent, 100):
            return seconds
    return None
