"""Bad input and faults at the real doors: nothing is acknowledged that is not stored, and nothing stands in the way."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Literal

import pytest
from websockets.exceptions import ConnectionClosed

from helpdesk.errors import Refused
from helpdesk.events import Kind
from helpdesk.message import Delivery
from helpdesk.ticket import Flag
from tests.channels.mails import mail, multipart, nested
from tests.wire import MAILBOX, NOISELINE, TEXT_LINE, library, outside

LONG = "é" * 3_900
"""So long that no page of the store has room for it."""


@pytest.mark.parametrize("how", ["full", "read-only"])
async def test_a_store_that_takes_nothing_acknowledges_nothing(
    tmp_path: Path, how: Literal["full", "read-only"]
) -> None:
    """451, 503 and an error frame; the desk says so; once it is mended, all that is sent again is there once."""
    async with library(tmp_path) as town, town.page() as page:
        await page.begins()
        await page.says("Chat", "c0")
        ana, ben, cleo = town.texter(line=TEXT_LINE), town.mailer(), await town.visitor()
        letter = ben.writes(f"Mail {LONG}").as_bytes()
        async with town.broken_store(how):
            assert (await ana.texts(f"Text {LONG}")).status == 503
            told = [await town.desk.notices()]
            assert [reply[:3] for reply in await town.hand_in(letter)] == ["451"]
            told.append(await town.desk.notices())
            assert await cleo.leaves_a_question(LONG, email="cleo@patron.example") == 503
            await page.sends("say", id="c1", text=f"Chat {LONG}")
            refusal = await page.hears("error")
            assert refusal["id"] == "c1"
            assert refusal["retry_after"] > 0
            told.append(await town.desk.notices())  # whatever fits into a page in between is written, and ends it
            assert any("can't be written" in notice for notice in told)
        assert [row.preview for row in await town.desk.rows()] == ["Chat"]

        assert [reply[:3] for reply in await town.hand_in(letter)] == ["250"]
        assert await page.says(f"Chat {LONG}", "c1") == 2
        town.time.passes(minutes=2)
        rows = await town.desk.has(3)
        assert {row.preview.split()[0] for row in rows} == {"Text", "Mail", "Chat"}
        assert await town.desk.notices() == ""


async def test_texts_that_came_while_nobody_could_take_them_are_fetched(tmp_path: Path) -> None:
    """25 while the owner is down, 25 answered with 503: all 50 are there, once, and timed from when they were sent."""
    async with outside(tmp_path) as town:
        texters = [town.texter(f"+4477009001{n:02}", TEXT_LINE) for n in range(50)]
        async with town.opens():
            pass
        sent = town.time.now()
        for n, ana in enumerate(texters[:25]):
            assert (await ana.texts(f"Question {n}")).status is None
        town.time.passes(minutes=30)
        async with town.opens():
            assert {row.opened for row in await town.desk.has(25)} == {sent}
            async with town.broken_store("read-only"):
                for n, ana in enumerate(texters[25:], start=25):
                    assert (await ana.texts(f"Question {n}")).status == 503
            town.time.passes(minutes=2)
            rows = await town.desk.has(50)
            assert {row.preview for row in rows} == {f"Question {n}" for n in range(50)}
            town.time.passes(minutes=2)
            assert (await texters[0].texts("One more")).status == 200
            await town.desk.sees("One more")
            assert sum([len((await town.desk.thread(row.id)).entries) for row in rows]) == 51


async def test_a_forged_text_is_refused_counted_and_shown(tmp_path: Path) -> None:
    """403, no body kept, one line at the desk however often; a true text passes."""
    async with library(tmp_path) as town:
        for n in range(3):
            assert await town.posts(town.form("Not the carrier", sid=f"SM{n}"), token="a guess") == 403
        assert "3 refused at the sms line noise: " in await town.desk.notices()
        assert await town.desk.rows() == ()
        assert b"Not the carrier" not in (tmp_path / "helpdesk.sqlite-wal").read_bytes()
        assert await town.posts(town.form("The carrier")) == 200


async def test_a_text_of_five_megabytes_is_not_read(tmp_path: Path) -> None:
    """413 and a line at the desk; nothing of it is kept, and the next text is taken."""
    async with library(tmp_path) as town:
        assert await town.posts(town.form("x" * 5_000_000)) == 413
        assert "larger than 64 kB" in await town.desk.notices()
        assert await town.posts(town.form("A short one", sid="SM2")) == 200
        assert [row.preview for row in await town.desk.has(1)] == ["A short one"]


async def test_broken_bytes_in_a_text_are_replaced(tmp_path: Path) -> None:
    """The signature covers the bytes as they are; what is no text becomes U+FFFD, and the history says so."""
    async with library(tmp_path) as town:
        form = [(name, b"Loud \xff\xfe on level 3" if name == b"Body" else value) for name, value in town.form("")]
        assert await town.posts(form) == 200
        ticket = await town.desk.sees("on level 3")
        assert ticket.preview == "Loud \ufffd\ufffd on level 3"
        history = (await town.desk.thread(ticket.id)).history
        assert "could not be read" in next(each.remark for each in history if each.kind is Kind.RECEIVED)


async def test_a_text_to_a_number_that_is_no_line_is_seen(tmp_path: Path) -> None:
    """The signature is good, so it is not refused but kept as a ticket in quarantine."""
    async with library(tmp_path) as town:
        assert await town.posts(town.form("Anybody?", line="+447700900009")) == 200
        [row] = await town.desk.has(1)
        assert Flag.QUARANTINED in row.flags
        assert "no line here" in row.preview


async def test_the_same_text_twice_is_one_entry(tmp_path: Path) -> None:
    """Both posts are acknowledged; a third, after it was answered, changes nothing either."""
    async with library(tmp_path) as town:
        form = town.form("Loud on level 3")
        assert [await town.posts(form) for _ in range(2)] == [200, 200]
        ticket = await town.desk.replies("On our way")
        assert await town.posts(form) == 200
        assert len((await town.desk.thread(ticket.id)).entries) == 2


async def test_callbacks_come_twice_and_in_the_wrong_order(tmp_path: Path) -> None:
    """Delivered stays delivered, and the log hears of it once."""
    async with library(tmp_path) as town:
        town.carrier.faults.backwards = True
        town.carrier.faults.copies = 2
        ana, dev = town.texter(), town.texter("+447700900124", TEXT_LINE)
        await ana.texts("Loud on level 3")
        ticket = await town.desk.replies("On our way")
        await ana.hears()
        await town.desk.learns(ticket.id, Delivery.DELIVERED)
        await dev.texts("Are you open?")
        later = await town.desk.replies("We are")
        await dev.hears()
        await town.desk.learns(later.id, Delivery.DELIVERED)
        kinds = [each.kind for each in (await town.desk.thread(ticket.id)).history]
        assert kinds.count(Kind.DELIVERED) == 1


async def test_a_callback_for_a_text_that_is_not_ours_is_shown(tmp_path: Path) -> None:
    """Acknowledged, as it would come again for nothing; the desk counts it."""
    async with library(tmp_path) as town:
        form = [(b"MessageSid", b"SM1"), (b"MessageStatus", b"delivered")]
        assert await town.posts(form, path="/sms/status/nobody") == 200
        assert "1 delivery reports named messages that are not ours" in await town.desk.notices()


BAD_MAILS = {
    "no Message-ID": mail(Message_ID="", body="the bad one"),
    "no From": mail(From="", body="the bad one"),
    "no header at all": b"\r\nthe bad one\r\n",
    "broken charset": mail("Content-Type: text/plain; charset=klingon-8", body="the bad one \udcff\udc80"),
    "a lie about its charset": mail("Content-Type: text/plain; charset=utf-16", body="the bad one"),
    "a thousand nested parts": nested(1_000),
    "no end of its parts": multipart("Content-Type: text/plain\n\nthe bad one").replace(b"--cut--", b""),
    "bytes for headers": b"\xff\xfe\x00: \x80\r\nSubject: =?utf-8?B?////?=\r\n\r\nthe bad one\r\n",
    "a bad base64": mail("Content-Transfer-Encoding: base64", body="!!the bad one!!"),
    "a line of a megabyte": mail(body="the bad one " + "x" * 1_000_000),
    "nothing": b"\r\n",
}


@pytest.mark.parametrize("which", BAD_MAILS)
async def test_a_bad_mail_is_seen_and_never_in_the_way(tmp_path: Path, which: str) -> None:
    """It is acknowledged and a ticket, or a visible one in quarantine; the next mail is read as ever."""
    async with library(tmp_path) as town:
        assert [reply[:3] for reply in await town.hand_in(BAD_MAILS[which])] == ["250"]
        assert (await town.mailer().mails("The good one")).startswith("250")
        rows = await town.desk.has(2)
        [good] = [row for row in rows if row.preview == "The good one"]
        [bad] = [row for row in rows if row is not good]
        assert bad.preview
        assert good.flags == frozenset()


async def test_a_mail_over_the_limit_is_refused_while_it_is_sent(tmp_path: Path) -> None:
    """552, nothing of it kept; one just under the limit is taken."""
    async with library(tmp_path, mail={"max_bytes": 20_000}) as town:
        assert [reply[:3] for reply in await town.hand_in(mail(body="y " * 20_000))] == ["552"]
        assert [reply[:3] for reply in await town.hand_in(mail(body="y " * 9_000))] == ["250"]
        await town.desk.has(1)


async def test_mail_for_nobody_here_is_refused(tmp_path: Path) -> None:
    """550 for a mailbox that is not ours: nothing is ever relayed."""
    async with library(tmp_path) as town:
        assert [reply[:3] for reply in await town.hand_in(mail(), "someone@elsewhere.example")] == ["550"]
        assert [reply[:3] for reply in await town.hand_in(mail(), MAILBOX)] == ["250"]


async def test_a_chat_frame_of_a_megabyte_closes_its_socket_alone(tmp_path: Path) -> None:
    """1009 for that page; nothing is stored of it, and the next visitor is served."""
    async with library(tmp_path) as town:
        async with town.page() as page:
            await page.begins()
            with contextlib.suppress(ConnectionClosed):
                await page.sends("say", id="a1", text="x" * 1_000_000)
            assert await page.closed() == 1009
        cleo = await town.visitor("Cleo")
        assert await cleo.chats("Hello?")
        assert [row.preview for row in await town.desk.has(1)] == ["Hello?"]


async def test_a_patron_who_texted_stop_is_not_texted(tmp_path: Path) -> None:
    """The desk refuses a reply before it is written, and nothing goes to the carrier."""
    async with library(tmp_path) as town:
        ana = town.texter(line=NOISELINE)
        await ana.texts("Loud on level 3")
        await ana.texts("STOP")
        ticket = await town.desk.sees("STOP")
        assert Flag.OPTED_OUT in ticket.flags
        with pytest.raises(Refused, match="has texted STOP"):
            await town.desk.replies("On our way", to=ticket.id)
        assert "On our way" not in {text.body for text in town.carrier.texts}
