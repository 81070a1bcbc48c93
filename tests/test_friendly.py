"""The names of people who stay unknown."""

from __future__ import annotations

from helpdesk.friendly import ADJECTIVES, ANIMALS, friendly_name


def test_there_are_names_enough() -> None:
    """At least 2,500, so that two reporters of one evening seldom share one; no word stands twice."""
    assert len(ADJECTIVES) * len(ANIMALS) >= 2500
    assert len(set(ADJECTIVES)) == len(ADJECTIVES)
    assert len(set(ANIMALS)) == len(ANIMALS)
    assert not set(ADJECTIVES) & set(ANIMALS)


def test_a_name_is_one_adjective_and_one_animal() -> None:
    """Plain words with a capital each, short enough for a column of 24."""
    names = [friendly_name(str(seed)) for seed in range(500)]
    assert all(adjective in ADJECTIVES and animal in ANIMALS for adjective, animal in map(str.split, names))
    assert all(word.isalpha() and word.istitle() for word in ADJECTIVES + ANIMALS)
    assert max(len(adjective) for adjective in ADJECTIVES) + max(len(animal) for animal in ANIMALS) < 24


def test_the_same_seed_has_the_same_name_and_seeds_spread() -> None:
    """A ticket's texter keeps the name; a thousand texters have nearly a thousand names."""
    assert friendly_name("01TALK") == friendly_name("01TALK")
    assert len({friendly_name(str(seed)) for seed in range(1000)}) > 850
