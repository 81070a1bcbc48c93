"""What the desk goes by in matters of noise: the plan of zones, who can be sent, what is said back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from helpdesk.clock import MINUTE
from helpdesk.noise.incidents import Choices, NoiseOutcome
from helpdesk.zones.plan import Zone


@dataclass(frozen=True, kw_only=True)
class NoiseRules:
    """One library's settings about noise, as the desk needs them.

    ``window``     texts about one zone within so long are one noise, in milliseconds
    ``says``       per line and outcome the text back, its zone still to be filled in
    ``complaint``  per line the sentence that says how to make a formal complaint
    ``mute``       for how many hours a texter is muted as a rule
    ``local``      the IANA zone whose hours the noise map shows
    """

    zones: tuple[Zone, ...] = ()
    goers: tuple[str, ...] = ("security",)
    window: int = 20 * MINUTE
    says: Mapping[str, Mapping[NoiseOutcome, str]] = field(default_factory=dict)
    complaint: Mapping[str, str] = field(default_factory=dict)
    mute: int = 24
    local: str = "Europe/London"

    @cached_property
    def places(self) -> Mapping[str, Zone]:
        """The zones by their ids."""
        return {zone.id: zone for zone in self.zones}

    @property
    def choices(self) -> Choices:
        """What the desk offers to pick from."""
        return Choices(
            zones=self.zones,
            goers=self.goers,
            says={line: dict(says) for line, says in self.says.items()},
            complaint=dict(self.complaint),
            mute=self.mute,
        )
