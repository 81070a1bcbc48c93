"""One line of what `helpdesk check` says."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.reports.words import plain

OK, WARN, FAIL = "ok", "warn", "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer. ``level`` is OK, WARN or FAIL; ``text`` says what to do where something is wrong."""

    level: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.level:4}  {self.subject:10}  {plain(self.text)}"
