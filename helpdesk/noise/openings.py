"""Hours as a text says them, in few letters. Pure.

They fill ``{hours}`` and ``{opens}`` of a template (:mod:`helpdesk.noise.texts`); "" where they are not known, and the
template's own stand-in is said.
"""

from __future__ import annotations

from datetime import datetime

from helpdesk.clock import DAY, Instant, moment
from helpdesk.errors import NeverOpen
from helpdesk.hours import Hours

ALWAYS = "day and night"
"""The hours of a line that keeps none."""

_WEEK = 7


def said_hours(hours: Hours | None, now: Instant) -> str:
    """ "until 19:00": when the desk closes today, its last stretch counted. None is a line that is always open."""
    if hours is None:
        return ALWAYS
    try:
        day = hours.day_at(now)
    except NeverOpen:
        return ""
    return f"until {_wall(day.closes, hours):%H:%M}" if day is not None and now < day.closes else ""


def said_opening(hours: Hours | None, now: Instant) -> str:
    """When somebody is at the desk again: "10:00" today, "Mon 10:00" within the week, else "Wed 24 Dec 10:00"."""
    if hours is None:
        return "now"
    try:
        opens = hours.next_open(now)
    except NeverOpen:
        return ""
    if opens == now:
        return "now"
    wall = _wall(opens, hours)
    days = hours.local.local(opens) // DAY - hours.local.local(now) // DAY
    if days == 0:
        return f"{wall:%H:%M}"
    return f"{wall:%a %H:%M}" if days < _WEEK else f"{wall:%a} {wall.day} {wall:%b %H:%M}"


def _wall(when: Instant, hours: Hours) -> datetime:
    return moment(Instant(hours.local.local(when)))
