"""`helpdesk staff token ...`: personal tokens, by which a desk on another machine is let in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.asking_staff import Server, answered
from helpdesk.commands.options import Config
from helpdesk.errors import Refused
from helpdesk.plurals import plural

if TYPE_CHECKING:
    from helpdesk.clock import Instant
    from helpdesk.ports import Token
    from helpdesk.staffing import Asking

token = typer.Typer(help="Personal tokens: issue, list, revoke.", no_args_is_help=True)

Member = Annotated[str, typer.Argument(metavar="MEMBER", help="Whose: the member's id.")]


@token.command()
def issue(
    member: Member,
    name: Annotated[str, typer.Option(help='What it is for: "laptop at the enquiry point".')],
    days: Annotated[int, typer.Option(min=1, max=730, help="For how many days it is good.")] = 365,
    out: Annotated[
        Path | None,
        typer.Option(help="Write it to this new file, for its owner alone, rather than to the screen."),
    ] = None,
    server: Server = "",
    config: Config = None,
) -> None:
    """Make a token for a member. It is shown this once: only a digest of it is kept.

    Hand it over as you would a key. Its owner runs helpdesk login with it.
    """
    from helpdesk.message import StaffId

    if out is not None and out.exists():
        raise Refused(f"{out} exists and is kept. Name another file.")
    issued = answered(config, server, lambda on: on.roster.issue(on.actor, StaffId(member), name=name, days=days))
    typer.echo(f"{issued.token.id}: {issued.token.name}, of {issued.token.staff}, for {plural(days, 'day')}.", err=True)
    if out is None:
        typer.echo("This is the only time it is shown:", err=True)
        typer.echo(issued.text)
    else:
        _write(out, issued.text)
        typer.echo(f"It is in {out}.", err=True)


def _write(out: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise Refused(f"{out} can't be written ({error.strerror}). Revoke this token, and make another.") from None


@token.command("list")
def listed(member: Member, server: Server = "", config: Config = None) -> None:
    """Print a member's tokens: what they are for, until when, and when they were used last."""
    from helpdesk.clock import SystemClock
    from helpdesk.message import StaffId

    async def lines(on: Asking) -> list[str]:
        now = SystemClock().now()
        return [_line(each, now, on.zone) for each in await on.roster.tokens(on.actor, StaffId(member))]

    for line in answered(config, server, lines) or [f"{member} has no tokens."]:
        typer.echo(line)


def _line(token: Token, now: Instant, zone: str) -> str:
    used = f"used {_day(token.used, zone, '%Y-%m-%d %H:%M')}" if token.used else "never used"
    return f"{token.id}  {_state(token, now, zone):21}  {used:22}  {token.name}"


def _state(token: Token, now: Instant, zone: str) -> str:
    if token.revoked is not None:
        return f"revoked {_day(token.revoked, zone)}"
    return f"{'expired' if token.expires <= now else 'good until'} {_day(token.expires, zone)}"


def _day(when: Instant, zone: str, form: str = "%Y-%m-%d") -> str:
    from zoneinfo import ZoneInfo

    from helpdesk.clock import moment

    return moment(when).astimezone(ZoneInfo(zone)).strftime(form)


@token.command()
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id, as the list shows it.")],
    server: Server = "",
    config: Config = None,
) -> None:
    """Make a token open nothing any more, at once, on every open desk."""
    gone = answered(config, server, lambda on: on.roster.revoke(on.actor, token))
    typer.echo(f"{gone.id} ({gone.name}, of {gone.staff}) opens nothing any more.")
