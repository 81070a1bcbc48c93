"""`helpdesk staff ...`: who works here, and what they may do."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from helpdesk.commands.asking_staff import Server, answered
from helpdesk.commands.options import Config
from helpdesk.commands.staff_tokens import token
from helpdesk.commands.staff_trail import trail
from helpdesk.permissions import Role

staff = typer.Typer(help="The list of staff: members, roles, tokens, and who looked at what.", no_args_is_help=True)
staff.add_typer(token, name="token")
staff.command()(trail)

Member = Annotated[str, typer.Argument(metavar="MEMBER", help="The member's id: their login, or ana.pereira.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What they may do: docs/roles.md says what each role may.")]


@staff.command()
def add(
    member: Member,
    name: Annotated[str, typer.Option(help="Their name, as colleagues and patrons see it.")] = "",
    role: RoleOption = Role.AGENT,
    server: Server = "",
    config: Config = None,
) -> None:
    """Put somebody on the list of staff."""
    from helpdesk.message import StaffId

    added = answered(config, server, lambda on: on.roster.add(on.actor, StaffId(member), name=name, role=role))
    typer.echo(f"{added.id} ({added.name}) is on the list of staff, as {added.role}.")
    typer.echo(f"On another machine they need a token: helpdesk staff token issue {added.id} --name ...")


@staff.command("list")
def everyone(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    server: Server = "",
    config: Config = None,
) -> None:
    """Print all members, with their roles; those who are disabled, too."""
    members = answered(config, server, lambda on: on.roster.everyone(on.actor))
    for each in members:
        if as_json:
            typer.echo(json.dumps({"id": each.id, "name": each.name, "role": each.role, "disabled": each.disabled}))
        else:
            typer.echo(f"{each.id:20} {each.role:9} {each.name}{'  (disabled)' if each.disabled else ''}")


@staff.command()
def role(
    member: Member,
    role: Annotated[Role, typer.Argument(help="What they may do from their next call on.")],
    server: Server = "",
    config: Config = None,
) -> None:
    """Change what a member may do."""
    from helpdesk.message import StaffId

    changed = answered(config, server, lambda on: on.roster.set_role(on.actor, StaffId(member), role))
    typer.echo(f"{changed.name} is {_article(changed.role)} now.")


@staff.command()
def disable(member: Member, server: Server = "", config: Config = None) -> None:
    """End a member's access, at once, on every open desk.

    Their tokens are revoked. What they wrote and did stays theirs; what they had is free for colleagues to take.
    """
    from helpdesk.message import StaffId

    changed = answered(config, server, lambda on: on.roster.disable(on.actor, StaffId(member)))
    typer.echo(f"{changed.name} can't sign in any more, and their tokens open nothing.")


@staff.command()
def enable(member: Member, server: Server = "", config: Config = None) -> None:
    """Let a disabled member back in. They need new tokens."""
    from helpdesk.message import StaffId

    changed = answered(config, server, lambda on: on.roster.enable(on.actor, StaffId(member)))
    typer.echo(f"{changed.name} can sign in again, as {changed.role}.")


@staff.command("drop-pin")
def drop_pin(member: Member, server: Server = "", config: Config = None) -> None:
    """Take away the PIN of somebody who forgot it. They sign in without one, and may set another."""
    from helpdesk.message import StaffId

    changed = answered(config, server, lambda on: on.roster.drop_pin(on.actor, StaffId(member)))
    typer.echo(f"{changed.name} signs in without a PIN now. They set a new one at the desk: `:pin`.")


def _article(role: Role) -> str:
    return f"an {role}" if role in {Role.AGENT, Role.ADMIN} else f"a {role}"
