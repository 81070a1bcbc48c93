"""How the promises are kept just now, as lines of text: today, this week, this month; what is late; the heat map. Pure.

Nothing rests on colour: a share stands beside its result in words, an hour with misses has a mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpdesk.sight import HeatMap, Kept, Nearing, PromiseNow, Standing
from tui.heat import caption, number
from tui.plain import cut, fit, one_line, width
from tui.render import Eye
from tui.words import DAYS, LONG_DAYS, MONTHS, VIA, Line, Span, Tone, countdown, plural

PERIODS = ("today", "this week", "this month")
CELL = 18
"""The width of one period's column."""

NAME = 24
LISTED = 8
"""How many late and nearing tickets are named; the worklist has them all."""


def standing_lines(standing: Standing, eye: Eye, cells: int) -> list[Line]:
    """The whole page."""
    return [
        *_promises(standing.promises, cells),
        *_clocks("Late, and not answered yet", standing.late, eye, cells),
        *_clocks("Next to fall due", standing.nearing, eye, cells),
        *(_heat(standing.heat) if standing.heat is not None else ()),
    ]


def _promises(promises: Sequence[PromiseNow], cells: int) -> Iterator[Line]:
    if not promises:
        yield ((" No promise is in force. `helpdesk standards show` says what is published.", Tone.DIM),)
        return
    name = max(min(cells - 3 * CELL - 2, 48), NAME)
    yield ((fit(" Promise", name), Tone.DIM), *((fit(each, CELL), Tone.DIM) for each in PERIODS))
    for each in promises:
        kept = (each.today, each.week, each.month)
        yield ()
        yield ((fit(f" {cut(one_line(each.standard), name - 2)}", name), Tone.STRONG), *map(_share, kept))
        said = f" {each.promised} % {_limit(each)}"
        yield ((fit(cut(said, name - 1), name), Tone.DIM), *((fit(_counts(one), CELL), Tone.DIM) for one in kept))
    yield ()


def _limit(promise: PromiseNow) -> str:
    return f"in {one_line(promise.limit)}" if promise.limit[:1].isdigit() else one_line(promise.limit)


def _share(kept: Kept) -> Span:
    """ "92.3 % met", "92.3 % too few" (to tell), "–"."""
    if kept.share is None:
        return (fit("–", CELL), Tone.DIM)
    share = f"{kept.share // 100}.{kept.share % 100 // 10} %"
    if kept.result == "met":
        return (fit(f"{share} met", CELL), Tone.GOOD)
    if kept.result == "not met":
        words, tone = ("nearly met", Tone.SOON) if kept.amber else ("not met", Tone.LATE)
        return (fit(f"{share} {words}", CELL), tone)
    return (fit(f"{share} too few", CELL), Tone.PLAIN)


def _counts(kept: Kept) -> str:
    """ "12 of 13, 1 waits"."""
    judged = kept.met + kept.missed
    said = [f"{kept.met} of {judged}"] if judged else []
    said += [f"{kept.pending} wait{'s' if kept.pending == 1 else ''}"] if kept.pending else []
    said += [f"{kept.suspended} suspended"] if kept.suspended and len(said) < 2 else []
    return ", ".join(said) or "none came"


def _clocks(title: str, clocks: Sequence[Nearing], eye: Eye, cells: int) -> Iterator[Line]:
    if not clocks:
        return
    yield ((f" {title}", Tone.DIM),)
    for each in clocks[:LISTED]:
        due, tone = countdown(each.due, eye.now, eye.zone)
        owner = eye.name(each.owner)
        tail = f"  {owner}" if owner else ""
        head: Line = ((f" {fit(due, 15)}", tone), (f"{each.number:>6}  ", Tone.ACCENT))
        room = cells - 26 - width(tail)
        what = " · ".join(
            one_line(part) for part in (each.standard, VIA[each.channel], each.name, each.subject) if part
        )
        yield (*head, (fit(cut(what, room), room), Tone.PLAIN), (tail, Tone.DIM))
    if len(clocks) > LISTED:
        yield ((f" and {plural(len(clocks) - LISTED, 'more clock')}; the worklist has them all", Tone.DIM),)
    yield ()


def _heat(heat: HeatMap) -> Iterator[Line]:
    yield caption(heat)
    yield ((" " * 5 + "".join(f"{hour:>2} " for hour in range(24)), Tone.DIM),)
    for day, name in enumerate(DAYS):
        cells = zip(heat.received[day], heat.missed[day], heat.staffed[day], strict=True)
        yield ((f" {name} ", Tone.DIM), *(number(*cell) for cell in cells))
    yield ((" !  some were missed   ~  not staffed   ·  nobody came", Tone.DIM),)


def heading(standing: Standing) -> Line:
    """The page's first line."""
    today = standing.today
    day = f"{LONG_DAYS[today.weekday()]} {today.day} {MONTHS[today.month - 1]}"
    return ((" How our promises are kept", Tone.STRONG), (f"   {day}", Tone.DIM))
