"""The index of a pack: one self-contained page for an assessor, and the same as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from helpdesk.clock import moment
from helpdesk.reports import words
from helpdesk.reports.evidence.drafts import Draft, State
from helpdesk.reports.evidence.elements import Criterion
from helpdesk.reports.evidence.kept import Entry
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.shown import Sheet, listed, several
from helpdesk.reports.text.lines import headline, table, wrapped

ROWS = 40
"""So many rows of a table stand on the page; its file has them all."""

LOOKS = {State.SHOWN: "met", State.PARTLY: "partly", State.GAP: "few"}
"""The shape beside a state: full, half, dashed."""

FILES = {
    "report.html": "the report of the period, everything in it",
    "report.txt": "the same as text",
    "report.json": "the same for machines",
    "documents/standards.txt": "the promises, with the history of their versions",
    "documents/calendars.txt": "the published opening hours, with terms, closures and bank holidays",
    "documents/our-figures.toml": "our figures for other libraries to compare themselves with",
    "tables/figures.csv": "every promise by month",
    "tables/misses.csv": "every miss, with the reason that staff gave",
    "tables/contacts.csv": "contacts by channel",
    "tables/heat.csv": "contacts and misses by weekday and hour, beside staffed time",
    "tables/runs.csv": "the run charts, month by month",
}
"""What the files are that don't come from a table of the page."""

INTERNAL = (
    "For the assessor and for those who run the service, not for publication: single misses stand in it, with the "
    "reasons that staff gave, and no small number is hidden."
)
DRAFTED = (
    "The drafts are made from the log's figures. They grade nothing: read them, correct them, and add what no log can "
    "show. Elements are named by number, in our own words; have the standard beside you."
)
RECALLED = "Its content is known to us from memory, not from print: check it against the standard."


def as_html(material: Material, drafts: Sequence[Draft]) -> str:
    """The page; the same material gives the same text. Each table stands with the first element that draws on it."""
    report = material.report
    return (
        _environment()
        .get_template("index.html")
        .render(
            material=material,
            report=report,
            drafts=drafts,
            criteria=[(each, _of(each, drafts)) for each in material.catalogue.criteria],
            gaps=[each for each in drafts if each.state is State.GAP],
            homes=_homes(drafts),
            about=FILES,
            rows=ROWS,
            looks=LOOKS,
            internal=INTERNAL,
            drafted=DRAFTED,
            recalled=RECALLED,
            counted=_counted(material, drafts),
            made=f"{moment(report.now):%Y-%m-%dT%H:%M:%SZ}",
            moment=lambda when: words.moment_of(when, report.zone),
            style=_style(),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("helpdesk.reports.evidence", ""),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": words.count,
        "day": words.day,
        "period": words.period,
        "plain": words.plain,
        "grades": grades,
        "covered": words.covered,
        "several": several,
        "elsewhere": _elsewhere,
        "tied": lambda said: said.replace(" %", "\N{NO-BREAK SPACE}%"),
    }
    return environment


@cache
def _style() -> Markup:
    """The style sheet of all our pages; it is ours, and holds nothing that would end its element."""
    return Markup(files("helpdesk.reports.page").joinpath("page.css").read_text("utf-8"))


def _of(criterion: Criterion, drafts: Sequence[Draft]) -> list[Draft]:
    """A criterion's elements to which the log speaks."""
    return [each for each in drafts if each.element.criterion == criterion.number and each.state is not State.GAP]


def _homes(drafts: Sequence[Draft]) -> Mapping[str, str]:
    """Where each table stands on the page: with the first element that has it, by name."""
    homes: dict[str, str] = {}
    for draft in drafts:
        for sheet in draft.shown.sheets:
            homes.setdefault(sheet.name, draft.element.number)
    return homes


def _elsewhere(draft: Draft, homes: Mapping[str, str]) -> list[Sheet]:
    """The tables that an element draws on and that stand with an earlier one."""
    return [each for each in draft.shown.sheets if homes[each.name] != draft.element.number]


def _counted(material: Material, drafts: Sequence[Draft]) -> str:
    number = {state: sum(each.state is state for each in drafts) for state in State}
    beyond = material.catalogue.total - len(drafts)
    return (
        f"The log speaks to {number[State.SHOWN] + number[State.PARTLY]} of the standard's {material.catalogue.total} "
        f"elements, to {number[State.SHOWN]} of them with no open point. {number[State.GAP]} are gaps that a help desk "
        f"could fill. The other {beyond} are about things that no log of contacts can show."
    )


def grades(entries: Sequence[Entry]) -> str:
    """ "compliant (assessor, 12 May 2026)", of several one after the other; a dash where there is none."""
    return "; ".join(_graded(each) for each in entries if each.grade) or words.NOTHING


def _graded(entry: Entry) -> str:
    by = "the library itself" if entry.by == "self" else "the assessor"
    on = f", {words.day(entry.on)}" if entry.on else ""
    return f"{entry.grade} ({by}{on})"


# The same as text


def as_text(material: Material, drafts: Sequence[Draft]) -> str:
    """The index as plain text, at most 80 columns wide: for where no browser is, and for other programs."""
    lines = [*_face(material, drafts), *_glance(drafts)]
    for draft in drafts:
        lines += _element(draft)
    lines += _seal(material)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _face(material: Material, drafts: Sequence[Draft]) -> Iterator[str]:
    report = material.report
    yield from headline(f"Evidence of {words.plain(report.library)} for Customer Service Excellence", "=")
    yield f"{words.period(report.days)} ({report.zone})"
    yield f"As of {words.moment_of(report.now, report.zone)}"
    if material.running:
        yield "The period is not over."
    if not report.log.whole:
        yield from wrapped(f"THE LOG IS BROKEN, do not rely on these figures. {report.log.fault}")
    yield ""
    for said in (INTERNAL, DRAFTED, f"(recalled): {RECALLED}", _counted(material, drafts)):
        yield from wrapped(said)
    yield ""


def _glance(drafts: Sequence[Draft]) -> Iterator[str]:
    rows = [(each.element.number, str(each.state), grades(each.now), grades(each.before)) for each in drafts]
    yield from table(("Element", "The log", "This year", "Before"), rows, left=(0, 1, 2, 3), flows=(3, 2))
    yield ""


def _element(draft: Draft) -> Iterator[str]:
    yield from headline(f"{draft.element.number}  {draft.state}{' (recalled)' if draft.element.recalled else ''}")
    yield from wrapped(draft.element.gist)
    for entry in (*draft.now, *draft.before):
        yield from _written(entry)
    for said in draft.shown.says:
        yield ""
        yield from wrapped(said)
    names = [*(f"tables/{sheet.name}.csv" for sheet in draft.shown.sheets), *draft.shown.files]
    if names:
        yield ""
        yield from wrapped(f"Files: {listed(dict.fromkeys(names))}.")
    for missing in draft.shown.lacks:
        yield from wrapped(f"- Open: {missing}", rest="  ")
    yield ""


def _written(entry: Entry) -> Iterator[str]:
    whose = "The library itself" if entry.by == "self" else "The assessor"
    said = [f"{whose}, {entry.year}: {entry.grade or 'no grade yet'}."]
    said += [words.plain(text) for text in (entry.said, entry.notes) if text]
    said += [f"Documents: {'; '.join(map(words.plain, entry.documents))}."] if entry.documents else []
    yield from wrapped(" ".join(said), first="> ", rest="> ")


def _seal(material: Material) -> Iterator[str]:
    end = material.report.log.end
    yield from wrapped(f"Made from events 1 to {words.count(end.seq)} of the log, whose digest is")
    yield f"  {end.digest}"
