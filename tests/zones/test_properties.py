"""What holds of every text: no error, spans within it, codes that nothing hides, and time in proportion."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.masking import mask
from helpdesk.zones import Plan, Zone
from helpdesk.zones.reading import read_place
from helpdesk.zones.sentence import Sentence, Word
from tests.zones.plans import Told, plan, table

DEMO = plan("demo")
PLANS = [DEMO, plan("tower"), plan("college")]
CODED = [(of, zone) for of in PLANS for zone in of.zones]
WORDS = sorted({word for row in table("texts.toml") for word in row.text.split()})
PLAIN = sorted("please come now so loud talking music shouting again today nobody here girls phone since ages".split())

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join),
    st.text(alphabet="0123456789.-: /lLr3mroom ", max_size=80),
)


@given(text=texts, plan=st.sampled_from(PLANS), site=st.sampled_from(["", "main", "law", "nowhere"]))
def test_any_text_is_read(text: str, plan: Plan, site: str) -> None:
    """It never raises; spans lie within the text, in order; nothing holds more than eight digits; twice is the same."""
    placed = read_place(text, plan, site)
    assert all(0 <= start < end <= len(text) for start, end in placed.spans)
    assert list(placed.spans) == sorted(set(placed.spans))
    assert all(_digits(text[start:end]) <= 8 for start, end in placed.spans)
    assert _digits(placed.written) <= 8
    assert read_place(text, plan, site) == placed


@given(coded=st.sampled_from(CODED), site=st.sampled_from(["", "main", "law", "tower"]), upper=st.booleans())
def test_a_code_alone_is_its_zone(coded: tuple[Plan, Zone], site: str, upper: bool) -> None:
    """On any line, in capitals and small letters, with O for 0."""
    of, zone = coded
    code = zone.code.upper() if upper else zone.code.lower()
    for typed in (code, code.replace("0", "O"), f" {code}!", f"({code})"):
        assert read_place(typed, of, site).zone == zone


@given(
    coded=st.sampled_from(CODED),
    before=st.lists(st.sampled_from(PLAIN), max_size=6),
    after=st.lists(st.sampled_from(PLAIN), max_size=6),
    swap=st.booleans(),
)
def test_words_around_a_code_change_nothing(
    coded: tuple[Plan, Zone], before: list[str], after: list[str], swap: bool
) -> None:
    """Whatever else the text says in plain words."""
    of, zone = coded
    text = " ".join([*before, zone.code, *after])
    assert read_place(text.swapcase() if swap else text, of).zone == zone


@given(row=st.sampled_from(table("texts.toml")))
def test_capitals_change_no_table(row: Told) -> None:
    """Whoever shouts means the same place."""
    of = plan(row.plan)
    assert read_place(row.text.upper(), of, row.site).zone == read_place(row.text.lower(), of, row.site).zone


def _spelled_out(rng: random.Random, number: str) -> str:
    """A number in the ways that people and rooms write one."""
    gaps = ["", " ", ".", "-", " - ", "/"]
    return "".join(letter + (rng.choice(gaps) if rng.random() < 0.4 else "") for letter in number)


@settings(max_examples=200)
@given(
    seed=st.integers(0, 2**32), front=st.sampled_from(["", "rm ", "room ", "level ", "lvl", "L3A ", "since ", "at "])
)
def test_a_number_is_masked_as_if_nothing_were_protected(seed: int, front: str) -> None:
    """A drama number, however it is cut up and whatever stands before it, is masked as ever."""
    rng = random.Random(seed)
    text = front + _spelled_out(rng, f"07700900{rng.randrange(1000):03}")
    bare, kept = mask(text), mask(text, keep=read_place(text, DEMO, "main").spans)
    assert kept == bare


BITS = """level 3 |2.|not |3rd or |room 2.59.|l3a|from 3 to |quiet |a|1|x 1 |-|½|im on 2 but |floooooor|on |reading
|the silent group study |half past |, level 2 or |12 34 |room 1|moved from 3 to 2 |south |@|lg/""".replace("\n", "")


@pytest.mark.parametrize("bit", BITS.split("|"))
def test_work_grows_with_the_text_only(bit: str) -> None:
    """Twice the text, about twice the looks at its words: counted, not timed."""
    looks = [_looks((bit * 1600)[:size]) for size in (800, 1600)]
    assert looks[1] <= 2.6 * looks[0] + 2000


def _looks(text: str) -> int:
    """How often a word is looked at while a text is read."""
    count = 0
    at = Sentence.at

    def counting(self: Sentence, place: int) -> Word:
        nonlocal count
        count += 1
        return at(self, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sentence, "at", counting)
        read_place(text, DEMO, "main")
    return count


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)
