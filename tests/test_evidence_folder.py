"""A pack goes into its folder whole or not at all, and over nothing that somebody else put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig, HelpdeskError, Refused
from helpdesk.reports.evidence.folder import MANIFEST, put

FILES = {"index.html": b"<p>one</p>", "tables/figures.csv": b"a,b\n"}
LATER = {"index.html": b"<p>two</p>"}


def files_of(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, its manifest aside."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: content for name, content in found.items() if name != MANIFEST}


def alone(folder: Path) -> bool:
    """Whether nothing was left beside it."""
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_pack_is_put_into_a_new_folder(tmp_path: Path) -> None:
    """Its parents are made, nothing is left beside it, and others may read it as any new folder."""
    folder = tmp_path / "deep" / "pack"
    put(FILES, folder)
    assert files_of(folder) == FILES
    assert alone(folder)
    umask = os.umask(0)
    os.umask(umask)
    assert folder.stat().st_mode & 0o777 == 0o755 & ~umask


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """Somebody made it beforehand."""
    (tmp_path / "pack").mkdir()
    put(FILES, tmp_path / "pack")
    assert files_of(tmp_path / "pack") == FILES


def test_a_later_pack_replaces_an_earlier_one_whole(tmp_path: Path) -> None:
    """No file of the earlier one stays behind."""
    put(FILES, tmp_path / "pack")
    put(LATER, tmp_path / "pack")
    assert files_of(tmp_path / "pack") == LATER
    assert alone(tmp_path / "pack")


@pytest.mark.parametrize("name", ["notes.docx", "tables/mine.csv", "index.html"])
def test_what_was_added_or_changed_by_hand_stays(tmp_path: Path, name: str) -> None:
    """A narrative that somebody corrected is theirs."""
    put(FILES, tmp_path / "pack")
    (tmp_path / "pack" / name).write_bytes(b"mine")
    before = files_of(tmp_path / "pack")
    with pytest.raises(Refused, match=f"{name} was added or changed by hand. Keep it: choose another folder"):
        put(LATER, tmp_path / "pack")
    assert files_of(tmp_path / "pack") == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """Whatever is in it."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("years of work", "utf-8")
    with pytest.raises(Refused, match="holds something else than an evidence pack"):
        put(FILES, tmp_path / "home")
    for manifest in ("{", "[]", '{"format": 9, "files": {}}', '{"format": 1, "files": 3}'):
        (tmp_path / "home" / MANIFEST).write_text(manifest, "utf-8")
        with pytest.raises(Refused, match="something else"):
            put(FILES, tmp_path / "home")
    assert (tmp_path / "home" / "thesis.tex").read_text("utf-8") == "years of work"


def test_a_file_or_a_link_is_no_folder(tmp_path: Path) -> None:
    """What a link leads to is not ours to replace."""
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("file", "link"):
        with pytest.raises(Refused, match="is not a folder"):
            put(FILES, tmp_path / name)


def test_what_cant_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A file stands where a folder is needed; said in words, and nothing is left."""
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(BadConfig, match="can't be written"):
        put(FILES, tmp_path / "file" / "pack")
    put(FILES, tmp_path / "pack")
    with pytest.raises(HelpdeskError, match="Nothing of it was changed"):
        put({"index.html": b"", "index.html/x": b""}, tmp_path / "pack")
    assert files_of(tmp_path / "pack") == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "pack"]
