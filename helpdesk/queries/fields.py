"""The fields of a query: one table, from which reading, completion and docs/views.md go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from enum import StrEnum
from types import MappingProxyType

from helpdesk.message import Channel
from helpdesk.ticket import Flag, State


class Takes(StrEnum):
    """What stands behind a field's colon."""

    CHOICE = "choice"
    """One of a few words, or several with commas between."""
    NAME = "name"
    """A name that the library gave, or several."""
    LENGTH = "length"
    """< or > and a stretch of time."""
    TIME = "time"
    """The same, or a day."""
    NUMBER = "number"
    """A number, or < or > and one."""


NONE = "none"
"""The value of a name that is not there: ``owner:none``."""

ME = "me"
"""Whoever asks: ``owner:me``."""

ANY = "any"
"""Every state: ``state:any``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    ``means``    what it says of a ticket, for the docs and the line under the cursor
    ``choices``  of a :attr:`Takes.CHOICE` its words, each with what it means; of a name what it takes besides
    ``example``  a query with it
    """

    name: str
    takes: Takes
    means: str
    example: str
    choices: Mapping[str, str] = default(default_factory=dict)


def _choices(**words: str) -> Mapping[str, str]:
    return MappingProxyType(words)


_NOBODY = _choices(none="nobody has it", me="I have it")
_STATES: Mapping[str, str] = MappingProxyType(
    {
        State.NEW: "nobody has taken it up",
        State.OPEN: "somebody works on it",
        State.WAITING: "it waits for the patron",
        State.SNOOZED: "out of sight until a time",
        State.SOLVED: "done",
        State.CLOSED: "done, and its time to come back is over",
        State.SPAM: "spam",
        State.MUTED: "from somebody who is muted",
        ANY: "whatever its state",
    }
)
_CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        Channel.SMS: "a text",
        Channel.MAIL: "a mail",
        Channel.CHAT: "a web chat",
        Channel.PHONE: "logged from the phone",
        Channel.DESK: "logged at the desk",
    }
)
_IS = _choices(
    unanswered="the patron waits for an answer",
    late="its deadline has passed and the patron still waits",
    flagged="it has a mark, whichever",
    held="somebody holds it for a while (a claim)",
    danger="somebody may be in danger",
    noise="it tells of noise",
    merged="another ticket goes on in its place",
    followed="I follow it",
)
_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        Flag.QUARANTINED: "it could not be read",
        Flag.UNDELIVERABLE: "a reply could not be delivered",
        Flag.AUTOMATIC: "a machine wrote it",
        Flag.UNVERIFIED: "somebody unverified wrote on it",
        Flag.LEFT: "the visitor left the chat",
        Flag.BY_MAIL: "a chat that goes on by mail",
        Flag.TEST: "a probe or a training contact",
        Flag.OPTED_OUT: "the patron wants no texts",
    }
)

_TABLE = (
    Field(
        name="channel",
        takes=Takes.CHOICE,
        means="how it came",
        choices=_CHANNELS,
        example="channel:sms,chat",
    ),
    Field(
        name="state",
        takes=Takes.CHOICE,
        means="where it stands; left out: new, open or waiting",
        choices=_STATES,
        example="state:solved,closed",
    ),
    Field(
        name="is", takes=Takes.CHOICE, means="what else is true of it", choices=_IS, example="is:unanswered -is:held"
    ),
    Field(
        name="owner",
        takes=Takes.NAME,
        means="who has it, by the name they sign in with",
        choices=_NOBODY,
        example="-owner:me",
    ),
    Field(
        name="breaching",
        takes=Takes.LENGTH,
        means="how long until its deadline, while the patron waits; what is late counts as soon",
        example="breaching:<10m",
    ),
    Field(
        name="waiting", takes=Takes.LENGTH, means="how long the patron has waited for an answer", example="waiting:>1h"
    ),
    Field(name="age", takes=Takes.LENGTH, means="how long ago the contact began, by the wall clock", example="age:>3d"),
    Field(
        name="opened",
        takes=Takes.TIME,
        means="when the contact began: how long ago, or the day",
        example="opened:>=2026-11-01 opened:<2026-12-01",
    ),
    Field(
        name="updated",
        takes=Takes.TIME,
        means="when anything last happened to it: how long ago, or the day",
        example="updated:today",
    ),
    Field(
        name="tag",
        takes=Takes.NAME,
        means="a tag that it has",
        choices=_choices(none="no tag"),
        example="tag:printer,copier",
    ),
    Field(
        name="kind",
        takes=Takes.NAME,
        means="the kind of contact",
        choices=_choices(none="no kind"),
        example="kind:enquiry",
    ),
    Field(
        name="site",
        takes=Takes.NAME,
        means="the library's site",
        choices=_choices(none="no site"),
        example='site:"Main & North"',
    ),
    Field(
        name="line",
        takes=Takes.NAME,
        means="the number, mailbox or chat page that it came to",
        example="line:noise",
    ),
    Field(
        name="zone",
        takes=Takes.NAME,
        means="the place in the library",
        choices=_choices(none="no place"),
        example="zone:l3-silent",
    ),
    Field(
        name="flag",
        takes=Takes.CHOICE,
        means="a mark that it has",
        choices=_FLAGS,
        example="flag:undeliverable",
    ),
    Field(
        name="number",
        takes=Takes.NUMBER,
        means="the ticket's number; #12 says the same as number:12",
        example="#12",
    ),
)

FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _TABLE})
"""Every field by its name, in the order in which they are offered."""

LENGTHS = "30s, 10m, 2h, 3d or 1w"
"""How stretches of time are written."""

DAYS = "today, yesterday or a date such as 2026-11-22"
"""How days are written."""
