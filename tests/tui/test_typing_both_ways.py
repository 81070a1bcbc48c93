"""A chat at the desk with a visitor's own page on a socket: what each types, and that they type, the other sees."""

from __future__ import annotations

from typing import Any, cast

from helpdesk.message import Channel
from tests.channels.chat_house import BEA, served_house, visitor
from tests.tui.house import House
from tests.tui.seat import seat


async def test_both_write_and_each_sees_the_other_write() -> None:
    """Mina asks, Bea sees her write; Bea answers, Mina's page hears that she writes, and has the answer."""
    async with served_house() as library, visitor(library) as mina:
        await library.on_duty()
        await mina.begins("Mina")
        await mina.says("Hello?", "c1")
        async with seat(cast(House, library), actor=BEA) as desk:
            await desk.press("t")
            await desk.sees("Mina", "Hello?", "held for you")
            await mina.sends("typing")
            await mina.says("Is the printer on level 2 mended?", "c2")
            await desk.sees("Is the printer on level 2 mended?")
            desk.app._read_chats(desk.ticket.sitting)
            await desk.sees("Chats", "1 Mina", "writes …")
            await desk.press("r")
            await desk.sees("Reply to Mina by chat", "goes at once and stays")
            await desk.press(*"Yes.")
            assert (await mina.hears("staff_typing"))["type"] == "staff_typing"
            await desk.press("ctrl+s")
            await desk.until(lambda: desk.ticket._draft is None)
            await library.outbox.deliver_due(Channel.CHAT)
            assert await _answer(mina) == "Yes."
            await mina.says("Thank you!", "c3")
            await desk.sees("Thank you!")


async def _answer(page: Any) -> str:
    """The next line of the library's on a visitor's page; their own come back to it, too."""
    while True:
        frame = await page.hears("message")
        if not frame["mine"]:
            return str(frame["text"])
