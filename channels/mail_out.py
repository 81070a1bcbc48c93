"""Mail out: one message at a time to the relay.

The relay's answer says whose fault it is. Before the text is sent, anything that breaks off is simply tried again; from
then on it is Unclear, because the relay may have the mail. It goes again under the same Message-ID, so that a mail
system may notice it as the same one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from channels.mime_bounce import in_words
from channels.mime_write import copies, recipient, write
from helpdesk.config import LineSettings, MailSettings
from helpdesk.errors import HelpdeskError, LinePaused, TryLater, Unclear, Undeliverable
from helpdesk.message import Channel, LineId, Outbound, Sent

_QUIT_SECONDS = 2
_AUTH_CODES = {530, 534, 535, 538}


class MailSender:
    """Hands mails to the relay."""

    channel = Channel.MAIL

    def __init__(self, settings: MailSettings, lines: Mapping[LineId, LineSettings], library: str) -> None:
        self.settings = settings
        self._lines = lines
        self._library = library

    async def send(self, message: Outbound) -> Sent:
        """Hand one mail to the relay; the provider's id is what the relay said when it took it."""
        line = self._lines.get(message.line)
        if line is None:
            raise LinePaused(f"There is no mail line {message.line!r} in the settings. Add it, then resume.")
        mail = write(message, line, self._library)
        async with self._relay(line.address.rpartition("@")[2]) as relay:
            async with asyncio.timeout(self.settings.timeout_seconds):
                await _address(relay, line, message)
            return await self._hand_over(relay, mail)

    async def find(self, message: Outbound) -> tuple[Sent, ...]:
        """Nobody can ask a relay what it sent: always Unclear, so the mail goes again under its id, flagged."""
        raise Unclear("A mail relay can't be asked what it sent. The mail goes again with the same Message-ID.")

    @asynccontextmanager
    async def _relay(self, domain: str) -> AsyncIterator[SMTP]:
        """A connection to the relay, signed in; ``domain`` is ours. What breaks off before the text is TryLater."""
        settings = self.settings
        relay = SMTP(
            hostname=settings.relay_host,
            port=settings.relay_port,
            local_hostname=domain,
            timeout=settings.timeout_seconds,
            use_tls=settings.relay_tls == "tls",
            start_tls=False,
        )
        try:
            await relay.connect()
            await self._sign_in(relay)
            yield relay
            await _part(relay)
        except SMTPAuthenticationError as error:
            raise LinePaused(_said("The relay refuses our user or password", error), code=_code(error)) from error
        except SMTPResponseException as error:
            raise _verdict(error) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise TryLater(
                f"The mail relay {settings.relay_host}:{settings.relay_port} can't be reached, "
                f"or its certificate is not trusted ({type(error).__name__}). The mail is tried again."
            ) from error
        finally:
            relay.close()

    async def _sign_in(self, relay: SMTP) -> None:
        """Encrypt and sign in as the settings say; nothing is sent in the clear instead."""
        if self.settings.relay_tls == "starttls":
            await _need(relay, "starttls", "relay_tls")
            await relay.starttls()
        if self.settings.relay_user:
            await _need(relay, "auth", "relay_user")
            await relay.login(self.settings.relay_user, self.settings.relay_password.get_secret_value())

    async def _hand_over(self, relay: SMTP, mail: EmailMessage) -> Sent:
        try:
            async with asyncio.timeout(self.settings.timeout_seconds):
                response = await relay.data(mail.as_bytes())
        except SMTPResponseException:
            raise
        except (SMTPException, OSError, TimeoutError) as error:
            raise Unclear("The connection broke while the mail was handed over: the relay may have it.") from error
        return Sent(provider_id=response.message[:200])


async def _need(relay: SMTP, extension: str, key: str) -> None:
    await relay.ehlo()
    if not relay.supports_extension(extension):
        raise LinePaused(f"The relay does not offer {extension.upper()}: see {key} in [mail] of the settings.")


async def _address(relay: SMTP, line: LineSettings, message: Outbound) -> None:
    """Say who writes to whom. A copy that the relay refuses for good is left out; the patron's own mail goes."""
    await relay.mail(line.address)
    await relay.rcpt(recipient(message))
    for copy in copies(message):
        try:
            await relay.rcpt(copy)
        except SMTPRecipientRefused as error:
            if error.code < 500:
                raise


async def _part(relay: SMTP) -> None:
    """Say goodbye. The mail is sent: nothing that happens now changes that."""
    with suppress(SMTPException, OSError, TimeoutError):
        await relay.quit(timeout=_QUIT_SECONDS)


def _verdict(error: SMTPResponseException) -> HelpdeskError:
    """Whose fault a refusal is: the moment's, ours, or the recipient's."""
    if 400 <= error.code < 500:
        return TryLater(_said("The relay can't take the mail now", error))
    if error.code in _AUTH_CODES or isinstance(error, SMTPSenderRefused | aiosmtplib.SMTPConnectResponseError):
        return LinePaused(_said("The relay takes no mail from this mailbox", error), code=_code(error))
    if isinstance(error, SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        code = _code(error)
        return Undeliverable(f"{in_words(code)} Check the address, or answer by another channel.", code=code)
    return LinePaused(_said("The relay does not do what we need of it", error), code=_code(error))


def _said(what: str, error: SMTPResponseException) -> str:
    return f"{what} ({_code(error)}). Ask whoever looks after the mail relay."


def _code(error: SMTPResponseException) -> str:
    """The enhanced status code ("5.1.1") if the relay gave one, else its reply code ("550")."""
    enhanced = error.message.split(None, 1)[0] if error.message.strip() else ""
    digits = enhanced.split(".")
    return enhanced if len(digits) == 3 and all(part.isdigit() for part in digits) else str(error.code)
