"""The search for canaries finds what is planted, in every form: it can fail."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.canary.forms import ALGORITHMS, Canaries, spellings

NUMBER = "+447700900123"
OTHER = "+447700900124"
CANARIES = Canaries({"here": NUMBER, "there": OTHER})
NOISE = random.Random(5).randbytes(700)

FORMS: dict[str, Callable[[], bytes]] = {
    "E.164": lambda: b"+447700900123",
    "national": lambda: b"07700900123",
    "without its first zero": lambda: b"7700900123",
    "dialled from abroad": lambda: b"00447700900123",
    "spaced": lambda: b"07700 900 123",
    "spaced out": lambda: b"0 7 7 0 0 9 0 0 1 2 3",
    "dashed": lambda: b"07700-900-123",
    "dotted": lambda: b"07.700.900.123",
    "bracketed": lambda: b"+44 (0) 7700 / 900-123",
    "in UTF-16": lambda: "07700 900123".encode("utf-16"),
    "in UTF-16, the other way": lambda: "07700 900123".encode("utf-16-be"),
    "in UTF-32": lambda: "07700900123".encode("utf-32"),
    "in words": lambda: b"oh seven seven zero zero nine zero zero one two three",
    "in words, doubled": lambda: b"Zero double-seven, double oh; nine double nought ONE two three",
    "in words, in UTF-16": lambda: "seven seven zero zero nine zero zero one two three".encode("utf-16-le"),
    "backwards": lambda: b"321009007744+",
    "backwards, spaced": lambda: b"321 009 00770",
    "percent-encoded": lambda: quote(NUMBER).encode(),
    "percent-encoded to the last digit": lambda: "".join(f"%{ord(each):02X}" for each in NUMBER).encode(),
    "as JSON": lambda: json.dumps({"from": "+44\u00a07700\u00a0900123"}).encode(),
    "as JSON, escaped": lambda: "".join(f"\\u{ord(each):04x}" for each in NUMBER).encode(),
    "as Python's bytes": lambda: "".join(f"\\x{ord(each):02x}" for each in NUMBER).encode(),
    "as character references": lambda: "".join(f"&#{ord(each)};" for each in NUMBER).encode(),
    "as hexadecimal references": lambda: "".join(f"&#x{ord(each):x};" for each in NUMBER).encode(),
    "quoted-printable": lambda: "".join(f"={ord(each):02X}" for each in NUMBER).encode(),
    "in hex": lambda: NUMBER.encode().hex().encode(),
    "in hex, capitals": lambda: b"07700 900123".hex().upper().encode(),
    "as a whole number": lambda: (447700900123).to_bytes(8, "big"),
    "as a whole number, the other way": lambda: (7700900123).to_bytes(8, "little"),
    "in packed decimals": lambda: bytes.fromhex("447700900123"),
    "as a message's sender on the network": lambda: bytes.fromhex("447700091032"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_found(form: str) -> None:
    """With the place where the number was planted, and that one alone."""
    found = CANARIES.found(NOISE + b" " + FORMS[form]() + b" " + NOISE)
    assert {place for place, _ in found} == {"here"}


@pytest.mark.parametrize("offset", range(3))
@pytest.mark.parametrize("spelling", spellings(NUMBER))
def test_base64_is_found_wherever_it_begins(spelling: str, offset: int) -> None:
    """As part of something longer, too, with either alphabet."""
    longer = b"xyz"[:offset] + spelling.encode() + b"\xff\xfe and so on"
    for coded in (base64.b64encode(longer), base64.urlsafe_b64encode(longer)):
        assert ("here", "base64") in CANARIES.found(NOISE + coded + NOISE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("spelling", spellings(NUMBER))
def test_a_plain_digest_is_found(spelling: str, algorithm: str) -> None:
    """Raw, in hex, in base64; whole, and cut to its first half."""
    digest = hashlib.new(algorithm, spelling.encode()).digest()
    written = (digest, digest.hex().encode(), digest.hex().upper().encode(), base64.b64encode(digest))
    for each in (*written, *(whole[: len(whole) // 2] for whole in written), base64.urlsafe_b64encode(digest)):
        found = CANARIES.found(NOISE + each + NOISE)
        assert [place for place, form in found if form.startswith(algorithm)] == ["here"]


def test_nothing_is_found_where_nothing_was_planted() -> None:
    """Noise, other numbers, dates, the library's own number, and a half of the number."""
    for said in (b"+447700900001", b"07700 900", b"2026-11-21 10:30", b"900123", b"seven past nine", NOISE * 300):
        assert CANARIES.found(NOISE + said + NOISE) == set()


def test_each_number_is_found_at_its_own_place() -> None:
    """Two numbers in one heap are told apart."""
    assert CANARIES.found(b"07700 900123, 07700 900124") == {("here", "digits"), ("there", "digits")} | {
        (place, form) for place in ("here", "there") for form in ("percent-encoded", "escaped", "quoted-printable")
    }
