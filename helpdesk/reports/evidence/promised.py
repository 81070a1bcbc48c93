"""What the library promises: its standards, their history, whom they cover, who owns them, what patrons are told."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.message import Channel
from helpdesk.reports import words
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.shown import Row, Sheet, Shown, listed, several
from helpdesk.reports.period import local_day
from helpdesk.reports.timeliness import Figure
from helpdesk.standards import Bar, Standard, Version

HISTORY = "documents/standards.txt"

FORMS = {
    Channel.PHONE: "Phone",
    Channel.MAIL: "E-mail",
    Channel.SMS: "Text message",
    Channel.CHAT: "Web chat",
    Channel.DESK: "In person",
}
"""The forms of contact that the desk logs. Letters are the sixth, and it does not."""


def promises(material: Material) -> Shown:
    """The standards in force, each with its limit, share and owner."""
    if not material.in_force:
        return Shown(lacks=("No standard is in force.",))
    number = several(len(material.in_force), "measurable standard", "measurable standards")
    return Shown(
        says=(
            f"{number} of timeliness {'is' if len(material.in_force) == 1 else 'are'} in force. Each is published with "
            "its limit, the share promised, the opening hours it counts by and a first day; a contact keeps the "
            "version that held when it came in.",
        ),
        sheets=(_in_force(material),),
        files=(HISTORY,),
    )


def _in_force(material: Material) -> Sheet:
    rows = []
    for each in material.in_force:
        standard = each.standard
        since = words.day(local_day(each.begins, material.report.zone))
        rows.append(
            (
                standard.title,
                words.measured((standard,)),
                f"{standard.share:g} %",
                since,
                standard.owner or words.NOTHING,
            )
        )
    return Sheet(
        name="promises",
        caption="Standards in force",
        heads=("Promise", "Measured", "Promised", "In force since", "Owner"),
        rows=tuple(rows),
        numbers=frozenset({2}),
    )


def challenge(material: Material) -> Shown:
    """Which promises are easily kept, and which are hard."""
    judged = [each for each in material.report.total.figures if each.interval and each.judged >= each.few]
    easy = [each for each in judged if each.interval and each.interval[0] > _hundredths(each.promised)]
    hard = [each for each in judged if each.interval and each.interval[1] < _hundredths(each.promised)]
    says = []
    if hard:
        named = listed(material.quoted(each.standard) for each in hard)
        says.append(f"Not within reach in the period, beyond what chance explains: {named}.")
    if easy:
        named = listed(material.quoted(each.standard) for each in easy)
        says.append(f"Kept with room to spare, beyond what chance explains, so that more could be promised: {named}.")
    return Shown(says=tuple(says))


def _hundredths(promised: str) -> int:
    return round(float(promised) * 100)


def changes(material: Material) -> Shown:
    """Which versions of standards were published during the period."""
    begin, end = material.report.days.instants(material.report.zone)
    fresh = [each for each in material.history if begin <= each.published < end]
    if not fresh:
        return Shown(
            says=("No standard was changed in the period; the history of all versions is in the pack.",)
            if material.history
            else (),
            files=(HISTORY,) if material.history else (),
        )
    return Shown(
        says=(
            f"{several(len(fresh), 'version')} of standards {'was' if len(fresh) == 1 else 'were'} published in the "
            "period. Earlier versions are kept, and no past figure changed with them.",
        ),
        sheets=(_changed(material, fresh),),
        files=(HISTORY,),
    )


def _changed(material: Material, fresh: list[Version]) -> Sheet:
    return Sheet(
        name="changes",
        caption="Versions published in the period",
        heads=("Published", "Standard", "Promise", "Measured", "Promised"),
        rows=tuple(
            (
                words.day(local_day(each.published, material.report.zone)),
                each.standard.name,
                each.standard.title,
                words.measured((each.standard,)),
                f"{each.standard.share:g} %",
            )
            for each in fresh
        ),
        numbers=frozenset({4}),
    )


def owners(material: Material) -> Shown:
    """Who is responsible for each promise."""
    owned = {each.standard.owner for each in material.in_force if each.standard.owner}
    nobody = [material.quoted(each.standard.name) for each in material.in_force if not each.standard.owner]
    says = f"Responsible for the standards: {listed(sorted(owned))}." if owned else ""
    lacks = f"An owner of {listed(nobody)}: the standard names nobody." if nobody else ""
    return Shown(says=(says,) if says else (), lacks=(lacks,) if lacks else ())


# Every form of contact


def coverage(material: Material) -> Shown:
    """Form by form: what came in, which standards hold for it, how much of it was judged."""
    rows, lacks, measured = [], [], []
    for channel, form in FORMS.items():
        row, missing = _form(material, channel, form)
        rows.append(row)
        lacks += [missing] if missing else []
        measured += [form] if not missing and row[-1] == MEASURED else []
    rows.append(("Letter", words.NOTHING, "none", words.NOTHING, "not logged by the desk"))
    lacks.append("Letters: the desk does not log them, so no standard of ours can be shown for them.")
    said = (
        f"Of six forms of contact, {several(len(measured), 'has', 'have')} a measurable standard under which contacts "
        f"were judged: {listed(measured)}."
        if measured
        else "Of six forms of contact, none has a measurable standard under which contacts were judged."
    )
    sheet = Sheet(
        name="coverage",
        caption="Every form of contact, and the standards that hold for it",
        heads=("Form", "Contacts", "Standards", "Not measured", "State"),
        rows=tuple(rows),
        numbers=frozenset({1, 3}),
    )
    return Shown(says=(said,), sheets=(sheet,), lacks=tuple(lacks))


MEASURED = "measured"


def _form(material: Material, channel: Channel, form: str) -> tuple[Row, str]:
    """The row of a form of contact, and what it lacks ("" for nothing)."""
    received = sum(each.received for each in material.report.volumes if each.channel is channel)
    held = [each.standard for each in material.in_force if covers(each.standard, channel)]
    figures = [each for each in material.report.total.figures if any(each.standard == one.name for one in held)]
    judged = max((each.judged for each in figures), default=0)
    unmeasured = max((_unmeasured(each) for each in figures), default=0)
    state, missing = _state(form, received, len(held), judged, unmeasured)
    if held and state == MEASURED and all(_narrowed(each) for each in held):
        state = "measured in part"
        missing = f"{form}: a standard for {listed(map(_narrowed, held))} only, none for the rest."
    names = ", ".join(_held(each, figures) for each in held) or "none"
    return (form, words.count(received), names, words.count(unmeasured), state), missing


def _unmeasured(figure: Figure) -> int:
    """Contacts that came by phone or to the desk, and of which nobody entered or sampled how long they waited."""
    return figure.left_out.get(Bar.NOT_MEASURED, 0)


def _held(standard: Standard, figures: Iterable[Figure]) -> str:
    judged = sum(each.judged for each in figures if each.standard == standard.name)
    return f"{standard.name} ({words.count(judged)} judged)"


def _narrowed(standard: Standard) -> str:
    """Which of a channel's contacts a standard is about, "" for all of them."""
    found = standard.covers
    kinds = [f"the kind {listed(found.kinds)}"] if found.kinds else []
    lines = [f"the line {listed(found.lines)}"] if found.lines else []
    sites = [f"the site {listed(found.sites)}"] if found.sites else []
    return listed([*kinds, *lines, *sites, *([f"the tag {listed(found.tags)}"] if found.tags else [])])


def _state(form: str, received: int, held: int, judged: int, unmeasured: int) -> tuple[str, str]:
    if not held:
        came = several(received, "contact") if received else "no contact"
        return "no standard", f"{form}: {came} and no standard."
    if not judged and not unmeasured:
        return (
            "nothing to judge",
            "" if not received else f"{form}: a standard, and nothing that could be judged by it.",
        )
    if not judged:
        return "not measured", (
            f"{form}: a standard, but no waiting time was entered or sampled for any of "
            f"{several(unmeasured, 'contact')}, so none is measured."
        )
    if unmeasured > judged:
        return "measured in part", (
            f"{form}: {several(unmeasured, 'contact')} without a waiting time, beside {words.count(judged)} that were "
            "judged; say how the judged ones were chosen."
        )
    return MEASURED, ""


def covers(standard: Standard, channel: Channel) -> bool:
    """Whether a standard is about a channel, or about all."""
    return not standard.covers.channels or channel in standard.covers.channels


# What patrons are told at the outset


def greetings(material: Material) -> Shown:
    """The automatic acknowledgements, word for word, of each line."""
    if not material.lines:
        return Shown()
    greeted = {name: line for name, line in material.lines.items() if line.greeting.strip()}
    silent = [line.title for line in material.lines.values() if not line.greeting.strip()]
    lacks = f"An acknowledgement that names the promise, on {listed(silent)}: none is sent there." if silent else ""
    sheet = Sheet(
        name="acknowledgements",
        caption="What patrons are told at once",
        heads=("Line", "Words"),
        rows=tuple((line.title, line.greeting.strip()) for line in greeted.values()),
    )
    return Shown(
        says=("An automatic acknowledgement tells patrons what to expect; read whether its words name the promise.",)
        if greeted
        else (),
        sheets=(sheet,) if greeted else (),
        lacks=(lacks,) if lacks else (),
    )


def complaints(material: Material) -> Shown:
    """Standards that are about complaints."""
    found = [each for each in material.in_force if "complaint" in each.standard.covers.kinds]
    return Shown(says=tuple(_complaint(material, each.standard) for each in found))


def _complaint(material: Material, standard: Standard) -> str:
    figures = (each for each in material.report.total.figures if each.standard == standard.name)
    reached = "; ".join(f"{words.share(each.share)} of {words.count(each.judged)}" for each in figures)
    return f"{material.quoted(standard.name)}, promised for {standard.share:g} %: {reached or 'none came in'}."
