"""The line above the composer: to whom, what becomes of the ticket, and how many texts it makes. Pure."""

from __future__ import annotations

from helpdesk.message import Channel
from helpdesk.thread import Thread
from tui.drafts import Draft
from tui.plain import cut, one_line, width
from tui.segments import segment_words
from tui.words import VIA, Line, Span, Tone

THEN = {"open": "stays open", "waiting": "waits for the patron", "solved": "is solved"}


def composing_line(draft: Draft, thread: Thread, cells: int, sending: bool) -> Line:
    """What will become of what is being written."""
    ticket = thread.ticket
    right: Span = ("sending …", Tone.SOON) if sending else ("", Tone.DIM)
    if not sending and draft.kind == "reply" and ticket.channel is Channel.SMS:
        right = segment_words(draft.text)
    room = cells - width(right[0]) - 2
    if draft.kind == "note":
        left: list[Span] = [(" Note", Tone.SOON), (cut(", for colleagues only", room - 6), Tone.DIM)]
    else:
        who = cut(one_line(ticket.name) or "the sender", max(room - 42, 12))
        left = [(" Reply", Tone.ACCENT), (f" to {who} by {VIA[ticket.channel]}", Tone.PLAIN)]
        left += [(" · then it ", Tone.DIM), (THEN[draft.then], Tone.PLAIN if draft.then == "open" else Tone.ACCENT)]
    used = sum(width(text) for text, _ in left)
    if used > room:
        left, used = left[:2], sum(width(text) for text, _ in left[:2])
    return (*left, (" " * max(room - used + 1, 1), Tone.PLAIN), right)
