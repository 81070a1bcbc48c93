"""The footer and the ``?`` screen, made from the command table. Pure."""

from __future__ import annotations

from collections.abc import Callable

from tui.colon import matching
from tui.command import NOISE
from tui.commands import Command, Where, here
from tui.elsewhere import elsewhere
from tui.keymap import all_shown, keymap, shown
from tui.plain import cut, fit, width, wrap
from tui.words import Line, Span, Tone

Why = Callable[[Command], str]
"""Why a command can't be done now, "" if it can."""


def footer(commands: tuple[Command, ...], where: Where, why: Why, cells: int, *, loud: bool = False) -> Line:
    """The keys that fit, the most needed first to stay; what can't be done is faint, in brackets.

    ``loud``: about noise. The brackets stand in the gaps: nothing moves as they come and go.
    """
    shown_here = [each for each in here(commands, where) if each.footer and each.keys]
    ranked = sorted(shown_here, key=lambda each: each.loud if each.loud and (loud or where in NOISE) else each.footer)
    kept: set[str] = set()
    used = 1
    for each in ranked:
        need = width(shown(each)) + 1 + width(each.label) + 3
        if used + need - 2 <= cells:
            kept.add(each.id)
            used += need
    stand = [each for each in shown_here if each.id in kept]
    return tuple(span for each in stand for span in _in_footer(each, off=bool(why(each))))


def _in_footer(command: Command, *, off: bool) -> tuple[Span, ...]:
    """A command's key and label, and a cell on either side of them; another one stands before the next."""
    key, label = f"{shown(command)} ", command.label
    if off:
        return (("(", Tone.FAINT), (key, Tone.FAINT), (f"{label}) ", Tone.FAINT))
    return ((" ", Tone.PLAIN), (key, Tone.ACCENT), (f"{label}  ", Tone.DIM))


KEYS = 17
"""Cells for a command's keys."""

PLACES = {
    Where.WORKLIST: "the worklist",
    Where.TICKET: "an open ticket",
    Where.INCIDENTS: "the noise",
    Where.INCIDENT: "an incident",
    Where.COMPOSER: "while writing",
}


def keys_page(commands: tuple[Command, ...], cells: int, why: Why = lambda each: "", typed: str = "") -> list[Line]:
    """All commands under their headings, in two columns where there is room; in brackets what can't be done now.

    Where something was ``typed``, only what has all the words in it, each with what it takes and why it can't be done.
    """
    if typed.strip():
        found = matching(typed, commands)
        shown = [each for group in _groups(commands) for each in found if each.group == group]
        found_lines = [line for each in shown for line in _in_full(each, cells, why(each))]
        return [*found_lines, *_said_elsewhere(typed, cells)]
    blocks = [_block([each for each in commands if each.group == group], group, why) for group in _groups(commands)]
    if cells < 104:
        return [line for block in blocks for line in block]
    half = cells // 2
    left: list[Line] = []
    right: list[Line] = []
    for block in blocks:
        shorter = left if len(left) <= len(right) else right
        shorter += block
    rows = max(len(left), len(right))
    return [
        _beside(left[at] if at < len(left) else (), right[at] if at < len(right) else (), half) for at in range(rows)
    ]


def _groups(commands: tuple[Command, ...]) -> list[str]:
    return list(dict.fromkeys(each.group for each in commands))


def _block(commands: list[Command], group: str, why: Why) -> list[Line]:
    return [((f" {group}", Tone.STRONG),), *(_line_of(each, off=bool(why(each))) for each in commands), ()]


def _line_of(command: Command, *, off: bool) -> Line:
    keys = fit(f" ({all_shown(command)})" if off else f"  {all_shown(command)}", KEYS + 3)
    return ((keys, Tone.FAINT if off else Tone.ACCENT), (command.help, Tone.FAINT if off else Tone.PLAIN))


def _in_full(command: Command, cells: int, reason: str) -> list[Line]:
    """A command with its name for the ``:`` line, what it takes there, and why it can't be done now."""
    indent = " " * (KEYS + 3)
    places = ", ".join(PLACES[place] for place in Where if place in command.where)
    typed = f":{command.id}" + (f" {command.takes.words}" if command.takes is not None else "")
    lines = [
        _line_of(command, off=bool(reason)),
        ((indent, Tone.PLAIN), (cut(f"{typed}   in {places}", cells - len(indent)), Tone.DIM)),
    ]
    if reason:
        pieces = wrap(f"Not now: {reason}", cells - len(indent))
        lines += [((indent, Tone.PLAIN), (piece, Tone.SOON)) for piece in pieces]
    return lines


def _said_elsewhere(typed: str, cells: int) -> list[Line]:
    """What is no command: where it is found."""
    return [((f" {piece}", Tone.DIM),) for says in elsewhere(typed) for piece in wrap(says, cells - 2)]


def _beside(left: Line, right: Line, half: int) -> Line:
    used = sum(width(text) for text, _ in left)
    if used > half - 2:
        left, used = (*left[:-1], (cut(left[-1][0], half - 2 - used + width(left[-1][0])), left[-1][1])), half - 2
    return (*left, (" " * max(half - used, 1), Tone.PLAIN), *right)


def keys_markdown(commands: tuple[Command, ...]) -> str:
    """docs/keys.md: the command table for people who read before they press."""
    plain = {each.id: each for each in keymap(preset="plain")}
    lines = [
        "# Keys of the desk",
        "",
        "Made from the command table in `tui/commands.py`; a test compares the two. At the desk, `?` shows the same,",
        "with the keys that you have, and finds a command by a word of it. *Plain* are the keys of",
        '`keymap = "plain"`, which needs no letters. *After `:`* is what the palette\'s line takes, with an example:',
        "nothing is asked then.",
        "",
        'The settings can give a command other keys, by its name: `keys = { reply = "r,f2" }` in `[desk]`. They go',
        "before those of the keymap. `helpdesk check` says which of them can't work: a terminal can't tell `ctrl+h`",
        "from backspace, `ctrl+i` from tab or `ctrl+m` from enter.",
    ]
    for group in _groups(commands):
        lines += ["", f"## {group}", "", "| Keys | Plain | What it does | Where | After `:` |", "|---|---|---|---|---|"]
        lines += [_markdown_row(each, plain.get(each.id, each)) for each in commands if each.group == group]
    return "\n".join(lines) + "\n"


def _markdown_row(command: Command, plain: Command) -> str:
    where = ", ".join(PLACES[place] for place in Where if place in command.where)
    typed = f"`{command.id}" + (f" {command.takes.words}`" if command.takes is not None else "`")
    return f"| {_code(command)} | {_code(plain)} | {command.help} | {where} | {typed} |"


def _code(command: Command) -> str:
    shown = all_shown(command)
    return "" if shown.startswith(":") and not command.keys else ", ".join(f"`{key}`" for key in shown.split("  "))
