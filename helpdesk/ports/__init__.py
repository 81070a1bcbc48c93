"""The seams of the house: what each side may ask of the other.

=========  ========================================  =====================================
port       who calls it                              who stands behind it
=========  ========================================  =====================================
Store      intake, desk, outbox, watch, reports      helpdesk.store.sqlite, .postgres
Keys       helpdesk.lines                            helpdesk.store.keys
Door       channels (what came in)                   helpdesk.intake
Reader     intake (a mail's second commit)           channels.mime_worker
Sender     outbox (what goes out)                    channels.sms, .smpp, .mail, .webchat, .loopback
Link       doors (senders that stay connected)       channels.smpp
Eraser     deletions (what the carrier forgets)      channels.sms, .loopback
Tracer     outbox (what became of a text)            channels.sms
Fetcher    fetching (files that came with texts)     channels.sms
Desk       tui, api                                  helpdesk.desk (local), helpdesk.api.remote
NoiseDesk  tui, api (a desk's ``noise``)             helpdesk.incidents (local), helpdesk.api.remote
Macros     tui, api (a desk's ``macros``)            helpdesk.macros_kept (local), helpdesk.api.remote
Sending    tui, api (a desk's ``sending``)           helpdesk.sending (local), helpdesk.api.remote
ClosingDesk  tui, api (a desk's ``closings``)        helpdesk.closing (local), helpdesk.api.remote
Company    tui, api (a desk's ``company``)           helpdesk.company (local), helpdesk.api.remote
Duty       tui, api (a desk's ``duty``)              helpdesk.duty (local), helpdesk.api.remote
Chatting   tui, api (a desk's ``chatting``)          helpdesk.chatting (local), helpdesk.api.remote
Openings   tui, api (a desk's ``openings``)          helpdesk.looking_ahead (local), helpdesk.api.remote
Drafts     tui, api (a desk's ``drafts``)            helpdesk.drafting (local), helpdesk.api.remote
ReportsDesk  tui, api (a desk's ``reports``)          helpdesk.reports_asked (local), helpdesk.api.remote
Views      tui, api (a desk's ``views``)             helpdesk.viewing (local), helpdesk.api.remote
Roster     commands, api                             helpdesk.roster (local), helpdesk.api.remote
Records    api (what other systems read)             helpdesk.records (local), helpdesk.api.remote
Hooks      commands, api (.hooks)                    helpdesk.hooks (local), helpdesk.api.remote
Poster     hooks (one message over HTTP)             helpdesk.api.hook_sender
Probes     commands, api (.probes)                   helpdesk.probing (local), helpdesk.api.remote
Prober     probing (a message to ourselves)          channels.probes
=========  ========================================  =====================================

Adapters don't inherit from these; they have the methods.
"""

from helpdesk.ports.closing import ClosingDesk
from helpdesk.ports.company import Company
from helpdesk.ports.desk import Desk
from helpdesk.ports.doors import Door, Eraser, Fetcher, Link, Reader, Sender, Tracer
from helpdesk.ports.drafts import Drafts
from helpdesk.ports.duty import Duty
from helpdesk.ports.noise import NoiseDesk
from helpdesk.ports.records import EventPage, PublishedText, Records, TicketPage
from helpdesk.ports.roster import Issued, Look, Roster, Token
from helpdesk.ports.stores import FullText, Keys, Record, Sql, Store

__all__ = [
    "ClosingDesk",
    "Company",
    "Desk",
    "Door",
    "Drafts",
    "Duty",
    "Eraser",
    "EventPage",
    "Fetcher",
    "FullText",
    "Issued",
    "Keys",
    "Link",
    "Look",
    "NoiseDesk",
    "PublishedText",
    "Reader",
    "Record",
    "Records",
    "Roster",
    "Sender",
    "Sql",
    "Store",
    "TicketPage",
    "Token",
    "Tracer",
]
