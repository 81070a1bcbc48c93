"""What a picture tells beside itself is left out; what draws it stays."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms_pictures import GIF, JPEG, PNG, bare
from helpdesk.errors import Unparseable
from tests.channels.photos import SECRET, exif, gif, jpeg, png

PHOTOS = {JPEG: jpeg(), PNG: png(), GIF: gif()}


@pytest.mark.parametrize("kind", PHOTOS)
def test_nothing_is_told(kind: str) -> None:
    """Neither the secret nor a part of it is left, wherever the file held it; the kind is what its bytes say."""
    found, content = bare(PHOTOS[kind])
    assert found == kind
    assert not any(SECRET[n : n + 6] in content for n in range(len(SECRET) - 5))
    for word in (b"Exif", b"http", b"ICC", b"JFIF", b"Photoshop", b"XMP", b"Author", b"tIME"):
        assert word not in content


@pytest.mark.parametrize("kind", PHOTOS)
def test_it_is_as_it_was_when_it_tells_nothing(kind: str) -> None:
    """What was cleared is cleared: the second time changes nothing."""
    once = bare(PHOTOS[kind])
    assert bare(once[1]) == once


@pytest.mark.parametrize(
    ("marker", "drawing"),
    [
        (0xDB, b"\x00" + bytes(range(1, 65)) + b"\x01" + bytes(range(1, 65))),
        (0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
        (0xC4, b"\x00\x02" + bytes(15) + b"\x01\x02"),
        (0xDD, b"\x00\x04"),
        (0xDA, b"\x01\x01\x00\x00\x3f\x00"),
    ],
)
def test_nothing_hides_behind_what_a_part_needs(marker: int, drawing: bytes) -> None:
    """A part is kept as far as it draws, and says its own length."""
    part = b"\xff" + bytes([marker])
    behind = part + struct.pack(">H", 2 + len(drawing + SECRET)) + drawing + SECRET
    _, content = bare(jpeg()[:2] + behind + jpeg()[2:] if marker != 0xDA else b"\xff\xd8" + behind + b"\x12\xff\xd9")
    assert part + struct.pack(">H", 2 + len(drawing)) + drawing in content
    assert SECRET[:6] not in content


@pytest.mark.parametrize("empty", [b"\xff\xd8\xff\xd9", png()[:33] + png()[-12:], gif()[:13] + b";"])
def test_what_draws_nothing_is_no_picture(empty: bytes) -> None:
    """The frame of a picture alone is refused."""
    with pytest.raises(Unparseable):
        bare(empty)


def test_a_jpeg_keeps_what_draws_it() -> None:
    """Tables, frame, every scan with its stuffed bytes and restarts, and how its colours are meant."""
    _, content = bare(jpeg())
    for part in (b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\x12\xff\x00\x34\xff\xd0\x56", b"\x78\xff\x00\xff\xd9"):
        assert part in content
    assert b"\xff\xee\x00\x0eAdobe\x00d\x00\x00\x00\x00\x01" in content


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_jpeg_stands_as_the_camera_was_held(turned: int) -> None:
    """That much of its EXIF is written anew, from one number of 1 to 8."""
    _, content = bare(jpeg(turned=turned))
    assert (b"Exif" in content) is (turned != 1)
    if turned != 1:
        assert content.index(b"Exif") < content.index(b"\x12\xff\x00\x34")
        assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + bytes((turned,)) in content


def test_a_strange_orientation_is_none() -> None:
    """A number that is no orientation is not written anew."""
    _, content = bare(jpeg(turned=9000))
    assert b"Exif" not in content


def test_a_png_keeps_what_draws_it() -> None:
    """Size and points; a part that is larger than it can be is none of them."""
    _, content = bare(png())
    assert [kind for kind in (b"IHDR", b"IDAT", b"IEND", b"gAMA") if kind in content] == [b"IHDR", b"IDAT", b"IEND"]
    assert zlib.compress(b"\x00\xff") in content


def test_a_gif_keeps_what_draws_it() -> None:
    """Its colours, how long it is shown, and the picture."""
    _, content = bare(gif())
    assert content == (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
        b"\x21\xf9\x04\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00\x3b"
    )


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"%PDF-1.7 " + SECRET, b"RIFF\x00\x00\x00\x00WEBPVP8 ", exif(SECRET), b"<svg/>"]
)
def test_all_else_is_refused(content: bytes) -> None:
    """Whatever it is called."""
    with pytest.raises(Unparseable):
        bare(content)


@given(st.sampled_from(sorted(PHOTOS)), st.data())
def test_a_damaged_picture_is_refused_or_tells_nothing(kind: str, data: st.DataObject) -> None:
    """Cut off, or with bytes changed: it ends, and no other error comes of it."""
    content = bytearray(PHOTOS[kind])
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        found, picture = bare(cut)
    except Unparseable:
        return
    assert found in PHOTOS
    assert len(picture) <= len(cut) + 40
