"""The reports screen as lines of text: one period with its promises, misses, footnotes, hours and effort. Pure.

Nothing rests on colour: each result has a sign and a word, each hour its number and a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND
from helpdesk.ports.reports import Figures, Form, Length, Period, Promised, Said, Table
from tui.heat import heat_lines
from tui.plain import cut, fit, one_line, width, wrap
from tui.words import DAYS, MONTHS, Line, Span, Tone, plural

What = Literal["now"] | Length
"""What a tab shows: how it stands now, or a period."""

TABS: tuple[tuple[What, str], ...] = (
    ("now", "now"),
    ("day", "today"),
    ("week", "week"),
    ("month", "month"),
    ("term", "term"),
)
"""The tabs by their digits, from 1 on."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it is called for short and at length, and what the desk is asked for."""

    code: str
    words: str
    hint: str
    form: Form
    table: Table = "figures"


FORMS = (
    Kind("text", "Text, to read or to mail", "as `helpdesk report` prints it", "text"),
    Kind("page", "A page for a browser", "HTML, with charts", "html"),
    Kind("figures", "Figures for a spreadsheet", "CSV", "csv", "figures"),
    Kind("misses", "Misses for a spreadsheet", "CSV", "csv", "misses"),
    Kind("contacts", "Contacts by channel", "CSV", "csv", "contacts"),
    Kind("hours", "Contacts by weekday and hour", "CSV", "csv", "heat"),
    Kind("effort", "READ levels and first contacts", "CSV", "csv", "effort"),
    Kind("noise", "Noise by zone", "CSV", "csv", "noise_zones"),
)
"""What can be written to a file."""

NAME, WIDEST = 24, 48
"""The width of a promise's name: at least, and at most."""

BESIDE = 54
"""The cells that the other columns take."""

SIGNS = {"met": ("✓", Tone.GOOD), "not met": ("✗", Tone.LATE)}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody looks at. ``back`` counts periods back from the present one."""

    what: What = "now"
    back: int = 0

    @property
    def called(self) -> str:
        """ "today", "last week", "3 months back"."""
        return called(self.what, self.back)


NOW = Choice()


def called(what: What, back: int) -> str:
    """What a period is called by how far it lies back."""
    if what == "now":
        return "now"
    if back < 2:
        return {"day": ("today", "yesterday")}.get(what, (f"this {what}", f"last {what}"))[back]
    return f"{plural(back, what)} back"


SAY = "Say today, yesterday, this week, last month, term, or month 3 for three months back."

_NAMES: dict[str, What] = {
    **{name: "now" for name in ("now", "standing")},
    **{name: "day" for name in ("today", "day", "days")},
    **{name: "week" for name in ("week", "weeks")},
    **{name: "month" for name in ("month", "months")},
    **{name: "term" for name in ("term", "terms")},
}
_TYPED = re.compile(r"(?:(this|last)\s+)?([a-z]+)(?:\s+(\d{1,4}))?(?:\s+back)?|(\d{1,4})\s+([a-z]+)(?:\s+back)?")


def choice_of(typed: str) -> Choice:
    """What "last week", "month 3" or "3 months back" means; "" is now. ValueError says what can be said."""
    words = " ".join(typed.casefold().split())
    if words in {"", "yesterday"}:
        return Choice("day", 1) if words else Choice()
    found = _TYPED.fullmatch(words)
    what = _NAMES.get(found[2] or found[5]) if found else None
    if found is None or what is None or (found[1] and found[3]):
        raise ValueError(SAY)
    back = int(found[3] or found[4] or (found[1] == "last"))
    if what == "now" and (back or found[1]):
        raise ValueError(SAY)
    return Choice(what, back)


def tabs(choice: Choice) -> Line:
    """The tabs; the one that shows stands in brackets."""
    spans: list[Span] = [(" ", Tone.DIM)]
    for digit, (what, label) in enumerate(TABS, start=1):
        here = what == choice.what
        spans.append((f"[{digit} {label}]" if here else f" {digit} {label} ", Tone.STRONG if here else Tone.DIM))
        spans.append((" ", Tone.DIM))
    return tuple(spans)


def heading(period: Period) -> Line:
    """ "Last month, 1 to 31 October 2026"."""
    name = called(period.length, period.back)
    if period.name:
        name = f"{name}: {one_line(period.name)}"
    going = "" if period.over else "   not over yet"
    return ((f" {name[0].upper()}{name[1:]}", Tone.STRONG), (f"   {days_of(period)}{going}", Tone.DIM))


def days_of(period: Period) -> str:
    """ "Mon 23 Nov 2026", "23 to 29 Nov 2026", "30 Nov 2026 to 8 Jan 2027"."""
    first, last = period.begin, period.end - timedelta(days=1)
    if first == last:
        return f"{DAYS[first.weekday()]} {_day(first)} {first.year}"
    year = f" {first.year}" if first.year != last.year else ""
    head = f"{first.day}" if (first.month, first.year) == (last.month, last.year) else f"{_day(first)}{year}"
    return f"{head} to {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def report_lines(found: Figures, cells: int) -> list[Line]:
    """The whole page of a period."""
    sections = (
        _note(found, cells),
        _promises(found, cells),
        _missed(found),
        _footnotes(found.footnotes, cells),
        heat_lines(found.heat) if found.heat is not None else (),
        _effort(found.effort, cells),
    )
    lines: list[Line] = []
    for section in sections:
        part = list(section)
        lines += [*([()] if lines and part else []), *part]
    return lines


def _note(found: Figures, cells: int) -> Iterator[Line]:
    received, answered = found.contacts
    came = f"{plural(received, 'contact')} came in, {answered} answered by a person." if received else "Nobody came."
    told = [found.period.note, _beginning(found), came]
    for words in filter(None, told):
        for piece in wrap(words, cells - 2):
            yield ((f" {piece}", Tone.DIM),)


def _beginning(found: Figures) -> str:
    """Where the log begins later than the period does."""
    if found.began is None:
        return "The log holds no contact yet."
    if found.began >= found.period.end:
        return f"The log begins later, on {_day(found.began)} {found.began.year}."
    if found.began <= found.period.begin:
        return ""
    return f"The log begins on {_day(found.began)} {found.began.year}: before that there are no figures."


def _promises(found: Figures, cells: int) -> Iterator[Line]:
    if not found.promises:
        yield ((" No promise was in force. `helpdesk standards show` says what is published.", Tone.DIM),)
        return
    name = max(min(cells - BESIDE, WIDEST), NAME)
    yield ((f" {fit('Promise', name)}{'Kept':>8}  {fit('Result', 14)}{'Of':>13}  {'95 % interval':>13}", Tone.DIM),)
    for each in found.promises:
        yield from _promise(each, found.few, cells, name)
    yield ((f" ✓ met   ✗ not met   ~ not met, but near   ? under {found.few}: too few to tell", Tone.DIM),)


def _promise(each: Promised, few: int, cells: int, name: int) -> Iterator[Line]:
    sign, words, tone = result(each, few)
    judged = each.met + each.missed
    of = f"{each.met} of {judged}" if judged else "–"
    yield (
        (f" {fit(cut(one_line(each.standard), name - 1), name)}", Tone.STRONG),
        (f"{share(each.share):>8}", tone),
        (f"  {fit(f'{sign} {words}', 14)}", tone),
        (f"{of:>13}  {interval(each.interval):>13}", Tone.PLAIN),
    )
    said = f"{each.promised} % {limit(each)}"
    pieces = wrap("; ".join(details(each)), max(cells - name - 4, 20))
    for at, piece in enumerate(pieces or [""]):
        left = said if at == 0 else ""
        if width(left) >= name:
            yield ((f"   {cut(one_line(left), cells - 4)}", Tone.DIM),)
            left = ""
        if piece or left:
            yield ((f"   {fit(one_line(left), name - 2)}", Tone.DIM), (f"  {piece}", Tone.DIM))


def limit(each: Promised) -> str:
    """ "in 15 working min"; as it stands where it begins with a word."""
    return f"in {one_line(each.limit)}" if each.limit[:1].isdigit() else one_line(each.limit)


def result(each: Promised, few: int) -> tuple[str, str, Tone]:
    """A sign, words and a tone; amber is below the promise only, and near it."""
    judged = each.met + each.missed
    if not judged:
        return "–", "nothing yet", Tone.DIM
    if judged < few:
        return "?", "too few", Tone.PLAIN
    if each.amber:
        return "~", "nearly met", Tone.SOON
    sign, tone = SIGNS[each.result]
    return sign, each.result, tone


def share(hundredths: int | None) -> str:
    """ "92.3 %", cut and never rounded up."""
    return "–" if hundredths is None else f"{hundredths // 100}.{hundredths % 100 // 10} %"


def interval(between: tuple[int, int] | None) -> str:
    """ "66.6–98.7 %": never narrower than it is."""
    if between is None:
        return "–"
    low, high = between[0] // 10, -(-between[1] // 10)
    return f"{low // 10}.{low % 10}–{high // 10}.{high % 10} %"


def details(each: Promised) -> list[str]:
    """Median and P90, and what is not in the share."""
    said = []
    if each.met + each.missed + each.pending:
        said.append(_times(each))
    said += [f"{each.pending} {'waits' if each.pending == 1 else 'wait'} still"] if each.pending else []
    said += [f"{each.left_out} in no share"] if each.left_out else []
    said += [f"{each.corrected} corrected"] if each.corrected else []
    if each.suspended:
        met, missed = each.whole
        with_them = share(met * 10_000 // (met + missed) if met + missed else None)
        said.append(f"{each.suspended} while suspended, {with_them} with them")
    return said


def _times(each: Promised) -> str:
    """Within which time half, and nine in ten, were answered; too many may wait still to tell."""
    if each.median is None:
        return "median not reached"
    p90 = "P90 not reached" if each.p90 is None else f"P90 {_long(each.p90)}"
    return f"median {_long(each.median)}, {p90}{' of opening hours' if each.working else ''}"


def _long(millis: int) -> str:
    """A length, rounded up."""
    for unit, name, most in ((SECOND, "s", 120), (MINUTE, "min", 120), (HOUR, "h", 72)):
        count = -(-millis // unit)
        if count <= most:
            return f"{count} {name}"
    return plural(-(-millis // DAY), "day")


def _missed(found: Figures) -> Iterator[Line]:
    if not found.missed:
        return
    silent = sum(not each.explained for each in found.misses)
    more = f", {silent} with no reason yet" if silent else ", each with its reason"
    if len(found.misses) < found.missed:
        more = f"; of the latest {len(found.misses)}, {silent} with no reason yet"
    yield (
        (f" {plural(found.missed, 'miss', 'misses')}{more}.", Tone.SOON if silent else Tone.PLAIN),
        ("   m", Tone.ACCENT),
        (" goes through them", Tone.DIM),
    )


def _footnotes(notes: Sequence[str], cells: int) -> Iterator[Line]:
    for note in notes:
        for at, piece in enumerate(wrap(one_line(note), cells - 4)):
            yield ((f" {'*' if at == 0 else ' '} {piece}", Tone.PLAIN),)


def _effort(rows: Sequence[Said], cells: int) -> Iterator[Line]:
    if not rows:
        return
    level = max(len(str(n)) for each in rows for n in (9, *each.levels)) + 3
    name = max(min(max(width(_of(each)) for each in rows) + 2, cells - 6 * level - 34), 5)
    yield ((" How much work it was (READ), and whether one contact was enough", Tone.DIM),)
    levels = "".join(f"{n:>{level}}" for n in range(1, 7))
    yield ((f" {fit('', name)}{levels}{'no level':>9}{'enough':>9}{'of':>6}{'not said':>9}", Tone.DIM),)
    for each in rows:
        counts = "".join(f"{n:>{level}}" for n in each.levels)
        judged = each.yes + each.no
        ungraded, unsaid = each.received - sum(each.levels), each.received - judged
        words = f"{counts}{ungraded:>9}{share(each.share):>9}{judged:>6}{unsaid:>9}"
        yield ((f" {fit(cut(_of(each), name - 1), name)}", Tone.PLAIN), (words, Tone.PLAIN))


def _of(each: Said) -> str:
    return one_line(each.of) or "all"
