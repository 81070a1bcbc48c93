"""The plans that tests of places read by, and the tables of texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from helpdesk.places import TomlText
from helpdesk.zones import Plan, plan_from_toml

HERE = Path(__file__).parent
DEMO = resources.files("helpdesk.zones").joinpath("demo_zones.toml").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a table: what somebody texts to a site's line, and the zone that is meant, or "ask"."""

    plan: str
    text: str
    site: str
    zone: str
    why: str = ""


def plan(name: str) -> Plan:
    """The plan of this name: "demo" is the starter file, the others lie here."""
    text = DEMO if name == "demo" else (HERE / f"{name}.toml").read_text("utf-8")
    return plan_from_toml(TomlText(f"{name}.toml", text))


def table(name: str) -> tuple[Told, ...]:
    """The rows of a table of texts."""
    lists = tomllib.loads((HERE / name).read_text("utf-8"))
    return tuple(Told(plan=of, **row) for of, rows in lists.items() for row in rows)
