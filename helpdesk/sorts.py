"""What a contact was about, where, and how it went: what can be picked, and the pure transitions that say it.

==========  ==========================================================================
sort        its kind and its site: other standards may cover it, from its opening on
grade       its READ level, and whether one contact was enough
strike      a contact that was logged by mistake leaves the figures
Sorts       what the desk offers: kinds, sites, and presets of contacts that are logged by a digit
==========  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from helpdesk.clock import Instant
from helpdesk.errors import NotAllowed, NotFound, Refused
from helpdesk.events import Kind
from helpdesk.message import Channel, StaffId
from helpdesk.standards import Covers
from helpdesk.statements import in_figures, mark_test
from helpdesk.tables import nearest
from helpdesk.ticket import Change, Ticket, change_of

READ = {
    1: "under 5 minutes, nothing looked up",
    2: "some minutes, one thing looked up",
    3: "a search in what we know well",
    4: "a real search, in several places",
    5: "long work, with a subject's own sources",
    6: "research, for hours or days",
}
"""The levels of the READ scale, a gist of each: how much effort, skill and knowledge an answer took."""

FIXED = frozenset({"noise", "duty"})
"""Kinds that the desk itself gives: what it does with such a ticket, and how it is counted, hangs on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A contact at the desk or by phone that is logged by its ``number``, 1 to 9, as the library describes it."""

    number: int
    title: str
    channel: Channel
    kind: str = "enquiry"
    site: str = ""
    effort: int | None = None
    first_contact: bool | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorts:
    """What staff pick from. ``asks``: whether the desk asks for READ level and first contact when one is solved."""

    kinds: tuple[str, ...] = ("enquiry",)
    sites: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()
    asks: bool = False

    def more(self, covered: Iterable[Covers]) -> Sorts:
        """The same with the kinds and sites that standards cover."""
        found = list(covered)
        kinds = (*self.kinds, *(kind for each in found for kind in each.kinds if kind not in FIXED))
        sites = (*self.sites, *(site for each in found for site in each.sites))
        return replace(self, kinds=tuple(dict.fromkeys(kinds)), sites=tuple(dict.fromkeys(sites)))

    def preset(self, number: int) -> Preset:
        """The preset of a number; NotFound, with what there is, where there is none."""
        for each in self.presets:
            if each.number == number:
                return each
        there = ", ".join(f"{each.number} ({each.title})" for each in self.presets) or "none"
        raise NotFound(f"There is no preset {number}. There are: {there}.")

    def known(self, ticket: Ticket, kind: str, site: str) -> None:
        """NotFound, with the nearest, for a kind or a site that is new to the library and to the ticket."""
        if kind not in {*self.kinds, ticket.kind}:
            raise NotFound(f"There is no kind {kind[:40]!r}; {nearest(kind, self.kinds)}")
        if site not in {*self.sites, ticket.site, ""}:
            raise NotFound(f"There is no site {site[:40]!r}; {nearest(site, self.sites)}")


def sort(ticket: Ticket, *, kind: str, site: str, by: StaffId, now: Instant) -> Change:
    """It is of this kind, and belongs to this site. The fact says what it was, so that a report can look back."""
    if (kind, site) == (ticket.kind, ticket.site):
        return Change(ticket)
    if kind != ticket.kind and (fixed := {kind, ticket.kind} & FIXED):
        raise Refused(f"The desk itself says what is {min(fixed)}: ticket {ticket.number} stays {ticket.kind}.")
    fact = {"kind": kind, "site": site, "was_kind": ticket.kind, "was_site": ticket.site}
    return change_of(ticket, replace(ticket, kind=kind, site=site), now, by, (Kind.SORTED, {**fact}))


def grade(ticket: Ticket, *, effort: int | None, first_contact: bool | None, by: StaffId, now: Instant) -> Change:
    """How much work it was, and whether one contact was enough; None takes back what was said."""
    in_figures(ticket)
    level(effort)
    if (effort, first_contact) == (ticket.effort, ticket.first_contact):
        return Change(ticket)
    after = replace(ticket, effort=effort, first_contact=first_contact)
    return change_of(ticket, after, now, by, (Kind.GRADED, {"effort": effort, "first_contact": first_contact}))


def strike(ticket: Ticket, *, by: StaffId, now: Instant) -> Change:
    """Logged by mistake, or not after all: whoever logged it takes it out of the figures, and nobody else's."""
    if ticket.channel not in {Channel.PHONE, Channel.DESK}:
        raise Refused("Only a contact that was logged by hand can be struck off. A lead can mark a test (:test).")
    if ticket.owner != by:
        raise NotAllowed(f"{ticket.owner or 'A colleague'} logged ticket {ticket.number}. Ask them, or a lead (:test).")
    return mark_test(ticket, by=by, now=now)


def level(effort: int | None) -> int | None:
    """A READ level; Refused where it is none."""
    if effort is not None and effort not in READ:
        raise Refused(f"A READ level is 1 to {max(READ)}: 1 is {READ[1]}; {max(READ)} is {READ[max(READ)]}.")
    return effort
