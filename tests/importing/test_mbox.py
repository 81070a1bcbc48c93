"""Mailbox files of every habit: where mails begin, what their headers say, and which belong together."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.clock import ManualClock, instant
from helpdesk.errors import Refused
from helpdesk.importing import mbox
from helpdesk.importing.mbox import Found, Head, content, head_of, mails, opened
from helpdesk.importing.threads import MOST_MAILS, Archive
from tests.importing.post import HELP, filed, mail, reply

NOW = ManualClock().now()


def split(raw: bytes) -> list[bytes]:
    """The mails of a mailbox file, as they were sent."""
    file = io.BytesIO(raw)
    return [content(file, each.begin, each.size) for each in list(mails(file))]


def head(raw: bytes, opening: bytes = b"From x Tue Mar 12 10:00:00 2024\n") -> Head:
    """What the headers of one mail say."""
    return head_of(Found(0, len(raw), opening, raw))


FROM = b"From ana@example.org Tue Mar 12 10:00:00 2024\n"
ONE = b"From: a@example.org\n\nHello\n"


@pytest.mark.parametrize(
    "line",
    [
        FROM,
        b"From - Tue Mar 12 10:00:00 2024\n",
        b"From 1585938428843215623@xxx Tue Mar 12 10:00:00 +0000 2024\n",
        b"From MAILER-DAEMON Tue Mar 12 10:00 2024\n",
        b"From ana@example.org  Tue Mar 12 10:00:00 GMT 2024 remote from host\n",
        b'From "a_b"@example.org Tue, 12 Mar 2024 10:00:00 +0000\n',
    ],
)
def test_where_a_mail_begins(line: bytes) -> None:
    """As many programs write it."""
    assert split(line + ONE + b"\n" + line + ONE) == [ONE, ONE]


@pytest.mark.parametrize(
    "body",
    [
        b"\nFrom Monday on I am away.\n",
        b"\nFrom ana@example.org\n",
        b"\nFrom ana we had on Tue Mar 12 10:00:00 2024 a letter:\nno header behind it\n",
        b"behind words, not a blank line\n" + FROM + b"Subject: no\n",
        b"\n From ana@example.org Tue Mar 12 10:00:00 2024\nSubject: x\n",
    ],
)
def test_from_within_a_body(body: bytes) -> None:
    """It stays in its mail."""
    whole = b"From: a@example.org\n\n" + body
    assert split(FROM + whole + b"\n" + FROM + ONE) == [whole, ONE]


def test_what_was_quoted_is_given_back() -> None:
    """One sign of quoting goes, and the blank line that files put behind each mail."""
    written = b"From: a@example.org\n\n>From here\n>>From there\n> From nowhere\n"
    [found] = split(FROM + written + b"\n")
    assert found == b"From: a@example.org\n\nFrom here\n>From there\n> From nowhere\n"


def test_line_ends(tmp_path: Path) -> None:
    """Of every system; the last mail may end without one."""
    for ends in ("\n", "\r\n"):
        file = filed(tmp_path / "a.mbox", [mail(1, "A\n\nB"), mail(2)], ends=ends)
        found = split(file.read_bytes())
        assert [each.count(b"Message-ID") for each in found] == [1, 1]
        assert found[0].endswith(f"A{ends}{ends}B{ends}".encode())
    assert split(FROM + ONE[:-1]) == [ONE[:-1]]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n\n", b"no mailbox at all\n", FROM, FROM + FROM, FROM + b"\n" + FROM + b"\n"]
)
def test_odd_files(raw: bytes) -> None:
    """Nothing breaks; a mail may be empty."""
    assert all(len(each) < 60 for each in split(raw))


def test_headers() -> None:
    """Ids nearest first, addresses in small letters, folded lines, the first of each."""
    found = head(
        b"Received: from x by y;\n\tTue, 12 Mar 2024 10:00:05 +0000\n"
        b"Received: from w by x; Tue, 12 Mar 2024 09:00:00 +0000\n"
        b"FROM: =?utf-8?q?An=C3=A1?= <Ana@Example.org>\nTo: Help <help@library.example>,\n bo@example.org\n"
        b"References: <1@x>\n <2@x>\nIn-Reply-To: <3@x>\nMessage-Id: <4@x>\nMessage-ID: <5@x>\n\nFrom: z@z.z\n"
    )
    assert (found.id, found.references) == (b"<4@x>", (b"<3@x>", b"<2@x>", b"<1@x>"))
    assert (found.sender, found.to) == ("ana@example.org", ("help@library.example",))
    assert found.when == instant(datetime(2024, 3, 12, 10, 0, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("raw", "when"),
    [
        (b"Date: Tue, 12 Mar 2024 11:00:00 +0100\n\n", datetime(2024, 3, 12, 10, tzinfo=UTC)),
        (b"Date: 12 Mar 2024 10:00:00\n\n", datetime(2024, 3, 12, 10, tzinfo=UTC)),
        (b"Date: long ago\n\n", datetime(2024, 3, 12, 10, tzinfo=UTC)),
        (b"Date: " + b"9" * 9000 + b"\n\n", datetime(2024, 3, 12, 10, tzinfo=UTC)),
        (b"Date: Tue, 99 Foo 99999 99:99:99 +9999\n\n", datetime(2024, 3, 12, 10, tzinfo=UTC)),
    ],
)
def test_when_it_came(raw: bytes, when: datetime) -> None:
    """As the relay says, else the writer, else whoever filed it."""
    assert head(raw).when == instant(when)
    assert head(b"Subject: x\n\n", b"From nobody nowhere\n").when is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 500,
        b"From: " + b'"' * 60_000,
        b"From: " + b"<" * 60_000,
        b"References: " + b"<a@b> " * 10_000,
        b"References: " + b"<" * 60_000,
        b"Message-ID: " + b"<x" * 30_000,
        b"A: b\n" * 10_000,
        b"To:\n " * 10_000,
        b"Subject: x\n" + b" y\n" * 15_000,
    ],
)
def test_hostile_headers_take_no_time(raw: bytes) -> None:
    """Whatever stands in them, something is said of them, and quickly."""
    found = head(raw)
    assert len(found.references) <= 20
    assert len(found.to) <= 20


def test_what_is_no_mailbox(tmp_path: Path) -> None:
    """Packed, another file, no file: what to do is said."""
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (tmp_path / "a.csv").write_text("when,text\n")
    (tmp_path / "empty").write_text("")
    for name, said in (
        ("a.gz", "gunzip"),
        ("a.csv", "no mailbox file"),
        ("empty", "no mailbox file"),
        ("b", "can't be"),
    ):
        with pytest.raises(Refused, match=said):
            opened(tmp_path / name)


# Threads


def threads(tmp_path: Path, *archives: list[str], largest: int = 10_000) -> tuple[Archive, list[list[str]]]:
    """The threads of some mailbox files: each mail by its file and number, "!" for ours."""
    files = tuple(filed(tmp_path / f"{n}.mbox", each) for n, each in enumerate(archives))
    archive = Archive(files, {HELP}, largest, NOW)
    archive.look_through()
    found = [[f"{p.file}.{p.n}{'!' if p.ours else ''}" for p in thread] for thread in archive.threads()]
    return archive, found


def test_answers_belong_to_what_they_answer(tmp_path: Path) -> None:
    """Over files, in the order of time, also where what they answer is not in the archive."""
    inbox = [mail(1), mail(2, clock="12:00:00", answers="r1"), mail(5, day=1), mail(6, day=2, answers="gone"),
             mail(7, day=3, answers="gone")]  # fmt: skip
    _, found = threads(tmp_path, inbox, [reply("r1", answers=1)])
    assert found == [["0.3"], ["0.4", "0.5"], ["0.1", "1.1!", "0.2"]]


def test_two_patrons_have_a_thread_each(tmp_path: Path) -> None:
    """Who answers the same circular, or names another's mail, is glued to nobody."""
    bo = "Bo <bo@example.org>"
    inbox = [mail(1, answers="circular"), mail(2, answers="circular", sender=bo, clock="10:05:00"),
             mail(3, answers=1, sender="Cy <cy@example.org>", clock="12:00:00")]  # fmt: skip
    sent = [reply("r1", answers=1), reply("r2", answers=2, to=bo, clock="11:40:00")]
    _, found = threads(tmp_path, inbox, sent)
    assert found == [["0.1", "1.1!"], ["0.2", "1.2!"], ["0.3"]]


def test_an_answer_to_another_address_of_theirs(tmp_path: Path) -> None:
    """Where one patron wrote, our answer belongs to them."""
    _, found = threads(tmp_path, [mail(1)], [reply("r1", answers=1, to="ana.b@elsewhere.example")])
    assert found == [["0.1", "1.1!"]]


def test_what_is_left_out(tmp_path: Path) -> None:
    """Duplicates, mails without a time that can be, and those that are too large: counted, and the first named."""
    inbox = [mail(1), mail(1), mail(2, "x" * 20_000), mail(3).replace("2024", "1924"), mail(4)]
    archive, found = threads(tmp_path, inbox, [mail(1), mail(5).replace("2024", "2099")])
    assert found == [["0.1"], ["0.5"]]
    assert archive.passed == {"found twice": 2, "larger than 10,000 bytes": 1, "without a time that can be": 2}
    assert [(file.name, n) for file, n, _ in archive.wrong] == [("0.mbox", 3), ("0.mbox", 4), ("1.mbox", 2)]


def test_mails_without_an_id_stand_alone(tmp_path: Path) -> None:
    """Each is a thread, unless it names another."""
    bare = mail(1).replace("Message-ID: <1@example.org>\n", "")
    _, found = threads(
        tmp_path, [bare, bare, bare.replace("Subject", "In-Reply-To: <9@example.org>\nSubject"), mail(9)]
    )
    assert sorted(map(len, found)) == [1, 1, 2]


def test_an_endless_thread_is_parted(tmp_path: Path) -> None:
    """Into tickets that can be read."""
    chain = [mail(n, answers=n - 1, clock=f"{n // 60:02}:{n % 60:02}:00") for n in range(1, MOST_MAILS + 30)]
    _, found = threads(tmp_path, chain)
    assert [len(each) for each in found] == [MOST_MAILS, 29]


@pytest.mark.full
def test_memory_is_bounded(tmp_path: Path) -> None:
    """Some hundred bytes a mail are held, however large the mails are."""
    large = "word " * 1000
    files = (filed(tmp_path / "a.mbox", (mail(n, large, answers=n - 1 if n % 3 else None) for n in range(3000))),)
    tracemalloc.start()
    archive = Archive(files, {HELP}, 10_000_000, NOW)
    archive.look_through()
    assert sum(1 for _ in archive.threads()) == 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert files[0].stat().st_size > 15_000_000
    assert peak < 3000 * 600 + 2 * mbox.HEAD_BYTES + (2 << 20)
