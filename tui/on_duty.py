"""Who is on, on which channel, with how many chats: for the status line, and as a page. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpdesk.message import Channel, StaffId
from helpdesk.sight import OnDuty
from tui.plain import cut, fit, one_line, width
from tui.render import Eye
from tui.sitting import CHANNELS
from tui.words import VIA, Line, Tone, plural, span

SHORT = 12
"""Cells for a name among others."""

LONG = 40
"""Cells for all of them in the status line."""


def on_duty_ways(on: Sequence[OnDuty], names: Mapping[StaffId, str]) -> tuple[str, ...]:
    """Who takes what, for the status line, the longest way first; () where nobody is known to be on.

    "chat Ana 2/3, Ben 0/3 · text Ana", as long as that is short; "on: chat 2, text 1, mail 0"; "on: chat, text".
    """
    if not on:
        return ()
    taken = [(channel, [each for each in on if channel in each.channels]) for channel in _IN_ORDER]
    named = " · ".join(f"{VIA[channel]} {_named(channel, there, names)}" for channel, there in taken if there)
    counted = ", ".join(f"{VIA[channel]} {len(there)}" for channel, there in taken)
    channels = ", ".join(VIA[channel] for channel, there in taken if there) or "nobody"
    ways = (named, f"on: {counted}", f"on: {channels}")
    return tuple(way for way in ways if way and width(way) <= LONG)


_IN_ORDER = (Channel.CHAT, *(each for each in CHANNELS if each is not Channel.CHAT))


def _named(channel: Channel, there: Sequence[OnDuty], names: Mapping[StaffId, str]) -> str:
    held = channel is Channel.CHAT
    return ", ".join(
        f"{cut(one_line(names.get(each.staff, each.name)), SHORT)}{f' {each.chats}/{each.most}' if held else ''}"
        for each in there
    )


def on_duty_lines(on: Sequence[OnDuty], eye: Eye, cells: int) -> list[Line]:
    """Member by member: what they take, the chats they have of those they take at once, the last sign of life."""
    if not on:
        return [((" Nobody is at the desk: the chat page offers its form.", Tone.DIM),)]
    heads = f" {fit('Who', 24)}{fit('Takes', 20)}{fit('Chats', 9)}Last sign of life"
    return [((cut(heads, cells), Tone.DIM),), *(_line(each, eye, cells) for each in on)]


def _line(each: OnDuty, eye: Eye, cells: int) -> Line:
    takes = ", ".join(VIA[channel] for channel in _IN_ORDER if channel in each.channels) or "away"
    chats = f"{each.chats} of {each.most}"
    ago = span(max(eye.now - each.seen, 0))
    me = f"{each.name} (you)" if each.staff == eye.me else each.name
    words = f" {fit(one_line(me), 24)}{fit(takes, 20)}{fit(chats, 9)}{ago} ago"
    full = Channel.CHAT in each.channels and not each.room
    return ((cut(words, cells), Tone.DIM if not each.channels else Tone.SOON if full else Tone.PLAIN),)


def on_duty_said(each: OnDuty) -> str:
    """One member as a sentence: "Ana takes chat and text, 2 of 3 chats"."""
    takes = " and ".join(VIA[channel] for channel in _IN_ORDER if channel in each.channels)
    has = f"{each.chats} of {plural(each.most, 'chat')}"
    return f"{each.name} takes {takes}: {has}." if takes else f"{each.name} is away: {has}."


def chats_typed(typed: str) -> int:
    """How many chats at once: "4", or "default"; ValueError says how it is written."""
    said = typed.strip().casefold()
    if said in {"default", "as everybody"}:
        return 0
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= 12):
        raise ValueError("Write how many chats you take at once, 1 to 12; or default, as everybody.")
    return int(said)
