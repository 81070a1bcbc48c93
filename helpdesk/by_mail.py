"""A chat that goes on by e-mail: under which address, from what, and with which words. Pure.

It stays the ticket that it was, with its number, its clocks and its place in the figures as a chat. From then on
replies go out as mails of a mail line, and what the visitor answers to them comes back to the same ticket.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from helpdesk.clock import Instant
from helpdesk.errors import Refused
from helpdesk.events import Kind
from helpdesk.message import Address, Channel, LineId, PersonId, StaffId
from helpdesk.thread import Entry, EntryKind
from helpdesk.ticket import Change, Flag, State, Ticket, change_of, workable

LONGEST = 254
"""The longest address that mail has, in characters."""

_LETTER = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = rf"{_LETTER}{{1,64}}(?:\.{_LETTER}{{1,64}}){{0,8}}@(?:{_LABEL}\.){{1,8}}[A-Za-z]{{2,24}}"
_WHOLE = re.compile(_ADDRESS)
_WITHIN = re.compile(rf"(?<![\w.@-]){_ADDRESS}(?![\w@-])")

_READ = 8_000
"""How much of what a visitor wrote is looked through for an address, in characters of each message."""


def address(typed: str, name: str, ours: Collection[str] = ()) -> Address:
    """Where the mails go. Refused, in words, for what is no address, or is one of the library's own."""
    bare = typed.strip().removeprefix("mailto:")
    if len(bare) > LONGEST or not _WHOLE.fullmatch(bare) or len(bare.partition("@")[0]) > 64:
        raise Refused("This is no e-mail address: type one such as name@example.org, and nothing else.")
    if bare.lower() in ours:
        raise Refused("This is the library's own address. Type the visitor's.")
    return Address(channel=Channel.MAIL, value=bare.lower(), name=name)


def given(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The addresses that a visitor wrote in their chat, the latest first, each once."""
    said = [entry.text[:_READ] for entry in entries if entry.kind is EntryKind.IN]
    found = [each.lower() for text in reversed(said) for each in reversed(_WITHIN.findall(text))]
    return tuple(dict.fromkeys(each for each in found if len(each) <= LONGEST))


def turn(ticket: Ticket, *, person: PersonId, line: LineId, by: StaffId, now: Instant) -> Change:
    """The chat goes on by mail to ``person``, from ``line``: also one whose visitor has left. Clocks run on."""
    workable(ticket)
    if ticket.channel is not Channel.CHAT:
        raise Refused(f"Ticket {ticket.number} is no chat: only a chat goes on by e-mail.")
    if Flag.BY_MAIL in ticket.flags:
        raise Refused(f"Ticket {ticket.number} goes on by e-mail already.")
    flags = (ticket.flags | {Flag.BY_MAIL}) - {Flag.LEFT, Flag.UNDELIVERABLE}
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    after = replace(ticket, flags=flags, person=person, owner=ticket.owner or by, held_until=None, state=state)
    return change_of(ticket, after, now, by, (Kind.TURNED_TO_MAIL, {"line": line}))


def transcript(entries: Iterable[Entry], library: str) -> str:
    """What was said in the chat, as the end of a mail: no note of a colleague's, and nobody's name."""
    said = [entry for entry in entries if entry.kind in _SAID]
    who = {EntryKind.IN: "You"}
    lines = [f"{who.get(entry.kind, library)}: {entry.text}".rstrip() for entry in said]
    quoted = [f"> {line}".rstrip() for text in lines for line in text.splitlines()]
    return "\n".join(["Our chat so far:", *quoted]) if quoted else ""


def over_words(*, by_mail: bool) -> str:
    """What the page of a chat that is over says to whoever held it."""
    if by_mail:
        return "We have answered you by e-mail, and this chat has ended. To write again, answer that e-mail."
    return "This chat has ended. You can start a new one."


_SAID = frozenset({EntryKind.IN, EntryKind.OUT, EntryKind.AUTO})
