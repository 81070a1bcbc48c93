"""What the phones' own alphabet has like other characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.segments import lookalikes, plain_gsm, segments


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("it’s “loud”", 'it\'s "loud"'),
        ("10:00–19:00 — or so…", "10:00-19:00 - or so..."),
        ("level\u00a03\u202fsilent\u2009room", "level 3 silent room"),
        ("Siân, Llŷn, façade, Łódź, Škoda, Strauß", "Sian, Llyn, facade, Lodz, Skoda, Strauß"),
        ("café à la carte, mañana, Ærø, Übung", "café à la carte, mañana, Ærø, Übung"),
        ("cafe\u0301", "café"),
        ("½ price ™ • one → two", "1/2 price TM - one -> two"),
        ("thank you 🙏🏽 see you 👩‍🎓", "thank you  see you "),
        ("room 1️⃣", "room 1"),
        ("ﬁnd Ａ", "find A"),
        ("[€5] {~}", "[€5] {~}"),
        ("a\tb", "a b"),
        ("Привет 你好", "Привет 你好"),
        ("no\u200bwidth", "nowidth"),
    ],
)
def test_writes_with_what_the_alphabet_has(text: str, plain: str) -> None:
    """Quotes, dashes, spaces, accents; emoji go; letters of other scripts stay, so that no word is lost."""
    assert plain_gsm(text) == plain


def test_offers_say_what_becomes_of_each() -> None:
    """Each once with its count, in order: another sign, nothing, or nothing like it."""
    offers = lookalikes("“Loud” – “very” 🔊 ж")
    assert [(offer.odd, offer.like, offer.count) for offer in offers] == [
        ("“", '"', 2),
        ("”", '"', 2),
        ("–", "-", 1),
        ("🔊", "", 1),
        ("ж", None, 1),
    ]


def test_a_text_of_the_alphabet_has_no_offers() -> None:
    """Nothing to mend."""
    assert lookalikes("Loud on level 3 {really} €5 à la carte\n") == ()


@given(st.text(max_size=60))
def test_taking_all_offers_leaves_only_what_nothing_is_like(text: str) -> None:
    """Taken twice is taken once, and what still forces UCS-2 was said to have no look-alike."""
    plain = plain_gsm(text)
    assert plain_gsm(plain) == plain
    stuck = {unicodedata.normalize("NFC", offer.odd) for offer in lookalikes(text) if offer.like is None}
    assert {unicodedata.normalize("NFC", offer.odd) for offer in lookalikes(plain)} <= stuck
    assert bool(segments(text).odd) == bool(lookalikes(text))


@given(st.text(alphabet=st.sampled_from("ab é\n€[]{}£ÆΩ"), max_size=60))
def test_what_is_in_the_alphabet_is_never_touched(text: str) -> None:
    """Not a character of it."""
    assert plain_gsm(text) == text
