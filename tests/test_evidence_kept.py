"""Grades and notes that people keep: read, refused in words, never written over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig, Refused
from helpdesk.reports.evidence.elements import catalogue
from helpdesk.reports.evidence.kept import Entry, Grade, Kept, kept_from_text, read_kept, start, start_text

TWO_YEARS = """\
format = 1

[[elements]]
year = "2024/25"
element = "5.1.1"
grade = "Compliant"
by = "assessor"
on = 2025-05-12
notes = "Letters are not covered."

[[elements]]
year = "2026-27"
element = "5.1.1"
grade = "compliance plus"
said = "We answer letters by the same standard now."
documents = ["Letter log"]

[[elements]]
year = "2025-26"
element = "4.3.1"
"""


def test_this_years_and_the_latest_year_before() -> None:
    """A year that was left out is no year without a grade: the one before it stands."""
    kept = kept_from_text(TWO_YEARS, "evidence.toml")
    (now,) = kept.of("5.1.1", "2026-27")
    assert now == Entry(
        year="2026-27",
        element="5.1.1",
        grade=Grade.PLUS,
        said="We answer letters by the same standard now.",
        documents=("Letter log",),
    )
    (before,) = kept.before("5.1.1", "2026-27")
    assert (before.grade, before.by, before.on) == (Grade.COMPLIANT, "assessor", date(2025, 5, 12))
    assert kept.before("5.1.1", "2024-25") == ()
    assert kept.graded("2025-26") == ("4.3.1",)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('grade = "Compliant"', 'grade = "good"', "elements[1].grade: 'good' is not a grade; known: compliance plus"),
        ('grade = "Compliant"', 'grade = "complient"', "did you mean 'compliant'?"),
        ('year = "2024/25"', 'year = "2024"', "Write the year as 2026-27"),
        ('element = "4.3.1"', 'element = "4.3"', 'write the number as "5.1.1", of criteria 1 to 5'),
        ('by = "assessor"', 'by = "us"', 'write "self" or "assessor", not \'us\''),
        ("on = 2025-05-12", 'on = "May"', "write a date such as 2026-12-24"),
        ("notes =", "note =", "did you mean 'notes'?"),
        ('year = "2025-26"\nelement = "4.3.1"', 'year = "2026-27"\nelement = "5.1.1"', "stands in elements[2] already"),
        ("[[elements]]", "[[element]]", "write [[elements]] tables"),
        ("format = 1", "format = 3", "write format = 1 at the top"),
        ("format = 1", "format == 1", "this is not TOML"),
    ],
)
def test_a_mistake_is_refused_with_file_and_line(was: str, becomes: str, said: str) -> None:
    """People write this file by hand."""
    assert was in TWO_YEARS
    with pytest.raises(BadConfig) as refused:
        kept_from_text(TWO_YEARS.replace(was, becomes), "evidence.toml")
    assert said in str(refused.value)
    assert str(refused.value).startswith("evidence.toml:")


def test_the_line_is_that_of_the_key() -> None:
    """Counted from one."""
    with pytest.raises(BadConfig, match=r"^evidence\.toml:6: elements\[1\]\.grade: "):
        kept_from_text(TWO_YEARS.replace('"Compliant"', '"good"'), "evidence.toml")


def test_a_file_that_is_not_there_is_refused_with_a_way_to_one(tmp_path: Path) -> None:
    """Not with a traceback."""
    with pytest.raises(BadConfig, match=r"can't be read .*`helpdesk evidence --start none\.toml` writes one"):
        read_kept(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadConfig, match="is not UTF-8"):
        read_kept(tmp_path / "bytes.toml")


def test_a_file_to_begin_with_is_read_as_nothing_yet(tmp_path: Path) -> None:
    """It names every element of the catalogue, commented out; with the marks taken away it is read, too."""
    path = tmp_path / "evidence.toml"
    start(path, catalogue(), "2026-27")
    assert read_kept(path) == Kept()
    filled = path.read_text("utf-8").replace("\n#", "\n").replace('grade = ""', 'grade = "compliant"')
    lines = [line for line in filled.splitlines() if not line.startswith((" ", "#")) or line.startswith("#[[")]
    kept = kept_from_text("\n".join(lines), "evidence.toml")
    assert kept.graded("2026-27") == tuple(each.number for each in catalogue().elements)


def test_what_people_wrote_is_never_written_over(tmp_path: Path) -> None:
    """Their words stand there."""
    path = tmp_path / "evidence.toml"
    path.write_text(TWO_YEARS, "utf-8")
    with pytest.raises(Refused, match="is there already; it is yours, so it is left alone"):
        start(path, catalogue(), "2026-27")
    assert path.read_text("utf-8") == TWO_YEARS
    with pytest.raises(BadConfig, match="can't be written"):
        start(tmp_path / "none" / "evidence.toml", catalogue(), "2026-27")


def test_the_file_to_begin_with_says_what_is_ours() -> None:
    """A grade is the people's, and the four words for it stand at the head."""
    head = start_text(catalogue(), "2026-27").partition("format")[0]
    assert all(f'"{grade}"' in head for grade in Grade)
    assert "it never writes here" in head
