"""Which kind of noise a text tells of, held against a table of texts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.noise.kinds import NoiseKind, noise_kind

TABLE = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
TEXTS = [(NoiseKind(kind), text) for kind, texts in TABLE.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), TEXTS)
def test_reads_the_kind(kind: NoiseKind, text: str) -> None:
    """Misspelt, cut short and in text-speak too."""
    assert noise_kind(text) is kind


def test_every_kind_has_texts() -> None:
    """The table tries all of them."""
    assert {kind for kind, _ in TEXTS} == set(NoiseKind)


@given(st.text(max_size=300))
def test_any_text_has_a_kind(text: str) -> None:
    """Never an error."""
    assert noise_kind(text) in NoiseKind


def test_capitals_and_accents_make_no_difference() -> None:
    """As phones write them."""
    assert noise_kind("MÚSIC!!!") is noise_kind("music") is NoiseKind.MUSIC
