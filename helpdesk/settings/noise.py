"""What the settings say about noise, as the desk and intake need it."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.clock import MINUTE
from helpdesk.config import Settings
from helpdesk.message import LineId
from helpdesk.noise.incidents import NoiseOutcome
from helpdesk.noise.rules import NoiseRules
from helpdesk.noise.texts import Texts
from helpdesk.zones import Plan

COMPLAINT = "complaint"
"""The text that says how to make a formal complaint."""


def noise_rules(settings: Settings, plan: Plan, texts: Mapping[LineId, Texts]) -> NoiseRules:
    """What the desk goes by: zones, goers, what is said back on each line."""
    return NoiseRules(
        zones=plan.zones,
        goers=settings.noise.goers,
        window=settings.noise.incident_minutes * MINUTE,
        says={line: _outcomes(each) for line, each in texts.items()},
        complaint={line: each.say(COMPLAINT) for line, each in texts.items() if each.sends(COMPLAINT)},
        mute=settings.noise.mute_hours,
        local=settings.library.zone,
    )


def _outcomes(texts: Texts) -> dict[NoiseOutcome, str]:
    """What a line says of each outcome, its zone still to be filled in."""
    return {outcome: texts.say(outcome, zone="{zone}") for outcome in NoiseOutcome if texts.sends(outcome)}
