"""SMPP 3.4 as bytes: frames, and the requests that a transceiver makes. The codec of texts is smpp34's.

A frame is a header of four 32-bit numbers (length, command, status, sequence) and a body. Nothing here shows a body:
it holds numbers and words.

Only smpp34's codec is used, not its client: that one acknowledges a text before anybody could have stored it.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field

import smpp34

from helpdesk.errors import Unparseable

_HEADER = struct.Struct(">IIII")

MOST_BYTES = 128 * 1024
"""The largest frame taken: its longest field has 64 kB."""

SUBMIT = 0x04
DELIVER = 0x05
UNBIND = 0x06
BIND = 0x09
ENQUIRE = 0x15
RESPONSE = 0x8000_0000
"""Set in the command of a response; alone it is a generic_nack."""

_VERSION = 0x34

RECEIPTED_MESSAGE_ID = 0x001E
USER_MESSAGE_REFERENCE = 0x0204
SAR = (0x020C, 0x020E, 0x020F)
"""Reference, number of parts and place of a part of a longer text."""
MESSAGE_PAYLOAD = 0x0424
MESSAGE_STATE = 0x0427
"""Tags of optional fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One PDU, its body still unread."""

    command: int
    status: int = 0
    sequence: int
    body: bytes = field(default=b"", repr=False)

    @property
    def is_response(self) -> bool:
        """Whether it answers a request of ours."""
        return bool(self.command & RESPONSE)

    def encoded(self) -> bytes:
        """As it is on the wire."""
        return _HEADER.pack(_HEADER.size + len(self.body), self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """An address as SMPP writes it: its digits without "+", and what kind of number they are."""

    digits: str = field(repr=False)
    kind: int
    plan: int


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None where the connection ended. Unparseable for what can be no frame: there is no next one."""
    try:
        length, command, status, sequence = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if not _HEADER.size <= length <= MOST_BYTES:
            raise Unparseable("The carrier sends what is not SMPP. Check host and port under [smpp] in the settings.")
        return Frame(
            command=command, status=status, sequence=sequence, body=await reader.readexactly(length - _HEADER.size)
        )
    except (asyncio.IncompleteReadError, OSError):
        return None


def answer(request: Frame, status: int) -> Frame:
    """The response to the carrier's ``request``; a text's names no id, as the standard has it."""
    body = b"\x00" if request.command == DELIVER and not status else b""
    return Frame(command=request.command | RESPONSE, status=status, sequence=request.sequence, body=body)


def refusal(request: Frame, status: int) -> Frame:
    """The response to what is no request that we know."""
    return Frame(command=RESPONSE, status=status, sequence=request.sequence)


def bind_body(*, system_id: str, password: str, system_type: str) -> bytes:
    """What signs us in for both directions."""
    words = b"".join(word.encode("utf-8") + b"\x00" for word in (system_id, password, system_type))
    return words + bytes((_VERSION, 0, 0, 0))


def submit_body(*, sender: End, recipient: End, content: bytes, coding: int, header: bool, reference: int) -> bytes:
    """One part of a text of ours: its delivery is to be reported, ``reference`` (16 bits) says which text it is.

    ``header``: the content begins with the header that says which part of a longer text it is.
    """
    pdu = smpp34.SubmitSm(
        sender.digits,
        recipient.digits,
        content,
        source_addr_ton=sender.kind,
        source_addr_npi=sender.plan,
        dest_addr_ton=recipient.kind,
        dest_addr_npi=recipient.plan,
        esm_class=0x40 if header else 0,
        registered_delivery=1,
        data_coding=coding,
        tlvs=[smpp34.Tlv(USER_MESSAGE_REFERENCE, reference.to_bytes(2, "big"))],
    )
    return pdu.encode()[_HEADER.size :]


def delivered(frame: Frame) -> smpp34.DeliverSm:
    """The text or the delivery receipt in a deliver_sm. Unparseable where it is malformed."""
    try:
        pdu = smpp34.decode(frame.encoded())
    except smpp34.SmppError:
        pdu = None
    if not isinstance(pdu, smpp34.DeliverSm):
        raise Unparseable("it is no well-formed SMPP")
    return pdu


def option(pdu: smpp34.DeliverSm, tag: int) -> bytes | None:
    """An optional field's bytes."""
    return next((bytes(tlv.value) for tlv in pdu.tlvs if tlv.tag == tag), None)


def message_id(response: Frame) -> str:
    """The carrier's name for a text of ours, "" where it gives none."""
    return response.body.split(b"\x00", 1)[0].decode("ascii", "replace").strip()
