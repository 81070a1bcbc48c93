"""Away from the desk: what is nobody's yet goes to the duty list, one after the other (pure).

What is sent names a place, a time and a count, and never a patron's words, number or friendly name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment
from helpdesk.noise.concerns import Concern
from helpdesk.segments import plain_gsm, segments

Subject = Literal["incident", "ticket"]
"""What can be escalated."""

_GREETING = r"(?:(?:hi|hello|hey|thanks|thank you|cheers)\b[^\n.!,]{0,30}[\n.!,]\s*)?"
_NO = re.compile(
    rf"\W*{_GREETING}\W*(?:no|nope|not me|pass|can'?t|cannot|busy|off(?: duty)?|next|stop)\b", re.IGNORECASE
)
_YES = re.compile(
    rf"""\W*{_GREETING}\W*(?:
        ok|okay|k|kk|y|ye|yes|yep|yeah|yup|sure|roger|mine|ack|acknowledged|accepted|omw|going|coming|heading|taken
      | tak(?:e|ing)\ it | got\ (?:it|this) | on\ (?:it|(?:my|our|the)\ way) | will\ (?:do|go|take|come)
      | (?:i|we)(?:['\u2019]?(?:m|re)|\ am|\ are)\ (?:on\ (?:it|(?:my|our|the)\ way)|going|coming|heading|taking)
      | (?:i|we)(?:['\u2019]?ll|\ will|\ can)\ (?:do\ it|go|come|take|check)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_THUMBS = ("\U0001f44d", "\U0001f44c", "\u2705", "\U0001f197")

Reply = Literal["takes", "passes", ""]
"""What a reply from a duty phone says: "" is neither, so a machine's "I am away" takes nothing on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What nobody has taken.

    ``number``   the incident's, or the ticket's
    ``place``    the zone's name, "" where nobody knows it
    ``site``     the site's short name, "" for none
    ``since``    when it began
    ``texts``    how many people told of it
    """

    what: Subject
    number: int
    place: str
    site: str
    since: Instant
    texts: int
    concern: Concern | None = None


def alarm_text(alarm: Alarm, *, library: str, zone: str) -> str:
    """The text to a duty phone: one segment; the library's name, then the place is cut where it would not fit."""
    full = _said(alarm, library, alarm.place, zone)
    if segments(full).parts == 1:
        return full
    bare = _said(alarm, "", alarm.place, zone)
    place = alarm.place
    while segments(bare).parts > 1 and place:
        place = place[:-1].rstrip()
        bare = _said(alarm, "", f"{place}.." if place else "", zone)
    return bare


def alarm_subject(alarm: Alarm) -> str:
    """The subject of the mail that says the same."""
    return f"{_what(alarm)}: nobody has taken it"


def _said(alarm: Alarm, library: str, place: str, zone: str) -> str:
    since = moment(alarm.since).astimezone(ZoneInfo(zone))
    where = place or "place not known"
    if alarm.site and place:
        where = f"{where} ({alarm.site})"
    who = f"{library}: " if library else ""
    texts = f", {alarm.texts} texts" if alarm.texts > 1 else ""
    told = f"{who}{_what(alarm)}. {where}, since {since:%H:%M}{texts}. Nobody has it."
    return plain_gsm(f"{told} Reply OK to take it, NO to pass it on.")


def _what(alarm: Alarm) -> str:
    named = f"noise {alarm.number}" if alarm.what == "incident" else f"ticket {alarm.number}"
    if alarm.concern is None:
        return named.capitalize()
    return f"URGENT {alarm.concern.replace('_', '-')}, {named}"


def taken_text(what: Subject, number: int, *, by: str) -> str:
    """What a duty phone is told that answers after somebody else took it."""
    named = "Noise" if what == "incident" else "Ticket"
    return plain_gsm(f"{named} {number} was taken by {by} meanwhile. Nothing to do. Thank you.")


def reply_of(text: str) -> Reply:
    """What a reply from a duty phone says. Only a plain yes takes the matter on: nobody else is told then."""
    if _NO.match(text):
        return "passes"
    return "takes" if text.lstrip().startswith(_THUMBS) or _YES.match(text) else ""
