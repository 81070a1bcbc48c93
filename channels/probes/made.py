"""Makes the probers of a library's channels."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping

from channels.probes.chat import ChatProber
from channels.probes.mail import MailProber
from channels.probes.sms import SmsProber
from channels.probes.web import web
from helpdesk.clock import Clock
from helpdesk.config import Settings
from helpdesk.message import Channel
from helpdesk.ports import Sender
from helpdesk.ports.probes import Prober


@contextlib.asynccontextmanager
async def probers(
    settings: Settings, senders: Mapping[Channel, Sender], clock: Clock
) -> AsyncIterator[dict[Channel, Prober]]:
    """A prober for each channel that has a line, for as long as the block lasts."""
    made: dict[Channel, Prober] = {}
    async with web(clock) as asks:
        if (mailboxes := settings.lines_of(Channel.MAIL)) and Channel.MAIL in senders:
            made[Channel.MAIL] = MailProber(settings.mail, mailboxes, senders[Channel.MAIL])
        if (texting := settings.lines_of(Channel.SMS)) and Channel.SMS in senders:
            made[Channel.SMS] = SmsProber(settings.sms, settings.web, texting, senders[Channel.SMS], asks)
        if settings.lines_of(Channel.CHAT):
            made[Channel.CHAT] = ChatProber(settings.web, asks)
        yield made
