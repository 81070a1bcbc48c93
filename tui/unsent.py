"""What could not be sent while nobody answered: how the desk reminds of it, and what has come in between. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from helpdesk.thread import Entry, EntryKind
from tui.drafts import Draft, Unsent
from tui.render import Eye
from tui.words import Line, Tone, on_day, plural

KEPT = "What you wrote is kept. When the line is back, {key:unsent} brings you to it: look it over, then send it."
ALL_SENT = "All that you wrote to be sent is sent."


def reminder(drafts: Sequence[Draft], key: str) -> str:
    """What the first line says until all is sent, "" where nothing waits. ``key`` goes to the first of them."""
    where = [_place(draft, draft.unsent) for draft in drafts if draft.unsent is not None]
    if not where:
        return ""
    named = where[0] if len(where) == 1 else f"{where[0]} and {plural(len(where) - 1, 'other')}"
    return f"not sent yet: {named} ({key})"


def _place(draft: Draft, unsent: Unsent) -> str:
    return f"{'incident' if draft.kind in {'all', 'outcome'} else 'ticket'} {unsent.number}"


def since_line(unsent: Unsent, version: int, entries: Sequence[Entry], eye: Eye) -> Line:
    """When the try was, and what has happened to it since: that is to be looked at before it is sent."""
    words = f" Not sent at {on_day(unsent.when, eye.now, eye.zone)}. {_since(unsent, version, entries)}"
    return ((words, Tone.SOON),)


def _since(unsent: Unsent, version: int, entries: Sequence[Entry]) -> str:
    came = Counter(entry.kind for entry in entries[unsent.entries :])
    told = [
        plural(came[kind], word)
        for kind, word in ((EntryKind.IN, "message"), (EntryKind.OUT, "answer"), (EntryKind.NOTE, "note"))
        if came[kind]
    ]
    if told:
        return f"Since then: {', '.join(told)}. Look before you send it."
    if version != unsent.version:
        return "It has changed since then. Look before you send it."
    return "Nothing has changed since then."
