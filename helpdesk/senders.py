"""Who sends: a sender for each channel that has lines, and who asks the carrier to delete."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack

from channels.mail_out import MailSender
from channels.sms import SmsSender
from channels.webchat import ChatSender
from helpdesk.chats import Chats
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.errors import BadConfig
from helpdesk.extras import install
from helpdesk.message import Channel, LineId
from helpdesk.ports import Eraser, Sender


async def real_senders(stack: AsyncExitStack, settings: Settings, clock: Clock, chats: Chats) -> dict[Channel, Sender]:
    """The real ones, as the settings say; those that stay connected are left with ``stack``."""
    lines = {LineId(name): line for name, line in settings.lines.items()}
    senders: dict[Channel, Sender] = {
        Channel.CHAT: ChatSender(chats),
        Channel.MAIL: MailSender(settings.mail, lines, settings.library.name),
    }
    if settings.sms.carrier == "smpp":
        if settings.lines_of(Channel.SMS):
            senders[Channel.SMS] = _smpp(settings, clock)
    elif settings.lines_of(Channel.SMS) or (settings.sms.account and settings.sms.tokens):  # deletions outlive a line
        senders[Channel.SMS] = await stack.enter_async_context(
            SmsSender(settings.sms, settings.web, settings.lines, clock)
        )
    return senders


def _smpp(settings: Settings, clock: Clock) -> Sender:
    try:
        from channels.smpp import SmppCarrier
    except ImportError:
        raise BadConfig(f"sms.carrier: SMPP needs smpp34: {install('smpp')}") from None
    return SmppCarrier(settings.smpp, settings.lines, clock)


async def erasers_of(
    stack: AsyncExitStack, settings: Settings, clock: Clock, senders: Mapping[Channel, Sender]
) -> dict[Channel, Eraser]:
    """Who is asked to delete. A carrier that was left still holds texts: it is asked while its account is here."""
    erasers: dict[Channel, Eraser] = {
        channel: sender for channel, sender in senders.items() if isinstance(sender, Eraser)
    }
    if settings.sms.carrier == "smpp" and settings.sms.account and settings.sms.tokens:
        former = SmsSender(settings.sms, settings.web, settings.lines, clock)
        erasers.setdefault(Channel.SMS, await stack.enter_async_context(former))
    return erasers
