"""Tables in every encoding and shape that spreadsheets write, and those that are broken."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig, Refused
from helpdesk.importing import sheet as sheets
from helpdesk.importing.mapping import Plan, plain_plan, read_plan
from helpdesk.importing.sheet import Broken, Line, Sheet, open_sheet
from tests.seeds import first_of

PLAN = plain_plan("Europe/London")
HEAD = "when,channel,text\n"


def opened(folder: Path, content: str | bytes, plan: Plan = PLAN, encoding: str = "utf-8") -> Sheet:
    """A file with this content, looked at."""
    file = folder / "t.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return open_sheet(file, plan)


def texts(sheet: Sheet) -> list[str]:
    """What stands in the column text of each row; what is wrong with those that can't be read."""
    return [row.why if isinstance(row, Broken) else row.cells.get("text", "") for row in sheet.rows()]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings(encoding: str, told: str, tmp_path: Path) -> None:
    """With a mark or without one."""
    found = opened(tmp_path, f"{HEAD}2024-03-14 09:15,mail,“Café” – £5\r\n", encoding=encoding)
    assert found.encoding == told
    assert texts(found) == ["“Café” – £5"]


def test_bytes_that_are_no_letters(tmp_path: Path) -> None:
    """Neither UTF-8 nor anything else: the row is read all the same."""
    found = opened(tmp_path, HEAD.encode() + b"2024-03-14 09:15,mail,a\x81\xffb\n")
    assert found.encoding == "cp1252"
    assert texts(found) == ["a\ufffdÿb"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str, tmp_path: Path) -> None:
    """Found by the headings that come of them."""
    content = f"When{separator}Channel{separator}Text\r\n1/2/2024 9:00{separator}mail{separator}a, b; c\r\n"
    if separator in ",;":
        content = content.replace("a, b; c", '"a, b; c"')
    found = opened(tmp_path, content)
    assert (found.separator, texts(found)) == (separator, ["a, b; c"])


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """A cell with line breaks takes several; blank rows are passed over."""
    found = opened(tmp_path, f'{HEAD}1,mail,"a\nb\n\nc"\n\n,,\n2,mail,d\n')
    assert [(row.number, row.cells["when"]) for row in found.rows() if isinstance(row, Line)] == [(2, "1"), (8, "2")]


def test_headings(tmp_path: Path) -> None:
    """Ours by one of their names, in any case and any order; others are left out and told."""
    found = opened(tmp_path, "Priority, CREATED_AT ,Question,Closed At,Email\nhigh,x,y,z,w\n", plain_plan("UTC"))
    assert found.columns == (None, "when", "text", "closed", "from")
    found = opened(tmp_path, "Priority,Created,question\nhigh,x,y\n")
    assert found.columns == (None, "when", "text")
    assert found.left_out == ("Priority",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no headings"),
        ("\n\n", "no headings"),
        ("a,b,c\n1,2,3\n", "no column that says when"),
        ("when,Created,text\n1,2,3\n", "'when' and 'Created' are both when"),
        (b"\x00\x01\x02" * 99, "no column that says when"),
        ("x" * 3_000_000, "no column that says when"),
    ],
)
def test_what_is_no_table(content: str | bytes, said: str, tmp_path: Path) -> None:
    """Refused with what to do."""
    with pytest.raises(Refused, match=said):
        opened(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Nor a folder."""
    for file in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refused, match="can't be read"):
            open_sheet(file, PLAN)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('1,mail,"never closed\n2,mail,b\n', ["a quote that opens here is never closed"]),
        ('1,mail,"a" b\n2,mail,c\n', ["something stands behind a closing quote", "c"]),
        ("1,mail,a,b,c\n2,mail,d\n", ["it has 5 cells, and there are 3 headings", "d"]),
        ("1,mail\n2,mail,d\n", ["", "d"]),
        ("1,mail,a,,\n", ["a"]),
        ('1,mail,say "hello" there\n', ['say "hello" there']),
        ("1,mail,a\x00b\n", ["a\x00b"]),
        ("1,mail,=HYPERLINK(1)\n", ["=HYPERLINK(1)"]),
        ("\x00\x00\x00\n", None),
    ],
)
def test_broken_rows(row: str, said: list[str] | None, tmp_path: Path) -> None:
    """A problem of that row; those behind it are read on."""
    found = texts(opened(tmp_path, HEAD + row))
    if said is not None:
        assert len(found) == len(said)
        assert all(each.startswith(word) for each, word in zip(found, said, strict=True))


def test_large_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five megabytes are read; beyond the limit the row is a problem, and the limit of others is as it was."""
    large = "x" * 5_000_000
    assert texts(opened(tmp_path, f'{HEAD}1,mail,"{large}"\n2,mail,b\n')) == [large, "b"]
    monkeypatch.setattr(sheets, "LARGEST_CELL", 1000)
    monkeypatch.setattr(sheets, "LONGEST_LINE", 100)
    before = csv.field_size_limit()
    found = texts(opened(tmp_path, f'{HEAD}1,mail,"{"x" * 5000}"\n2,mail,b\n'))
    assert any("is a quote missing" in each for each in found)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("content", first_of(["2024-03-14 09:15,mail,word\n", "word,", '"word\n', 'wo"rd']))
def test_memory_is_bounded(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large table a piece is held, also where all of it is one line, or one cell."""
    for name, size in (("LARGEST_CELL", 5_000), ("LONGEST_LINE", 10_000), ("_CHUNK", 10_000)):
        monkeypatch.setattr(sheets, name, size)
    with open(tmp_path / "t.csv", "w") as file:
        file.write(HEAD)
        for _ in range(1000):
            file.write(content * (1_200_000 // 1000 // len(content)))
    tracemalloc.start()
    assert sum(1 for _ in open_sheet(tmp_path / "t.csv", PLAN).rows()) > 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 700_000


def test_a_mapping(tmp_path: Path) -> None:
    """Headings, words, defaults and habits of another desk."""
    (tmp_path / "map.toml").write_text(
        '[columns]\nwhen = "Date Asked"\ntext = "Body"\n\n[words.channel]\n"Widget" = "chat"\n\n'
        '[defaults]\nchannel = "mail"\n\n[dates]\nzone = "UTC"\norder = "month first"\ntime = "12:00"\n\n'
        '[numbers]\ncountry = "353"\n'
    )
    plan = read_plan(tmp_path / "map.toml", "Europe/London")
    assert plan.words == {"channel": {"widget": "chat"}}
    assert (plan.dates.month_first, str(plan.dates.zone), plan.country) == (True, "UTC", "353")
    found = opened(tmp_path, "date asked,when,body,text\n1,2,3,4\n", plan)
    assert found.columns == ("when", None, "text", None)
    with pytest.raises(Refused, match="no column 'Date Asked' for when; did you mean 'Date asked on'"):
        opened(tmp_path, "Date asked on,body\n", plan)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = 3", "columns: write a table"),
        ('[columns]\nwenn = "x"', "columns.wenn: is not a known key; did you mean 'when'"),
        ('[colums]\nwhen = "x"', "colums: is not a known key; did you mean 'columns'"),
        ('[dates]\nzone = "Mars"', "dates.zone: 'Mars' is no time zone"),
        ('[dates]\norder = "year first"', "dates.order: write"),
        ('[dates]\ntime = "noon"', "dates.time: write"),
        ('[numbers]\ncountry = "+44"', "numbers.country: write a calling code"),
        ("not toml at all", "is not written as TOML"),
    ],
)
def test_a_mapping_that_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    """The key, and what to write."""
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(BadConfig, match=said):
        read_plan(tmp_path / "map.toml", "Europe/London")
