"""Which attachments may be opened: what they hold and what they are called must name one harmless kind."""

from __future__ import annotations

import io
import zipfile

import pytest

from helpdesk.errors import Refused
from tests.hostile import HOSTILE, NAMES, harmless
from tui.kinds import ENDINGS, Kind, fit_to_open, never_opened

PDF, PNG, JPG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0...."


def office(*parts: str) -> bytes:
    """An office file with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parcel:
        for part in parts:
            parcel.writestr(zipfile.ZipInfo(part), "x")  # of no time: the bytes are in a test's name
    return made.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind", "opened"),
    [
        ("list of books.pdf", PDF, Kind.PDF, "list of books.pdf"),
        ("../../etc/scan.PDF", PDF, Kind.PDF, "scan.PDF"),
        ("photo.jpg", PNG, Kind.PICTURE, "photo.jpg"),
        ("photo", JPG, Kind.PICTURE, "photo.jpg"),
        ("", PNG, Kind.PICTURE, "file.png"),
        ("drawing.webp", b"RIFF\x10\0\0\0WEBPVP8 ", Kind.PICTURE, "drawing.webp"),
        ("old.bmp", b"BM\x36\0\0\0\0\0\0\0....", Kind.PICTURE, "old.bmp"),
        ("phone.heic", b"\0\0\0\x18ftypheic....", Kind.PICTURE, "phone.heic"),
        ("voice.amr", b"#!AMR\n....", Kind.SOUND, "voice.amr"),
        ("clip.3gp", b"\0\0\0\x18ftyp3gp4....", Kind.FILM, "clip.3gp"),
        ("form.docx", DOCX, Kind.OFFICE, "form.docx"),
        ("sheet.ods", office("mimetype", "content.xml"), Kind.OFFICE, "sheet.ods"),
        ("notes.txt", "Réservé, 3 £".encode(), Kind.TEXT, "notes.txt"),
        ("notes.txt", "Réservé".encode("cp1252"), Kind.TEXT, "notes.txt"),
        ("a&b;$(reboot) 'x'.pdf", PDF, Kind.PDF, "a_b___reboot_ _x_.pdf"),
    ],
)  # fmt: skip
def test_what_is_opened(name: str, content: bytes, kind: Kind, opened: str) -> None:
    """By a known kind, under a name that no opener stumbles over."""
    found = fit_to_open(name, content)
    assert (found.kind, found.name) == (kind, opened)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("setup.exe", b"MZ....", "may be a program"),
        ("invoice.pdf.exe", PDF, "may be a program"),
        ("invoice\u202efdp.exe", PDF, "may be a program"),
        ("run.sh", b"#!/bin/sh\n", "may be a program"),
        ("photo.desktop", b"[Desktop Entry]\n", "may be a program"),
        ("go.js", b"alert(1)", "may be a program"),
        ("saver.SCR", b"MZ", "may be a program"),
        ("link.lnk", b"L\0\0\0", "may be a program"),
        ("page.html", b"<p>hello", "may run something"),
        ("drawing.svg", b"<svg/>", "may run something"),
        ("letter.doc", b"\xd0\xcf\x11\xe0", "may hold macros"),
        ("letter.docm", DOCX, "may hold macros"),
        ("list.csv", b"=1+1", "spreadsheet"),
        ("all.zip", office("x"), "of no kind that the desk opens"),
        ("what.xyz", b"....", "of no kind that the desk opens"),
        ("photo.jpg", b"MZ\x90\0", "holds a program"),
        ("photo.jpg", b"\x7fELF", "holds a program"),
        ("notes.txt", b"#!/bin/sh\nreboot\n", "holds a program"),
        ("notes", b"\x7fELF", "holds a program"),
        ("photo.jpg", b"<script>", "does not hold what its name says"),
        ("photo.jpg", PDF, "does not hold what its name says"),
        ("scan.pdf", b"", "does not hold what its name says"),
        ("notes.txt", b"[Desktop Entry]\nExec=reboot\n", "does not hold what its name says"),
        ("notes.txt", b"\xef\xbb\xbf<!doctype html>", "does not hold what its name says"),
        ("notes.txt", b"\x1b]0;owned\x07", "does not hold what its name says"),
        ("notes.txt", b"a\0b", "does not hold what its name says"),
        ("form.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "holds macros"),
        ("form.docx", office("[Content_Types].xml", "word/document.xml", "word/embeddings/a.bin"), "another file"),
        ("form.odt", office("mimetype", "content.xml", "Basic/script-lc.xml"), "holds macros"),
        ("form.docx", DOCX[:40], "holds macros, or another file"),
        ("form.docx", b"PK\x01\x02" * 6000, "does not hold what its name says"),
    ],
)
def test_what_is_only_saved(name: str, content: bytes, why: str) -> None:
    """The reason is said, and how to save it."""
    with pytest.raises(Refused) as refused:
        fit_to_open(name, content)
    assert why in str(refused.value)
    assert "{key:save}" in str(refused.value)


@pytest.mark.parametrize("content", [PDF, PNG, b"plain words", b"MZ"])
@pytest.mark.parametrize("name", [*NAMES, *(each.text for each in HOSTILE)])
def test_hostile_names(name: str, content: bytes) -> None:
    """Whatever is written in a name: what is opened ends as its kind does, and what is said is harmless."""
    try:
        found = fit_to_open(name, content)
    except Refused as refused:
        harmless(str(refused))
        return
    harmless(found.name)
    assert found.name.casefold().endswith(ENDINGS[found.kind])
    assert not set(found.name) & set("/\\$`*?<>|\"'&;()!\n")
    assert not found.name.startswith((".", "-"))
    assert content != b"MZ"
    assert never_opened(name) == ""


def test_a_parcel_of_very_many_parts_is_not_unpacked() -> None:
    """Its parts are counted before anything reads them."""
    with pytest.raises(Refused):
        fit_to_open("form.docx", b"PK\x03\x04" + b"PK\x01\x02" * 6000)
