"""A probe by mail: through the relay to our own mailbox, from where the relay must bring it back to our listener."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.config import LineSettings, MailSettings
from helpdesk.errors import HelpdeskError, Refused, Unclear
from helpdesk.message import Address, Channel, Outbound
from helpdesk.ports import Sender
from helpdesk.ports.probes import Errand, Reached


class MailProber:
    """Sends probes through the relay. It is a program's mail: nothing answers it by itself."""

    def __init__(self, settings: MailSettings, lines: Mapping[str, LineSettings], sender: Sender) -> None:
        self._settings = settings
        self._lines = lines
        self._sender = sender

    async def send(self, errand: Errand) -> Reached:
        """To the line's own mailbox."""
        address = self._lines[errand.line].address
        mail = Outbound(
            id=errand.outbox,
            channel=Channel.MAIL,
            line=errand.line,
            to=Address(channel=Channel.MAIL, value=address),
            text=errand.text,
            subject=errand.text,
            automatic=True,
            created=errand.created,
        )
        try:
            await self._sender.send(mail)
        except Unclear:
            pass  # the relay may have it: then it comes back
        except HelpdeskError as error:
            said = str(error).replace("The mail is tried again.", "").strip()
            raise Refused(
                f"{said} Replies by mail wait, too: look at the relay and at [mail] in the settings."
            ) from None
        return Reached(
            shows="The relay took a mail to our own mailbox, brought it back, and it was read.",
            missing=f"The relay took it. Look at its queue, and at where it delivers mail for {address}: it must hand"
            f" it to {self._settings.listen}.",
        )
