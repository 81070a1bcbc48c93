"""The reader of mails: what kills it hurts one mail only."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from channels.mime_worker import MailReader
from helpdesk.config import MailSettings
from helpdesk.errors import Unparseable
from helpdesk.message import Envelope
from tests.channels.mails import LINES, bounce, envelope, mail, multipart, nested

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux holds these limits and shows /proc")


def reader(*, seconds: float = 10, megabytes: int = 512, count: int = 1) -> MailReader:
    """A reader of the library's mail, with limits."""
    return MailReader(MailSettings(parser_seconds=seconds, parser_megabytes=megabytes), LINES, count=count)


def endless() -> Envelope:
    """A mail that takes minutes: many lines, each tried against hundreds of nested boundaries."""
    deep = nested(180).replace(b"At the bottom.", b"--x\r\n" * 400_000)
    return envelope(deep)


async def test_a_reading_comes_back_whole() -> None:
    """All that was found crosses the pipe: text, quote, files, remarks, reports."""
    content = multipart(
        "Content-Type: text/plain; charset=utf-8\n\nGrüße\n\nOn Mon, Library wrote:\n> At nine.",
        "Content-Type: application/x-one; name=one.bin\n\nfirst",
        "Content-Type: application/x-two; name=two.bin\n\nsecond file",
        From="Jö <jo@patron.example>",
        To="enquiries+abcdefgh2@library.example",
        In_Reply_To="<a@x>",
        Message_ID="",
    )
    async with reader() as mails:
        reading = await mails.read(envelope(content))
        bounced = await mails.read(envelope(bounce("<01ARZ3NDEKTSV4RRFFQ69G5FAV@library.example>"), sender=""))
    inbound = reading.inbound
    assert inbound.sender is not None
    assert inbound.text[: inbound.quote_from] == "Grüße\n\n"
    assert [(file.name, file.content) for file in inbound.attachments] == [
        ("one.bin", b"first"),
        ("two.bin", b"second file"),
    ]
    assert (inbound.tokens, inbound.references) == (("abcdefgh2",), ("<a@x>",))
    assert inbound.remarks == ("the mail has no Message-ID",)
    assert [report.code for report in bounced.reports] == ["5.1.1"]


async def test_an_unreadable_mail_is_said_in_words() -> None:
    """And the next one is read by the same process."""
    async with reader() as mails:
        with pytest.raises(Unparseable, match="empty"):
            await mails.read(envelope(b""))
        assert (await mails.read(envelope(mail()))).inbound.text == "When do you open on Sunday?"


async def test_a_mail_that_takes_too_long_is_given_up_after_two_tries() -> None:
    """Others go on meanwhile and afterwards."""
    async with reader(seconds=0.3, count=2) as mails:
        await mails.read(envelope(mail()))
        async with asyncio.TaskGroup() as group:
            bad = group.create_task(_refused(mails, endless()))
            good = [group.create_task(mails.read(envelope(mail(Subject=str(n))))) for n in range(20)]
        assert "could not be read" in bad.result()
        assert [task.result().inbound.subject for task in good] == [str(n) for n in range(20)]
        assert (await mails.read(envelope(mail()))).inbound.subject == "Opening hours"


async def _refused(mails: MailReader, kept: Envelope) -> str:
    with pytest.raises(Unparseable) as caught:
        await mails.read(kept)
    return str(caught.value)


async def test_a_process_killed_between_two_mails_is_replaced() -> None:
    """Nobody notices."""
    async with reader() as mails:
        await mails.read(envelope(mail()))
        os.kill(_pid(mails), signal.SIGKILL)
        assert (await mails.read(envelope(mail()))).inbound.subject == "Opening hours"


async def test_a_process_killed_over_a_mail_is_tried_once_more() -> None:
    """The same mail is read by the next process."""
    async with reader() as mails:
        await mails.read(envelope(mail()))
        os.kill(_pid(mails), signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            read = group.create_task(mails.read(envelope(mail(Subject="again"))))
            group.create_task(_kill_when_busy(mails))
        assert read.result().inbound.subject == "again"


async def _kill_when_busy(mails: MailReader) -> None:
    os.kill(_pid(mails), signal.SIGKILL)


@linux
@pytest.mark.full
async def test_memory_is_limited() -> None:
    """A mail that needs more than the process may have is Unparseable, not a full machine."""
    huge = envelope(b"Subject: huge\r\n\r\n" + "ä".encode() * 30_000_000)
    async with reader(megabytes=192) as mails:
        assert "could not be read" in await _refused(mails, huge)
        assert (await mails.read(envelope(mail()))).inbound.subject == "Opening hours"


async def test_a_cancelled_reading_leaves_no_answer_behind() -> None:
    """The next mail gets its own answer, not the cancelled one's."""
    async with reader() as mails:
        await mails.read(envelope(mail()))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await mails.read(endless())
        assert (await mails.read(envelope(mail(Subject="mine")))).inbound.subject == "mine"


async def test_quotes_that_take_too_long_are_left_unfolded() -> None:
    """The search is stopped after a second; the mail is read all the same."""
    slow = mail(body="> x\r\n" + "On \r\n" * 16_000 + "wrote:")
    async with reader() as mails:
        inbound = (await mails.read(envelope(slow))).inbound
    assert inbound.quote_from is None
    assert inbound.text.startswith("> x\nOn")


@linux
async def test_the_process_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment holds the way to the code and nothing else of ours."""
    monkeypatch.setenv("HELPDESK_TEST_SECRET", "hidden")
    async with reader() as mails:
        await mails.read(envelope(mail()))
        assert b"hidden" not in _environment_of(_pid(mails))


def _environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def _pid(mails: MailReader) -> int:
    process = mails._workers[0]._process
    assert process is not None
    return process.pid
