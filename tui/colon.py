"""What is typed after ``:``: which command it names, and what it hands on to it. Pure.

A line is a command's name and, for some, what it takes: ``snooze tomorrow 9``, ``assign mia``, ``merge 412``. The name
is the command's id or its label; the start of it is enough where no other command begins so. A line that names none
finds commands by the words of their help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tui.command import Command
from tui.plain import cut, one_line

T = TypeVar("T")

_SHOWN = 6
"""How many of the values that are there a refusal names."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command, and the rest of the line."""

    command: Command
    rest: str = ""


def named(line: str, commands: Sequence[Command]) -> Said | None:
    """The command that a line begins with, None where it names none or may mean several.

    A whole name goes before the start of one, a longer name before a shorter one ("to me" before "t"); words that stand
    in a command's help ("my pin") are no start of another one. Of two with one name ("open", "open chat") the one that
    takes something is meant where something follows.
    """
    words = line.strip().lstrip(":").split()
    for count in range(len(words), 0, -1):
        name = _folded(" ".join(words[:count]))
        found = [each for each in commands if name in {_folded(each.id), _folded(each.label)}]
        if found:
            rest = " ".join(words[count:])
            return Said(next((each for each in found if each.takes), found[0]) if rest else found[0], rest)
    if words:
        start = _folded(words[0])
        begun = [each for each in commands if any(_folded(n).startswith(start) for n in (each.id, each.label))]
        rest = " ".join(words[1:])
        if len(begun) == 1 and not (rest and matching(line, commands)):
            return Said(begun[0], rest)
    return None


def matching(line: str, commands: Sequence[Command]) -> list[Command]:
    """The commands that hold all the words of a line, in their help, label or id, or in what else they may be looked
    for by; those whose name begins so first.
    """
    words = _folded(line.strip().lstrip(":")).split()
    found = [
        each
        for each in commands
        if all(word in _folded(f"{each.help} {each.label} {each.id} {each.also}") for word in words)
    ]
    start = " ".join(words)
    return sorted(found, key=lambda each: not any(_folded(name).startswith(start) for name in (each.label, each.id)))


def completed(rest: str, values: Sequence[str]) -> list[str]:
    """The values that hold all the words typed so far, those that begin so first."""
    words = rest.casefold().split()
    found = [each for each in values if all(word in each.casefold() for word in words)]
    return sorted(found, key=lambda each: not each.casefold().startswith(rest.casefold().strip()))


def one_of(typed: str, values: Mapping[str, T], what: str) -> T:
    """The value that somebody means: its whole name, else the only one that begins so or holds the words.

    ``what`` says in words what there is to choose, "colleague"; ValueError says what there is.
    """
    said = " ".join(typed.casefold().split())
    names = {name.casefold(): value for name, value in values.items()}
    if said in names:
        return names[said]
    for fits in (str.startswith, str.__contains__):
        found = [name for name in values if fits(name.casefold(), said)]
        if len(found) == 1:
            return values[found[0]]
        if found:
            raise ValueError(f"“{_brief(typed)}” may be {_list(found)}. Type more of it.")
    raise ValueError(
        f"There is no {what} “{_brief(typed)}”. " + (f"There are {_list(list(values))}." if values else "")
    )


def nothing_more(command: Command, rest: str) -> str:
    """What is said of words after a command that takes none."""
    return f"“{command.label}” takes nothing after it: “{_brief(rest)}” means nothing here."


def _brief(typed: str) -> str:
    return cut(one_line(typed), 24)


def _list(names: Sequence[str]) -> str:
    shown = [one_line(name) for name in names[:_SHOWN]]
    more = len(names) - len(shown)
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _folded(name: str) -> str:
    return name.casefold().replace("_", " ")
