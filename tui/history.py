"""What happened to a ticket, in words: one line for each fact of its log. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo

from helpdesk.clock import Instant
from helpdesk.events import PATRON, SYSTEM, Fact, Kind
from helpdesk.thread import Moment
from tui.plain import one_line
from tui.words import UNKNOWN, danger, graded, on_day, outcome_words, span

Name = Callable[[str], str]
"""A member's name, by id."""

WORDS: Mapping[Kind, str] = {
    Kind.OPENED: "{who} opened the ticket",
    Kind.RECEIVED: "{who} wrote: {why}",
    Kind.QUARANTINED: "put into quarantine{reason}",
    Kind.KEPT: "the mail was kept before it was read",
    Kind.CLAIMED: "{who} took it{until}",
    Kind.RELEASED: "{who} put it back",
    Kind.ASSIGNED: "{who} gave it to {to}",
    Kind.NOTED: "{who} wrote a note",
    Kind.REPLIED: "{who} replied",
    Kind.UNSENT: "{who} took a reply back before it was sent: what it did is undone",
    Kind.ACKNOWLEDGED: "an acknowledgement went out",
    Kind.ATTENDED: "{who} went there",
    Kind.SENT: "the reply was sent",
    Kind.DEFERRED: "sending the reply failed; it is tried again",
    Kind.DELIVERED: "the reply was delivered",
    Kind.UNDELIVERABLE: "sending the reply failed for good{code}",
    Kind.RESENT_UNCLEAR: "a reply was sent again: it was unclear whether the first try arrived",
    Kind.PAUSED: "{who} waits for the patron",
    Kind.RESUMED: "no longer waiting",
    Kind.SNOOZED: "{who} snoozed it{until}",
    Kind.WOKEN: "came back from its snooze",
    Kind.SOLVED: "{who} solved it",
    Kind.CLOSED: "closed: the patron's time to write again is over",
    Kind.REOPENED: "{who} reopened it",
    Kind.SPAM: "{who} put it into spam",
    Kind.NOT_SPAM: "{who} took it out of spam",
    Kind.LEFT: "the visitor left the chat",
    Kind.TURNED_TO_MAIL: "{who} had it go on by e-mail",
    Kind.LINKED: "{linked}{why}",
    Kind.MERGED: "{who} merged it into {other}",
    Kind.SPLIT: "{split}",
    Kind.RELATED: "{who} linked it to {other}",
    Kind.UNRELATED: "{who} took its link to {other} away",
    Kind.FOLLOWED: "{who} follows it",
    Kind.UNFOLLOWED: "{who} follows it no longer",
    Kind.TESTED: "{who} {test}",
    Kind.TAGGED: "{who} gave it tags: {tags}",
    Kind.SORTED: "{who} sorted it: {sorted}",
    Kind.GRADED: "{who} said how it went: {graded}",
    Kind.PROMISED: "{who} promised news{by}",
    Kind.CORRECTED: "{who} corrected it: answered{answered}",
    Kind.EXPLAINED: "{who} said why it was late",
    Kind.OPTED_OUT: "{who} wants no more texts",
    Kind.OPTED_IN: "{who} takes texts again",
    Kind.FETCHED: "files that came with it were fetched",
    Kind.NOT_TOLD: "the carrier never said whether the reply arrived",
    Kind.PLACED: "{who} placed it: {zone}",
    Kind.JOINED: "it is one of the texts about its noise",
    Kind.PARTED: "{who} parted its noise from another",
    Kind.DISPATCHED: "{who} sent {goes}",
    Kind.CONCLUDED: "{who} ended its noise: {outcome}",
    Kind.INCIDENT_REOPENED: "{who} took its noise up again",
    Kind.INCIDENT_NOTED: "{who} wrote a note for whoever goes",
    Kind.CONCERN: "words of danger: {concern}",
    Kind.ESCALATED: "nobody took it in time, so {goes} was told",
    Kind.ESCALATION_TAKEN: "whoever was told by the duty list takes it",
    Kind.MUTED: "{who} muted the texter{until}",
    Kind.UNMUTED: "{who} unmuted the texter",
    Kind.BREACH_NOTICED: "late: {standard}{due}",
    Kind.FORGOTTEN: "the patron's words were erased",
    Kind.IMPORTED: "{who} imported it from another desk",
    Kind.UNDONE: "{who} took back what they did last",
    Kind.SHREDDED: "the way back to the sender was destroyed",
}
"""Each kind of fact in words; the braces are filled in by :func:`sentence`."""


SHOWN_AS_ENTRIES = frozenset({Kind.NOTED, Kind.REPLIED, Kind.ACKNOWLEDGED})
"""Facts that stand in the thread as entries already."""


WHY: Mapping[str, str] = {
    "new_contact": "opened as a new contact",
    "same_chat": "the same chat",
    "chat_goes_on_after_its_end": "the chat was over, so opened anew",
    "signed_address": "sent to this ticket's own address",
    "signed_address_after_closing": "sent to the address of a closed ticket, so opened anew",
    "answers_our_message": "answers our message",
    "answers_our_message_after_closing": "answers our message on a closed ticket, so opened anew",
    "answers_their_message": "goes on with their own message",
    "answers_their_message_after_closing": "goes on with a closed ticket, so opened anew",
    "stranger_names_a_message": "a stranger names a message of another ticket, so opened on its own",
    "same_texter": "the same texter, soon after",
    "imported": "imported from another desk",
    "split": "split off another ticket",
    "same_texter_later": "the same texter, some time after, so opened anew",
}
"""Why a message was put where it is: the rules of matching in words."""


def sentence(
    moment: Moment, name: Name, now: Instant, zone: tzinfo, due: Instant | None = None, place: Name = one_line
) -> str:
    """One fact as a sentence, its remark behind it.

    ``due``: the deadline that a breach is about, where it is known; ``place``: what a zone of the library is called.
    """
    words = WORDS.get(moment.kind, str(moment.kind).replace("_", " "))
    filled = words.format(
        who=_who(moment.actor, name),
        to=one_line(name(str(moment.data.get("to", "")))),
        until=_until(moment.data.get("until"), now, zone),
        why=_why(moment.data.get("rule")),
        other=_ticket(moment.other),
        linked=_linked(moment),
        code=_joined(", code ", moment.data.get("code")),
        reason=_joined(": ", moment.data.get("reason")),
        standard=_standard(moment.data.get("standard")),
        split=_split(moment, name),
        test="took it for a test" if moment.data.get("test") is not False else "says it is no test",
        sorted=_sorted(moment.data),
        graded=_graded(moment.data),
        tags=one_line(str(moment.data.get("tags") or "none")),
        by=_at(" by ", moment.data.get("by"), now, zone),
        answered=_at(" at ", moment.data.get("answered"), now, zone),
        due=f" was due at {on_day(due, now, zone)}" if due is not None else "",
        zone=place(str(moment.data.get("zone") or "")) or UNKNOWN,
        goes=one_line(name(str(moment.data.get("to") or ""))) or "somebody",
        outcome=outcome_words(moment.data.get("outcome")),
        concern=danger(str(moment.data.get("concern") or "")).removeprefix("DANGER: "),
    ).removesuffix(": ")
    return f"{filled}. {one_line(moment.remark)}" if moment.remark else filled


def _why(rule: Fact) -> str:
    return WHY.get(str(rule), one_line(str(rule)).replace("_", " ")) if rule else ""


def _ticket(number: int | None) -> str:
    return "another ticket" if number is None else f"ticket {number}"


def _linked(moment: Moment) -> str:
    if "merged" in moment.data:
        return f"{_ticket(moment.other)} was merged into it"
    return f"follows on from {_ticket(moment.other)}: "


def _split(moment: Moment, name: Name) -> str:
    if "from" in moment.data:
        return f"{_who(moment.actor, name)} split it off {_ticket(moment.other)}"
    return f"{_who(moment.actor, name)} split {_ticket(moment.other)} off it"


def _sorted(data: Mapping[str, Fact]) -> str:
    """What changed of its kind and its site."""
    said = [f"kind {one_line(str(data.get('kind')))}"] if data.get("kind") != data.get("was_kind") else []
    if data.get("site") != data.get("was_site"):
        said.append(f"site {one_line(str(data.get('site') or 'none'))}")
    return ", ".join(said)


def _graded(data: Mapping[str, Fact]) -> str:
    return graded(data.get("effort"), data.get("first_contact")) or "nothing is said of it any more"


def _standard(standard: Fact) -> str:
    return one_line(str(standard)) if standard else ""


def _who(actor: str, name: Name) -> str:
    return {PATRON: "the patron", SYSTEM: "the desk"}.get(actor) or one_line(name(actor))


def _joined(before: str, fact: Fact) -> str:
    return f"{before}{one_line(str(fact)).replace('_', ' ')}" if fact else ""


def _until(fact: Fact, now: Instant, zone: tzinfo) -> str:
    return _at(" until ", fact, now, zone)


def _at(before: str, fact: Fact, now: Instant, zone: tzinfo) -> str:
    return f"{before}{on_day(Instant(fact), now, zone)}" if isinstance(fact, int) and fact else ""


def held_more(held_until: Instant | None, now: Instant) -> str:
    """How much longer a claim holds ("9 min more"), "" for an owner for good."""
    return f"{span(held_until - now)} more" if held_until is not None and held_until > now else ""
