"""The footer and the ``?`` screen, made from the command table. Pure."""

from __future__ import annotations

from collections.abc import Callable

from tui.command import NOISE
from tui.commands import Command, Where, here
from tui.keymap import all_shown, shown
from tui.plain import cut, fit, width
from tui.words import Line, Span, Tone

Why = Callable[[Command], str]
"""Why a command can't be done now, "" if it can."""


def footer(commands: tuple[Command, ...], where: Where, why: Why, cells: int, *, loud: bool = False) -> Line:
    """The keys that fit, the most needed first to stay; faint is what can't be done. ``loud``: about noise."""
    shown_here = [each for each in here(commands, where) if each.footer and each.keys]
    ranked = sorted(shown_here, key=lambda each: each.loud if each.loud and (loud or where in NOISE) else each.footer)
    kept: list[Command] = []
    used = 1
    for each in ranked:
        need = width(shown(each)) + 1 + width(each.label) + 3
        if used + need - 2 <= cells:
            kept.append(each)
            used += need
    order = [each for each in here(commands, where) if each in kept]
    spans: list[Span] = [(" ", Tone.PLAIN)]
    for each in order:
        off = bool(why(each))
        spans.append((f"{shown(each)} ", Tone.FAINT if off else Tone.ACCENT))
        spans.append((f"{each.label}   ", Tone.FAINT if off else Tone.DIM))
    return tuple(spans)


PLACES = {
    Where.WORKLIST: "the worklist",
    Where.TICKET: "an open ticket",
    Where.INCIDENTS: "the noise",
    Where.INCIDENT: "an incident",
    Where.COMPOSER: "while writing",
}


def keys_page(commands: tuple[Command, ...], cells: int) -> list[Line]:
    """All commands under their headings, in two columns where there is room."""
    blocks = [_block([each for each in commands if each.group == group], group) for group in _groups(commands)]
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


def _block(commands: list[Command], group: str) -> list[Line]:
    lines: list[Line] = [((f" {group}", Tone.STRONG),)]
    for each in commands:
        lines.append(((f"  {fit(all_shown(each), 17)} ", Tone.ACCENT), (each.help, Tone.PLAIN)))
    return [*lines, ()]


def _beside(left: Line, right: Line, half: int) -> Line:
    used = sum(width(text) for text, _ in left)
    if used > half - 2:
        left, used = (*left[:-1], (cut(left[-1][0], half - 2 - used + width(left[-1][0])), left[-1][1])), half - 2
    return (*left, (" " * max(half - used, 1), Tone.PLAIN), *right)


def keys_markdown(commands: tuple[Command, ...]) -> str:
    """docs/keys.md: the command table for people who read before they press."""
    lines = [
        "# Keys of the desk",
        "",
        "Made from the command table in `tui/commands.py`; a test compares the two. At the desk, `?` shows the same.",
        'The settings can give a command other keys, by its name: `keys = { reply = "r,f2" }` in `[desk]`.',
    ]
    for group in _groups(commands):
        lines += ["", f"## {group}", "", "| Keys | What it does | Where | Name |", "|---|---|---|---|"]
        lines += [_markdown_row(each) for each in commands if each.group == group]
    return "\n".join(lines) + "\n"


def _markdown_row(command: Command) -> str:
    keys = ", ".join(f"`{key}`" for key in all_shown(command).split("  "))
    where = ", ".join(PLACES[place] for place in Where if place in command.where)
    return f"| {keys} | {command.help} | {where} | `{command.id}` |"
