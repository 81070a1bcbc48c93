"""A new owner takes up what the dead one was sending; and what crosses with a try of ours."""

from __future__ import annotations

from channels.loopback import Loopback
from helpdesk.clock import plus
from helpdesk.errors import Undeliverable
from helpdesk.events import Kind
from helpdesk.lines import OpenLine
from helpdesk.message import Channel, Delivery, DeliveryReport, LineId, Outbound, Sent
from helpdesk.outbox import GRACE, LEASE, Outbox
from helpdesk.rulebook import Rulebook
from helpdesk.store.verbs import leasing as verbs
from tests.contracts.desk import ANA, Library, library


async def opened(place: Library, wire: Loopback) -> Outbox:
    """The next owner's outbox."""
    rules = Rulebook(place.store, place.clock)
    await rules.load()
    return Outbox(
        store=place.store,
        clock=place.clock,
        senders={Channel.MAIL: wire},
        policies={LineId("help"): OpenLine()},
        published=rules.published,
        reply_key=b"\x05" * 32,
    )


async def test_it_is_looked_up_soon() -> None:
    """After a short grace, not when the lease would have run out; the ticket says that it went again."""
    async with library() as place:
        ticket = await place.mail()
        await place.desk.reply(ANA, ticket, 1, "Yes, till Friday.")
        wire = Loopback(Channel.MAIL, place.intake, place.clock)
        now = place.clock.now()
        assert await place.store.write(verbs.lease, Channel.MAIL, now, plus(now, LEASE))
        outbox = await opened(place, wire)
        assert await outbox.take_over() == 1
        assert await outbox.deliver_due(Channel.MAIL) == plus(now, GRACE)
        place.clock.move_to(plus(now, GRACE))
        assert await outbox.deliver_due(Channel.MAIL) is None
        assert [message.again for message in wire.sent] == [True]
        history = (await place.desk.thread(ANA, ticket)).history
        assert Kind.RESENT_UNCLEAR in {moment.kind for moment in history}


async def test_what_was_not_in_hand_stays_as_it_is() -> None:
    """A reply that only waits goes out once, at once, and unflagged."""
    async with library() as place:
        ticket = await place.mail()
        await place.desk.reply(ANA, ticket, 1, "Yes, till Friday.")
        wire = Loopback(Channel.MAIL, place.intake, place.clock)
        outbox = await opened(place, wire)
        assert await outbox.take_over() == 0
        assert await outbox.deliver_due(Channel.MAIL) is None
        assert [message.again for message in wire.sent] == [False]


class Crossing(Loopback):
    """A channel on which word that a message arrived overtakes the answer to its sending."""

    async def send(self, message: Outbound) -> Sent:
        """The patron reads it and leaves, before we look whether they are there."""
        await super().send(message)
        await self._door.report(DeliveryReport(outbox=message.id, status=Delivery.DELIVERED))
        raise Undeliverable("The visitor had left the chat before this reached them.", code="left")


async def test_what_arrived_is_not_called_undeliverable() -> None:
    """A visitor reads the reply and ends the chat while it is being sent: it stays delivered, the ticket answered."""
    async with library() as place:
        ticket = await place.mail()
        await place.desk.reply(ANA, ticket, 1, "Yes, till Friday.")
        outbox = await opened(place, Crossing(Channel.MAIL, place.intake, place.clock))
        await outbox.deliver_due(Channel.MAIL)
        thread = await place.desk.thread(ANA, ticket)
        assert thread.entries[-1].delivery is Delivery.DELIVERED
        assert Kind.UNDELIVERABLE not in {moment.kind for moment in thread.history}
