"""A comparison to read: the funnel as a table, what stands beside it, and what is not compared and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from helpdesk.reports import words
from helpdesk.reports.benchmark.comparison import Apart, Centre, Comparison, Placed
from helpdesk.reports.benchmark.likeness import channels, counted, timed
from helpdesk.reports.benchmark.peers import Peer
from helpdesk.reports.text.lines import table, wrapped


def as_text(comparisons: Sequence[Comparison]) -> str:
    """All of them, one under the other; ends with a line break."""
    lines = [line for each in comparisons for line in _comparison(each)]
    return "\n".join(line.rstrip() for line in [*lines, *wrapped(NOTE)]) + "\n"


NOTE = (
    "Limits: of libraries that keep a promise just as well as the centre says, chance puts the shares of 95 % (99.8 %) "
    "between them, given of how many contacts each is. A funnel is no league table: shares within the limits are not "
    "ranked. Periods differ; look at them too."
)
"""How a funnel is read."""


def _comparison(found: Comparison) -> Iterator[str]:
    yield found.standard
    yield from wrapped(f"{found.ours.promise} {promised(found.ours)}.", first="  ", rest="  ")
    if found.ours.note:
        yield from wrapped(found.ours.note, first="  ", rest="  ")
    yield ""
    yield from _funnel(found)
    yield from _apart("Alike as far as can be told, but not to be placed in the funnel:", found.beside)
    yield from _apart("Not compared, as the promise is another one:", found.unlike)
    yield from _elsewhere(found.elsewhere)


def promised(peer: Peer) -> str:
    """What is timed, by which limit, of which contacts, and how they were counted."""
    measure = words.MEASURES[peer.measure] if peer.measure else "what is timed is not said"
    kind = f", {peer.kind} only" if peer.kind else ""
    return f"Measured: {measure} within {timed(peer)}; {channels(peer.channels)}{kind}; {counted(peer.counted)}"


def around(found: Comparison) -> str:
    """What the funnel is drawn around, in words."""
    if found.around is Centre.PROMISE:
        return f"our promise of {words.share(found.centre)}"
    return f"{words.share(found.centre)}, the share of all their contacts together"


def _funnel(found: Comparison) -> Iterator[str]:
    yield from wrapped(f"The funnel, around {around(found)}")
    yield ""
    heads = ("Library", "Period", "Share", "Of", "95 % limits", "99.8 % limits", "Place")
    yield from table(heads, [row(each) for each in found.placed], left=(0, 1, 6), flows=(0, 1))
    yield ""
    if found.alone:
        yield from wrapped(
            "Nobody else can be placed in it: no peer in the file has the same promise and says of how many contacts "
            "its share is, and that all were counted."
        )
        yield ""


def row(each: Placed) -> tuple[str, ...]:
    """A line of the funnel's table."""
    low998, low95, high95, high998 = each.limits
    return (
        words.plain(each.peer.institution) + (" (ours)" if each.ours else ""),
        words.plain(each.peer.period),
        words.share(each.share),
        words.count(each.judged),
        words.interval((low95, high95)),
        words.interval((low998, high998)),
        str(each.place),
    )


def _apart(head: str, found: Iterable[Apart]) -> Iterator[str]:
    listed = list(found)
    if not listed:
        return
    yield from wrapped(head)
    yield ""
    for each in listed:
        yield from wrapped(f"{named(each.peer)}: {reached(each.peer)}", first="  ", rest="    ")
        for said in (*each.why, *([each.peer.note] if each.peer.note else [])):
            yield from wrapped(f"- {words.plain(said)}", first="    ", rest="      ")
    yield ""


def named(peer: Peer) -> str:
    """Who promised what, and when."""
    when = "" if peer.period == "not said" else f", {peer.period}"
    return words.plain(f"{peer.institution}{when}: {peer.promise}")


def reached(peer: Peer) -> str:
    """ "95.0 % of 100 % promised", as far as it is said."""
    target = f", promised {words.share(peer.target)}" if peer.target is not None else ""
    if peer.lowest is not None:
        return f"{words.share(peer.lowest)} to {words.share(peer.highest)}{target}"
    if peer.figure is None:
        return f"no figure{target}"
    of = f" of {words.count(peer.judged)}" if peer.judged else ""
    return f"{words.share(peer.figure)}{of}{target}"


def _elsewhere(found: Sequence[Apart]) -> Iterator[str]:
    if not found:
        return
    by_contacts: dict[str, list[str]] = {}
    for each in found:
        by_contacts.setdefault(_about(each.peer), []).append(each.peer.institution)
    said = "; ".join(f"{about}: {', '.join(dict.fromkeys(who))}" for about, who in sorted(by_contacts.items()))
    yield from wrapped(f"Not compared, as they are about other contacts. {said[:1].upper()}{said[1:]}.")
    yield ""


def _about(peer: Peer) -> str:
    return f"{channels(peer.channels)}, {peer.kind} only" if peer.kind else channels(peer.channels)
