"""``helpdesk benchmark ...``: our figures beside those of other libraries, and for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from helpdesk.commands.options import Config
from helpdesk.commands.yearly import AsOf, Begin, End, Year, days, loaded, printed, question, reading
from helpdesk.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.reports.benchmark.comparison import Comparison

benchmark = typer.Typer(help="Our figures beside those of other libraries: show, export.", no_args_is_help=True)


@benchmark.command()
def show(
    standard: Annotated[str | None, typer.Option(metavar="NAME", help="One standard. Default: all.")] = None,
    year: Year = None,
    begin: Begin = None,
    end: End = None,
    peers: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A file of peers besides the library's own; again for more."),
    ] = None,
    around: Annotated[Literal["promise", "pooled"], typer.Option(help="What the funnel is drawn around.")] = "promise",
    form: Annotated[Literal["text", "svg"], typer.Option("--format", help="How it is written.")] = "text",
    as_of: AsOf = None,
    config: Config = None,
) -> None:
    """Set each promise beside the same promise of other libraries.

    Like beside like, as a funnel; unlike promises are not ranked, and the reason is said.
    """
    if form == "svg" and standard is None:
        raise typer.BadParameter("svg draws one standard: add --standard NAME.", param_hint="--format")
    period = days(year, begin, end)
    settings = loaded(config)
    from helpdesk.reports.benchmark.comparison import Centre, compared
    from helpdesk.reports.benchmark.peers import distinct, read_peers
    from helpdesk.reports.evidence.gathering import peers_of
    from helpdesk.reports.making import report

    others = distinct([*peers_of(settings), *(each for path in peers or () for each in read_peers(path))])
    asked = question(settings, period, as_of)
    made = asyncio.run(reading(settings, lambda store: report(store, asked)))
    found = _chosen(compared(made, others, around=Centre(around)), standard)
    if form == "svg":
        printed(_drawn(found[0]))
        return
    from helpdesk.reports.benchmark.text import as_text

    printed(as_text(found))


def _chosen(found: tuple[Comparison, ...], standard: str | None) -> Sequence[Comparison]:
    """All, or those of one standard; Refused where there is nothing to compare."""
    if not found:
        raise Refused("Nothing was judged in this period, so there is nothing to compare. Choose another.")
    if standard is None:
        return found
    chosen = [each for each in found if each.standard == standard]
    if not chosen:
        from helpdesk.tables import nearest_end

        known = nearest_end(standard, {each.standard for each in found})
        raise Refused(f"Under {standard!r} nothing was judged in this period; {known}")
    return chosen


def _drawn(found: Comparison) -> str:
    from helpdesk.reports.benchmark.chart import chart

    if found.alone:
        said = f"Nobody else can be placed beside {found.standard}, so there is no funnel to draw."
        raise Refused(f"{said} --format text says why.")
    return f"{chart('funnel', found)}\n"


@benchmark.command()
def export(year: Year = None, begin: Begin = None, end: End = None, as_of: AsOf = None, config: Config = None) -> None:
    """Print our own figures as a file of peers, for other libraries.

    Whole standards only: nothing by site, hour or person, no ticket and no text.
    """
    if year is None and (begin is None or end is None):
        raise typer.BadParameter("name the period: --year 2026-27, or --from and --to.", param_hint="--year")
    period = days(year, begin, end)
    settings = loaded(config)
    from helpdesk.reports.benchmark.ours import exported, ours
    from helpdesk.reports.making import report

    asked = question(settings, period, as_of)
    made = asyncio.run(reading(settings, lambda store: report(store, asked)))
    if not ours(made):
        raise Refused("Nothing was judged in this period, so there is nothing to export. Choose another.")
    printed(exported(made))
    if not made.log.whole:
        typer.echo(f"helpdesk: the log is not whole: {made.log.fault}", err=True)
        raise typer.Exit(1)
