"""Published service standards, and the clocks that measure them: the public names of

==================  ===============================================================================
promises            a standard: measure, limit, whom it covers; its frozen text
promise_file        reads ``[standards.NAME]`` from TOML; the presets
published           every version of standards and calendars, and which was in force when
clocks              a ticket's clock rows, folded from its events
==================  ===============================================================================
"""

from __future__ import annotations

from helpdesk.standards.clocks import (
    Answer,
    Bar,
    ClockRow,
    Outcome,
    Rows,
    advance,
    answers_from_text,
    answers_text,
    judged,
    next_due,
    replay,
)
from helpdesk.standards.promise_file import check_calendars, presets_text, standard_from_toml, standards_from_toml
from helpdesk.standards.promises import Covers, Limit, Measure, Standard, Subject, limit_from_text, standard_from_text
from helpdesk.standards.published import Calendar, Published, Version

__all__ = [
    "Answer",
    "Bar",
    "Calendar",
    "ClockRow",
    "Covers",
    "Limit",
    "Measure",
    "Outcome",
    "Published",
    "Rows",
    "Standard",
    "Subject",
    "Version",
    "advance",
    "answers_from_text",
    "answers_text",
    "check_calendars",
    "judged",
    "limit_from_text",
    "next_due",
    "presets_text",
    "replay",
    "standard_from_text",
    "standard_from_toml",
    "standards_from_toml",
]
