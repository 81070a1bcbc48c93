"""What a command may take, where only the desk knows: names for :attr:`tui.command.Takes.among`. No Textual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from helpdesk.noise.incidents import NoiseOutcome
from tui.closing import closable
from tui.command import Command
from tui.noise import goer
from tui.sitting import CHANNELS, Sitting
from tui.snooze import LIBRARY, choices, of_lines
from tui.tabs import arranged, label
from tui.words import OUTCOMES, VIA


def colleagues(sitting: Sitting) -> dict[str, str]:
    """Who works here, by their name and, where that differs, their id."""
    return {member.name or member.id: member.id for member in sitting.members.values() if not member.disabled}


def goers(sitting: Sitting) -> dict[str, str]:
    """Who may be sent to a noise: colleagues, and who else the settings name."""
    others = {goer(each, sitting.eye): each for each in sitting.choices.goers}
    return {**others, **colleagues(sitting)}


def zones(sitting: Sitting) -> dict[str, str]:
    """The places of the plan by name, alias and code, and what is said of a place that is not known."""
    plan = sitting.choices.zones
    codes = {name: zone.id for zone in plan for name in (zone.code, *zone.aliases) if name}
    return {**codes, **{zone.name: zone.id for zone in plan}, "not known": ""}


def sites(sitting: Sitting) -> dict[str, str]:
    """The library's sites, and what is said of a ticket that belongs to none."""
    return {**{site: site for site in sitting.sorts.sites}, "none": ""}


def times(sitting: Sitting) -> tuple[str, ...]:
    """Times to come, in the words of the menu."""
    menu = choices(sitting.clock.now(), sitting.zone, of_lines(sitting.ahead, [LIBRARY]))
    return tuple(name for each in menu for name in each.names)


def outcomes() -> dict[str, NoiseOutcome]:
    """What can come of a noise, in words."""
    return {words: outcome for outcome, words in OUTCOMES.items()}


AMONG: Mapping[str, Callable[[Sitting], Sequence[str]]] = MappingProxyType(
    {
        "colleagues": lambda sitting: tuple(colleagues(sitting)),
        "goers": lambda sitting: tuple(goers(sitting)),
        "times": times,
        "zones": lambda sitting: tuple(zone.name for zone in sitting.choices.zones),
        "outcomes": lambda sitting: tuple(outcomes()),
        "kinds": lambda sitting: sitting.sorts.kinds,
        "sites": lambda sitting: tuple(sites(sitting)),
        "channels": lambda sitting: tuple(VIA[channel] for channel in CHANNELS),
        "closable": lambda sitting: tuple(closable(sitting.hello.lines)),
        "views": lambda sitting: tuple(label(view) for _, view in arranged(sitting.saved)),
        "saved": lambda sitting: tuple(view.name for view in sitting.saved),
    }
)
"""What there is to complete, by the name that the table uses."""


def offered(command: Command, sitting: Sitting) -> tuple[str, ...]:
    """All that a command may be given, as far as it can be listed."""
    if command.takes is None:
        return ()
    if command.takes.among:
        return tuple(AMONG[command.takes.among](sitting))
    return command.takes.values
