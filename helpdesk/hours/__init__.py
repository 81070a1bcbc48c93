"""Working time as arithmetic: rules in, compiled hours out.

==========  =========================================================================================
localtime   local time from a frozen table of clock changes
calendars   a calendar's rules, and the frozen text that publishing keeps
reckoning   compiled hours: spent, due, before, is_open, next_open, days_due, all by bisect
almanac     bank holidays and clock changes, read on publishing only
timetable   ``[calendars.NAME]`` tables of TOML
==========  =========================================================================================
"""

from helpdesk.hours.reckoning import Hours, OpenDay, WorkingDay, compile_hours, hours_from_text

__all__ = ["Hours", "OpenDay", "WorkingDay", "compile_hours", "hours_from_text"]
