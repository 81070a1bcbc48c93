"""What can go wrong, split by what the caller does next.

::

    HelpdeskError
    ├── TryLater         the same call may succeed later (451, 503, back off)
    ├── Undeliverable    this message can never reach this recipient: tell staff
    ├── LinePaused       our account or line is at fault: keep the rows, tell the lead
    ├── Unclear          sent or not sent, nobody knows: look it up before sending again
    ├── Stale            somebody else changed it first: look again, then decide
    ├── Refused          the call breaks a rule; repeating it will not help
    │   ├── NotFound     there is no such ticket, entry or member of staff
    │   ├── KeyUsed      its key did something else before: look what, then take another key
    │   └── NotAllowed   this member's role does not reach so far
    │       └── SignedOut  it is not known (any more) who asks: sign in, then ask again
    ├── Unparseable      these bytes can't be read as a message: quarantine
    ├── NeverOpen        no opening hour answers the question (a calendar without hours, or past its horizon)
    └── BadConfig        the settings are wrong: says file, key and remedy; nothing starts

Every message is written for the person who reads it: it says what to do.
"""

from __future__ import annotations


class HelpdeskError(Exception):
    """The base of every error that the help desk raises on purpose."""


class TryLater(HelpdeskError):
    """The same call may succeed later.

    ``retry_after`` is in seconds, None where the other side did not say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Undeliverable(HelpdeskError):
    """This message can never reach this recipient.

    ``code`` is the provider's own (an SMTP status, a carrier's error number).
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class LinePaused(HelpdeskError):
    """Our account, number or mailbox is at fault, not the patron.

    Nothing more is sent on the line until it is mended; what waits is kept.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Unclear(HelpdeskError):
    """The provider may or may not have taken the message (a time-out after the request was written)."""


class Stale(HelpdeskError):
    """Somebody else changed the ticket since it was read.

    ``by`` names who (a member's id, or "" where it was the patron or the system).
    """

    def __init__(self, message: str, *, by: str = "") -> None:
        super().__init__(message)
        self.by = by


class Refused(HelpdeskError):
    """The call breaks a rule; repeating it will not help."""


class NotFound(Refused):
    """There is no such thing in the store."""


class KeyUsed(Refused):
    """The key that makes a call happen once was used for another one."""


class NotAllowed(Refused):
    """The actor may not do this: their role does not reach so far, or it is not known who they are."""


class SignedOut(NotAllowed):
    """It is not known, or not any more, who asks: no token, one that is over, a member who was disabled."""


class Unparseable(HelpdeskError):
    """The bytes can't be read as a message."""


class NeverOpen(HelpdeskError):
    """The calendar has no opening hour that could answer the question."""


class BadConfig(HelpdeskError):
    """The settings are wrong. The text names the file, the key and the remedy."""
