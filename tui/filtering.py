"""The line in which a list is narrowed: what is offered while one types, and what is wrong, under the place. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpdesk.ports.views import Listing
from helpdesk.queries import Completion, Known, NotAQuery, doubts, read
from tui.plain import cut, fit, one_line, width, wrap
from tui.sitting import Sitting
from tui.words import Line, Tone, plural

OFFERED = 6
"""How many completions are shown at a time."""

NAME = 24
"""Cells for what can be taken, beside what it means."""


def known(sitting: Sitting, in_use: Mapping[str, Sequence[str]]) -> Known:
    """The values that the library knows, by field: staff, lines and places by name; what is in use of the rest."""
    staff = {str(member.id): member.name for member in sitting.members.values()}
    lines = {str(line): title for line, title in sitting.hello.lines.items()}
    zones = {zone.id: zone.name for zone in sitting.choices.zones}
    return {**{name: dict.fromkeys(values, "") for name, values in in_use.items()}, "owner": staff, "line": lines,
            "zone": zones}  # fmt: skip


def offers(found: Sequence[Completion], marked: int | None, cells: int) -> list[Line]:
    """Some of what could stand there, around the marked one."""
    first = 0 if marked is None else max(0, min(marked - OFFERED + 1, len(found) - OFFERED))
    lines: list[Line] = []
    for at, each in enumerate(found[first : first + OFFERED], start=first):
        bar, tone = ("▌", Tone.STRONG) if at == marked else (" ", Tone.PLAIN)
        name = fit(one_line(each.text), NAME)
        means = cut(one_line(each.means), max(cells - NAME - 3, 0))
        lines.append(((f"{bar} ", Tone.ACCENT), (name, tone), (f" {means}", Tone.DIM)))
    return lines


def wrong(text: str, error: NotAQuery, cells: int, before: int) -> list[Line]:
    """What is wrong, under its place: a mark, then the sentence; ``before`` cells stand left of the line itself."""
    begin = before + width(text[: error.begin])
    marks = "^" * max(1, width(text[error.begin : error.end]))
    place = (" " * begin + marks)[: max(cells - 1, 1)] if begin < cells - 1 else ""
    return [((place, Tone.LATE),), *(((f" {piece}", Tone.LATE),) for piece in wrap(str(error), cells - 2))]


def looked(text: str) -> NotAQuery | None:
    """Why a text is no query, None where it is one."""
    try:
        read(text)
    except NotAQuery as error:
        return error
    return None


def doubted(text: str, names: Known) -> str:
    """A sentence about a name in a query that nobody here knows, "" for none."""
    return "" if looked(text) else doubts(read(text), names)


def filter_line(typed: str, listing: Listing, *, cells: int) -> Line:
    """What narrows the list, how many it leaves, and how all come back."""
    found = how_many(listing)
    tail = f"  {found}   esc shows all"
    room = max(cells - width(tail) - 9, 8)
    return (
        (" Filter  ", Tone.DIM),
        (cut(one_line(typed), room), Tone.ACTIVE),
        (f"  {found}", Tone.PLAIN),
        ("   esc ", Tone.ACCENT),
        ("shows all", Tone.DIM),
    )


def how_many(listing: Listing) -> str:
    """How many there are: all, so many and more further down, or as many as were found where words are looked for."""
    many = plural(listing.total, "ticket")
    if listing.whole:
        return many
    return f"{many}, and more below" if listing.anchors else f"{many}, of the first that were looked at"


NOTHING = "Nothing here matches. {key:search} looks in all messages."
"""What a list says that was narrowed to nothing."""

_VIAS = {"text": "sms", "texts": "sms", "mail": "mail", "mails": "mail", "chat": "chat", "chats": "chat"}
"""Words that may be meant as a way of writing, and its name in a query."""


def nothing(typed: str) -> str:
    """What a list says that ``typed`` narrowed to nothing: how it is asked, where it may be meant otherwise."""
    word = typed.strip()
    via = _VIAS.get(word.casefold())
    if via is None:
        return NOTHING
    return f"“{word}” stands in no message here. {{key:filter}} channel:{via} shows what came that way."
