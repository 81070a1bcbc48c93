"""A report made by hand, every field filled: what text, export, pages and evidence are tried on.

``autumn()`` is the autumn of a library that was on strike for a week and swamped with chats in October: one promise
kept, two narrowly missed, one with too few contacts to tell. ``autumn("hour")`` is the same by another key.
``empty()`` has no contact; ``spoilt()`` is made from a log that was changed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from helpdesk.clock import HOUR, MINUTE, Instant
from helpdesk.events import Seq
from helpdesk.hours.calendars import digest_of
from helpdesk.message import Channel
from helpdesk.reports.contents import Dip, Group, Heat, Log, Miss, Report, Restated, Run, RunPoint, Suspension
from helpdesk.reports.effort import Effort, Efforts
from helpdesk.reports.period import By, Days
from helpdesk.reports.statistics import Signal
from helpdesk.reports.volumes import Volume
from helpdesk.standards import Bar, Version
from helpdesk.store.verbs.reporting import LogEnd
from tests.made_figures import (
    BEGIN,
    END,
    HOURS,
    LONDON,
    PUBLISHED,
    STANDARDS,
    WEEKDAYS,
    figure,
    groups,
    staffed,
    totals,
    version_of,
)
from tests.made_noise import NOISE
from tests.report_house import at

LIBRARY = "Moor Street Library"
NOW = at("2026-12-01", "09:00")


# What stands beside the figures

_REASONS = (
    "Two were ill; the rota had nobody else for the desk.",
    "",
    "=1+1 patrons at once: the printers were down and the queue reached the door.",
    "",
    "Walked up to level 3 at once, but the visit was never entered.",
)


def _miss(place: int) -> Miss:
    started = Instant(at("2026-11-27", "15:10") - place * 7 * HOUR)
    late = (16 + place * 3) * MINUTE
    silent = place % 6 == 5
    standard = ("noise-texts", "chat-claimed", "mail-answered")[place % 3]
    return Miss(
        number=2904 - 13 * place,
        standard=standard,
        promised=("90", "80", "95")[place % 3],
        channel=(Channel.SMS, Channel.CHAT, Channel.MAIL)[place % 3],
        site=("main", "annexe", "")[place % 3],
        started=started,
        due=Instant(started + 15 * MINUTE),
        answered=None if silent else Instant(started + late),
        spent=None if place == 11 else late,
        reason=_REASONS[place % len(_REASONS)],
        suspended=place == 8,
        corrected=place == 4,
    )


def misses(most: int = 20) -> tuple[Miss, ...]:
    """The latest misses, the latest first."""
    return tuple(_miss(place) for place in range(most))


def _heat() -> Heat:
    staffed = [[HOUR * 13 if hour in _open(day) else 0 for hour in range(24)] for day in range(7)]
    staffed[5][13] = HOUR * 6  # the lunch gap of Saturdays came with term
    received = [[HOURS[hour] * WEEKDAYS[day] // 4 for hour in range(24)] for day in range(7)]
    missed = [[0] * 24 for _ in range(7)]
    for day, hour in product(range(7), range(24)):
        missed[day][hour] = received[day][hour] // (9 if 11 <= hour <= 15 else 30)
    possible = [[HOUR * 13] * 24 for _ in range(7)]
    possible[6][1] = HOUR * 14  # summer time ended on a Sunday: its hour from one to two came twice
    frozen = [tuple(map(tuple, rows)) for rows in (received, missed, staffed, possible)]
    return Heat(calendar="staffed", received=frozen[0], missed=frozen[1], staffed=frozen[2], possible=frozen[3])


def heat_of(cells: Mapping[tuple[int, int], tuple[int, int]], *, staffed: set[tuple[int, int]]) -> Heat:
    """A week's demand of a few cells: (weekday from 0, hour) to (received, missed); staffed the whole hour, or not."""
    grid = [[(day, hour) for hour in range(24)] for day in range(7)]
    return Heat(
        calendar="staffed",
        received=tuple(tuple(cells.get(cell, (0, 0))[0] for cell in row) for row in grid),
        missed=tuple(tuple(cells.get(cell, (0, 0))[1] for cell in row) for row in grid),
        staffed=tuple(tuple(HOUR * (cell in staffed) for cell in row) for row in grid),
        possible=((HOUR,) * 24,) * 7,
    )


def _open(day: int) -> range:
    return (*[range(9, 19)] * 4, range(9, 17), range(10, 17), range(0))[day]


def _run(
    name: str, shares: Sequence[int], judged: int, signals: Mapping[int, str], limits: tuple[int, int, int]
) -> Run:
    points = tuple(
        RunPoint(
            key=f"{2025 + (8 + place) // 12}-{(8 + place) % 12 + 1:02}",
            share=share,
            judged=judged + 17 * (place % 5),
            signal=signals.get(place, ""),
        )
        for place, share in enumerate(shares)
    )
    lower, centre, upper = limits
    return Run(
        standard=name,
        promised=f"{STANDARDS[name].share:g}",
        points=points,
        centre=centre,
        lower=lower,
        upper=upper,
    )


_CHAT_MONTHS = (8410, 8390, 8280, 8530, 8300, 8450, 8370, 8490, 8320, 8400, 8360, 8440, 8314, 7428, 8143)
_NOISE_MONTHS = (8810, 8790, 8830, 8700, 8650, 8930, 9010, 9060, 9100, 9150, 9080, 9120, 9206, 8860, 8742)


def _runs() -> tuple[Run, ...]:
    return (
        _run("chat-claimed", _CHAT_MONTHS, 340, {13: Signal.BELOW}, (7861, 8303, 8745)),
        _run("noise-texts", _NOISE_MONTHS, 60, dict.fromkeys(range(5, 13), Signal.RUN_ABOVE), (8624, 8919, 9214)),
        Run(
            standard="mail-answered",
            promised="95",
            points=(
                RunPoint(key="2026-09", share=9786, judged=421),
                RunPoint(key="2026-10", share=9628, judged=834),
                RunPoint(key="2026-11", share=9747, judged=672),
            ),
            centre=None,
            lower=None,
            upper=None,
        ),
    )


DIPS = (
    Dip(
        standard="chat-claimed",
        promised="80",
        month="2026-10",
        share=7428,
        explanation="In the first weeks of term twice as many students chatted as in any October before.",
        action="From 2 November a second member of staff joins the chat from 11:00 to 16:00.",
        by="mfox",
        noted=at("2026-11-05", "11:40"),
    ),
    Dip(standard="noise-texts", promised="90", month="2026-10", share=8860),
    Dip(standard="noise-texts", promised="90", month="2026-11", share=8742),
)

SUSPENSIONS = (
    Suspension(
        seq=40_110,
        standard="noise-texts",
        days=Days(date(2026, 11, 9), date(2026, 11, 14)),
        reason="Strike of security staff, 9-13 November: nobody could walk to the floors.",
        by="mfox",
        noted=at("2026-11-06", "16:20"),
    ),
    Suspension(
        seq=40_900,
        standard="",
        days=Days(date(2026, 11, 21), date(2026, 11, 22)),
        reason="Power cut on the campus.",
        by="mfox",
        noted=at("2026-11-23", "09:05"),
    ),
)

RESTATED = (
    Restated(
        standard="noise-texts",
        promised="90",
        month="2026-10",
        published=at("2026-11-03", "10:00"),
        before=(165, 28),
        after=(171, 22),
        why={"corrected": 6},
    ),
)

LOG = Log(end=LogEnd(Seq(41_873), digest_of("the log of this autumn")), whole=True, checked=41_873)

_TEXTS = Effort(received=446, levels=(61, 40, 12, 3, 1, 0), yes=90, no=21)
_MAILS = Effort(received=1952, levels=(110, 152, 97, 41, 12, 2), yes=301, no=122)

EFFORT = Efforts(
    total=_TEXTS.with_all(_MAILS),
    channels=((Channel.SMS, _TEXTS), (Channel.MAIL, _MAILS)),
    sites=(("", _TEXTS), ("annexe", Effort(received=13)), ("main", _MAILS)),
)
"""What staff said of texts and mails."""

VOLUMES = (
    Volume(channel=Channel.SMS, received=446, answered=433, set_apart={Bar.SPAM: 3, Bar.TEST: 2, Bar.MERGED: 1}),
    Volume(
        channel=Channel.MAIL,
        received=1952,
        answered=1918,
        set_apart={Bar.AUTOMATIC: 114, Bar.SPAM: 211, Bar.MERGED: 8},
    ),
    Volume(channel=Channel.CHAT, received=2293, answered=2072, set_apart={Bar.SPAM: 2, Bar.TEST: 4}),
    Volume(channel=Channel.DESK, received=1180, answered=1180),
    Volume(channel=Channel.PHONE, received=312, answered=301),
)


# The reports


def autumn(by: By = "month", **changes: Any) -> Report:
    """The rich report; ``changes`` replace fields of it."""
    figures = tuple(figure(name, whole) for name, whole in totals().items())
    full = Report(
        library=LIBRARY,
        zone=LONDON,
        by=by,
        days=Days(BEGIN, END),
        now=NOW,
        began=date(2025, 9, 1),
        log=LOG,
        few=20,
        groups=groups(by),
        total=Group(key="", days=Days(BEGIN, END), figures=figures),
        volumes=VOLUMES,
        effort=EFFORT,
        standards=tuple(Version(each, version_of(each), PUBLISHED, PUBLISHED, None) for each in STANDARDS.values()),
        calendars=(staffed(),),
        misses=misses(),
        missed=585,
        heat=_heat(),
        noise=NOISE,
        runs=_runs(),
        dips=DIPS,
        suspensions=SUSPENSIONS,
        restated=RESTATED,
    )
    return replace(full, **changes)


def empty() -> Report:
    """A period in which nothing came in."""
    return autumn(
        groups=(),
        total=Group(key="", days=Days(BEGIN, END), figures=()),
        volumes=(),
        effort=None,
        standards=(),
        calendars=(),
        misses=(),
        missed=0,
        heat=None,
        noise=None,
        runs=(),
        dips=(),
        suspensions=(),
        restated=(),
    )


def spoilt() -> Report:
    """The rich report, made from a log in which an event was changed by hand."""
    fault = "Event 1204 does not follow from the one before it: it, or one before it, was changed or taken out."
    return autumn(log=replace(LOG, whole=False, checked=1203, fault=fault))
