"""``helpdesk evidence``: a folder for an assessor of Customer Service Excellence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from helpdesk.commands.options import Config
from helpdesk.commands.yearly import AsOf, Begin, End, Year, days, loaded, noted, question, reading
from helpdesk.plurals import plural


def evidence(
    year: Year = None,
    begin: Begin = None,
    end: End = None,
    out: Annotated[Path | None, typer.Option(help="The folder to make.", show_default=False)] = None,
    as_of: AsOf = None,
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Instead: write a file to keep grades and notes in.", show_default=False),
    ] = None,
    config: Config = None,
) -> None:
    """Make the evidence pack of a year for Customer Service Excellence.

    A folder with index.html, tables and documents: per element what the log shows, and what it does not. Grades and
    notes come from the file that the settings name (evidence, in [report]); the desk grades nothing.
    """
    if start is not None:
        _start(start, year, [begin, end, out, as_of])
        return
    if out is None:
        raise typer.BadParameter("name the folder: --out FOLDER.", param_hint="--out")
    if year is None and (begin is None or end is None):
        raise typer.BadParameter("name the period: --year 2026-27, or --from and --to.", param_hint="--year")
    period = days(year, begin, end)
    settings = loaded(config)
    from helpdesk.reports.evidence.folder import put
    from helpdesk.reports.evidence.gathering import gathered
    from helpdesk.reports.evidence.pack import pack

    asked = question(settings, period, as_of)
    material = asyncio.run(reading(settings, lambda store: gathered(store, asked, settings)))
    noted(settings, "evidence")
    files = pack(material)
    put(files, out)
    typer.echo(f"{out}: {plural(len(files), 'file')}. Open {out / 'index.html'}; read it before you hand it on.")
    if not material.report.log.whole:
        typer.echo(f"The log is not whole: {material.report.log.fault}", err=True)
        raise typer.Exit(1)


def _start(file: Path, year: str | None, beside: list[object]) -> None:
    """Write a file to begin with."""
    if year is None or any(each is not None for each in beside):
        remedy = "goes with the year to begin with and nothing else: --start evidence.toml --year 2026-27."
        raise typer.BadParameter(remedy, param_hint="--start")
    from helpdesk.reports.evidence.elements import catalogue
    from helpdesk.reports.evidence.kept import start
    from helpdesk.reports.years import named, sconul_year

    start(file, catalogue(), named(sconul_year(year)))
    typer.echo(f"wrote {file}: fill it in, and name it in helpdesk.toml: evidence, in [report].")
