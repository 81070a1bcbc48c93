"""Verbs about the figures of a period: read them, go through what was missed, write them to a file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from helpdesk.errors import Refused
from helpdesk.ports.reports import Figures, Missed, Promised, Said
from tui.files import default_folder, put, short, target_of
from tui.line.asking import Option
from tui.line.figures import heat_said
from tui.line.said import Said as Rest
from tui.line.shapes import figures_shape, heat_shape, missed_shape, promised_shape, said_shape
from tui.line.spoken import aloud, joined
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.wrong import Left, NotUnderstood
from tui.misses import miss_words
from tui.plain import one_line
from tui.progress import Meter, Stopped
from tui.reports import FORMS, Choice, choice_of, days_of, details, interval, limit, result, share
from tui.roles import reads


def _choice(said: Rest) -> Choice:
    """Which period; this month where none is said."""
    try:
        found = choice_of(said.words() or "month")
    except ValueError as error:
        raise NotUnderstood(str(error)) from None
    if found.what == "now":
        raise NotUnderstood("standing says how it is now. Say report today, report last week, report term.")
    return found


async def _figures(talk: Talk, choice: Choice) -> Figures:
    assert choice.what != "now"
    return await talk.sitting.desk.reports.figures(talk.sitting.actor, length=choice.what, back=choice.back)


async def report(talk: Talk, said: Rest) -> None:
    """Each promise, the misses counted, footnotes, hours, effort."""
    choice = _choice(said)
    found = await _figures(talk, choice)
    talk.voice.aloud(report_said(found, choice))
    if talk.voice.json:
        talk.voice.give("report", figures_shape(found))
        for each in found.promises:
            talk.voice.give("promise", promised_shape(each))
        for one in found.effort:
            talk.voice.give("effort", said_shape(one))
        if found.heat is not None:
            talk.voice.give("heat", heat_shape(found.heat))


def report_said(found: Figures, choice: Choice) -> Iterator[str]:
    """Whole sentences, a promise to each."""
    period = found.period
    name = f", {one_line(period.name)}" if period.name else ""
    yield f"Report of {choice.called}{name}: {days_of(period)}{'' if period.over else ', not over yet'}."
    if period.note:
        yield period.note
    received, answered = found.contacts
    yield f"Contacts: {received} came in, {answered} answered by a person."
    if not found.promises:
        yield "No promise was in force."
    for each in found.promises:
        yield promised_said(each, found.few)
    if found.missed:
        silent = sum(not each.explained for each in found.misses)
        yield f"Missed: {found.missed}, {silent} with no reason yet. misses goes through them."
    for note in found.footnotes:
        yield f"Note: {one_line(note)}"
    for one in found.effort:
        yield effort_said(one)
    if found.heat is not None:
        yield from heat_said(found.heat)


def promised_said(each: Promised, few: int) -> str:
    """ "Promise: mail-answered, 95 % in 3 working days. Kept: 92.3 %, met, 12 of 13. Interval: ..."."""
    _, words, _ = result(each, few)
    judged = each.met + each.missed
    parts = [f"promise: {one_line(each.standard)}, {each.promised} % {aloud(limit(each))}"]
    if judged:
        few_words = f"too few to tell, under {few}" if judged < few else words
        parts.append(f"kept {share(each.share)}, {few_words}, {each.met} of {judged}")
        parts.append(f"95 % interval {interval(each.interval)}")
    else:
        parts.append("nothing yet")
    return joined([*parts, *details(each)])


def effort_said(each: Said) -> str:
    """ "Effort of all: READ 1 5, READ 2 4, 3 not graded. One contact was enough: 90.0 %, 9 of 10, 5 not said."."""
    levels = [f"READ {level} {n}" for level, n in enumerate(each.levels, start=1) if n]
    graded = ", ".join([*levels, f"{each.received - sum(each.levels)} not graded"])
    judged = each.yes + each.no
    first = f"{share(each.share)}, {each.yes} of {judged}, {each.received - judged} not said" if judged else "not said"
    return joined([f"effort of {one_line(each.of) or 'all'}: {graded}", f"one contact was enough: {first}"])


async def misses(talk: Talk, said: Rest) -> None:
    """What was missed, the latest first; explain says why, open shows the ticket with its clocks."""
    choice = _choice(said)
    found = await _figures(talk, choice)
    head = f"Missed {choice.called}: {found.missed}."
    talk.voice.say(head if found.misses else f"Nothing was missed {choice.called}.")
    for each in found.misses:
        talk.voice.tell("miss", missed_shape(each, talk.sitting.eye), [_miss_said(each, talk)])
    if found.misses:
        talk.voice.say("explain and the number says why; history and the number has its clocks with their working.")


def _miss_said(each: Missed, talk: Talk) -> str:
    words, hint = miss_words(each, talk.sitting.zone)
    return f"Ticket {' '.join(words.split()[1:])}, {hint}."


async def export(talk: Talk, said: Rest) -> None:
    """The same bytes as `helpdesk report`, in a file for oneself alone; nothing is written over unasked."""
    sitting, asks = talk.sitting, talk.ask.reader.asks
    choice = _choice(said)
    options = [Option(words=each.words, hint=each.hint, also=each.code, value=each) for each in FORMS]
    kind = await talk.ask.choose("Written how?", options, given=said.options.get("form", "" if asks else "text"))
    assert choice.what != "now"
    calls = sitting.desk.reports
    call = calls.written if reads(sitting.role) else calls.written_briefly
    making = call(sitting.actor, length=choice.what, back=choice.back, form=kind.form, table=kind.table)
    with talk.metering(Meter("Making the report")) as meter:
        made = await meter.unless_stopped(making)
    if made is None:
        raise Left("Stopped: no report was made.")
    usual = short((sitting.folder or default_folder(Path.home())) / made.name, Path.home())
    where = said.options.get("to", "" if asks else usual)
    typed = await talk.ask.typed("To which file?", usual, given=where, check=target_of, value=usual)
    await _keep(talk, said, target_of(typed), made.text)


async def _keep(talk: Talk, said: Rest, path: Path, text: str) -> None:
    shown = short(path, Path.home())
    if over := await asyncio.to_thread(path.exists):
        await talk.ask.sure(f"{shown} is there already. Write over it?", "Write over it", said)
    try:
        with talk.metering(Meter("Writing kB")) as meter:
            await asyncio.to_thread(put, path, text, meter, over=over)
    except Stopped as stopped:
        raise Left(str(stopped)) from None
    except OSError as error:
        why = error.strerror or error
        raise Refused(f"{path.name} could not be written: {why}. Say another place: --to=FILE.") from None
    talk.sitting.folder = path.parent
    talk.voice.tell("saved", {"path": str(path)}, [f"Written to {shown}. Only you can read it."])


_PERIOD = "[today, last week, month, term, month 3]"

REPORTS = (
    Verb(id="report", do=report, takes=_PERIOD),
    Verb(id="misses", do=misses, takes=_PERIOD, help="What was missed in a period, and what has no reason yet"),
    Verb(
        id="export",
        do=export,
        takes=_PERIOD,
        options=("form=", "to="),
        help="Write a report to a file of one's own",
    ),
)
"""Verbs about the figures of a period."""
