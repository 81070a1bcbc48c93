"""Which attachments may be opened: what they hold and what they are called must name the same harmless kind. Pure.

What is on no list is only saved: a new kind is a row here, after a thought about what its programs do with it.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.errors import Refused
from tui.files import clean_name
from tui.plain import cut


class Kind(StrEnum):
    """A family of files that one program shows."""

    PDF = "PDF"
    PICTURE = "picture"
    SOUND = "sound"
    FILM = "film"
    OFFICE = "document"
    TEXT = "text"


ENDINGS = {
    Kind.PDF: (".pdf",),
    Kind.PICTURE: (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"),
    Kind.SOUND: (".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wav", ".amr"),
    Kind.FILM: (".mp4", ".m4v", ".mov", ".3gp", ".webm", ".mkv"),
    Kind.OFFICE: (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"),
    Kind.TEXT: (".txt", ".text", ".log", ".md"),
}
"""The endings of each kind: a file is opened only where its ending is one of its kind's, or it has none."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A file that may be opened: its kind, and the name under which it is written."""

    kind: Kind
    name: str


_PROGRAMS = frozenset(
    ".exe .com .scr .pif .bat .cmd .msi .msp .msix .appx .cpl .dll .sys .ocx .ps1 .psm1 .vbs .vbe .js .mjs .jse .wsf"
    " .wsh .hta .jar .jnlp .class .sh .bash .zsh .csh .ksh .fish .py .pyc .pyw .pl .rb .php .lua .run .bin .elf .out"
    " .appimage .deb .rpm .apk .dmg .pkg .app .command .workflow .scpt .desktop .service .lnk .url .webloc .website"
    " .inf .reg .chm .hlp .msc .scf .gadget .application .library-ms .settingcontent-ms .iso .img .vhd .vhdx"
    " .one .xll .slk .iqy .theme .ttf .otf".split()
)
_PAGES = frozenset(".html .htm .xhtml .xht .shtml .mhtml .mht .svg .svgz .xml .xsl .swf .eml .msg .ics .vcf".split())
_MACROS = frozenset(
    ".doc .dot .docm .dotm .dotx .xls .xlt .xla .xlsb .xlsm .xltm .xltx .xlam .ppt .pot .pps .pptm .potm .ppsm .ppam"
    " .sldm .rtf .wps .pub .mdb .accdb .odb .odg .ott .ots .otp .sxw .sxc .sxi".split()
)
_TABLES = frozenset({".csv", ".tsv", ".tab"})

_SAVE = "Save it ({key:save})"
_KNOW = f"{_SAVE}, and open it only if you know what it is."

_MAGIC: tuple[tuple[int, bytes, Kind, str], ...] = (
    (0, b"%PDF-", Kind.PDF, ".pdf"),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PICTURE, ".png"),
    (0, b"\xff\xd8\xff", Kind.PICTURE, ".jpg"),
    (0, b"GIF87a", Kind.PICTURE, ".gif"),
    (0, b"GIF89a", Kind.PICTURE, ".gif"),
    (8, b"WEBP", Kind.PICTURE, ".webp"),
    (0, b"II*\0", Kind.PICTURE, ".tif"),
    (0, b"MM\0*", Kind.PICTURE, ".tif"),
    (6, b"\0\0\0\0", Kind.PICTURE, ".bmp"),
    (8, b"WAVE", Kind.SOUND, ".wav"),
    (0, b"ID3", Kind.SOUND, ".mp3"),
    (0, b"\xff\xfb", Kind.SOUND, ".mp3"),
    (0, b"\xff\xf3", Kind.SOUND, ".mp3"),
    (0, b"\xff\xf2", Kind.SOUND, ".mp3"),
    (0, b"\xff\xf1", Kind.SOUND, ".aac"),
    (0, b"OggS", Kind.SOUND, ".ogg"),
    (0, b"fLaC", Kind.SOUND, ".flac"),
    (0, b"#!AMR", Kind.SOUND, ".amr"),
    (0, b"\x1aE\xdf\xa3", Kind.FILM, ".webm"),
)
"""Where which bytes stand, and what they say."""

_FRONT = {8: b"RIFF", 6: b"BM"}
"""What else must stand at the very front where bytes further on decide."""

_BRANDS = {
    b"heic": (Kind.PICTURE, ".heic"),
    b"heix": (Kind.PICTURE, ".heic"),
    b"mif1": (Kind.PICTURE, ".heif"),
    b"avif": (Kind.PICTURE, ".avif"),
    b"M4A ": (Kind.SOUND, ".m4a"),
    b"M4V ": (Kind.FILM, ".m4v"),
    b"qt  ": (Kind.FILM, ".mov"),
    b"3gp4": (Kind.FILM, ".3gp"),
    b"3gp5": (Kind.FILM, ".3gp"),
    b"isom": (Kind.FILM, ".mp4"),
    b"iso2": (Kind.FILM, ".mp4"),
    b"avc1": (Kind.FILM, ".mp4"),
    b"mp41": (Kind.FILM, ".mp4"),
    b"mp42": (Kind.FILM, ".mp4"),
}
"""The brands of an ISO media file (``....ftypBRND``)."""

_EXECUTABLE = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
"""How programs of Windows, Linux and macOS begin, and scripts."""

_NO_TEXT = re.compile(r"\s*(?:<|\[desktop entry\]|\[internetshortcut\]|\{\\rtf|%!|@echo\b)", re.IGNORECASE)
"""How text begins that a program would carry out."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_MOST = 5_000
"""The most parts that an office file may have."""

_ACTIVE = ("vbaproject", "vbadata", "macrosheets/", "activex/", "ctrlprops/", "embeddings/", "externallinks/",
           "basic/", "scripts/", "dialogs/", "object ")  # fmt: skip
"""Parts of an office file that carry something out, or hold another file."""


def never_opened(name: str) -> str:
    """Why a file of this name is only saved, whatever it holds; "" where that depends on what it holds."""
    called, ending = _called(name), _ending(name)
    if ending in _PROGRAMS:
        return f"{called} may be a program, so it is never opened from here. {_KNOW}"
    if ending in _PAGES:
        return f"{called} may run something, or tell its sender that you looked: it is never opened here. {_KNOW}"
    if ending in _MACROS:
        return f"{called} may hold macros, so it is never opened from here. {_KNOW}"
    if ending in _TABLES:
        return f"A spreadsheet may carry out what stands in {called}: it is never opened from here. {_KNOW}"
    if ending and not any(ending in endings for endings in ENDINGS.values()):
        return f"{called} is of no kind that the desk opens. {_KNOW}"
    return ""


def fit_to_open(name: str, content: bytes) -> Fit:
    """The kind of a file that may be opened; Refused says why it is only saved."""
    if reason := never_opened(name):
        raise Refused(reason)
    called, ending = _called(name), _ending(name)
    found = _kind_of(content)
    if found is None and content.startswith(_EXECUTABLE):
        raise Refused(f"{called} holds a program, whatever it is called, so it is never opened from here. {_KNOW}")
    if found is None and content.startswith(b"PK\3\4") and ending in ENDINGS[Kind.OFFICE]:
        raise Refused(f"{called} holds macros, or another file: it is never opened from here. {_KNOW}")
    if found is None or (ending and ending not in ENDINGS[found[0]]):
        raise Refused(f"{called} does not hold what its name says, so it is not opened. {_KNOW}")
    return Fit(found[0], _spelt(name) if ending else _spelt(name) + found[1])


def _kind_of(content: bytes) -> tuple[Kind, str] | None:
    """What the bytes say of themselves, and the ending of such files; None for what is on no list."""
    for place, magic, kind, ending in _MAGIC:
        if content.startswith(magic, place) and content.startswith(_FRONT.get(place, b"")):
            return kind, ending
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12])
    if content.startswith(b"PK\3\4"):
        return _office(content)
    return (Kind.TEXT, ".txt") if _is_text(content) else None


def _office(content: bytes) -> tuple[Kind, str] | None:
    """A letter, a table or slides with nothing in it that is carried out."""
    if content.count(b"PK\1\2") > _MOST:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = [name.casefold() for name in parts.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(part in name for name in names for part in _ACTIVE):
        return None
    fronts = {name.partition("/")[0] for name in names}
    for front, ending in (("word", ".docx"), ("xl", ".xlsx"), ("ppt", ".pptx"), ("content.xml", ".odt")):
        if front in fronts and fronts & {"[content_types].xml", "mimetype"}:
            return Kind.OFFICE, ending
    return None


def _is_text(content: bytes) -> bool:
    """Whether it is words to read, and no more."""
    if content.startswith(_EXECUTABLE):
        return False
    text = text_of(content)
    return not (_CONTROLS.search(text) or _NO_TEXT.match(text))


def text_of(content: bytes) -> str:
    """Bytes as text: UTF-8, else what Windows wrote before it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _ending(name: str) -> str:
    """The ending of a file's name, as it is kept; "" for none."""
    return os.path.splitext(clean_name(name))[1].casefold()


def _called(name: str) -> str:
    return cut(clean_name(name), 40)


def _spelt(name: str) -> str:
    """The name with nothing in it but letters, digits and blanks: openers hand it to other programs."""
    return re.sub(r"[^\w. -]", "_", clean_name(name))
