"""The texts of the tables, and how many of them are read as they are meant."""

from __future__ import annotations

from functools import cache

import pytest

from helpdesk.zones import Plan
from helpdesk.zones.reading import read_place
from tests.zones.plans import Told, plan, table

TEXTS = table("texts.toml")
HELD_OUT = table("held_out.toml")
MORE = table("more.toml")
PROMISED = 0.95


@cache
def _plan(name: str) -> Plan:
    return plan(name)


def _read(told: Told) -> str:
    zone = read_place(told.text, _plan(told.plan), told.site).zone
    return zone.id if zone else "ask"


def _shown(told: Told) -> str:
    return f"{told.text!r} ({told.why}): {_read(told)}, not {told.zone}"


def test_the_tables_are_what_they_are_said_to_be() -> None:
    """Long enough, no text twice, every zone one of its plan, and a good part of them to be asked."""
    rows = (*TEXTS, *HELD_OUT, *MORE)
    assert len(TEXTS) >= 180
    assert len(HELD_OUT) >= 60
    assert len({(row.plan, row.site, row.text) for row in rows}) == len(rows)
    assert [row for row in rows if row.zone != "ask" and _plan(row.plan).get(row.zone) is None] == []
    assert len([row for row in rows if row.zone == "ask"]) > len(rows) / 5


@pytest.mark.parametrize("rows", [TEXTS, HELD_OUT, MORE], ids=["texts", "held out", "more"])
def test_texts_are_read_as_they_are_meant(rows: tuple[Told, ...]) -> None:
    """At least 95 in 100."""
    amiss = [_shown(row) for row in rows if _read(row) != row.zone]
    assert 1 - len(amiss) / len(rows) >= PROMISED, "\n".join(amiss)


@pytest.mark.parametrize("rows", [TEXTS, HELD_OUT, MORE], ids=["texts", "held out", "more"])
def test_a_wrong_zone_is_rarer_than_a_needless_question(rows: tuple[Told, ...]) -> None:
    """At most 2 in 100 send somebody the wrong way."""
    wrong = [_shown(row) for row in rows if _read(row) not in (row.zone, "ask")]
    assert len(wrong) / len(rows) <= 0.02, "\n".join(wrong)


@pytest.mark.parametrize("told", TEXTS, ids=lambda told: told.text[:40])
def test_what_is_read_holds_together(told: Told) -> None:
    """A zone is surely enough and the only choice; a question has no zone; both say why."""
    placed = read_place(told.text, _plan(told.plan), told.site)
    assert placed.why
    assert 0 <= placed.sure <= 100
    if placed.zone:
        assert (placed.choices, placed.sure >= 60) == ((placed.zone,), True)
    assert set(placed.choices) <= set(_plan(told.plan).zones)
