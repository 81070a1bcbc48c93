"""The pages about privacy say what the program does: what is masked and missed, what fits into one text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpdesk.config import LineSettings, Settings
from helpdesk.masking import mask
from helpdesk.message import Channel, LineId
from helpdesk.segments import segments
from helpdesk.settings.wording import texts_of

DOCS = Path(__file__).parents[1] / "docs"
PRIVACY = (DOCS / "privacy.md").read_text("utf-8")
_QUOTED = re.compile(r"`([^`]+)`")


def _table() -> list[tuple[str, str]]:
    """The rows of the table about masking: found, missed."""
    rows = PRIVACY.split("| Found | Missed |\n|---|---|\n")[1].split("\n\n")[0].splitlines()
    return [(cells[1], cells[2]) for cells in (row.split("|") for row in rows)]


@pytest.mark.parametrize("said", [each for found, _ in _table() for each in _QUOTED.findall(found)])
def test_what_the_page_calls_found_is_masked(said: str) -> None:
    """Whole."""
    assert mask(said) in ("[number]", "[e-mail]")


@pytest.mark.parametrize("said", [each for _, missed in _table() for each in _QUOTED.findall(missed)])
def test_what_the_page_calls_missed_is_missed(said: str) -> None:
    """As it stands."""
    assert mask(said) == said


def test_what_the_page_calls_spared_is_spared() -> None:
    """Places and times."""
    spared = PRIVACY.split("read first and spared: ")[1].split("\n")[0]
    assert [mask(each) for each in _QUOTED.findall(spared)] == ["2.59.114", "L3-0042", "10.30 11.45"]


def test_the_first_text_back_is_one_text() -> None:
    """In plain characters."""
    page = (DOCS / "privacy-notices.md").read_text("utf-8")
    greeting = page.split("## The first text back")[1].split("\n> ")[1].split("\n")[0]
    told = segments(greeting)
    assert (told.parts, told.encoding) == (1, "GSM-7")


def test_the_first_text_on_the_page_is_the_programs() -> None:
    """Word for word, for a line that is staffed until seven."""
    page = (DOCS / "privacy-notices.md").read_text("utf-8")
    noise = LineSettings(channel=Channel.SMS, title="Noise", policy="sealed", kind="noise", address="+447700900001")
    texts = texts_of(Settings(lines={"noise": noise}))[LineId("noise")]
    assert f"> {texts.say('first', hours='until 19:00')}\n" in page


def test_the_days_on_the_pages_are_the_defaults() -> None:
    """Where a page names a number of days, it is the setting's."""
    days = LineSettings.model_fields["reply_days"].default
    assert f"`reply_days` ({days} by default)" in PRIVACY
    for page in ("privacy-notices.md", "impact-assessment.md"):
        assert set(re.findall(r"\[(\d+)\] days", (DOCS / page).read_text("utf-8"))) == {str(days)}
