"""`helpdesk import ...`: what another desk, or a mailbox, kept becomes tickets of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from helpdesk.commands.options import Config, system_user
from helpdesk.errors import Refused
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.bygone import Bygone
    from helpdesk.clock import Instant
    from helpdesk.config import LineSettings, Settings
    from helpdesk.importing.contacts import Wanted, Wrong
    from helpdesk.importing.mails import Post
    from helpdesk.importing.sending import Sent
    from helpdesk.importing.sheet import Sheet
    from helpdesk.importing.threads import Archive
    from helpdesk.message import LineId

history = typer.Typer(help="Take in what another desk or a mailbox kept.", no_args_is_help=True)

SHOWN = 50
"""So many problems are told, and how many more there are."""

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would come of it, and all that is wrong.")]
LeaveOpen = Annotated[
    bool, typer.Option("--leave-open", help="What was not closed goes on at the desk; else all of it is history.")
]
Measured = Annotated[
    bool, typer.Option("--measured", help="Its times are whole: judge it by the promises that held then.")
]


@history.command()
def tickets(
    file: Annotated[Path, typer.Argument(help="A table, a contact a row, with headings: docs/data.md says which.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="A TOML file that says which heading is what.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    skip: Annotated[bool, typer.Option("--skip", help="Leave out the rows that have problems.")] = False,
    leave_open: LeaveOpen = False,
    measured: Measured = False,
    config: Config = None,
) -> None:
    """Import contacts from a table (CSV).

    Nothing is imported while a row has a problem, unless --skip leaves such rows out. What was imported before is
    known again, so an import that was broken off is run once more.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.importing.contacts import Wanted, contacts
    from helpdesk.importing.mapping import plain_plan, read_plan
    from helpdesk.importing.sheet import open_sheet
    from helpdesk.message import LineId
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    zone = settings.library.zone
    plan = plain_plan(zone) if mapping is None else read_plan(mapping, zone)
    sheet = open_sheet(file, plan)
    wanted = Wanted(
        plan=plan,
        lines={LineId(name): line for name, line in settings.lines.items()},
        source=sheet.digest,
        now=SystemClock().now(),
        measured=measured,
        leave_open=leave_open,
    )
    _say_what_it_is(sheet)
    good, wrong = _look_through(sheet, wanted, zone, show=dry_run)
    if dry_run:
        typer.echo(f"{plural(good, 'contact')} would be imported; {_with_problems(wrong)}.")
        raise typer.Exit(1 if wrong else 0)
    if wrong and not skip:
        them = "it" if wrong == 1 else "them"
        raise Refused(f"{_with_problems(wrong)}: mend {them}, or leave {them} out with --skip. Nothing was imported.")

    async def found() -> AsyncIterator[Bygone]:
        for each in contacts(sheet.rows(), wanted):
            if isinstance(each, tuple):
                yield each[1]

    _say_what_came_of_it(asyncio.run(_taken(settings, found())), left_out=wrong)


def _with_problems(n: int) -> str:
    return plural(n, "row has problems", "rows have problems")


def _say_what_it_is(sheet: Sheet) -> None:
    names = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    typer.echo(f"{sheet.file}: {sheet.encoding}, separated by {names[sheet.separator]}.", err=True)
    if sheet.left_out:
        typer.echo(f"Columns that are left out: {', '.join(sheet.left_out)}.", err=True)


def _look_through(sheet: Sheet, wanted: Wanted, zone: str, *, show: bool) -> tuple[int, int]:
    """How many rows are contacts, and how many have problems, which are told."""
    from helpdesk.importing.contacts import Wrong, contacts, told

    good = wrong = 0
    for each in contacts(sheet.rows(), wanted):
        if isinstance(each, Wrong):
            wrong += 1
            if show or wrong <= SHOWN:
                for line in _problems(sheet, each):
                    typer.echo(line, err=not show)
            continue
        good += 1
        if show:
            typer.echo(f"line {each[0]}: {told(each[1], lambda when: _at(when, zone))}")
    if wrong > SHOWN and not show:
        typer.echo(f"... and {plural(wrong - SHOWN, 'more row')} with problems: --dry-run tells all of them.", err=True)
    return good, wrong


def _problems(sheet: Sheet, wrong: Wrong) -> Iterator[str]:
    return (f"{sheet.file.name}:{wrong.number}: {why}" for why in wrong.why)


def _at(when: Instant, zone: str) -> str:
    from helpdesk.clock import moment

    return f"{moment(when).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


async def _taken(settings: Settings, contacts: AsyncIterator[Bygone]) -> Sent:
    """Hand the contacts to the store's owner, whoever that is."""
    from helpdesk.clock import SystemClock
    from helpdesk.errands import keeper
    from helpdesk.ids import Ids
    from helpdesk.importing import spool
    from helpdesk.importing.sending import send

    actor, clock = system_user()[0], SystemClock()
    folder = settings.store.path.parent
    spool.sweep(folder, clock.now())
    async with keeper(settings, clock) as keeping:

        async def take(batch: str) -> tuple[str, ...]:
            return await keeping.take_history(actor, batch=batch)

        return await send(contacts, folder, Ids(clock), take, _tell)


def _tell(sent: Sent) -> None:
    if sent.contacts % 6400 < 64:
        typer.echo(f"{sent.contacts:,} ...", err=True)


def _say_what_came_of_it(sent: Sent, *, left_out: int = 0) -> None:
    typer.echo(f"{plural(sent.counts['new'], 'contact')} imported.")
    for word, one, many in _CAME_OF_IT:
        if sent.counts[word]:
            typer.echo(f"{plural(sent.counts[word], one, many)}.")
    if left_out:
        typer.echo(f"{plural(left_out, 'row was', 'rows were')} left out.")


_CAME_OF_IT = (
    ("known", "was imported before, or came in live", "were imported before, or came in live"),
    ("joined", "went on with a ticket that was there", "went on with tickets that were there"),
    (
        "changed",
        "was imported before and differs now: it was left as it is",
        "were imported before and differ now: they were left as they are",
    ),
)
"""What else becomes of contacts: by the store's word, of one and of several."""


_UNREADABLE = (
    "mail could not be read and was left where it is",
    "mails could not be read and were left where they are",
)


@history.command()
def mbox(
    files: Annotated[list[Path], typer.Argument(help="Mailbox files: all of an archive at once, sent mail too.")],
    line: Annotated[
        str | None, typer.Option(help="The line of mails that name none of our mailboxes.", show_default=False)
    ] = None,
    ours: Annotated[
        list[str] | None,
        typer.Option(
            help="An address that we answered from, besides the lines' own; may be repeated.", show_default=False
        ),
    ] = None,
    dry_run: DryRun = False,
    leave_open: LeaveOpen = False,
    measured: Measured = False,
    config: Config = None,
) -> None:
    """Import mail from mailbox files (mbox), a ticket for each thread with a patron.

    Mails that were imported before, or came in live, are known by their Message-ID.
    """
    from helpdesk.clock import SystemClock
    from helpdesk.importing.mails import line_for
    from helpdesk.importing.threads import Archive
    from helpdesk.settings.file import load

    settings = load(config, channels=False)
    boxes = _mailboxes(settings)
    into = line_for(boxes, line)
    addresses = {box.address.lower() for box in boxes.values()} | {each.strip().lower() for each in ours or ()}
    archive = Archive(tuple(files), addresses, settings.mail.max_bytes, SystemClock().now())
    archive.look_through()
    _say_what_is_in_it(archive, settings.library.zone, show=dry_run)
    if dry_run:
        raise typer.Exit(1 if archive.wrong else 0)
    sent, unread = asyncio.run(_posted(settings, archive, into, measured=measured, leave_open=leave_open))
    for file, n, why in unread.wrong:
        typer.echo(f"{file}: mail {n}: {why}", err=True)
    _say_what_came_of_it(sent)
    if unread.unreadable:
        typer.echo(f"{plural(unread.unreadable, *_UNREADABLE)}.")


def _mailboxes(settings: Settings) -> dict[LineId, LineSettings]:
    from helpdesk.message import Channel, LineId

    return {LineId(name): line for name, line in settings.lines_of(Channel.MAIL).items()}


def _ours(n: int, of: int) -> str:
    """ "3 of them ours"; of a single mail, whether it is."""
    return f"{n:,} of them ours" if of != 1 else "ours" if n else "not ours"


def _say_what_is_in_it(archive: Archive, zone: str, *, show: bool) -> None:
    threads = mails = 0
    for thread in archive.threads():
        threads, mails = threads + 1, mails + len(thread)
        if show:
            sent = _ours(sum(each.ours for each in thread), len(thread))
            begins, ends = _at(thread[0].when, zone), _at(thread[-1].when, zone)
            where = f"{archive.files[thread[0].file].name}, mail {thread[0].n}"
            typer.echo(f"{where}: {begins} to {ends}, {plural(len(thread), 'mail')}, {sent}")
    for file, n, why in archive.wrong:
        typer.echo(f"{file.name}: mail {n} is left out: {why}", err=True)
    left_out = "".join(f", {n:,} {why}" for why, n in sorted(archive.passed.items()))
    typer.echo(
        f"{plural(mails, 'mail')} in {plural(threads, 'thread')}, {_ours(archive.written_by_us, mails)}{left_out}."
    )
    if not archive.written_by_us:
        typer.echo("None of them is ours: name the addresses that you answered from with --ours.", err=True)


async def _posted(
    settings: Settings, archive: Archive, into: LineId, *, measured: bool, leave_open: bool
) -> tuple[Sent, Post]:
    """Read the mails, and hand their threads to the store's owner."""
    from channels.mime_worker import MailReader
    from helpdesk.importing.mails import Post

    boxes = _mailboxes(settings)
    async with MailReader(settings.mail, boxes) as reader:
        post = Post(
            archive=archive,
            reader=reader,
            lines=boxes,
            line=into,
            source=archive.source,
            measured=measured,
            leave_open=leave_open,
        )
        return await _taken(settings, post.contacts()), post
