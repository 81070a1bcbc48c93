"""Each promise beside those of other libraries: the funnel, what stands beside it, what is not compared and why."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.reports import words
from helpdesk.reports.benchmark.chart import chart
from helpdesk.reports.benchmark.comparison import Apart, Comparison, Place
from helpdesk.reports.benchmark.text import NOTE, around, reached, row
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.shown import Sheet, Shown, several

OURS = "documents/our-figures.toml"


def peers(material: Material) -> Shown:
    """Every promise of ours among the peers."""
    found = material.comparisons
    if not found:
        return Shown(lacks=("A promise of ours with a figure, to set beside those of others.",))
    placed = [each for each in found if not each.alone]
    return Shown(
        says=(*(_said(material, each) for each in found), *([NOTE] if placed else [])),
        sheets=tuple(sheet for each in found for sheet in _sheets(material, each)),
        files=(OURS,),
        lacks=tuple(_lacking(material, each) for each in found if each.alone),
    )


def _said(material: Material, found: Comparison) -> str:
    title = material.quoted(found.standard)
    others = len(found.placed) - 1
    if others < 1:
        return (
            f"{title}: nobody else can be placed in a funnel with us. Of other libraries' promises about these "
            f"contacts {words.count(len(found.beside))} can be read beside ours; {words.count(len(found.unlike))} are "
            "unlike it and are not compared."
        )
    outside = [each for each in found.placed if each.place is not Place.WITHIN]
    ours = found.placed[0]
    return (
        f"{title}: ours and {several(others, 'figure')} of others in a funnel around {around(found)}. Ours lies "
        f"{ours.place.in_words}; {words.count(len(outside))} of {words.count(len(found.placed))} lie outside them."
    )


def _lacking(material: Material, found: Comparison) -> str:
    return (
        f"A like figure for {material.quoted(found.standard)}: no peer in the file has the same promise and says of "
        "how many contacts its share is. Ask a library for its export (`helpdesk benchmark export`)."
    )


def _sheets(material: Material, found: Comparison) -> Iterable[Sheet]:
    title = material.title(found.standard)
    if not found.alone:
        yield Sheet(
            name=f"funnel-{found.standard}",
            caption=f"Funnel: {title}",
            heads=("Library", "Period", "Share", "Of", "95 % limits", "99.8 % limits", "Place"),
            rows=tuple(map(row, found.placed)),
            numbers=frozenset({2, 3, 4, 5}),
            chart=chart(f"funnel-{found.standard}", found),
        )
    others = [*_rows("beside ours", found.beside), *_rows("not compared", found.unlike)]
    if others:
        yield Sheet(
            name=f"peers-{found.standard}",
            caption=f"Other libraries: {title}",
            heads=("Library", "Period", "Promise", "Reached", "How", "Why", "Source"),
            rows=tuple(others),
        )


def _rows(how: str, found: Iterable[Apart]) -> Iterable[tuple[str, ...]]:
    for each in found:
        peer = each.peer
        why = "; ".join((*each.why, *([peer.note] if peer.note else [])))
        yield (peer.institution, peer.period, peer.promise, reached(peer), how, why, peer.source)
