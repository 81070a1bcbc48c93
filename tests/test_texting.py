"""Several lines of texts side by side, over real doors: two numbers and a messaging service, each with its own ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from helpdesk.events import Kind
from helpdesk.message import Delivery
from helpdesk.ticket import Flag
from tests.channels.photos import SECRET, jpeg
from tests.staff import eventually
from tests.wire import NOISELINE, TEXT_LINE, Town, library, outside

pytestmark = pytest.mark.usefixtures("engine")

SERVICE, POOLED, ALSO_POOLED = "MG" + "2" * 32, "+447700900003", "+447700900004"

POOL: Mapping[str, Any] = {
    "law": {
        "channel": "sms",
        "title": "Law library",
        "kind": "law",
        "site": "law",
        "address": POOLED,
        "messaging_service": SERVICE,
        "greeting": "Law library here.",
        "most_segments": 1,
    },
    "texts": {"greeting": "Main library here."},
}


def pooled(town: Town) -> None:
    """The carrier knows the numbers of the service."""
    for number in (POOLED, ALSO_POOLED):
        town.carrier.rents(number, webhook=f"{town.doors.web}/sms/inbound", service=SERVICE)


async def test_each_line_has_its_kind_its_words_and_its_sender(tmp_path: Path) -> None:
    """A text goes to the line whose number, or whose service, it was sent to, and is answered from there."""
    async with library(tmp_path, lines=POOL) as town:
        pooled(town)
        for number, line, kind, site, greeting in (
            ("+447700900101", NOISELINE, "noise", "", None),
            ("+447700900102", TEXT_LINE, "enquiry", "", "Main library here."),
            ("+447700900103", POOLED, "law", "law", "Law library here."),
            ("+447700900104", ALSO_POOLED, "law", "law", "Law library here."),
        ):
            ana = town.texter(number, line)
            await ana.texts(f"Question to {line[-3:]}")
            ticket = await town.desk.sees(f"Question to {line[-3:]}")
            assert (ticket.kind, ticket.site) == (kind, site)
            if greeting is not None:
                assert greeting in await ana.hears()
            await town.desk.replies("Answer", to=ticket.id)
            said = await ana.hears()
            while said != "Answer":  # the Noiseline's own first text
                said = await ana.hears()
            assert town.carrier.handset(number).inbox[-1].line in {line, POOLED}


async def test_one_texter_on_two_lines_has_two_tickets(tmp_path: Path) -> None:
    """A STOP to one of them leaves the other as it is."""
    async with library(tmp_path) as town:
        noise, texts = town.texter(line=NOISELINE), town.texter(line=TEXT_LINE)
        await noise.texts("Loud on level 3")
        await texts.texts("Is there a copy of Emma?")
        stopped, other = await town.desk.sees("Loud on level 3"), await town.desk.sees("Emma")
        assert stopped.id != other.id
        await noise.texts("STOP")
        await eventually(town.desk.desk, lambda: _flagged(town, stopped.id))
        await town.desk.replies("Yes, two", to=other.id)
        assert (await town.desk.thread(other.id)).ticket.flags == frozenset()


async def _flagged(town: Town, ticket: Any) -> bool | None:
    return Flag.OPTED_OUT in (await town.desk.thread(ticket)).ticket.flags or None


async def test_the_carrier_refuses_what_its_patron_stopped(tmp_path: Path) -> None:
    """STOP by a word that only the carrier heeded: its 21610 sets the mark, START lifts it on both sides."""
    async with library(tmp_path) as town:
        ana = town.texter(line=TEXT_LINE)
        await ana.texts("Is there a copy of Emma?")
        await ana.texts("Cancel")
        ticket = await town.desk.sees("Cancel")
        await town.desk.replies("Yes, two", to=ticket.id)
        failed = await town.desk.learns(ticket.id, Delivery.FAILED)
        assert failed.trouble.startswith("The patron has texted STOP")
        assert {Flag.OPTED_OUT, Flag.UNDELIVERABLE} <= (await town.desk.thread(ticket.id)).ticket.flags
        await ana.texts("START")
        await town.desk.replies("Yes, two", to=ticket.id)
        while await ana.hears() != "Yes, two":
            pass


@pytest.mark.parametrize("line", [NOISELINE, TEXT_LINE])
async def test_a_picture_message_from_phone_to_desk(tmp_path: Path, line: str) -> None:
    """The text first, then its picture; on the sealed line without what it tells, and gone with the conversation."""
    sealed = line == NOISELINE
    async with library(tmp_path) as town:
        url = "https://media.example/1"
        town.carrier.shelf[url] = ("image/jpeg", jpeg())
        posted = await town.carrier.handset("+447700900123").texts("Look at this", to=line, media=(url,))
        assert posted.status == 200
        ticket = (await town.desk.sees("Look at this")).id

        async def fetched() -> str | None:
            thread = await town.desk.thread(ticket)
            [entry] = [each for each in thread.entries if each.text == "Look at this"]
            return entry.files[0].digest if entry.files else None

        digest = await eventually(town.desk.desk, fetched)
        content = await town.desk.desk.attachment(town.desk.name, digest)
        assert (SECRET in content) is not sealed
        assert any(each.kind is Kind.FETCHED for each in (await town.desk.thread(ticket)).history)


# What a wrong setting refused


async def test_what_a_wrong_address_refused_is_caught_up_once_it_is_mended(tmp_path: Path) -> None:
    """The signature was made for another public URL: 403, told at the desk. Mended, each text is there once."""
    async with outside(tmp_path, web={"public_url": "https://wrong.example"}) as town:
        async with town.opens():
            ana = town.texter(line=TEXT_LINE)
            for n in range(3):
                assert (await ana.texts(f"Refused {n}")).status == 403
            assert "3 refused at the sms line texts" in await town.desk.notices()
        town.changes = {}
        async with town.opens():
            ticket = await town.desk.sees("Refused")
            assert await town.desk.reads(ticket.id, 3) == ("Refused 0", "Refused 1", "Refused 2")
            await town.desk.has(1)


async def test_what_was_sent_to_no_line_is_caught_up_once_there_is_one(tmp_path: Path) -> None:
    """It stood in quarantine without its words; with the line in the settings it is a ticket."""
    async with outside(tmp_path) as town:
        async with town.opens():
            pooled(town)
            posted = await town.texter(line=POOLED).texts("Are you the law library?")
            assert posted.status == 200
            [row] = await town.desk.has(1)
            assert Flag.QUARANTINED in row.flags
        town.changes = {"lines": POOL}
        async with town.opens():
            pooled(town)
            assert (await town.desk.sees("Are you the law library?")).kind == "law"
