"""Pictures without what stands beside the picture: where, when, by whom and with what it was taken. Pure.

JPEG, PNG and GIF are taken apart and put together again from the parts that draw the picture; whatever else a file
holds (EXIF with its place, XMP, comments, thumbnails, profiles, anything after its end or behind what a part needs) is
left out. All other formats are refused. What the picture itself shows stays, and what somebody hid among its dots.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from helpdesk.errors import Unparseable

JPEG, PNG, GIF = "image/jpeg", "image/png", "image/gif"

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    b"IHDR": range(13, 14),
    b"PLTE": range(3, 769, 3),
    b"tRNS": range(1, 257),
    b"gAMA": range(4, 5),
    b"sRGB": range(1, 2),
    b"IDAT": range(2**31),
    b"IEND": range(1),
}
"""The parts of a PNG that draw it, and how many bytes each may have; each but IDAT stands there once."""

_JPEG_KEPT = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD}) - {0xC8}
_EOI, _SOS, _APP1, _APP14 = 0xD9, 0xDA, 0xE1, 0xEE
_DHT, _DAC, _DQT, _DNL, _DRI = 0xC4, 0xCC, 0xDB, 0xDC, 0xDD
_ORIENTATION = 0x0112


def bare(content: bytes) -> tuple[str, bytes]:
    """The picture's media type, as its bytes say, and the picture alone. Unparseable for anything else."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return JPEG, b"".join(_jpeg(content))
        if content.startswith(_PNG_SIGNATURE):
            return PNG, b"".join(_png(content))
        if content[:6] in {b"GIF87a", b"GIF89a"}:
            return GIF, b"".join(_gif(content))
    except (IndexError, struct.error):
        raise Unparseable("This picture breaks off. Ask for it again.") from None
    raise Unparseable("This is no picture of a kind that can be cleared of what it tells beside the picture.")


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield b"\xff\xd8"
    place, turned = 2, 1
    drawn = False
    while (marker := content[place + 1]) != _EOI:
        if content[place] != 0xFF:
            raise Unparseable("This JPEG is damaged. Ask for it again.")
        if marker == 0xFF:
            place += 1
            continue
        end = place + 2 + _number(content, place + 2)
        segment = content[place:end]
        if marker == _APP1:
            turned = _orientation(segment[4:]) or turned
        elif marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) == 16:
            yield b"\xff\xee\x00\x0eAdobe\x00d\x00\x00\x00\x00" + segment[15:]
        elif marker == _SOS:
            begins, end = end, _scan_ends(content, end)
            yield (b"" if drawn else _upright(turned)) + _drawing(marker, segment[4:]) + content[begins:end]
            drawn = True
        elif marker in _JPEG_KEPT:
            yield _drawing(marker, segment[4:])
        place = end
    if not drawn:
        raise IndexError
    yield b"\xff\xd9"


def _drawing(marker: int, body: bytes) -> bytes:
    """A part with no more than it needs to draw: whatever stands behind that is not the picture's."""
    size = _needs(marker, body)
    if size > len(body):
        raise IndexError
    return bytes((0xFF, marker)) + struct.pack(">H", 2 + size) + body[:size]


def _needs(marker: int, body: bytes) -> int:
    """How many bytes of a part draw the picture."""
    if marker in {_DQT, _DHT, _DAC}:
        return _tables_end(marker, body)
    if marker in {_DRI, _DNL}:
        return 2
    return 4 + 2 * body[0] if marker == _SOS else 6 + 3 * body[5]


def _tables_end(marker: int, body: bytes) -> int:
    """Where the tables of a part end: each has a kind and a number, and is there once."""
    place, known = 0, set[int]()
    while place < len(body) and body[place] & 0xEC == 0 and body[place] not in known:
        size = _table_size(marker, body, place)
        if place + size > len(body):
            break
        known.add(body[place])
        place += size
    return place


def _table_size(marker: int, body: bytes, place: int) -> int:
    if marker == _DQT:
        return 129 if body[place] >> 4 else 65
    return 2 if marker == _DAC else 17 + sum(body[place + 1 : place + 17])


def _number(content: bytes, place: int) -> int:
    """Two bytes as a number; at least 2, or a part would end before it began."""
    (found,) = struct.unpack_from(">H", content, place)
    return max(2, int(found))


def _scan_ends(content: bytes, place: int) -> int:
    """Where the drawing data that begin at ``place`` end: at the next marker that is no part of them."""
    while (place := content.find(b"\xff", place)) >= 0:
        after = content[place + 1]
        if after and not 0xD0 <= after <= 0xD7:
            return place
        place += 2
    raise IndexError


def _orientation(exif: bytes) -> int:
    """How the camera was held, 1 to 8; 0 where it does not say. The only thing of it that the picture needs."""
    if exif[:6] != b"Exif\x00\x00" or exif[6:8] not in {b"II", b"MM"}:
        return 0
    order = "<" if exif[6:8] == b"II" else ">"
    tiff = exif[6:]
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(min(count, 100)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if (tag, kind) == (_ORIENTATION, 3):
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _upright(turned: int) -> bytes:
    """EXIF that says how to turn the picture, and nothing else; none where it stands upright."""
    if turned == 1:
        return b""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 8 + len(tiff)) + b"Exif\x00\x00" + tiff


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG_SIGNATURE
    place, kind, known = len(_PNG_SIGNATURE), b"", set[bytes]()
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content):
            raise IndexError
        if length in _PNG_KEPT.get(kind, ()) and (kind == b"IDAT" or kind not in known):
            yield content[place:end]
            known.add(kind)
        place = end
    if not known >= {b"IHDR", b"IDAT"}:
        raise IndexError


def _gif(content: bytes) -> Iterator[bytes]:
    place = 13 + _colours(content[10])
    _there(content, place)
    yield content[:place]
    drawn = False
    while (kind := content[place]) != 0x3B:
        if kind == 0x2C:
            drawn = True
            begins, place = place, place + 11 + _colours(content[place + 9])
            place = _blocks_end(content, place)
            yield content[begins:place]
        elif kind == 0x21:
            begins, label = place, content[place + 1]
            place = _blocks_end(content, place + 2)
            if label == 0xF9 and place - begins == 8:
                yield content[begins:place]
        else:
            raise Unparseable("This GIF is damaged. Ask for it again.")
    if not drawn:
        raise IndexError
    yield b";"


def _colours(flags: int) -> int:
    """How many bytes the table of colours has that the flags speak of."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, place: int) -> int:
    while length := content[place]:
        place += 1 + length
    return place + 1


def _there(content: bytes, place: int) -> None:
    if len(content) < place:
        raise IndexError
