"""The page on what the Noiseline says by itself, held to the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from helpdesk.noise.concerns import Concern
from helpdesk.noise.texts import ANONYMOUS, PLACEHOLDERS, STAND_INS, Filling, defaults
from helpdesk.noise.texts_file import names, texts_from_toml
from helpdesk.places import TomlText

PAGE = (Path(__file__).parent.parent / "docs" / "noiseline-texts.md").read_text("utf-8")
APART = tomllib.loads((Path(__file__).parent / "noise" / "concerns_held_out.toml").read_text("utf-8"))
KNOWN = tomllib.loads((Path(__file__).parent / "noise" / "concerns.toml").read_text("utf-8"))


@pytest.mark.parametrize(("name", "template"), defaults().values()["noise"].items())
def test_our_wording_stands_there(name: str, template: str) -> None:
    """Word for word."""
    assert f"| `{name}` | {template} |" in PAGE


def test_every_text_and_placeholder_is_explained() -> None:
    """What can be written, and what it becomes."""
    for name in names():
        assert f"`{name}`" in PAGE
    for mark in PLACEHOLDERS:
        assert f"| `{{{mark}}}` |" in PAGE
    assert ANONYMOUS in PAGE
    assert STAND_INS["zone"] in PAGE
    assert all(f"`crisis_{concern}`" in PAGE for concern in Concern)


def test_the_examples_are_files_that_can_be_used() -> None:
    """Both of them, with a line of the name that they use."""
    lines = {"noiseline": Filling(kind="noise", sealed=True, library="The Library")}
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    first, approved = (texts_from_toml(TomlText("texts.toml", each), lines)["noiseline"] for each in examples)
    assert not first.sends("joined")
    assert approved.approved(Concern.FIRE)
    assert not approved.approved(Concern.MEDICAL)


def test_the_figures_are_of_the_texts_that_there_are() -> None:
    """How many were tried; how many are found is held by the tests of the lists."""
    for texts in (KNOWN, APART):
        harmful = sum(len(each) for kind, each in texts.items() if kind != "harmless")
        assert f"{harmful} dangerous" in PAGE
        assert f"{len(texts['harmless'])} harmless" in PAGE
