"""The line above the composer: to whom, what becomes of the ticket, and how many texts it makes. Pure."""

from __future__ import annotations

from helpdesk.message import Channel
from helpdesk.noise.incidents import IncidentSight
from helpdesk.thread import Thread
from tui.drafts import Draft
from tui.meaning import AT_ONCE
from tui.plain import cut, one_line, width
from tui.segments import segment_words
from tui.words import OUTCOMES, VIA, Line, Span, Tone, plural

THEN = {"open": "stays open", "waiting": "waits for the patron", "solved": "is solved"}


def composing_lines(
    draft: Draft, thread: Thread, cells: int, sending: bool, key: str = "", *, waits: bool = True
) -> list[Line]:
    """What will become of what is being written: on one line if it fits, else its right side on a second.

    A text says its size there, and what can't be taken back says so: a chat's line never can, and nothing where
    replies do not wait (``waits``). ``key`` takes the look-alikes of what makes a text dear.
    """
    left = _note() if draft.kind == "note" else _reply(draft, thread, cells)
    right: Span = ("", Tone.DIM)
    stays = not waits or thread.ticket.goes_by is Channel.CHAT
    if sending:
        right = ("sending …", Tone.SOON)
    elif draft.kind == "reply" and thread.ticket.channel is Channel.SMS:
        right = _and_stays(segment_words(draft.text, key), stays)
    elif draft.kind == "reply" and stays:
        right = (AT_ONCE, Tone.DIM)
    space = cells - sum(width(text) for text, _ in left) - width(right[0]) - 1
    if space >= 2 or not right[0]:
        return [(*left, (" " * max(space, 0), Tone.PLAIN), right)]
    return [left, ((f" {cut(right[0], cells - 2)}", right[1]),)]


def telling_lines(
    draft: Draft, sight: IncidentSight, cells: int, sending: bool, key: str = "", *, waits: bool = True
) -> list[Line]:
    """What will become of a text to all who told of a noise: to how many it goes, and how many texts each gets.

    Where texts do not wait (``waits``), that they can't be taken back.
    """
    right: Span = ("sending …", Tone.SOON) if sending else ("", Tone.DIM)
    if draft.text.strip() and not sending:
        right = _and_stays(segment_words(draft.text, key), not waits)
    left = _telling(draft, sight)
    space = cells - sum(width(text) for text, _ in left) - width(right[0]) - 1
    if space >= 2 or not right[0]:
        return [(*left, (" " * max(space, 0), Tone.PLAIN), right)]
    return [left, ((f" {cut(right[0], cells - 2)}", right[1]),)]


def _and_stays(size: Span, stays: bool) -> Span:
    """A text's size, and that it can't be taken back."""
    words, tone = size
    return (" · ".join(filter(None, (words, AT_ONCE))), tone) if stays else size


def _telling(draft: Draft, sight: IncidentSight) -> Line:
    hearing = sum(each.reachable for each in sight.reporters)
    lost = len(sight.reporters) - hearing
    each = ", each by themselves" if hearing > 1 else ""
    to = f"to {plural(hearing, 'reporter')}{each}" if draft.text.strip() else "empty: nobody is told"
    said: list[Span] = [(" To all", Tone.ACCENT)]
    if draft.outcome is not None:
        said = [(" It is over", Tone.ACCENT), (f": {OUTCOMES[draft.outcome]}", Tone.PLAIN)]
    said.append((f" · {to}", Tone.PLAIN if draft.text.strip() else Tone.SOON))
    return (*said, (f" · {lost} can't be reached", Tone.SOON)) if lost else tuple(said)


def _note() -> Line:
    return ((" Note", Tone.SOON), (", for colleagues only; once kept it stays", Tone.DIM))


def _reply(draft: Draft, thread: Thread, cells: int) -> Line:
    """To whom, by what, and what becomes of the ticket."""
    via, then = f" by {VIA[thread.ticket.goes_by]}", THEN[draft.then]
    who = cut(one_line(thread.ticket.name) or "the sender", max(cells - width(via + then) - 24, 8))
    return (
        (" Reply", Tone.ACCENT),
        (f" to {who}{via}", Tone.PLAIN),
        (" · then it ", Tone.DIM),
        (then, Tone.PLAIN if draft.then == "open" else Tone.ACCENT),
    )
