"""The pack as a folder: links that lead somewhere, the same bytes, nothing taken for code, what stands on its face."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from helpdesk.hours.calendars import Closure, Holiday, frozen_from_text
from helpdesk.reports.contents import Miss
from helpdesk.reports.evidence.drafts import drafts
from helpdesk.reports.evidence.material import Material
from helpdesk.reports.evidence.pack import pack
from helpdesk.standards import Calendar, Version
from tests.made_evidence import material
from tests.made_figures import CHAT
from tests.made_reports import autumn, empty, spoilt
from tests.seeds import first_of

ROOT = Path(__file__).parents[1]

DIGEST = """
import hashlib
from helpdesk.reports.evidence.pack import pack
from tests.made_evidence import material
print(hashlib.sha256(b"".join(name.encode() + content for name, content in pack(material()).items())).hexdigest())
"""


def text_of(given: Material, name: str = "index.html") -> str:
    """A file of the pack as text."""
    return pack(given)[name].decode()


def test_every_link_leads_somewhere_and_no_id_stands_twice() -> None:
    """Within the page to an id, else to a file of the pack; no file is left unnamed."""
    files = pack(material())
    page = files["index.html"].decode()
    ids = re.findall(r' id="([^"]+)"', page)
    links = re.findall(r'href="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert [each for each in links if each.startswith("#") and each[1:] not in ids] == []
    assert [each for each in links if not each.startswith(("#", "data:")) and each not in files] == []
    assert set(files) - {each for each in links if each in files} == {"index.html", "index.txt"}


def test_every_file_that_a_draft_names_is_in_the_pack() -> None:
    """As text, too."""
    files = pack(material())
    named = {name for each in drafts(material()) for name in each.shown.files}
    assert named <= set(files)
    assert {f"tables/{sheet.name}.csv" for each in drafts(material()) for sheet in each.shown.sheets} <= set(files)


def test_the_same_material_gives_the_same_bytes() -> None:
    """Nothing hangs on a set's order or on when it is made."""
    assert pack(material()) == pack(material())


@pytest.mark.parametrize(
    "machine",
    first_of(
        [
            {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0"},
            {"TZ": "America/New_York", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
        ]
    ),
)
@pytest.mark.full
def test_another_machine_gives_the_same_bytes(machine: dict[str, str]) -> None:
    """Whatever its zone, its language, and the seed of its hashes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    command = [sys.executable, "-c", DIGEST]
    done = subprocess.run(command, cwd=ROOT, env=environment | machine, capture_output=True, check=True)
    whole = b"".join(name.encode() + content for name, content in pack(material()).items())
    assert done.stdout.decode().strip() == hashlib.sha256(whole).hexdigest()


def test_what_people_wrote_is_escaped_on_the_page_and_no_formula_in_a_table() -> None:
    """Reasons, notes and names come from people."""
    first = autumn().misses[0]
    bad = replace(first, reason="<script>alert(1)</script>")
    formula = replace(first, number=7, reason='=HYPERLINK("x")')
    files = pack(material(autumn(misses=(bad, formula), missed=2, library="<b>Moor</b>")))
    page = files["index.html"].decode()
    assert "<script" not in page
    assert "<b>Moor" not in page
    assert "Minutes &lt;of&gt; 12 May" in page
    rows = list(csv.reader(io.StringIO(files["tables/reasons.csv"].decode())))
    assert {row[2] for row in rows[1:]} == {"<script>alert(1)</script>", '\'=HYPERLINK("x")'}


def test_a_broken_log_is_told_on_the_face() -> None:
    """Before any figure, on the page and in the text."""
    files = pack(material(spoilt()))
    page, text = files["index.html"].decode(), files["index.txt"].decode()
    assert page.index("The log is broken") < page.index("Every element at a glance")
    assert "THE LOG IS BROKEN" in text.split("1.3.1")[0]


def test_a_period_without_a_contact_gives_a_pack_of_gaps() -> None:
    """Nothing is made up; every page is there."""
    files = pack(material(empty(), history=(), in_force=(), calendars=(), comparisons=(), printed=(), lines={}))
    page = files["index.html"].decode()
    assert "kept it" not in page
    assert "0 contacts" not in page.split("Gaps")[0]
    assert "No standard was ever published." in files["documents/standards.txt"].decode()
    assert "No calendar was ever published." in files["documents/calendars.txt"].decode()


def test_the_text_fits_a_terminal() -> None:
    """At most 80 columns, save for names of files and digests."""
    lines = text_of(material(), "index.txt").splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_the_page_says_what_it_is_for_and_that_nothing_is_graded_by_us() -> None:
    """An assessor knows what they read, and a member of staff what not to publish."""
    page = text_of(material())
    assert "not for publication" in page
    assert "They grade nothing" in page
    assert "The log speaks to 18 of the standard's 57 elements" in page.replace("&#39;", "'")
    assert 'name="robots" content="noindex"' in page


def test_a_period_that_runs_says_so() -> None:
    """Pending may still be met or missed."""
    report = autumn(now=autumn().days.instants("Europe/London")[0])
    assert "The period is not over" in text_of(material(report))
    assert "The period is not over" not in text_of(material())


def test_grades_and_notes_of_both_years_stand_beside_the_evidence() -> None:
    """This year's by the library, last year's by the assessor; one without evidence is named."""
    page = text_of(material())
    part = page[page.index('id="element-5.1.1"') :]
    assert "compliant (the library itself)" in page
    assert "partially compliant (the assessor, 12 May 2026)" in page
    assert "The phone is answered from one rota since October." in part
    assert "Add a standard for the phone." in part
    assert "with nothing from the log: 3.4.1" in page


def test_a_long_table_is_cut_on_the_page_and_whole_in_its_file() -> None:
    """Forty rows are read; the others are counted, and lie in the file."""
    first = autumn().misses[0]
    misses: tuple[Miss, ...] = tuple(replace(first, number=n, reason=f"Reason {n:02}") for n in range(60))
    files = pack(material(autumn(misses=misses, missed=60)))
    page = files["index.html"].decode()
    assert "The first 40 of 60 rows" in page
    assert "Reason 39" in page
    assert "Reason 40" not in page
    assert "Reason 59" in files["tables/reasons.csv"].decode()


def test_the_history_of_standards_names_every_version() -> None:
    """Wording, limit, share, dates, owner and digest of each."""
    old = next(each for each in autumn().standards if each.standard.name == "chat-claimed")
    fresh = Version(replace(CHAT, share=85), "d" * 64, old.published, old.begins, None)
    text = text_of(material(history=(old, fresh), in_force=(fresh,)), "documents/standards.txt")
    assert text.count("We answer live chats within one minute.") == 2
    assert "Promised   80 %" in text
    assert "Promised   85 %" in text
    assert text.count(", now") == 1
    assert "Digest     " + "d" * 64 in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_opening_hours_name_closures_and_bank_holidays() -> None:
    """With their reasons, in the order of the year."""
    published = autumn().calendars[0]
    frozen = frozen_from_text(published.text)
    rules = replace(frozen.rules, closures=(Closure(first=frozen.first, last=frozen.first, reason="Stocktaking"),))
    whole = replace(frozen, rules=rules, holidays=(Holiday(day=frozen.last, name="Hogmanay"),))
    calendar = Calendar(published.name, published.digest, published.published, whole.to_text())
    text = text_of(material(calendars=(calendar,)), "documents/calendars.txt")
    assert text.index("Stocktaking") < text.index("Hogmanay")
    assert "Saturday   10:00-13:00, 14:00-17:00" in text


def test_the_figures_for_machines_are_those_of_the_page() -> None:
    """One report is in the pack, in each of its forms."""
    files = pack(material())
    assert json.loads(files["report.json"])["log"]["digest"] in files["index.html"].decode()
    assert files["report.html"].startswith(b"<!doctype html>")
