"""Who may do what: the one table that the desk, the API, the documentation and the tests share.

==========  =====================================================================
role        for
==========  =====================================================================
agent       frontline staff: see the queue, answer, log contacts
lead        all that, and what changes others' work or the figures
reporter    the figures, and no texts
admin       all that, and staff, settings, erasure
==========  =====================================================================

Whoever runs the owner's process on its own machine owns its files: commands given there are allowed as an admin's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is to the desk."""

    AGENT = "agent"
    LEAD = "lead"
    REPORTER = "reporter"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a call needs."""

    ANYONE = "anyone"
    """Before it is known who asks: what a sign-in screen shows."""
    MEMBER = "member"
    """Whoever is on the list of staff: their own PIN, their own tokens."""
    FIGURES = "figures"
    """Numbers without texts or people."""
    READ = "read"
    """The queue, its texts and its patrons."""
    WORK = "work"
    """Answering, and all that goes with it."""
    LEAD = "lead"
    """What takes work from others, or changes what reports say."""
    ADMINISTER = "administer"
    """Staff, settings, erasure."""


_REPORTER = frozenset({Permission.ANYONE, Permission.MEMBER, Permission.FIGURES})
_AGENT = _REPORTER | {Permission.READ, Permission.WORK}
_LEAD = _AGENT | {Permission.LEAD}

OF_ROLE: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.REPORTER: _REPORTER,
        Role.AGENT: _AGENT,
        Role.LEAD: _LEAD,
        Role.ADMIN: frozenset(Permission),
    }
)
"""What each role may do."""

_NEEDS: Mapping[str, Mapping[Permission, str]] = {
    "desk": {
        Permission.ANYONE: "hello members sign_in",
        Permission.MEMBER: "set_pin presence notices changes",
        Permission.FIGURES: "standing",
        Permission.READ: "worklist counts numbered thread attachment search",
        Permission.WORK: "take_next claim release reply note assign wait snooze solve reopen spam attended promise tag"
        " log_contact typing explain set_presence undo",
        Permission.LEAD: "correct test merge",
    },
    "noise": {
        Permission.FIGURES: "noise_map",
        Permission.READ: "choices incidents incident",
        Permission.WORK: "dispatch attend conclude reply_all remark reopen place undo",
        Permission.LEAD: "part unite mute",
    },
    "sending": {
        Permission.READ: "held",
        Permission.WORK: "take_back",
    },
    "duty": {
        Permission.MEMBER: "now",
        Permission.WORK: "take_at_once chats",
    },
    "closings": {
        Permission.FIGURES: "current",
        Permission.WORK: "close open",
    },
    "openings": {
        Permission.FIGURES: "ahead",
    },
    "macros": {
        Permission.WORK: "known save drop",
        Permission.LEAD: "share unshare",
    },
    "company": {
        Permission.READ: "at",
    },
    "chatting": {
        Permission.WORK: "in_a_moment go_by_mail",
    },
    "drafts": {
        Permission.WORK: "mine keep drop",
    },
    "views": {
        Permission.READ: "saved rows ahead known",
        Permission.WORK: "keep drop",
        Permission.LEAD: "share withdraw",
    },
    "sorting": {
        Permission.READ: "sorts",
        Permission.WORK: "sort grade hand_over log strike",
    },
    "ties": {
        Permission.READ: "followed",
        Permission.WORK: "follow unfollow link unlink split",
    },
    "reports": {
        Permission.FIGURES: "figures written_briefly",
        Permission.READ: "written",
    },
    "keeper": {
        Permission.LEAD: "suspend unsuspend account",
        Permission.ADMINISTER: "publish reload rebuild published_figures noiseline retain forget export_person"
        " take_history looked",
    },
    "hooks": {
        Permission.ADMINISTER: "overview add test log enable disable rotate remove",
    },
    "probes": {
        Permission.FIGURES: "latest",
        Permission.LEAD: "begin",
    },
    "records": {
        Permission.FIGURES: "standards calendars report",
        Permission.READ: "tickets events",
    },
    "roster": {
        Permission.MEMBER: "issue tokens revoke",
        Permission.ADMINISTER: "everyone add set_role disable enable drop_pin trail deeds",
    },
}

NEEDS: Mapping[str, Permission] = MappingProxyType(
    {
        f"{protocol}.{call}": permission
        for protocol, groups in _NEEDS.items()
        for permission, calls in groups.items()
        for call in calls.split()
    }
)
"""What each call needs, by protocol and method: ``NEEDS["desk.reply"]``."""

_EXPORTS = frozenset({"keeper.export_person"})

LOOKS = _EXPORTS | {
    "desk.thread",
    "desk.attachment",
    "desk.search",
    "noise.incident",
    "records.tickets",
    "reports.written",
}
"""Calls that show patrons' words, or what staff wrote of them: the trail holds who made them, before they see any."""

TRAILED = (
    LOOKS
    | {"desk.sign_in", "desk.set_pin", "views.share", "views.withdraw"}
    | {call for call in NEEDS if call.startswith(("keeper.", "roster.", "hooks."))}
    - {"roster.everyone", "roster.tokens", "hooks.overview", "keeper.looked"}
)
"""Calls that leave a row in the audit trail: looks, sign-ins, all that is done to the library as a whole.

``keeper.looked`` is itself such a row: what was read is said in it.
What staff do to tickets is in the event log already.
"""

ONCE = (LOOKS - _EXPORTS) | {"roster.trail", "roster.deeds", "keeper.take_history"}
"""Calls of which a repeated one leaves no further row for a while."""

OWN = MappingProxyType({"roster.issue": "member", "roster.tokens": "member", "roster.revoke": "token"})
"""Calls that are a member's own by the argument named here; about anybody else's they are for who administers."""

_WHY: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.ANYONE: "",
        Permission.MEMBER: "Sign in first.",
        Permission.FIGURES: "Figures are for members of staff.",
        Permission.READ: "You see figures and no texts.",
        Permission.WORK: "You see figures and no texts, so there is nothing for you to answer.",
        Permission.LEAD: "This is for leads: ask one to do it.",
        Permission.ADMINISTER: "This is for admins: ask one to do it.",
    }
)


def shut_out(name: str) -> str:
    """What a disabled member is told."""
    return f"{name} can't sign in any more. Ask whoever keeps the list of staff."


def why_not(role: Role, call: str) -> str:
    """Why a role may not make a call and what to do, "" where it may."""
    if allows(role, call):
        return ""
    needed = NEEDS.get(call)
    why = "Nobody may do this." if needed is None else _WHY[needed]
    return f"{why} Your role is {role}; an admin can change it (helpdesk staff role)."


def allows(role: Role, call: str) -> bool:
    """Whether a role may make a call. A call that the table does not name is nobody's."""
    needed = NEEDS.get(call)
    return needed is not None and needed in OF_ROLE[role]
