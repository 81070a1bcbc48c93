"""`helpdesk hooks ...`: outgoing webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from helpdesk.commands.asking_staff import Server
from helpdesk.commands.options import Config
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from helpdesk.hooks_asked import Asking
    from helpdesk.ports.hooks import Hook, HookTry

T = TypeVar("T")

hooks = typer.Typer(help="Webhooks: what other systems are told, and whether they took it.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The hook's name.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        help="A file with the secret to use (whsec_...). Else one is made and shown.",
        show_default=False,
    ),
]


def _answered(config: Path | None, server: str, ask: Callable[[Asking], Awaitable[T]]) -> tuple[T, str]:
    """What ``ask`` is answered, and the zone in which times are shown."""
    return asyncio.run(_asked(config, server, ask))


async def _asked(config: Path | None, server: str, ask: Callable[[Asking], Awaitable[T]]) -> tuple[T, str]:
    from helpdesk import hooks_asked
    from helpdesk.clock import SystemClock
    from helpdesk.commands.options import system_user
    from helpdesk.settings.file import load

    if server:
        async with hooks_asked.at(server) as asking:
            return await ask(asking), asking.zone
    async with hooks_asked.here(load(config, channels=False), SystemClock(), system_user()[0]) as asking:
        return await ask(asking), asking.zone


@hooks.command()
def add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to: https://..., or http:// on this machine.")],
    events: Annotated[
        str, typer.Option(help="What to tell, with commas: ticket.opened,ticket.solved. docs/webhooks.md lists it.")
    ],
    secret_file: SecretFile = None,
    server: Server = "",
    config: Config = None,
) -> None:
    """Tell another system of events, from now on."""
    wanted = tuple(each.strip() for each in events.split(",") if each.strip())
    secret = _secret(secret_file)
    added, _ = _answered(config, server, lambda on: on.hooks.add(on.actor, name, url=url, events=wanted, secret=secret))
    typer.echo(f"{added.hook.name} is told of {', '.join(added.hook.events)}.")
    _show(added.secret)
    typer.echo(f"Try it with `helpdesk hooks test {added.hook.name}`.")


def _secret(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{file} can't be read. Name the file that the secret is in.") from None


def _show(secret: str) -> None:
    if secret:
        typer.echo(f"Its secret, shown this once: {secret}")


@hooks.command("list")
def overview(server: Server = "", config: Config = None) -> None:
    """Print all hooks: what they are told, and whether they take it."""
    found, zone = _answered(config, server, lambda on: on.hooks.overview(on.actor))
    for hook in found:
        typer.echo(f"{hook.name:20} {hook.state:8} {_standing(hook, zone)}")
        typer.echo(f"    {hook.url}")
        typer.echo(f"    {', '.join(hook.events)}")


def _standing(hook: Hook, zone: str) -> str:
    said = [f"waiting: {hook.waiting}"] if hook.waiting else []
    said += [f"takes nothing since {_time(hook.failing, zone)}"] if hook.failing is not None else []
    said += [hook.trouble] if hook.trouble else []
    said += [f"two secrets until {_time(hook.rotating, zone)}"] if hook.rotating is not None else []
    return "; ".join(said) or "nothing waits"


def _time(when: int, zone: str) -> str:
    from zoneinfo import ZoneInfo

    from helpdesk.clock import Instant, moment

    return f"{moment(Instant(when)).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


@hooks.command("test")
def try_out(name: Name, server: Server = "", config: Config = None) -> None:
    """Send a test message now, and say how it went. Exit status 1 if it was not taken."""
    tried, _ = _answered(config, server, lambda on: on.hooks.test(on.actor, name))
    if not tried.taken:
        typer.echo(tried.trouble, err=True)
        raise typer.Exit(1)
    typer.echo(f"{name} took it: {tried.status} after {tried.took} ms.")


@hooks.command()
def log(
    name: Name,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many of the latest messages.")] = 50,
    server: Server = "",
    config: Config = None,
) -> None:
    """Print the latest messages, the newest first: when, what, and how it went."""
    found, zone = _answered(config, server, lambda on: on.hooks.log(on.actor, name, count=count))
    for tried in found:
        typer.echo(_row(tried, zone))


def _row(tried: HookTry, zone: str) -> str:
    went = "taken" if tried.taken else "waits" if not tried.tries else "not taken"
    status = "-" if tried.status is None else str(tried.status)
    took = "" if tried.took is None else f"{tried.took} ms"
    when = _time(tried.made if tried.tried is None else tried.tried, zone)
    return f"{when}  {tried.event:20} {went:9} {status:3} {took:>9}  tries {tried.tries}  {tried.trouble}".rstrip()


@hooks.command()
def enable(
    name: Name,
    skip: Annotated[
        bool, typer.Option("--skip", help="Drop what waits, and tell only what happens from now on.")
    ] = False,
    server: Server = "",
    config: Config = None,
) -> None:
    """Send again, from where it stopped."""
    hook, _ = _answered(config, server, lambda on: on.hooks.enable(on.actor, name, skip=skip))
    typer.echo(f"{hook.name} is told again. Waiting: {hook.waiting}.")


@hooks.command()
def disable(name: Name, server: Server = "", config: Config = None) -> None:
    """Send nothing more until it is enabled. What happens meanwhile waits, for 30 days."""
    hook, _ = _answered(config, server, lambda on: on.hooks.disable(on.actor, name))
    typer.echo(f"{hook.name} is told nothing.")


@hooks.command()
def rotate(
    name: Name,
    secret_file: SecretFile = None,
    hours: Annotated[int, typer.Option(min=0, max=168, help="How long the secret before is good, too.")] = 24,
    server: Server = "",
    config: Config = None,
) -> None:
    """Sign with a new secret. For a while messages carry both signatures, so that no message is refused."""
    secret = _secret(secret_file)
    rotated, zone = _answered(config, server, lambda on: on.hooks.rotate(on.actor, name, secret=secret, hours=hours))
    until = rotated.hook.rotating
    typer.echo(
        f"{name} signs anew{'.' if until is None else f', and with the secret before until {_time(until, zone)}.'}"
    )
    _show(rotated.secret)


@hooks.command()
def remove(name: Name, server: Server = "", config: Config = None) -> None:
    """Forget a hook, its log and all that waits."""
    _answered(config, server, lambda on: on.hooks.remove(on.actor, name))
    typer.echo(f"{name} is gone.")
