"""What a role lets its member do at the desk: each command by the call that it makes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from helpdesk.permissions import OF_ROLE, Permission, Role, why_not

_CALLS = {
    "desk.thread": "open next previous history quotes save open_file view beside",
    "desk.take_next": "take",
    "desk.reply": "reply editor complaint unsent macro hello",
    "macros.known": "macros",
    "chatting.in_a_moment": "moment moment_all",
    "chatting.go_by_mail": "by_mail",
    "desk.note": "note",
    "desk.assign": "assign mine",
    "desk.claim": "claim",
    "desk.release": "release",
    "desk.wait": "wait",
    "desk.snooze": "snooze",
    "desk.solve": "solve",
    "desk.reopen": "reopen",
    "desk.spam": "spam",
    "desk.tag": "tags",
    "desk.merge": "merge",
    "ties.link": "tie link unlink",
    "ties.follow": "follow",
    "ties.split": "split",
    "desk.log_contact": "log",
    "desk.explain": "explain",
    "desk.promise": "promise",
    "desk.correct": "correct",
    "desk.test": "test",
    "desk.attended": "attended",
    "views.rows": "filter unfilter",
    "views.keep": "save_view rename_view",
    "views.drop": "drop_view",
    "views.share": "share_view",
    "desk.standing": "standing",
    "reports.figures": "report",
    "desk.notices": "troubles",
    "desk.search": "search",
    "desk.set_presence": "presence channels",
    "desk.set_pin": "pin",
    "sorting.sort": "kind site",
    "sorting.grade": "read",
    "sorting.hand_over": "hand",
    "duty.now": "on_duty",
    "duty.chats": "next_chat",
    "duty.take_at_once": "at_once",
    "closings.close": "close",
    "closings.open": "open_again",
    "noise.incidents": "incidents over",
    "noise.dispatch": "dispatch",
    "noise.conclude": "outcome",
    "noise.place": "place",
    "noise.reply_all": "tell_all",
    "noise.part": "choose part",
    "noise.unite": "unite",
    "noise.mute": "mute",
    "noise.noise_map": "map",
}

CALLS: Mapping[str, str] = MappingProxyType(
    {command: call for call, commands in _CALLS.items() for command in commands.split()}
)
"""The call that a command leads to. What is not named asks nobody: moving, leaving, keys that work while writing."""


def reads(role: Role) -> bool:
    """Whether texts are shown to a role."""
    return Permission.READ in OF_ROLE[role]


def works(role: Role) -> bool:
    """Whether a role answers, so that contacts may come to its member."""
    return Permission.WORK in OF_ROLE[role]


def takes_from_others(role: Role) -> bool:
    """Whether a role may take what a colleague has."""
    return Permission.LEAD in OF_ROLE[role]


def why_not_by_role(command: str, role: Role) -> str:
    """The reason why a role may not do ``command``, "" if it may."""
    call = CALLS.get(command)
    return why_not(role, call) if call is not None else ""
