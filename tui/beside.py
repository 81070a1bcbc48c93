"""Tickets that are named on another one: linked, merged, followed on from, of the same person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.message import StaffId
from helpdesk.thread import Contact, Entry, EntryKind, Thread
from tui.history import Name
from tui.plain import cut, one_line
from tui.render import Eye
from tui.words import VIA, Line, Tone, full_time, on_day

SUBJECT = 30
"""How many cells the subject of another ticket gets."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A ticket beside another one: its number, what it is called, and why it stands there."""

    number: int
    words: str
    why: str


def named_beside(thread: Thread, eye: Eye) -> tuple[Beside, ...]:
    """Every other ticket that is named on one, each once, the closest tie first."""
    found = [Beside(each.number, _called(each), f"linked, {_state(each, eye)}") for each in thread.related]
    if thread.merged_into is not None:
        found.append(Beside(thread.merged_into, str(thread.merged_into), "goes on in its place"))
    found += [Beside(number, str(number), "was merged into it") for number in thread.merged_in]
    found += [Beside(number, str(number), "one follows on from the other") for number in thread.linked]
    found += [
        Beside(each.number, _called(each), f"of the same person, {_state(each, eye)}") for each in thread.contacts
    ]
    first: dict[int, Beside] = {}
    for each in found:
        first.setdefault(each.number, each)
    return tuple(first.values())


def beside_lines(thread: Thread, eye: Eye, name: Name, cells: int) -> list[Line]:
    """Under a ticket's head: who follows it, what it is linked to, and what else the same person wrote.

    As many as fit on a line each; nothing where there is none.
    """
    said = [followed_by(thread.followers, eye.me, name)]
    said += [f"{title} {', '.join(_told(each, eye) for each in others)}" for title, others in _groups(thread)]
    return [((f" {cut(words, cells - 2)}", Tone.DIM),) for words in said if words]


def _groups(thread: Thread) -> list[tuple[str, Sequence[Contact]]]:
    groups = (("Linked:", thread.related), ("Also wrote:", thread.contacts))
    return [(title, others) for title, others in groups if others]


def followed_by(followers: Sequence[StaffId], me: StaffId, name: Name) -> str:
    """ "Followed by you, Ben Adeyemi and 2 more.", "" where nobody follows it."""
    names = ["you"] if me in followers else []
    names += [one_line(name(each)) for each in followers if each != me]
    shown, more = names[:3], len(names) - 3
    if more > 0:
        return f"Followed by {', '.join(shown)} and {more} more."
    if len(shown) > 1:
        return f"Followed by {', '.join(shown[:-1])} and {shown[-1]}."
    return f"Followed by {shown[0]}." if shown else ""


def _told(each: Contact, eye: Eye) -> str:
    return f"{each.number} {cut(one_line(each.subject), SUBJECT) or VIA[each.channel]} ({_state(each, eye)})"


def _called(each: Contact) -> str:
    return f"{each.number} {cut(one_line(each.subject), SUBJECT) or VIA[each.channel]}"


def _state(each: Contact, eye: Eye) -> str:
    return f"{each.state}, {on_day(each.updated, eye.now, eye.zone)}"


def splittable(thread: Thread) -> tuple[Entry, ...]:
    """What the patron wrote on the ticket itself: what can be split off it."""
    return tuple(each for each in thread.entries if each.kind is EntryKind.IN and each.came_with is None)


def message_line(entry: Entry, eye: Eye) -> str:
    """A message to choose: when it came, and its first words, harmless and on one line."""
    return f"{full_time(entry.written, eye.now, eye.zone)}  {cut(one_line(entry.text[:200]), 44) or '(no text)'}"
