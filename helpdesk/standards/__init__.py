"""Published service standards, and the clocks that measure them: the public names of

==================  ===============================================================================
promises            a standard: measure, limit, whom it covers; its frozen text
promise_file        reads ``[standards.NAME]`` from TOML; the presets
closings            lines that were closed by hand for a while, over the calendars
published           every version of standards and calendars, and which was in force when
rows                a clock's row, and how it stands
facts               what events have told of a clock, while a fold runs
answering           which events answer which measure
deadlines           what follows from a clock's facts: deadline, time spent, outcome
clocks              a ticket's clock rows, folded from its events
telling             every clock of a ticket in words: steps (what happened), sums (the working), times
==================  ===============================================================================
"""

from __future__ import annotations

from helpdesk.standards.clocks import Fold, advance, folded, heard, replay
from helpdesk.standards.closings import Closing, Closings
from helpdesk.standards.deadlines import Reckoning
from helpdesk.standards.facts import Facts
from helpdesk.standards.promise_file import (
    check_calendars,
    presets_text,
    standard_from_toml,
    standards_from_toml,
)
from helpdesk.standards.promises import Covers, Limit, Measure, Standard, Subject, limit_from_text, standard_from_text
from helpdesk.standards.published import Calendar, Published, Version
from helpdesk.standards.rows import (
    Answer,
    Bar,
    ClockRow,
    Outcome,
    Pause,
    Rows,
    answers_from_text,
    answers_text,
    corrections_from_text,
    corrections_text,
    judged,
    judged_as_recorded,
    next_due,
    pauses_from_text,
    pauses_text,
)

__all__ = [
    "Answer",
    "Bar",
    "Calendar",
    "ClockRow",
    "Closing",
    "Closings",
    "Covers",
    "Facts",
    "Fold",
    "Limit",
    "Measure",
    "Outcome",
    "Pause",
    "Published",
    "Reckoning",
    "Rows",
    "Standard",
    "Subject",
    "Version",
    "advance",
    "answers_from_text",
    "answers_text",
    "check_calendars",
    "corrections_from_text",
    "corrections_text",
    "folded",
    "heard",
    "judged",
    "judged_as_recorded",
    "limit_from_text",
    "next_due",
    "pauses_from_text",
    "pauses_text",
    "presets_text",
    "replay",
    "standard_from_text",
    "standard_from_toml",
    "standards_from_toml",
]
