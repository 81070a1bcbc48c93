"""Standards as a library writes them: ``[standards.NAME]`` tables of TOML, checked key by key.

Every error is a BadConfig that names the key and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources

from helpdesk.hours import WorkingDay
from helpdesk.message import Channel
from helpdesk.standards.promises import COVERS, Covers, LeftEarly, Limit, Manner, Measure, Standard, limit_from_text
from helpdesk.tables import Table, WrongKey, nearest
from helpdesk.ticket import TAG


def standards_from_toml(values: object, where: str = "standards") -> tuple[Standard, ...]:
    """Every standard of a settings file's ``[standards.NAME]`` tables; BadConfig names key and remedy."""
    table = Table(where, values)
    return tuple(standard_from_toml(name, table.value(name), where) for name in table.names())


def standard_from_toml(name: str, values: object, where: str = "standards") -> Standard:
    """One standard from its table."""
    path = (*where.rpartition(": ")[2].split("."), name)
    table = Table(f"{where}.{name}", _one_version(values, f"{where}.{name}", path), path)
    standard = Standard(
        name=name,
        title=table.text("title"),
        measure=_measure(table),
        limit=_limit(table),
        calendar=table.text("calendar", ""),
        share=_share(table),
        covers=_covers(table.table("covers")),
        from_date=table.day("from"),
        until=table.day("until") if "until" in table else None,
        owner=table.text("owner", ""),
        source=table.text("source", ""),
        counts_automatic=table.flag("counts_automatic", False),
        attended_answers=table.flag("attended_answers", False),
        left_early=_left_early(table),
        solved_answers=table.flag("solved_answers", False),
        working_day=_working_day(table),
    )
    table.finish()
    _agree(standard, table)
    return standard


def _one_version(values: object, where: str, path: tuple[str, ...]) -> object:
    """The table itself; a list of them is refused, because a file holds one version of each standard."""
    if not isinstance(values, list):
        return values
    dates = [one.get("from") for one in values if isinstance(one, Mapping)]
    twice = next((day for place, day in enumerate(dates) if day in dates[:place]), None)
    if twice is not None:
        raise WrongKey(f"{where}: two standards have this name and the from-date {twice}; rename or drop one", path)
    raise WrongKey(
        f"{where}: write one table, [{where}]. Earlier versions are kept by publishing; the next one is published"
        " from here, and its from-date may lie ahead",
        path,
    )


def check_calendars(standards: Iterable[Standard], calendars: Iterable[str], where: str = "standards") -> None:
    """BadConfig if a standard counts by a calendar that does not exist."""
    known = tuple(calendars)
    for standard in standards:
        if standard.calendar and standard.calendar not in known:
            hint = nearest(standard.calendar, known) if known else "write one"
            raise _wrong_calendar(standard, where, f"no calendar {standard.calendar!r}; {hint}")


def _wrong_calendar(standard: Standard, where: str, remedy: str) -> WrongKey:
    path = (*where.rpartition(": ")[2].split("."), standard.name, "calendar")
    return WrongKey(f"{where}.{standard.name}.calendar: {remedy}", path)


def _measure(table: Table) -> Measure:
    word = table.text("measure")
    if word not in list(Measure):
        raise table.wrong("measure", f"{word!r} is not a measure; {nearest(word, list(Measure))}")
    return Measure(word)


def _limit(table: Table) -> Limit:
    try:
        return limit_from_text(table.text("limit"))
    except ValueError as error:
        raise table.wrong("limit", str(error)) from None


def _share(table: Table) -> float:
    share = table.number("share")
    if not 0 < share <= 100:
        raise table.wrong("share", f"write the percentage promised, above 0 and at most 100, not {share!r}")
    return float(share)


def _covers(table: Table) -> Covers:
    covers = Covers(**{name: table.texts(name) for name in COVERS})
    table.finish()
    for word in covers.channels:
        if word not in list(Channel):
            raise table.wrong("channels", f"{word!r} is not a channel; {nearest(word, list(Channel))}")
    for word in covers.tags:
        if not TAG.fullmatch(word):
            raise table.wrong("tags", f"{word!r} is no tag: write small letters a-z, digits or hyphens")
    return covers


_WORKING_DAYS = {"end": WorkingDay.END, "same time": WorkingDay.SAME_TIME}


def _working_day(table: Table) -> WorkingDay:
    word = table.text("working_day", "end")
    if word not in _WORKING_DAYS:
        raise table.wrong("working_day", f"{word!r} is not a definition; {nearest(word, _WORKING_DAYS)}")
    return _WORKING_DAYS[word]


def _left_early(table: Table) -> LeftEarly:
    word = table.text("left_early", LeftEarly.APART)
    if word not in list(LeftEarly):
        raise table.wrong("left_early", f"{word!r} is not a way to count it; {nearest(word, list(LeftEarly))}")
    return LeftEarly(word)


def _agree(standard: Standard, table: Table) -> None:
    """Refuse what can't be true together."""
    _agree_on_promises(standard, table)
    if standard.limit.working and not standard.calendar:
        raise table.wrong("calendar", f"is missing: {str(standard.limit)!r} needs opening hours to count by")
    if standard.calendar and not standard.limit.working:
        raise table.wrong(
            "calendar",
            f"{str(standard.limit)!r} needs no opening hours: leave it out, or write a limit in working time",
        )
    if standard.until and standard.until < standard.from_date:
        raise table.wrong("until", f"{standard.until} lies before the from-date, {standard.from_date}")
    if standard.attended_answers and standard.measure is not Measure.FIRST_RESPONSE:
        raise table.wrong("attended_answers", f"belongs to first_response, not to {standard.measure}")
    if standard.counts_automatic and standard.measure is not Measure.ACKNOWLEDGED:
        raise table.wrong("counts_automatic", f"belongs to acknowledged, not to {standard.measure}")
    if standard.solved_answers and standard.measure is not Measure.NEXT_RESPONSE:
        raise table.wrong("solved_answers", f"belongs to next_response, not to {standard.measure}")
    if standard.left_early is not LeftEarly.APART and standard.measure is Measure.RESOLUTION:
        raise table.wrong("left_early", "belongs to answers: a visitor who leaves stops no resolution")


def _agree_on_promises(standard: Standard, table: Table) -> None:
    """A promise of news has its own moment, and nothing else has one."""
    promised = standard.limit.manner is Manner.AS_PROMISED
    if standard.measure is Measure.KEEP_INFORMED and not promised:
        raise table.wrong("limit", 'write "as promised": news is due at the moment that the patron was told')
    if promised and standard.measure is not Measure.KEEP_INFORMED:
        raise table.wrong(
            "limit", f'"as promised" belongs to keep_informed; write how long {standard.measure} may take'
        )


def presets_text() -> str:
    """The TOML of the presets that ship with the project, each with its source."""
    return resources.files("helpdesk.standards").joinpath("presets.toml").read_text("utf-8")
