"""When something opens again, in words for whoever reads them outside: "14:00", "tomorrow at 09:00"."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January February March April May June July August September October November December").split()


def opens(when: Instant, now: Instant, zone: str) -> str:
    """ "14:00" today, "tomorrow at 09:00", else "Monday 23 November at 09:00", by the library's clock.

    Midnight is the end of a day: "the end of today".
    """
    here = ZoneInfo(zone)
    then, today = moment(when).astimezone(here), moment(now).astimezone(here).date()
    if then.hour == then.minute == 0 and then.date() == today + timedelta(days=1):
        return "the end of today"
    if then.date() == today:
        return f"{then:%H:%M}"
    if then.date() == today + timedelta(days=1):
        return f"tomorrow at {then:%H:%M}"
    return f"{_DAYS[then.weekday()]} {then.day} {_MONTHS[then.month - 1]} at {then:%H:%M}"
