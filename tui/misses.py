"""Misses to explain: a line for each, and one of them with its clocks' working. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from helpdesk.events import Kind
from helpdesk.message import StaffId
from helpdesk.ports.reports import Missed
from helpdesk.thread import Thread
from tui.clocks import clock_lines
from tui.plain import cut, one_line, wrap
from tui.render import Eye
from tui.words import DAYS, MONTHS, VIA, Line, Tone, full_time, local


def miss_words(each: Missed, zone: tzinfo) -> tuple[str, str]:
    """A miss as a line to choose: "Ticket 412, text, noise-texts, Mon 23 Nov 10:05", and "no reason yet"."""
    began = local(each.started, zone)
    when = f"{DAYS[began.weekday()]} {began.day} {MONTHS[began.month - 1]} {began:%H:%M}"
    hint = "reason given" if each.explained else "no reason yet"
    hint = f"{hint}, suspended" if each.suspended else hint
    return f"{'✓' if each.explained else '?'} {each.number:>5}  {when}  {VIA[each.channel]}  {each.standard}", hint


def reason_of(thread: Thread) -> tuple[str, str] | None:
    """The reason that was given last, and by whom; None where nobody gave one."""
    said = [moment for moment in thread.history if moment.kind is Kind.EXPLAINED]
    return (said[-1].remark, said[-1].actor) if said else None


def miss_lines(miss: Missed, thread: Thread, eye: Eye, cells: int) -> list[Line]:
    """One miss: what it is about, the reason, and the clocks with their working."""
    ticket = thread.ticket
    about = " · ".join(one_line(part) for part in (VIA[ticket.channel], ticket.name, ticket.subject) if part)
    came = f"came in {full_time(ticket.opened, eye.now, eye.zone)}"
    lines: list[Line] = [((f" {cut(f'{about}, {came}', cells - 2)}", Tone.PLAIN),)]
    if miss.suspended:
        lines.append(((" The promise was suspended then: it stands in no share.", Tone.DIM),))
    lines += [(), *_reason(reason_of(thread), eye, cells), (), *clock_lines(thread.clocks, eye, cells)]
    return lines


def _reason(said: tuple[str, str] | None, eye: Eye, cells: int) -> Iterator[Line]:
    if said is None:
        yield ((" ? Nobody has said yet why. ", Tone.SOON), ("W", Tone.ACCENT), (" says it.", Tone.DIM))
        return
    remark, actor = said
    words = one_line(remark) or "The reason was erased."
    for at, piece in enumerate(wrap(f"{words} ({eye.name(StaffId(actor))})", cells - 4)):
        yield ((f" {'✓' if at == 0 else ' '} {piece}", Tone.PLAIN),)
