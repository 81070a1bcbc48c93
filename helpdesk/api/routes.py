"""The one table of routes: each call's method and resource, from which server, client and description are made.

A line is a method of a protocol. What stands in braces is a parameter in the path; of a GET and a DELETE the others
are in the query, of all else in a JSON object. Two parameters are in none of the three: ``actor`` is who asks
(:mod:`helpdesk.api.identity`), ``key`` is the header ``Idempotency-Key``.

To offer a call, add its line here and its need to :mod:`helpdesk.permissions`; nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpdesk.api.identity import Identity
from helpdesk.api.keeper import Keeper
from helpdesk.ports import Desk, NoiseDesk, Roster
from helpdesk.ports.records import Records

ROOT = "/api/v1"
"""What every path begins with."""

LIVE = f"{ROOT}/live"
"""A WebSocket with ``?after=<seq>``: each change as it happens."""

_DESK = """
    hello           GET     /hello
    members         GET     /members
    sign_in         POST    /sign-in
    set_pin         PUT     /pin
    set_presence    PUT     /presence/{channel}
    presence        GET     /presence
    counts          GET     /views
    worklist        GET     /views/{view}
    thread          GET     /tickets/{ticket}
    attachment      GET     /attachments/{digest}
    take_next       POST    /tickets/next
    claim           PUT     /tickets/{ticket}/claim
    release         DELETE  /tickets/{ticket}/claim
    reply           POST    /tickets/{ticket}/replies
    note            POST    /tickets/{ticket}/notes
    assign          PUT     /tickets/{ticket}/owner
    wait            POST    /tickets/{ticket}/wait
    snooze          POST    /tickets/{ticket}/snooze
    solve           POST    /tickets/{ticket}/solve
    reopen          POST    /tickets/{ticket}/reopen
    spam            POST    /tickets/{ticket}/spam
    attended        POST    /tickets/{ticket}/attended
    correct         POST    /tickets/{ticket}/corrections
    explain         POST    /tickets/{ticket}/explanations
    promise         POST    /tickets/{ticket}/promises
    test            POST    /tickets/{ticket}/test
    tag             PUT     /tickets/{ticket}/tags
    merge           POST    /tickets/{ticket}/merge
    typing          POST    /tickets/{ticket}/typing
    log_contact     POST    /contacts
    search          POST    /search
    notices         GET     /notices
    standing        GET     /standing
"""

_NOISE = """
    choices         GET     /noise/choices
    noise_map       GET     /noise/map
    incidents       GET     /incidents
    incident        GET     /incidents/{incident}
    dispatch        POST    /incidents/{incident}/dispatch
    attend          POST    /incidents/{incident}/attended
    conclude        POST    /incidents/{incident}/outcome
    reply_all       POST    /incidents/{incident}/replies
    remark          POST    /incidents/{incident}/notes
    reopen          POST    /incidents/{incident}/reopen
    part            POST    /incidents/{incident}/part
    unite           POST    /incidents/{incident}/unite
    place           PUT     /tickets/{ticket}/place
    mute            PUT     /tickets/{ticket}/mute
"""

_RECORDS = """
    tickets         GET     /tickets
    events          GET     /events
    standards       GET     /standards
    calendars       GET     /calendars
    report          GET     /report
"""

_ROSTER = """
    everyone        GET     /staff
    add             POST    /staff
    set_role        PUT     /staff/{member}/role
    disable         POST    /staff/{member}/disable
    enable          POST    /staff/{member}/enable
    issue           POST    /staff/{member}/tokens
    tokens          GET     /staff/{member}/tokens
    revoke          DELETE  /tokens/{token}
    trail           GET     /trail
"""

_KEEPER = """
    publish            POST    /library/publish
    rebuild            POST    /library/rebuild
    suspend            POST    /library/suspensions
    unsuspend          DELETE  /library/suspensions/{suspension}
    account            POST    /library/accounts
    published_figures  POST    /library/figures
    noiseline          GET     /library/noiseline
"""

TABLE: Mapping[str, tuple[type, str]] = {
    "desk": (Desk, _DESK),
    "noise": (NoiseDesk, _NOISE),
    "records": (Records, _RECORDS),
    "roster": (Roster, _ROSTER),
    "keeper": (Keeper, _KEEPER),
}
"""The protocols and their lines, by the names that :data:`helpdesk.permissions.NEEDS` gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Who answers: one of each protocol, None where this process has none (its routes are not there then)."""

    desk: Desk
    records: Records | None = None
    roster: Roster | None = None
    keeper: Keeper | None = None

    def side(self, protocol: str) -> object | None:
        """Who answers the calls of a protocol, by its name in the table."""
        return self.desk.noise if protocol == "noise" else getattr(self, protocol)


Opened = Callable[[Identity], Offered]
"""What an identity may speak to: the application asks it anew for each request. A gate stands here: it hands out sides
that ask, call by call, whether the identity may (NotAllowed: 403), and note in the trail that it did."""
