"""`helpdesk noiseline zones`: the plan, and what is read in a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from helpdesk.commands.options import Config

if TYPE_CHECKING:
    from helpdesk.zones import Plan, Zone
    from helpdesk.zones.reading import Placed


def zones(
    text: Annotated[str, typer.Argument(help="A text to try. Without one, the plan.", show_default=False)] = "",
    site: Annotated[str, typer.Option(help="The site of the line that it comes in on.", show_default=False)] = "",
    config: Config = None,
) -> None:
    """Print the plan of zones; or, for a text, the zone that is read in it, how surely and why.

    Where the zone is not certain, it prints those that are possible still: the texter would be asked.
    """
    from helpdesk.settings.file import load
    from helpdesk.settings.zoning import zone_plan
    from helpdesk.zones.reading import read_place

    plan = zone_plan(load(config, channels=False))
    for line in _read(read_place(text, plan, site)) if text else planned(plan):
        typer.echo(line)


def planned(plan: Plan) -> Iterator[str]:
    """The zones by site and floor, in the order of the file."""
    if not plan.zones:
        yield "There is no plan: write zones in a TOML file and name it in the setting `zones`."
    for site in plan.sites:
        yield f"{site}:"
        for zone in plan.of_site(site):
            yield f"  {zone.floor:>9}  {zone.kind:6}  {zone.code or '-':8}  {_named(zone)}"


def _named(zone: Zone) -> str:
    """A zone's id and name, with what else it is called and its rooms."""
    others = ", ".join((*zone.aliases, *(f"room {room}" for room in zone.rooms)))
    return f"{zone.name} ({zone.id})" + (f": {others}" if others else "")


def _read(placed: Placed) -> Iterator[str]:
    """What was read, in lines."""
    if placed.zone:
        yield f"zone     {placed.zone.name} ({placed.zone.id})"
        yield f"sure     {placed.sure}"
    else:
        yield "zone     none: ask back"
    yield f"why      {placed.why}"
    if placed.written:
        yield f"written  {placed.written}"
    if not placed.zone:
        yield from (f"perhaps  {zone.name} ({zone.id})" for zone in placed.choices)
