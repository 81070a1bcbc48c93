"""Whose texts are taken: what the carrier's signature covers, over real HTTP and against its own validator."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.sms_form import is_signed, parse_form, public_address
from helpdesk.message import Channel
from tests.channels.texting import NOISE, OLDER, TOKEN, texting


class _Fields(dict[str, list[str]]):
    """A form as the provider's own validator takes it."""

    def getall(self, name: str) -> list[str]:
        """All values of ``name``."""
        return self[name]


async def test_both_tokens_are_good_while_they_rotate_and_no_other() -> None:
    """Newer and older token sign well; a stranger's gets 403, is counted for the line, and nothing is kept."""
    async with texting() as wire:
        assert (await wire.posts(wire.form(sid="SM1"), token=TOKEN))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), token=OLDER))[0] == 200
        assert (await wire.posts(wire.form("forged", sid="SM3"), token="a stranger's"))[0] == 403
        assert (await wire.posts(wire.form("forged", to=NOISE, sid="SM4"), signature=""))[0] == 403
        assert (await wire.posts(wire.form("forged", sid="SM5"), signature="ä" * 28))[0] == 403
    assert len(wire.door.received) == 2
    assert wire.door.quarantined == []
    assert [(channel, line) for channel, line, _ in wire.door.refused] == [
        (Channel.SMS, "enquiries"),
        (Channel.SMS, "noise"),
        (Channel.SMS, "enquiries"),
    ]
    assert "no signature" in wire.door.refused[1][2]
    assert "forged" not in str(wire.door.refused)


async def test_a_refusal_is_counted_for_the_line_in_the_path() -> None:
    """The path's name says which line to count for; a name that is no line says nothing."""
    async with texting() as wire:
        assert (await wire.posts(b"{}", path="/sms/inbound/noise"))[0] == 403
        assert (await wire.posts(b"{}", path="/sms/inbound/nothing", content_type="application/json"))[0] == 403
        assert (await wire.posts(wire.form(), path="/sms/inbound/noise"))[0] == 200
    assert [line for _, line, _ in wire.door.refused] == ["noise", None]


@pytest.mark.parametrize(
    "public",
    [
        "https://desk.library.example",
        "https://desk.library.example/",
        "https://desk.library.example/helpdesk",
        "http://desk.library.example:8443",
        "https://desk.library.example#rc=2&rp=all",
    ],
)
async def test_the_signature_covers_the_public_address(public: str) -> None:
    """Behind a proxy that speaks https, another port or a folder, what was signed is what the carrier called."""
    async with texting(public=public) as wire:
        called = public.partition("#")[0].rstrip("/") + "/sms/inbound"
        assert (await wire.posts(wire.form(), signed_for=called))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), signed_for=wire.local + "/sms/inbound"))[0] == 403


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://desk.library.example:443", "https://desk.library.example/sms/inbound"),
        ("https://desk.library.example", "https://desk.library.example:443/sms/inbound"),
        ("http://desk.library.example", "http://desk.library.example:80/sms/inbound"),
    ],
)
async def test_the_provider_is_of_two_minds_about_ports(public: str, signed: str) -> None:
    """The scheme's own port may stand in the signed address or not."""
    async with texting(public=public) as wire:
        assert (await wire.posts(wire.form(), signed_for=signed))[0] == 200


async def test_the_raw_query_is_part_of_what_was_signed() -> None:
    """Escapes in path and query stay as they were on the wire."""
    async with texting() as wire:
        path = "/sms/inbound/no%69se?a=%7E1&b=&a=2"
        assert (await wire.posts(wire.form(), path=path))[0] == 200
        assert (await wire.posts(wire.form(sid="SM2"), path=path + "&c=3", signed_for=wire.local + path))[0] == 403


async def test_double_blank_and_unknown_fields_survive() -> None:
    """The signature covers them all, and the text is read all the same."""
    async with texting() as wire:
        form = [*wire.form(), ("ChannelMetadata", '{"a": 1}'), ("X", "2"), ("X", ""), ("X", "2"), ("", "nameless")]
        assert (await wire.posts(form))[0] == 200
        assert (await wire.posts([*form, ("Y", "")], signature=wire.carrier.signature(wire.local, form)))[0] == 403
    assert wire.door.texts == ["loud on level 3"]


FIELDS = st.lists(st.tuples(st.sampled_from(["Body", "To", "X", ""]), st.text(max_size=20)), max_size=8)


@given(FIELDS.filter(lambda fields: not any("\ud800" <= mark <= "\udfff" for _, v in fields for mark in v)))
def test_agrees_with_the_providers_own_validator(fields: Sequence[tuple[str, str]]) -> None:
    """Whatever the fields, blank and double ones included, our check takes the provider's signature and no other."""
    grouped = _Fields()
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    address = public_address("https://desk.library.example", "/sms/inbound", "a=1")
    signature = RequestValidator(TOKEN).compute_signature(address, grouped)
    form = parse_form(urlencode(fields).encode())
    assert is_signed(form, address=address, signature=signature, tokens=["other", TOKEN])
    assert not is_signed(form, address=address, signature=signature, tokens=["other"])
    assert not is_signed(form, address=address + "x", signature=signature, tokens=[TOKEN])


def test_a_shared_keys_signature_is_good_too() -> None:
    """The provider's newer SHA-256 signature is checked as its header names it; an unknown algorithm never passes."""
    address = "https://desk.library.example/sms/inbound"
    signature = RequestValidator(TOKEN).compute_signature(address, {"Body": "x"}, "HMAC_SHA256")
    form = parse_form(b"Body=x")
    assert is_signed(form, address=address, signature=signature, tokens=[TOKEN], algorithm="HMAC_SHA256")
    assert not is_signed(form, address=address, signature=signature, tokens=[TOKEN])
    assert not is_signed(form, address=address, signature=signature, tokens=[TOKEN], algorithm="NONE")
