"""How a promise is put for patrons: no unit or word of ours that must be looked up."""

from __future__ import annotations

from datetime import date

import pytest

from helpdesk.reports.words import publicly
from helpdesk.standards import Measure, Standard, limit_from_text


def promise(measure: Measure, limit: str) -> Standard:
    """A standard that is nothing but its measure and limit."""
    return Standard(
        name="any",
        title="Any.",
        measure=measure,
        limit=limit_from_text(limit),
        calendar="staffed" if "working" in limit else "",
        share=90,
        from_date=date(2026, 8, 1),
    )


@pytest.mark.parametrize(
    ("measure", "limit", "said"),
    [
        (Measure.FIRST_RESPONSE, "15 working min", "a first answer by a person within 15 minutes of opening hours"),
        (Measure.FIRST_RESPONSE, "3 working days", "a first answer by a person within 3 working days"),
        (Measure.ACKNOWLEDGED, "1 working day", "an acknowledgement within 1 working day"),
        (Measure.CLAIMED, "60 s", "a member of staff takes it within 60 seconds"),
        (Measure.RESOLUTION, "24 h", "it is settled within 24 hours"),
        (
            Measure.FIRST_RESPONSE,
            "same day if before 16:00",
            "a first answer by a person on the same day, if it came before 16:00",
        ),
        (
            Measure.ATTENDED,
            "2 h of the next shift",
            "somebody goes there within 2 hours, or 2 hours of our next opening",
        ),
        (Measure.KEEP_INFORMED, "as promised", "news by the time we said"),
    ],
)
def test_a_promise_reads_as_a_sentence(measure: Measure, limit: str, said: str) -> None:
    """Whole words and plain units."""
    assert publicly((promise(measure, limit),)) == said


def test_a_limit_that_changed_is_said_once_each() -> None:
    """In the order in which they held."""
    versions = tuple(promise(Measure.NEXT_RESPONSE, limit) for limit in ("24 h", "12 h", "24 h"))
    assert publicly(versions) == "an answer to each further question within 24 hours or within 12 hours"
