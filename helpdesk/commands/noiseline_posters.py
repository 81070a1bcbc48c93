"""`helpdesk noiseline posters`: a page to print for every zone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from helpdesk.commands.options import Config


def posters(
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="The folder that gets them.")],
    site: Annotated[str, typer.Option(help="Only this site's zones.", show_default=False)] = "",
    config: Config = None,
) -> None:
    """Write a poster for each zone, as a page (A4) and as an SVG drawing, and an index of them all.

    Each shows the zone's code and a QR code that begins the text on a phone. Print one before you print them all.
    """
    from helpdesk.errors import NotFound, Refused
    from helpdesk.posters import as_html, as_svg, index_of, poster_for
    from helpdesk.reports.page.writing import stage
    from helpdesk.settings.file import load
    from helpdesk.settings.zoning import zone_plan

    settings = load(config, channels=False)
    plan = zone_plan(settings)
    zones = plan.of_site(site) if site else plan.zones
    if not plan.zones:
        raise Refused("There is no zone yet. Write them into a file and name it as `zones` in the settings.")
    if not zones:
        raise NotFound(f"No zone is at a site {site!r}. There are: {', '.join(plan.sites)}.")
    made = [poster_for(zone, settings) for zone in zones if zone.code]
    files = {"index.html": index_of(made).encode()}
    for poster in made:
        files |= {f"{poster.zone.id}.html": as_html(poster).encode(), f"{poster.zone.id}.svg": as_svg(poster).encode()}
    for path in stage(out, files).commit():
        typer.echo(f"wrote {path}")
    for zone in zones:
        if not zone.code:
            typer.echo(f"no poster for {zone.id}: it has no code")
