"""docs/roles.md, made from the table of permissions and the protocols' own words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from helpdesk.api.table import TABLE
from helpdesk.permissions import LOOKS, NEEDS, OWN, TRAILED, Permission, Role, allows

ORDER = (Role.REPORTER, Role.AGENT, Role.LEAD, Role.ADMIN)
TITLES = {
    "desk": "At the desk",
    "noise": "Noise",
    "company": "Who is at which ticket",
    "drafts": "Drafts, each member's own",
    "views": "Queries and saved views",
    "records": "What other systems read",
    "roster": "The list of staff",
    "keeper": "The library as a whole",
    "hooks": "Outgoing webhooks",
}

LEADS = {
    "reassign: give work that a colleague has to somebody else": ("desk.assign",),
    "merge: two tickets, or two noises, are one": ("desk.merge", "noise.unite"),
    "split: some reports of a noise are another one": ("noise.part",),
    "suppress: a test or training contact leaves the figures; a sender of noise is muted; a promise is suspended": (
        "desk.test",
        "noise.mute",
        "keeper.suspend",
        "keeper.unsuspend",
    ),
    "correct: it was answered otherwise, which both figures show; the public is told why a month dipped": (
        "desk.correct",
        "keeper.account",
    ),
    "macros: what texts the library shares": ("macros.share", "macros.unshare"),
    "views: what the library's shared views are": ("views.share", "views.withdraw"),
    "probe: send the library a message by its own lines": ("probes.begin",),
}
"""What takes work from others or changes what reports say, and the calls for it."""

PAGE = """\
# Who may do what

Every call to the desk, from the terminal, the socket or another machine, goes through one gate. The gate reads the
caller's role from the store each time, so a change holds from their next call on, on every server. What it refuses says
what to do, and never whether there is such a ticket.

| role | for |
| --- | --- |
| reporter | the figures, and no texts: no worklist, no ticket, no search; what is near its limit by number alone |
| agent | frontline staff: see the queue, answer, log contacts |
| lead | all that, and what takes work from others or changes what reports say |
| admin | all that, and staff, settings, erasure |

An agent takes what is free, or hands over their own. What a colleague has is the colleague's to hand over, or a lead's
to give; what somebody had who was disabled is free.

What only a lead may, in words, with the calls of the tables below:

| in words | calls |
| --- | --- |
{leads}

{tables}
"own": members see to their own; to others' only who may administer. Calls in *italics* leave a row in the audit trail.

## At the library's own machine

Whoever can open the owner's Unix socket owns the files: they could read the store without the program. So work on the
library as a whole (publishing, staff, webhooks, erasure) is allowed there as an admin's, whoever they are on the list.
At the desk itself the same table holds there as anywhere.

For the same reason a login that opens the desk at that machine for the first time is put on the list:
`desk.new_members` says as what ("lead", the default, or "agent"); with `""` nobody is added by signing in, and an admin
adds them: `helpdesk staff add MEMBER`. With a token nobody is ever added: a token belongs to somebody on the list.

## Tokens

A desk on another machine is let in by a personal token: `helpdesk staff token issue MEMBER --name laptop` makes one
and shows it once. Its owner runs `helpdesk login --server https://desk.library.example`, which asks for it unseen and
keeps it in `~/.config/helpdesk/tokens.json` (mode 0600) or, with `--keyring`, in the system's keyring (the extra
`[keyring]`). `$HELPDESK_TOKEN` stands above both. No command takes a token as an argument, where every user of the
machine could read it, and none is ever in a log.

A token has 256 random bits. The store keeps its SHA-256, what it is for, until when it is good, and its last use to the
minute; a year after it expired or was revoked its row goes. Its id names the library that it is of; its last letters
check the rest, so that one that was cut short is told so at once.

| what is wrong | what is said | what to do |
| --- | --- | --- |
| it was cut short or mistyped | it is not a whole token | copy all 65 characters |
| it is another library's | it is of another library | name the other server, or ask for a token here |
| it has expired | its name, and that it has expired | ask for a new one, then `helpdesk login --server URL` |
| it was revoked | its name, and that it was revoked | the same |
| its member was disabled | that they can't sign in any more | ask whoever keeps the list of staff |
| nobody knows it | that it opens nothing here: always the same words | ask for a new one |
| the role does not reach so far | which role one has, and whom to ask | ask a lead or an admin |

Why a token of this library opens nothing any more is told only to whoever holds the whole of it: that is no guess, and
costs nobody a wait. An address that shows bad tokens waits: three cost nothing, then 1, 2, 4 ... up to 60 seconds, and
until then every bad one from there hears only how long. A good token is let in all the same, whether this server has
seen it before or not: nobody who works behind the same address is kept out. Bad tokens and ended ones are counted for
the metrics.

`helpdesk staff disable MEMBER` and `helpdesk staff token revoke TOKEN` end sessions at once, on every open desk: it
shows its sign-in screen with the reason, and asks its server nothing more until Enter is pressed there or
`helpdesk login --server URL` has kept a new token. What was being written is kept as long as the desk stays open.

## Sign-in through the library's own provider

With the extra `[oidc]` and a provider that speaks OpenID Connect, nobody needs to hand out tokens:

```toml
[oidc]
issuer = "https://login.library.example"
client_id = "helpdesk"
groups = {{"library-desk" = "agent", "library-leads" = "lead", "assessors" = "reporter"}}
```

`helpdesk login --server https://desk.library.example` then shows an address and a code. Whoever confirms it in a
browser gets a personal token for that machine, good for `oidc.token_days` days (30 by default), in place of the one it
had. It is the device flow (RFC 8628): allow it for our client at the provider. Our server speaks to the provider; its
secret and ID tokens are never on a member's machine. An ID token counts only if it is signed by one of the provider's
keys (never "none", never a shared secret), by this issuer, for our client, and is of now.

Groups are mapped to a role at each sign-in; of several the widest counts. Who is in none of them is refused. A member
who is disabled here stays out, whatever their groups say. Who loses a group at the provider keeps their token until it
runs out: `helpdesk staff disable MEMBER` ends it at once. The first account that comes under a name has it: take a
claim for `oidc.actor_claim` that people can't choose themselves.

| what is wrong | what to do |
| --- | --- |
| the code has run out, or was declined | run `helpdesk login --server URL` again |
| in no group that works here | ask whoever looks after the groups |
| the name belongs to another account | an admin of the desk looks who is meant, and adds them under another name |
| the sign-in could not be proven | look at `[oidc]`, and at the clocks of both machines |
| the provider does not answer | try again; tokens that are good stay so meanwhile |
| any of it, to know before staff do | `helpdesk check` asks the provider, and says what is wrong in a line |

## The audit trail

`helpdesk staff trail --from 2026-11-01 --to 2026-11-30 --of ana --ticket 1042 --csv` (or `--json`) prints who saw what
and who did what, by time.

In the trail: who opened a ticket, an attachment, a noise incident; who searched (not for what); who read tickets
through the API, exported or forgot a person; on the server's own machine, who ran `helpdesk report` with its misses or
`--explain`, `helpdesk evidence` or `helpdesk db export FILE` (as `command.report` and so on, under their login's name,
also while no server runs); sign-ins, and PINs that were wrong; all work on the library as a whole, reading
the trail among it; calls and tokens that were refused. A look that is repeated within ten minutes leaves one row,
refusals leave one row and a count. Each row has the time, the member, the id of their token, the call, the ticket (or
the incident, member or token) and how it came out: ids and times, no texts, no addresses, no search words.

What staff do to tickets is in the event log; the command shows both in one list.

A look is written to disk before its reader sees anything: where the store can't be written, nothing is shown. (A report
holds no words of patrons: it is printed even so, and says that the trail does not hold it.) Rows are
never changed or deleted. Each is bound to all before it by its digest, and the last one is kept apart: a row that was
changed, taken out, or cut off at the end is found by `helpdesk db check`, and by the watch, which walks the trail again
and again, 20,000 rows an hour, and looks at its end each time; every desk then shows it as an error.

How long: as long as the event log, for there is nothing in it of patrons. Of staff there are ids: say so in your
privacy notice for staff, and who reads the trail.
"""


def text() -> str:
    """The page."""
    leads = "\n".join(f"| {words} | {', '.join(f'`{call}`' for call in calls)} |" for words, calls in LEADS.items())
    return PAGE.format(leads=leads, tables="\n".join(_tables()))


def _tables() -> Iterator[str]:
    for name, (protocol, _) in TABLE.items():
        yield f"## {TITLES.get(name, name.capitalize())}\n"
        yield f"| call | what it does | {' | '.join(ORDER)} |"
        yield f"| --- | --- |{' --- |' * len(ORDER)}"
        for call in (each.partition(".")[2] for each in NEEDS if each.startswith(f"{name}.")):
            yield _row(f"{name}.{call}", call, getattr(protocol, call))
        yield ""


def _row(name: str, call: str, method: object) -> str:
    shown = f"*{call}*" if name in TRAILED | LOOKS else call
    said = (inspect.getdoc(method) or "").partition("\n")[0].replace("|", "\\|")
    words = re.sub(r"``|:\w+:`|`", "`", said)
    return f"| {shown} | {words} | {' | '.join(_mark(name, role) for role in ORDER)} |"


def _mark(name: str, role: Role) -> str:
    if not allows(role, name):
        return ""
    return (
        "own" if name in OWN and role is not Role.ADMIN else "yes" if NEEDS[name] is not Permission.ANYONE else "anyone"
    )
