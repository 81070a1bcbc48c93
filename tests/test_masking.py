"""What is masked in a text, and what is left to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call me on 07700 900123 pls", "call me on [number] pls"),
        ("+447700900123", "[number]"),
        ("+44 (0)7700 900-123, ask for a chair", "[number], ask for a chair"),
        ("0044 7700 900 123!", "[number]!"),
        ("07.700.900.123", "[number]"),
        ("my no is 7700900123", "my no is [number]"),
        ("07700 900123/07700 900124", "[number]"),
        ("077009001230770090045", "[number]"),
        ("wa.me/447700900123", "wa.me/[number]"),
        ("٠٧٧٠٠٩٠٠١٢٣", "[number]"),
        ("level 3 020 7946 0123", "level 3 [number]"),
        ("ring 794 6012", "ring [number]"),
        ("card 20261234", "card [number]"),
        ("write to ana.b+x@uni.ac.uk.", "write to [e-mail]."),
        ("2.59@example.org at 2.59", "[e-mail] at 2.59"),
        ("0 7 7 0 0 9 0 0 1 2 3", "[number]"),
        ("07700\n900123", "[number]"),
        ("07700-900-123, 07700_900_124", "[number]"),
        ("7.7.0.0.9.0.0.1.2.3", "[number]"),
        ("0\u200b7\u200b7\u200b0\u200b0\u200b9\u200b0\u200b0\u200b1\u200b2\u200b3", "[number]"),
        ("０７７００９００１２３", "[number]"),
        ("call07700900123now", "call[number]now"),
        ("07700 900 123 ext 4", "[number] ext 4"),
        ("+1 202-555-0123 or +353 20 910 1234", "[number] or [number]"),
        ("tel:+447700900123", "tel:[number]"),
        ("mailto:ana@uni.ac.uk?subject=loud", "mailto:[e-mail]?subject=loud"),
        ("ANA@UNI.AC.UK", "[e-mail]"),
        ("my student number is 20261234", "my student number is [number]"),
        ("3.14 07700 900123 2.59", "3.14 [number] 2.59"),
        ("level 3 10.30-11.45 07700900123", "level 3 10.30-11.45 [number]"),
        ("07700 <900> [123] loud", "[number]] loud"),
        ("0\ufeff7\ufeff7\ufeff0\ufeff0\ufeff900123", "[number]"),
        ("\u24ea\u2466\u2466\u24ea\u24ea\u2468\u24ea\u24ea\u2460\u2461\u2462", "[number]"),
        ("ana\uff20uni.ac.uk", "[e-mail]"),
        ("ana@u\u00adni.ac.uk", "[e-mail]"),
    ],
)
def test_what_could_reach_somebody_is_masked(text: str, masked: str) -> None:
    """Numbers however they are written, and e-mail addresses."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Loud group, level 3 silent, by the windows.",
        "room 2.59.114 loud",
        "L3-0042 noisy",
        "10.30 11.45 both loud",
        "from 14:30-15:45, again at 9.05",
        "0.12 and 1.02, then 2.59 2.60 2.61 2.62",
        "21/11/2026 14:30 or 2026-11-21 14:30",
        "desks 12, 13, 14 and 15: 10-12 people",
        "zone 4-112, opened 2019",
        "meet @ level 3",
        "2.59.114",
        "L3-0042",
        "10.30 11.45",
        "between 10.30 and 11.45 in 2.59.114, L3-0042",
        "18.30 2.59.114 10.30",
        "L3-0042 L3-0043",
        "rooms 2.59, 2.60 and 2.61",
        "14:30 15:45 16:00 17:15",
        "12/11/26 10.30",
        "zone G12-044, B2.59",
        "call 101 or 999",
        "",
    ],
)
def test_places_times_dates_and_counts_are_left(text: str) -> None:
    """They say where the noise is."""
    assert mask(text) == text


MISSED = (
    "O77OO 9OO123",
    "oh seven seven zero zero nine zero zero one two three",
    "07700 nine hundred 123",
    "ana at uni dot ac dot uk",
    "ana [at] uni.ac.uk",
    "ana(at)uni.ac.uk",
    "ana @ uni.ac.uk",
    "insta: ana_99",
    "Ana Pereira is shouting",
)
"""As docs/privacy.md says."""


@pytest.mark.parametrize("text", MISSED)
def test_what_is_missed_is_known(text: str) -> None:
    """Letters for digits, numbers in words, disguised addresses, other networks' names, and people's: not found."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("seats 101-108 201-208", "seats [number]"),
        ("at 1900 2000 2100", "at [number]"),
        ("ISBN 9780141439518", "ISBN [number]"),
        ("07700 9oo123", "[number]oo123"),
    ],
)
def test_what_is_masked_though_it_reaches_nobody_is_known(text: str, masked: str) -> None:
    """Where many digits stand in a row, masking too much is the safer side; where a letter ends them, too little."""
    assert mask(text) == masked


def test_a_number_beside_a_place_is_still_found() -> None:
    """What is spared neither hides a number nor is joined to it."""
    assert mask("L3-0042 07700900123") == "L3-0042 [number]"
    assert mask("2.59 07700 900123 at 10.30") == "2.59 [number] at 10.30"


def test_a_readers_spans_are_kept_but_not_believed_blindly() -> None:
    """A zone of seven digits is kept where the reader says so; eleven digits are no zone."""
    assert mask("pod 123 4567 loud") == "pod [number] loud"
    assert mask("pod 123 4567 loud", keep=[(4, 12)]) == "pod 123 4567 loud"
    assert mask("pod 07700900123", keep=[(4, 15)]) == "pod [number]"


@given(st.integers(0, 999), st.text(alphabet="abc .,!?\n", max_size=20), st.text(alphabet="abc .,!?\n", max_size=20))
def test_no_drama_number_survives(last: int, before: str, after: str) -> None:
    """Whatever stands around it."""
    assert f"{last:03}" not in mask(f"{before} 07700 900{last:03} {after}")


@given(st.text(max_size=200))
def test_any_text_can_be_masked_and_masking_again_changes_nothing(text: str) -> None:
    """No text breaks it."""
    assert mask(mask(text)) == mask(text)


def test_a_huge_text_is_masked_in_bounded_time() -> None:
    """A number at the end of 200,000 digits, signs or spaces is found; nothing grows with the square."""
    for filler in ("7 ", "a", "(", "1   ", "a@", "+"):
        assert "900123" not in mask(filler * (200_000 // len(filler)) + "\n\n\n\n 07700 900123")
