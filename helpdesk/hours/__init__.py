"""Working time as arithmetic: rules in, compiled hours out.

==============  =========================================================================================
localtime       local time from a frozen table of clock changes
calendars       a calendar's rules, and the frozen text that publishing keeps
differences     what differs between two versions, in words
moments         times as people type and read them
reckoning       compiled hours: spent, due, before, is_open, next_open, days_due, all by bisect
working         the working of such an answer: what was counted, what was skipped, and why
month           a month, day by day
ahead           moments to come: after lunch, the next opening, next week, next term
answers         one question answered in lines of text, with the working
almanac         bank holidays and clock changes, read on publishing only
timetable       ``[calendars.NAME]`` tables of TOML
opening_table   opening hours from a table such as libraries publish (CSV)
closures_file   closures from an iCalendar file
written         calendars and closures as TOML
opening         the same for programs of others, with datetimes: docs/hours-api.md
==============  =========================================================================================
"""

from helpdesk.hours.reckoning import Hours, OpenDay, WorkingDay, compile_hours, hours_from_text

__all__ = ["Hours", "OpenDay", "WorkingDay", "compile_hours", "hours_from_text"]
