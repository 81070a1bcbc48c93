"""The table of what the API offers: a line for each call, its method and its path.

To offer a call, add its line here and its need to :mod:`helpdesk.permissions`; nothing else. What stands in braces is
a parameter in the path. :mod:`helpdesk.api.routes` makes routes of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.api.keeper import Keeper
from helpdesk.ports import ClosingDesk, Company, Desk, Drafts, Duty, NoiseDesk, Roster
from helpdesk.ports.chatting import Chatting
from helpdesk.ports.hooks import Hooks
from helpdesk.ports.macros import Macros
from helpdesk.ports.openings import Openings
from helpdesk.ports.probes import Probes
from helpdesk.ports.records import Records
from helpdesk.ports.reports import ReportsDesk
from helpdesk.ports.sending import Sending
from helpdesk.ports.sorting import SortingDesk
from helpdesk.ports.ties import Ties
from helpdesk.ports.views import Views

_DESK = """
    hello           GET     /hello
    members         GET     /members
    sign_in         POST    /sign-in
    set_pin         POST    /pin
    set_presence    PUT     /presence/{channel}
    presence        GET     /presence
    counts          GET     /views
    worklist        GET     /views/{view}
    numbered        GET     /numbers/{number}
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
    undo            POST    /tickets/{ticket}/undo
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
    undo            POST    /incidents/{incident}/undo
    part            POST    /incidents/{incident}/part
    unite           POST    /incidents/{incident}/unite
    place           PUT     /tickets/{ticket}/place
    mute            PUT     /tickets/{ticket}/mute
"""

_SENDING = """
    held            GET     /sending
    take_back       POST    /sending/{act}/take-back
"""

_DUTY = """
    now             GET     /duty
    chats           GET     /duty/chats
    take_at_once    PUT     /duty/chats
"""

_CHATTING = """
    in_a_moment     POST    /chats/in-a-moment
    go_by_mail      POST    /tickets/{ticket}/by-mail
"""

_CLOSINGS = """
    current         GET     /closings
    close           POST    /closings
    open            POST    /closings/{closing}/open
"""

_OPENINGS = """
    ahead           GET     /openings
"""

_COMPANY = """
    at              PUT     /company
"""

_DRAFTS = """
    mine            GET     /drafts
    keep            PUT     /drafts/{on}/{kind}
    drop            DELETE  /drafts/{on}/{kind}
"""

_VIEWS = """
    saved           GET     /saved-views
    rows            POST    /queries
    ahead           POST    /queries/next
    known           GET     /queries/known
    keep            PUT     /saved-views/own/{name}
    drop            DELETE  /saved-views/own/{name}
    share           PUT     /saved-views/shared/{name}
    withdraw        DELETE  /saved-views/shared/{name}
"""

_SORTING = """
    sorts           GET     /sorts
    sort            PUT     /tickets/{ticket}/sort
    grade           PUT     /tickets/{ticket}/grade
    hand_over       POST    /tickets/{ticket}/hand-over
    log             POST    /contacts/{preset}
    strike          POST    /tickets/{ticket}/strike
"""

_TIES = """
    followed        GET     /followed
    follow          PUT     /tickets/{ticket}/follower
    unfollow        DELETE  /tickets/{ticket}/follower
    link            PUT     /tickets/{ticket}/links/{other}
    unlink          DELETE  /tickets/{ticket}/links/{other}
    split           POST    /tickets/{ticket}/split
"""

_REPORTS = """
    figures         GET     /figures/{length}
    written         GET     /figures/{length}/whole
    written_briefly GET     /figures/{length}/brief
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
    drop_pin        DELETE  /staff/{member}/pin
    issue           POST    /staff/{member}/tokens
    tokens          GET     /staff/{member}/tokens
    revoke          DELETE  /tokens/{token}
    trail           GET     /trail
    deeds           GET     /deeds
"""

_KEEPER = """
    publish            POST    /library/publish
    reload             POST    /library/reload
    rebuild            POST    /library/rebuild
    suspend            POST    /library/suspensions
    unsuspend          DELETE  /library/suspensions/{suspension}
    account            POST    /library/accounts
    published_figures  POST    /library/figures
    retain             POST    /library/retention
    forget             POST    /library/forget
    export_person      POST    /library/copy
    take_history       POST    /library/history
    noiseline          GET     /library/noiseline
    looked             POST    /library/looks
"""

_HOOKS = """
    overview           GET     /webhooks
    add                POST    /webhooks
    test               POST    /webhooks/{name}/test
    log                GET     /webhooks/{name}/log
    enable             POST    /webhooks/{name}/enable
    disable            POST    /webhooks/{name}/disable
    rotate             POST    /webhooks/{name}/secret
    remove             DELETE  /webhooks/{name}
"""

_PROBES = """
    latest             GET     /probes
    begin              POST    /probes
"""

_MACROS = """
    known              GET     /macros
    save               PUT     /macros/{name}
    drop               DELETE  /macros/{name}
    share              PUT     /shared-macros/{name}
    unshare            DELETE  /shared-macros/{name}
"""

TABLE: Mapping[str, tuple[type, str]] = {
    "desk": (Desk, _DESK),
    "noise": (NoiseDesk, _NOISE),
    "sending": (Sending, _SENDING),
    "closings": (ClosingDesk, _CLOSINGS),
    "openings": (Openings, _OPENINGS),
    "macros": (Macros, _MACROS),
    "company": (Company, _COMPANY),
    "duty": (Duty, _DUTY),
    "chatting": (Chatting, _CHATTING),
    "drafts": (Drafts, _DRAFTS),
    "views": (Views, _VIEWS),
    "sorting": (SortingDesk, _SORTING),
    "ties": (Ties, _TIES),
    "reports": (ReportsDesk, _REPORTS),
    "records": (Records, _RECORDS),
    "roster": (Roster, _ROSTER),
    "keeper": (Keeper, _KEEPER),
    "hooks": (Hooks, _HOOKS),
    "probes": (Probes, _PROBES),
}
"""The protocols and their lines, by the names that :data:`helpdesk.permissions.NEEDS` gives them."""


OF_THE_DESK = frozenset(name for name in TABLE if isinstance(vars(Desk).get(name), property))
"""The protocols that a desk leads to, by its properties."""
