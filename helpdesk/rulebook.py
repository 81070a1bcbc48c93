"""The calendars and standards in force: read from TOML, published into the store, kept ready in memory.

Published is frozen: editing a file, or a newer ``holidays`` or tzdata, changes nothing until the next publish.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from helpdesk.clock import Clock, Instant, moment
from helpdesk.config import DEFAULT_CALENDAR, LineSettings
from helpdesk.errors import BadConfig, NeverOpen, Refused
from helpdesk.events import SYSTEM
from helpdesk.hours import Hours, compile_hours, hours_from_text
from helpdesk.hours import differences as calendar_words
from helpdesk.hours.almanac import freeze
from helpdesk.hours.calendars import Frozen, Rules, always_open, digest_of, frozen_from_text
from helpdesk.hours.localtime import day_number
from helpdesk.hours.timetable import read_calendars
from helpdesk.message import Channel, LineId
from helpdesk.places import TomlText, toml_file
from helpdesk.ports import Store
from helpdesk.standards import (
    Closing,
    Published,
    Standard,
    check_calendars,
    presets_text,
    standard_from_text,
    standard_from_toml,
)
from helpdesk.standards import differences as standard_words
from helpdesk.store.verbs import rulebook as verbs
from helpdesk.store.verbs.remarks import Remark
from helpdesk.store.verbs.rulebook import Restatement
from helpdesk.tables import Table, WrongKey, nearest

YEARS_BACK, YEARS_AHEAD = 1, 3
"""The horizon of a published calendar: whole years around the day of publishing."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Calendars and standards as the files have them now: (name, frozen text) pairs."""

    calendars: tuple[tuple[str, str], ...]
    standards: tuple[tuple[str, str], ...]

    def only(self, kinds: Container[str]) -> Drafts:
        """Those of some kinds ("calendar", "standard")."""
        return Drafts(
            calendars=self.calendars if "calendar" in kinds else (),
            standards=self.standards if "standard" in kinds else (),
        )


def drafts(
    calendars: Path | None, standards: Path | None, *, now: Instant, zone: str, since: date | None = None
) -> Drafts:
    """What would be published now; ``since``: a day that its horizon must reach back to.

    Without a file of calendars the library is always open; without one of standards the presets hold. BadConfig
    tells all that is wrong, a line each, with file, line, key and remedy.
    """
    today = moment(now).date()
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    written, wrong = _calendars(calendars, zone)
    frozen = [freeze(rules, min(first, since or first), last) for rules in written]
    promised, also = _standards(standards, frozen if not wrong else None, today)
    if wrong or also:
        raise BadConfig("\n".join([*wrong, *also]))
    return Drafts(
        calendars=tuple((each.rules.name, each.to_text()) for each in frozen),
        standards=tuple((each.name, each.to_text()) for each in promised),
    )


Wrong = list[str]
"""What is wrong with a file, a line each."""


def _calendars(path: Path | None, zone: str) -> tuple[tuple[Rules, ...], Wrong]:
    if path is None:
        return (always_open(DEFAULT_CALENDAR, zone),), []
    try:
        source = toml_file(path, setting="calendars")
        values = source.values()
    except BadConfig as error:
        return (), [str(error)]
    try:
        found, wrong = read_calendars(_tables(values, "calendars"))
    except BadConfig as error:
        found, wrong = (), (error,)
    return found, [source.said(error) for error in wrong]


def _standards(path: Path | None, calendars: list[Frozen] | None, today: date) -> tuple[list[Standard], Wrong]:
    """The standards of a file; what they say of calendars is looked at unless those are wrong themselves (None)."""
    try:
        source = toml_file(path, setting="standards") if path else TomlText("presets", presets_text())
        values = source.values()
    except BadConfig as error:
        return [], [str(error)]
    found, wrong = [], []
    try:
        table = Table("standards", _tables(values, "standards"))
        for name in table.names():
            try:
                standard = standard_from_toml(name, table.value(name))
                _counts_by(standard, calendars, today)
                found.append(standard)
            except BadConfig as error:
                wrong.append(source.said(error))
    except BadConfig as error:
        wrong.append(source.said(error))
    return found, wrong


def covering_nothing(path: Path, lines: Mapping[str, LineSettings]) -> Iterator[str]:
    """The lines and kinds of ticket that a file's standards cover and no line has, with file, line and remedy.

    Staff may log a contact of another kind, so it is no fault.
    """
    source = toml_file(path, setting="standards")
    known = {"lines": sorted(lines), "kinds": sorted({each.kind for each in lines.values()})}
    for name, standard in source.values()["standards"].items():
        for key, words in known.items():
            for word in standard.get("covers", {}).get(key, ()):
                if word not in words:
                    place = ("standards", name, "covers", key)
                    remedy = f"no line of the settings {_HAS[key]} {word!r}; {nearest(word, words)}"
                    yield source.said(WrongKey(f"{'.'.join(place)}: {remedy}", place))


_HAS = {"lines": "is", "kinds": "opens tickets of the kind"}


def _tables(values: dict[str, Any], key: str) -> dict[str, Any]:
    """The ``[key.NAME]`` tables of a file."""
    if unknown := sorted(set(values) - {key}):
        raise WrongKey(f"{unknown[0]} is not known here; write [{key}.NAME] tables.", (unknown[0],))
    tables: dict[str, Any] = values.get(key, {})
    if not tables:
        raise BadConfig(f"has no [{key}.NAME] table.")
    return tables


def _counts_by(standard: Standard, calendars: list[Frozen] | None, today: date) -> None:
    """WrongKey where a standard counts by a calendar that does not exist, or that never opens while it holds."""
    if calendars is None or not standard.calendar:
        return
    key = ("standards", standard.name, "calendar")
    try:
        check_calendars([standard], [each.rules.name for each in calendars])
    except BadConfig as error:
        raise WrongKey(str(error), key) from None
    if standard.until and standard.until < today:
        return
    [frozen] = [each for each in calendars if each.rules.name == standard.calendar]
    if remedy := _never_opens(frozen, standard):
        raise WrongKey(f"standards.{standard.name}.calendar: {remedy}", key)


def _never_opens(frozen: Frozen, standard: Standard) -> str:
    """What to do where a calendar has no opening while a standard holds; "" where it has one."""
    first = max(frozen.first, standard.from_date)
    last = min(frozen.last, standard.until or frozen.last)
    if standard.from_date > frozen.last:
        return f"the promise begins on {first}, and {standard.calendar!r} is known until {last} only: begin it later"
    hours = compile_hours(frozen)
    begin, end = (hours.local.midnight(day_number(day)) for day in (first, last + timedelta(days=1)))
    if hours.spent(begin, end):
        return ""
    return f"{standard.calendar!r} never opens from {first} to {last}: give it hours, or count by another calendar"


def differences(published: Published, found: Drafts) -> tuple[str, ...]:
    """What publishing would change, in words, a line each; () where nothing."""
    return tuple([*_calendar_differences(published, found), *_standard_differences(published, found)])


def _calendar_differences(published: Published, found: Drafts) -> Iterator[str]:
    for name, text in found.calendars:
        versions = published.calendars(name)
        if not versions:
            new_lines = calendar_words.described(frozen_from_text(text))
            yield from (f"calendar {name}: {line}" for line in ("new", *new_lines))
        elif versions[-1].text != text:
            old, new = frozen_from_text(versions[-1].text), frozen_from_text(text)
            lines = calendar_words.differences(old, new)
            if not lines and new.first <= old.first:
                lines = ("written otherwise, with the same hours",)
            for line in lines:
                yield f"calendar {name}: {line}"


def _standard_differences(published: Published, found: Drafts) -> Iterator[str]:
    for name, text in found.standards:
        versions = published.standards(name)
        if not versions:
            yield from (f"standard {name}: {line}" for line in ("new", *standard_words.described(text)))
        elif versions[-1].digest != digest_of(text):
            for line in standard_words.differences(versions[-1].standard.to_text(), text):
                yield f"standard {name}: {line}"


def left_behind(published: Published, found: Drafts) -> tuple[str, ...]:
    """What is published and no longer in the files, in words: publishing takes nothing back."""
    calendars, standards = ({name for name, _ in each} for each in (found.calendars, found.standards))
    latest = {version.standard.name: version.standard for version in published.standards()}
    return tuple(
        [
            f"calendar {name} is published and no longer in the file: it goes on as it is"
            for name in sorted({calendar.name for calendar in published.calendars()} - calendars)
        ]
        + [
            f"standard {name} is in force and no longer in the file: to end it, write it again with `until`"
            for name, standard in sorted(latest.items())
            if name not in standards and standard.until is None
        ]
    )


class Rulebook:
    """What is published, ready to use. One per process that writes; :meth:`load` reads what the store has."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._published = Published()

    def published(self) -> Published:
        """The published standards and calendars."""
        return self._published

    async def load(self) -> Published:
        """Read what the store has."""
        self._published = await self._store.read(verbs.published)
        return self._published

    async def begin(self, found: Drafts) -> None:
        """Read what the store has; of calendars and standards, what was never published is published now."""
        published = await self.load()
        new = {"calendar"} if not published.calendars() else set()
        new |= {"standard"} if not published.standards() else set()
        if new:
            await self.publish(found.only(new))

    async def publish(
        self, found: Drafts, *, actor: str = SYSTEM, restate: date | None = None, why: Remark | None = None
    ) -> tuple[str, ...]:
        """Publish what differs from the latest; returns what is new, in words.

        ``restate``: calendars count from that day, although it is past, and ``why`` is kept; the clocks that they
        time are to be folded anew (:func:`helpdesk.upkeep.restate`). Refused where the day is not past.
        """
        now = self._clock.now()
        self._need_calendars(found)
        restatement = None
        if restate is not None and why is not None:
            restatement = Restatement(begins=self._restated(found, restate, now), why=why)
        calendars = await self._store.write(verbs.publish, "calendar", found.calendars, now, actor, restatement)
        standards = await self._store.write(verbs.publish, "standard", found.standards, now, actor)
        await self.load()
        return tuple([f"calendar {name}" for name in calendars] + [f"standard {name}" for name in standards])

    def _need_calendars(self, found: Drafts) -> None:
        """Refused where a standard would count by a calendar that is not published."""
        known = {name for name, _ in found.calendars} | {calendar.name for calendar in self._published.calendars()}
        for name, text in found.standards:
            calendar = standard_from_text(text).calendar
            if calendar and calendar not in known:
                raise Refused(f"Standard {name} counts by the calendar {calendar}: run `helpdesk hours publish` first.")

    def _restated(self, found: Drafts, day: date, now: Instant) -> dict[str, Instant]:
        """From when each calendar counts anew: those by which any moment since ``day`` was counted otherwise."""
        begins: dict[str, Instant] = {}
        for name, text in found.calendars:
            frozen = frozen_from_text(text)
            begin = hours_from_text(text).local.midnight(day_number(day))
            if begin >= now:
                raise Refused(f"{day} is not past. Write `from = {day}` in calendar {name!r}, and publish it.")
            if frozen.rules.from_date and frozen.rules.from_date > day:
                raise Refused(f"Calendar {name!r} begins on {frozen.rules.from_date}, after {day}: mend its `from`.")
            if any(held.text != text for held in self._published.in_force(name, begin, now)):
                begins[name] = begin
        return begins

    async def differences(self, found: Drafts) -> tuple[str, ...]:
        """What publishing would change, in words, a line each."""
        return differences(await self._store.read(verbs.published), found)

    def hours(self, calendar: str, when: Instant) -> Hours | None:
        """The hours of a calendar in force at ``when``; None for no calendar, which is always open."""
        found = self._published.calendars_for(calendar, when) if calendar else ()
        return found[0].hours if found else None

    def closed(self, channel: Channel, line: LineId, when: Instant | None = None) -> Closing | None:
        """By what a line is closed by hand ``when``, or now; None where it is not."""
        return self._published.closings.closed(channel, line, self._clock.now() if when is None else when)

    def is_open(self, calendar: str, when: Instant | None = None) -> bool:
        """Whether a calendar is open ``when``, or now; no calendar is always open, one without an answer is closed."""
        if not calendar:
            return True
        when = self._clock.now() if when is None else when
        for each in self._published.calendars_for(calendar, when):
            try:
                return each.hours.is_open(when)
            except NeverOpen:
                continue
        return False
