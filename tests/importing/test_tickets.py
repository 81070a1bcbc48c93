"""`helpdesk import tickets`: a row becomes a contact or is told of, and none becomes one twice."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from helpdesk.bygone import Bygone
from helpdesk.cli import run
from helpdesk.clock import Instant, ManualClock, instant
from helpdesk.config import LineSettings
from helpdesk.errors import Refused
from helpdesk.ids import Ids
from helpdesk.importing import sending, spool
from helpdesk.importing.contacts import NO_ANSWER, Wanted, Wrong, contact, contacts
from helpdesk.importing.mapping import plain_plan
from helpdesk.importing.sheet import Line
from helpdesk.message import Channel, LineId
from helpdesk.thread import EntryKind
from tests.bygones import asked, made_bygone
from tests.kept import names
from tests.test_cli import served

CONFIG = """\
[web]
port = 0

[lines.help]
channel = "mail"
title = "Enquiries"
address = "help@library.example"
site = "Hill"

[lines.chat]
channel = "chat"
title = "Chat"
address = "chat"

[mail]
listen = "127.0.0.1:0"
"""
LINES = {
    LineId("help"): LineSettings(channel=Channel.MAIL, title="E", address="help@library.example", site="Hill"),
    LineId("loans"): LineSettings(channel=Channel.MAIL, title="L", address="loans@library.example", kind="loan"),
    LineId("texts"): LineSettings(channel=Channel.SMS, title="T", address="+447700900002"),
    LineId("noise"): LineSettings(channel=Channel.SMS, title="N", address="+447700900001", policy="sealed"),
}
NOW = instant(datetime(2026, 11, 22, 12, tzinfo=UTC))
WANTED = Wanted(plan=plain_plan("Europe/London"), lines=LINES, source="5" * 64, now=NOW)
ROW = {"when": "14/03/2024 09:15", "channel": "mail", "from": "ana@example.org", "text": "Can I renew?"}


def at(text: str) -> Instant:
    """A time in UTC."""
    return instant(datetime.fromisoformat(f"{text}+00:00"))


def of(wanted: Wanted = WANTED, /, **cells: str) -> Bygone:
    """The contact of a row."""
    found = contact(Line(2, {**ROW, **cells}), wanted)
    assert isinstance(found, Bygone), found
    return found


def wrong(wanted: Wanted = WANTED, /, **cells: str) -> tuple[str, ...]:
    """What is wrong with a row."""
    found = contact(Line(2, {**ROW, **cells}), wanted)
    assert isinstance(found, Wrong), found
    return found.why


def test_a_whole_row() -> None:
    """Every column has its place."""
    found = of(
        id="T-1",
        line="loans",
        name="Ana B.",
        subject="Renewal",
        answered="14/03/2024 10:00",
        answer="Yes.",
        by="Mia",
        closed="15/03/2024 9:00",
        tags="Loans",
        kind="loan",
        site="Quay",
    )
    assert (found.key, found.line, found.kind, found.site, found.tags) == (
        "id:T-1",
        "loans",
        "loan",
        "Quay",
        ("loans",),
    )
    asked, answer = found.spoken
    assert (asked.kind, asked.when, asked.text) == (EntryKind.IN, at("2024-03-14 09:15"), "Can I renew?")
    assert (asked.author, asked.address) == ("Ana B.", "ana@example.org")
    assert (answer.kind, answer.text, answer.author) == (EntryKind.OUT, "Yes.", "Mia")
    assert answer.when == at("2024-03-14 10:00")
    assert found.closed == at("2024-03-15 09:00")
    assert not found.measured


def test_a_short_row() -> None:
    """The channel's first line, its kind and site; closed with its last word; known by file and line."""
    found = of()
    assert (found.line, found.kind, found.site) == ("help", "enquiry", "Hill")
    assert found.closed == found.spoken[0].when
    assert found.key == f"{'5' * 32}:2"
    assert of(replace(WANTED, leave_open=True)).closed is None


def test_an_answer_without_its_words_or_its_time() -> None:
    """The thread says so; an answer that nobody timed stands at the close."""
    assert of(answered="14/03/2024 10:00").spoken[1].text == NO_ANSWER
    assert of(answer="Yes.", closed="14/03/2024 11:00").spoken[1].when == at("2024-03-14 11:00")
    assert of(answer="Yes.").spoken[1].when == at("2024-03-14 09:15")


def test_texts_calls_and_visits() -> None:
    """Numbers in one form; of a call no address is kept, and its text is a note."""
    found = of(channel="text", **{"from": "07700 900123"})
    assert (found.line, found.spoken[0].address, found.subject) == ("texts", "+447700900123", "Can I renew?")
    call = of(channel="phone", waited="1:30", **{"from": "07700 900123"})
    assert (call.line, call.spoken[0].kind, call.spoken[0].address) == ("phone", EntryKind.NOTE, "")
    assert call.waited is None
    assert of(replace(WANTED, measured=True), channel="desk", waited="90").waited == 90_000
    assert of(replace(WANTED, leave_open=True), channel="desk").closed is not None


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"when": ""}, "when: is empty"),
        ({"when": "soon", "closed": "later"}, "when: 'soon' is no time|closed: 'later' is no time"),
        ({"channel": ""}, "channel: is empty"),
        ({"channel": "pigeon"}, "channel: 'pigeon' is no channel"),
        ({"channel": "chat"}, "channel: no line of the settings takes chat"),
        ({"line": "hlep"}, "line: 'hlep' is no line for mail; did you mean 'help'"),
        ({"line": "texts"}, "line: 'texts' is no line for mail"),
        ({"channel": "sms", "line": "noise", "from": ""}, "line: noise is sealed"),
        ({"from": "nobody"}, "from: 'nobody' is no mail address"),
        ({"answered": "14/03/2024 08:00"}, "answered: is before when"),
        ({"closed": "14/03/2024 08:00"}, "closed: is before when"),
        ({"answered": "14/03/2024 11:00", "closed": "14/03/2024 10:00"}, "closed: is before answered"),
        ({"text": "", "subject": ""}, "text: neither"),
        ({"text": "x" * 200_001}, "text: the text has 200,001 characters"),
        ({"subject": "x" * 501}, "subject: the subject has 501"),
        ({"tags": "não"}, "tags: 'não' is no tag"),
        ({"kind": "x" * 41}, "kind: the kind has 41"),
        ({"waited": "soon"}, "waited: 'soon' is no waiting time"),
    ],
)
def test_what_is_wrong_with_a_row(cells: dict[str, str], said: str) -> None:
    """All of it, each by its column."""
    found = wrong(**cells)
    assert len(found) == len(said.split("|"))
    assert all(each.startswith(word) for each, word in zip(found, said.split("|"), strict=True)), found


def test_measured_needs_its_times() -> None:
    """An answer that nobody timed can't be judged."""
    assert wrong(replace(WANTED, measured=True), answer="Yes.")[0].startswith("answered: is empty")
    assert of(replace(WANTED, measured=True)).measured


def test_words_and_defaults_of_a_mapping() -> None:
    """Their words become ours, and what is empty takes what the mapping says."""
    plan = replace(
        plain_plan("UTC"),
        words={"channel": {"widget": "sms"}},
        defaults={"channel": "mail", "line": "loans", "tags": "old"},
    )
    wanted = replace(WANTED, plan=plan)
    assert of(wanted, channel=" WIDGET ", line="texts", **{"from": "07700900123"}).channel is Channel.SMS
    found = of(wanted, channel="")
    assert (found.channel, found.line, found.tags) == (Channel.MAIL, "loans", ("old",))


def test_an_id_that_stands_twice() -> None:
    """The second row is wrong, and says where the first is."""
    rows = [Line(2, {**ROW, "id": "7"}), Line(3, {**ROW, "id": "8"}), Line(9, {**ROW, "id": "7"})]
    found = list(contacts(iter(rows), WANTED))
    assert [isinstance(each, Wrong) for each in found] == [False, False, True]
    assert found[2] == Wrong(9, ("id: stands in line 2, too",))


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A0", "+1", "@SUM(1)", "a\x00b", "half \ud800 letter", "<script>"])
def test_hostile_texts_stay_texts(text: str) -> None:
    """Nothing calculates; what no store takes is replaced letter for letter."""
    found = of(text=text, subject=text, name=text)
    assert found.spoken[0].text == text.replace("\x00", "?").replace("\ud800", "?")
    assert "\x00" not in found.subject + found.spoken[0].author


# The command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a mailbox, a number and a chat page, and nothing in it."""
    (tmp_path / "helpdesk.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(folder: Path, rows: Sequence[str], head: str = "id,when,channel,from,text,answered,answer,closed") -> Path:
    """A table with these rows."""
    (folder / "t.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
    return folder / "t.csv"


def stored(folder: Path, what: str) -> list[Any]:
    """What the store says."""
    with closing(sqlite3.connect(folder / "helpdesk.sqlite")) as sql:
        return sql.execute(what).fetchall()


GOOD = [
    f'{n},{n % 28 + 1}/03/2024 09:15,mail,p{n}@example.org,"Question {n}, or so",{n % 28 + 1}/03/2024 10:00,Yes,'
    for n in range(150)
]


def test_it_is_imported_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In batches, with numbers in the table's order; a second time all are known; no batch is left behind."""
    table(folder, GOOD)
    assert run(["import", "tickets", "t.csv"]) == 0
    assert "150 contacts imported." in capsys.readouterr().out
    assert run(["import", "tickets", "t.csv"]) == 0
    said = capsys.readouterr().out
    assert "0 contacts imported." in said
    assert "150 were imported before" in said
    assert stored(folder, "SELECT count(*), min(number), max(number) FROM tickets") == [(150, 1, 150)]
    assert stored(folder, "SELECT preview FROM tickets WHERE number = 3") == [("Yes",)]
    assert stored(folder, "SELECT DISTINCT state FROM tickets") == [("closed",)]
    assert stored(folder, "SELECT count(*) FROM outbox") == [(0,)]
    assert names(folder, "*.batch") == []
    assert run(["db", "check"]) == 0


def test_a_changed_row_is_told_and_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first one stays; new rows of a longer table come in."""
    table(folder, GOOD[:2])
    run(["import", "tickets", "t.csv"])
    table(folder, [GOOD[0].replace("Yes", "No"), *GOOD[1:3]])
    capsys.readouterr()
    assert run(["import", "tickets", "t.csv"]) == 0
    said = capsys.readouterr().out
    assert "1 contact imported." in said
    assert "1 was imported before and differs now" in said
    assert stored(folder, "SELECT text FROM entries WHERE kind = 'out' ORDER BY row") == [("Yes",)] * 3


def test_with_a_problem_nothing_is_imported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All problems are told, with their lines; --skip leaves those rows out."""
    table(folder, [GOOD[0], "7,sometime,mail,,Lost,,,", '8,1/3/2024 9:00,mail,,"Lost" card,,,', GOOD[1]])
    assert run(["import", "tickets", "t.csv"]) == 1
    told = capsys.readouterr()
    assert "t.csv:3: when: 'sometime' is no time" in told.err
    assert "t.csv:4: something stands behind a closing quote" in told.err
    assert "Nothing was imported" in told.err
    assert not (folder / "helpdesk.sqlite").exists()
    assert run(["import", "tickets", "t.csv", "--skip"]) == 0
    said = capsys.readouterr().out
    assert "2 contacts imported." in said
    assert "2 rows were left out." in said


def test_a_dry_run_says_what_would_come_of_each_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And writes nothing; its status says whether there are problems."""
    table(folder, [GOOD[0], "7,1/3/2024 9:00,phone,,Asked for a map,,,", "8,x,mail,,Lost,,,"])
    assert run(["import", "tickets", "t.csv", "--dry-run"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "line 2: mail help, 2024-03-01 09:15, answered 2024-03-01 10:00, closed 2024-03-01 10:00",
        "line 3: phone, 2024-03-01 09:00, closed 2024-03-01 09:00",
        "t.csv:4: when: 'x' is no time: write 2024-03-14 09:15 or 14/03/2024 09:15",
        "2 contacts would be imported; 1 row has problems.",
    ]
    table(folder, GOOD[:1])
    assert run(["import", "tickets", "t.csv", "--dry-run", "--leave-open"]) == 0
    assert "left open" in capsys.readouterr().out
    assert names(folder) == ["helpdesk.toml", "t.csv"]


def test_many_problems_are_not_all_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first fifty, and how many more there are."""
    table(folder, [f"{n},x,mail,,Lost,,," for n in range(80)])
    assert run(["import", "tickets", "t.csv"]) == 1
    told = capsys.readouterr().err
    assert told.count("is no time") == 50
    assert "... and 30 more rows with problems" in told


def test_a_mapping_of_another_desk(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their headings, words and dates; columns that are left out are named."""
    (folder / "map.toml").write_text(
        '[columns]\nwhen = "Asked"\ntext = "Body"\n\n[words.channel]\n"Widget" = "chat"\n\n'
        '[dates]\norder = "month first"\n'
    )
    table(folder, ["3/14/2024 9:00,Widget,Hello,high"], head="Asked,Source,Body,Priority")
    assert run(["import", "tickets", "t.csv", "--map", "map.toml"]) == 0
    assert "Columns that are left out: Priority." in capsys.readouterr().err
    assert stored(folder, "SELECT channel, line, subject FROM tickets") == [("chat", "chat", "Hello")]
    assert run(["import", "tickets", "t.csv", "--map", "none.toml"]) == 2


@pytest.mark.full
def test_through_the_owner(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While the help desk runs it is asked, by the same command."""
    table(folder, GOOD[:5])
    with served():
        assert run(["import", "tickets", "t.csv"]) == 0
        assert run(["import", "tickets", "t.csv"]) == 0
        assert "5 were imported before" in capsys.readouterr().out
    assert stored(folder, "SELECT count(*) FROM tickets") == [(5,)]
    assert names(folder, "*.batch") == []


def test_broken_off_it_goes_on_where_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken stays, nothing twice, and no batch is left."""
    table(folder, GOOD)
    honest, calls = spool.put, []

    def full(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise Refused("the disk is full. What was imported so far is kept.")
        honest(*arguments)

    monkeypatch.setattr("helpdesk.importing.spool.put", full)
    assert run(["import", "tickets", "t.csv"]) == 1
    assert stored(folder, "SELECT count(*) FROM tickets") == [(64,)]
    assert run(["import", "tickets", "t.csv"]) == 0
    assert stored(folder, "SELECT count(*) FROM tickets") == [(150,)]
    assert names(folder, "*.batch") == []


def test_batches_are_bounded(tmp_path: Path) -> None:
    """By contacts and by bytes; a large one goes alone."""
    sizes: list[int] = []

    async def take(batch: str) -> tuple[str, ...]:
        found = spool.get(tmp_path, batch)
        sizes.append(len(found))
        return ("new",) * len(found)

    async def found() -> Any:
        for n in range(70):
            yield made_bygone(str(n))
        for n in range(3):
            yield made_bygone(f"large {n}", spoken=(asked(NOW, "x" * (5 << 20)),))

    sent = asyncio.run(sending.send(found(), tmp_path, Ids(ManualClock()), take))
    assert sizes == [64, 7, 1, 1]
    assert sent.contacts == 73
    assert names(tmp_path) == []


def test_what_a_killed_import_left_is_swept(tmp_path: Path) -> None:
    """It holds what patrons wrote; one that was written within the hour may be in use."""
    old, fresh = (tmp_path / spool.name_of(f"01J0000000000000000000000{n}") for n in range(2))
    for each in (old, fresh, tmp_path / "import-notes.batch"):
        each.write_text("x")
        os.utime(each, (NOW / 1000 - 60, NOW / 1000 - 60))
    os.utime(old, (NOW / 1000 - 7200, NOW / 1000 - 7200))
    spool.sweep(tmp_path, NOW)
    assert names(tmp_path) == sorted([fresh.name, "import-notes.batch"])


def test_only_batches_of_ours_are_read(tmp_path: Path) -> None:
    """No other file of the folder, no link, no other version's."""
    name = spool.name_of("01J00000000000000000000000")
    (tmp_path / "secret").write_text("x")
    (tmp_path / name).symlink_to(tmp_path / "secret")
    for each in ("secret", "../secret", name, "import-01J00000000000000000000000.batch/../secret"):
        with pytest.raises(Refused):
            spool.get(tmp_path, each)
    (tmp_path / name).unlink()
    (tmp_path / name).write_text('{"key": 1}\n')
    with pytest.raises(Refused, match="another version"):
        spool.get(tmp_path, name)
