"""Small pictures that tell more than they show: a JPEG, a PNG and a GIF with a secret in every place that has room."""

from __future__ import annotations

import struct
import zlib

SECRET = b"+447700900321 53.8067N 1.5550W"


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", 2 + len(content)) + content


def exif(secret: bytes, *, turned: int = 1) -> bytes:
    """EXIF with an orientation, and the secret behind it."""
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, turned, 0, 0)
    return b"Exif\x00\x00" + tiff + secret


def jpeg(secret: bytes = SECRET, *, turned: int = 1) -> bytes:
    """A JPEG as a camera writes it: profile, EXIF, comments, and a second picture behind its end."""
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00" + secret),
            _segment(0xE1, exif(secret, turned=turned)),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + secret),
            _segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + secret),
            _segment(0xED, b"Photoshop 3.0\x00" + secret),
            _segment(0xEE, b"Adobe\x00e\x00\x00\x00\x00\x01"),
            _segment(0xFE, secret),
            _segment(0xDB, b"\x00" + bytes(range(1, 65))),
            _segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
            b"\xff" + _segment(0xC4, b"\x00" + bytes(16)),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56",
            _segment(0xFE, secret),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x78\xff\x00",
            b"\xff\xd9",
            b"\xff\xd8\xff\xe1" + secret,
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(secret: bytes = SECRET) -> bytes:
    """A PNG with words, EXIF and a time in it."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            [
                _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
                _chunk(b"tEXt", b"Author\x00" + secret),
                _chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + secret),
                _chunk(b"zTXt", b"Comment\x00\x00" + secret),
                _chunk(b"eXIf", exif(secret)[6:]),
                _chunk(b"iCCP", b"a\x00\x00" + secret),
                _chunk(b"gAMA", secret),
                _chunk(b"tIME", bytes(7)),
                _chunk(b"IDAT", zlib.compress(b"\x00\xff")),
                _chunk(b"IEND", b""),
            ]
        )
        + secret
    )


def gif(secret: bytes = SECRET) -> bytes:
    """A GIF with comments, a plain text and a program's own block."""
    words = bytes((len(secret),)) + secret + b"\x00"
    return b"".join(
        [
            b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff",
            b"\x21\xfe" + words,
            b"\x21\xff\x0bXMP DataXMP" + words,
            b"\x21\xf9\x04\x00\x00\x00\x00\x00",
            b"\x21\xf9" + words,
            b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00",
            b"\x21\x01\x0c" + bytes(12) + words,
            b"\x3b" + secret,
        ]
    )
