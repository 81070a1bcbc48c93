"""The plan of zones, as the setting ``zones`` says."""

from __future__ import annotations

from helpdesk.config import Settings
from helpdesk.places import toml_file
from helpdesk.zones.plan import EMPTY, Plan, plan_from_toml


def zone_plan(settings: Settings) -> Plan:
    """The library's zones, none where no file is named; BadConfig, with file and line, where it is wrong."""
    return plan_from_toml(toml_file(settings.zones, setting="zones")) if settings.zones else EMPTY
